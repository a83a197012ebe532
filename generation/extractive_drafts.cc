#include "generation/extractive_drafts.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/answer_guide.h"
#include "generation/abolished.h"
#include "generation/table_totals.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

// As many of the rows as an answer of the length that the guide asks for may have; without one all.
std::vector<model::ExtractedSentence> RowsToSay(const RowsThatMeet& met, const Query& query,
                                                const Context& context,
                                                const model::ExtractiveOptions& options) {
  const bool is_limited = query.guide != nullptr && (query.guide->length == AnswerLength::kShort ||
                                                     query.guide->length == AnswerLength::kMedium);
  if (!is_limited) return met.rows;
  std::vector<model::ExtractedSentence> rows;
  uint32_t tokens = 0;
  for (const model::ExtractedSentence& row : met.rows) {
    tokens += CountTokens(std::string_view(context.passages[row.passage].chunk.text)
                              .substr(row.range.begin, row.range.end - row.range.begin));
    const bool fits = rows.size() < options.max_sentences && tokens <= options.max_tokens;
    if (!rows.empty() && !fits) break;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

SomePassages::SomePassages(const Context& context, std::vector<uint32_t> places)
    : places_(std::move(places)) {
  for (const uint32_t place : places_) passages_.push_back(context.passages[place]);
}

model::ExtractiveDraft SomePassages::Draft(std::string_view question, const Analyzer& analyzer,
                                           const model::ExtractiveOptions& options,
                                           const model::TranslatedQuestion* translated) const {
  model::ExtractiveDraft draft =
      model::ExtractAnswer(question, passages_, analyzer, options, translated);
  for (model::ExtractedSentence& sentence : draft.sentences) {
    sentence.passage = places_[sentence.passage];
  }
  return draft;
}

model::ExtractiveDraft DraftInForce(const Query& query, const Context& context,
                                    const std::vector<bool>& abolished, const Analyzer& analyzer,
                                    const model::ExtractiveOptions& options) {
  model::ExtractiveDraft draft =
      model::ExtractAnswer(query.text, context.passages, analyzer, options);
  const auto is_abolished = [&](const model::ExtractedSentence& sentence) {
    return abolished[sentence.passage];
  };
  if (draft.declined || std::ranges::none_of(draft.sentences, is_abolished) ||
      !AsksForWhatIsInForce(query.text, context, abolished)) {
    return draft;
  }
  if (!is_abolished(draft.sentences.front())) {
    std::erase_if(draft.sentences, is_abolished);
    return draft;
  }
  std::vector<uint32_t> others;
  for (uint32_t i = 0; i < context.passages.size(); ++i) {
    if (!abolished[i]) others.push_back(i);
  }
  model::ExtractiveDraft in_force =
      SomePassages(context, std::move(others)).Draft(query.text, analyzer, options);
  if (!in_force.declined && !in_force.sentences.empty()) return in_force;
  std::erase_if(draft.sentences, std::not_fn(is_abolished));
  std::ranges::min_element(draft.sentences, {}, &model::ExtractedSentence::place)->lead =
      AnswerLanguage(query) == "zh" ? "以下出自已废止的文件："
                                    : "From a document that is no longer in force: ";
  return draft;
}

void TakeRows(const RowsThatMeet& met, const Query& query, const Context& context,
              const model::ExtractiveOptions& options, model::ExtractiveDraft& draft) {
  const std::string& language = options.language;
  const auto give_reason = [&](Reason reason, std::initializer_list<std::string_view> parts) {
    draft.reason = ReasonText(reason, language, parts);
    draft.says_another = false;
  };
  if (met.is_sure) draft = {.support = kSupportOfRows};
  if (met.total) {
    if (draft.declined) draft.support = kSupportOfRows;
    draft.declined = false;
    draft.left_out = 0;
    draft.sentences = met.rows;
    draft.sentences.front().lead = TotalText(*met.total, language);
    give_reason(Reason::kRowsMeet, {std::to_string(met.count)});
    return;
  }
  if (met.rows.empty()) {
    if (draft.declined) return;
    draft.declined = true;
    draft.support = 0;
    give_reason(Reason::kNoRowMeets, {});
    return;
  }
  if (draft.declined && !met.has_all_words) return;
  if (draft.declined) draft.support = kSupportOfRows;
  draft.declined = false;
  draft.left_out = 0;
  draft.sentences = RowsToSay(met, query, context, options);
  std::string count = std::to_string(draft.sentences.size());
  if (draft.sentences.size() < met.count) {
    count += language == "zh" ? "/" : " of ";
    count += std::to_string(met.count);
  }
  give_reason(Reason::kRowsMeet, {count});
}

size_t AddPart(const std::vector<model::ExtractedSentence>& part, size_t most,
               std::vector<model::ExtractedSentence>& said) {
  const size_t first = said.size();
  size_t taken = 0;
  for (const model::ExtractedSentence& sentence : part) {
    const bool is_beside = taken > 0 && !sentence.lead.empty();
    if (taken == most && !is_beside) continue;
    if (!is_beside) ++taken;
    const auto again = std::ranges::find_if(said, [&](const model::ExtractedSentence& other) {
      return Overlap(other, sentence.passage, sentence.range);
    });
    if (again == said.end()) {
      said.push_back(sentence);
      continue;
    }
    // It is shown from where it answers either part; one of them may need it whole.
    ByteRange& shown = again->answering;
    const ByteRange& theirs = sentence.answering;
    const bool is_whole = shown.end == 0 || theirs.end == 0;
    shown = is_whole
                ? ByteRange()
                : ByteRange{std::min(shown.begin, theirs.begin), std::max(shown.end, theirs.end)};
  }
  // In the order of the part; the parts are told in theirs.
  const auto own = said.begin() + static_cast<ptrdiff_t>(first);
  std::stable_sort(own, said.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  std::for_each(own, said.end(), [](auto& sentence) { sentence.place = UINT32_MAX; });
  const auto is_line = [&](size_t i) { return i < said.size() && said[i].lead.starts_with('\n'); };
  if (first > 0 && first < said.size() && said[first].lead.empty() &&
      (is_line(first - 1) || is_line(first + 1))) {
    said[first].lead = "\n";
  }
  return said.size() - first;
}

bool Overlap(const model::ExtractedSentence& sentence, uint32_t passage, ByteRange range) {
  return sentence.passage == passage && sentence.range.begin < range.end &&
         range.begin < sentence.range.end;
}

}  // namespace quarry::generation
