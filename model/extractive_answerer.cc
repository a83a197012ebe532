#include "model/extractive_answerer.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/document.h"
#include "model/question.h"

// How a sentence is scored. With w(t) the weight of a question term (rarer among the sentences at
// hand = heavier), the evidence of a sentence is
//   coverage + kPairs * pairs + kKind * kind - length penalty,
// where coverage is the share of w in the sentence, plus a part of what only the heading or a
// neighbouring sentence holds; pairs is the share of neighbouring question terms that stand close
// together; kind says whether a date, name, number, ... stands there when the question asks for
// one. The passage's retrieval score is the prior: score = evidence + kPrior * (passage score /
// best score).

namespace quarry::model {
namespace {

constexpr size_t kMaxTerms = 128;  // of a question; later ones are not looked at
using TermSet = std::bitset<kMaxTerms>;

// Tuned on the even half of SQuAD v2 dev.
constexpr double kHeader = 0.5;     // of a term that only the title or a heading holds
constexpr double kNeighbour = 0.3;  // of a term that only the sentence before or after holds
constexpr double kPairs = 0.3;
constexpr double kKind = 0.15;
constexpr double kPrior = 1.0;
constexpr double kShort = 0.2;  // penalty of a sentence under kShortTokens
constexpr double kLong = 0.1;   // penalty per doubling over kLongTokens
constexpr double kShortTokens = 6;
constexpr double kLongTokens = 60;
// A further sentence must add this share of the question's weight, or score this share of the best.
constexpr double kAdds = 0.15;
constexpr double kNearlyAsGood = 0.93;
// Terms of a pair stand at most this many words apart.
constexpr uint32_t kClose = 3;

struct Sentence {
  uint32_t passage = 0;
  ByteRange range;
  uint32_t tokens = 0;
  TermSet terms;
  std::vector<std::pair<uint32_t, uint32_t>> places;  // term, word position
  double coverage = 0;
  double evidence = 0;
  double score = 0;
};

// Cuts what is longer than `max_tokens` at line breaks, clause ends or, failing those, characters,
// so that a table or a text without full stops can be quoted in part.
void AddPieces(std::string_view text, ByteRange range, uint32_t max_tokens,
               std::vector<ByteRange>& pieces) {
  const auto trimmed = [&](size_t begin, size_t end) {
    const std::string_view inner = Trim(text.substr(begin, end - begin));
    const size_t at = static_cast<size_t>(inner.data() - text.data());
    return inner.empty() ? ByteRange{begin, begin} : ByteRange{at, at + inner.size()};
  };
  while (range.begin < range.end) {
    const std::string_view rest = text.substr(range.begin, range.end - range.begin);
    if (CountTokens(rest) <= max_tokens) {
      pieces.push_back(range);
      return;
    }
    // The longest prefix that fits, by bisection over bytes.
    size_t fits = 1;
    for (size_t low = 1, high = rest.size(); low <= high;) {
      const size_t middle = (low + high) / 2;
      if (CountTokens(TruncateUtf8(rest, middle)) <= max_tokens) {
        fits = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    std::string_view prefix = TruncateUtf8(rest, fits);
    size_t cut = 0;
    for (const std::string_view mark : {"\n", "；", "; ", "，", ", ", " "}) {
      const size_t found = prefix.rfind(mark);
      if (found != std::string_view::npos && found + mark.size() > prefix.size() / 3) {
        cut = found + mark.size();
        break;
      }
    }
    if (cut == 0) cut = prefix.size();
    if (cut == 0) NextCodePoint(rest, cut);  // a limit below one character: take that character
    const ByteRange piece = trimmed(range.begin, range.begin + cut);
    if (piece.begin < piece.end) pieces.push_back(piece);
    range = trimmed(range.begin + cut, range.end);
  }
}

class Extraction {
 public:
  Extraction(std::string_view question, const std::vector<Passage>& passages,
             const Analyzer& analyzer, const ExtractiveOptions& options)
      : text_(question), passages_(passages), analyzer_(analyzer), options_(options) {
    question_ = AnalyseQuestion(question, analyzer);
    if (question_.terms.size() > kMaxTerms) question_.terms.resize(kMaxTerms);
    for (uint32_t i = 0; i < question_.terms.size(); ++i) {
      numbers_.emplace(question_.terms[i].term, i);
    }
  }

  ExtractiveDraft Run() {
    if (question_.terms.empty()) return Decline(0, "the question has no content words");
    for (uint32_t i = 0; i < passages_.size(); ++i) AddPassage(i);
    if (sentences_.empty()) return Decline(0, "no passage was found");
    WeighTerms();
    for (size_t i = 0; i < sentences_.size(); ++i) Score(i);
    const size_t best = Best();
    const double support = SupportOf(sentences_[best]);
    char reason[160];
    std::snprintf(reason, sizeof(reason),
                  "support %.2f: the best sentence covers %.0f %% of the question%s", support,
                  100 * sentences_[best].coverage, "");
    if (support < options_.decline_below || sentences_[best].terms.none()) {
      return Decline(support, reason);
    }
    ExtractiveDraft draft;
    draft.support = support;
    draft.reason = reason;
    for (const size_t i : Choose(best)) {
      draft.sentences.push_back({sentences_[i].passage, sentences_[i].range, sentences_[i].score});
    }
    return draft;
  }

 private:
  static ExtractiveDraft Decline(double support, std::string reason) {
    ExtractiveDraft draft;
    draft.support = support;
    draft.declined = true;
    draft.reason = std::move(reason);
    return draft;
  }

  uint32_t NumberOf(const Token& token) const {
    const auto found = numbers_.find(token.term);
    return found == numbers_.end() ? UINT32_MAX : found->second;
  }

  void AddPassage(uint32_t index) {
    const Passage& passage = passages_[index];
    TermSet header;
    for (const Token& token :
         analyzer_.Tokenize(ContextualHeader(passage.title, passage.chunk.span.heading_path))) {
      if (const uint32_t number = NumberOf(token); number != UINT32_MAX) header.set(number);
    }
    headers_.push_back(header);

    const std::string_view text = passage.chunk.text;
    std::vector<ByteRange> pieces;
    for (const ByteRange& range : SplitSentences(text)) {
      AddPieces(text, range, options_.max_tokens, pieces);
    }
    const size_t first = sentences_.size();
    for (const ByteRange& range : pieces) {
      Sentence sentence;
      sentence.passage = index;
      sentence.range = range;
      sentence.tokens = CountTokens(text.substr(range.begin, range.end - range.begin));
      sentences_.push_back(std::move(sentence));
    }
    size_t at = first;
    for (const Token& token : analyzer_.Tokenize(text)) {
      while (at < sentences_.size() && sentences_[at].range.end <= token.begin) ++at;
      if (at == sentences_.size()) break;
      const uint32_t number = NumberOf(token);
      if (number == UINT32_MAX || token.begin < sentences_[at].range.begin) continue;
      sentences_[at].terms.set(number);
      sentences_[at].places.emplace_back(number, token.position);
    }
  }

  void WeighTerms() {
    const double count = static_cast<double>(sentences_.size());
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      double holding = 0;
      for (const Sentence& sentence : sentences_) holding += sentence.terms.test(i) ? 1 : 0;
      const double rarity = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
      weights_.push_back(question_.terms[i].emphasis * rarity);
      total_ += weights_.back();
    }
  }

  double WeightOf(const TermSet& terms) const {
    double weight = 0;
    for (size_t i = 0; i < weights_.size(); ++i) {
      if (terms.test(i)) weight += weights_[i];
    }
    return weight;
  }

  // The share of the question's neighbouring terms that stand close together in the sentence.
  double Pairs(const Sentence& sentence) const {
    double found = 0;
    double all = 0;
    for (const auto& [first, second] : question_.pairs) {
      if (first >= weights_.size() || second >= weights_.size()) continue;
      const double weight = std::min(weights_[first], weights_[second]);
      all += weight;
      if (!sentence.terms.test(first) || !sentence.terms.test(second)) continue;
      bool close = false;
      for (const auto& [a, a_place] : sentence.places) {
        if (a != first) continue;
        for (const auto& [b, b_place] : sentence.places) {
          const uint32_t apart = a_place < b_place ? b_place - a_place : a_place - b_place;
          close = close || (b == second && apart <= kClose);
        }
      }
      if (close) found += weight;
    }
    return all > 0 ? found / all : 0;
  }

  void Score(size_t index) {
    Sentence& sentence = sentences_[index];
    const Passage& passage = passages_[sentence.passage];
    TermSet near;
    if (index > 0 && sentences_[index - 1].passage == sentence.passage) {
      near |= sentences_[index - 1].terms;
    }
    if (index + 1 < sentences_.size() && sentences_[index + 1].passage == sentence.passage) {
      near |= sentences_[index + 1].terms;
    }
    const TermSet header = headers_[sentence.passage] & ~sentence.terms;
    near &= ~sentence.terms & ~header;
    sentence.coverage =
        (WeightOf(sentence.terms) + kHeader * WeightOf(header) + kNeighbour * WeightOf(near)) /
        total_;

    const std::string_view text =
        std::string_view(passage.chunk.text)
            .substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
    const bool kind = sentence.terms.any() && HoldsKind(question_.kind, text, text_);
    double penalty = sentence.tokens < kShortTokens ? kShort : 0.0;
    if (sentence.tokens > kLongTokens) penalty += kLong * std::log2(sentence.tokens / kLongTokens);
    sentence.evidence =
        sentence.coverage + kPairs * Pairs(sentence) + (kind ? kKind : 0.0) - penalty;
    sentence.score = sentence.evidence + kPrior * Prior(sentence.passage);
  }

  double Prior(uint32_t index) const {
    const double best = passages_[0].score;
    if (!(best > 0)) return 1.0 / (1.0 + index);
    return std::clamp(passages_[index].score / best, 0.0, 1.0);
  }

  size_t Best() const {
    size_t best = 0;
    for (size_t i = 1; i < sentences_.size(); ++i) {
      if (sentences_[i].score > sentences_[best].score) best = i;
    }
    return best;
  }

  double SupportOf(const Sentence& sentence) const {
    return std::clamp(sentence.evidence / (1.0 + kPairs + kKind), 0.0, 1.0);
  }

  // The best sentence, then those that add to it, in reading order.
  std::vector<size_t> Choose(size_t best) const {
    std::vector<size_t> chosen = {best};
    TermSet covered = sentences_[best].terms;
    uint32_t tokens = sentences_[best].tokens;
    while (chosen.size() < options_.max_sentences) {
      size_t next = sentences_.size();
      for (size_t i = 0; i < sentences_.size(); ++i) {
        const Sentence& sentence = sentences_[i];
        if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
        if (tokens + sentence.tokens > options_.max_tokens || Repeats(i, chosen)) continue;
        const double adds = WeightOf(sentence.terms & ~covered) / total_;
        const bool as_good = sentence.score >= kNearlyAsGood * sentences_[best].score;
        if (adds < kAdds && !as_good) continue;
        if (next == sentences_.size() || sentence.score > sentences_[next].score) next = i;
      }
      if (next == sentences_.size()) break;
      chosen.push_back(next);
      covered |= sentences_[next].terms;
      tokens += sentences_[next].tokens;
    }
    std::sort(chosen.begin() + 1, chosen.end());
    return chosen;
  }

  std::string_view TextOf(size_t index) const {
    const ByteRange& range = sentences_[index].range;
    return std::string_view(passages_[sentences_[index].passage].chunk.text)
        .substr(range.begin, range.end - range.begin);
  }

  // Overlapping chunks hold the same sentence.
  bool Repeats(size_t index, const std::vector<size_t>& chosen) const {
    return std::any_of(chosen.begin(), chosen.end(),
                       [&](size_t other) { return TextOf(other) == TextOf(index); });
  }

  const std::string_view text_;
  const std::vector<Passage>& passages_;
  const Analyzer& analyzer_;
  const ExtractiveOptions& options_;
  Question question_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<TermSet> headers_;  // by passage
  std::vector<Sentence> sentences_;
  std::vector<double> weights_;  // by term
  double total_ = 0;
};

}  // namespace

ExtractiveDraft ExtractAnswer(std::string_view question, const std::vector<Passage>& passages,
                              const Analyzer& analyzer, const ExtractiveOptions& options) {
  return Extraction(question, passages, analyzer, options).Run();
}

}  // namespace quarry::model
