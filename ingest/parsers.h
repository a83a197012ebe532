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

std::unique_ptr<Parser> MakePdfParser();
std::unique_ptr<Parser> MakeImageParser();
std::unique_ptr<Parser> MakeRtfParser();
std::unique_ptr<Parser> MakeWordParser();        // of Word 97 to 2003
std::unique_ptr<Parser> MakePowerPointParser();  // likewise
std::unique_ptr<Parser> MakeExcelParser();       // likewise
std::unique_ptr<Parser> MakeOutlookParser();
std::unique_ptr<Parser> MakeEmailParser();
std::unique_ptr<Parser> MakeMboxParser();
std::unique_ptr<Parser> MakeXmlParser();
std::unique_ptr<Parser> MakeRstParser();
std::unique_ptr<Parser> MakeNotebookParser();
std::unique_ptr<Parser> MakeSourceCodeParser();

// Whether the file is source code for machines alone: nearly all in lines of hundreds of bytes, as minifiers and generators
// write it.
bool IsMinified(std::string_view code, std::string_view path);

}  // namespace quarry::ingest
