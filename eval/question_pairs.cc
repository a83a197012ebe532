#include "eval/question_pairs.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "eval/distinct_terms.h"

namespace quarry::eval {
namespace {

constexpr size_t kPassagesOfAQuestion = 5;

// The chunk of the document that shares most terms with a question, under the document's title; "" where
// there is no such document.
Result<std::string> BestPassage(const std::set<std::string>& question, const std::string& id,
                                const index::Snapshot& snapshot, const Analyzer& analyzer) {
  const Result<index::StoredDocument> document = snapshot.FindDocument(id);
  if (document.status().code() == Code::kNotFound) return std::string();
  QUARRY_RETURN_IF_ERROR(document.status());
  std::string best;
  size_t most = 0;
  for (const ChunkId chunk : document->chunks) {
    QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk stored, snapshot.ReadChunk(chunk));
    const std::set<std::string> terms = DistinctTerms(stored.text, analyzer);
    const auto is_shared = [&](const std::string& term) { return question.contains(term); };
    const auto shared = static_cast<size_t>(std::ranges::count_if(terms, is_shared));
    if (!best.empty() && shared <= most) continue;
    most = shared;
    best = stored.text;
  }
  return document->title.empty() || best.empty() ? best : document->title + "\n\n" + best;
}

}  // namespace

Result<std::vector<model::LearningPair>> PairsOf(const JudgedQuestions& questions,
                                                 const index::Snapshot& snapshot,
                                                 const Analyzer& analyzer) {
  std::vector<model::LearningPair> pairs;
  for (const BeirQuery& query : questions.queries) {
    std::vector<std::pair<int, std::string>> relevant;
    for (const auto& [document, grade] : questions.qrels.at(query.id)) {
      if (grade > 0) relevant.emplace_back(-grade, document);
    }
    std::sort(relevant.begin(), relevant.end());
    if (relevant.size() > kPassagesOfAQuestion) relevant.resize(kPassagesOfAQuestion);
    const std::set<std::string> terms = DistinctTerms(query.text, analyzer);
    for (const auto& [grade, document] : relevant) {
      QUARRY_ASSIGN_OR_RETURN(std::string text, BestPassage(terms, document, snapshot, analyzer));
      if (!text.empty()) pairs.push_back({query.text, std::move(text)});
    }
  }
  return pairs;
}

}  // namespace quarry::eval
