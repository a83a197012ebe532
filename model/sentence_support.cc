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
// What pairs of Chinese characters say of each other (question.h) leaves less to be missed than when the above was fitted:
// of Chinese questions without an answer as many are declined as then.
constexpr double kSupportChinese = -0.25;

// A term of less says little, or is a pair of Chinese characters of two words.
constexpr double kLeastMissed = 0.7;

// Of what is missing of Chinese, which is sought in pairs of characters, whole words: 上海 of 去上海一天, no pair that is
// none. A word of one character that is missing alone is part of what it stands in, 劳保帽. `is_missing` by byte of the
// text.
void KeepWholeWords(const Question& question, std::vector<bool>& is_missing) {
  const std::vector<ChineseWord>& words = question.chinese_words;
  std::vector<bool> is_shown;
  for (const ChineseWord& word : words) {
    const auto begin = is_missing.begin() + static_cast<ptrdiff_t>(word.range.begin);
    const auto end = is_missing.begin() + static_cast<ptrdiff_t>(word.range.end);
    is_shown.push_back(!word.is_function && std::find(begin, end, false) == end);
  }
  const auto are_joined = [&](size_t i) {
    return i > 0 && i < words.size() && words[i - 1].range.end == words[i].range.begin &&
           !words[i - 1].is_function && !words[i].is_function;
  };
  const std::vector<bool> is_missing_word = is_shown;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_missing_word[i] || words[i].characters > 1 ||
        (are_joined(i) && is_missing_word[i - 1]) ||
        (are_joined(i + 1) && is_missing_word[i + 1])) {
      continue;
    }
    const size_t begin = are_joined(i) ? i - 1 : i;
    const size_t end = are_joined(i + 1) ? i + 2 : i + 1;
    // Alone it says nothing.
    std::fill(is_shown.begin() + static_cast<ptrdiff_t>(begin),
              is_shown.begin() + static_cast<ptrdiff_t>(end), end - begin > 1);
  }
  for (size_t i = 0; i < words.size(); ++i) {
    std::fill(is_missing.begin() + static_cast<ptrdiff_t>(words[i].range.begin),
              is_missing.begin() + static_cast<ptrdiff_t>(words[i].range.end), is_shown[i]);
  }
}

// The words of the question, as it writes them, that none of `found` covers. Pairs of Chinese
// characters overlap: a character that a found pair holds is not missing. A code is missing as a
// whole, whatever of its parts is found.
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
  mark(true, [](const QuestionTerm& term) { return term.emphasis >= kLeastMissed; });
  mark(false, [](const QuestionTerm&) { return true; });
  mark(true, [](const QuestionTerm& term) { return term.has_digit; });
  KeepWholeWords(question, is_missing);
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
      (!reading.is_across() && reading.in_chinese() ? kSupportChinese : 0.0) + kSupportBias;
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
