#pragma once

// Packages of the Open Packaging Conventions (ISO 29500-2): what docx, pptx and xlsx files are.
// Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "ingest/parser.h"
#include "ingest/xml_tree.h"
#include "ingest/zip_reader.h"

namespace quarry::ingest {

// Not thread-safe.
class OpcPackage {
 public:
  struct Relationship {
    std::string id;
    std::string type;    // the last part of its URI: "slide", "officeDocument"
    std::string target;  // the name of a part, or a URI if it is external
    bool is_external = false;
  };

  // Errors: those of ZipReader; "encrypted: ..." for what a password protects.
  static Result<OpcPackage> Open(std::string_view bytes, ParseBudget* budget);

  // The part that the package is about: "word/document.xml".
  Result<std::string> MainPart() const;
  bool Has(std::string_view part) const { return zip_.Find(part) != nullptr; }
  // Errors name the part: "entry word/document.xml: broken XML at byte 12: ...".
  Result<std::string> Read(std::string_view part) const;
  Result<xml::Tree> ReadXml(std::string_view part) const;

  // Of a part, or of the package for ""; none where it has none.
  Result<std::vector<Relationship>> RelationshipsOf(std::string_view part) const;
  // The first target of that type; "" if there is none.
  static std::string TargetOfType(const std::vector<Relationship>& relationships,
                                  std::string_view type);
  static const Relationship* FindById(const std::vector<Relationship>& relationships,
                                      std::string_view id);

  // Title, author, dates and the like of docProps/core.xml. What is broken there is no reason to
  // leave the text unread.
  void ReadProperties(Document* document) const;

  ParseBudget* budget() const { return zip_.budget(); }

 private:
  explicit OpcPackage(ZipReader zip) : zip_(std::move(zip)) {}

  ZipReader zip_;
};

}  // namespace quarry::ingest
