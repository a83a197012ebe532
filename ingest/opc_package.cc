#include "ingest/opc_package.h"

#include <utility>

#include "base/file_signatures.h"
#include "base/text.h"
#include "ingest/package_part.h"
#include "ingest/package_properties.h"

namespace quarry::ingest {

Result<OpcPackage> OpcPackage::Open(std::string_view bytes, ParseBudget* budget) {
  if (bytes.starts_with(kOleSignature)) {
    return InvalidArgumentError("encrypted: a password protects it; save it without one");
  }
  QUARRY_ASSIGN_OR_RETURN(ZipReader zip, ZipReader::Open(bytes, budget));
  return OpcPackage(std::move(zip));
}

Result<std::string> OpcPackage::Read(std::string_view part) const { return ReadPart(zip_, part); }

Result<xml::Tree> OpcPackage::ReadXml(std::string_view part) const {
  return ReadXmlPart(zip_, part);
}

Result<std::vector<OpcPackage::Relationship>> OpcPackage::RelationshipsOf(
    std::string_view part) const {
  const std::string_view folder = FolderOf(part);
  const std::string name =
      std::string(folder) + "_rels/" + std::string(part.substr(folder.size())) + ".rels";
  std::vector<Relationship> relationships;
  if (!Has(name)) return relationships;
  QUARRY_ASSIGN_OR_RETURN(const xml::Tree tree, ReadXml(name));
  xml::ForEachChild(tree.root(), "Relationship", [&](xml::Node node) {
    Relationship& relationship = relationships.emplace_back();
    relationship.id = xml::Attribute(node, "Id");
    const std::string_view type = xml::Attribute(node, "Type");
    relationship.type = type.substr(type.rfind('/') + 1);
    relationship.is_external = xml::Attribute(node, "TargetMode") == "External";
    const std::string_view target = xml::Attribute(node, "Target");
    relationship.target =
        relationship.is_external ? std::string(target) : ResolvePartName(folder, target);
  });
  return relationships;
}

std::string OpcPackage::TargetOfType(const std::vector<Relationship>& relationships,
                                     std::string_view type) {
  for (const Relationship& relationship : relationships) {
    if (relationship.type == type && !relationship.is_external) return relationship.target;
  }
  return "";
}

const OpcPackage::Relationship* OpcPackage::FindById(const std::vector<Relationship>& relationships,
                                                     std::string_view id) {
  for (const Relationship& relationship : relationships) {
    if (relationship.id == id) return &relationship;
  }
  return nullptr;
}

Result<std::string> OpcPackage::MainPart() const {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Relationship> relationships, RelationshipsOf(""));
  std::string part = TargetOfType(relationships, "officeDocument");
  if (part.empty()) {
    return InvalidArgumentError("entry _rels/.rels: expected a relationship officeDocument");
  }
  return part;
}

void OpcPackage::ReadProperties(Document* document) const {
  const Result<std::vector<Relationship>> relationships = RelationshipsOf("");
  if (!relationships.ok()) return;
  const std::string part = TargetOfType(*relationships, "core-properties");
  if (part.empty() || !Has(part)) return;
  const Result<xml::Tree> tree = ReadXml(part);
  if (tree.ok()) ReadPackageProperties(tree->root(), document);
}

}  // namespace quarry::ingest
