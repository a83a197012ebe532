#include "model/sentence_support.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "model/answer_kind.h"
#include "model/answer_reasons.h"
#include "model/section_answer.h"
#include "model/version_headings.h"

namespace quarry::model {
namespace {

// The support of the best sentence: logistic regression on one half of SQuAD v2 dev (answerable
// questions whose gold passage is cited against unanswerable ones) and of SQuAD, CMRC 2018 and
// DuReader-robust dev without every other article and with other numbers in the questions.
constexpr double kSupportCoverage = 3.2;  // of the sentence and its header
constexpr double kSupportKnown = 0.75;    // share of the terms that occur in any passage
constexpr double kSupportWords = 0.5;     // ln of the number of words: more words, more to go by
// Names are all that no other word can stand for (QuestionTerm::is_name).
constexpr double kSupportNamesNear = -1.1;     // share missing in the sentence and its header
constexpr double kSupportNamesPassage = -0.2;  // share missing in the whole passage
constexpr double kSupportNumber = -1.3;        // a code or number is missing in the whole passage
constexpr double kSupportNegation = -3.6;   // the question denies something, the sentence nothing
constexpr double kSupportKind = -0.7;       // the sentence holds nothing of the kind asked for
constexpr double kSupportKindBlock = -1.5;  // nor does its block; too rare there to be fitted
// Another word stands in the place of one of the question's (replaced_words.h).
constexpr double kSupportReplaced = -3;
// No passage speaks of what is asked about (missing_thing.h); too rare to be fitted.
constexpr double kSupportThing = -2;
// The question names what nothing in the collection has.
constexpr double kSupportUnknownName = -2;
constexpr double kSupportBias = -2.7;

// Chinese characters that join others, and so begin or end what they stand beside.
constexpr std::string_view kBetweenPhrases = "的了是在和与及或但就才则要须应还也都每各被把由从向";

// A single missing character is a part of a word: all of its phrase is missing, unless it only joins. `is_missing` by
// byte of `text`.
void WidenSingleCharacters(std::string_view text, std::vector<bool>& is_missing) {
  std::vector<ByteRange> characters;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    NextCodePoint(text, at);
    characters.push_back({begin, at});
  }
  const auto is_cjk = [&](size_t i) {
    size_t at = i < characters.size() ? characters[i].begin : text.size();
    return at < text.size() && IsCjk(NextCodePoint(text, at));
  };
  const auto joins = [&](size_t i) {
    const ByteRange& one = characters[i];
    return kBetweenPhrases.find(text.substr(one.begin, one.end - one.begin)) !=
           std::string_view::npos;
  };
  const auto is_of_phrase = [&](size_t i) { return is_cjk(i) && !joins(i); };
  const auto set = [&](size_t i, bool missing) {
    std::fill(is_missing.begin() + static_cast<ptrdiff_t>(characters[i].begin),
              is_missing.begin() + static_cast<ptrdiff_t>(characters[i].end), missing);
  };
  std::vector<size_t> singles;
  for (size_t i = 0; i < characters.size(); ++i) {
    const auto missing_at = [&](size_t one) {
      return is_cjk(one) && is_missing[characters[one].begin];
    };
    if (missing_at(i) && !(i > 0 && missing_at(i - 1)) && !missing_at(i + 1)) singles.push_back(i);
  }
  for (const size_t single : singles) {
    if (joins(single)) {
      set(single, false);
      continue;
    }
    size_t begin = single;
    while (begin > 0 && is_of_phrase(begin - 1)) --begin;
    for (size_t i = begin; is_of_phrase(i); ++i) set(i, true);
  }
}

// The words of the question, as it writes them, that none of `found` covers. Pairs of Chinese
// characters overlap: a character that a found pair holds is not missing. A code is missing as a
// whole, whatever of its parts is found, and so is the phrase around a single character.
std::string WordsWithout(const Question& question, const TermSet& found) {
  const std::string& text = question.text;
  std::vector<bool> is_missing(text.size() + 1);  // the byte behind the text never is
  const auto mark = [&](bool missing, auto&& which) {
    for (size_t i = 0; i < question.terms.size(); ++i) {
      const QuestionTerm& term = question.terms[i];
      if (found.test(i) == missing || !which(term)) continue;
      std::fill(is_missing.begin() + term.begin, is_missing.begin() + term.end, missing);
    }
  };
  mark(true, [](const QuestionTerm& term) { return term.emphasis >= 1; });
  mark(false, [](const QuestionTerm&) { return true; });
  mark(true, [](const QuestionTerm& term) { return term.has_digit; });
  WidenSingleCharacters(text, is_missing);
  std::string words;
  for (size_t begin = 0, i = 0; i <= text.size(); ++i) {
    if (is_missing[i]) continue;
    if (begin < i) words += (words.empty() ? "" : ", ") + text.substr(begin, i - begin);
    begin = i + 1;
  }
  return words;
}

}  // namespace

SentenceLacks LacksOf(const PassageReading& reading, size_t index) {
  const Sentence& best = reading.sentences()[index];
  const Question& question = reading.question();
  const std::vector<Passage>& passages = reading.passages();
  const TermSet near = best.terms | reading.HeaderOf(best);
  const TermSet& passage = reading.PassageTerms(best.passage);
  const Chunk& chunk = passages[best.passage].chunk;
  const std::string_view text = chunk.text;
  const SourceSpan span = SpanWithin(chunk, best.range.begin, best.range.end);
  const std::string header = ContextualHeader(passages[best.passage].title, span.heading_path);
  SentenceLacks lacks;
  double names = 0;
  for (size_t i = 0; i < question.terms.size(); ++i) {
    const QuestionTerm& term = question.terms[i];
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
  lacks.negation = question.negated && !best.says_needed && !IsNegated(reading.TextOf(best)) &&
                   !IsNegated(header);
  // A reason has no form that could be missed. What stands below the question answers it, whatever its form.
  const bool has_form = MatchOfHeading(reading, index) == HeadingMatch::kNone;
  if (has_form && question.kind != AnswerKind::kAny && question.kind != AnswerKind::kReason) {
    const std::string_view block = text.substr(best.block.begin, best.block.end - best.block.begin);
    const auto version = VersionHeadingIn(span.heading_path);
    const bool is_dated =
        best.kind == BlockKind::kListItem && version &&
        HoldsKind(question.kind, span.heading_path[*version], reading.question_text());
    lacks.kind =
        !is_dated && !HoldsKind(question.kind, reading.TextOf(best), reading.question_text());
    lacks.kind_in_block = lacks.kind && !HoldsKind(question.kind, block, reading.question_text());
  }
  return lacks;
}

double SentenceSupport(const PassageReading& reading, const Sentence& best,
                       const SentenceLacks& lacks) {
  const Question& question = reading.question();
  TermSet anywhere;
  for (uint32_t i = 0; i < reading.passages().size(); ++i) anywhere |= reading.PassageTerms(i);
  double all = 0;
  double known = 0;
  for (size_t i = 0; i < question.terms.size(); ++i) {
    all += question.terms[i].emphasis;
    if (anywhere.test(i)) known += question.terms[i].emphasis;
  }
  const double sum =
      kSupportCoverage * reading.Coverage(best) + kSupportKnown * known / all +
      kSupportWords * std::log(question.words) + kSupportNamesNear * lacks.names_near +
      kSupportNamesPassage * lacks.names_passage + (lacks.number ? kSupportNumber : 0.0) +
      (lacks.negation ? kSupportNegation : 0.0) + (lacks.kind ? kSupportKind : 0.0) +
      (lacks.kind_in_block ? kSupportKindBlock : 0.0) + (lacks.replaced ? kSupportReplaced : 0.0) +
      (lacks.thing ? kSupportThing : 0.0) + (lacks.unknown_name ? kSupportUnknownName : 0.0) +
      kSupportBias;
  return 1.0 / (1.0 + std::exp(-sum));
}

std::string SupportReason(const PassageReading& reading, const Sentence& best,
                          const SentenceLacks& lacks, const TermSet* said,
                          const std::string& language) {
  char share[16];
  std::snprintf(share, sizeof(share), "%.0f", 100 * reading.Coverage(best));
  std::string reason = ReasonText(
      said != nullptr ? Reason::kBestSentence : Reason::kCoveringSentence, language, {share});
  const auto add = [&](Reason one, std::initializer_list<std::string_view> parts) {
    AddReason(ReasonText(one, language, parts), language, reason);
  };
  if (lacks.negation) add(Reason::kDeniesNothing, {});
  if (lacks.kind_in_block) add(Reason::kNamesNo, {KindText(reading.question().kind, language)});
  if (lacks.replaced) {
    add(Reason::kSaysAnother, {lacks.replaced->there, lacks.replaced->asked});
  }
  const std::string missing = WordsWithout(
      reading.question(), said != nullptr ? *said : best.terms | reading.HeaderOf(best));
  if (!missing.empty()) add(Reason::kWordsNotThere, {missing});
  return reason;
}

}  // namespace quarry::model
