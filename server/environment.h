#pragma once

// ServerEnvironment: what handlers work on, with the parts that it is made of.
//
// Threads: one indexes files of vector stores from the first moment on, one writes answers (where
// any are kept), one indexes uploads once UploadQueue::Start was called, one asks a run of eval
// while there is one. `handlers()` may be used from any thread.
//
// It must outlive what handles requests, and is destroyed behind it (server.cc). Members go in
// reverse order, each joining its thread: the parts of the handlers first, uploads before all
// others, which their thread uses; then the quota, the runs and the indexer.

#include <memory>
#include <string>
#include <utility>

#include "eval/background_runs.h"
#include "server/answer_log.h"
#include "server/conversation_store.h"
#include "server/handlers.h"
#include "server/store_file_indexer.h"
#include "server/upload_queue.h"

namespace quarry::server {

class ServerEnvironment {
 public:
  // What `services` name must outlive it.
  ServerEnvironment(const ServerOptions& options, const Services& services)
      : store_files_(services),
        runs_(services.index.objects(), services.retriever, services.answerer),
        quota_(OwnerQuota::Limits{options.key_objects, options.key_bytes}),
        handlers_{
            .options = options,
            .services = services,
            .stopping = CancelToken(),
            .started_seconds = services.clock.NowMicros() / 1'000'000,
            .keys = ApiKeys(services.index.objects(), services.clock),
            .store_files = store_files_,
            .quota = quota_,
            .answers = std::make_unique<AnswerLog>(services.index.objects(), options.answers_kept),
            .conversations = std::make_unique<ConversationStore>(services.index.objects(), quota_,
                                                                 services.clock),
            .runs = runs_,
            .uploads = std::make_unique<UploadQueue>(
                services.index.objects(), quota_, services.clock,
                [this](const UploadTarget& target, std::string bytes) {
                  return IndexUpload(handlers_, target, std::move(bytes));
                })} {}

  const HandlerEnvironment& handlers() const { return handlers_; }
  StoreFileIndexer& store_files() { return store_files_; }

 private:
  StoreFileIndexer store_files_;
  eval::BackgroundRuns runs_;
  OwnerQuota quota_;
  const HandlerEnvironment handlers_;
};

}  // namespace quarry::server
