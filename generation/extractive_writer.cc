#include "generation/extractive_writer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "base/ascii.h"
#include "base/text.h"
#include "generation/abolished.h"
#include "generation/abstention.h"
#include "generation/ask_back.h"
#include "generation/asked_rows.h"
#include "generation/asked_thing.h"
#include "generation/bridge.h"
#include "generation/citations.h"
#include "generation/conflicts.h"
#include "generation/contradiction.h"
#include "generation/extractive_drafts.h"
#include "generation/planted_instructions.h"
#include "generation/premise.h"
#include "generation/question_parts.h"
#include "generation/spelling.h"
#include "generation/table_conditions.h"
#include "generation/table_totals.h"
#include "generation/told_cells.h"
#include "generation/whole_table.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr std::string_view kModel = "extractive";
// Changes when the same context, options and question would give another answer.
constexpr uint64_t kExtractiveWriterVersion = 22;
constexpr size_t kMostChoices = 6;  // that are named
constexpr uint32_t kItemsOfShortAnswer = 3;

// Of a table that is asked about, be all of it there or not: the rest is looked for later (whole_table.h).
constexpr auto kAnyDocument = [](const DocumentId&) { return true; };

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
      options.max_items = kItemsOfShortAnswer;
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

// Long sentences begin where they answer, behind a mark of what is left out; not where a long answer is wanted, nor in the
// other language, where the words that tell it are a dictionary's. Others begin with the few words before them that answer.
void QuoteAnsweringParts(const Query& query, const Context& context,
                         std::vector<model::ExtractedSentence>& sentences) {
  const std::string other = OtherLanguageThanOf(query.text);
  const bool is_long = query.guide != nullptr && query.guide->length == AnswerLength::kLong;
  const bool chinese = AnswerLanguage(query) == "zh";
  for (model::ExtractedSentence& sentence : sentences) {
    if (sentence.answering.end == 0 || sentence.answering == sentence.range) continue;
    const bool is_cut = sentence.answering.begin > sentence.range.begin;
    const std::string& language = context.passages[sentence.passage].language;
    if (is_cut && (is_long || (!other.empty() && language == other))) continue;
    sentence.range = sentence.answering;
    if (is_cut) sentence.lead += chinese ? "……" : "… ";
  }
}

// Whether a draft was declined for another thing of the kind in the place of the one asked about: the documents speak
// of it in the question's language, and a word's translation would fit the other just as well.
bool IsOfAnotherThing(const model::ExtractiveDraft& draft) {
  return draft.declined && draft.says_another;
}

// Where passages in the other language took the place of some, what the question's own says is as sure as it was with all.
void HoldToOwnSupport(const Context& context, const model::ExtractiveOptions& options,
                      model::ExtractiveDraft& draft) {
  if (!context.own_support) return;
  draft.support = std::min(draft.support, *context.own_support);
  draft.declined = draft.declined || draft.support < options.decline_below;
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

// Whether a quote reaches over what was taken out as an order, and would tell it: code is quoted whole.
bool HoldsOrders(const Context& readable, const Context& context, uint32_t passage,
                 ByteRange range) {
  const auto text = [&](const Context& of) {
    return std::string_view(of.passages[passage].chunk.text)
        .substr(range.begin, range.end - range.begin);
  };
  return text(readable) != text(context);
}

// Of sentences or choices.
template <typename Quote>
void DropWhatHoldsOrders(const Context& readable, const Context& context,
                         std::vector<Quote>& quotes) {
  std::erase_if(quotes, [&](const Quote& one) {
    return HoldsOrders(readable, context, one.passage, one.range);
  });
}

// What of the guide has no effect without a model; "" where all has.
std::string NoteOf(const Query& query) {
  const std::string parts = query.guide == nullptr ? "" : query.guide->NeedsModel();
  return parts.empty() ? parts : ReasonText(Reason::kNeedsModel, AnswerLanguage(query), {parts});
}

// What of a sentence stands behind a label that only says what is said before it anyway: "Changed: ...".
ByteRange BehindChangeLabel(std::string_view text, ByteRange range) {
  const std::string_view sentence = text.substr(range.begin, range.end - range.begin);
  for (const std::string_view colon : {":", "："}) {
    const size_t end = sentence.find(colon);
    if (end == sentence.npos) continue;
    const std::string label = AsciiLower(TrimBlanks(sentence.substr(0, end)));
    if (!IsOneOf(label, {"changed", "change", "changes", "变更", "更改", "变动", "调整"})) continue;
    const size_t rest = sentence.find_first_not_of(' ', end + colon.size());
    if (rest != sentence.npos) range.begin += rest;
    break;
  }
  return range;
}

// Whether few of the chunks have a name: the rarest of its terms.
IsRareName IsRareIn(const index::Snapshot& snapshot, const Analyzer& analyzer) {
  constexpr uint64_t kFew = 16;
  constexpr uint64_t kFewOf = 5;  // or one of so many
  return [&](std::string_view name) {
    uint64_t frequency = snapshot.live_chunks();
    for (const Token& token : analyzer.Tokenize(name))
      frequency = std::min(frequency, snapshot.lexical().DocumentFrequency(token.term));
    return frequency <= kFew || frequency <= snapshot.live_chunks() / kFewOf;
  };
}

// The terms of the question that nothing in the collection has. None for a caller who may not read all of it: he would
// learn which words the rest has.
std::vector<std::string> UnknownTerms(const Query& query, const index::Snapshot& snapshot,
                                      const Analyzer& analyzer) {
  std::vector<std::string> unknown;
  if (!query.principals.unrestricted) return unknown;
  for (Token& token : analyzer.Tokenize(query.text)) {
    if (snapshot.lexical().DocumentFrequency(token.term) == 0)
      unknown.push_back(std::move(token.term));
  }
  return unknown;
}

// Both statements in the place of what was drafted.
void SayBridge(const Bridge& bridge, std::string_view language, model::ExtractiveDraft& draft) {
  constexpr double kSupportOfBridge = 0.6;
  draft = {.support = kSupportOfBridge};
  draft.reason = ReasonText(Reason::kTwoDocuments, language, {bridge.name});
  for (const BridgeStatement& one : {bridge.names, bridge.answers})
    draft.sentences.push_back({.passage = one.passage, .range = one.range, .score = 1});
}

// Behind a list that is not told to its end.
std::string LeftOutText(size_t items, std::string_view language) {
  const std::string count = std::to_string(items);
  return language == "zh" ? "\n另有 " + count + " 项。" : "\nAnd " + count + " more.";
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
  size_t differing = 0;
  const bool is_in_force =
      !abolished[first.passage] && AsksForWhatIsInForce(query.text, context, abolished);
  for (const Conflict& conflict : conflicts) {
    // What is no longer in force contradicts nothing that is.
    if (is_in_force && abolished[conflict.passage]) continue;
    differing += conflict.agrees ? 0 : 1;
    std::erase_if(sentences, [&](const model::ExtractedSentence& sentence) {
      return Overlap(sentence, conflict.passage, conflict.range);
    });
    std::string lead = chinese ? "另一来源的说法不同：" : "Another source says otherwise: ";
    ByteRange range = conflict.range;
    if (conflict.changes) {
      lead = chinese ? "另一来源说有变更：" : "Another source tells of a change: ";
      range = BehindChangeLabel(context.passages[conflict.passage].chunk.text, range);
    }
    sentences.push_back({.passage = conflict.passage,
                         .range = range,
                         .score = first.score,
                         .lead = std::move(lead)});
  }
  return differing;
}

ExtractiveWriter::PartDraft ExtractiveWriter::DraftReading(
    const Query& query, const Context& context, const std::vector<bool>& abolished,
    const model::ExtractiveOptions& options) const {
  PartDraft drafted;
  model::ExtractiveDraft& draft = drafted.draft;
  draft = DraftInForce(query, context, abolished, analyzer_, options);
  if (draft.sentences.empty()) return drafted;
  const auto met = FindRowsThatMeet(query.text, context, draft.sentences.front(), false, analyzer_);
  drafted.has_rows = met && !met->rows.empty();
  if (met) TakeRows(*met, query, context, options, draft);
  if (draft.declined) return drafted;
  if (AddConflicts(query, context, abolished, draft.sentences) > 0) {
    model::AddReason(ReasonText(Reason::kSourcesDiffer, options.language), options.language,
                     draft.reason);
  }
  return drafted;
}

ExtractiveWriter::PartDraft ExtractiveWriter::DraftPart(
    const QuestionPart& part, Query query, const Context& context,
    const std::vector<bool>& abolished, const model::ExtractiveOptions& options) const {
  const StandaloneQuestion& standalone = part.standalone;
  query.text = standalone.text;
  PartDraft alone = DraftReading(query, context, abolished, options);
  if (standalone.with_topic.empty() || standalone.with_topic == standalone.text) return alone;
  query.text = standalone.with_topic;
  PartDraft of_topic = DraftReading(query, context, abolished, options);
  if (of_topic.draft.declined) return alone;
  // Within one question a part that names nothing is more likely about what is named before it. Where both readings
  // lead to one sentence, the surer one says less beside it.
  const auto& first = of_topic.draft.sentences.front();
  const bool is_same =
      !alone.draft.declined && Overlap(alone.draft.sentences.front(), first.passage, first.range);
  return is_same && alone.draft.support > of_topic.draft.support ? alone : of_topic;
}

std::optional<model::ExtractiveDraft> ExtractiveWriter::DraftParts(
    const Query& query, const Context& context, const std::vector<bool>& abolished,
    const model::ExtractiveOptions& options) const {
  const std::vector<QuestionPart> parts = PartsOfQuestion(query.text);
  if (parts.empty()) return std::nullopt;
  const size_t most = std::max<size_t>(1, (options.max_sentences + 1) / parts.size());
  model::ExtractiveDraft joined;
  std::string not_found;
  const auto add = [&](const model::ExtractiveDraft& draft, size_t most_of_part) {
    const size_t first = joined.sentences.size();
    const size_t added = AddPart(draft.sentences, most_of_part, joined.sentences);
    if (added == 0) return added;
    // Behind the list that it is of.
    if (joined.left_out > 0) {
      std::string& lead = joined.sentences[first].lead;
      if (!lead.starts_with('\n')) lead.insert(0, "\n");
      lead.insert(0, LeftOutText(joined.left_out, options.language));
    }
    joined.left_out = draft.left_out;
    return added;
  };
  for (const QuestionPart& part : parts) {
    const PartDraft drafted = DraftPart(part, query, context, abolished, options);
    if (drafted.draft.declined) {
      not_found += (not_found.empty() ? "" : " ") + part.said;
      continue;
    }
    // What is said is as sure as its weakest part.
    if (joined.sentences.empty() || drafted.draft.support < joined.support) {
      joined.support = drafted.draft.support;
      joined.reason = drafted.draft.reason;
      joined.says_another = drafted.draft.says_another;
    }
    const size_t of_part = drafted.has_rows ? drafted.draft.sentences.size() : most;
    if (add(drafted.draft, of_part) > 0 || !part.leans()) continue;
    // The words of the parts before it lead back to what answers those.
    std::vector<uint32_t> places;
    for (const model::ExtractedSentence& sentence : joined.sentences) {
      if (std::ranges::find(places, sentence.passage) == places.end())
        places.push_back(sentence.passage);
    }
    const model::ExtractiveDraft within =
        SomePassages(context, std::move(places)).Draft(part.said, analyzer_, options);
    if (!within.declined) add(within, 1);
  }
  if (joined.sentences.empty()) return std::nullopt;
  if (!not_found.empty()) {
    model::AddReason(ReasonText(Reason::kPartNotFound, options.language, {not_found}),
                     options.language, joined.reason);
  }
  return joined;
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
  if (const auto premise = FindFalsePremise(question, context, analyzer_);
      premise && !HoldsOrders(context, answer.context, premise->passage, premise->range)) {
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
  std::vector<Choice> choices = FindChoices(question, context, draft.sentences, analyzer_);
  DropWhatHoldsOrders(context, answer.context, choices);
  if (choices.size() < 2) return sentences;
  for (const Choice& choice : choices) {
    if (sentences.size() == kMostChoices) break;
    // A row of a table names its document itself.
    const Passage& passage = context.passages[choice.passage];
    const bool is_row = StandsBehindSubject(passage, choice.range.begin);
    sentences.push_back({.passage = choice.passage,
                         .range = choice.range,
                         .score = 1,
                         .lead = is_row ? "\n" : '\n' + passage.title + " — "});
  }
  const std::string count = std::to_string(choices.size());
  answer.kind = ReplyKind::kAskBack;
  answer.verdict.reason = ReasonText(Reason::kFitsSeveral, language, {count});
  sentences.front().lead.insert(
      0, chinese ? "这个问题可能指" + count + "样东西，您指的是哪一个？"
                 : "The question fits " + count + " things. Which one do you mean?");
  return sentences;
}

model::ExtractiveOptions ExtractiveWriter::OptionsIn(const Query& query,
                                                     const index::Snapshot& snapshot) const {
  model::ExtractiveOptions options = OptionsFor(query, options_);
  options.unknown = UnknownTerms(query, snapshot, analyzer_);
  return options;
}

Result<OwnAnswer> ExtractiveWriter::OwnAnswerIn(const Query& query, const index::Snapshot& snapshot,
                                                const Context& context) const {
  Query read = query;
  read.text = SpelledAsIn(context, query.text);
  const std::string& question = read.text;
  QUARRY_ASSIGN_OR_RETURN(const std::optional<RowsThatMeet> asked,
                          FindAskedRows(question, context, kAnyDocument, analyzer_));
  if (asked) return OwnAnswer{.support = kSupportOfRows};
  const model::ExtractiveOptions options = OptionsIn(read, snapshot);
  model::ExtractiveDraft draft =
      model::ExtractAnswer(question, context.passages, analyzer_, options);
  HoldToWhatIsAsked(question, context, options, analyzer_, draft);
  OwnAnswer own = OwnAnswerOf(query, draft, context);
  if (IsOfAnotherThing(draft)) own.support = kSureOfOwnLanguage;
  if (!draft.declined || draft.sentences.empty()) return own;
  const auto met = FindRowsThatMeet(question, context, draft.sentences.front(), false, analyzer_);
  if (met && !met->rows.empty() && met->has_all_words) own.support = kSupportOfRows;
  return own;
}

Result<bool> ExtractiveWriter::AnswersAcross(const Query& query, const index::Snapshot& snapshot,
                                             const Context& context, const OwnAnswer& own) const {
  const Context readable = ReadableOf(query, context);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<RowsThatMeet> asked,
                          FindAskedRows(query.text, readable, kAnyDocument, analyzer_));
  if (asked) return true;
  const model::ExtractiveOptions options = OptionsIn(query, snapshot);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<DraftAcross> across,
                          ExtractAcrossLanguages(query, readable, own, AbolishedPassages(readable),
                                                 analyzer_, options));
  return across.has_value();
}

Result<std::optional<Bridge>> ExtractiveWriter::BridgeIn(const Query& query,
                                                         const index::Snapshot& snapshot,
                                                         const Context& context) const {
  return FindBridge(query.text, context, IsRareIn(snapshot, analyzer_), analyzer_);
}

Result<std::vector<std::string>> ExtractiveWriter::SearchesFor(const Query& query,
                                                               const index::Snapshot& snapshot,
                                                               const Context& context) const {
  constexpr size_t kMostSearches = 3;
  return SearchesForBridge(query.text, context, IsRareIn(snapshot, analyzer_), analyzer_,
                           kMostSearches);
}

Status ExtractiveWriter::Write(const Query& query, const index::Snapshot& snapshot,
                               const AnswerSink& sink, const CallContext&, Answer& answer) const {
  answer.model = kModel;
  answer.note = NoteOf(query);
  Query read = query;
  read.text = SpelledAsIn(answer.context, query.text);
  const Context readable = ReadableOf(query, answer.context);
  const std::vector<bool> abolished = AbolishedPassages(readable);
  const model::ExtractiveOptions options = OptionsIn(read, snapshot);
  model::ExtractiveDraft draft = DraftInForce(read, readable, abolished, analyzer_, options);
  HoldToWhatIsAsked(read.text, readable, options, analyzer_, draft);
  HoldToOwnSupport(readable, options, draft);
  QUARRY_ASSIGN_OR_RETURN(
      std::optional<RowsThatMeet> met,
      FindAskedRows(read.text, readable, WholeIn(snapshot, answer.context, readable), analyzer_));
  if (!met && !draft.sentences.empty()) {
    const model::ExtractedSentence& best = draft.sentences.front();
    const bool is_whole =
        MayAskTotal(Fold(read.text)) &&
        WholeIn(snapshot, answer.context, readable)(readable.passages[best.passage].chunk.document);
    met = FindRowsThatMeet(read.text, readable, best, is_whole, analyzer_);
  }
  // What is said for all of the question, whatever else is found.
  const bool is_settled = met && (met->total || met->is_sure);
  std::vector<model::ExtractedSentence> sentences =
      Reply(read, readable, draft, met.has_value(), answer);
  size_t left_out = 0;     // of a list
  bool is_bridge = false;  // each row is said for what joins it to the other
  if (answer.kind == ReplyKind::kAnswer) {
    if (met) TakeRows(*met, query, readable, options, draft);
    bool is_of_parts = false;
    bool may_differ = !is_settled;  // whether sources are looked at that say otherwise
    if (!is_settled) {
      if (const auto of_parts = DraftParts(read, readable, abolished, options)) {
        draft = *of_parts;
        HoldToOwnSupport(readable, options, draft);
        is_of_parts = true;
        may_differ = false;  // each part has looked
      }
    }
    const bool has_rows = met && !met->rows.empty();
    // Whether the question's own language speaks of another thing was asked before passages in the other joined it: beside
    // those each of its words may stand in the place of one.
    const bool is_of_another = IsOfAnotherThing(draft) && !readable.own_support;
    if (!is_settled && !has_rows && draft.support < kSureOfOwnLanguage && !is_of_another) {
      QUARRY_ASSIGN_OR_RETURN(
          std::optional<DraftAcross> across,
          ExtractAcrossLanguages(read, readable, OwnAnswerOf(read, draft, readable), abolished,
                                 analyzer_, options));
      if (across) {
        draft = std::move(across->draft);
        model::AddReason(ReasonText(Reason::kReadAcross, options.language, {across->words}),
                         options.language, draft.reason);
        may_differ = false;
        HoldToWhatIsAsked(read.text, readable, options, analyzer_, draft);
      }
    }
    if (!is_settled && !has_rows && !is_of_parts) {
      QUARRY_ASSIGN_OR_RETURN(std::optional<Bridge> bridge, BridgeIn(read, snapshot, readable));
      if (!bridge && draft.declined)
        bridge = FindBridgeByRow(read.text, readable, analyzer_, options);
      if (bridge && !abolished[bridge->names.passage] && !abolished[bridge->answers.passage]) {
        SayBridge(*bridge, options.language, draft);
        is_bridge = true;
        may_differ = false;
      }
    }
    DropWhatHoldsOrders(readable, answer.context, draft.sentences);
    draft.declined = draft.declined || draft.sentences.empty();
    answer.abstained = draft.declined;
    answer.verdict = {.label = draft.declined ? Support::kUnsupported : Support::kSupported,
                      .score = draft.support,
                      .reason = draft.reason};
    if (!draft.declined) {
      left_out = draft.left_out;
      sentences = std::move(draft.sentences);
    }
    if (!draft.declined && may_differ && AddConflicts(read, readable, abolished, sentences) > 0) {
      const std::string language = AnswerLanguage(query);
      model::AddReason(ReasonText(Reason::kSourcesDiffer, language), language,
                       answer.verdict.reason);
    }
    QuoteAnsweringParts(query, answer.context, sentences);
  }
  DropWhatHoldsOrders(readable, answer.context, sentences);
  if (sentences.empty() && answer.kind != ReplyKind::kContradiction) {
    answer.abstained = true;
    answer.verdict.label = Support::kUnsupported;
    answer.text = AbstentionText(query, answer.context, snapshot);
  }
  if (!sentences.empty()) {
    std::ranges::stable_sort(sentences, {}, &model::ExtractedSentence::place);
    if (answer.kind == ReplyKind::kAnswer) SayOtherLanguage(query, answer.context, sentences);
    OrderByUse(sentences, answer.context);
    std::vector<std::string> told;
    if (answer.kind == ReplyKind::kAnswer && !is_bridge && PartsOfQuestion(read.text).empty())
      told = TellCells(read.text, answer.context, sentences, is_settled, analyzer_);
    CitedText composed = ComposeCitedText(sentences, answer.context, told);
    answer.text = std::move(composed.text);
    if (left_out > 0) answer.text += LeftOutText(left_out, AnswerLanguage(query));
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
