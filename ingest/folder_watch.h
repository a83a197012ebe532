#pragma once

// FolderWatch: tells when folders may have changed, by inotify(7).
//
//   FolderWatch watch = FolderWatch::Create().value();
//   while (true) {
//     FileList list;
//     do list = ListFiles(path, selection).value(); while (watch.Follow(list.folders).value());
//     ... bring the collection in step with `list` ...
//     if (!watch.Wait(context).ok()) break;
//   }
//
// It says when to look and not what has changed: whoever is told lists everything anew. So nothing
// rests on events: not on their order, not on the pairs of a move, and where the kernel's queue
// overflows that is one more reason to look.

#include <string>
#include <unordered_set>
#include <vector>

#include "base/call_context.h"
#include "base/file_descriptor.h"
#include "base/status.h"

namespace quarry::ingest {

// Belongs to one thread. Movable.
class FolderWatch {
 public:
  // kResourceExhausted where the system allows no more of them.
  static Result<FolderWatch> Create();

  // Watches the files of these folders (not what is in folders below) and no others. True if one
  // of them was not watched before: what was done in it until now went unseen, so list again. One
  // that is gone meanwhile is no error. kResourceExhausted names the limit.
  Result<bool> Follow(const std::vector<std::string>& folders);

  // Returns ok when something has changed since the last call and then nothing for a fifth of a
  // second, at the latest two seconds after the first change. Hidden files do not count, but for
  // ignore files. Errors: kCancelled and kDeadlineExceeded of the context, within a tenth of a
  // second; kUnavailable where a folder was unmounted.
  Status Wait(const CallContext& context);

 private:
  explicit FolderWatch(FileDescriptor events) : events_(std::move(events)) {}
  // Takes what there is to read; whether something of it counts.
  Result<bool> TakeEvents();

  FileDescriptor events_;
  std::unordered_set<int> watches_;
};

}  // namespace quarry::ingest
