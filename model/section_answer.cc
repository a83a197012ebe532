#include "model/section_answer.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/document.h"
#include "model/answer_kind.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr double kIsQuestion =
    0.8;  // share of the question's weight in a heading that is the question

constexpr std::string_view kAskingHeads[] = {"how",  "what",  "which",  "who",  "whose", "why",
                                             "when", "where", "can",    "may",  "is",    "are",
                                             "do",   "does",  "should", "will", "must"};
constexpr std::string_view kAskingParts[] = {"如何", "怎么", "怎麼", "怎样", "怎樣", "什么",
                                             "什麼", "为何", "為何", "是否", "能否", "可否",
                                             "多少", "哪",   "谁",   "誰",   "吗",   "嗎"};

bool HoldsAny(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(parts,
                             [&](std::string_view part) { return text.find(part) != text.npos; });
}

bool AsksAsHeading(std::string_view heading) {
  if (heading.ends_with('?') || heading.ends_with("？")) return true;
  const std::vector<Word> words = Words(heading);
  return (!words.empty() && Among(AsciiLower(words[0].text), kAskingHeads)) ||
         HoldsAny(heading, kAskingParts);
}

std::vector<std::string> HeadingsOver(const PassageReading& reading, size_t index) {
  const Sentence& sentence = reading.sentences()[index];
  return SpanWithin(reading.passages()[sentence.passage].chunk, sentence.range.begin,
                    sentence.range.end)
      .heading_path;
}

// The sentences of a section, [begin, end).
struct SectionBounds {
  size_t begin = 0;
  size_t end = 0;
};

SectionBounds SectionAround(const PassageReading& reading, size_t index) {
  const std::vector<Sentence>& all = reading.sentences();
  const std::vector<std::string> headings = HeadingsOver(reading, index);
  const auto is_in = [&](size_t i) {
    return all[i].passage == all[index].passage && HeadingsOver(reading, i) == headings;
  };
  SectionBounds bounds{index, index + 1};
  while (bounds.begin > 0 && is_in(bounds.begin - 1)) --bounds.begin;
  while (bounds.end < all.size() && is_in(bounds.end)) ++bounds.end;
  return bounds;
}

bool HoldsNames(const PassageReading& reading, const TermSet& held) {
  const std::vector<QuestionTerm>& terms = reading.question().terms;
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].is_name && !held.test(i)) return false;
  }
  return true;
}

bool IsProse(BlockKind kind) { return kind == BlockKind::kParagraph || kind == BlockKind::kQuote; }

std::optional<SectionAnswer> HeadedByQuestion(const PassageReading& reading, size_t best,
                                              const ExtractiveOptions& options) {
  const std::vector<Sentence>& all = reading.sentences();
  if (!IsProse(all[best].kind)) return std::nullopt;
  const std::vector<std::string> headings = HeadingsOver(reading, best);
  if (headings.empty()) return std::nullopt;
  const std::string& heading = headings.back();
  if (reading.question().kind != AnswerKind::kAny && !AsksAsHeading(heading)) return std::nullopt;
  const TermSet held = reading.TermsIn(heading);
  const bool is_question = reading.WeightOf(held) >= kIsQuestion * reading.total();
  if (!is_question || !HoldsNames(reading, held)) return std::nullopt;
  const SectionBounds section = SectionAround(reading, best);
  SectionAnswer answer;
  uint32_t tokens = 0;
  for (size_t i = section.begin; i < section.end; ++i) {
    tokens += all[i].tokens;
    if (!IsProse(all[i].kind) || answer.pieces.size() == options.max_sentences ||
        tokens > options.max_tokens) {
      break;
    }
    answer.pieces.push_back({i, all[i].range});
  }
  if (best - section.begin >= answer.pieces.size()) return std::nullopt;
  return answer;
}

}  // namespace

std::optional<SectionAnswer> FindSectionAnswer(const PassageReading& reading, size_t best,
                                               const ExtractiveOptions& options) {
  return HeadedByQuestion(reading, best, options);
}

}  // namespace quarry::model
