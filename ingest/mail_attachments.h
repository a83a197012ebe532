#pragma once

// What is attached to a message. Internal to ingest/.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/parser.h"

namespace quarry::ingest {

// Reads each attachment as a document of its own, with the id MESSAGE#NAME: as a part of the
// message (Document::source), under its budget. What cannot be read is noted and stops nothing.
// Not thread-safe.
class MailAttachments {
 public:
  // Both must outlive it.
  MailAttachments(const SourceInfo& message, ParsedSource* parsed)
      : message_(message), parsed_(parsed) {}

  // `name` as the sender gave it, "" for none; `format` where the sender declares it.
  void Add(const std::string& name, std::optional<Format> format, std::string_view bytes);
  // One that `parse` reads, given what is known of it.
  using Parse = std::function<Result<ParsedSource>(const SourceInfo& source)>;
  void Add(const std::string& name, const Parse& parse);

  // Of all so far, each once.
  const std::vector<std::string>& names() const { return names_; }

 private:
  // The name made unique; nullopt when there are too many.
  std::optional<std::string> Claim(const std::string& name);
  Result<ParsedSource> ParseInBudget(const SourceInfo& source, const Parse& parse);
  void Take(const std::string& name, ParsedSource attached);

  const SourceInfo& message_;
  ParsedSource* parsed_;
  std::vector<std::string> names_;
  std::set<std::string> taken_;
  bool has_too_many_ = false;
};

}  // namespace quarry::ingest
