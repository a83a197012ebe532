#include "ingest/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "ingest/ignore_rules.h"

namespace quarry::ingest {
namespace {

using SteadyClock = CallContext::Clock;
using std::chrono::milliseconds;

constexpr milliseconds kQuiet{200};
constexpr milliseconds kLongest{2000};
constexpr milliseconds kLookAtContext{100};
constexpr uint32_t kEvents = IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE |
                             IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

bool IsHiddenName(std::string_view name) {
  if (!name.starts_with('.')) return false;
  return std::ranges::find(kIgnoreFileNames, name) == std::end(kIgnoreFileNames);
}

Status SystemError(const std::string& what, const char* limit) {
  const int error = errno;
  if (error == ENOSPC || error == EMFILE) {
    return ResourceExhaustedError(what + ": the system's limit is reached (sysctl " + limit + ")");
  }
  return UnavailableError(what + ": " + std::strerror(error));
}

}  // namespace

Result<FolderWatch> FolderWatch::Create() {
  FileDescriptor events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (events.get() < 0) return SystemError("watch folders", "fs.inotify.max_user_instances");
  return FolderWatch(std::move(events));
}

Result<bool> FolderWatch::Follow(const std::vector<std::string>& folders) {
  std::unordered_set<int> watches;
  bool has_new = false;
  for (const std::string& folder : folders) {
    const int watch = ::inotify_add_watch(events_.get(), folder.c_str(), kEvents | IN_ONLYDIR);
    if (watch >= 0) {
      watches.insert(watch);
      has_new = watches_.insert(watch).second || has_new;
    } else if (errno == ENOENT || errno == ENOTDIR) {
      has_new = true;  // it has changed since it was listed
    } else {
      return SystemError("watch " + folder, "fs.inotify.max_user_watches");
    }
  }
  for (const int watch : watches_) {
    if (!watches.contains(watch)) ::inotify_rm_watch(events_.get(), watch);
  }
  watches_ = std::move(watches);
  return has_new;
}

Result<bool> FolderWatch::TakeEvents() {
  alignas(inotify_event) char bytes[16384];
  bool counts = false;
  while (true) {
    const ssize_t size = ::read(events_.get(), bytes, sizeof(bytes));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return counts;
    if (size < 0) return SystemError("watch folders", "fs.inotify.max_queued_events");
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(bytes + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_UNMOUNT) != 0) {
        // What is seen in its place is another folder.
        return UnavailableError("watch folders: a file system with one of them was unmounted");
      }
      if ((event->mask & IN_IGNORED) != 0) {
        watches_.erase(event->wd);
      } else if (event->len == 0 || !IsHiddenName(event->name)) {
        counts = true;  // IN_Q_OVERFLOW among them
      }
    }
  }
}

Status FolderWatch::Wait(const CallContext& context) {
  std::optional<SteadyClock::time_point> first;
  SteadyClock::time_point last;
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const bool changed, TakeEvents());
    const SteadyClock::time_point now = SteadyClock::now();
    if (changed) {
      last = now;
      if (!first) first = now;
    }
    if (first && (now - last >= kQuiet || now - *first >= kLongest)) return OkStatus();
    pollfd events{.fd = events_.get(), .events = POLLIN, .revents = 0};
    ::poll(&events, 1, static_cast<int>(kLookAtContext.count()));
  }
}

}  // namespace quarry::ingest
