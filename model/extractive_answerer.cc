#include "model/extractive_answerer.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdio>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/document.h"
#include "base/hash.h"
#include "model/answer_kind.h"
#include "model/question.h"
#include "model/quotable.h"
#include "model/written_words.h"

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
// A sentence that asks does not answer; what follows it does (AddPassage).
constexpr double kAsks = 0.4;
constexpr double kCode = 0.15;       // a line of code says it worse than a sentence
constexpr double kSameWords = 0.85;  // of both sentences: the second repeats the first
// A further sentence must add this share of the question's weight and hold so many of its terms (one
// alone is a coincidence), or score this share of the best.
constexpr double kAdds = 0.15;
constexpr size_t kAddsTerms = 2;
constexpr double kNearlyAsGood = 0.93;

// The support of the best sentence: logistic regression on one half of SQuAD v2 dev (answerable
// questions whose gold passage is cited against unanswerable ones) and of SQuAD, CMRC 2018 and
// DuReader-robust dev without every other article and with other numbers in the questions.
constexpr double kSupportCoverage = 3.2;  // of the sentence and its header
constexpr double kSupportKnown = 0.75;    // share of the terms that occur in any passage
constexpr double kSupportWords = 0.5;     // ln of the number of words: more words, more to go by
// Names are all that no other word can stand for (QuestionTerm::is_name).
constexpr double kSupportNamesNear = -1.1;     // share missing in the sentence and its header
constexpr double kSupportNamesPassage = -0.9;  // share missing in the whole passage
constexpr double kSupportNumber = -1.3;        // a code or number is missing in the whole passage
constexpr double kSupportNegation = -3.6;   // the question denies something, the sentence nothing
constexpr double kSupportKind = -0.7;       // the sentence holds nothing of the kind asked for
constexpr double kSupportKindBlock = -1.5;  // nor does its block; too rare there to be fitted
constexpr double kSupportBias = -2.85;

struct Sentence {
  uint32_t passage = 0;
  ByteRange range;
  ByteRange block;      // what it stands in (quotable.h)
  uint32_t header = 0;  // the title and headings above it, as an index into headers_
  uint32_t tokens = 0;
  TermSet terms;
  std::vector<std::pair<uint32_t, uint32_t>> places;  // term, word position
  double coverage = 0;
  double score = 0;
};

bool Asks(std::string_view sentence) { return sentence.ends_with('?') || sentence.ends_with("？"); }

// Whether a code such as "VX-220" is there a part of a longer one, "VX-220/B": another thing.
bool IsInLongerCode(std::string_view text, size_t end) {
  return end + 1 < text.size() && (text[end] == '/' || text[end] == '-') &&
         (IsAsciiLetter(text[end + 1]) || IsAsciiDigit(text[end + 1]));
}

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
      if (question_.terms[i].has_digit) codes_.set(i);
    }
  }

  ExtractiveDraft Run() {
    if (question_.terms.empty()) return Decline("the question has no words to search for");
    for (uint32_t i = 0; i < passages_.size(); ++i) AddPassage(i);
    if (sentences_.empty()) return Decline("no passage was found");
    WeighTerms();
    size_t best = 0;
    for (size_t i = 0; i < sentences_.size(); ++i) {
      Score(sentences_[i]);
      if (sentences_[i].score > sentences_[best].score) best = i;
    }
    const Lacks lacks = LacksOf(sentences_[best]);
    const double support = SupportOf(sentences_[best], lacks);
    ExtractiveDraft draft;
    draft.support = support;
    draft.declined = support < options_.decline_below;
    draft.reason = ReasonFor(sentences_[best], lacks);
    for (const size_t i : Choose(best)) {
      draft.sentences.push_back({sentences_[i].passage, sentences_[i].range, sentences_[i].score});
    }
    return draft;
  }

 private:
  static ExtractiveDraft Decline(std::string reason) {
    return {.declined = true, .reason = std::move(reason)};
  }

  // The number of the question's term that the token of `text` is, or UINT32_MAX.
  uint32_t NumberOf(const Token& token, std::string_view text) const {
    const auto found = numbers_.find(Hash64(token.term));
    if (found == numbers_.end()) return UINT32_MAX;
    const QuestionTerm& term = question_.terms[found->second];
    if (term.term != token.term) return UINT32_MAX;
    const bool is_other_code = term.has_digit && std::ranges::any_of(term.term, IsAsciiLetter) &&
                               IsInLongerCode(text, token.end) &&
                               !IsInLongerCode(question_.text, term.end);
    return is_other_code ? UINT32_MAX : found->second;
  }

  void AddPassage(uint32_t index) {
    const Passage& passage = passages_[index];
    const std::string_view text = passage.chunk.text;
    TermSet all = AddHeader(passage.title, passage.chunk.span.heading_path);
    std::vector<std::string> headings = passage.chunk.span.heading_path;
    const size_t first = sentences_.size();
    size_t at = first;
    for (const QuotablePiece& piece : QuotablePieces(passage.chunk, options_.max_tokens)) {
      const SourceSpan span = SpanWithin(passage.chunk, piece.range.begin, piece.range.end);
      if (span.heading_path != headings) {
        headings = span.heading_path;
        all |= AddHeader(passage.title, headings);
      }
      Sentence sentence;
      sentence.passage = index;
      sentence.range = piece.range;
      sentence.block = piece.block;
      sentence.header = static_cast<uint32_t>(headers_.size() - 1);
      sentence.tokens = CountTokens(TextOf(sentence));
      sentences_.push_back(std::move(sentence));
    }
    for (const Token& token : analyzer_.Tokenize(text)) {
      const uint32_t number = NumberOf(token, text);
      if (number == UINT32_MAX) continue;
      all.set(number);
      while (at < sentences_.size() && sentences_[at].range.end <= token.begin) ++at;
      if (at == sentences_.size() || token.begin < sentences_[at].range.begin) continue;
      sentences_[at].terms.set(number);
      sentences_[at].places.emplace_back(number, token.position);
    }
    // A question stands above its answer as a heading does.
    for (size_t i = first + 1; i < sentences_.size(); ++i) {
      const Sentence& above = sentences_[i - 1];
      if (!Asks(TextOf(above)) || Asks(TextOf(sentences_[i]))) continue;
      headers_.push_back(headers_[sentences_[i].header] | above.terms);
      sentences_[i].header = static_cast<uint32_t>(headers_.size() - 1);
    }
    passage_terms_.push_back(all);
  }

  // The question's terms in a title and its headings, as a new entry of headers_.
  TermSet AddHeader(std::string_view title, const std::vector<std::string>& headings) {
    TermSet header;
    const std::string text = ContextualHeader(title, headings);
    for (const Token& token : analyzer_.Tokenize(text)) {
      if (const uint32_t number = NumberOf(token, text); number != UINT32_MAX) header.set(number);
    }
    headers_.push_back(header);
    return header;
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
    const TermSet header = headers_[sentence.header] & ~sentence.terms;
    sentence.coverage = (WeightOf(sentence.terms) + kHeader * WeightOf(header)) / total_;
    double evidence = sentence.coverage + kPairs * Pairs(sentence) +
                      kPassage * WeightOf(passage_terms_[sentence.passage]) / total_;
    if (sentence.terms.any() && HoldsKind(question_.kind, TextOf(sentence), text_)) {
      evidence += kKind;
    }
    if (Asks(TextOf(sentence))) evidence -= kAsks;
    if (BlockKindAt(passages_[sentence.passage].chunk, sentence.range.begin) == BlockKind::kCode) {
      evidence -= kCode;
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

  // What a reader would miss in the best sentence.
  struct Lacks {
    double names_near = 0;     // share
    double names_passage = 0;  // share
    bool number = false;
    bool negation = false;
    bool kind = false;
    bool kind_in_block = false;
  };

  Lacks LacksOf(const Sentence& best) const {
    const TermSet near = best.terms | headers_[best.header];
    const TermSet& passage = passage_terms_[best.passage];
    const Chunk& chunk = passages_[best.passage].chunk;
    const std::string_view text = chunk.text;
    const SourceSpan span = SpanWithin(chunk, best.range.begin, best.range.end);
    const std::string header = ContextualHeader(passages_[best.passage].title, span.heading_path);
    Lacks lacks;
    double names = 0;
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      const QuestionTerm& term = question_.terms[i];
      if (!term.is_name) continue;
      names += 1;
      if (!near.test(i)) lacks.names_near += 1;
      if (!passage.test(i)) lacks.names_passage += 1;
      lacks.number = lacks.number || (term.has_digit && !passage.test(i));
    }
    if (names > 0) {
      lacks.names_near /= names;
      lacks.names_passage /= names;
    }
    lacks.negation = question_.negated && !IsNegated(TextOf(best)) && !IsNegated(header);
    // A reason has no form that could be missed.
    if (question_.kind != AnswerKind::kAny && question_.kind != AnswerKind::kReason) {
      const std::string_view block =
          text.substr(best.block.begin, best.block.end - best.block.begin);
      lacks.kind = !HoldsKind(question_.kind, TextOf(best), text_);
      lacks.kind_in_block = lacks.kind && !HoldsKind(question_.kind, block, text_);
    }
    return lacks;
  }

  double SupportOf(const Sentence& best, const Lacks& lacks) const {
    TermSet anywhere;
    for (const TermSet& terms : passage_terms_) anywhere |= terms;
    double all = 0;
    double known = 0;
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      all += question_.terms[i].emphasis;
      if (anywhere.test(i)) known += question_.terms[i].emphasis;
    }
    const double sum =
        kSupportCoverage * best.coverage + kSupportKnown * known / all +
        kSupportWords * std::log(question_.words) + kSupportNamesNear * lacks.names_near +
        kSupportNamesPassage * lacks.names_passage + (lacks.number ? kSupportNumber : 0.0) +
        (lacks.negation ? kSupportNegation : 0.0) + (lacks.kind ? kSupportKind : 0.0) +
        (lacks.kind_in_block ? kSupportKindBlock : 0.0) + kSupportBias;
    return 1.0 / (1.0 + std::exp(-sum));
  }

  std::string ReasonFor(const Sentence& best, const Lacks& lacks) const {
    char figures[64];
    std::snprintf(figures, sizeof(figures), "the best sentence covers %.0f %% of the question",
                  100 * best.coverage);
    std::string reason = figures;
    if (lacks.negation) reason += "; it denies nothing";
    if (lacks.kind_in_block) reason += std::string("; it names no ") + KindName(question_.kind);
    const std::string missing = WordsWithout(best.terms | headers_[best.header]);
    return reason + (missing.empty() ? "" : "; not there: " + missing);
  }

  // The words of the question, as it writes them, that none of `found` covers. Pairs of Chinese
  // characters overlap: a character that a found pair holds is not missing. A code is missing as a
  // whole, whatever of its parts is found.
  std::string WordsWithout(const TermSet& found) const {
    const std::string& text = question_.text;
    std::vector<bool> is_missing(text.size() + 1);  // the byte behind the text never is
    const auto mark = [&](bool missing, auto&& which) {
      for (size_t i = 0; i < question_.terms.size(); ++i) {
        const QuestionTerm& term = question_.terms[i];
        if (found.test(i) == missing || !which(term)) continue;
        std::fill(is_missing.begin() + term.begin, is_missing.begin() + term.end, missing);
      }
    };
    mark(true, [](const QuestionTerm& term) { return term.emphasis >= 1; });
    mark(false, [](const QuestionTerm&) { return true; });
    mark(true, [](const QuestionTerm& term) { return term.has_digit; });
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
    TermSet covered = sentences_[best].terms | headers_[sentences_[best].header];
    uint32_t tokens = sentences_[best].tokens;
    while (chosen.size() < options_.max_sentences) {
      size_t next = sentences_.size();
      for (size_t i = 0; i < sentences_.size(); ++i) {
        const Sentence& sentence = sentences_[i];
        if (sentence.terms.none() || tokens + sentence.tokens > options_.max_tokens) continue;
        if (next != sentences_.size() && sentence.score <= sentences_[next].score) continue;
        const double adds = WeightOf(sentence.terms & ~covered) / total_;
        const TermSet holds = sentence.terms | headers_[sentence.header];
        const bool adds_enough = adds >= kAdds && holds.count() >= kAddsTerms;
        const bool as_good = sentence.score >= kNearlyAsGood * sentences_[best].score &&
                             (covered & codes_ & ~holds).none();
        if (!adds_enough && !as_good) continue;
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

  // Overlapping chunks hold the same sentence, and documents that are nearly the same one that says the
  // same: nearly all words of both, and every number.
  bool Repeats(const Sentence& sentence, const std::vector<size_t>& chosen) const {
    return std::any_of(chosen.begin(), chosen.end(), [&](size_t other) {
      return TextOf(sentences_[other]) == TextOf(sentence) ||
             SayTheSame(TextOf(sentences_[other]), TextOf(sentence));
    });
  }

  bool SayTheSame(std::string_view a, std::string_view b) const {
    const auto terms_of = [&](std::string_view text) {
      std::set<std::string> terms;
      for (Token& token : analyzer_.Tokenize(text)) terms.insert(std::move(token.term));
      return terms;
    };
    const std::set<std::string> ours = terms_of(a);
    const std::set<std::string> theirs = terms_of(b);
    size_t shared = 0;
    for (const std::string& term : ours) shared += theirs.contains(term) ? 1 : 0;
    const auto has_new_number = [](const std::set<std::string>& one,
                                   const std::set<std::string>& other) {
      return std::ranges::any_of(one, [&](const std::string& term) {
        return HoldsAsciiDigit(term) && !other.contains(term);
      });
    };
    if (has_new_number(ours, theirs) || has_new_number(theirs, ours)) return false;
    const size_t all = ours.size() + theirs.size() - shared;
    return static_cast<double>(shared) >= kSameWords * static_cast<double>(all);
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
  TermSet codes_;                                   // terms with a digit
  std::vector<Sentence> sentences_;                 // in the order of the passages
  std::vector<TermSet> headers_;                    // in the order of the sentences below them
  std::vector<TermSet> passage_terms_;              // by passage, headers included
  std::vector<double> weights_;                     // by term
  double total_ = 0;
};

}  // namespace

ExtractiveDraft ExtractAnswer(std::string_view question, const std::vector<Passage>& passages,
                              const Analyzer& analyzer, const ExtractiveOptions& options) {
  return Extraction(question, passages, analyzer, options).Run();
}

}  // namespace quarry::model
