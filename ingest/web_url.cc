#include "ingest/web_url.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace quarry::ingest {
namespace {

bool IsUnreservedInUrl(char c) {
  return IsAsciiAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Whether it stands in a URL as it is: unreserved and reserved characters (RFC 3986, 2).
bool IsPlainInUrl(char c) {
  return IsUnreservedInUrl(c) ||
         std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos;
}

void AppendPercent(unsigned char byte, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out += '%';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
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
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] != '%') {
      if (IsPlainInUrl(text[i])) {
        normal += text[i];
      } else {
        AppendPercent(static_cast<unsigned char>(text[i]), normal);
      }
    } else if (i + 2 < text.size() &&
               std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      if (IsUnreservedInUrl(static_cast<char>(byte))) {
        normal += static_cast<char>(byte);
      } else {
        AppendPercent(byte, normal);
      }
      i += 2;
    } else {
      normal += "%25";
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
