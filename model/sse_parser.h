#pragma once

// SseParser: server-sent events (the WHATWG HTML standard, "event stream interpretation") out of bytes
// that may be cut anywhere.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::model {

struct SseEvent {
  std::string name;  // "" where the event has none
  std::string data;  // lines joined by '\n'
};

// Used by one thread.
class SseParser {
 public:
  // An error of it ends Feed with that error.
  using Handler = std::function<Status(const SseEvent& event)>;

  // `max_event_bytes`: a larger event, or line, is an error (kResourceExhausted).
  explicit SseParser(Handler handler, size_t max_event_bytes = size_t{4} << 20)
      : handler_(std::move(handler)), max_event_bytes_(max_event_bytes) {}

  // Calls the handler for each event that is complete now. Line ends are LF, CR or CRLF; comments and
  // fields that nobody knows are passed over; a byte-order mark at the start is, too.
  Status Feed(std::string_view bytes);

 private:
  Status TakeLine(std::string_view line);

  const Handler handler_;
  const size_t max_event_bytes_;
  std::string line_;
  SseEvent event_;
  bool has_data_ = false;
  bool after_cr_ = false;  // an LF that comes now belongs to the CR before it
  bool first_line_ = true;
};

}  // namespace quarry::model
