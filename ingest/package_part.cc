#include "ingest/package_part.h"

#include <utility>

namespace quarry::ingest {

Result<std::string> ReadPart(const ZipReader& zip, std::string_view name) {
  const ZipReader::Entry* entry = zip.Find(name);
  if (entry == nullptr) {
    return InvalidArgumentError("entry " + std::string(name) + ": not in the package");
  }
  return zip.Read(*entry);
}

Result<xml::Tree> ReadXmlPart(const ZipReader& zip, std::string_view name) {
  QUARRY_ASSIGN_OR_RETURN(std::string bytes, ReadPart(zip, name));
  Result<xml::Tree> tree = xml::Tree::Parse(std::move(bytes));
  if (!tree.ok()) return std::move(tree).status().Annotate("entry " + std::string(name));
  return tree;
}

}  // namespace quarry::ingest
