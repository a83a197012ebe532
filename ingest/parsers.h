#pragma once

// The parsers behind ParserFor(), one .cc each. Internal to ingest/.

#include <memory>

#include "ingest/parser.h"

namespace quarry::ingest {

std::unique_ptr<Parser> MakeTextParser();
std::unique_ptr<Parser> MakeMarkdownParser();
std::unique_ptr<Parser> MakeHtmlParser();
std::unique_ptr<Parser> MakeJsonParser();
std::unique_ptr<Parser> MakeJsonLinesParser();
// The separator is found among , ; | and tab (`tabs_only`: it is the tab).
std::unique_ptr<Parser> MakeCsvParser(bool tabs_only);
std::unique_ptr<Parser> MakeDocxParser();
std::unique_ptr<Parser> MakePptxParser();
std::unique_ptr<Parser> MakeXlsxParser();
// kOdt, kOdp or kOds.
std::unique_ptr<Parser> MakeOdfParser(Format format);
std::unique_ptr<Parser> MakeEpubParser();
std::unique_ptr<Parser> MakeZipParser();
std::unique_ptr<Parser> MakeTarParser();
std::unique_ptr<Parser> MakeGzipParser();

}  // namespace quarry::ingest
