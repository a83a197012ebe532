#include "generation/answerer.h"

#include <algorithm>
#include <utility>

#include "base/answer_guide.h"
#include "base/hash.h"
#include "base/text.h"
#include "generation/across_languages.h"
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

// Where the collection holds English and Chinese; in one of a single language every question is searched in it.
bool MaySearchOtherLanguage(const Query& query, const index::Snapshot& snapshot,
                            const RetrievalOptions& options) {
  const index::HeldLanguages held = snapshot.languages();
  return held.english && held.chinese && !query.other_language &&
         options.translate_terms != TranslateTermsMode::kOff &&
         MayCrossLanguages(DetectLanguage(query.text));
}

// Behind what is there, without what is there already.
void Append(const Context& other, Context& context) {
  for (const Passage& passage : other.passages) {
    const auto is_same = [&](const Passage& one) {
      return one.chunk.document == passage.chunk.document &&
             one.chunk.ordinal == passage.chunk.ordinal;
    };
    if (std::ranges::any_of(context.passages, is_same)) continue;
    context.passages.push_back(passage);
    context.token_count += passage.chunk.token_count;
  }
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
  QUARRY_ASSIGN_OR_RETURN(Context own, ContextOf(query, snapshot, options, context));
  if (!MaySearchOtherLanguage(query, snapshot, retriever_.OptionsOf(query))) return own;
  const double support = extractive_.SupportOf(query, own);
  if (support >= kSureOfOwnLanguage) return own;
  Query across = query;
  across.other_language = true;
  const retrieval::ContextOptions half = {.token_budget = std::max(1u, options.token_budget / 2),
                                          .max_passages = std::max(1u, options.max_passages / 2)};
  QUARRY_ASSIGN_OR_RETURN(const Context other, ContextOf(across, snapshot, half, context));
  if (other.passages.empty()) return own;
  QUARRY_ASSIGN_OR_RETURN(own, ContextOf(query, snapshot, half, context));
  Append(other, own);
  own.own_support = support;
  return own;
}

Result<Context> Answerer::ContextOf(const Query& query, const index::Snapshot& snapshot,
                                    const retrieval::ContextOptions& options,
                                    const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const retrieval::Retrieved retrieved,
                          retriever_.Retrieve(query, snapshot, context));
  StageTimer timer(context, "context");
  QUARRY_ASSIGN_OR_RETURN(std::vector<Passage> passages,
                          retrieval::ReadPassages(snapshot, retrieved.hits));
  // The estimate is kept with the chunk.
  for (Passage& passage : passages) {
    if (!counter_.is_exact()) break;
    QUARRY_ASSIGN_OR_RETURN(const uint64_t tokens, counter_.Count(passage.chunk.text));
    passage.chunk.token_count = static_cast<uint32_t>(tokens);
  }
  const std::string language = AnswerLanguage(query);
  Context made = retrieval::BuildContext(std::move(passages), options, language);
  for (const retrieval::CollapsedHit& one : retrieved.collapsed) {
    const index::Snapshot* const snapshots[] = {&snapshot};
    made.dropped.push_back({one.hit.hit.chunk,
                            DocumentId(snapshot.rows().DocumentOf(one.hit.row).id),
                            retrieval::CollapsedText(snapshots, one, language)});
  }
  made.notes = retrieved.notes;
  return made;
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
