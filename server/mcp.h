#pragma once

// The Model Context Protocol (modelcontextprotocol.io), revisions 2025-06-18 and 2025-03-26: tools
// and documents for assistants. JSON-RPC 2.0 messages in, messages out; how they travel is the
// business of handlers_mcp.cc (streamable HTTP) and of app/command_mcp.cc (standard input and
// output).
//
//   initialize, ping                         revisions and what there is
//   tools/list, tools/call                   search, ask, fetch (mcp_tools.h)
//   resources/list, /templates/list, /read   documents: quarry://COLLECTION/DOCUMENT
//   notifications/cancelled                  of a request under way; others are taken and ignored
//
// What a tool could not do is a result with isError, which the model reads; what is wrong with the
// message is an error of JSON-RPC, which the program reads.

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/call_context.h"
#include "server/caller.h"

namespace quarry::server {

struct HandlerEnvironment;

// Codes of JSON-RPC errors.
inline constexpr int kMcpParseError = -32700;
inline constexpr int kMcpInvalidRequest = -32600;
inline constexpr int kMcpMethodNotFound = -32601;
inline constexpr int kMcpInvalidParams = -32602;
inline constexpr int kMcpInternal = -32603;
inline constexpr int kMcpResourceNotFound = -32002;

// The newest revision that is spoken.
inline constexpr std::string_view kMcpRevision = "2025-06-18";
bool IsMcpRevision(std::string_view revision);

// What one client and the server agreed upon, and its requests under way. Thread-safe.
class McpSession {
 public:
  // "" before initialize.
  std::string revision() const;
  void Agree(std::string revision);

  // `id` is the JSON of a request's id. False where a request of that id is under way.
  bool Begin(const std::string& id, const CancelToken& cancel);
  // Whether it was cancelled by the client.
  bool End(const std::string& id);
  void Cancel(const std::string& id);
  void CancelAll();

 private:
  struct UnderWay {
    CancelToken cancel;
    bool is_cancelled = false;
  };
  mutable std::mutex mutex_;
  std::string revision_;                   // guarded by mutex_
  std::map<std::string, UnderWay> calls_;  // guarded by mutex_
};

// The reply to a message, or to a batch of them; "" where none is due. Each request is one more
// under way in `session`.
std::string AnswerMcp(const HandlerEnvironment& environment, std::string_view message,
                      McpSession& session, const Caller& caller, const CallContext& context);

// Takes a message that is a notification: cancelling needs no engine, and must
// not wait behind what it cancels. False for all else.
bool TakeMcpNotification(std::string_view message, McpSession& session);

// Whether the message is a notification.
bool IsMcpNotification(std::string_view message);
// Whether the message is an initialize request: the first of a session.
bool IsMcpInitialize(std::string_view message);
// The revision that its reply agrees on; "" where the message is none, or asks for none.
std::string McpAgreedRevision(std::string_view message);

// The JSON of the id of a message; "null" where it has none that can be told.
std::string McpIdOf(std::string_view message);

// {"jsonrpc": "2.0", "id": .., "error": ..}; `id` is JSON.
std::string McpErrorJson(std::string_view id, int code, std::string_view message);

}  // namespace quarry::server
