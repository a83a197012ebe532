#include "generation/model_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "generation/abstention.h"
#include "generation/answer_check.h"
#include "generation/cited_text.h"

namespace quarry::generation {
namespace {

// Changes when the same prompt and reply would give another answer.
constexpr uint64_t kModelWriterVersion = 1;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

// Whether an error of the model leaves the question to be answered without it.
bool IsModelsFault(Code code) {
  return code == Code::kUnavailable || code == Code::kResourceExhausted ||
         code == Code::kFailedPrecondition || code == Code::kInternal;
}

// One answer while the model writes it.
class Writing {
 public:
  Writing(const Context& context, const Analyzer& analyzer, UnsupportedPolicy policy,
          const AnswerSink& sink)
      : policy_(policy),
        sink_(sink),
        evidence_(context, analyzer),
        numbering_(context.passages.size()) {}

  // A piece of the reply. False when nobody reads any more.
  bool Take(std::string_view delta) {
    reply_ += delta;
    if (decided_) return declined_ || Accept(delta);
    const std::string_view begun = WithoutLeadingSpace(reply_);
    if (begun.size() < kNoAnswer.size() && kNoAnswer.starts_with(begun)) return true;
    decided_ = true;
    declined_ = begun.starts_with(kNoAnswer);
    return declined_ || Accept(begun);
  }

  // After the last piece.
  bool Finish() {
    if (!decided_ && !WithoutLeadingSpace(reply_).empty() && !Accept(WithoutLeadingSpace(reply_))) {
      return false;
    }
    decided_ = true;
    return policy_ == UnsupportedPolicy::kFlag || TakeSentences(/*last=*/true);
  }

  // What the model says instead of the rest. Its sentences stay, whatever carries them.
  bool TakeRepair(std::string_view reply) {
    stopped_ = false;
    rest_.clear();
    reply = WithoutLeadingSpace(reply);
    if (reply.starts_with(kNoAnswer)) return true;
    return Emit((text_.empty() ? "" : " ") + std::string(reply));
  }
  // There is no repair: what was held stays as it is.
  bool KeepRest() {
    stopped_ = false;
    return Emit(std::exchange(rest_, {}));
  }
  // What may be the beginning of a marker, at the end of everything.
  bool Close() { return Tell(numbering_.Finish()); }

  bool declined() const { return declined_; }
  bool needs_repair() const { return stopped_; }
  bool has_told() const { return !text_.empty(); }
  const std::vector<std::string>& unsupported() const { return unsupported_; }
  const std::string& reply() const { return reply_; }
  const std::string& text() const { return text_; }
  const std::vector<uint32_t>& order() const { return numbering_.order(); }

 private:
  bool Accept(std::string_view piece) {
    if (policy_ == UnsupportedPolicy::kFlag) return Emit(piece);
    pending_ += piece;
    return TakeSentences(/*last=*/false);
  }

  // The sentences of pending_ that are complete: all but the last, for its markers may yet come.
  bool TakeSentences(bool last) {
    const std::vector<CitedSentence> sentences = SplitCitedSentences(pending_);
    size_t taken = 0;
    const size_t count = last || sentences.empty() ? sentences.size() : sentences.size() - 1;
    for (size_t i = 0; i < count; ++i) {
      const size_t end = sentences[i].range.end;
      const std::string piece = pending_.substr(taken, end - taken);  // with the space before it
      taken = end;
      const bool supported = evidence_.Check(sentences[i]).supported;
      if (!supported) unsupported_.push_back(sentences[i].words);
      if (!supported && policy_ == UnsupportedPolicy::kRepair) stopped_ = true;
      if (stopped_) {
        rest_ += piece;
      } else if (supported &&
                 !Emit(text_.empty() ? WithoutLeadingSpace(piece) : std::string_view(piece))) {
        return false;
      }
    }
    pending_.erase(0, taken);
    return true;
  }

  bool Emit(std::string_view piece) { return Tell(numbering_.Take(piece)); }

  bool Tell(const std::string& piece) {
    text_ += piece;
    return piece.empty() || sink_ == nullptr || sink_(piece);
  }

  const UnsupportedPolicy policy_;
  const AnswerSink& sink_;
  const PassageEvidence evidence_;
  CitationNumbering numbering_;
  std::string reply_;     // all that the model said
  bool decided_ = false;  // whether it declined
  bool declined_ = false;
  std::string pending_;   // said and not yet checked
  bool stopped_ = false;  // repair: from here on all is held back in rest_
  std::string rest_;
  std::vector<std::string> unsupported_;
  std::string text_;  // told
};

// The passages in the order of their citations, the others behind them.
void OrderPassages(const std::vector<uint32_t>& order, Context& context) {
  std::vector<bool> taken(context.passages.size(), false);
  std::vector<Passage> ordered;
  const auto take = [&](size_t i) {
    if (!taken[i]) ordered.push_back(std::move(context.passages[i]));
    taken[i] = true;
  };
  for (const uint32_t i : order) take(i);
  for (size_t i = 0; i < context.passages.size(); ++i) take(i);
  context.passages = std::move(ordered);
}

Status Gone() { return CancelledError("the reader of the answer went away"); }

void AddUsage(const Usage& more, Usage& usage) {
  usage.prompt_tokens += more.prompt_tokens;
  usage.completion_tokens += more.completion_tokens;
  usage.cost += more.cost;
}

Status Abstain(const Query& query, const index::Snapshot& snapshot, const std::string& reason,
               const AnswerSink& sink, Answer& answer) {
  answer.abstained = true;
  answer.verdict = {.label = Support::kUnsupported, .score = 0, .reason = reason};
  answer.text = AbstentionText(query, answer.context, snapshot);
  return sink == nullptr || sink(answer.text) ? OkStatus() : Gone();
}

// The answer of the extractive writer behind a sentence that says why.
Status WriteWithoutModel(const ExtractiveWriter& extractive, const Status& failed,
                         const Query& query, const index::Snapshot& snapshot,
                         const AnswerSink& sink, const CallContext& context, Answer& answer) {
  const std::string lead = DetectLanguage(query.text) == "zh"
                               ? "（模型没有回应，以下内容直接摘自文档。）"
                               : "(The model did not answer; this is quoted from the documents.) ";
  if (sink != nullptr && !sink(lead)) return Gone();
  const Usage spent = answer.usage;
  QUARRY_RETURN_IF_ERROR(extractive.Write(query, snapshot, sink, context, answer));
  answer.usage.cost = spent.cost;
  answer.text.insert(0, lead);
  for (Citation& citation : answer.citations) {
    citation.answer_span.begin += lead.size();
    citation.answer_span.end += lead.size();
  }
  for (SentenceVerdict& sentence : answer.sentences) {
    sentence.span.begin += lead.size();
    sentence.span.end += lead.size();
  }
  answer.note = std::string(kModelWasSilent) + failed.message();
  return OkStatus();
}

}  // namespace

const char* UnsupportedPolicyName(UnsupportedPolicy policy) {
  switch (policy) {
    case UnsupportedPolicy::kFlag:
      return "flag";
    case UnsupportedPolicy::kRepair:
      return "repair";
    case UnsupportedPolicy::kRemove:
      return "remove";
  }
  Fatal(__FILE__, __LINE__, "unknown UnsupportedPolicy");
}

Result<UnsupportedPolicy> ParseUnsupportedPolicy(std::string_view name) {
  for (const UnsupportedPolicy policy :
       {UnsupportedPolicy::kFlag, UnsupportedPolicy::kRepair, UnsupportedPolicy::kRemove}) {
    if (name == UnsupportedPolicyName(policy)) return policy;
  }
  return InvalidArgumentError("expected flag, repair or remove, got \"" + std::string(name) + "\"");
}

ModelWriter::ModelWriter(const model::ChatModel& model, const Prompts& prompts,
                         const Analyzer& analyzer, const ExtractiveWriter& extractive,
                         ModelWriterOptions options)
    : model_(model),
      prompts_(prompts),
      analyzer_(analyzer),
      extractive_(extractive),
      options_(options),
      fingerprint_("model/" + std::to_string(kModelWriterVersion) + '/' + model.name() + '/' +
                   prompts.fingerprint() + '/' + UnsupportedPolicyName(options.unsupported) + '/' +
                   std::to_string(options.temperature) + '/' + std::to_string(options.seed) + '/' +
                   std::to_string(options.max_tokens) + '/' + extractive.fingerprint()) {}

Status ModelWriter::Write(const Query& query, const index::Snapshot& snapshot,
                          const AnswerSink& sink, const CallContext& context,
                          Answer& answer) const {
  answer.model = model_.name();
  if (answer.context.passages.empty()) {
    return Abstain(query, snapshot, "no passage was found", sink, answer);
  }
  model::ChatRequest request{.messages = prompts_.Answer(query.text, answer.context),
                             .temperature = options_.temperature,
                             .seed = options_.seed,
                             .max_tokens = options_.max_tokens};
  Writing writing(answer.context, analyzer_, options_.unsupported, sink);
  const Result<model::ChatReply> reply = model_.Complete(
      request, [&](std::string_view delta) { return writing.Take(delta); }, context);
  if (!reply.ok() || (reply->content.empty() && reply->refusal.empty())) {
    const Status failed = reply.ok() ? UnavailableError("it said nothing") : reply.status();
    if (reply.ok()) AddUsage(reply->usage, answer.usage);
    if (!IsModelsFault(failed.code()) || writing.has_told()) return failed;
    return WriteWithoutModel(extractive_, failed, query, snapshot, sink, context, answer);
  }
  AddUsage(reply->usage, answer.usage);
  if (!reply->model.empty()) answer.model = reply->model;
  if (!writing.Finish()) return Gone();
  if (reply->content.empty()) {
    return Abstain(query, snapshot, "the model will not answer: " + reply->refusal, sink, answer);
  }
  if (writing.declined()) {
    return Abstain(query, snapshot, "the model finds no answer in the passages", sink, answer);
  }
  if (reply->finish_reason == "length") {
    answer.note = "cut after " + std::to_string(options_.max_tokens) + " tokens (chat.max_tokens)";
  }
  if (writing.needs_repair()) {
    request.messages.push_back({.role = model::ChatRole::kAssistant, .content = writing.reply()});
    request.messages.push_back(prompts_.Repair(query.text, writing.text(), writing.unsupported()));
    request.spent = answer.usage.cost;
    const Result<model::ChatReply> repaired = model_.Complete(request, nullptr, context);
    if (!repaired.ok() && !IsModelsFault(repaired.status().code())) return repaired.status();
    if (repaired.ok()) AddUsage(repaired->usage, answer.usage);
    const bool reads = repaired.ok() ? writing.TakeRepair(repaired->content) : writing.KeepRest();
    if (!reads) return Gone();
  }
  if (!writing.Close()) return Gone();
  answer.text = writing.text();
  if (Trim(answer.text).empty()) {
    return Abstain(query, snapshot, "the passages carry no sentence of the model's answer", sink,
                   answer);
  }
  OrderPassages(writing.order(), answer.context);
  FillCitations(analyzer_, answer);
  return OkStatus();
}

}  // namespace quarry::generation
