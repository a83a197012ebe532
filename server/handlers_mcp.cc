// MCP over streamable HTTP: POST and DELETE /mcp. This server asks clients nothing, so there is no
// stream for them to GET (405, as the protocol has it), and every reply is one JSON object.

#include <chrono>

#include "server/handlers.h"
#include "server/mcp.h"
#include "server/mcp_sessions.h"

namespace quarry::server {
namespace {

constexpr const char* kSessionHeader = "Mcp-Session-Id";

Response Refuse(int status, std::string_view message) {
  return {.status = status, .body = McpErrorJson("null", kMcpInvalidRequest, message)};
}

// Whether Accept names `type`, or a range that holds it.
bool Accepts(const HeaderList& headers, std::string_view type) {
  const std::string range = std::string(type.substr(0, type.find('/'))) + "/*";
  for (const auto& [name, value] : headers) {
    if (!EqualsIgnoringCase(name, "Accept")) continue;
    const std::string lower = AsciiLower(value);
    for (const std::string_view wanted : {type, std::string_view(range), std::string_view("*/*")}) {
      if (lower.find(wanted) != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

Lane LaneOfMcp(const Request& request) {
  constexpr size_t kMostBytes = 4096;  // as the network thread reads it
  const bool is_notification = request.body.size() <= kMostBytes && IsMcpNotification(request.body);
  return is_notification ? Lane::kOperations : Lane::kRequest;
}

Result<Response> PostMcp(const HandlerEnvironment& environment, const Call& call) {
  const Request& request = call.request;
  if (!Accepts(request.headers, "application/json") ||
      !Accepts(request.headers, "text/event-stream")) {
    return Refuse(406, "header Accept: expected application/json and text/event-stream");
  }
  const std::string* revision = FindHeader(request.headers, "MCP-Protocol-Version");
  if (revision != nullptr && !IsMcpRevision(*revision)) {
    return Refuse(400, "header MCP-Protocol-Version: expected 2025-06-18 or 2025-03-26");
  }
  const auto now = std::chrono::steady_clock::now();
  std::shared_ptr<McpSession> session;
  const bool is_new = IsMcpInitialize(request.body);
  if (is_new) {
    session = std::make_shared<McpSession>();
  } else {
    const std::string* id = FindHeader(request.headers, kSessionHeader);
    if (id == nullptr) {
      return Refuse(400, "header Mcp-Session-Id is missing: expected initialize first");
    }
    session = environment.mcp_sessions.Find(*id, request.caller, now);
    if (session == nullptr) return Refuse(404, "there is no such session: initialize again");
  }
  std::string reply = AnswerMcp(environment, request.body, *session, request.caller, call.context);
  if (reply.empty()) return Response{.status = 202, .content_type = ""};
  Response response{.body = std::move(reply)};
  if (is_new && !session->revision().empty()) {
    response.headers.emplace_back(kSessionHeader,
                                  environment.mcp_sessions.Add(session, request.caller, now));
  }
  return response;
}

Result<Response> DeleteMcp(const HandlerEnvironment& environment, const Call& call) {
  const std::string* id = FindHeader(call.request.headers, kSessionHeader);
  if (id == nullptr) return Refuse(400, "header Mcp-Session-Id is missing");
  if (!environment.mcp_sessions.Remove(*id, call.request.caller)) {
    return Refuse(404, "there is no such session");
  }
  return Response{.status = 204, .content_type = ""};
}

}  // namespace quarry::server
