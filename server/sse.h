#pragma once

// Server-sent events: the framing of streamed answers.

#include <string>
#include <string_view>

#include "server/http_types.h"

namespace quarry::server {

// The header of a stream of events; nothing on the way shall keep or delay them.
inline Response EventStreamHead() {
  return {.content_type = "text/event-stream; charset=utf-8",
          .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}}};
}

// What clients skip: sent so that nothing on the way takes a silent stream for dead.
inline constexpr std::string_view kSseComment = ": alive\n\n";

// One event; without a name where `event` is "". REQUIRES: no line end in either (JSON has none).
inline std::string SseEvent(std::string_view event, std::string_view data) {
  std::string text;
  if (!event.empty()) text.append("event: ").append(event).append("\n");
  return text.append("data: ").append(data).append("\n\n");
}

}  // namespace quarry::server
