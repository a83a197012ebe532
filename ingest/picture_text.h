#pragma once

// Text in the pictures of Office files. Internal to ingest/.

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "ingest/document_builder.h"
#include "ingest/opc_package.h"

namespace quarry::ingest {

// Writes what is recognised (ocr.h) where a picture stands, as far as the budget of the file allows;
// each part is read once, however often it is shown. Not thread-safe.
class PictureText {
 public:
  // `package` must outlive it.
  explicit PictureText(const OpcPackage& package) : package_(package) {}

  // The picture behind the relationship `id`; none behind it is fine.
  void Write(const std::vector<OpcPackage::Relationship>& relationships, std::string_view id,
             DocumentBuilder* builder);
  // Notes what was not read: broken pictures as errors, the others as skipped. REQUIRES: called
  // once, last.
  void Finish(ParsedSource* parsed);

 private:
  void Recognise(const std::string& part, std::string_view bytes, DocumentBuilder* builder);

  const OpcPackage& package_;
  std::unordered_set<std::string> seen_;
  size_t no_program_ = 0;   // pictures left unread without tesseract
  size_t too_many_ = 0;     // beyond the limits
  size_t other_kinds_ = 0;  // drawings: EMF, WMF, SVG
  std::vector<SourceError> errors_;
};

}  // namespace quarry::ingest
