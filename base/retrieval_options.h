#pragma once

// How a search is done: the options of every stage of the retriever (retrieval/retriever.h). The
// configuration gives them their values, a query may bring others (Query::options). Plain values.
//
// One table (RetrievalOptionTable) names each once; the configuration's keys, the "options" of a
// request and the range checks are all driven by it.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace quarry {

enum class FusionMethod : uint8_t {
  // score = (1 - w) * lexical' + w * dense', each list scaled to [0, 1] by its own minimum and
  // maximum, 0 where the row is absent, 1 where all scores of a list are equal (Bruch, Gai, Ingber:
  // "An analysis of fusion functions for hybrid retrieval", 2023).
  kConvex,
  // score = (1 - w) / (rrf_k + rank) + w / (rrf_k + rank) (Cormack, Clarke, Buettcher: "Reciprocal
  // rank fusion outperforms Condorcet and individual rank learning methods", 2009).
  kReciprocalRank,
};
const char* FusionMethodName(FusionMethod method);  // "convex", "rrf"
Result<FusionMethod> ParseFusionMethod(std::string_view name);

struct FusionOptions {
  FusionMethod method = FusionMethod::kConvex;
  double dense_weight = 0.35;  // w, 0 to 1
  double rrf_k = 60;
};

// Whether the lexical leg also searches a question's words in the other of English and Chinese
// (retrieval/translation.h).
enum class TranslateTermsMode : uint8_t {
  kAuto,  // where what is searched holds texts of the other language
  kOn,
  kOff,
};
const char* TranslateTermsModeName(TranslateTermsMode mode);  // "auto", "on", "off"
Result<TranslateTermsMode> ParseTranslateTermsMode(std::string_view name);

// Pseudo-relevance feedback, the "recall mode" (retrieval/feedback.h).
struct FeedbackOptions {
  bool enabled = false;
  uint32_t passages = 10;        // taken for relevant
  uint32_t terms = 40;           // that they add
  double original_weight = 0.6;  // of the question's own terms; the added ones have the rest
};

// Following names of what was found first (retrieval/hops.h).
struct HopOptions {
  uint32_t hops = 1;      // searches behind one another; 1 = the question alone
  uint32_t passages = 3;  // of the search before, whose names are followed
  uint32_t names = 4;     // followed of each
  double weight = 1;      // of what is found so, against what the question finds
};

struct RerankOptions {
  bool enabled = true;       // where there is a reranker
  bool chat = false;         // the chat model instead of it (retrieval/listwise_reranker.h)
  uint32_t candidates = 20;  // that it reads
};

// What a chat model makes of the question first (retrieval/expansion.h); 0 and false = off.
struct ExpansionOptions {
  uint32_t multi_query = 0;  // other wordings
  bool hyde = false;         // a passage that would answer it, for the dense leg
  uint32_t decompose = 0;    // questions that it needs the answers of, at most
  // After which a search goes on without what the chat model has not said, its order of the hits
  // (RerankOptions::chat) included.
  uint32_t model_millis = 10'000;
};

// Newer documents first (retrieval/recency.h).
struct RecencyOptions {
  std::string field;            // of the metadata, an ISO 8601 time; "" = off
  double half_life_days = 365;  // after which half of the boost is lost
  double weight = 0.3;          // of a score that depends on the age, 0 to 1
  std::string as_of;            // ages count from here; "" = from the newest document found
};

// Passages that say other things before those that say the same again (retrieval/diversity.h).
struct DiversityOptions {
  double weight = 0;         // 0 = off; 1 = only difference counts
  uint32_t candidates = 50;  // among which is chosen
};

struct RetrievalOptions {
  uint32_t leg_documents = 100;     // that each leg brings
  uint32_t dense_from_chunks = 30;  // below, hybrid searches words only
  uint32_t search_width = 0;        // of walks over a vector graph; 0 = as it was built for
  FusionOptions fusion;
  // In place of fusion.dense_weight where a question is in another language than what is searched.
  double cross_language_weight = 0.6;
  TranslateTermsMode translate_terms = TranslateTermsMode::kAuto;
  double translation_weight = 0.5;  // of a translated word against the word, where both are held
  ExpansionOptions expansion;
  FeedbackOptions feedback;
  HopOptions hops;
  RerankOptions rerank;
  RecencyOptions recency;
  // How much the texts of two documents are alike (0 to 1) of which the result shows one only
  // (retrieval/collapse.h); 0 = off.
  double collapse = 0;
  DiversityOptions diversity;
  // What comes with a hit (retrieval/neighbours.h): chunks before and after it, or the section that it
  // stands in, as far as it is no longer than so many tokens; 0 = off.
  uint32_t neighbours = 0;
  uint32_t section_tokens = 0;

  // Of collections that have one of their own; for them it stands in place of fusion.dense_weight.
  std::map<std::string, double> collection_dense_weights;

  double DenseWeightOf(const std::string& collection) const;
  // Whether a chat model is asked.
  bool UsesChatModel() const {
    return expansion.multi_query > 0 || expansion.hyde || expansion.decompose > 0 || rerank.chat;
  }
  // kInvalidArgument naming the option, its range and what it was.
  Status Validate() const;
  // Every option with its value: equal iff the options are.
  std::string Description() const;
};

using RetrievalValue = std::variant<bool, uint64_t, double, std::string>;

struct RetrievalOption {
  std::string name;          // "retrieval.dense_weight": of the configuration
  std::string request_name;  // "dense_weight", "rerank_candidates": in a request
  std::string type;          // what a value must be: "a number from 0 to 1"
  std::string description;
  // kInvalidArgument "expected ..., got ..." for a value of another type or out of range; an
  // integer is a number too.
  std::function<Status(RetrievalOptions& options, const RetrievalValue& value)> set;
  std::function<RetrievalValue(const RetrievalOptions& options)> get;
};

// In the order in which they are shown; those of one section are neighbours.
const std::vector<RetrievalOption>& RetrievalOptionTable();

}  // namespace quarry
