#include "generation/extractive_writer.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "base/text.h"
#include "generation/abolished.h"
#include "generation/abstention.h"
#include "generation/across_languages.h"
#include "generation/ask_back.h"
#include "generation/citations.h"
#include "generation/conflicts.h"
#include "generation/contradiction.h"
#include "generation/extreme_row.h"
#include "generation/planted_instructions.h"
#include "generation/premise.h"
#include "generation/spelling.h"
#include "generation/table_conditions.h"
#include "model/answer_reasons.h"
#include "model/quotable.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr std::string_view kModel = "extractive";
// Changes when the same context, options and question would give another answer.
constexpr uint64_t kExtractiveWriterVersion = 15;
constexpr size_t kMostChoices = 6;  // that are named
constexpr double kMeetsAll = 0.9;   // support of rows that have all that the question says

std::string FingerprintOf(const model::ExtractiveOptions& options) {
  return std::string(kModel) + '/' + std::to_string(kExtractiveWriterVersion) + '/' +
         std::to_string(options.max_sentences) + '/' + std::to_string(options.max_tokens) + '/' +
         std::to_string(options.decline_below);
}

// As the guide wants them.
model::ExtractiveOptions OptionsFor(const Query& query, model::ExtractiveOptions options) {
  options.language = AnswerLanguage(query);
  if (query.guide == nullptr) return options;
  if (query.guide->decline_below) options.decline_below = *query.guide->decline_below;
  switch (query.guide->length) {
    case AnswerLength::kAsConfigured:
      break;
    case AnswerLength::kShort:
      options.max_sentences = 1;
      break;
    case AnswerLength::kMedium:
      options.max_sentences = 3;
      break;
    case AnswerLength::kLong:
      options.max_sentences = 6;
      options.max_tokens *= 2;
      break;
  }
  return options;
}

// Long sentences begin where they answer, behind a mark of what is left out; not where a long answer is wanted.
void QuoteAnsweringParts(const Query& query, std::vector<model::ExtractedSentence>& sentences) {
  if (query.guide != nullptr && query.guide->length == AnswerLength::kLong) return;
  const bool chinese = AnswerLanguage(query) == "zh";
  for (model::ExtractedSentence& sentence : sentences) {
    if (sentence.answering.end == 0 || sentence.answering == sentence.range) continue;
    sentence.range = sentence.answering;
    sentence.lead += chinese ? "……" : "… ";
  }
}

// The answer from what is in force: passages of documents that say of themselves that they are not stand
// behind the others, and where only they answer that is said.
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
  std::vector<Passage> passages;
  std::vector<uint32_t> places;
  for (uint32_t i = 0; i < context.passages.size(); ++i) {
    if (abolished[i]) continue;
    passages.push_back(context.passages[i]);
    places.push_back(i);
  }
  model::ExtractiveDraft in_force = model::ExtractAnswer(query.text, passages, analyzer, options);
  if (!in_force.declined && !in_force.sentences.empty()) {
    for (model::ExtractedSentence& sentence : in_force.sentences) {
      sentence.passage = places[sentence.passage];
    }
    return in_force;
  }
  std::erase_if(draft.sentences, std::not_fn(is_abolished));
  draft.sentences.front().lead = AnswerLanguage(query) == "zh"
                                     ? "以下出自已废止的文件："
                                     : "From a document that is no longer in force: ";
  return draft;
}

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

// The rows that meet the conditions of the question, instead of what was drafted by its words.
void TakeRows(const RowsThatMeet& met, const Query& query, const Context& context,
              const model::ExtractiveOptions& options, model::ExtractiveDraft& draft) {
  const std::string& language = options.language;
  if (met.rows.empty()) {
    if (draft.declined) return;
    draft.declined = true;
    draft.support = 0;
    draft.reason = ReasonText(Reason::kNoRowMeets, language);
    return;
  }
  if (draft.declined && !met.has_all_words) return;
  if (draft.declined) draft.support = kMeetsAll;
  draft.declined = false;
  draft.sentences = RowsToSay(met, query, context, options);
  std::string count = std::to_string(draft.sentences.size());
  if (draft.sentences.size() < met.count) {
    count += language == "zh" ? "/" : " of ";
    count += std::to_string(met.count);
  }
  draft.reason = ReasonText(Reason::kRowsMeet, language, {count});
}

// Nothing is quoted that orders whoever answers: it is written to be said, and answers no question. A question about
// such orders is told of them.
Context ReadableOf(const Query& query, const Context& context) {
  Context readable = context;
  if (OrdersTheAnswerer(query.text)) return readable;
  for (Passage& passage : readable.passages) {
    passage.chunk.text = WithoutOrders(passage.chunk.text);
  }
  return readable;
}

// What of the guide has no effect without a model; "" where all has.
std::string NoteOf(const Query& query) {
  const std::string parts = query.guide == nullptr ? "" : query.guide->NeedsModel();
  return parts.empty() ? parts : ReasonText(Reason::kNeedsModel, AnswerLanguage(query), {parts});
}

// Sentence by sentence, as a reader would want to see it arrive.
Status StreamSentences(const Answer& answer, const AnswerSink& sink) {
  size_t begin = 0;
  for (size_t i = 0; i <= answer.citations.size() && begin < answer.text.size(); ++i) {
    const size_t end = i + 1 < answer.citations.size()
                           ? static_cast<size_t>(answer.citations[i + 1].answer_span.begin)
                           : answer.text.size();
    if (!sink(std::string_view(answer.text).substr(begin, end - begin))) {
      return CancelledError("the reader of the answer went away");
    }
    begin = end;
  }
  return OkStatus();
}

}  // namespace

ExtractiveWriter::ExtractiveWriter(const Analyzer& analyzer, model::TokenCounter& counter,
                                   model::ExtractiveOptions options)
    : analyzer_(analyzer),
      counter_(counter),
      options_(options),
      fingerprint_(FingerprintOf(options)) {}

// Behind what is said, what other sources say differently.
size_t ExtractiveWriter::AddConflicts(const Query& query, const Context& context,
                                      const std::vector<bool>& abolished,
                                      std::vector<model::ExtractedSentence>& sentences) const {
  const model::ExtractedSentence first = sentences.front();
  const std::vector<Conflict> conflicts =
      FindConflicts(query.text, context, first.passage, first.range, analyzer_);
  const bool chinese = AnswerLanguage(query) == "zh";
  size_t added = 0;
  const bool is_in_force =
      !abolished[first.passage] && AsksForWhatIsInForce(query.text, context, abolished);
  for (const Conflict& conflict : conflicts) {
    // What is no longer in force contradicts nothing that is.
    if (is_in_force && abolished[conflict.passage]) continue;
    ++added;
    const auto is_there = [&](const model::ExtractedSentence& sentence) {
      return sentence.passage == conflict.passage && sentence.range.begin < conflict.range.end &&
             conflict.range.begin < sentence.range.end;
    };
    std::erase_if(sentences, is_there);
    std::string lead = chinese ? "另一来源的说法不同：" : "Another source says otherwise: ";
    if (conflict.changes)
      lead = chinese ? "另一来源说有变更：" : "Another source tells of a change: ";
    sentences.push_back({.passage = conflict.passage,
                         .range = conflict.range,
                         .score = first.score,
                         .lead = std::move(lead)});
  }
  return added;
}

std::vector<model::ExtractedSentence> ExtractiveWriter::Reply(const Query& query,
                                                              const Context& context,
                                                              const model::ExtractiveDraft& draft,
                                                              bool has_rows, Answer& answer) const {
  const std::string& question = query.text;
  const std::string language = AnswerLanguage(query);
  const bool chinese = language == "zh";
  answer.verdict = {.label = Support::kSupported, .score = 1, .reason = ""};
  if (const auto contradiction = FindContradiction(question)) {
    answer.kind = ReplyKind::kContradiction;
    answer.text = ContradictionText(*contradiction, question);
    answer.verdict.label = Support::kUnchecked;
    answer.verdict.reason = ReasonText(Reason::kContradictsItself, language);
    return {};
  }
  if (const auto premise = FindFalsePremise(question, context, analyzer_)) {
    answer.kind = ReplyKind::kFalsePremise;
    answer.verdict.reason = ReasonText(Reason::kFalsePremise, language);
    return {{.passage = premise->passage,
             .range = premise->range,
             .score = 1,
             .lead = chinese ? "文档中的说法与问题的前提不同："
                             : "The documents say otherwise than the question assumes: "}};
  }
  std::vector<model::ExtractedSentence> sentences;
  if (draft.sentences.empty() || has_rows) return sentences;
  const std::vector<Choice> choices =
      FindChoices(question, context, draft.sentences.front(), analyzer_);
  for (const Choice& choice : choices) {
    if (sentences.size() == kMostChoices) break;
    // A row of a table names its document itself (ComposeCitedText).
    const Passage& passage = context.passages[choice.passage];
    const bool is_row = model::BlockKindAt(passage.chunk, choice.range.begin) == BlockKind::kTable;
    sentences.push_back({.passage = choice.passage,
                         .range = choice.range,
                         .score = 1,
                         .lead = is_row ? "\n" : '\n' + passage.title + " — "});
  }
  if (choices.empty()) return sentences;
  const std::string count = std::to_string(choices.size());
  answer.kind = ReplyKind::kAskBack;
  answer.verdict.reason = ReasonText(Reason::kFitsSeveral, language, {count});
  sentences.front().lead.insert(
      0, chinese ? "这个问题可能指" + count + "样东西，您指的是哪一个？"
                 : "The question fits " + count + " things. Which one do you mean?");
  return sentences;
}

double ExtractiveWriter::SupportOf(const Query& query, const Context& context) const {
  const std::string question = SpelledAsIn(context, query.text);
  const model::ExtractiveDraft draft =
      model::ExtractAnswer(question, context.passages, analyzer_, OptionsFor(query, options_));
  if (!draft.declined || draft.sentences.empty()) return draft.support;
  const auto met = FindRowsThatMeet(question, context, draft.sentences.front(), analyzer_);
  return met && !met->rows.empty() && met->has_all_words ? kMeetsAll : draft.support;
}

Status ExtractiveWriter::Write(const Query& query, const index::Snapshot& snapshot,
                               const AnswerSink& sink, const CallContext&, Answer& answer) const {
  answer.model = kModel;
  answer.note = NoteOf(query);
  Query read = query;
  read.text = SpelledAsIn(answer.context, query.text);
  const Context readable = ReadableOf(query, answer.context);
  const std::vector<bool> abolished = AbolishedPassages(readable);
  const model::ExtractiveOptions options = OptionsFor(query, options_);
  model::ExtractiveDraft draft = DraftInForce(read, readable, abolished, analyzer_, options);
  if (const auto own = readable.own_support) {
    draft.support = std::min(draft.support, *own);
    draft.declined = draft.declined || draft.support < options.decline_below;
  }
  std::optional<RowsThatMeet> met;
  if (!draft.sentences.empty())
    met = FindRowsThatMeet(read.text, readable, draft.sentences.front(), analyzer_);
  const bool has_rows = met && !met->rows.empty();
  std::vector<model::ExtractedSentence> sentences = Reply(read, readable, draft, has_rows, answer);
  if (answer.kind == ReplyKind::kAnswer) {
    if (met) TakeRows(*met, query, readable, options, draft);
    std::optional<DraftAcross> across;
    if (draft.support < kSureOfOwnLanguage) {
      QUARRY_ASSIGN_OR_RETURN(across, ExtractAcrossLanguages(read, readable, draft.support,
                                                             abolished, analyzer_, options));
    }
    if (across) {
      draft = std::move(across->draft);
      model::AddReason(ReasonText(Reason::kReadAcross, options.language, {across->words}),
                       options.language, draft.reason);
    }
    answer.abstained = draft.declined;
    answer.verdict = {.label = draft.declined ? Support::kUnsupported : Support::kSupported,
                      .score = draft.support,
                      .reason = draft.reason};
    if (!draft.declined) {
      sentences = std::move(draft.sentences);
      const auto row = FindExtremeRow(read.text, readable, sentences.front(), analyzer_);
      if (row && !has_rows && !across) sentences = {*row};
    }
    if (draft.declined) {
      answer.text = AbstentionText(query, answer.context, snapshot);
    } else if (!across && AddConflicts(read, readable, abolished, sentences) > 0) {
      const std::string language = AnswerLanguage(query);
      model::AddReason(ReasonText(Reason::kSourcesDiffer, language), language,
                       answer.verdict.reason);
    }
    QuoteAnsweringParts(query, sentences);
  }
  if (!sentences.empty()) {
    OrderByUse(sentences, answer.context);
    CitedText composed = ComposeCitedText(sentences, answer.context);
    answer.text = std::move(composed.text);
    answer.citations = std::move(composed.citations);
    // Every sentence is quoted from its source, so each is supported by construction.
    const std::string quoted = ReasonText(Reason::kQuoted, AnswerLanguage(query));
    for (const Citation& citation : answer.citations) {
      answer.sentences.push_back(
          {citation.answer_span, {.label = Support::kSupported, .score = 1, .reason = quoted}});
    }
  }
  QUARRY_ASSIGN_OR_RETURN(const uint64_t asked, counter_.Count(query.text));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t answered, counter_.Count(answer.text));
  answer.usage.prompt_tokens += answer.context.token_count + static_cast<uint32_t>(asked);
  answer.usage.completion_tokens += static_cast<uint32_t>(answered);
  return sink ? StreamSentences(answer, sink) : OkStatus();
}

}  // namespace quarry::generation
