#include "base/text.h"
#include "model/remote_endpoint.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

constexpr size_t kMaxBytes = 300;

std::string MessageIn(const std::string& body) {
  const Result<Json> json = ParseUpstreamJson(body);
  if (!json.ok()) return body;
  for (const char* name : {"error", "message", "detail"}) {
    const Json* member = Find(*json, name);
    if (member == nullptr) continue;
    if (member->is_string()) return member->get<std::string>();
    if (std::string message = StringOf(*member, "message"); !message.empty()) return message;
    return DumpJson(*member);
  }
  return body;
}

}  // namespace

std::string UpstreamMessage(const std::string& body) {
  std::string line;
  for (const char c : MessageIn(body)) {
    const bool is_space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (!IsValidUtf8(line)) return "(not UTF-8)";
  return std::string(Trim(TruncateUtf8(line, kMaxBytes)));
}

}  // namespace quarry::model
