#include "model/remote_name.h"

#include "base/numbers.h"
#include "model/url.h"

namespace quarry::model {
namespace {

constexpr std::string_view kDimensions = "dimensions=";
constexpr std::string_view kApiVersion = "api-version=";  // of Azure
constexpr uint32_t kMaxDimensions = 65'536;

}  // namespace

std::string RemoteName::ToString() const {
  std::string text = base_url;
  if (dimensions != 0) {
    text += text.find('?') == std::string::npos ? '?' : '&';
    text += std::string(kDimensions) + std::to_string(dimensions);
  }
  return model.empty() ? text : text + '#' + model;
}

Result<RemoteName> ParseRemoteName(std::string_view text) {
  Result<Url> url = ParseUrl(text);
  if (!url.ok()) return std::move(url).status();
  if (!url->user_info.empty()) {
    return InvalidArgumentError(url->Shown() +
                                ": expected no name and password in the URL of a model; keys stand "
                                "in options of their own (embedding.key, rerank.key, chat.key)");
  }
  RemoteName name;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    name.model = text.substr(hash + 1);
  }
  std::string path = url->target;
  std::string query;
  if (const size_t mark = path.find('?'); mark != std::string::npos) {
    query = path.substr(mark + 1);
    path.resize(mark);
  }
  while (path.ends_with('/')) path.pop_back();
  name.base_url = url->Origin() + path;
  std::string kept;
  for (size_t begin = 0; begin < query.size();) {
    const size_t end = std::min(query.find('&', begin), query.size());
    const std::string part = query.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty()) continue;
    // Names are stored and shown: what is not known might be a key.
    if (!part.starts_with(kDimensions) && !part.starts_with(kApiVersion)) {
      return InvalidArgumentError(url->Shown() +
                                  ": expected no other parameters in the URL of a model than "
                                  "dimensions and api-version; keys stand in options of their own "
                                  "(embedding.key, rerank.key, chat.key)");
    }
    if (part.starts_with(kApiVersion)) {
      kept += (kept.empty() ? "?" : "&") + part;
      continue;
    }
    const std::string number = part.substr(kDimensions.size());
    name.dimensions = ParseNumber<uint32_t>(number).value_or(0);
    if (name.dimensions == 0 || name.dimensions > kMaxDimensions) {
      return InvalidArgumentError(url->Shown() + ": dimensions: expected an integer from 1 to " +
                                  std::to_string(kMaxDimensions) + ", got \"" + number + "\"");
    }
  }
  name.base_url += kept;
  return name;
}

std::string AddressMeant(std::string_view text) {
  if (IsUrl(text)) return "";
  const size_t hash = std::min(text.find('#'), text.size());
  const std::string_view address = text.substr(0, hash);
  const std::string_view host = address.substr(0, address.find('/'));
  const size_t colon = host.rfind(':');
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view() : host.substr(colon + 1);
  const bool has_port = !port.empty() && colon > 0 && port.size() >= 2 && port.size() <= 5 &&
                        port.find_first_not_of("0123456789") == std::string_view::npos;
  const bool is_here = host == "localhost" || host.starts_with("localhost:");
  const bool has_path = host.size() < address.size() && host.find('.') != std::string_view::npos;
  const bool has_scheme = address.find("://") != std::string_view::npos;
  if (hash == text.size() && !has_port && !is_here && !has_path && !has_scheme) return "";
  const std::string_view model = hash < text.size() ? text.substr(hash + 1) : "";
  const std::string_view path = address.substr(host.size());
  return std::string(has_port || is_here ? "http://" : "https://") +
         std::string(host.empty() || has_scheme ? "HOST" : host) +
         std::string(path.size() <= 1 || has_scheme ? "/v1" : path) + '#' +
         (model.empty() ? "NAME" : std::string(model));
}

}  // namespace quarry::model
