#include "model/extractive_answerer.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/document.h"
#include "base/hash.h"
#include "model/question.h"
#include "model/quotable.h"

// How a sentence is scored. With w(t) the weight of a question term (rarer among the sentences at
// hand = a little heavier), the evidence of a sentence is
//   coverage + kPassage * passage coverage + kPairs * pairs + kKind * kind - length penalties
// where coverage is the share of w in the sentence, kHeader of it for what only the title or a
// heading holds; passage coverage is the same of the whole passage; pairs is the share of
// neighbouring question terms that stand close together; kind says that a date, name, number, ...
// stands there when the question asks for one. The passage's retrieval score is the prior:
//   score = evidence + kPrior * (score of the passage / best score).
//
// The constants were tuned on the even half of the questions of SQuAD v2 dev and CMRC 2018 dev,
// with BM25 and with fused retrieval. All optima are flat.

namespace quarry::model {
namespace {

constexpr size_t kMaxTerms = 128;  // of a question; later ones are not looked at
using TermSet = std::bitset<kMaxTerms>;

constexpr double kHeader = 0.85;
constexpr double kPassage = 0.1;
constexpr double kPairs = 0.1;
constexpr double kKind = 0.2;
constexpr double kPrior = 0.75;
constexpr double kRarity =
    0.3;  // exponent; 1 would be the usual idf, but ten passages that were found
          // by the question's words say little about how rare those are
constexpr uint32_t kClose = 3;  // words that may lie between the terms of a pair, plus one
// Readers want a sentence, not a fragment and not a page; longer ones hold the answer more often,
// so the penalties only break near ties.
constexpr uint32_t kShortTokens = 5;
constexpr double kShort = 0.05;
constexpr uint32_t kLongTokens = 60;
constexpr double kLong = 0.03;  // per doubling
// A further sentence must add this share of the question's weight, or score this share of the best.
constexpr double kAdds = 0.15;
constexpr double kNearlyAsGood = 0.93;

// The support of the best sentence: logistic regression on the same halves, of answerable questions
// against unanswerable ones and against answerable ones whose article was taken out of the index.
constexpr double kSupportCoverage = 4.8;  // of the sentence and its header
constexpr double kSupportKnown = 2.5;     // share of the terms that occur in any passage
constexpr double kSupportTerms = 1.0;     // ln of the number of terms: more terms, more to go by
constexpr double kSupportNames = -1.3;  // share of names and numbers missing in sentence and header
constexpr double kSupportBias = -5.5;

struct Sentence {
  uint32_t passage = 0;
  ByteRange range;
  uint32_t tokens = 0;
  TermSet terms;
  std::vector<std::pair<uint32_t, uint32_t>> places;  // term, word position
  double coverage = 0;
  double score = 0;
};

class Extraction {
 public:
  Extraction(std::string_view question, const std::vector<Passage>& passages,
             const Analyzer& analyzer, const ExtractiveOptions& options)
      : text_(question),
        passages_(passages),
        analyzer_(analyzer),
        options_(options),
        question_(AnalyseQuestion(question, analyzer)) {
    if (question_.terms.size() > kMaxTerms) question_.terms.resize(kMaxTerms);
    for (uint32_t i = 0; i < question_.terms.size(); ++i) {
      numbers_.emplace(Hash64(question_.terms[i].term), i);
    }
  }

  ExtractiveDraft Run() {
    if (question_.terms.empty()) return Decline(0, "the question has no words to search for");
    for (uint32_t i = 0; i < passages_.size(); ++i) AddPassage(i);
    if (sentences_.empty()) return Decline(0, "no passage was found");
    WeighTerms();
    size_t best = 0;
    for (size_t i = 0; i < sentences_.size(); ++i) {
      Score(sentences_[i]);
      if (sentences_[i].score > sentences_[best].score) best = i;
    }
    const double support = SupportOf(sentences_[best]);
    const std::string reason = ReasonFor(sentences_[best]);
    if (support < options_.decline_below) return Decline(support, reason);
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

  // The number of the question's term that the token is, or UINT32_MAX.
  uint32_t NumberOf(const Token& token) const {
    const auto found = numbers_.find(Hash64(token.term));
    const bool is_term =
        found != numbers_.end() && question_.terms[found->second].term == token.term;
    return is_term ? found->second : UINT32_MAX;
  }

  void AddPassage(uint32_t index) {
    const Passage& passage = passages_[index];
    TermSet header;
    for (const Token& token :
         analyzer_.Tokenize(ContextualHeader(passage.title, passage.chunk.span.heading_path))) {
      if (const uint32_t number = NumberOf(token); number != UINT32_MAX) header.set(number);
    }

    const std::string_view text = passage.chunk.text;
    size_t at = sentences_.size();
    for (const ByteRange& range : QuotableRanges(text, options_.max_tokens)) {
      Sentence sentence;
      sentence.passage = index;
      sentence.range = range;
      sentence.tokens = CountTokens(text.substr(range.begin, range.end - range.begin));
      sentences_.push_back(std::move(sentence));
    }
    TermSet all = header;
    for (const Token& token : analyzer_.Tokenize(text)) {
      const uint32_t number = NumberOf(token);
      if (number == UINT32_MAX) continue;
      while (at < sentences_.size() && sentences_[at].range.end <= token.begin) ++at;
      if (at == sentences_.size()) break;
      if (token.begin < sentences_[at].range.begin) continue;
      sentences_[at].terms.set(number);
      sentences_[at].places.emplace_back(number, token.position);
      all.set(number);
    }
    headers_.push_back(header);
    passage_terms_.push_back(all);
  }

  void WeighTerms() {
    const double count = static_cast<double>(sentences_.size());
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      double holding = 0;
      for (const Sentence& sentence : sentences_) holding += sentence.terms.test(i) ? 1 : 0;
      const double idf = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
      weights_.push_back(question_.terms[i].emphasis * std::pow(idf, kRarity));
    }
    total_ = WeightOf(TermSet().set());
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
      if (AreClose(sentence, first, second)) found += weight;
    }
    return all > 0 ? found / all : 0;
  }

  static bool AreClose(const Sentence& sentence, uint32_t first, uint32_t second) {
    for (const auto& [a, a_place] : sentence.places) {
      if (a != first) continue;
      for (const auto& [b, b_place] : sentence.places) {
        const uint32_t apart = a_place < b_place ? b_place - a_place : a_place - b_place;
        if (b == second && apart <= kClose) return true;
      }
    }
    return false;
  }

  void Score(Sentence& sentence) const {
    const TermSet header = headers_[sentence.passage] & ~sentence.terms;
    sentence.coverage = (WeightOf(sentence.terms) + kHeader * WeightOf(header)) / total_;
    double evidence = sentence.coverage + kPairs * Pairs(sentence) +
                      kPassage * WeightOf(passage_terms_[sentence.passage]) / total_;
    if (sentence.terms.any() && HoldsKind(question_.kind, TextOf(sentence), text_)) {
      evidence += kKind;
    }
    if (sentence.tokens < kShortTokens) evidence -= kShort;
    if (sentence.tokens > kLongTokens) {
      evidence -= kLong * std::log2(static_cast<double>(sentence.tokens) / kLongTokens);
    }
    sentence.score = evidence + kPrior * Prior(sentence.passage);
  }

  double Prior(uint32_t index) const {
    const double best = passages_[0].score;
    if (!(best > 0)) return 1.0 / (1.0 + index);
    return std::clamp(passages_[index].score / best, 0.0, 1.0);
  }

  double SupportOf(const Sentence& sentence) const {
    TermSet anywhere;
    for (const TermSet& terms : passage_terms_) anywhere |= terms;
    const TermSet near = sentence.terms | headers_[sentence.passage];
    double all = 0;
    double known = 0;
    double names = 0;
    double missing_names = 0;
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      all += question_.terms[i].emphasis;
      if (anywhere.test(i)) known += question_.terms[i].emphasis;
      if (!question_.terms[i].is_name) continue;
      names += 1;
      if (!near.test(i)) missing_names += 1;
    }
    const double sum = kSupportCoverage * sentence.coverage + kSupportKnown * known / all +
                       kSupportTerms * std::log(static_cast<double>(question_.terms.size())) +
                       (names > 0 ? kSupportNames * missing_names / names : 0.0) + kSupportBias;
    return 1.0 / (1.0 + std::exp(-sum));
  }

  std::string ReasonFor(const Sentence& best) const {
    char figures[64];
    std::snprintf(figures, sizeof(figures), "the best sentence covers %.0f %% of the question",
                  100 * best.coverage);
    const std::string missing = WordsWithout(best.terms | headers_[best.passage]);
    return figures + (missing.empty() ? "" : "; not there: " + missing);
  }

  // The words of the question, as it writes them, that none of `found` covers. Pairs of Chinese
  // characters overlap: a character that a found pair holds is not missing.
  std::string WordsWithout(const TermSet& found) const {
    const std::string& text = question_.text;
    std::vector<bool> is_missing(text.size() + 1);  // the byte behind the text never is
    const auto mark = [&](bool missing) {
      for (size_t i = 0; i < question_.terms.size(); ++i) {
        const QuestionTerm& term = question_.terms[i];
        if (found.test(i) == missing || (missing && term.emphasis < 1)) continue;
        std::fill(is_missing.begin() + term.begin, is_missing.begin() + term.end, missing);
      }
    };
    mark(true);
    mark(false);
    std::string words;
    for (size_t begin = 0, i = 0; i <= text.size(); ++i) {
      if (is_missing[i]) continue;
      if (begin < i) words += (words.empty() ? "" : ", ") + text.substr(begin, i - begin);
      begin = i + 1;
    }
    return words;
  }

  // The best sentence, then those that add to it, in reading order.
  std::vector<size_t> Choose(size_t best) const {
    std::vector<size_t> chosen = {best};
    TermSet covered = sentences_[best].terms | headers_[sentences_[best].passage];
    uint32_t tokens = sentences_[best].tokens;
    while (chosen.size() < options_.max_sentences) {
      size_t next = sentences_.size();
      for (size_t i = 0; i < sentences_.size(); ++i) {
        const Sentence& sentence = sentences_[i];
        if (sentence.terms.none() || tokens + sentence.tokens > options_.max_tokens) continue;
        if (next != sentences_.size() && sentence.score <= sentences_[next].score) continue;
        const double adds = WeightOf(sentence.terms & ~covered) / total_;
        if (adds < kAdds && sentence.score < kNearlyAsGood * sentences_[best].score) continue;
        if (!Repeats(sentence, chosen)) next = i;
      }
      if (next == sentences_.size()) break;
      chosen.push_back(next);
      covered |= sentences_[next].terms;
      tokens += sentences_[next].tokens;
    }
    std::sort(chosen.begin() + 1, chosen.end());
    return chosen;
  }

  // Overlapping chunks hold the same sentence.
  bool Repeats(const Sentence& sentence, const std::vector<size_t>& chosen) const {
    return std::any_of(chosen.begin(), chosen.end(),
                       [&](size_t other) { return TextOf(sentences_[other]) == TextOf(sentence); });
  }

  std::string_view TextOf(const Sentence& sentence) const {
    return std::string_view(passages_[sentence.passage].chunk.text)
        .substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
  }

  const std::string_view text_;
  const std::vector<Passage>& passages_;
  const Analyzer& analyzer_;
  const ExtractiveOptions& options_;
  Question question_;
  std::unordered_map<uint64_t, uint32_t> numbers_;  // hash of a term -> its number
  std::vector<Sentence> sentences_;                 // in the order of the passages
  std::vector<TermSet> headers_;                    // by passage
  std::vector<TermSet> passage_terms_;              // by passage, header included
  std::vector<double> weights_;                     // by term
  double total_ = 0;
};

}  // namespace

ExtractiveDraft ExtractAnswer(std::string_view question, const std::vector<Passage>& passages,
                              const Analyzer& analyzer, const ExtractiveOptions& options) {
  return Extraction(question, passages, analyzer, options).Run();
}

}  // namespace quarry::model
