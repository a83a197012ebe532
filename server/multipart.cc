#include "server/multipart.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "server/http_types.h"

namespace quarry::server {
namespace {

constexpr size_t kMaxParts = 64;
constexpr size_t kMaxHeaderBytes = 4096;
constexpr size_t kMaxBoundary = 70;  // RFC 2046, section 5.1.1

// Takes the next `; name=value` off the front, where value is a token or in quotes. Within quotes a
// backslash stands before a quote or itself; browsers write %22 for a quote. nullopt at the end.
Result<std::optional<std::pair<std::string, std::string>>> TakeParameter(std::string_view& rest) {
  using Parameter = std::optional<std::pair<std::string, std::string>>;
  rest = TrimBlanks(rest);
  if (rest.empty()) return Parameter();
  if (rest.front() != ';') return InvalidArgumentError("expected a semicolon between parameters");
  rest = TrimBlanks(rest.substr(1));
  if (rest.empty()) return Parameter();
  const size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return InvalidArgumentError("a parameter has no value");
  const std::string name(TrimBlanks(rest.substr(0, equals)));
  rest = TrimBlanks(rest.substr(equals + 1));
  std::string value;
  if (!rest.starts_with('"')) {
    const size_t end = rest.find(';');
    value = TrimBlanks(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    return Parameter({name, value});
  }
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest = rest.substr(i + 1);
      return Parameter({name, value});
    }
    const bool escaped =
        rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    value += rest[escaped ? ++i : i];
  }
  return InvalidArgumentError("a quoted value does not end");
}

Result<std::string> BoundaryOf(std::string_view content_type) {
  const size_t semicolon = content_type.find(';');
  std::string_view rest =
      semicolon == std::string_view::npos ? std::string_view() : content_type.substr(semicolon);
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const auto parameter, TakeParameter(rest));
    if (!parameter) break;
    if (!EqualsIgnoringCase(parameter->first, "boundary")) continue;
    const std::string& boundary = parameter->second;
    if (boundary.empty() || boundary.size() > kMaxBoundary) break;
    return boundary;
  }
  return InvalidArgumentError("expected a boundary of 1 to " + std::to_string(kMaxBoundary) +
                              " characters");
}

Status TakeDisposition(std::string_view value, FormPart& part) {
  const std::string_view type = TrimBlanks(value.substr(0, value.find(';')));
  if (!EqualsIgnoringCase(type, "form-data")) {
    return InvalidArgumentError("expected Content-Disposition form-data, not " + std::string(type));
  }
  std::string_view rest = value.substr(std::min(value.find(';'), value.size()));
  bool named = false;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(auto parameter, TakeParameter(rest));
    if (!parameter) break;
    if (FindInvalidUtf8(parameter->second) != std::string_view::npos) {
      return InvalidArgumentError("Content-Disposition is not UTF-8");
    }
    if (EqualsIgnoringCase(parameter->first, "name")) {
      named = true;
      part.name = std::move(parameter->second);
    } else if (EqualsIgnoringCase(parameter->first, "filename")) {
      part.filename = std::move(parameter->second);
    }
  }
  return named ? OkStatus() : InvalidArgumentError("Content-Disposition gives no name");
}

Status TakeHeaders(std::string_view headers, FormPart& part) {
  bool disposed = false;
  while (!headers.empty()) {
    const size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    headers = end == std::string_view::npos ? std::string_view() : headers.substr(end + 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return InvalidArgumentError("a header line has no colon");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = TrimBlanks(line.substr(colon + 1));
    if (EqualsIgnoringCase(name, "Content-Disposition")) {
      if (std::exchange(disposed, true)) {
        return InvalidArgumentError("Content-Disposition stands twice");
      }
      QUARRY_RETURN_IF_ERROR(TakeDisposition(value, part));
    } else if (EqualsIgnoringCase(name, "Content-Type")) {
      part.media_type = value;
    } else if (EqualsIgnoringCase(name, "Content-Transfer-Encoding") &&
               !EqualsIgnoringCase(value, "binary") && !EqualsIgnoringCase(value, "8bit") &&
               !EqualsIgnoringCase(value, "7bit")) {
      return InvalidArgumentError("Content-Transfer-Encoding " + std::string(value) +
                                  " is not understood");
    }
  }
  return disposed ? OkStatus() : InvalidArgumentError("has no Content-Disposition");
}

// The parts of `body`, which begins behind the first boundary.
Status TakeParts(const std::string& delimiter, std::string_view body,
                 std::vector<FormPart>& parts) {
  while (true) {
    if (body.starts_with("--")) return OkStatus();
    if (!body.starts_with("\r\n")) {
      return InvalidArgumentError("expected a line end behind the boundary");
    }
    if (parts.size() == kMaxParts) {
      return InvalidArgumentError("has more than " + std::to_string(kMaxParts) + " parts");
    }
    body.remove_prefix(2);
    const size_t head = body.find("\r\n\r\n");
    if (head > kMaxHeaderBytes) {  // npos is
      return InvalidArgumentError("part " + std::to_string(parts.size() + 1) +
                                  ": its header does not end within " +
                                  std::to_string(kMaxHeaderBytes) + " bytes");
    }
    FormPart part;
    const Status read = TakeHeaders(body.substr(0, head), part);
    if (!read.ok()) return read.Annotate("part " + std::to_string(parts.size() + 1));
    body.remove_prefix(head + 4);
    const size_t end = body.find(delimiter);
    if (end == std::string_view::npos) {
      return InvalidArgumentError("part \"" + part.name + "\" does not end with the boundary");
    }
    part.body = body.substr(0, end);
    body.remove_prefix(end + delimiter.size());
    parts.push_back(std::move(part));
  }
}

}  // namespace

Result<std::vector<FormPart>> ParseMultipart(std::string_view content_type, std::string_view body) {
  Result<std::string> boundary = BoundaryOf(content_type);
  if (!boundary.ok()) return std::move(boundary).status().Annotate("Content-Type");
  const std::string delimiter = "\r\n--" + *boundary;
  if (!body.starts_with(std::string_view(delimiter).substr(2))) {
    return InvalidArgumentError("body: expected --" + *boundary + " at its beginning");
  }
  body.remove_prefix(delimiter.size() - 2);
  std::vector<FormPart> parts;
  const Status read = TakeParts(delimiter, body, parts);
  if (!read.ok()) return read.Annotate("body");
  return parts;
}

}  // namespace quarry::server
