#pragma once

// The handlers: what each route does. One function per route, grouped by file; routes.cc and, for
// the OpenAI surface, routes_openai.cc are the table that names them all.
//
// A handler runs on a thread of its route's lane and may be called from many at once. An error that
// it returns becomes the response of its surface (errors.h); one that streams begins the stream
// only when nothing can fail before the first piece, and writes later errors into it.

#include <memory>
#include <mutex>
#include <vector>

#include "base/call_context.h"
#include "base/metrics.h"
#include "server/api_keys.h"
#include "server/mcp_sessions.h"
#include "server/object_page.h"
#include "server/owner.h"
#include "server/router.h"
#include "server/server.h"
#include "server/troubles.h"

namespace quarry::eval {
class BackgroundRuns;
}

namespace quarry::server {

class AnswerLog;
class ConversationStore;
class StoreFileIndexer;  // store_file_indexer.h
class UploadQueue;
struct UploadTarget;

// What handlers work on; outlives every call.
struct HandlerEnvironment {
  const ServerOptions options;
  const Services services;
  // Raised when the server stops. Work that must not end with its client (vectors of documents that
  // are on disk already) watches this instead of the call.
  const CancelToken stopping;
  const int64_t started_seconds;  // since 1970: `created` of the models
  const ApiKeys keys;
  StoreFileIndexer& store_files;
  OwnerQuota& quota;
  const std::unique_ptr<AnswerLog> answers;  // never null, as the next is
  const std::unique_ptr<ConversationStore> conversations;
  eval::BackgroundRuns& runs;
  mutable std::mutex backup = {};    // held while one is made
  mutable std::mutex feedback = {};  // held while what was said of an answer is replaced or removed
  mutable Troubles touches{
      std::chrono::seconds(0)};         // tried again with the next use: store_requests.h
  mutable DamagedRecords damaged = {};  // files, files of vector stores, runs
  mutable McpSessions mcp_sessions = {};
  const std::unique_ptr<UploadQueue> uploads;  // last: its thread uses all of the above
};

using HandlerFunction = Result<Response>(const HandlerEnvironment& environment, const Call& call);
// A handler of the router, whose errors are written as the surface of the request has them.
Handler Bind(const HandlerEnvironment& environment, HandlerFunction* function);

// Every route of the server. `environment` must outlive them.
std::vector<Route> MakeRoutes(const HandlerEnvironment& environment);
// Those of them that are OpenAI's and Cohere's.
std::vector<Route> MakeOpenAiRoutes(const HandlerEnvironment& environment);

// ---- handlers_ops.cc ----
Result<Response> GetHealth(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetReadiness(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetMetrics(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_web.cc ----
Result<Response> GetPage(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetWebFile(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_search.cc ----
Result<Response> PostSearch(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostExplain(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostAnswer(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_whole.cc ----
Result<Response> PostSummary(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostComparison(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_replay.cc ----
Result<Response> PostReplay(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_conversations.cc ----
Result<Response> PostConversations(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetConversations(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetConversation(const HandlerEnvironment& environment, const Call& call);
Result<Response> PatchConversation(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteConversation(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutConversationFile(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostTurn(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_feedback.cc ----
Result<Response> GetAnswer(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostFeedback(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFeedback(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteFeedback(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_compare.cc ----
Result<Response> PostCompare(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostVote(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_documents.cc ----
Result<Response> GetDocuments(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutDocuments(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetDocument(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutDocument(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteDocument(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_uploads.cc ----
Result<Response> PostUploads(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetUploads(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutUploadPart(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostUploadComplete(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetUpload(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteUpload(const HandlerEnvironment& environment, const Call& call);
// What PUT /api/v1/documents/{id...} answers to the file.
Response IndexUpload(const HandlerEnvironment& environment, const UploadTarget& target,
                     std::string bytes);

// ---- handlers_collections.cc ----
Result<Response> GetCollections(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostCollections(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteCollection(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetStats(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_cache.cc ----
Result<Response> GetCache(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostCacheExplain(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteCache(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_keys.cc ----
Result<Response> GetKeys(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostKeys(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteKey(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_profiles.cc ----
Result<Response> GetProfiles(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetProfile(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutProfile(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteProfile(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostProfileAnswer(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_mcp.cc ----
// Notifications do not wait behind the requests that they may cancel.
Lane LaneOfMcp(const Request& request);
Result<Response> PostMcp(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteMcp(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_backup.cc ----
Result<Response> PostBackup(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_runs.cc ----
Result<Response> GetRuns(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetRun(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostRuns(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_openai.cc ----
Result<Response> GetModels(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetModel(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostChatCompletions(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_embeddings.cc ----
Result<Response> PostEmbeddings(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_rerank.cc ----
Result<Response> PostRerankV1(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostRerankV2(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_files.cc ----
Result<Response> PostFiles(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFiles(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFile(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFileContent(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteFile(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_vector_stores.cc ----
Result<Response> PostVectorStores(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetVectorStores(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetVectorStore(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostVectorStore(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteVectorStore(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_store_files.cc ----
Result<Response> PostVectorStoreFiles(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetVectorStoreFiles(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetVectorStoreFile(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostVectorStoreFile(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteVectorStoreFile(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetVectorStoreFileContent(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostFileBatches(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFileBatch(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostFileBatchCancel(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetFileBatchFiles(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_store_search.cc ----
Result<Response> PostVectorStoreSearch(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_responses.cc ----
Result<Response> PostResponses(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetResponse(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteResponse(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetResponseItems(const HandlerEnvironment& environment, const Call& call);

}  // namespace quarry::server
