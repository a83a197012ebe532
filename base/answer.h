#pragma once

// Answers with checked citations: what generation makes and every surface shows.

#include <cstdint>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/query.h"

namespace quarry {

// A half-open byte range of Answer::text.
struct TextRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// One claim of the answer and the words that support it. `quote` equals the document's normalised
// text at `source`, byte for byte.
struct Citation {
  TextRange answer_span;  // the sentence, without its marker
  uint32_t passage = 0;   // 1-based number of the passage in the context: the "2" of "[2]"
  ChunkId chunk;
  DocumentId document;
  SourceSpan source;  // of the quote, in the document's normalised text
  std::string quote;
};

// Whether the cited text carries the claim.
enum class Support : uint8_t { kSupported, kUnsupported, kUnchecked };
const char* SupportName(Support support);

struct Verdict {
  Support label = Support::kUnchecked;
  double score = 0;    // 0 to 1
  std::string reason;  // one line for a reader
};

// What the support check says of one sentence of the answer.
struct SentenceVerdict {
  TextRange span;  // the sentence, without its markers
  Verdict verdict;
};

struct Usage {
  uint32_t prompt_tokens = 0;
  uint32_t completion_tokens = 0;
  double cost = 0;  // by the configured prices; 0 without a model

  Usage& operator+=(const Usage& more) {
    prompt_tokens += more.prompt_tokens;
    completion_tokens += more.completion_tokens;
    cost += more.cost;
    return *this;
  }
};

// One try at an answer, where several were made: by a cheaper model first, or several by one model.
struct AnswerAttempt {
  std::string model;
  Usage usage;
  Verdict verdict;
  std::string rejected;  // why the answer is not this one; "" = it is
};

// What of the conversation before a question was read again.
struct MemoryReport {
  uint32_t turns = 0;      // read
  uint32_t condensed = 0;  // of them, to their most telling sentence
  uint32_t dropped = 0;    // older ones, not read
  uint32_t tokens = 0;     // of those read
};

// Whether an answer was made for this question or taken from the answer cache, and on what grounds.
enum class CacheKind : uint8_t {
  kOff,       // there is no cache
  kBypassed,  // not looked up: the caller or the question forbids it
  kMiss,      // looked up, and made anew
  kShared,    // made once for several who asked the same at the same time
  kExact,     // stored for the same question, spelling apart
  kSemantic,  // stored for another question that a verifier takes for the same
};
// "off", "bypassed", "miss", "shared", "exact", "semantic".
const char* CacheKindName(CacheKind kind);

struct CacheReport {
  CacheKind kind = CacheKind::kOff;
  std::string reason;       // kBypassed, kMiss: why
  CacheEntryId entry;       // of a hit
  std::string question;     // of a hit: the stored one
  double similarity = 0;    // of a hit: of both questions; 1 of the same
  int64_t age_seconds = 0;  // of a hit
  std::string verified_by;  // of a hit: "normal form", or the fingerprint of the verifier

  bool hit() const { return kind == CacheKind::kExact || kind == CacheKind::kSemantic; }
};

// What an answer is.
enum class ReplyKind : uint8_t {
  kAnswer,         // from the documents; or what they do not say
  kSmallTalk,      // to a message that asks nothing of them
  kRefused,        // to a request for harm
  kAskBack,        // the question fits several things: which one is meant
  kFalsePremise,   // the question takes for granted what the documents contradict: what they say
  kContradiction,  // the question asks for what excludes itself
};
const char* ReplyKindName(ReplyKind kind);  // "answer"

// A call of a tool that the chat model asked for while it wrote.
struct ToolUse {
  std::string name;
  std::string arguments;  // JSON, as the model wrote it
  std::string result;     // what the model was told, its beginning
  bool failed = false;    // `result` says why
  std::string svg;        // a plot of the result; "" = none
  uint64_t micros = 0;    // that it took
};

struct Answer {
  ReplyKind kind = ReplyKind::kAnswer;
  MemoryReport memory;     // of a conversation
  std::string standalone;  // what was asked, where a conversation made it another question; else ""
  std::string text;        // with markers: "The pump runs at 9 bar [1]."
  std::vector<Citation> citations;         // by the sentences; one may have several
  std::vector<SentenceVerdict> sentences;  // in order; none where it abstained
  Verdict verdict;                         // of the whole
  bool abstained = false;                  // the corpus does not say; `text` says what was searched
  Usage usage;
  std::string model;                    // "extractive", or the name of the chat model
  std::vector<AnswerAttempt> attempts;  // in order, where there were several; else none
  std::string note;  // why it is not as asked for: the model did not answer; else ""
  std::vector<ChunkId>
      retrieved;          // the passages of `context` by rank (Passage::chunk); none where unknown
  Context context;        // the cited passages first, in the order of their citations
  CommitSequence commit;  // the state of the collection that was answered from
  std::string fingerprint;  // names that state, the configuration and the model: same = same answer
  CacheReport cache;
  std::vector<ToolUse> tools;  // in the order in which they were asked for
  std::vector<Trace::Stage> timings;
};

}  // namespace quarry
