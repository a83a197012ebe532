#include "generation/model_writer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "base/text.h"
#include "generation/abstention.h"
#include "generation/answer_check.h"
#include "generation/citations.h"
#include "generation/cited_text.h"
#include "generation/guidance.h"
#include "generation/output_guard.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

// Changes when the same prompt and reply would give another answer.
constexpr uint64_t kModelWriterVersion = 4;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

// Words that a reply may begin with, and what it is then.
struct ReplyMark {
  std::string_view word;
  ReplyKind kind;
};
constexpr ReplyMark kReplyMarks[] = {{kNoAnswer, ReplyKind::kAnswer},
                                     {kAskBackMark, ReplyKind::kAskBack},
                                     {kFalsePremiseMark, ReplyKind::kFalsePremise},
                                     {kContradictionMark, ReplyKind::kContradiction}};

// What may be told: the guide's examples, too.
std::string KnownWithExamples(const Query& query, const Context& context) {
  std::string known = KnownText(query.text, context.passages);
  if (query.guide == nullptr) return known;
  for (const AnswerExample& example : query.guide->examples) {
    known += '\n' + example.question + '\n' + example.answer;
  }
  return known;
}

// The instructions of a request.
std::string_view SystemText(const model::ChatRequest& request) {
  const model::ChatMessage& first = request.messages.front();
  return first.role == model::ChatRole::kSystem ? std::string_view(first.content) : "";
}

// One answer while the model writes it.
class Writing {
 public:
  // `secret`: the instructions that the model has, which it does not tell.
  Writing(const Query& query, const Context& context, std::string_view secret,
          const Analyzer& analyzer, UnsupportedPolicy policy, const AnswerSink& sink)
      : policy_(policy),
        sink_(sink),
        evidence_(context, analyzer),
        numbering_(context.passages.size()),
        guard_(secret, KnownWithExamples(query, context)) {}

  // A piece of the reply. False when nobody reads any more.
  bool Take(std::string_view delta) {
    reply_ += delta;
    if (decided_) return declined_ || Accept(delta);
    const std::string_view begun = WithoutLeadingSpace(reply_);
    for (const ReplyMark& mark : kReplyMarks) {
      if (begun.size() < mark.word.size() && mark.word.starts_with(begun)) return true;
    }
    return Decide(begun);
  }

  // After the last piece.
  bool Finish() {
    const std::string_view begun = WithoutLeadingSpace(reply_);
    if (!decided_ && !begun.empty() && !Decide(begun)) return false;
    decided_ = true;
    if (!Pass(guard_.Finish())) return false;
    return policy_ == UnsupportedPolicy::kFlag || TakeSentences(/*last=*/true);
  }

  // What the model says instead of the rest. Its sentences stay, whatever carries them.
  bool TakeRepair(std::string_view reply) {
    stopped_ = false;
    rest_.clear();
    reply = WithoutLeadingSpace(reply);
    if (reply.starts_with(kNoAnswer)) return true;
    std::string told = guard_.Take(reply);
    told += guard_.Finish();
    return Emit((text_.empty() ? "" : " ") + told);
  }
  // There is no repair: what was held stays as it is.
  bool KeepRest() {
    stopped_ = false;
    return Emit(std::exchange(rest_, {}));
  }
  // What may be the beginning of a marker, at the end of everything.
  bool Close() { return Tell(numbering_.Finish()); }

  bool declined() const { return declined_; }
  ReplyKind kind() const { return kind_; }
  bool needs_repair() const { return stopped_; }
  bool has_told() const { return !text_.empty(); }
  bool withheld() const { return guard_.withheld(); }
  const std::vector<std::string>& unsupported() const { return unsupported_; }
  const std::string& reply() const { return reply_; }
  const std::string& text() const { return text_; }
  const std::vector<uint32_t>& order() const { return numbering_.order(); }

 private:
  // What the reply is, by how it begins.
  bool Decide(std::string_view begun) {
    decided_ = true;
    for (const ReplyMark& mark : kReplyMarks) {
      if (!begun.starts_with(mark.word)) continue;
      declined_ = mark.word == kNoAnswer;
      kind_ = mark.kind;
      begun.remove_prefix(mark.word.size());
      begun.remove_prefix(std::min(begun.find_first_not_of(": \t\r\n"), begun.size()));
    }
    trims_ = begun.empty();  // what stands between the mark and the text may still come
    return declined_ || Accept(begun);
  }

  bool Accept(std::string_view piece) {
    if (trims_) {
      piece.remove_prefix(std::min(piece.find_first_not_of(": \t\r\n"), piece.size()));
      trims_ = piece.empty();
    }
    return Pass(guard_.Take(piece));
  }

  // What may be told.
  bool Pass(std::string_view piece) {
    if (policy_ == UnsupportedPolicy::kFlag) return Emit(piece);
    pending_ += piece;
    return TakeSentences(/*last=*/false);
  }

  // The sentences of pending_ that are complete: all but the last, for its markers may yet come.
  bool TakeSentences(bool last) {
    const std::vector<CitedSentence> sentences = SplitCitedSentences(pending_, !last);
    size_t taken = 0;
    const size_t count = last || sentences.empty() ? sentences.size() : sentences.size() - 1;
    for (size_t i = 0; i < count; ++i) {
      const size_t end = sentences[i].range.end;
      const std::string piece = pending_.substr(taken, end - taken);  // with the space before it
      taken = end;
      const bool supported =
          AssertsNothing(kind_, sentences[i]) || evidence_.Check(sentences[i]).supported;
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
  OutputGuard guard_;
  std::string reply_;     // all that the model said
  bool decided_ = false;  // whether it declined
  bool declined_ = false;
  bool trims_ = false;  // what comes begins the text
  ReplyKind kind_ = ReplyKind::kAnswer;
  std::string pending_;   // said and not yet checked
  bool stopped_ = false;  // repair: from here on all is held back in rest_
  std::string rest_;
  std::vector<std::string> unsupported_;
  std::string text_;  // told
};

Status Gone() { return CancelledError("the reader of the answer went away"); }

Status Abstain(const Query& query, const index::Snapshot& snapshot, std::string reason,
               const AnswerSink& sink, Answer& answer) {
  answer.abstained = true;
  answer.verdict = {.label = Support::kUnsupported, .score = 0, .reason = std::move(reason)};
  answer.text = AbstentionText(query, answer.context, snapshot);
  return sink == nullptr || sink(answer.text) ? OkStatus() : Gone();
}

// The answer of the extractive writer behind a sentence that says why.
Status WriteWithoutModel(const ExtractiveWriter& extractive, const Status& failed,
                         const Query& query, const index::Snapshot& snapshot,
                         const AnswerSink& sink, const CallContext& context, Answer& answer) {
  const std::string lead = AnswerLanguage(query) == "zh"
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
  answer.note = ReasonText(Reason::kModelSilent, AnswerLanguage(query), {failed.message()});
  return OkStatus();
}

}  // namespace

bool SaysModelWasSilent(std::string_view note) {
  return note.starts_with(ReasonText(Reason::kModelSilent, "en", {""})) ||
         note.starts_with(ReasonText(Reason::kModelSilent, "zh", {""}));
}

bool IsModelsFault(Code code) {
  return code == Code::kUnavailable || code == Code::kResourceExhausted ||
         code == Code::kFailedPrecondition || code == Code::kInternal;
}

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
                         ModelWriterOptions options, const Toolbox* toolbox)
    : model_(model),
      prompts_(prompts),
      toolbox_(toolbox),
      analyzer_(analyzer),
      extractive_(extractive),
      options_(options),
      fingerprint_("model/" + std::to_string(kModelWriterVersion) + '/' + model.name() + '/' +
                   prompts.fingerprint() + '/' + UnsupportedPolicyName(options.unsupported) + '/' +
                   std::to_string(options.temperature) + '/' + std::to_string(options.seed) + '/' +
                   std::to_string(options.max_tokens) + '/' + extractive.fingerprint()) {}

model::ChatRequest ModelWriter::RequestFor(const Query& query, const Context& context,
                                           bool has_tools) const {
  model::ChatRequest request{.temperature = options_.temperature,
                             .seed = options_.seed,
                             .max_tokens = options_.max_tokens};
  const std::string language = AnswerLanguage(query);
  request.messages = prompts_.Answer(query.text, context, language, has_tools);
  if (query.guide == nullptr) return request;
  const AnswerGuide& guide = *query.guide;
  std::string guidance = GuidanceText(guide, query.text, language, analyzer_);
  if (has_tools) guidance += (guidance.empty() ? "" : "\n") + ToolGuidance(language);
  if (!guidance.empty()) {
    // Before the passages: what stands behind them may be theirs.
    if (request.messages.front().role != model::ChatRole::kSystem) {
      request.messages.insert(request.messages.begin(), {.role = model::ChatRole::kSystem});
    }
    std::string& system = request.messages.front().content;
    system += (system.empty() ? "" : "\n\n") + guidance;
  }
  request.model = guide.model;
  request.temperature = guide.temperature.value_or(options_.temperature);
  request.max_tokens = guide.max_tokens.value_or(options_.max_tokens);
  if (!guide.output_schema.empty()) {
    request.response_format = {model::ResponseFormat::Kind::kJsonSchema, "answer",
                               guide.output_schema};
  }
  return request;
}

UnsupportedPolicy ModelWriter::PolicyFor(const Query& query) const {
  if (query.guide == nullptr || query.guide->unsupported.empty()) return options_.unsupported;
  return ParseUnsupportedPolicy(query.guide->unsupported).value();  // checked when it was read
}

// What the model says once it calls no tool any more. Nothing of it was told yet.
Result<model::ChatReply> ModelWriter::Converse(model::ChatRequest& request, ToolLoop& tools,
                                               const CallContext& context, Answer& answer) const {
  while (true) {
    const bool is_last = tools.exhausted();
    tools.Offer(request);
    request.spent = answer.usage.cost;
    Result<model::ChatReply> reply = model_.Complete(request, nullptr, context);
    if (!reply.ok() || reply->tool_calls.empty()) return reply;
    answer.usage += reply->usage;
    QUARRY_RETURN_IF_ERROR(tools.Run(*reply, request, context, answer));
    if (is_last) return UnavailableError("it goes on calling tools instead of answering");
  }
}

// JSON has no sentences to be checked: it comes as it is, and says so.
Status ModelWriter::WriteBySchema(model::ChatRequest& request, ToolLoop& tools,
                                  const AnswerSink& sink, const CallContext& context,
                                  Answer& answer) const {
  QUARRY_ASSIGN_OR_RETURN(model::ChatReply reply, tools.any()
                                                      ? Converse(request, tools, context, answer)
                                                      : model_.Complete(request, sink, context));
  answer.usage += reply.usage;
  if (!reply.model.empty()) answer.model = reply.model;
  answer.text = std::move(reply.content);
  if (tools.any() && sink != nullptr && !sink(answer.text)) return Gone();
  return OkStatus();
}

Status ModelWriter::Write(const Query& query, const index::Snapshot& snapshot,
                          const AnswerSink& sink, const CallContext& context,
                          Answer& answer) const {
  answer.model = model_.name();
  std::vector<std::shared_ptr<const Tool>> listed;
  if (toolbox_ != nullptr) listed = toolbox_->ToolsFor(query.guide.get());
  ToolLoop tools(std::move(listed), query, snapshot, analyzer_);
  if (answer.context.passages.empty() && !tools.any()) {
    return Abstain(query, snapshot, ReasonText(Reason::kNoPassage, AnswerLanguage(query)), sink,
                   answer);
  }
  model::ChatRequest request = RequestFor(query, answer.context, tools.any());
  request.spent = answer.usage.cost;
  if (request.response_format.kind != model::ResponseFormat::Kind::kText) {
    QUARRY_RETURN_IF_ERROR(WriteBySchema(request, tools, sink, context, answer));
    answer.verdict.reason = ReasonText(Reason::kUncheckedJson, AnswerLanguage(query));
    return OkStatus();
  }
  std::optional<Writing> begun;
  const auto begin = [&]() -> Writing& {
    return begun.emplace(query, answer.context, SystemText(request), analyzer_, PolicyFor(query),
                         sink);
  };
  const auto stream = [&] {
    Writing& streamed = begin();
    return model_.Complete(
        request, [&](std::string_view delta) { return streamed.Take(delta); }, context);
  };
  const Result<model::ChatReply> reply =
      tools.any() ? Converse(request, tools, context, answer) : stream();
  // With tools the passages are known only now, and the text comes in one piece.
  if (!begun && !begin().Take(reply.ok() ? std::string_view(reply->content) : "")) return Gone();
  Writing& writing = *begun;
  if (!reply.ok() || (reply->content.empty() && reply->refusal.empty())) {
    Status failed = reply.ok() ? UnavailableError("it said nothing") : reply.status();
    if (reply.ok()) answer.usage += reply->usage;
    if (!IsModelsFault(failed.code()) || writing.has_told()) return failed;
    return WriteWithoutModel(extractive_, failed, query, snapshot, sink, context, answer);
  }
  answer.usage += reply->usage;
  if (!reply->model.empty()) answer.model = reply->model;
  if (!writing.Finish()) return Gone();
  if (reply->content.empty()) {
    return Abstain(query, snapshot,
                   ReasonText(Reason::kModelDeclines, AnswerLanguage(query), {reply->refusal}),
                   sink, answer);
  }
  if (writing.declined()) {
    return Abstain(query, snapshot, ReasonText(Reason::kModelFindsNone, AnswerLanguage(query)),
                   sink, answer);
  }
  if (reply->finish_reason == "length") {
    answer.note =
        ReasonText(Reason::kCutShort, AnswerLanguage(query), {std::to_string(request.max_tokens)});
  }
  if (writing.withheld()) {
    model::AddReason(ReasonText(Reason::kLeftOutUnsafe, AnswerLanguage(query)),
                     AnswerLanguage(query), answer.note);
  }
  if (writing.needs_repair()) {
    request.messages.push_back({.role = model::ChatRole::kAssistant, .content = writing.reply()});
    request.messages.push_back(prompts_.Repair(query.text, writing.text(), writing.unsupported()));
    request.spent = answer.usage.cost;
    if (tools.any()) request.tool_choice = "none";
    const Result<model::ChatReply> repaired = model_.Complete(request, nullptr, context);
    if (!repaired.ok() && !IsModelsFault(repaired.status().code())) return repaired.status();
    if (repaired.ok()) answer.usage += repaired->usage;
    const bool reads = repaired.ok() ? writing.TakeRepair(repaired->content) : writing.KeepRest();
    if (!reads) return Gone();
  }
  if (!writing.Close()) return Gone();
  answer.text = writing.text();
  if (Trim(answer.text).empty()) {
    return Abstain(query, snapshot, ReasonText(Reason::kNoSentenceCarried, AnswerLanguage(query)),
                   sink, answer);
  }
  answer.kind = writing.kind();
  OrderPassages(writing.order(), answer.context);
  FillCitations(analyzer_, AnswerLanguage(query), answer);
  return OkStatus();
}

}  // namespace quarry::generation
