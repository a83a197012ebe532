#pragma once

// Error responses. The native API and the OpenAI surface write errors differently; which one
// answers is decided by the path.
//
//   native  {"error":{"code":"NOT_FOUND","message":"..."}}
//   OpenAI  {"error":{"message":"...","type":"invalid_request_error","param":null,"code":null}}
//
// The HTTP status and the name of a Status come from InfoOf (base/status.h); on the OpenAI surface,
// which has no 412, that is 400. What the HTTP layer itself refuses has statuses of its own (405,
// 408, 413, ...), and names to match.

#include <string>
#include <string_view>

#include "base/status.h"
#include "server/http_guard.h"
#include "server/http_types.h"

namespace quarry::server {

enum class Surface : uint8_t { kNative, kOpenAi };

// "/v1/..." and "/v2/..." are OpenAI's, all else ours.
Surface SurfaceOf(std::string_view path);

struct ErrorDetail {
  int status = 500;
  std::string name;  // native "code": "NOT_FOUND"
  std::string message;
  std::string param;  // OpenAI: the field of the request, "" = null
  std::string code;   // OpenAI: "model_not_found", "" = null
};

ErrorDetail DetailOf(const Status& status);
ErrorDetail DetailOf(const HttpProblem& problem);

// {"error":{...}}
std::string ErrorJson(Surface surface, const ErrorDetail& detail);
// With that body; 503 and 429 say when to try again.
Response ErrorResponse(Surface surface, const ErrorDetail& detail);
Response ErrorResponse(Surface surface, const Status& status);

}  // namespace quarry::server
