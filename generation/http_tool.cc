#include "generation/http_tool.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/text.h"
#include "generation/tool_arguments.h"
#include "model/http_client.h"
#include "model/json_schema.h"
#include "model/url.h"

namespace quarry::generation {
namespace {

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr size_t kMaxToolNameBytes = 64;
constexpr size_t kLeastSecretBytes = 6;  // shorter ones would blank half of a text

bool HasBody(std::string_view method) { return method != "GET" && method != "DELETE"; }

// A name between braces, where it stands.
struct Placeholder {
  size_t begin = 0;
  size_t end = 0;
  std::string name;
};
constexpr std::string_view kArgument = "{";   // of the call, in an address: "{id}"
constexpr std::string_view kVariable = "${";  // of the environment, in a header's value: "${NAME}"

// The first from `at` on that begins with `opening`; nullopt for no more.
std::optional<Placeholder> NextPlaceholder(std::string_view text, std::string_view opening,
                                           size_t at) {
  const size_t begin = text.find(opening, at);
  const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
  if (end == std::string_view::npos) return std::nullopt;
  const size_t name = begin + opening.size();
  return Placeholder{begin, end + 1, std::string(text.substr(name, end - name))};
}

// The address without its placeholders, to be parsed.
std::string PlainUrl(std::string_view url) {
  std::string plain;
  size_t at = 0;
  while (const auto next = NextPlaceholder(url, kArgument, at)) {
    plain += std::string(url.substr(at, next->begin - at)) + 'x';
    at = next->end;
  }
  return plain.append(url.substr(at));
}

class RequestTool final : public Tool {
 public:
  RequestTool(HttpTool tool, const model::HttpClient* http, const ToolboxOptions& options)
      : tool_(std::move(tool)),
        http_(http),
        options_(options),
        spec_{tool_.name, tool_.description, tool_.parameters} {}

  const model::ChatTool& spec() const override { return spec_; }
  bool has_side_effects() const override { return !tool_.read_only; }
  std::vector<std::string> asked_by() const override { return tool_.asked_by; }

  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    QUARRY_ASSIGN_OR_RETURN(model::HttpRequest request, RequestOf(given));
    QUARRY_RETURN_IF_ERROR(CheckHost(request.url));
    if (http_ == nullptr) return FailedPreconditionError("requests are not possible here");
    std::vector<std::string> secrets;
    QUARRY_ASSIGN_OR_RETURN(request.headers, HeadersOf(secrets));
    if (HasBody(tool_.method)) request.headers.emplace_back("Content-Type", "application/json");
    const Result<model::HttpResponse> response = http_->Send(request, {}, context.call);
    if (!response.ok()) {
      return Status(response.status().code(), Without(response.status().message(), secrets));
    }
    if (response->status < 200 || response->status > 299) {
      return UnavailableError("status " + std::to_string(response->status));
    }
    std::string text = Without(std::string(Trim(response->body)), secrets);
    if (!IsValidUtf8(text)) return UnavailableError("the answer is no text in UTF-8");
    ToolResult result;
    if (text.empty()) {
      result.text = "Done; the answer is empty.";
    } else {
      result.passages.push_back(MakeResultPassage(tool_.name, tool_.name, std::move(text)));
    }
    return result;
  }

 private:
  Result<model::HttpRequest> RequestOf(const ToolArguments& given) const {
    model::HttpRequest request{.method = tool_.method, .once = has_side_effects()};
    std::vector<std::string> placed;
    size_t at = 0;
    while (const auto next = NextPlaceholder(tool_.url, kArgument, at)) {
      const std::optional<std::string> value = given.Scalar(next->name);
      if (!value) return InvalidArgumentError("arguments: " + next->name + " is missing");
      if (*value == "." || *value == "..") {
        return InvalidArgumentError("arguments: " + next->name + ": expected no path");
      }
      request.url += tool_.url.substr(at, next->begin - at) + PercentEncode(*value);
      placed.push_back(next->name);
      at = next->end;
    }
    request.url += tool_.url.substr(at);
    if (HasBody(tool_.method)) {
      request.body = given.ToJson(placed);
    } else {
      for (const auto& [name, value] : given.scalars()) {
        if (std::ranges::find(placed, name) != placed.end()) continue;
        request.url += (request.url.find('?') == std::string::npos ? '?' : '&') +
                       PercentEncode(name) + '=' + PercentEncode(value);
      }
    }
    const std::chrono::milliseconds timeout(tool_.timeout_ms);
    request.limits = {.first_byte = timeout, .gap = timeout, .total = timeout};
    request.limits.body_bytes = tool_.max_bytes;
    request.max_redirects = 0;
    return request;
  }

  Status CheckHost(const std::string& address) const {
    QUARRY_ASSIGN_OR_RETURN(const model::Url url, model::ParseUrl(address));
    const std::string host = url.Authority();
    if (std::ranges::find(options_.http_hosts, host) != options_.http_hosts.end()) {
      return OkStatus();
    }
    return FailedPreconditionError("the host " + host + " is not allowed (tools.http_hosts)");
  }

  Result<model::HttpHeaders> HeadersOf(std::vector<std::string>& secrets) const {
    model::HttpHeaders headers;
    for (const auto& [name, value] : tool_.headers) {
      std::string filled;
      size_t at = 0;
      while (const auto next = NextPlaceholder(value, kVariable, at)) {
        const std::optional<std::string> secret = options_.environment(next->name);
        if (!secret) return FailedPreconditionError(next->name + " is not set");
        if (secret->size() >= kLeastSecretBytes) secrets.push_back(*secret);
        filled += value.substr(at, next->begin - at) + *secret;
        at = next->end;
      }
      headers.emplace_back(name, filled + value.substr(at));
    }
    return headers;
  }

  static std::string Without(std::string text, const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
      for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3) {
        text.replace(at, secret.size(), "***");
      }
    }
    return text;
  }

  const HttpTool tool_;
  const model::HttpClient* const http_;
  const ToolboxOptions& options_;
  const model::ChatTool spec_;
};

}  // namespace

Status CheckHttpTool(const HttpTool& tool) {
  const bool is_name = !tool.name.empty() && tool.name.size() <= kMaxToolNameBytes &&
                       std::ranges::all_of(tool.name, [](char c) {
                         return IsAsciiAlphanumeric(c) || c == '_' || c == '-';
                       });
  if (!is_name) return InvalidArgumentError("name: expected 1 to 64 letters, digits, '_' and '-'");
  if (std::ranges::find(BuiltInToolNames(), tool.name) != BuiltInToolNames().end()) {
    return InvalidArgumentError("name: there is a tool \"" + tool.name + "\" already");
  }
  if (tool.description.empty()) return InvalidArgumentError("description: is missing");
  if (std::ranges::find(kMethods, tool.method) == kMethods.end()) {
    return InvalidArgumentError("method: expected GET, POST, PUT, PATCH or DELETE, got \"" +
                                tool.method + '"');
  }
  if (tool.read_only && tool.method != "GET" && tool.method != "POST") {
    return InvalidArgumentError("read_only: " + tool.method + " is made to change things");
  }
  const Result<model::Url> url = model::ParseUrl(PlainUrl(tool.url));
  if (!url.ok()) return InvalidArgumentError("url: " + url.status().message());
  if (!url->user_info.empty()) return InvalidArgumentError("url: secrets stand in headers");
  const size_t path = tool.url.find('/', tool.url.find("://") + 3);
  const auto placeholder = NextPlaceholder(tool.url, kArgument, 0);
  if (placeholder && (path == std::string::npos || placeholder->begin < path)) {
    return InvalidArgumentError("url: the host is no argument");
  }
  const Status schema = model::CheckSchema(tool.parameters);
  if (!schema.ok()) return InvalidArgumentError("parameters: " + schema.message());
  for (const auto& [name, value] : tool.headers) {
    size_t at = 0;
    while (const auto next = NextPlaceholder(value, kVariable, at)) {
      if (!next->name.starts_with(kToolSecretPrefix)) {
        return InvalidArgumentError("headers." + name + ": expected a variable that begins with " +
                                    std::string(kToolSecretPrefix) + ", got " + next->name);
      }
      if (!url->tls && !url->IsLoopback()) {
        return InvalidArgumentError("headers." + name +
                                    ": a secret is not sent over plain http to another machine");
      }
      at = next->end;
    }
  }
  return OkStatus();
}

std::unique_ptr<Tool> MakeHttpTool(const HttpTool& tool, const model::HttpClient* http,
                                   const ToolboxOptions& options) {
  return std::make_unique<RequestTool>(tool, http, options);
}

}  // namespace quarry::generation
