#include "generation/answerer.h"

#include <algorithm>
#include <utility>

#include "base/answer_guide.h"
#include "base/hash.h"
#include "generation/across_languages.h"
#include "generation/whole_table.h"
#include "model/answer_reasons.h"

namespace quarry::generation {
namespace {

std::string ConfigurationHash(const Analyzer& analyzer, const RetrievalOptions& retrieval,
                              const retrieval::ContextOptions& context, const std::string& writer) {
  std::string description = analyzer.Fingerprint();
  const auto add = [&](double value) { description += '/' + std::to_string(value); };
  description += '/' + retrieval.Description();
  add(context.token_budget);
  add(context.max_passages);
  return HashToHex(Hash64(description + '/' + writer));
}

// Same fingerprint and question, same answer.
std::string StateFingerprint(const std::string& configuration, const index::Snapshot& snapshot) {
  std::string state = configuration + '/' + std::to_string(snapshot.collection().id.value) + '/' +
                      std::to_string(snapshot.commit().value);
  if (snapshot.generation()) state += '/' + snapshot.generation()->space.fingerprint;
  return "fp_" + HashToHex(Hash64(state));
}

// The language that a question may have to be searched in, too: "" where the collection has no text in it, or none in the
// question's own, in which case every search crosses languages.
Result<std::string> OtherLanguage(const Query& query, const index::Snapshot& snapshot,
                                  const RetrievalOptions& options) {
  constexpr uint64_t kFewChunks = 2000;  // too few for the words of a language to tell it
  if (options.translate_terms == TranslateTermsMode::kOff || !query.only_language.empty())
    return std::string();
  const std::string other = OtherLanguageThanOf(query.text);
  if (other.empty()) return other;
  const index::HeldLanguages held = snapshot.languages();
  if (held.english && held.chinese) return other;
  if (snapshot.live_chunks() > kFewChunks) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const index::HeldLanguages of_documents, snapshot.DocumentLanguages());
  return (other == "zh" ? of_documents.chinese : of_documents.english) ? other : "";
}

bool ShareAChunk(const Passage& a, const Passage& b) {
  const std::vector<ChunkId> chunks = ChunksOf(a);
  return std::ranges::any_of(
      ChunksOf(b), [&](ChunkId chunk) { return std::ranges::find(chunks, chunk) != chunks.end(); });
}

// Puts a passage into a context; the last ones but `kept` give way where there is no room. Not where both have none.
void AddPassage(Passage passage, size_t kept, const retrieval::ContextOptions& options,
                std::string_view language, Context& made) {
  const uint32_t tokens = passage.chunk.token_count;
  const uint32_t of_both = tokens + made.passages[kept].chunk.token_count;
  if (options.max_passages < 2 || of_both > options.token_budget) return;
  for (size_t i = made.passages.size(); i-- > 0;) {
    if (made.passages.size() < options.max_passages &&
        made.token_count + tokens <= options.token_budget) {
      break;
    }
    if (i == kept) continue;
    const Passage& last = made.passages[i];
    made.token_count -= last.chunk.token_count;
    made.dropped.push_back(
        {last.chunk.id, last.chunk.document,
         ReasonText(model::Reason::kOverTokens, language, {std::to_string(options.token_budget)})});
    made.passages.erase(made.passages.begin() + static_cast<ptrdiff_t>(i));
  }
  const std::vector<ChunkId> shown = ChunksOf(passage);
  std::erase_if(made.dropped, [&](const DroppedPassage& one) {
    return std::ranges::find(shown, one.chunk) != shown.end();
  });
  made.token_count += tokens;
  made.passages.push_back(std::move(passage));
}

}  // namespace

Answerer::Answerer(const Analyzer& analyzer, const retrieval::Retriever& retriever,
                   model::TokenCounter& counter, AnswerOptions options,
                   std::optional<AnswerModel> model)
    : retriever_(retriever),
      counter_(counter),
      options_(std::move(options)),
      extractive_(analyzer, counter, options_.extractive),
      writer_(&extractive_) {
  if (model) {
    std::vector<EscalatingWriter::Try> tries;
    const auto add = [&](const model::ChatModel& chat, uint32_t level) {
      for (uint32_t i = 0; i < std::max(1u, options_.best_of); ++i) {
        ModelWriterOptions of_try = options_.model;
        of_try.seed += i;
        models_.push_back(std::make_unique<const ModelWriter>(chat, model->prompts, analyzer,
                                                              extractive_, of_try, model->tools));
        tries.push_back({.writer = models_.back().get(), .level = level});
      }
    };
    if (model->first != nullptr) add(*model->first, 0);
    add(model->chat, 1);
    writer_ = models_.front().get();
    if (tries.size() > 1) {
      const bool judged = options_.escalate_by == EscalateBy::kJudge && model->first != nullptr;
      tries_.emplace(std::move(tries), judged ? model->first : nullptr, model->prompts);
      writer_ = &*tries_;
    }
  }
  fingerprint_ =
      ConfigurationHash(analyzer, retriever.options(), options_.context, writer_->fingerprint());
}

Result<Context> Answerer::MakeContext(const Query& query, const index::Snapshot& snapshot,
                                      const CallContext& context) const {
  return MakeContext(query, snapshot, options_.context, context);
}

Result<Context> Answerer::MakeContext(const Query& query, const index::Snapshot& snapshot,
                                      const retrieval::ContextOptions& options,
                                      const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const Found found, Find(query, snapshot, context));
  Context made;
  {
    StageTimer timer(context, "context");
    const std::string language = AnswerLanguage(query);
    made = retrieval::BuildContext(found.passages, options, language);
    for (const retrieval::CollapsedHit& one : found.retrieved.collapsed) {
      const index::Snapshot* const snapshots[] = {&snapshot};
      made.dropped.push_back({one.hit.hit.chunk,
                              DocumentId(snapshot.rows().DocumentOf(one.hit.row).id),
                              retrieval::CollapsedText(snapshots, one, language)});
    }
    made.notes = found.retrieved.notes;
  }
  QUARRY_RETURN_IF_ERROR(AddOtherLanguage(query, snapshot, found, options, context, made));
  QUARRY_RETURN_IF_ERROR(AddWholeTable(query, snapshot, options, retriever_.analyzer(), made));
  QUARRY_RETURN_IF_ERROR(AddSecondDocument(query, snapshot, options, context, made));
  return made;
}

Status Answerer::AddOtherLanguage(const Query& query, const index::Snapshot& snapshot,
                                  const Found& found, const retrieval::ContextOptions& options,
                                  const CallContext& context, Context& made) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string language,
                          OtherLanguage(query, snapshot, retriever_.OptionsOf(query)));
  if (language.empty() || options.max_passages < 2) return OkStatus();
  StageTimer timer(context, "context.other_language");
  QUARRY_ASSIGN_OR_RETURN(const OwnAnswer own_answer,
                          extractive_.OwnAnswerIn(query, snapshot, made));
  if (own_answer.support >= kSureOfOwnLanguage) return OkStatus();
  Query across = query;
  across.only_language = language;
  CallContext untraced = context;
  untraced.trace = nullptr;
  const Result<Found> other = Find(across, snapshot, untraced);
  if (!other.ok()) {
    // The answer can be had without them.
    QUARRY_RETURN_IF_ERROR(context.Check());
    made.notes.push_back(ReasonText(model::Reason::kOtherLanguageUnread, AnswerLanguage(query),
                                    {other.status().message()}));
    return OkStatus();
  }
  // Half of the room is theirs; where answers are quoted, if they have one.
  const retrieval::ContextOptions half = {.token_budget = std::max(1u, options.token_budget / 2),
                                          .max_passages = options.max_passages / 2};
  Context built = retrieval::BuildContext(other->passages, half, AnswerLanguage(query));
  if (quotes()) {
    QUARRY_ASSIGN_OR_RETURN(const bool answers,
                            extractive_.AnswersAcross(query, snapshot, built, own_answer));
    if (!answers) return OkStatus();
  }
  std::vector<Passage> theirs = std::move(built.passages);
  Context own = retrieval::BuildContext(found.passages, half, AnswerLanguage(query));
  const auto is_there = [&](const Passage& passage) {
    return std::ranges::any_of(own.passages,
                               [&](const Passage& one) { return ShareAChunk(one, passage); });
  };
  std::erase_if(theirs, is_there);
  if (theirs.empty()) return OkStatus();
  const std::string gave_way = ReasonText(model::Reason::kGaveWay, AnswerLanguage(query));
  for (const Passage& passage : made.passages) {
    if (!is_there(passage)) {
      made.dropped.push_back({passage.chunk.id, passage.chunk.document, gave_way});
    }
  }
  made.passages = std::move(own.passages);
  made.token_count = own.token_count;
  for (Passage& passage : theirs) {
    if (made.token_count + passage.chunk.token_count > options.token_budget) continue;
    made.token_count += passage.chunk.token_count;
    const std::vector<ChunkId> shown = ChunksOf(passage);
    std::erase_if(made.dropped, [&](const DroppedPassage& one) {
      return std::ranges::find(shown, one.chunk) != shown.end();
    });
    made.passages.push_back(std::move(passage));
  }
  made.own_support = own_answer.support;
  return OkStatus();
}

Status Answerer::AddSecondDocument(const Query& query, const index::Snapshot& snapshot,
                                   const retrieval::ContextOptions& options,
                                   const CallContext& context, Context& made) const {
  constexpr uint32_t kMostFound = 5;  // of a search
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> searches,
                          extractive_.SearchesFor(query, snapshot, made));
  if (searches.empty()) return OkStatus();
  StageTimer timer(context, "context.second_document");
  CallContext untraced = context;
  untraced.trace = nullptr;
  Context tried = made;
  for (const std::string& text : searches) {
    Query next = query;
    next.text = text;
    next.has_operators = false;
    next.k = kMostFound;
    const Result<Found> found = Find(next, snapshot, untraced);
    if (!found.ok()) return context.Check();  // the answer can be had without it
    for (const Passage& passage : found->passages) {
      const bool is_there = std::ranges::any_of(
          tried.passages, [&](const Passage& one) { return ShareAChunk(one, passage); });
      if (!is_there) tried.passages.push_back(passage);
    }
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<Bridge> bridge,
                          extractive_.BridgeIn(query, snapshot, tried));
  const size_t own = made.passages.size();
  if (!bridge || bridge->answers.passage < own || bridge->names.passage >= own) return OkStatus();
  AddPassage(std::move(tried.passages[bridge->answers.passage]), bridge->names.passage, options,
             AnswerLanguage(query), made);
  return OkStatus();
}

Result<Answerer::Found> Answerer::Find(const Query& query, const index::Snapshot& snapshot,
                                       const CallContext& context) const {
  Found found;
  QUARRY_ASSIGN_OR_RETURN(found.retrieved, retriever_.Retrieve(query, snapshot, context));
  StageTimer timer(context, "context");
  QUARRY_ASSIGN_OR_RETURN(found.passages, retrieval::ReadPassages(snapshot, found.retrieved.hits));
  // The estimate is kept with the chunk.
  for (Passage& passage : found.passages) {
    if (!counter_.is_exact()) break;
    QUARRY_ASSIGN_OR_RETURN(const uint64_t tokens, counter_.Count(passage.chunk.text));
    passage.chunk.token_count = static_cast<uint32_t>(tokens);
  }
  return found;
}

Result<RetrievalSetting> Answerer::SettingOf(const Query& query,
                                             const index::Snapshot& snapshot) const {
  RetrievalSetting setting{
      .options = retriever_.OptionsOf(query), .context = options_.context, .parts = {}};
  setting.options.fusion.dense_weight = setting.options.DenseWeightOf(snapshot.collection().name);
  setting.options.collection_dense_weights.clear();
  QUARRY_ASSIGN_OR_RETURN(std::string models, retriever_.ModelFingerprint(setting.options));
  QUARRY_ASSIGN_OR_RETURN(std::string tokenizer, counter_.Fingerprint());
  setting.parts = {
      {"analyzer", retriever_.analyzer().Fingerprint()},
      {"embedder", snapshot.generation() ? snapshot.generation()->space.fingerprint : ""},
      {"models", std::move(models)},
      {"tokenizer", std::move(tokenizer)},
      {"writer", writer_->fingerprint()}};
  return setting;
}

Result<std::string> Answerer::ConfigurationFingerprint(const Query& query) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string models,
                          retriever_.ModelFingerprint(retriever_.OptionsOf(query)));
  QUARRY_ASSIGN_OR_RETURN(const std::string tokenizer, counter_.Fingerprint());
  std::string configuration = fingerprint_ + '/' + models + '/' + tokenizer;
  if (query.options) configuration += '/' + query.options->Description();
  if (query.guide != nullptr) {
    configuration += '/' + HashToHex(Hash64(query.guide->Description()));
  }
  return configuration;
}

Result<std::string> Answerer::Fingerprint(const Query& query,
                                          const index::Snapshot& snapshot) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string configuration, ConfigurationFingerprint(query));
  return StateFingerprint(configuration, snapshot);
}

Result<Answer> Answerer::Ask(const Query& query, const index::Snapshot& snapshot,
                             const AnswerSink& sink, const CallContext& context) const {
  Trace trace;
  CallContext traced = context;
  traced.trace = &trace;

  Answer answer;
  answer.commit = snapshot.commit();
  QUARRY_ASSIGN_OR_RETURN(answer.fingerprint, Fingerprint(query, snapshot));
  QUARRY_ASSIGN_OR_RETURN(answer.context, MakeContext(query, snapshot, traced));
  for (const Passage& passage : answer.context.passages) {
    answer.retrieved.push_back(passage.chunk.id);
  }
  {
    StageTimer timer(traced, "answer");
    QUARRY_RETURN_IF_ERROR(writer_->Write(query, snapshot, sink, traced, answer));
  }
  for (const std::string& note : answer.context.notes) {
    model::AddReason(note, AnswerLanguage(query), answer.note);
  }
  answer.timings = trace.stages();
  return answer;
}

}  // namespace quarry::generation
