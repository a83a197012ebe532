#include "model/translated_question.h"

#include <algorithm>
#include <unordered_map>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/question.h"
#include "model/word_translations.h"

namespace quarry::model {
namespace {

constexpr double kLeastShare = 0.5;  // of the question's words, that a passage has

// A passage's terms, as they are written there; "" where only as a part of a code or in capitals: AD-60 adds nothing.
using WrittenTerms = std::unordered_map<std::string, std::string>;

bool IsWord(std::string_view written) {
  return BeginsWithCjk(written) || std::ranges::any_of(written, IsAsciiLower);
}

WrittenTerms TermsOf(const Passage& passage, const Analyzer& analyzer) {
  WrittenTerms written;
  const auto add = [&](std::string_view text) {
    for (const Token& token : analyzer.Tokenize(text)) {
      const std::string_view word = text.substr(token.begin, token.end - token.begin);
      std::string& known = written[token.term];
      if (known.empty() && IsWord(word)) known = word;
    }
  };
  add(passage.chunk.text);
  add(passage.title);
  for (const std::string& heading : passage.chunk.span.heading_path) add(heading);
  return written;
}

std::string_view AskingWord(AnswerKind kind, bool in_english) {
  switch (kind) {
    case AnswerKind::kNumber:
      return in_english ? "how many" : "多少";
    case AnswerKind::kMoney:
      return in_english ? "how much does it cost" : "多少钱";
    case AnswerKind::kTime:
      return in_english ? "when" : "什么时候";
    case AnswerKind::kPlace:
      return in_english ? "where" : "哪里";
    case AnswerKind::kPerson:
      return in_english ? "who" : "谁";
    case AnswerKind::kReason:
      return in_english ? "why" : "为什么";
    case AnswerKind::kAny:
      break;
  }
  return in_english ? "what" : "什么";
}

bool HoldsDigit(std::string_view word) { return std::ranges::any_of(word, IsAsciiDigit); }

// Word by word nothing is denied: "needs no permit" would be answered by what needs one.
bool DeniesSomething(std::string_view question) {
  return ContainsAny(' ' + Fold(question) + ' ', {"不", "没", "无", "未", "非", " not ", " no ",
                                                  "n't ", " without ", " never ", " except "});
}

// "兼职员工": what holds for others of the kind is no answer.
bool TellsKindsApart(std::string_view word) {
  constexpr std::string_view kWords[] = {
      "兼职",  "全职",   "临时",    "正式",      "试用",   "实习", "旧",   "新",
      "以前",  "以后",   "之前",    "之后",      "国内",   "国外", "海外", "男",
      "女",    "part",   "full",    "temporari", "perman", "old",  "new",  "befor",
      "after", "domest", "foreign", "abroad",    "male",   "femal"};
  const std::string folded = Fold(word);
  return std::ranges::any_of(kWords, [&](std::string_view one) {
    return IsAsciiLetter(one[0]) ? folded == one : folded.starts_with(one);
  });
}

bool HasAny(const std::vector<std::string>& terms,
            const std::function<bool(std::string_view)>& stands) {
  return std::ranges::any_of(terms, stands);
}

// Whether a word stands among the terms: each of its parts, or of what is not translated any term.
bool Has(const TranslatedWord& word, const std::function<bool(std::string_view)>& stands,
         const Analyzer& analyzer) {
  if (!word.parts.empty()) {
    return std::ranges::all_of(word.parts, [&](const auto& part) { return HasAny(part, stands); });
  }
  return std::ranges::any_of(analyzer.Tokenize(word.word),
                             [&](const Token& token) { return stands(token.term); });
}

}  // namespace

double TranslatedQuestion::CoveredBy(const std::function<bool(std::string_view)>& statement,
                                     const Analyzer& analyzer) const {
  size_t had = 0;
  size_t wanted = 0;
  for (const TranslatedWord& word : words) {
    const bool is_there = Has(word, statement, analyzer);
    if (!is_there && TellsKindsApart(word.word)) return 0;
    if (HoldsDigit(word.word)) {
      if (!is_there) return 0;
      continue;
    }
    ++wanted;
    if (is_there) ++had;
  }
  return wanted == 0 ? 0 : static_cast<double>(had) / static_cast<double>(wanted);
}

std::string TranslatedQuestion::Reading() const {
  std::string reading;
  for (const TranslatedWord& word : words) {
    if (word.parts.empty()) continue;
    reading += (reading.empty() ? "" : ", ") + word.word + " =";
    for (const std::vector<std::string>& part : word.parts) reading += ' ' + part.front();
  }
  return reading;
}

Result<std::optional<TranslatedQuestion>> TranslateQuestion(std::string_view question,
                                                            bool to_english,
                                                            const std::vector<Passage>& passages,
                                                            const Analyzer& analyzer) {
  std::optional<TranslatedQuestion> best;
  double best_share = 0;
  const Question asked = AnalyseQuestion(question, analyzer);
  if (asked.negated || DeniesSomething(question)) return best;
  for (const Passage& passage : passages) {
    const WrittenTerms written = TermsOf(passage, analyzer);
    const auto stands = [&](std::string_view term) { return written.contains(std::string(term)); };
    const auto stands_as_word = [&](std::string_view term) {
      const auto at = written.find(std::string(term));
      return at != written.end() && !at->second.empty();
    };
    TranslatedQuestion translated;
    QUARRY_ASSIGN_OR_RETURN(translated.words,
                            TranslateWords(question, to_english, analyzer, stands_as_word));
    const double share = translated.CoveredBy(stands, analyzer);
    if (share < kLeastShare || share <= best_share) continue;
    translated.text = AskingWord(asked.kind, to_english);
    for (const TranslatedWord& word : translated.words) {
      if (word.parts.empty()) translated.text += ' ' + word.word;
      for (const std::vector<std::string>& part : word.parts) {
        translated.text += ' ' + written.at(part.front());
      }
    }
    best_share = share;
    best = std::move(translated);
  }
  return best;
}

}  // namespace quarry::model
