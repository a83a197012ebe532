#pragma once

// A search request and its results: the vocabulary that CLI, HTTP, retrieval, generation and eval
// share.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/filter.h"
#include "base/ids.h"
#include "base/retrieval_options.h"

namespace quarry {

struct AnswerGuide;  // answer_guide.h

enum class SearchMode : uint8_t { kHybrid, kDense, kLexical };
const char* SearchModeName(SearchMode mode);  // "hybrid"
Result<SearchMode> ParseSearchMode(std::string_view name);

inline constexpr uint32_t kMaxK = 10'000;      // passages that one query may ask for
inline constexpr uint32_t kMaxOperators = 64;  // in one query

struct Query {
  std::string text;
  // Whether `text` may hold operators (query_syntax.h). A question for an answer is text as it is:
  // its quotes and dashes are the asker's punctuation.
  bool has_operators = false;
  SearchMode mode = SearchMode::kHybrid;
  uint32_t k = 10;  // passages wanted, 1 to kMaxK; fewer come back when fewer match
  Filter filter;
  Principals principals;
  // "en" or "zh": only texts in this language, which `text` is not in; they are found by what its words are there. "" = any.
  std::string only_language = {};
  std::optional<RetrievalOptions> options;             // nullopt: those of the configuration
  std::shared_ptr<const AnswerGuide> guide = nullptr;  // of an answer; null: as configured
};

// How a hit came about. Ranks are 1-based; 0 = the leg did not return the chunk.
struct ScoreBreakdown {
  uint32_t lexical_rank = 0;
  uint32_t dense_rank = 0;
  double lexical_score = 0;  // BM25
  double dense_score = 0;    // inner product
  double lexical_part = 0;   // what the leg added to Hit::score
  double dense_part = 0;
};

// What a stage behind fusion made of a hit: its score and place among the hits after the stage.
struct ScoreStep {
  enum class Stage : uint8_t { kFusion, kExpansion, kHops, kRerank, kRecency, kDiversity };

  Stage stage = Stage::kFusion;
  double score = 0;
  uint32_t rank = 0;
  bool judged = true;  // kRerank: the reranker read it; kRecency: it has a time
};
const char* StageName(ScoreStep::Stage stage);  // "fusion"

// A found chunk. Larger scores are better everywhere; ties are broken by (document id, ordinal).
struct Hit {
  ChunkId chunk;
  double score = 0;
  ScoreBreakdown breakdown;
};

// One of the chunks that a passage was joined from.
struct PassagePart {
  ChunkId chunk;
  uint64_t begin = 0;      // of Passage::chunk.text: where what it adds begins
  uint64_t text_hash = 0;  // of its own text
};

// A hit with what a reader needs to see it.
struct Passage {
  // Of a joined passage: id, score and breakdown are those of the best of its chunks, everything
  // else is of the whole; `text` stands in the document at `span`.
  Chunk chunk;
  std::vector<PassagePart> parts;  // in the order of the text; empty where it is one chunk
  std::string title;
  std::string uri;
  std::string language;
  Metadata metadata;
  double score = 0;
  ScoreBreakdown breakdown;
};

// The chunks that it was made of, in the order of the text.
std::vector<ChunkId> ChunksOf(const Passage& passage);
// The chunk that byte `begin` of the passage's text is of.
ChunkId ChunkAt(const Passage& passage, uint64_t begin);
// "[2] VX-220 data sheet > Motor (products/vx-220.md, page 3)": what a reader sees above a passage.
std::string PassageHeading(const Passage& passage, uint32_t number);

// Why a passage that was found is not in the context.
struct DroppedPassage {
  ChunkId chunk;
  DocumentId document;
  std::string why;  // "duplicate of a.md#2", "token budget of 3000 used up"
};

// What an answer is made from: numbered passages (the first is [1]) within a token budget.
struct Context {
  std::vector<Passage> passages;
  uint32_t token_count = 0;
  std::vector<DroppedPassage> dropped;
  // What the search went without, and why (retrieval::Retrieved::notes); else empty.
  std::vector<std::string> notes = {};
  // Where passages in the other of English and Chinese took the place of some: how well those in the question's own
  // language carried an answer when all were there.
  std::optional<double> own_support = std::nullopt;
};

// Why no passage of a document is in the context: what was said of the best one that was dropped.
// "" where one is there, or none was found.
std::string DroppedText(const Context& context, const DocumentId& document);

}  // namespace quarry
