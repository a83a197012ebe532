#pragma once

// ChatRelay: a turn of the configured chat model that is more than an answer with checked citations:
// with tools of the caller, in JSON, with log probabilities, with several choices, or without
// documents.
//
//   the caller's turns, the last of the user with the passages that were found for it (understood by the
//   turns before, follow_up.h and readings.h) -> model
//   -> its replies as they are
//
// What the model writes is not checked. Calls of tools go back to the caller, who runs them; and text
// of documents is nobody's instruction. So while passages are in a request, a tool is offered only if
// the user's last message asks for it (tool_gate.h) or the caller chooses it; the others are withheld,
// whatever the passages say, and named. A guide's instructions and model count; its schema and
// temperature are the caller's to give.
//
// A conversation without documents is served from a cache where there is one (relay_cache.h), and of
// equal ones at the same time one goes to the model.

#include <string>
#include <vector>

#include "generation/answerer.h"
#include "generation/cache_use.h"
#include "generation/relay_cache.h"
#include "generation/single_flight.h"
#include "model/chat_model.h"

namespace quarry::generation {

struct RelayRequest {
  // The caller's turns, one of the user among them. Their options count, and their `spent` is 0.
  model::ChatRequest chat;
  uint32_t choices = 1;
  bool retrieval = true;
  // Of the cache, which is for conversations without retrieval.
  CacheUse cache = CacheUse::kRead;
  bool cache_sampled = false;  // also at a temperature above 0 and with tools
  std::string asker;           // whose replies may be served: the id of a key
};

struct Relayed {
  std::string
      standalone;   // what was retrieved for, where the turns made it another question; else ""
  Context context;  // "[2]" in a reply is the second of its passages; empty without retrieval
  std::vector<model::ChatReply> replies;  // one per choice
  std::vector<std::string> withheld_tools;
  Usage usage;  // of all; nothing for what is served again
  CacheReport cache;
  CommitSequence commit;
  std::string fingerprint;  // of the state and configuration, as Answer::fingerprint
};

// Takes a piece of the reply number `choice`. False when nobody listens any more.
using RelaySink = std::function<bool(uint32_t choice, std::string_view delta)>;

// Thread-safe. All must outlive it.
class ChatRelay {
 public:
  // `cache` may be null.
  ChatRelay(const Answerer& answerer, const model::ChatModel& model, const Analyzer& analyzer,
            RelayCache* cache = nullptr)
      : answerer_(answerer), model_(model), analyzer_(analyzer), cache_(cache) {}

  // `query` is the last message of the user, with what restricts retrieval. Choices differ by their
  // seed. Errors: those of Answerer::MakeContext and of ChatModel::Complete; kCancelled when the sink
  // returned false. `sink` may be null.
  Result<Relayed> Complete(const RelayRequest& request, const Query& query,
                           const index::Snapshot& snapshot, const RelaySink& sink,
                           const CallContext& context) const;

 private:
  std::vector<std::string> WithholdTools(model::ChatRequest& chat) const;
  Result<Relayed> Make(const RelayRequest& request, const Query& query,
                       const index::Snapshot& snapshot, const RelaySink& sink,
                       const CallContext& context) const;
  // The stored replies; nullopt: none, or the cache failed, which is logged.
  std::optional<StoredReplies> FindStored(const RelayRequest& request,
                                          const std::string& key) const;

  const Answerer& answerer_;
  const model::ChatModel& model_;
  const Analyzer& analyzer_;
  RelayCache* const cache_;
  mutable SingleFlight<std::vector<model::ChatReply>> flights_;
};

}  // namespace quarry::generation
