#include "ingest/mail_attachments.h"

#include <utility>

#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxAttachments = 500;  // of a message

}  // namespace

void MailAttachments::Add(const std::string& name, std::optional<Format> format,
                          std::string_view bytes) {
  const std::optional<std::string> claimed = Claim(name);
  if (!claimed || Trim(bytes).empty()) return;
  SourceInfo source = message_;
  source.id += '#' + *claimed;
  source.path = name.empty() ? *claimed : name;
  source.format = format;
  Result<ParsedSource> attached =
      ParseInBudget(source, [bytes](const SourceInfo& info) { return ParseSource(bytes, info); });
  if (attached.ok()) return Take(*claimed, *std::move(attached));
  auto& notes =
      IsPassedOver(attached.status(), bytes, source.path) ? parsed_->skipped : parsed_->errors;
  notes.push_back({"attachment " + *claimed, attached.status().message()});
}

void MailAttachments::Add(const std::string& name, const Parse& parse) {
  const std::optional<std::string> claimed = Claim(name);
  if (!claimed) return;
  SourceInfo source = message_;
  source.id += '#' + *claimed;
  source.path = name;
  Result<ParsedSource> attached = ParseInBudget(source, parse);
  if (attached.ok()) return Take(*claimed, *std::move(attached));
  parsed_->errors.push_back({"attachment " + *claimed, attached.status().message()});
}

std::optional<std::string> MailAttachments::Claim(const std::string& given) {
  if (names_.size() >= kMaxAttachments) {
    if (!std::exchange(has_too_many_, true)) {
      parsed_->errors.push_back(
          {"attachments from " + std::to_string(kMaxAttachments + 1),
           "not read: expected at most " + std::to_string(kMaxAttachments) + " of a message"});
    }
    return std::nullopt;
  }
  const std::string name = given.empty() ? "part-" + std::to_string(names_.size() + 1) : given;
  std::string unique = name;
  for (size_t n = 2; !taken_.insert(unique).second; ++n) unique = name + "-" + std::to_string(n);
  names_.push_back(unique);
  return unique;
}

Result<ParsedSource> MailAttachments::ParseInBudget(const SourceInfo& source, const Parse& parse) {
  if (source.budget == nullptr) return parse(source);
  QUARRY_RETURN_IF_ERROR(source.budget->EnterPackage());
  Status status = source.budget->TakeEntries(1);
  Result<ParsedSource> parsed = status.ok() ? parse(source) : std::move(status);
  source.budget->LeavePackage();
  return parsed;
}

void MailAttachments::Take(const std::string& name, ParsedSource attached) {
  for (Document& document : attached.documents) {
    document.source = message_.id;
    parsed_->documents.push_back(std::move(document));
  }
  for (auto [from, to] : {std::pair(&attached.errors, &parsed_->errors),
                          std::pair(&attached.skipped, &parsed_->skipped)}) {
    for (SourceError& error : *from) {
      to->push_back({"attachment " + name + ": " + error.place, std::move(error.reason)});
    }
  }
}

}  // namespace quarry::ingest
