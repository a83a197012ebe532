#include "model/sentence_ranking.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "base/text.h"
#include "model/answer_weights.h"
#include "model/asked_measure.h"
#include "model/asked_person.h"
#include "model/section_answer.h"
#include "model/told_way.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr uint32_t kCloseWords = 3;  // that may lie between the terms of a pair, plus one
constexpr uint32_t kFragmentTokens = 5;
constexpr double kUsualTokens = 3.5;  // logarithms
constexpr double kUsualNewWords = 2.5;
constexpr double kUnknownDistance = 0.3;  // of vectors: the passage was found by its words alone
constexpr size_t kBeginning = 4;          // bytes by which words are likened
// Not fitted: the collections hold no code, hardly a question that asks, and few questions for a number or code, which
// another number cannot stand for.
constexpr double kMissingNumberPenalty = 2;
constexpr double kOtherRangePenalty = 2;    // beside one that is stated for the number asked about
constexpr double kOtherMeasurePenalty = 2;  // of one without a number of what the question measures
constexpr double kSiblingPenalty = 4;       // of one that speaks of another thing of the kind
constexpr double kCodePenalty = 1.5;
constexpr double kQuestionPenalty = 6;
// Of what names an item, as much as of a heading, and of an aside, a sentence all in parentheses.
constexpr double kItemTermPenalty = 3;
constexpr double kAsidePenalty = 3;
constexpr double kWayBonus = 2.5;  // of one that tells how something is done, where that is asked
constexpr double kNamedWayBonus = 6;     // of one below a heading that names what is to be done
constexpr double kAskedAboveBonus = 12;  // of one below a heading that asks the same
constexpr double kOfficeBonus = 4;       // of what somebody is who is asked about

// The first letters of a word, lower-case; 0 of a shorter one.
uint32_t BeginningOf(std::string_view word) {
  if (word.size() < kBeginning) return 0;
  uint32_t beginning = 0;
  for (const char c : AsciiLower(word.substr(0, kBeginning))) {
    beginning = beginning << 8 | static_cast<unsigned char>(c);
  }
  return beginning;
}

bool AreClose(const Sentence& sentence, uint32_t first, uint32_t second) {
  for (const TermPlace& a : sentence.places) {
    if (a.term != first) continue;
    for (const TermPlace& b : sentence.places) {
      const uint32_t apart =
          a.position < b.position ? b.position - a.position : a.position - b.position;
      if (b.term == second && apart <= kCloseWords) return true;
    }
  }
  return false;
}

// The share of the question's neighbouring terms that stand close together in the sentence.
double PairsOf(const PassageReading& reading, const Sentence& sentence) {
  double found = 0;
  double all = 0;
  const size_t count = reading.question().terms.size();
  for (const auto& [first, second] : reading.question().pairs) {
    if (first >= count || second >= count) continue;
    const double weight = std::min(reading.weight(first), reading.weight(second));
    all += weight;
    if (!sentence.terms.test(first) || !sentence.terms.test(second)) continue;
    if (AreClose(sentence, first, second)) found += weight;
  }
  return all > 0 ? found / all : 0;
}

// Computes the features of the sentences of one reading.
class SentenceReader {
 public:
  SentenceReader(const PassageReading& reading, const WordFeatures& word_weights)
      : reading_(reading),
        word_weights_(word_weights),
        finder_(reading.question_text(), reading.question().kind, reading.question().text),
        passages_(reading.passages().size()) {
    WeighRarely();
    for (const Passage& passage : reading.passages()) {
      if (passage.breakdown.dense_rank > 0) {
        nearest_ = std::max(nearest_, passage.breakdown.dense_score);
      }
    }
    for (const QuestionTerm& term : reading.question().terms) {
      const std::string_view form =
          std::string_view(reading.question().text).substr(term.begin, term.end - term.begin);
      const bool is_long = form.size() > kBeginning && IsAsciiLetter(form[0]);
      beginnings_.push_back(is_long ? BeginningOf(form) : 0);
    }
    for (const Sentence& sentence : reading.sentences()) {
      pairs_.push_back(PairsOf(reading, sentence));
      own_.push_back(reading.WeightOf(sentence.terms) / reading.total());
      InPassage& passage = passages_[sentence.passage];
      passage.pairs = std::max(passage.pairs, pairs_.back());
      passage.second = std::max(passage.second, std::min(passage.best, own_.back()));
      passage.best = std::max(passage.best, own_.back());
    }
  }

  SentenceFeatures FeaturesOf(size_t index) const {
    const Sentence& sentence = reading_.sentences()[index];
    const std::string_view text = reading_.TextOf(sentence);
    SentenceFeatures f = {};
    AddCoverage(index, f);
    AddPassage(sentence, own_[index], f);
    AddLacks(sentence, text, f);
    AddAnswer(sentence, f);
    if (sentence.kind == BlockKind::kTable) {
      f[SentenceFeature::kBegin] = 0.5;
      f[SentenceFeature::kTokens] = kUsualTokens;
      f[SentenceFeature::kNewWords] = kUsualNewWords;
      return f;
    }
    AddPlace(index, f);
    f[SentenceFeature::kNeighbourCoverage] = NeighbourCoverage(index);
    f[SentenceFeature::kLooseCoverage] = LooseCoverage(sentence, text);
    return f;
  }

 private:
  struct InPassage {
    double pairs = 0;   // the most of a sentence
    double best = 0;    // coverage of the sentence that covers most
    double second = 0;  // and of the next
  };

  void WeighRarely() {
    const std::vector<Sentence>& sentences = reading_.sentences();
    const double count = static_cast<double>(sentences.size());
    for (size_t i = 0; i < reading_.question().terms.size(); ++i) {
      double holding = 0;
      for (const Sentence& sentence : sentences) holding += sentence.terms.test(i) ? 1 : 0;
      rare_.push_back(reading_.question().terms[i].emphasis *
                      std::log(1.0 + (count - holding + 0.5) / (holding + 0.5)));
      rare_total_ += rare_.back();
    }
  }

  void AddCoverage(size_t index, SentenceFeatures& f) const {
    const Sentence& sentence = reading_.sentences()[index];
    double rare = 0;
    for (size_t i = 0; i < rare_.size(); ++i) {
      rare += sentence.terms.test(i)                ? rare_[i]
              : reading_.HeaderOf(sentence).test(i) ? kHeader * rare_[i]
                                                    : 0;
    }
    f[SentenceFeature::kCoverage] = reading_.Coverage(sentence);
    f[SentenceFeature::kRareCoverage] = rare_total_ > 0 ? rare / rare_total_ : 0;
    f[SentenceFeature::kPairs] = pairs_[index];
  }

  double NeighbourCoverage(size_t index) const {
    const std::vector<Sentence>& all = reading_.sentences();
    const Sentence& sentence = all[index];
    TermSet around;
    for (const size_t other : {index - 1, index + 1}) {  // one before the first is beyond the last
      if (other >= all.size() || all[other].passage != sentence.passage) continue;
      around |= all[other].terms;
    }
    around &= ~(sentence.terms | reading_.HeaderOf(sentence));
    return reading_.WeightOf(around) / reading_.total();
  }

  double LooseCoverage(const Sentence& sentence, std::string_view text) const {
    double loose = 0;
    std::vector<uint32_t> words;  // their beginnings
    for (size_t i = 0; i < beginnings_.size(); ++i) {
      if (sentence.terms.test(i) || beginnings_[i] == 0) continue;
      if (words.empty()) {
        for (const Word& word : Words(text)) words.push_back(BeginningOf(word.text));
      }
      if (std::ranges::find(words, beginnings_[i]) != words.end()) loose += reading_.weight(i);
    }
    return loose / reading_.total();
  }

  void AddPassage(const Sentence& sentence, double own, SentenceFeatures& f) const {
    const std::vector<Passage>& passages = reading_.passages();
    const Passage& passage = passages[sentence.passage];
    const InPassage& in_passage = passages_[sentence.passage];
    const double best = passages[0].score;
    f[SentenceFeature::kPassageCoverage] =
        reading_.WeightOf(reading_.PassageTerms(sentence.passage)) / reading_.total();
    f[SentenceFeature::kOtherCoverage] =
        own == in_passage.best ? in_passage.second : in_passage.best;
    f[SentenceFeature::kPassagePairs] = in_passage.pairs;
    f[SentenceFeature::kPrior] =
        best > 0 ? std::clamp(passage.score / best, 0.0, 1.0) : 1.0 / (1.0 + sentence.passage);
    f[SentenceFeature::kFar] = passage.breakdown.dense_rank > 0
                                   ? nearest_ - passage.breakdown.dense_score
                                   : kUnknownDistance;
  }

  void AddPlace(size_t index, SentenceFeatures& f) const {
    const std::vector<Sentence>& all = reading_.sentences();
    const Sentence& sentence = all[index];
    const std::string& text = reading_.passages()[sentence.passage].chunk.text;
    f[SentenceFeature::kFirst] = index == 0 || all[index - 1].passage != sentence.passage;
    f[SentenceFeature::kBegin] =
        static_cast<double>(sentence.range.begin) / static_cast<double>(text.size());
    f[SentenceFeature::kTokens] = std::log(1.0 + sentence.tokens);
    f[SentenceFeature::kShort] = sentence.tokens < kFragmentTokens;
  }

  void AddLacks(const Sentence& sentence, std::string_view text, SentenceFeatures& f) const {
    const TermSet near = sentence.terms | reading_.HeaderOf(sentence);
    const std::vector<QuestionTerm>& terms = reading_.question().terms;
    double names = 0;
    double missing = 0;
    for (size_t i = 0; i < terms.size(); ++i) {
      if (!terms[i].is_name) continue;
      names += 1;
      if (near.test(i)) continue;
      missing += 1;
      if (terms[i].has_digit) f[SentenceFeature::kNumberMissing] = 1;
    }
    f[SentenceFeature::kNamesMissing] = names > 0 ? missing / names : 0;
    f[SentenceFeature::kNegation] =
        reading_.question().negated && !sentence.says_needed && !IsNegated(text);
  }

  void AddAnswer(const Sentence& sentence, SentenceFeatures& f) const {
    constexpr double kNone = 1e-4;  // of a sentence without words
    double sum = kNone;
    double fresh = 0;
    for (const AnswerWord& word : AnswerWordsOf(reading_, sentence, finder_)) {
      const WordFeatures& w = word.features;
      sum += OddsOf(WeightedSum(w, word_weights_));
      fresh += w[WordFeature::kAsked] == 0 && w[WordFeature::kJoining] == 0 ? 1 : 0;
      const auto take = [&](SentenceFeature::Name to, WordFeature::Name from) {
        f[to] = std::max(f[to], w[from]);
      };
      take(SentenceFeature::kPerson, WordFeature::kPerson);
      take(SentenceFeature::kTime, WordFeature::kTime);
      take(SentenceFeature::kPlace, WordFeature::kPlace);
      take(SentenceFeature::kNumber, WordFeature::kNumber);
      take(SentenceFeature::kReason, WordFeature::kReason);
    }
    f[SentenceFeature::kNewWords] = std::log(1 + fresh);
    f[SentenceFeature::kAnswer] = std::log(sum);
  }

  const PassageReading& reading_;
  const WordFeatures& word_weights_;
  const AnswerWordFinder finder_;
  std::vector<InPassage> passages_;
  std::vector<double> pairs_;  // by sentence
  std::vector<double> own_;
  std::vector<uint32_t> beginnings_;  // by term; 0 of those that are not likened
  std::vector<double> rare_;          // by term
  double rare_total_ = 0;
  double nearest_ = -1;  // similarity of the passage whose vector is most like the question's
};

// "(Values may differ.)", not "(1) Values may differ (see below)."
bool IsAside(std::string_view sentence) {
  size_t depth = 0;
  for (size_t at = 0; at < sentence.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(sentence, at);
    if (c == U'(' || c == U'（') {
      ++depth;
    } else if (c == U')' || c == U'）') {
      if (depth > 0 && --depth == 0) {
        const std::string_view rest = sentence.substr(at);
        return rest.empty() || rest == "." || rest == "。";
      }
    }
    if (begin == 0 && depth == 0) return false;
  }
  return false;
}

double BonusOf(HeadingMatch match) {
  switch (match) {
    case HeadingMatch::kNone:
      return 0;
    case HeadingMatch::kNamesWay:
      return kNamedWayBonus;
    case HeadingMatch::kAsks:
      return kAskedAboveBonus;
  }
  return 0;
}

}  // namespace

std::vector<AnswerWord> AnswerWordsOf(const PassageReading& reading, const Sentence& sentence,
                                      const AnswerWordFinder& finder) {
  // Languages differ in where they have what is asked for.
  const std::optional<size_t> asked_place =
      reading.is_across() ? std::nullopt : finder.asked_place();
  std::vector<AskedTerm> asked;
  for (const TermPlace& place : sentence.places) {
    const size_t begin = reading.question().terms[place.term].begin;
    asked.push_back(
        {{place.range.begin - sentence.range.begin, place.range.end - sentence.range.begin},
         reading.weight(place.term) / reading.total(),
         !asked_place           ? 0
         : begin < *asked_place ? -1
                                : 1});
  }
  return finder.WordsOf(reading.TextOf(sentence), asked);
}

std::vector<SentenceFeatures> FeaturesOfSentences(const PassageReading& reading,
                                                  const WordFeatures& word_weights) {
  const SentenceReader reader(reading, word_weights);
  std::vector<SentenceFeatures> features;
  for (size_t i = 0; i < reading.sentences().size(); ++i) features.push_back(reader.FeaturesOf(i));
  return features;
}

std::vector<double> SentenceScores(const PassageReading& reading) {
  const AnswerWeights& weights = AnswerWeightsFor(reading.in_chinese());
  const std::string_view person = PersonAskedAbout(reading.question_text());
  const Measure measure = MeasureAsked(reading.question_text());
  const bool wants_way = AsksHowTo(reading.question_text()) && !reading.question().negated;
  std::vector<double> scores;
  uint32_t header = UINT32_MAX;  // that of the sentence before, and what its headings are worth
  double heading_bonus = 0;
  for (const SentenceFeatures& features : FeaturesOfSentences(reading, weights.words)) {
    const Sentence& sentence = reading.sentences()[scores.size()];
    if (sentence.header != header) {
      header = sentence.header;
      heading_bonus = BonusOf(MatchOfHeading(reading, scores.size()));
    }
    scores.push_back(
        WeightedSum(features, weights.sentences) -
        (sentence.kind == BlockKind::kCode && !wants_way ? kCodePenalty : 0.0) -
        kMissingNumberPenalty * features[SentenceFeature::kNumberMissing] -
        (sentence.out_of_range && reading.any_in_range() ? kOtherRangePenalty : 0.0) -
        (HoldsMeasure(measure, reading.TextOf(sentence)) ? 0.0 : kOtherMeasurePenalty) -
        (sentence.sibling ? kSiblingPenalty : 0.0) -
        (sentence.is_item_term ? kItemTermPenalty : 0.0) -
        (IsAside(reading.TextOf(sentence)) ? kAsidePenalty : 0.0) -
        (EndsWithQuestionMark(reading.TextOf(sentence)) ? kQuestionPenalty : 0.0) +
        (wants_way && TellsWay(reading.TextOf(sentence)) ? kWayBonus : 0.0) + heading_bonus +
        (SaysOfficeOf(person, reading.TextOf(sentence)) ? kOfficeBonus : 0.0));
  }
  return scores;
}

}  // namespace quarry::model
