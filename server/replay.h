#pragma once

// Replay: what a kept answer was retrieved from, retrieved again: once as it was asked then, which gives the
// same passages bit for bit while documents, embedder and models are the same; once under today's
// configuration, and what came, went and moved since.
//
// Of a passage that was deleted since nothing is told but that it was. Free functions, any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "generation/answerer.h"
#include "index/index.h"
#include "server/json_writer.h"
#include "server/stored_answer.h"

namespace quarry::server {

// A passage and its places, from 1; 0 = not among them.
struct ReplayedPassage {
  DocumentId document;  // "" = deleted since
  uint64_t begin = 0;   // bytes of the document's text
  uint64_t end = 0;
  uint32_t then = 0;
  uint32_t now = 0;
};

struct ReplayedSetting {
  std::string name;  // "retrieval.dense_weight", "writer"
  std::string then;
  std::string now;
};

struct Replay {
  std::string id;
  std::string question;
  std::string collection;
  int64_t time_micros = 0;
  CommitSequence commit_then;
  CommitSequence commit_now;
  std::string fingerprint_then;
  std::string fingerprint_now;
  // The retrieval as it was asked then gives the passages of then, in their order, byte for byte.
  bool reproduced = false;
  std::vector<ReplayedPassage> passages;  // by the place then, those that came behind them
  std::vector<ReplayedSetting> changed;   // of the configuration
  uint32_t came = 0;
  uint32_t went = 0;
  uint32_t moved = 0;
};

// `id`: of the answer. Errors: kNotFound where the collection is gone; kFailedPrecondition for an answer
// that was kept without what a replay needs; those of retrieval.
Result<Replay> ReplayAnswer(const std::string& id, const StoredAnswer& answer,
                            const generation::Answerer& answerer, index::Index& index,
                            const CallContext& context);

// The object of POST /api/v1/answers/{id}/replay.
std::string ReplayJson(const Replay& replay);

}  // namespace quarry::server
