#include "generation/answerer.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "generation/citations.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kExtractiveModel = "extractive";
// Changes when the same snapshot, options and question would give another answer.
constexpr uint64_t kAnswererVersion = 2;
constexpr size_t kNearestShown = 3;

bool IsChinese(std::string_view text) { return DetectLanguage(text) == "zh"; }

// What a reader is told when the corpus does not say: that it was searched, and what lies nearest.
std::string AbstentionText(const Query& query, const Context& context,
                           const index::Snapshot& snapshot) {
  const bool chinese = IsChinese(query.text);
  const std::string documents = std::to_string(snapshot.live_documents());
  std::string text = chinese ? "在已索引的 " + documents + " 份文档中没有找到这个问题的答案。"
                             : "The " + documents +
                                   " indexed documents do not contain an answer to this question.";
  // Of documents that were not searched nothing can be said.
  if (!query.filter.IsTrue() || !query.principals.unrestricted) {
    text = chinese ? "在限定范围内的文档中没有找到这个问题的答案。"
                   : "The documents within the limits of this search do not contain an answer to "
                     "this question.";
  }
  if (context.passages.empty()) return text;
  text += chinese ? "最接近的内容：" : " The nearest passages are in: ";
  std::vector<std::string> shown;
  for (const Passage& passage : context.passages) {
    const std::string& name = passage.title.empty() ? passage.chunk.document : passage.title;
    if (std::find(shown.begin(), shown.end(), name) != shown.end()) continue;
    if (!shown.empty()) text += chinese ? "、" : "; ";
    text += name;
    shown.push_back(name);
    if (shown.size() == kNearestShown) break;
  }
  text += chinese ? "。" : ".";
  return text;
}

std::string ConfigurationHash(const Analyzer& analyzer,
                              const retrieval::RetrievalOptions& retrieval,
                              const AnswerOptions& options) {
  std::string description = analyzer.Fingerprint();
  const auto add = [&](double value) { description += '/' + std::to_string(value); };
  add(static_cast<double>(kAnswererVersion));
  add(static_cast<double>(retrieval.fusion.method));
  add(retrieval.fusion.dense_weight);
  add(retrieval.fusion.rrf_k);
  add(retrieval.leg_documents);
  add(retrieval.dense_from_chunks);
  add(retrieval.vectors.width);
  add(retrieval.rerank_candidates);
  add(options.context.token_budget);
  add(options.context.max_passages);
  add(options.extractive.max_sentences);
  add(options.extractive.max_tokens);
  add(options.extractive.decline_below);
  return HashToHex(Hash64(description));
}

// Names the exact state that an answer came from: same fingerprint and question, same answer.
std::string StateFingerprint(const std::string& configuration, const index::Snapshot& snapshot) {
  std::string state = configuration + '/' + std::to_string(snapshot.collection().id.value) + '/' +
                      std::to_string(snapshot.commit().value);
  if (snapshot.generation()) state += '/' + snapshot.generation()->space.fingerprint;
  return "fp_" + HashToHex(Hash64(state));
}

}  // namespace

Answerer::Answerer(const Analyzer& analyzer, const retrieval::Retriever& retriever,
                   model::TokenCounter& counter, AnswerOptions options)
    : analyzer_(analyzer),
      retriever_(retriever),
      counter_(counter),
      options_(std::move(options)),
      fingerprint_(ConfigurationHash(analyzer, retriever.options(), options_)) {}

Result<Answer> Answerer::Ask(const Query& query, const index::Snapshot& snapshot,
                             const AnswerSink& sink, const CallContext& context) const {
  Trace trace;
  CallContext traced = context;
  traced.trace = &trace;

  Answer answer;
  answer.model = kExtractiveModel;
  answer.commit = snapshot.commit();
  QUARRY_ASSIGN_OR_RETURN(const std::string reranker, retriever_.RerankerFingerprint());
  QUARRY_ASSIGN_OR_RETURN(const std::string tokenizer, counter_.Fingerprint());
  answer.fingerprint = StateFingerprint(fingerprint_ + '/' + reranker + '/' + tokenizer, snapshot);

  QUARRY_ASSIGN_OR_RETURN(const retrieval::Retrieved retrieved,
                          retriever_.Retrieve(query, snapshot, traced));
  {
    StageTimer timer(traced, "context");
    QUARRY_ASSIGN_OR_RETURN(std::vector<Passage> passages,
                            retrieval::ReadPassages(snapshot, retrieved.hits));
    // The estimate is kept with the chunk.
    for (Passage& passage : passages) {
      if (!counter_.is_exact()) break;
      QUARRY_ASSIGN_OR_RETURN(const uint64_t tokens, counter_.Count(passage.chunk.text));
      passage.chunk.token_count = static_cast<uint32_t>(tokens);
    }
    answer.context = retrieval::BuildContext(std::move(passages), options_.context);
  }
  {
    StageTimer timer(traced, "answer");
    model::ExtractiveDraft draft =
        model::ExtractAnswer(query.text, answer.context.passages, analyzer_, options_.extractive);
    answer.abstained = draft.declined;
    answer.verdict.score = draft.support;
    answer.verdict.reason = draft.reason;
    if (draft.declined) {
      answer.text = AbstentionText(query, answer.context, snapshot);
      answer.verdict.label = Support::kUnsupported;
    } else {
      OrderByUse(draft.sentences, answer.context);
      CitedText composed = ComposeCitedText(draft.sentences, answer.context);
      answer.text = std::move(composed.text);
      answer.citations = std::move(composed.citations);
      // Every sentence is quoted from its source, so each is supported by construction.
      answer.verdict.label = Support::kSupported;
    }
  }
  QUARRY_ASSIGN_OR_RETURN(const uint64_t asked, counter_.Count(query.text));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t answered, counter_.Count(answer.text));
  answer.usage.prompt_tokens = answer.context.token_count + static_cast<uint32_t>(asked);
  answer.usage.completion_tokens = static_cast<uint32_t>(answered);

  // Sentence by sentence, as a reader would want to see it arrive.
  if (sink) {
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
  }
  answer.timings = trace.stages();
  return answer;
}

}  // namespace quarry::generation
