#include "generation/answerer.h"

#include <utility>

#include "base/answer_guide.h"
#include "base/hash.h"

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

std::optional<ModelWriter> MakeModelWriter(const std::optional<AnswerModel>& model,
                                           const Analyzer& analyzer,
                                           const ExtractiveWriter& extractive,
                                           const ModelWriterOptions& options) {
  if (!model) return std::nullopt;
  return std::make_optional<ModelWriter>(model->chat, model->prompts, analyzer, extractive, options,
                                         model->tools);
}

// Same fingerprint and question, same answer.
std::string StateFingerprint(const std::string& configuration, const index::Snapshot& snapshot) {
  std::string state = configuration + '/' + std::to_string(snapshot.collection().id.value) + '/' +
                      std::to_string(snapshot.commit().value);
  if (snapshot.generation()) state += '/' + snapshot.generation()->space.fingerprint;
  return "fp_" + HashToHex(Hash64(state));
}

}  // namespace

Answerer::Answerer(const Analyzer& analyzer, const retrieval::Retriever& retriever,
                   model::TokenCounter& counter, AnswerOptions options,
                   std::optional<AnswerModel> model)
    : retriever_(retriever),
      counter_(counter),
      options_(std::move(options)),
      extractive_(analyzer, counter, options_.extractive),
      model_(MakeModelWriter(model, analyzer, extractive_, options_.model)),
      writer_(model_ ? static_cast<const AnswerWriter&>(*model_) : extractive_),
      fingerprint_(ConfigurationHash(analyzer, retriever.options(), options_.context,
                                     writer_.fingerprint())) {}

Result<Context> Answerer::MakeContext(const Query& query, const index::Snapshot& snapshot,
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
  Context made = retrieval::BuildContext(std::move(passages), options_.context);
  made.notes = retrieved.notes;
  return made;
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
  {
    StageTimer timer(traced, "answer");
    QUARRY_RETURN_IF_ERROR(writer_.Write(query, snapshot, sink, traced, answer));
  }
  for (const std::string& note : answer.context.notes) {
    answer.note += (answer.note.empty() ? "" : "; ") + note;
  }
  answer.timings = trace.stages();
  return answer;
}

}  // namespace quarry::generation
