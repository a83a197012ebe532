#include "app/records.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/ascii.h"
#include "base/text.h"
#include "server/document_body.h"
#include "server/strict_json.h"

namespace quarry::app {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr int kPollMillis = 100;
constexpr int kIdlePolls = 10;

// Messages speak of the line, not of a request's body.
Status OfLine(const Status& status) {
  std::string message = status.message();
  for (const std::string_view prefix : {"body: ", "not JSON: line 1, "}) {
    if (message.starts_with(prefix)) message.erase(0, prefix.size());
  }
  return {status.code(), std::move(message)};
}

// A number as JSON's grammar has it: no leading zeros, no "inf", no hexadecimal.
bool IsJsonNumber(std::string_view text) {
  const auto digits = [&](size_t& at) {
    const size_t begin = at;
    while (at < text.size() && IsAsciiDigit(text[at])) ++at;
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
  Result<server::JsonValue> json = server::ParseJson(line);
  if (!json.ok()) return OfLine(json.status());
  auto* object = std::get_if<server::JsonValue::Object>(&json->value);
  if (object == nullptr)
    return InvalidArgumentError("expected an object, not " + std::string(json->TypeName()));
  std::string op = "put";
  if (const auto field = std::find_if(object->begin(), object->end(),
                                      [](const auto& one) { return one.name == "op"; });
      field != object->end()) {
    const std::string* text = field->value.AsString();
    op = text == nullptr ? "" : *text;
    object->erase(field);
  }
  if (op == "delete") {
    DeleteRecord record;
    server::ObjectReader reader(*json, "");
    reader.Required("id").String(record.id);
    if (const Status status = reader.Finish(); !status.ok()) return OfLine(status);
    return Record(std::move(record));
  }
  if (op != "put") return InvalidArgumentError("op: expected \"put\" or \"delete\"");
  Result<std::vector<Document>> documents = server::ParseRecordOf(*json, "");
  if (!documents.ok()) return OfLine(documents.status());
  return Record(*std::move(documents));
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

Status LineInput::Fill(const CallContext& context, const std::function<Status()>& when_idle) {
  if (position_ > 0) {
    buffer_.erase(0, position_);
    position_ = 0;
  }
  int polls = 0;  // without input
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&wanted, 1, kPollMillis);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) {
      if (++polls == kIdlePolls && when_idle) QUARRY_RETURN_IF_ERROR(when_idle());
      continue;
    }
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

Status LineInput::TooLong() const {
  return ResourceExhaustedError("standard input: line " + std::to_string(number_ + 1) +
                                " is longer than " + std::to_string(max_line_bytes_) + " bytes");
}

Result<bool> LineInput::NextLine(const CallContext& context,
                                 const std::function<Status()>& when_idle) {
  size_t searched = position_;
  size_t newline = buffer_.find('\n', searched);
  while (newline == std::string::npos && !at_end_) {
    if (buffer_.size() - position_ > max_line_bytes_) {
      return TooLong();
    }
    searched = buffer_.size() - position_;  // Fill moves what is left to the front
    QUARRY_RETURN_IF_ERROR(Fill(context, when_idle));
    newline = buffer_.find('\n', searched);
  }
  const size_t end = newline == std::string::npos ? buffer_.size() : newline;
  if (end - position_ > max_line_bytes_) return TooLong();
  if (position_ == buffer_.size() && at_end_) return false;
  line_ = std::string_view(buffer_).substr(position_, end - position_);
  position_ = newline == std::string::npos ? buffer_.size() : newline + 1;
  ++number_;
  if (number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.remove_prefix(3);
  return true;
}

Result<bool> LineInput::Next(const CallContext& context, const std::function<Status()>& when_idle) {
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, NextLine(context, when_idle));
    if (!more || !Trim(line_).empty()) return more;
  }
}

}  // namespace quarry::app
