#include "retrieval/text_ranking.h"

#include <algorithm>
#include <map>

#include "index/bm25.h"

namespace quarry::retrieval {
namespace {

// How often each of the question's terms stands in a text.
struct CountedText {
  std::vector<uint32_t> counts;
  uint64_t length = 0;
};

Result<std::vector<double>> ScoreLexically(const std::string& question,
                                           std::span<const std::string> texts,
                                           const Analyzer& analyzer, const CallContext& context) {
  const std::vector<TermFrequency> terms = CountTerms(analyzer.Tokenize(question));
  std::map<std::string_view, size_t> number_of;
  for (size_t t = 0; t < terms.size(); ++t) number_of.emplace(terms[t].term, t);

  std::vector<CountedText> counted(texts.size(), {std::vector<uint32_t>(terms.size()), 0});
  std::vector<uint64_t> document_frequency(terms.size());
  uint64_t tokens = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    for (const Token& token : analyzer.Tokenize(texts[i])) {
      ++counted[i].length;
      const auto term = number_of.find(token.term);
      if (term != number_of.end()) ++counted[i].counts[term->second];
    }
    tokens += counted[i].length;
    for (size_t t = 0; t < terms.size(); ++t) document_frequency[t] += counted[i].counts[t] > 0;
  }

  const index::Bm25Parameters parameters;
  const index::LengthNorm norm(parameters, texts.size(), tokens);
  std::vector<double> importance(terms.size());
  double most = 0;  // where every term stands infinitely often
  for (size_t t = 0; t < terms.size(); ++t) {
    importance[t] =
        terms[t].count * index::InverseDocumentFrequency(texts.size(), document_frequency[t]);
    most += importance[t] * (parameters.k1 + 1);
  }
  std::vector<double> scores(texts.size());
  if (most == 0) return scores;
  for (size_t i = 0; i < texts.size(); ++i) {
    const double length = norm.base + norm.slope * static_cast<double>(counted[i].length);
    for (size_t t = 0; t < terms.size(); ++t) {
      const double count = counted[i].counts[t];
      if (count == 0) continue;
      scores[i] += importance[t] * (parameters.k1 + 1) * count / (count + length);
    }
    scores[i] /= most;
  }
  return scores;
}

}  // namespace

Result<std::vector<double>> ScoreTexts(const std::string& question,
                                       std::span<const std::string> texts, const Analyzer& analyzer,
                                       const model::Embedder* embedder, double dense_weight,
                                       const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<double> scores,
                          ScoreLexically(question, texts, analyzer, context));
  if (embedder == nullptr || dense_weight == 0) return scores;
  const std::string questions[] = {question};
  QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix asked,
                          embedder->Embed(questions, model::EmbeddingRole::kQuery, context));
  QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix given,
                          embedder->Embed(texts, model::EmbeddingRole::kDocument, context));
  for (size_t i = 0; i < texts.size(); ++i) {
    double cosine = 0;
    for (size_t d = 0; d < asked.dimension; ++d) {
      cosine += double{asked.Row(0)[d]} * double{given.Row(i)[d]};
    }
    scores[i] = (1 - dense_weight) * scores[i] + dense_weight * std::clamp(cosine, 0.0, 1.0);
  }
  return scores;
}

}  // namespace quarry::retrieval
