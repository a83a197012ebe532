#pragma once

// What packages of all kinds say of themselves, and the names of their parts. Internal to ingest/.

#include <string>
#include <string_view>

#include "base/document.h"
#include "ingest/xml_tree.h"

namespace quarry::ingest {

// The Dublin Core elements below `properties` (docProps/core.xml, meta.xml, the metadata of an
// EPUB's package): title and language of the document, and of its metadata author (a list where
// there are several), created and modified (ISO 8601), date, subject, description, publisher,
// identifier, keywords (a list). A title that a program gave ("PowerPoint Presentation") is none.
void ReadPackageProperties(xml::Node properties, Document* document);

// Of "ppt/slides/slide1.xml" "ppt/slides/"; "" of a part that is in none.
std::string_view FolderOf(std::string_view part);

// The name of the part that `target` leads to from a part in `folder` ("ppt/slides/"): "/" begins
// at the package, ".." goes up and never out, %20 is a space.
std::string ResolvePartName(std::string_view folder, std::string_view target);

}  // namespace quarry::ingest
