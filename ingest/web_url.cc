#include "ingest/web_url.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"

namespace quarry::ingest {
namespace {

// Whether it stands in a URL as it is: unreserved and reserved characters (RFC 3986, 2).
bool IsPlainInUrl(char c) {
  return IsUnreserved(c) ||
         std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos;
}

// Links have spaces around them and line ends within (WHATWG URL, "basic URL parser").
std::string CleanedReference(std::string_view reference) {
  std::string cleaned;
  for (const char c : reference) {
    if (c != '\t' && c != '\n' && c != '\r') cleaned += c;
  }
  const auto is_edge = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!cleaned.empty() && is_edge(cleaned.back())) cleaned.pop_back();
  const auto begin = std::find_if_not(cleaned.begin(), cleaned.end(), is_edge);
  return std::string(begin, cleaned.end());
}

// "mailto" of "mailto:x"; "" of a relative reference.
std::string_view SchemeOfReference(std::string_view reference) {
  const size_t end = reference.find_first_of(":/?#");
  if (end == std::string_view::npos || end == 0 || reference[end] != ':') return "";
  const std::string_view scheme = reference.substr(0, end);
  const bool is_scheme =
      IsAsciiLetter(scheme[0]) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return IsAsciiAlphanumeric(c) || c == '+' || c == '-' || c == '.';
      });
  return is_scheme ? scheme : "";
}

// Encodes what stands behind the host.
std::string WithNormalTarget(const std::string& reference) {
  const size_t slashes = reference.find("//");
  const bool has_host =
      slashes == 0 || (slashes != std::string::npos && !SchemeOfReference(reference).empty());
  const size_t target = has_host ? reference.find_first_of("/?#", slashes + 2) : 0;
  if (target == std::string::npos) return reference;
  return reference.substr(0, target) + NormalEncoding(std::string_view(reference).substr(target));
}

}  // namespace

std::string NormalEncoding(std::string_view text) {
  std::string normal;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto escaped = text[i] == '%' ? HexByteAt(text, i + 1) : std::nullopt;
    const char c = escaped ? static_cast<char>(*escaped) : text[i];
    if (escaped) i += 2;
    const bool is_plain = escaped ? IsUnreserved(c) : IsPlainInUrl(c);
    if (is_plain) {
      normal += c;
    } else {
      AppendPercentEncoded(normal, c);
    }
  }
  return normal;
}

Result<model::Url> ResolveLink(const model::Url& base, std::string_view reference) {
  const std::string cleaned = CleanedReference(reference);
  const std::string_view scheme = SchemeOfReference(cleaned);
  if (!scheme.empty() && !model::IsUrl(cleaned)) {
    return InvalidArgumentError("\"" + std::string(scheme) + ":\": expected http or https");
  }
  return model::ResolveUrl(base, WithNormalTarget(cleaned));
}

Result<model::Url> WebUrl(std::string_view text) {
  if (!model::IsUrl(text)) return model::ParseUrl(text);  // says what is expected
  return ResolveLink({}, text);
}

std::string UrlText(const model::Url& url) { return url.Origin() + url.target; }

}  // namespace quarry::ingest
