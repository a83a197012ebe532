// The web page: GET / and GET /web/{file}.
//
// The page shows what documents, models and other users wrote, so it is served with a policy that lets
// nothing run but its own files: no script or style within a page, nothing from elsewhere, no frame.

#include <algorithm>

#include "base/hash.h"
#include "server/handlers.h"
#include "server/query_parameters.h"
#include "server/web_files.h"

namespace quarry::server {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view ContentType(std::string_view name) {
  const std::string_view extension = name.substr(std::min(name.rfind('.'), name.size()));
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".js") return "text/javascript; charset=utf-8";
  if (extension == ".css") return "text/css; charset=utf-8";
  if (extension == ".svg") return "image/svg+xml";
  return "application/octet-stream";
}

// Whether one of the tags of If-None-Match is `tag`, a quoted one. Whether either is weak ("W/" before it) does not
// count, as RFC 9110 (13.1.2) has it.
bool HasTag(std::string_view list, std::string_view tag) {
  return list == "*" || list.find(tag) != std::string_view::npos;
}

Response Serve(const WebFile& file, const Request& request) {
  const std::string tag = '"' + HashToHex(Hash64(file.bytes())) + '"';
  Response response{
      .content_type = std::string(ContentType(file.name)),
      .headers = {{"ETag", "W/" + tag},  // weak: the same of what is sent compressed and as it is
                  {"Cache-Control", "no-cache"},  // kept, and asked for again
                  {"Content-Security-Policy", std::string(kPolicy)},
                  {"Referrer-Policy", "no-referrer"},
                  {"Cross-Origin-Opener-Policy", "same-origin"},
                  {"Cross-Origin-Resource-Policy", "same-origin"}}};
  const std::string* known = FindHeader(request.headers, "If-None-Match");
  if (known != nullptr && HasTag(*known, tag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  response.body = file.bytes();
  return response;
}

Result<Response> Find(std::string_view name, const Request& request) {
  const std::span<const WebFile> files = WebFiles();
  const auto file = std::ranges::find(files, name, &WebFile::name);
  if (file != files.end()) return Serve(*file, request);
  return NotFoundError("the web page has no file " + std::string(name));
}

}  // namespace

Result<Response> GetPage(const HandlerEnvironment&, const Call& call) {
  return Find("index.html", call.request);
}

Result<Response> GetWebFile(const HandlerEnvironment&, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  return Find(call.request.params.at("file"), call.request);
}

}  // namespace quarry::server
