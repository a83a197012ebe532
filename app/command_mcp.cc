// MCP over standard input and output: a message per line. The store is opened for each request and
// closed behind it, so that between two of them others may write; where a server has it, the server
// answers.

#include <unistd.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "app/commands.h"
#include "app/engine.h"
#include "app/records.h"
#include "app/server_record.h"
#include "app/server_setup.h"
#include "model/http_client.h"
#include "server/environment.h"
#include "server/mcp.h"

namespace quarry::app {
namespace {

constexpr size_t kThreads = 4;  // requests at a time
constexpr size_t kQueue = 64;
constexpr int kNoSuchSession = 404;

// The session of this process at the server that has the store. Thread-safe.
class ServerMcp {
 public:
  explicit ServerMcp(std::string store) : store_(std::move(store)) {}

  // The server's reply. kNotFound where no server is on record.
  Result<std::string> Answer(const std::string& message, const std::string& revision,
                             const CallContext& context) {
    QUARRY_ASSIGN_OR_RETURN(const ServerRecord record, ReadServerRecord(store_));
    for (bool is_first = true;; is_first = false) {
      QUARRY_ASSIGN_OR_RETURN(const std::string session, SessionAt(record, revision, context));
      QUARRY_ASSIGN_OR_RETURN(const model::HttpResponse response,
                              Post(record, session, message, context));
      if (response.status == kNoSuchSession && is_first) {
        Forget(session);  // the server was started anew
        continue;
      }
      if (response.status / 100 == 2) return response.body;
      return UnavailableError("the server at " + record.url + " answered " +
                              std::to_string(response.status) + ": " + response.body);
    }
  }

 private:
  Result<model::HttpResponse> Post(const ServerRecord& record, const std::string& session,
                                   const std::string& message, const CallContext& context) const {
    model::HttpRequest request{.method = "POST",
                               .url = record.url + "/mcp",
                               .headers = {{"Content-Type", "application/json"},
                                           {"Accept", "application/json, text/event-stream"},
                                           {"Authorization", "Bearer " + record.token}},
                               .body = message,
                               .limits = {.first_byte = std::chrono::minutes(10)}};
    if (!session.empty()) request.headers.emplace_back("Mcp-Session-Id", session);
    return client_.Send(request, {}, context);
  }

  // Of requests that come before there is one each begins one, and the first is kept: none waits for another.
  Result<std::string> SessionAt(const ServerRecord& record, const std::string& revision,
                                const CallContext& context) {
    {
      const std::lock_guard lock(mutex_);
      if (!session_.empty()) return session_;
    }
    const std::string hello =
        R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
        (revision.empty() ? std::string(server::kMcpRevision) : revision) +
        R"(","capabilities":{},"clientInfo":{"name":"quarry mcp","version":")" + ProgramVersion() +
        R"("}}})";
    QUARRY_ASSIGN_OR_RETURN(const model::HttpResponse response, Post(record, "", hello, context));
    const std::string* id = model::FindHttpHeader(response.headers, "Mcp-Session-Id");
    if (id == nullptr) {
      return UnavailableError("the server at " + record.url + " answered " +
                              std::to_string(response.status) + " to initialize");
    }
    const std::lock_guard lock(mutex_);
    if (session_.empty()) session_ = *id;
    return session_;
  }

  void Forget(const std::string& session) {
    const std::lock_guard lock(mutex_);
    if (session_ == session) session_.clear();
  }

  const std::string store_;
  const model::HttpClient client_{{}};
  std::mutex mutex_;
  std::string session_;  // guarded by mutex_; "" before the first request
};

// Over a store of our own.
Result<std::string> AnswerHere(const Config& config, const std::string& message,
                               server::McpSession& session, const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kRead));
  ingest::EmbeddingMaintainer maintainer(engine->index(), engine->embedders(), config.embedding);
  server::ServerOptions options = ServerOptionsOf(config);
  options.answers_kept = 0;
  const server::ServerEnvironment environment(options, ServicesOf(*engine, maintainer));
  return server::AnswerMcp(environment.handlers(), message, session, server::Caller(), context);
}

class McpCommand {
 public:
  explicit McpCommand(CommandContext& context)
      : context_(context), server_(context.config().store), pool_(kThreads, kQueue) {}

  Status Run() {
    LineInput input(STDIN_FILENO);
    while (true) {
      const Result<bool> next = input.Next(context_.call);
      if (!next.ok() || !*next) {
        if (!next.ok()) session_.CancelAll();
        pool_.Wait();
        return next.status();
      }
      std::string message(input.line());
      if (server::TakeMcpNotification(message, session_)) continue;
      if (server::IsMcpInitialize(message)) {
        Answer(message);  // before what stands behind it, which some clients send at once
        continue;
      }
      pool_.Submit([this, message = std::move(message)] { Answer(message); });
    }
  }

 private:
  void Answer(const std::string& message) {
    if (!context_.call.Check().ok()) return;  // interrupted while it waited
    const CallContext call =
        CallContext::WithTimeout(std::chrono::seconds(context_.config().server.request_seconds));
    Result<std::string> reply = AnswerHere(context_.config(), message, session_, call);
    if (reply.status().code() == Code::kLocked) {
      const Status locked = reply.status();
      reply = AnswerThere(message, call);
      if (reply.status().code() == Code::kNotFound) reply = locked;
    }
    if (!reply.ok()) {
      reply = server::McpErrorJson(server::McpIdOf(message), server::kMcpInternal,
                                   reply.status().message());
    }
    if (reply->empty()) return;
    const std::lock_guard lock(output_);
    context_.console.Print(*reply + "\n");
    context_.console.Flush().IgnoreError();  // who does not read ends the input as well
  }

  // The request is under way here, too, so that it can be cancelled.
  Result<std::string> AnswerThere(const std::string& message, const CallContext& call) {
    const std::string id = server::McpIdOf(message);
    const std::string agreed = server::McpAgreedRevision(message);
    session_.Begin(id, call.cancel);
    Result<std::string> reply =
        server_.Answer(message, agreed.empty() ? session_.revision() : agreed, call);
    if (session_.End(id)) return std::string();
    if (reply.ok() && !agreed.empty()) session_.Agree(agreed);
    return reply;
  }

  CommandContext& context_;
  server::McpSession session_;
  ServerMcp server_;
  std::mutex output_;  // held while a reply is written
  ThreadPool pool_;    // last: it uses all of the above
};

}  // namespace

Result<int> RunMcp(CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(McpCommand(context).Run());
  return kExitDone;
}

}  // namespace quarry::app
