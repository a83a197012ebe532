#pragma once

// The dense leg: a question's nearest chunks by the embedder of a snapshot's generation.

#include <span>
#include <string>
#include <vector>

#include "index/lexical_query.h"
#include "index/snapshot.h"
#include "model/embedder_cache.h"

namespace quarry::retrieval {

struct DenseLegOptions {
  size_t documents = 100;     // that it brings
  uint32_t search_width = 0;  // RetrievalOptions::search_width
  // Of the question; they tell whether texts of its language are there (FindsChinese).
  std::span<const index::QueryTerm> terms = {};
  bool crosses_languages = false;  // only texts in another language than the question are searched
};

struct DenseList {
  std::vector<index::ScoredRow> rows;  // best first
  bool crosses_languages = false;      // the question is in a language that no text is in
};

// REQUIRES: snapshot.generation(). Errors: those of opening the embedder, of embedding and of
// searching. Stages of the trace: retrieve.embed, retrieve.dense.
Result<DenseList> SearchDenseLeg(const std::string& text, const DenseLegOptions& options,
                                 const index::Snapshot& snapshot, const index::AllowedRows& allowed,
                                 model::EmbedderCache& embedders, const CallContext& context);

}  // namespace quarry::retrieval
