#include "app/server_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "index/object_table.h"
#include "server/origin.h"

namespace quarry::app {
namespace {

constexpr uint64_t kMostBytes = 4096;
constexpr mode_t kOwnerOnly = 0600;

std::string PathIn(const std::string& store) { return store + "/SERVER.json"; }

// "http://127.0.0.1:8420", and nothing that only begins so.
bool IsLoopbackUrl(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view host = url.substr(0, colon);
  const std::string_view port = url.substr(colon + 1);
  const bool is_host = server::IsLoopbackHost(host);
  return is_host && !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
}

Status SystemError(const std::string& path) {
  return UnavailableError("write " + path + ": " + std::strerror(errno));
}

}  // namespace

Result<PublishedServer> PublishedServer::Publish(const std::string& store,
                                                 const ServerRecord& record) {
  const std::string path = PathIn(store);
  const std::string temporary = path + ".new";
  const std::string text =
      nlohmann::json{{"url", record.url}, {"token", record.token}}.dump() + "\n";
  // Nobody else may have it open, not even for the moment before its mode is set.
  ::unlink(temporary.c_str());
  const FileDescriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (file.get() < 0) return SystemError(temporary);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    return SystemError(path);
  }
  return PublishedServer(path);
}

PublishedServer::PublishedServer(PublishedServer&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PublishedServer::~PublishedServer() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<ServerRecord> ReadServerRecord(const std::string& store) {
  const std::string path = PathIn(store);
  QUARRY_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMostBytes));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto field = [&](const char* name) -> std::string {
    if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return "";
    return json[name].get<std::string>();
  };
  ServerRecord record{.url = field("url"), .token = field("token")};
  // The token goes to nobody but this machine.
  const bool is_here = IsLoopbackUrl(record.url);
  if (!is_here || record.token.empty()) {
    return DataLossError(path + ": expected the address of a server on this machine and its token");
  }
  return record;
}

std::string NewOwnerToken() { return index::NewObjectId("qo-") + index::NewObjectId(""); }

}  // namespace quarry::app
