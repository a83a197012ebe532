#include "generation/readings.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/abstention.h"
#include "generation/context_pieces.h"
#include "model/answer_kind.h"
#include "model/answer_reasons.h"
#include "model/question.h"
#include "retrieval/spelling.h"

namespace quarry::generation {
namespace {

constexpr double kOfTopic = 0.6;  // of a name's words: so many stand beside what is asked of it

// The words of a question but those that ask.
WordSet ContentWords(std::string_view question, const Analyzer& analyzer) {
  WordSet words;
  for (const model::QuestionTerm& term : model::AnalyseQuestion(question, analyzer).terms) {
    words.insert(term.term);
  }
  return words;
}

// Whether two English words may be formed of one root: "builder" and "built", "inspector" and "inspection". What the
// analyzer leaves of them.
bool MayShareRoot(std::string_view a, std::string_view b) {
  constexpr size_t kRoot = 4;  // letters at least
  const auto is_ending = [](std::string_view word_end) {
    return IsOneOf(word_end, {"", "e", "i", "y", "t", "d", "er", "or", "ier", "der", "ter", "ion",
                              "ment", "anc", "enc"});
  };
  const size_t same =
      static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  return same >= kRoot && std::ranges::all_of(a.substr(0, same), IsAsciiLetter) &&
         is_ending(a.substr(same)) && is_ending(b.substr(same));
}

// The part of `asked` that is among `said`, in these words or in others of their roots.
double ShareSaid(const WordSet& asked, const WordSet& said) {
  const auto is_said = [&](const std::string& word) {
    return said.contains(word) || std::ranges::any_of(said, [&](const std::string& other) {
             return MayShareRoot(word, other);
           });
  };
  return static_cast<double>(std::ranges::count_if(asked, is_said)) /
         static_cast<double>(asked.size());
}

// Of each name of a topic: "C-40, Lindqvist Castings" has two, and the article about the warranty names neither the
// casing nor any other part.
std::vector<WordSet> WordsOfNames(std::string_view topic, const Analyzer& analyzer) {
  std::vector<WordSet> names;
  for (const std::string_view name : Split(topic, kTopicDivider)) {
    WordSet words = ContentWords(name, analyzer);
    if (!words.empty()) names.push_back(std::move(words));
  }
  return names;
}

// A question that was made of several turns holds words of answers, and so of documents: what a user asks
// tools for is told by his own.
void KeepOwnWords(Query& query) {
  if (query.guide == nullptr) return;
  if (query.guide->http_tools.empty() && query.guide->tools.empty()) return;
  AnswerGuide guide = *query.guide;
  guide.own_words = query.text;
  query.guide = std::make_shared<const AnswerGuide>(std::move(guide));
}

// The two readings of a question, and how much the collection says of each, which is looked up when it is first
// asked for.
class Readings {
 public:
  // All must outlive it.
  Readings(const Answerer& answerer, const Query& query, const StandaloneQuestion& question,
           const index::Snapshot& snapshot, const CallContext& context)
      : answerer_(answerer),
        query_(query),
        question_(question),
        snapshot_(snapshot),
        context_(context),
        as_said_(Trim(query.text)),
        asked_(ContentWords(query.text, answerer.analyzer())),
        names_(WordsOfNames(question.topic, answerer.analyzer())) {}

  // The one that the collection speaks of.
  Result<std::string> Choose() {
    QUARRY_ASSIGN_OR_RETURN(const double of_topic, ShareOf(question_.with_topic));
    if (of_topic >= 1) return question_.with_topic;  // no more can be said of the other
    QUARRY_ASSIGN_OR_RETURN(const double alone, ShareOf(as_said_));
    if (of_topic + alone == 0) return question_.text;
    return of_topic >= alone ? question_.with_topic : as_said_;
  }

  // The one that is not `reading`.
  const std::string& OtherThan(const std::string& reading) const {
    return reading == as_said_ ? question_.with_topic : as_said_;
  }

  // The greatest part of what is asked that one statement found for the reading has, with its headings; where the
  // reading has a topic, one that has so much of one of its names.
  Result<double> ShareOf(const std::string& reading) {
    if (asked_.empty() || names_.empty()) return 0.0;
    const bool is_as_said = reading == as_said_;
    std::optional<double>& share = is_as_said ? alone_ : of_topic_;
    if (share) return *share;
    Query read = query_;
    read.text = reading;
    QUARRY_ASSIGN_OR_RETURN(const Context found, answerer_.MakeContext(read, snapshot_, context_));
    double best = 0;
    for (const ContextPiece& piece : ContextPieces(found, answerer_.analyzer())) {
      if (!is_as_said && !IsOfTopic(piece)) continue;
      best = std::max(best, ShareSaid(asked_, piece.all));
    }
    share = best;
    return best;
  }

 private:
  bool IsOfTopic(const ContextPiece& piece) const {
    return std::ranges::any_of(
        names_, [&](const WordSet& name) { return ShareAmong(name, piece.all) >= kOfTopic; });
  }

  const Answerer& answerer_;
  const Query& query_;
  const StandaloneQuestion& question_;
  const index::Snapshot& snapshot_;
  const CallContext& context_;
  const std::string as_said_;
  const WordSet asked_;
  const std::vector<WordSet> names_;  // of the topic
  std::optional<double> of_topic_;
  std::optional<double> alone_;
};

// Answers what is asked, in these words.
using AskText = std::function<Result<Answer>(const std::string& text, const AnswerSink& sink)>;

bool IsGiven(const Answer& answer) {
  return answer.kind == ReplyKind::kAnswer && !answer.abstained;
}

// By the reading that the collection speaks of; where that is declined by the other, if it is spoken of, too.
Result<Answer> AskReadings(const StandaloneQuestion& question, Readings readings,
                           const AskText& ask) {
  QUARRY_ASSIGN_OR_RETURN(const std::string reading, readings.Choose());
  const std::string other_reading = readings.OtherThan(reading);
  QUARRY_ASSIGN_OR_RETURN(Answer answer, ask(reading, nullptr));
  // What is said of the VX-240 is no answer to who asked about the VX-220 before, who is told so.
  const bool is_of_sibling = other_reading == question.with_topic && !answer.abstained &&
                             NamesSibling(question.topic, answer.text);
  bool asks_other = is_of_sibling;
  if (answer.kind == ReplyKind::kAnswer && answer.abstained) {
    QUARRY_ASSIGN_OR_RETURN(const double share, readings.ShareOf(other_reading));
    asks_other = share > 0;
  }
  if (asks_other) {
    QUARRY_ASSIGN_OR_RETURN(Answer other, ask(other_reading, nullptr));
    if (is_of_sibling || IsGiven(other)) answer = std::move(other);
  }
  return answer;
}

bool IsDeclined(const Answer& answer) {
  return answer.kind == ReplyKind::kAnswer && answer.abstained;
}

// `text` with the words that passages hold; as it is where nothing is to be corrected.
Result<retrieval::CorrectedQuery> WithWordsThatAreThere(const std::string& text,
                                                        const Analyzer& analyzer,
                                                        const index::Snapshot& snapshot,
                                                        const CallContext& context) {
  const index::Snapshot* const one = &snapshot;
  return retrieval::CorrectQuery(analyzer, text, retrieval::Snapshots(&one, 1), context,
                                 retrieval::CorrectedText::kQuestion);
}

// "resme → resume, pausd → paused"
std::string Respelled(const std::vector<retrieval::Correction>& corrections,
                      std::string_view language) {
  std::string pairs;
  for (const retrieval::Correction& one : corrections) {
    if (!pairs.empty()) pairs += language == "zh" ? "，" : ", ";
    pairs += one.word + " → " + one.by;
  }
  return model::ReasonText(model::Reason::kRespelled, language, {pairs});
}

// How much of what a question asks one statement found for it has, at the most, with its headings.
Result<double> ShareFoundOf(const Answerer& answerer, const Query& query,
                            const std::string& reading, const index::Snapshot& snapshot,
                            const CallContext& context) {
  const WordSet asked = ContentWords(reading, answerer.analyzer());
  if (asked.empty()) return 0.0;
  Query read = query;
  read.text = reading;
  QUARRY_ASSIGN_OR_RETURN(const Context found, answerer.MakeContext(read, snapshot, context));
  double best = 0;
  for (const ContextPiece& piece : ContextPieces(found, answerer.analyzer())) {
    best = std::max(best, ShareSaid(asked, piece.all));
  }
  return best;
}

// The questions that a new thing may make, that first of which the collection says most; of equals the likelier.
Result<std::vector<std::string>> ByWhatIsSaid(const Answerer& answerer, const Query& query,
                                              const StandaloneQuestion& question,
                                              const index::Snapshot& snapshot,
                                              const CallContext& context) {
  std::vector<std::string> readings = {question.text};
  readings.insert(readings.end(), question.other_readings.begin(), question.other_readings.end());
  if (readings.size() == 1) return readings;
  std::vector<std::pair<double, std::string>> shares;
  for (std::string& reading : readings) {
    QUARRY_ASSIGN_OR_RETURN(const double share,
                            ShareFoundOf(answerer, query, reading, snapshot, context));
    shares.emplace_back(share, std::move(reading));
  }
  std::ranges::stable_sort(shares, std::greater<>(), &std::pair<double, std::string>::first);
  std::ranges::transform(shares, readings.begin(),
                         [](auto& share) { return std::move(share.second); });
  return readings;
}

// Whether the answer, or a heading above what it quotes, says what was added.
bool SpeaksOf(const WordSet& added, const Answer& answer, const Analyzer& analyzer) {
  WordSet said = WordsIn(answer.text, analyzer);
  for (const Citation& citation : answer.citations) {
    if (citation.passage == 0 || citation.passage > answer.context.passages.size()) continue;
    const Passage& passage = answer.context.passages[citation.passage - 1];
    said.merge(WordsIn(ContextualHeader(passage.title, passage.chunk.span.heading_path), analyzer));
  }
  return ShareAmong(added, said) >= kOfTopic;
}

// By the readings of the question before that a new thing makes; where their answers say nothing of the thing, but what
// was asked before once more, by its words with those of the topic, and by the message alone: "And for meals?" behind a
// question about hotels.
Result<Answer> AskWithAdded(const StandaloneQuestion& question,
                            const std::vector<std::string>& readings, const std::string& as_said,
                            const AskText& ask, const Analyzer& analyzer) {
  const WordSet added = ContentWords(question.added, analyzer);
  std::vector<std::string> texts = readings;
  if (!question.keywords.empty()) texts.push_back(question.keywords);
  texts.push_back(as_said);
  std::optional<Answer> first;
  for (const std::string& text : texts) {
    QUARRY_ASSIGN_OR_RETURN(Answer answer, ask(text, nullptr));
    const bool is_other_reply = answer.kind != ReplyKind::kAnswer;
    if (added.empty() || is_other_reply || (IsGiven(answer) && SpeaksOf(added, answer, analyzer))) {
      return answer;
    }
    if (!first) first = std::move(answer);
  }
  return *std::move(first);
}

// Letters, digits and all that is not ASCII: what the same sentence has wherever its markers stand.
std::string BareText(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (!IsAscii(c) || IsAsciiAlphanumeric(c)) bare += c;
  }
  return bare;
}

// "To protect the seal", 以便: what something is for is a reason, too.
bool SaysPurpose(std::string_view quote) {
  const std::string lower = AsciiLower(quote);
  return lower.starts_with("to ") || quote.starts_with("为") || quote.starts_with("為") ||
         ContainsAny(lower, {" in order to ", " so as to ", " so that ", " to avoid ",
                             " to prevent ", " to protect ", " to keep ", "以便", "以免", "以防",
                             "为了", "為了", "避免", "防止"});
}

// Whether the answer to "Why?" says only what was answered before, of which nothing gives a reason. Also where that
// is told against what the question takes for granted, which nobody has said: "How high may it rise?" became "Why may it
// rise?".
bool OnlyRepeats(const Answer& answer, const StandaloneQuestion& question) {
  const std::string answered = BareText(question.answered);
  return (IsGiven(answer) || answer.kind == ReplyKind::kFalsePremise) &&
         !answer.citations.empty() &&
         std::ranges::all_of(answer.citations, [&](const Citation& citation) {
           return answered.find(BareText(citation.quote)) != answered.npos &&
                  !SaysPurpose(citation.quote) &&
                  !model::HoldsKind(model::AnswerKind::kReason, citation.quote, question.text);
         });
}

void SayNoReason(const Query& query, Answer& answer) {
  const std::string language = AnswerLanguage(query);
  answer.kind = ReplyKind::kAnswer;
  answer.text = NoReasonText(query);
  answer.abstained = true;
  answer.citations.clear();
  answer.sentences.clear();
  answer.verdict.label = Support::kUnsupported;
  answer.verdict.score = 0;
  answer.verdict.reason = model::ReasonText(
      model::Reason::kNamesNo, language, {model::KindText(model::AnswerKind::kReason, language)});
}

}  // namespace

Result<std::string> ChooseReading(const Answerer& answerer, const Query& query,
                                  const StandaloneQuestion& question,
                                  const index::Snapshot& snapshot, const CallContext& context) {
  if (question.topic.empty()) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> readings,
                            ByWhatIsSaid(answerer, query, question, snapshot, context));
    return readings.front();
  }
  return Readings(answerer, query, question, snapshot, context).Choose();
}

Result<Answer> AskStandalone(const CachedAnswerer& answerer, const Query& query,
                             const StandaloneQuestion& question, const index::Snapshot& snapshot,
                             CacheUse use, const AnswerSink& sink, const CallContext& context) {
  const std::string as_said(Trim(query.text));
  const auto ask = [&](const std::string& reading, const AnswerSink& to) -> Result<Answer> {
    Query asked = query;
    if (reading != as_said) KeepOwnWords(asked);
    asked.text = reading;
    QUARRY_ASSIGN_OR_RETURN(Answer answer, answerer.Ask(asked, snapshot, use, to, context));
    const bool is_shown = question.is_question && reading != question.keywords;
    if (reading != as_said && is_shown) answer.standalone = reading;
    return answer;
  };
  const Answerer& quoting = answerer.answerer();
  const bool asks_why =
      !question.answered.empty() && quoting.quotes() &&
      model::AnalyseQuestion(question.text, quoting.analyzer()).kind == model::AnswerKind::kReason;
  if (asks_why) {
    QUARRY_ASSIGN_OR_RETURN(Answer answer, ask(question.text, nullptr));
    if (OnlyRepeats(answer, question)) SayNoReason(query, answer);
    if (sink && !sink(answer.text)) return CancelledError("the reader of the answer went away");
    return answer;
  }
  if (question.topic.empty() && question.added.empty() && question.other_readings.empty()) {
    return ask(question.text, sink);
  }
  // Quoting takes so little time that both readings can be asked; a chat model is asked once.
  if (!quoting.quotes()) {
    QUARRY_ASSIGN_OR_RETURN(const std::string reading,
                            ChooseReading(quoting, query, question, snapshot, context));
    return ask(reading, sink);
  }
  std::vector<std::string> readings;
  if (question.topic.empty()) {
    QUARRY_ASSIGN_OR_RETURN(readings, ByWhatIsSaid(quoting, query, question, snapshot, context));
  }
  Result<Answer> answer =
      question.topic.empty()
          ? AskWithAdded(question, readings, as_said, ask, quoting.analyzer())
          : AskReadings(question, Readings(quoting, query, question, snapshot, context), ask);
  if (answer.ok() && sink && !sink(answer->text)) {
    return CancelledError("the reader of the answer went away");
  }
  return answer;
}

Result<Answer> AskRespelled(const CachedAnswerer& answerer, const Query& query,
                            const StandaloneQuestion& question, const index::Snapshot& snapshot,
                            Respelling respelling, CacheUse use, const AnswerSink& sink,
                            const CallContext& context) {
  retrieval::CorrectedQuery corrected;
  if (respelling == Respelling::kOn && query.principals.unrestricted) {
    QUARRY_ASSIGN_OR_RETURN(
        corrected,
        WithWordsThatAreThere(question.text, answerer.answerer().analyzer(), snapshot, context));
  }
  if (corrected.corrections.empty()) {
    return AskStandalone(answerer, query, question, snapshot, use, sink, context);
  }
  // The answer may become another one: it is told when it is whole.
  QUARRY_ASSIGN_OR_RETURN(
      Answer answer, AskStandalone(answerer, query, question, snapshot, use, nullptr, context));
  if (IsDeclined(answer)) {
    StandaloneQuestion respelled;
    respelled.text = corrected.text;
    QUARRY_ASSIGN_OR_RETURN(
        Answer again, AskStandalone(answerer, query, respelled, snapshot, use, nullptr, context));
    if (!IsDeclined(again)) {
      const std::string language = AnswerLanguage(query);
      model::AddReason(Respelled(corrected.corrections, language), language, again.note);
      again.usage += answer.usage;
      answer = std::move(again);
    }
  }
  if (sink && !sink(answer.text)) return CancelledError("the reader of the answer went away");
  return answer;
}

}  // namespace quarry::generation
