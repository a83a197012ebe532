#pragma once

// Text and attributes in XML as it stands in a file, without a tree. Internal to ingest/.

#include <cstddef>
#include <string>
#include <string_view>

namespace quarry::ingest {

// The text of what stands between two tags: without comments, with CDATA sections as they are. Of
// entities only those that XML itself has are known.
std::string XmlTextBetween(std::string_view raw);

// The value of an attribute in a start tag, whatever its prefix; "" if it has none.
std::string XmlAttribute(std::string_view tag, std::string_view name);

// Behind a DOCTYPE with declarations in it; 0 if the text has none.
size_t BehindXmlDeclarations(std::string_view text);

}  // namespace quarry::ingest
