#include "app/records.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "ingest/parser.h"

namespace quarry::app {
namespace {

using Json = nlohmann::json;

// Deeper ones are no records, and the library's values are destroyed recursively.
constexpr int kMaxDepth = 16;
constexpr size_t kMaxIdBytes = 1024;  // DocumentId
constexpr size_t kReadBytes = 256 * 1024;
constexpr int kPollMillis = 100;

Status Expected(const std::string& key, const char* what) {
  return InvalidArgumentError("\"" + key + "\": expected " + what);
}

Result<Json> ParseJson(std::string_view line) {
  bool too_deep = false;
  const auto check = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;  // what lies deeper is not kept
  };
  try {
    Json json = Json::parse(line, check);
    if (too_deep) return InvalidArgumentError("JSON nested deeper than 16 levels");
    if (!json.is_object()) return InvalidArgumentError("expected a JSON object");
    return json;
  } catch (const Json::parse_error& error) {
    return InvalidArgumentError("not JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception& error) {
    return InvalidArgumentError(std::string("not JSON: ") + error.what());
  }
}

Result<std::string> TextOf(const Json& record, const std::string& key, bool required) {
  const auto found = record.find(key);
  if (found == record.end() || (found->is_null() && !required)) {
    if (!required) return std::string();
    return Expected(key, "a text; it is missing");
  }
  if (!found->is_string()) return Expected(key, "a text");
  return found->get<std::string>();
}

Result<MetadataValue> ToMetadataValue(const std::string& key, const Json& json) {
  if (json.is_boolean()) return MetadataValue(json.get<bool>());
  if (json.is_number()) return MetadataValue(json.get<double>());
  if (json.is_string()) return MetadataValue(json.get<std::string>());
  const auto is_text = [](const Json& element) { return element.is_string(); };
  if (json.is_array() && std::all_of(json.begin(), json.end(), is_text)) {
    return MetadataValue(json.get<std::vector<std::string>>());
  }
  return Expected("metadata." + key, "a text, a number, true, false or a list of texts");
}

Status CheckKeys(const Json& record, std::initializer_list<const char*> known) {
  for (const auto& [key, value] : record.items()) {
    if (std::find_if(known.begin(), known.end(), [&](const char* k) { return key == k; }) ==
        known.end()) {
      std::string list;
      for (const char* name : known) list += (list.empty() ? "" : ", ") + std::string(name);
      return InvalidArgumentError("unknown key \"" + key + "\"; expected " + list);
    }
  }
  return OkStatus();
}

Result<Record> ParsePut(const Json& record) {
  QUARRY_RETURN_IF_ERROR(CheckKeys(record, {"op", "id", "text", "title", "uri", "metadata"}));
  QUARRY_ASSIGN_OR_RETURN(std::string id, TextOf(record, "id", true));
  QUARRY_ASSIGN_OR_RETURN(const std::string text, TextOf(record, "text", true));
  QUARRY_ASSIGN_OR_RETURN(std::string title, TextOf(record, "title", false));
  QUARRY_ASSIGN_OR_RETURN(std::string uri, TextOf(record, "uri", false));
  if (id.empty() || id.size() > kMaxIdBytes || id.find('\0') != std::string::npos) {
    return Expected("id", "a text of 1 to 1024 bytes without NUL");
  }
  if (Trim(text).empty()) return Expected("text", "a text that is not empty");

  // Line ends as in files, and no binary content.
  QUARRY_ASSIGN_OR_RETURN(const DecodedText decoded, DecodeText(text));
  const ingest::SourceInfo info{.id = id, .path = id, .uri = uri};
  QUARRY_ASSIGN_OR_RETURN(ingest::ParsedSource parsed,
                          ingest::ParserFor(ingest::Format::kPlainText).Parse(decoded.text, info));
  if (parsed.documents.size() != 1) return Expected("text", "a text that is not empty");
  Document document = std::move(parsed.documents[0]);
  document.id = std::move(id);
  document.uri = std::move(uri);
  if (!title.empty()) document.title = std::move(title);
  document.language = DetectLanguage(document.text);
  if (const auto metadata = record.find("metadata"); metadata != record.end()) {
    if (!metadata->is_object()) return Expected("metadata", "an object");
    for (const auto& [key, value] : metadata->items()) {
      QUARRY_ASSIGN_OR_RETURN(document.metadata[key], ToMetadataValue(key, value));
    }
  }
  return Record(std::move(document));
}

// A number as JSON's grammar has it: no leading zeros, no "inf", no hexadecimal.
bool IsJsonNumber(std::string_view text) {
  const auto digits = [&](size_t& at) {
    const size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t first = at;
  const size_t whole = digits(at);
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.' && digits(++at) == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits(at) == 0) return false;
  }
  return at == text.size();
}

}  // namespace

Result<Record> ParseRecord(std::string_view line) {
  QUARRY_ASSIGN_OR_RETURN(const Json record, ParseJson(line));
  QUARRY_ASSIGN_OR_RETURN(const std::string op, TextOf(record, "op", false));
  if (op == "delete") {
    QUARRY_RETURN_IF_ERROR(CheckKeys(record, {"op", "id"}));
    QUARRY_ASSIGN_OR_RETURN(std::string id, TextOf(record, "id", true));
    return Record(DeleteRecord{std::move(id)});
  }
  if (!op.empty() && op != "put") return Expected("op", "\"put\" or \"delete\"");
  return ParsePut(record);
}

MetadataValue ParseTypedValue(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  double number = 0;
  if (IsJsonNumber(text)) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && std::isfinite(number)) return number;
  }
  return text;
}

Status LineInput::Fill(const CallContext& context) {
  if (position_ > 0) {
    buffer_.erase(0, position_);
    position_ = 0;
  }
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&wanted, 1, kPollMillis);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const size_t size = buffer_.size();
    buffer_.resize(size + kReadBytes);
    const ssize_t got = ready < 0 ? -1 : ::read(fd_, buffer_.data() + size, kReadBytes);
    buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return UnavailableError(std::string("standard input: ") + std::strerror(errno));
    at_end_ = got == 0;
    return OkStatus();
  }
}

Result<bool> LineInput::Next(const CallContext& context) {
  while (true) {
    size_t searched = position_;
    size_t newline = buffer_.find('\n', searched);
    while (newline == std::string::npos && !at_end_) {
      if (buffer_.size() - position_ > kMaxLineBytes) {
        return ResourceExhaustedError("standard input: line " + std::to_string(number_ + 1) +
                                      " is longer than " + std::to_string(kMaxLineBytes) +
                                      " bytes");
      }
      searched = buffer_.size() - position_;  // Fill moves what is left to the front
      QUARRY_RETURN_IF_ERROR(Fill(context));
      newline = buffer_.find('\n', searched);
    }
    const size_t end = newline == std::string::npos ? buffer_.size() : newline;
    if (position_ == buffer_.size() && at_end_) return false;
    line_ = std::string_view(buffer_).substr(position_, end - position_);
    position_ = newline == std::string::npos ? buffer_.size() : newline + 1;
    ++number_;
    if (number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.remove_prefix(3);
    if (!Trim(line_).empty()) return true;
  }
}

}  // namespace quarry::app
