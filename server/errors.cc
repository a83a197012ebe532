#include "server/errors.h"

#include <algorithm>

#include "base/ascii.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

const char* NameOf(int status) {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "FORBIDDEN";
    case 404:
      return InfoOf(Code::kNotFound).name;
    case 405:
      return "METHOD_NOT_ALLOWED";
    case 408:
      return "REQUEST_TIMEOUT";
    case 413:
      return "BODY_TOO_LARGE";
    case 414:
      return "URI_TOO_LONG";
    case 415:
      return "UNSUPPORTED_MEDIA_TYPE";
    case 417:
      return "EXPECTATION_FAILED";
    case 431:
      return "HEADERS_TOO_LARGE";
    case 500:
      return InfoOf(Code::kInternal).name;
    case 501:
      return "NOT_IMPLEMENTED";
    case 503:
      return InfoOf(Code::kUnavailable).name;
    case 504:
      return InfoOf(Code::kDeadlineExceeded).name;
    case 505:
      return "HTTP_VERSION_NOT_SUPPORTED";
    default:
      return InfoOf(Code::kInvalidArgument).name;
  }
}

// OpenAI's "type" for a status.
const char* OpenAiType(int status) {
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

void StringOrNull(JsonWriter& json, const std::string& text) {
  text.empty() ? json.Null() : json.String(text);
}

// The field of a request that an error is about: "messages[0].role"; "" where it is about none.
// Errors of kInvalidArgument begin with their place.
std::string ParamOf(const Status& status) {
  if (status.code() != Code::kInvalidArgument) return "";
  const size_t colon = status.message().find(':');
  if (colon == std::string::npos) return "";
  const std::string place = status.message().substr(0, colon);
  const bool is_field = std::ranges::all_of(place, [](char c) {
    return IsAsciiAlphanumeric(c) || c == '_' || c == '.' || c == '[' || c == ']';
  });
  return place == "body" || !is_field ? "" : place;
}

}  // namespace

Surface SurfaceOf(std::string_view path) {
  return path == "/v1" || path.starts_with("/v1/") || path.starts_with("/v2/") ? Surface::kOpenAi
                                                                               : Surface::kNative;
}

ErrorDetail DetailOf(const Status& status) {
  const CodeInfo& info = InfoOf(status.code());
  return {info.http_status, info.name, status.message(), "", ""};
}

ErrorDetail DetailOf(const HttpProblem& problem) {
  return {problem.status, NameOf(problem.status), problem.message, "", ""};
}

std::string ErrorJson(Surface surface, const ErrorDetail& detail) {
  JsonWriter json;
  json.BeginObject().Key("error").BeginObject();
  if (surface == Surface::kNative) {
    json.Key("code").String(detail.name).Key("message").String(detail.message);
  } else {
    json.Key("message").String(detail.message).Key("type").String(OpenAiType(detail.status));
    StringOrNull(json.Key("param"), detail.param);
    StringOrNull(json.Key("code"), detail.code);
  }
  return json.EndObject().EndObject().Take();
}

Response ErrorResponse(Surface surface, const ErrorDetail& detail) {
  Response response{.status = detail.status, .body = ErrorJson(surface, detail)};
  if (detail.status == 429 || detail.status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

Response ErrorResponse(Surface surface, const Status& status) {
  ErrorDetail detail = DetailOf(status);
  if (surface == Surface::kOpenAi) {
    detail.param = ParamOf(status);
    if (status.code() == Code::kFailedPrecondition) detail.status = 400;
  }
  return ErrorResponse(surface, detail);
}

}  // namespace quarry::server
