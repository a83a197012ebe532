#include "ingest/picture_text.h"

#include <utility>

#include "ingest/ocr.h"

namespace quarry::ingest {
namespace {

// "1 picture", "3 pictures".
std::string Pictures(size_t count) {
  return std::to_string(count) + (count == 1 ? " picture" : " pictures");
}

}  // namespace

void PictureText::Write(const std::vector<OpcPackage::Relationship>& relationships,
                        std::string_view id, DocumentBuilder* builder) {
  const auto* relationship = id.empty() ? nullptr : OpcPackage::FindById(relationships, id);
  if (relationship == nullptr || relationship->is_external) return;
  const std::string& part = relationship->target;
  if (!package_.Has(part) || !seen_.insert(part).second) return;
  const Result<std::string> bytes = package_.Read(part);
  if (!bytes.ok()) {
    errors_.push_back({"picture " + part, bytes.status().message()});
  } else if (DetectBinaryFormat(*bytes, "") != Format::kImage) {
    ++other_kinds_;
  } else if (!CanRecogniseText()) {
    ++no_program_;
  } else if (!RecogniseWithin(package_.budget(), [&] { Recognise(part, *bytes, builder); })) {
    ++too_many_;
  }
}

void PictureText::Recognise(const std::string& part, std::string_view bytes,
                            DocumentBuilder* builder) {
  const Result<std::string> text = RecogniseText(bytes);
  if (text.ok()) {
    AppendPlainText(*text, builder);
  } else {
    errors_.push_back({"picture " + part, text.status().message()});
  }
}

void PictureText::Finish(ParsedSource* parsed) {
  ErrorList errors(&parsed->errors);
  for (SourceError& error : errors_) errors.Add(std::move(error.place), std::move(error.reason));
  errors.Finish();
  const auto skip = [&](size_t count, std::string reason) {
    if (count > 0) parsed->skipped.push_back({Pictures(count), std::move(reason)});
  };
  skip(no_program_, std::string(RecognitionAdvice()));
  skip(other_kinds_, "drawings, of which no text is recognised");
  skip(too_many_, RecognitionLimits(*package_.budget()));
}

}  // namespace quarry::ingest
