#include "model/proxy.h"

#include <cstdlib>

#include "base/ascii.h"

namespace quarry::model {
namespace {

constexpr const char* kVariables[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY",
                                      "all_proxy",   "ALL_PROXY",   "no_proxy",   "NO_PROXY"};

struct Named {
  std::string variable;
  std::string value;
};

Named FindVariable(const std::map<std::string, std::string>& environment, const char* small,
                   const char* capital) {
  for (const char* name : {small, capital}) {
    const auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return {name, found->second};
  }
  return {};
}

Result<std::optional<Url>> ReadProxy(const Named& named) {
  if (named.value.empty()) return std::optional<Url>();
  const bool has_scheme = named.value.find("://") != std::string::npos;
  Result<Url> url = ParseUrl(has_scheme ? named.value : "http://" + named.value);
  if (!url.ok()) return std::move(url).status().Annotate(named.variable);
  if (url->tls) {
    return InvalidArgumentError(named.variable +
                                ": a proxy that is spoken to by https is not supported; expected "
                                "http://host:port");
  }
  return std::optional<Url>(*std::move(url));
}

bool Matches(std::string_view rule, const Url& url) {
  if (rule == "*") return true;
  const std::string port = ':' + std::to_string(url.port);
  if (rule.ends_with(port)) rule.remove_suffix(port.size());
  if (rule.starts_with("*")) rule.remove_prefix(1);
  if (rule.starts_with(".")) rule.remove_prefix(1);
  if (rule.starts_with("[") && rule.ends_with("]")) rule = rule.substr(1, rule.size() - 2);
  if (rule.empty() || !url.host.ends_with(rule)) return false;
  return url.host.size() == rule.size() || url.host[url.host.size() - rule.size() - 1] == '.';
}

}  // namespace

const Url* ProxySettings::For(const Url& url) const {
  const std::optional<Url>& proxy = url.tls ? https : http;
  if (!proxy || url.IsLoopback()) return nullptr;
  for (const std::string& rule : direct) {
    if (Matches(rule, url)) return nullptr;
  }
  return &*proxy;
}

Result<ProxySettings> ProxyFromEnvironment(const std::map<std::string, std::string>& environment) {
  const Named all = FindVariable(environment, "all_proxy", "ALL_PROXY");
  Named http = FindVariable(environment, "http_proxy", "HTTP_PROXY");
  Named https = FindVariable(environment, "https_proxy", "HTTPS_PROXY");
  if (http.value.empty()) http = all;
  if (https.value.empty()) https = all;
  ProxySettings settings;
  QUARRY_ASSIGN_OR_RETURN(settings.http, ReadProxy(http));
  QUARRY_ASSIGN_OR_RETURN(settings.https, ReadProxy(https));
  std::string rule;
  for (const char c : FindVariable(environment, "no_proxy", "NO_PROXY").value + ',') {
    if (c != ',' && c != ' ' && c != '\t') {
      rule += AsciiLower(c);
    } else if (!rule.empty()) {
      settings.direct.push_back(std::move(rule));
      rule.clear();
    }
  }
  return settings;
}

std::map<std::string, std::string> ProxyEnvironment() {
  std::map<std::string, std::string> environment;
  for (const char* name : kVariables) {
    if (const char* value = std::getenv(name); value != nullptr) environment[name] = value;
  }
  return environment;
}

}  // namespace quarry::model
