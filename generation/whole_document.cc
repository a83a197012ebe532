#include "generation/whole_document.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "generation/answer_check.h"
#include "generation/citations.h"
#include "generation/cited_text.h"
#include "generation/map_reduce.h"
#include "generation/output_guard.h"
#include "generation/quoted_documents.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr uint64_t kWholeDocumentVersion = 2;
using model::ExtractedSentence;

// Quotes make the answer, behind `lead`.
Status Quote(std::vector<ExtractedSentence> sentences, const std::string& lead,
             std::string_view language, model::TokenCounter& counter, std::vector<Passage> passages,
             Answer& answer) {
  answer.context.passages = std::move(passages);
  OrderByUse(sentences, answer.context);
  size_t cited = 0;
  for (const ExtractedSentence& one : sentences) cited = std::max<size_t>(cited, one.passage + 1);
  answer.context.passages.resize(cited);
  CitedText composed = ComposeCitedText(sentences, answer.context);
  answer.text = lead + composed.text;
  answer.citations = std::move(composed.citations);
  answer.sentences.clear();
  const std::string quoted = ReasonText(Reason::kQuoted, language);
  for (Citation& citation : answer.citations) {
    citation.answer_span.begin += lead.size();
    citation.answer_span.end += lead.size();
    answer.sentences.push_back(
        {citation.answer_span, {.label = Support::kSupported, .score = 1, .reason = quoted}});
  }
  answer.verdict = {.label = Support::kSupported,
                    .score = 1,
                    .reason = ReasonText(Reason::kSentencesQuoted, language,
                                         {std::to_string(answer.citations.size())})};
  uint32_t read = 0;
  for (const Passage& passage : answer.context.passages) read += passage.chunk.token_count;
  answer.context.token_count = read;
  QUARRY_ASSIGN_OR_RETURN(const uint64_t written, counter.Count(answer.text));
  answer.usage.prompt_tokens += read;
  answer.usage.completion_tokens += static_cast<uint32_t>(written);
  return OkStatus();
}

// The text that the model writes, told as it comes.
Status WriteByModel(WholeDocumentPrompt prompt, const Reading& reading, std::string_view focus,
                    const AnswerModel& model, const MapReduceOptions& options,
                    const Analyzer& analyzer, const AnswerSink& sink, const CallContext& context,
                    Answer& answer) {
  const std::string_view language = reading.chinese ? "zh" : "en";
  std::vector<Passage> passages = PassagesWithinCalls(reading.passages, focus, analyzer, options);
  if (passages.size() < reading.passages.size()) {
    answer.note =
        ReasonText(Reason::kReadInPart, language,
                   {std::to_string(passages.size()), std::to_string(reading.passages.size())});
  }
  MapReduce calls(model, options, focus, reading.chinese, context);
  CitationNumbering numbering(passages.size());
  OutputGuard guard("", KnownText(focus, passages));
  const auto tell = [&](const std::string& piece) {
    answer.text += piece;
    return piece.empty() || sink == nullptr || sink(piece);
  };
  const auto write = [&]() -> Status {
    QUARRY_ASSIGN_OR_RETURN(const std::string reduced, calls.Reduce(passages));
    QUARRY_ASSIGN_OR_RETURN(const model::ChatReply reply,
                            calls.Complete(prompt, reduced, [&](std::string_view delta) {
                              return tell(numbering.Take(guard.Take(delta)));
                            }));
    if (!reply.model.empty()) answer.model = reply.model;
    if (reply.finish_reason == "length") {
      model::AddReason(
          ReasonText(Reason::kCutAfter, language, {std::to_string(options.note_tokens)}), language,
          answer.note);
    }
    if (guard.withheld()) {
      model::AddReason(ReasonText(Reason::kLeftOutAddresses, language), language, answer.note);
    }
    return tell(numbering.Take(guard.Finish())) && tell(numbering.Finish())
               ? OkStatus()
               : CancelledError("the reader of the answer went away");
  };
  const Status written = write();
  answer.usage += calls.usage();
  QUARRY_RETURN_IF_ERROR(written);
  answer.context.passages = std::move(passages);
  OrderPassages(numbering.order(), answer.context);
  answer.context.passages.resize(numbering.order().size());
  for (const Passage& passage : answer.context.passages) {
    answer.context.token_count += passage.chunk.token_count;
  }
  FillCitations(analyzer, language, answer);
  return OkStatus();
}

}  // namespace

WholeDocuments::WholeDocuments(const Analyzer& analyzer, model::TokenCounter& counter,
                               std::optional<AnswerModel> model, MapReduceOptions options)
    : analyzer_(analyzer), counter_(counter), model_(model), options_(options) {}

Result<Answer> WholeDocuments::Summarize(const WholeDocumentRequest& request,
                                         const index::Snapshot& snapshot, const AnswerSink& sink,
                                         const CallContext& context) const {
  return Write(WholeDocumentPrompt::kSummary, request, snapshot, sink, context);
}

Result<Answer> WholeDocuments::Compare(const WholeDocumentRequest& request,
                                       const index::Snapshot& snapshot, const AnswerSink& sink,
                                       const CallContext& context) const {
  if (request.documents.size() != 2) {
    return InvalidArgumentError("documents: expected two to compare, got " +
                                std::to_string(request.documents.size()));
  }
  return Write(WholeDocumentPrompt::kComparison, request, snapshot, sink, context);
}

Result<Answer> WholeDocuments::Write(WholeDocumentPrompt prompt,
                                     const WholeDocumentRequest& request,
                                     const index::Snapshot& snapshot, const AnswerSink& sink,
                                     const CallContext& context) const {
  Trace trace;
  CallContext traced = context;
  traced.trace = &trace;
  Answer answer;
  answer.commit = snapshot.commit();
  answer.cache.kind = CacheKind::kBypassed;
  answer.cache.reason = "whole documents are not looked up";
  answer.fingerprint = FingerprintOfState(snapshot);
  Reading reading;
  {
    const StageTimer timer(traced, "read");
    QUARRY_ASSIGN_OR_RETURN(reading, ReadWhole(request, snapshot, traced));
  }
  std::string lead;
  bool quotes = !model_ || reading.passages.empty();
  if (!quotes) {
    const StageTimer timer(traced, "answer");
    answer.model = model_->chat.name();
    const Status written = WriteByModel(prompt, reading, request.focus, *model_, options_,
                                        analyzer_, sink, traced, answer);
    if (!written.ok()) {
      if (!IsModelsFault(written.code()) || !answer.text.empty()) return written;
      answer.note =
          ReasonText(Reason::kModelSilent, reading.chinese ? "zh" : "en", {written.message()});
      lead = reading.chinese ? "（模型没有回应，以下内容直接摘自文档。）\n"
                             : "(The model did not answer; this is quoted from the documents.)\n";
      quotes = true;
    }
  }
  if (quotes) {
    const StageTimer timer(traced, "answer");
    answer.model = "extractive";
    std::vector<ExtractedSentence> sentences =
        prompt == WholeDocumentPrompt::kComparison
            ? QuoteComparison(reading, request, analyzer_, lead)
            : QuoteSummary(reading, request, analyzer_);
    QUARRY_RETURN_IF_ERROR(Quote(std::move(sentences), lead, reading.chinese ? "zh" : "en",
                                 counter_, std::move(reading.passages), answer));
    if (sink != nullptr && !answer.text.empty() && !sink(answer.text)) {
      return CancelledError("the reader of the answer went away");
    }
  }
  answer.timings = trace.stages();
  return answer;
}

std::string WholeDocuments::FingerprintOfState(const index::Snapshot& snapshot) const {
  std::string state =
      "whole/" + std::to_string(kWholeDocumentVersion) + '/' + analyzer_.Fingerprint() + '/' +
      std::to_string(options_.part_tokens) + '/' + std::to_string(options_.max_calls) + '/' +
      std::to_string(options_.note_tokens) + '/' + std::to_string(snapshot.collection().id.value) +
      '/' + std::to_string(snapshot.commit().value);
  if (model_) state += '/' + model_->chat.name() + '/' + model_->prompts.fingerprint();
  return "fp_" + HashToHex(Hash64(state));
}

}  // namespace quarry::generation
