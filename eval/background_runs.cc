#include "eval/background_runs.h"

#include <utility>

#include "base/log.h"

namespace quarry::eval {

BackgroundRuns::~BackgroundRuns() {
  stopping_.Cancel();
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    last = std::move(thread_);
  }
  if (last.joinable()) last.join();
}

std::string BackgroundRuns::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

Result<RunManifest> BackgroundRuns::Start(BackgroundRun run) {
  const std::lock_guard lock(mutex_);
  if (!running_.empty()) {
    return ResourceExhaustedError("run " + running_ + " is being asked; there is one at a time");
  }
  QUARRY_ASSIGN_OR_RETURN(run.manifest, store_.Create(std::move(run.manifest)));
  if (thread_.joinable()) thread_.join();  // it has nothing left to do
  RunManifest created = run.manifest;
  running_ = created.id;
  thread_ = std::thread([this, moved = std::move(run)]() mutable { Ask(std::move(moved)); });
  return created;
}

void BackgroundRuns::Ask(BackgroundRun run) {
  CallContext context;
  context.cancel = stopping_;
  const RunParts parts{.retriever = retriever_,
                       .answerer = answerer_,
                       .snapshot = *run.snapshot,
                       .judge = run.judge.get()};
  const Status asked =
      RunCases(run.suite.cases, run.manifest, parts, run.settings, store_, {}, context);
  if (!asked.ok() && asked.code() != Code::kCancelled) {
    LogWarning("run " + run.manifest.id + ": " + asked.ToString());
  }
  const std::lock_guard lock(mutex_);
  running_.clear();
}

}  // namespace quarry::eval
