#include "app/server_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
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

// When a process began, in ticks since the machine did: with its id it is that process and none that got
// the id later. 0: there is no such process, or `owner` does not have it.
uint64_t StartOf(pid_t process, uid_t owner) {
  constexpr size_t kFieldsBefore =
      20;  // from the state on, which stands behind the name in brackets
  const std::string directory = "/proc/" + std::to_string(process);
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0 || info.st_uid != owner) return 0;
  const Result<std::string> text = ReadFile(directory + "/stat", kMostBytes);
  if (!text.ok()) return 0;
  std::istringstream fields(text->substr(std::min(text->rfind(')'), text->size() - 1) + 1));
  std::string field;
  for (size_t i = 0; i < kFieldsBefore; ++i) fields >> field;
  return fields ? std::strtoull(field.c_str(), nullptr, 10) : 0;
}

// The text of the file, which must be its owner's alone, and who that is.
Result<std::string> ReadPrivateFile(const std::string& path, uid_t& owner) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) return NotFoundError("read " + path + ": " + std::strerror(errno));
  struct stat info {};
  const bool is_file = ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode);
  const bool is_private = (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  const bool is_ours = info.st_uid == ::geteuid() || ::geteuid() == 0;
  if (!is_file || !is_private || !is_ours) {
    return DataLossError(path + ": expected a file of mode 600 that is yours");
  }
  owner = info.st_uid;
  std::string text(kMostBytes, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return UnavailableError("read " + path + ": " + std::strerror(errno));
  text.resize(static_cast<size_t>(size));
  return text;
}

Status SystemError(const std::string& path) {
  return UnavailableError("write " + path + ": " + std::strerror(errno));
}

}  // namespace

Result<PublishedServer> PublishedServer::Publish(const std::string& store,
                                                 const ServerRecord& record) {
  const std::string path = PathIn(store);
  const std::string temporary = path + ".new";
  const std::string text = nlohmann::json{{"url", record.url},
                                          {"token", record.token},
                                          {"process", ::getpid()},
                                          {"process_start", StartOf(::getpid(), ::geteuid())}}
                               .dump() +
                           "\n";
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
  uid_t owner = 0;
  QUARRY_ASSIGN_OR_RETURN(const std::string text, ReadPrivateFile(path, owner));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto field = [&](const char* name) -> std::string {
    if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return "";
    return json[name].get<std::string>();
  };
  const auto number = [&](const char* name) -> uint64_t {
    if (!json.is_object() || !json.contains(name) || !json[name].is_number_unsigned()) return 0;
    return json[name].get<uint64_t>();
  };
  ServerRecord record{.url = field("url"), .token = field("token"), .process = number("process")};
  // The token goes to nobody but this machine.
  const bool is_here = IsLoopbackUrl(record.url);
  if (!is_here || record.token.empty()) {
    return DataLossError(path + ": expected the address of a server on this machine and its token");
  }
  const uint64_t start = number("process_start");
  if (start == 0 || StartOf(static_cast<pid_t>(record.process), owner) != start) {
    return NotFoundError(path + ": the server that it is of has ended");
  }
  return record;
}

Status HeldStoreError(const std::string& store, const Status& locked) {
  constexpr const char* kOther = ", or take another store with --store";
  const Result<ServerRecord> server = ReadServerRecord(store);
  if (!server.ok()) {
    return LockedError(locked.message() + "; wait for it or stop it" + kOther);
  }
  return LockedError("store " + store + ": in use by the server at " + server->url + " (process " +
                     std::to_string(server->process) + "); stop it" + kOther);
}

std::string NewOwnerToken() { return index::NewObjectId("qo-") + index::NewObjectId(""); }

}  // namespace quarry::app
