#include "model/sse_parser.h"

#include <utility>

namespace quarry::model {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Status SseParser::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes[0] == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const size_t end = bytes.find_first_of("\r\n");
    line_ += bytes.substr(0, end);
    if (line_.size() + event_.data.size() > max_event_bytes_) {
      return ResourceExhaustedError("an event of more than " + std::to_string(max_event_bytes_) +
                                    " bytes");
    }
    if (end == std::string_view::npos) return OkStatus();
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    const std::string line = std::exchange(line_, {});
    QUARRY_RETURN_IF_ERROR(TakeLine(line));
  }
  return OkStatus();
}

Status SseParser::TakeLine(std::string_view line) {
  if (first_line_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  first_line_ = false;
  if (line.empty()) {
    SseEvent event = std::move(event_);
    event_ = {};
    const bool complete = has_data_;
    has_data_ = false;
    return complete ? handler_(event) : OkStatus();
  }
  const size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value;
  if (colon != std::string::npos) value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (field == "event") {
    event_.name = value;
  }
  return OkStatus();
}

}  // namespace quarry::model
