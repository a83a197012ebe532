#include "model/model_pull.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "base/ascii.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "model/digest.h"
#include "model/remote_endpoint.h"

namespace quarry::model {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kRedirects = 5;
constexpr uint64_t kMaxListBytes = 16u << 20;
constexpr size_t kFileReadBytes = 1u << 20;

Status CheckName(std::string_view name) {
  const auto is_plain = [](char c) {
    return IsAsciiAlphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '/';
  };
  const size_t slash = name.find('/');
  if (name.empty() || !std::ranges::all_of(name, is_plain) || slash == 0 ||
      name.find("..") != std::string_view::npos || name.ends_with('/') ||
      (slash != std::string_view::npos && name.find('/', slash + 1) != std::string_view::npos)) {
    return InvalidArgumentError("\"" + std::string(name) +
                                "\": expected the name of a model, such as "
                                "sentence-transformers/all-MiniLM-L6-v2");
  }
  return OkStatus();
}

HttpRequest RequestTo(const std::string& url, const PullOptions& options) {
  HttpRequest request{.url = url, .limits = options.limits, .max_redirects = kRedirects};
  if (!options.token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + options.token);
  }
  return request;
}

Status RefusalOf(const HttpResponse& response, const std::string& what) {
  const std::string said = UpstreamMessage(response.body);
  const std::string message =
      what + ": status " + std::to_string(response.status) + (said.empty() ? "" : ": " + said);
  if (response.status == 404) return NotFoundError(message);
  if (response.status == 401 || response.status == 403) {
    return UnavailableError(message + "; HF_TOKEN names who asks");
  }
  return UnavailableError(message);
}

// Feeds what a file holds to `digest`; its size.
Result<uint64_t> ReadInto(const std::string& path, Digest& digest) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return InternalError(path + ": " + std::strerror(errno));
  std::string buffer(kFileReadBytes, '\0');
  uint64_t size = 0;
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0) return InternalError(path + ": " + std::strerror(errno));
    if (got == 0) return size;
    digest.Update(std::string_view(buffer.data(), static_cast<size_t>(got)));
    size += static_cast<uint64_t>(got);
  }
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ResourceExhaustedError(path + ": " + std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return OkStatus();
}

// Brings one file to `path`: what is there of it is kept where the rest fits to it.
Status FetchFile(const HttpClient& http, const std::string& url, const std::string& path,
                 const HubFile& file, const PullOptions& options, const CallContext& context,
                 PullReport& report, const std::function<void(uint64_t bytes)>& advance) {
  QUARRY_RETURN_IF_ERROR(CreateDirectories(fs::path(path).parent_path().string()));
  const auto kind = file.sha256.empty() ? Digest::Kind::kGitBlob : Digest::Kind::kSha256;
  std::optional<Digest> digest(std::in_place, kind, file.size);
  uint64_t have = 0;
  std::error_code error;
  if (fs::exists(path, error)) {
    QUARRY_ASSIGN_OR_RETURN(have, ReadInto(path, *digest));
    if (have > file.size) {
      fs::remove(path, error);
      digest.emplace(kind, file.size);
      have = 0;
    }
  }
  if (have < file.size) {
    const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (fd.get() < 0) return ResourceExhaustedError(path + ": " + std::strerror(errno));
    HttpRequest request = RequestTo(url, options);
    request.limits.body_bytes = file.size;
    if (have > 0) {
      request.headers.emplace_back("Range", "bytes=" + std::to_string(have) + "-");
    }
    const HttpSink sink{[&](const HttpResponse& head) -> Status {
                          if (head.status == 206 || have == 0) return OkStatus();
                          // All of it comes again.
                          if (::ftruncate(fd.get(), 0) != 0)
                            return InternalError(path + ": " + std::strerror(errno));
                          digest.emplace(kind, file.size);
                          have = 0;
                          return OkStatus();
                        },
                        [&](std::string_view bytes) -> Status {
                          QUARRY_RETURN_IF_ERROR(WriteAll(fd.get(), bytes, path));
                          digest->Update(bytes);
                          have += bytes.size();
                          report.fetched += bytes.size();
                          advance(have);
                          return OkStatus();
                        }};
    QUARRY_ASSIGN_OR_RETURN(const HttpResponse response, http.Send(request, sink, context));
    if (response.status < 200 || response.status >= 300) return RefusalOf(response, file.path);
    if (::fsync(fd.get()) != 0) return InternalError(path + ": " + std::strerror(errno));
  }
  const std::string& expected = file.sha256.empty() ? file.git_blob : file.sha256;
  const std::string found = digest->Finish();
  if (have == file.size && found == expected) return OkStatus();
  fs::remove(path, error);  // it would never become right
  return DataLossError(file.path + ": " + std::to_string(have) + " bytes with digest " + found +
                       "; the hub says " + std::to_string(file.size) + " with " + expected);
}

}  // namespace

Result<PullReport> PullModel(const HttpClient& http, const std::string& name,
                             const std::string& directory, const PullOptions& options,
                             const CallContext& context, const PullProgress& progress) {
  QUARRY_RETURN_IF_ERROR(CheckName(name));
  std::error_code error;
  if (fs::exists(directory, error)) {
    return AlreadyExistsError(directory + ": is there already; remove it to fetch it anew");
  }
  HttpRequest list = RequestTo(
      JoinUrl(options.hub, "/api/models/" + name + "/revision/" + options.revision) + "?blobs=true",
      options);
  list.limits.body_bytes = kMaxListBytes;
  QUARRY_ASSIGN_OR_RETURN(const HttpResponse listed, http.Send(list, {}, context));
  if (listed.status != 200) return RefusalOf(listed, name);
  Result<HubModel> model = ReadHubModel(listed.body);
  if (!model.ok()) return std::move(model).status().Annotate(name + ": the hub's answer");

  PullReport report{.commit = model->commit, .files = model->files.size()};
  for (const HubFile& file : model->files) {
    if (file.size > options.max_file_bytes) {
      return ResourceExhaustedError(file.path + ": " + std::to_string(file.size) +
                                    " bytes; at most " + std::to_string(options.max_file_bytes) +
                                    " are fetched");
    }
    report.bytes += file.size;
  }
  const std::string partial = directory + ".partial";
  QUARRY_RETURN_IF_ERROR(CreateDirectories(partial));
  uint64_t done = 0;
  for (const HubFile& file : model->files) {
    const std::string url =
        JoinUrl(options.hub, "/" + name + "/resolve/" + model->commit + "/" + file.path);
    const auto advance = [&](uint64_t bytes) {
      if (progress) progress(done + bytes, report.bytes);
    };
    QUARRY_RETURN_IF_ERROR(
        FetchFile(http, url, partial + "/" + file.path, file, options, context, report, advance));
    done += file.size;
  }
  // Names before contents would be a folder with holes after a power cut.
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(partial, error)) {
    if (entry.is_directory(error)) QUARRY_RETURN_IF_ERROR(SyncDirectory(entry.path().string()));
  }
  QUARRY_RETURN_IF_ERROR(SyncDirectory(partial));
  fs::rename(partial, directory, error);
  if (error) return InternalError(directory + ": " + error.message());
  QUARRY_RETURN_IF_ERROR(SyncParent(directory));
  return report;
}

}  // namespace quarry::model
