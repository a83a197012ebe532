#pragma once

// The tools and resources of MCP (mcp.h). Each is one of the server's handlers, called within the
// process: what holds over HTTP of collections, principals and limits holds here.

#include <string>
#include <string_view>

#include "server/handlers.h"
#include "server/strict_json.h"

namespace quarry::server {

// What tools/list gives: a JSON array.
std::string_view McpToolsJson();

// What became of a call: a JSON object, or the error of the handler.
struct McpToolResult {
  bool is_known = true;  // the tool
  Result<std::string> json;
};
McpToolResult CallMcpTool(const HandlerEnvironment& environment, const std::string& name,
                          const JsonValue& arguments, const Caller& caller,
                          const CallContext& context);

// The fields of resources/list, into an object that is open: documents, from `cursor` on ("" = the
// first), and nextCursor. kInvalidArgument for a cursor that was never given.
Status ListMcpResources(const HandlerEnvironment& environment, const std::string& cursor,
                        const Caller& caller, const CallContext& context, JsonWriter& json);
// The fields of resources/read. kInvalidArgument for what is no address of a document.
Status ReadMcpResource(const HandlerEnvironment& environment, const std::string& uri,
                       const Caller& caller, JsonWriter& json);

}  // namespace quarry::server
