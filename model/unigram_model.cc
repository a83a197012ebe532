#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "model/token_model.h"

namespace quarry::model {
namespace {

constexpr double kUnknownPenalty = 10.0;  // sentencepiece's

class Unigram final : public TokenModel {
 public:
  Unigram(TokenVocabulary vocabulary, std::vector<double> scores, uint32_t unknown)
      : vocabulary_(std::move(vocabulary)),
        scores_(std::move(scores)),
        unknown_(unknown),
        unknown_score_(*std::min_element(scores_.begin(), scores_.end()) - kUnknownPenalty) {}

  void Tokenize(std::string_view piece, std::vector<uint32_t>& ids) const override {
    // The best way to each byte at which a character ends; of equal ones that with the longest last token.
    struct Way {
      double score = -std::numeric_limits<double>::infinity();
      size_t begin = 0;  // of the last token
      uint32_t id = 0;
    };
    std::vector<Way> ways(piece.size() + 1);
    ways[0].score = 0;
    for (size_t begin = 0; begin < piece.size();) {
      size_t after = begin;
      NextCodePoint(piece, after);
      const size_t limit = std::min(piece.size(), begin + vocabulary_.longest());
      bool is_covered = false;  // by a token of this one character
      for (size_t end = begin; end < limit;) {
        NextCodePoint(piece, end);
        if (end > limit) break;
        const uint32_t id = vocabulary_.Find(piece.substr(begin, end - begin));
        if (id == TokenVocabulary::kNone) continue;
        Consider(ways[begin].score + scores_[id], begin, id, ways[end]);
        if (end == after) is_covered = true;
      }
      if (!is_covered) {
        Consider(ways[begin].score + unknown_score_, begin, unknown_, ways[after]);
      }
      begin = after;
    }
    // Backwards, then turned round; unknown neighbours are one.
    const size_t first = ids.size();
    bool was_unknown = false;
    for (size_t end = piece.size(); end > 0; end = ways[end].begin) {
      const bool is_unknown = ways[end].id == unknown_;
      if (!is_unknown || !was_unknown) ids.push_back(ways[end].id);
      was_unknown = is_unknown;
    }
    std::reverse(ids.begin() + static_cast<std::ptrdiff_t>(first), ids.end());
  }

 private:
  template <typename Way>
  static void Consider(double score, size_t begin, uint32_t id, Way& way) {
    if (score <= way.score) return;
    way.score = score;
    way.begin = begin;
    way.id = id;
  }

  const TokenVocabulary vocabulary_;
  const std::vector<double> scores_;
  const uint32_t unknown_;
  const double unknown_score_;
};

}  // namespace

Result<std::unique_ptr<const TokenModel>> MakeUnigram(UnigramParts parts) {
  if (parts.unknown >= parts.tokens.size()) {
    return InvalidArgumentError("unk_id " + std::to_string(parts.unknown) +
                                ": the vocabulary has " + std::to_string(parts.tokens.size()) +
                                " tokens");
  }
  TokenVocabulary vocabulary;
  std::vector<double> scores;
  for (uint32_t id = 0; id < parts.tokens.size(); ++id) {
    auto& [token, score] = parts.tokens[id];
    const std::string place = "token " + std::to_string(id) + ": ";
    if (!std::isfinite(score)) return InvalidArgumentError(place + "its score is not finite");
    if (token.empty()) return InvalidArgumentError(place + "empty");
    if (!vocabulary.Add(std::move(token), id)) return InvalidArgumentError(place + "twice");
    scores.push_back(score);
  }
  return std::unique_ptr<const TokenModel>(
      std::make_unique<Unigram>(std::move(vocabulary), std::move(scores), parts.unknown));
}

}  // namespace quarry::model
