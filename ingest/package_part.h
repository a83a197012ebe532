#pragma once

// Parts of packages (Office, OpenDocument, EPUB). Internal to ingest/.

#include <string>
#include <string_view>

#include "ingest/xml_tree.h"
#include "ingest/zip_reader.h"

namespace quarry::ingest {

// Errors name the part: "entry word/document.xml: not in the package", "... broken XML at byte 12: ...".
Result<std::string> ReadPart(const ZipReader& zip, std::string_view name);
Result<xml::Tree> ReadXmlPart(const ZipReader& zip, std::string_view name);

}  // namespace quarry::ingest
