#pragma once

// What a message of a conversation asks, where it has two readings (follow_up.h), and its answer; where it is declined,
// asked once more with words that are there. Whatever answers conversations asks through here: Assistant, ChatRelay, the
// runs of eval. Why it is so: docs/decisions/0061-two-readings-of-a-short-question.md.
//
// Thread-safe.

#include <cstdint>
#include <string>

#include "generation/cached_answerer.h"
#include "generation/follow_up.h"

namespace quarry::generation {

// The text of the reading of `question` that the collection speaks of, or says most of; `query` is the message as it was said, with
// what restricts retrieval. Where there is one reading nothing is searched. Errors: those of
// Answerer::MakeContext.
Result<std::string> ChooseReading(const Answerer& answerer, const Query& query,
                                  const StandaloneQuestion& question,
                                  const index::Snapshot& snapshot, const CallContext& context);

// Answers `query`, a message that means `question`: by the reading that ChooseReading takes, and where answers are
// quoted by the other one, if the first is declined and the collection speaks of the other, too. Of the questions that a
// new thing may make, by that of which the collection says most; where a quoted answer says nothing of the thing by the
// others, by its words with the topic's, and by the message alone. Where the reason of an answer is asked
// and quotes only repeat that answer, which holds none, it is said that none is given. Answer::standalone is what was answered,
// where that is not what was said and is a question. What may be asked twice is answered in one piece. Errors: those of
// CachedAnswerer::Ask.
Result<Answer> AskStandalone(const CachedAnswerer& answerer, const Query& query,
                             const StandaloneQuestion& question, const index::Snapshot& snapshot,
                             CacheUse use, const AnswerSink& sink, const CallContext& context);

// Whether a question that is declined is asked once more, with the nearest words that passages hold in place of those
// that none does (retrieval/spelling.h). What words there are is told to who may read all.
enum class Respelling : uint8_t { kOff, kOn };

// AskStandalone, by `respelling`; Answer::note says which words were asked instead. What may be asked again is answered
// in one piece. Errors: those of CachedAnswerer::Ask and retrieval::CorrectQuery.
Result<Answer> AskRespelled(const CachedAnswerer& answerer, const Query& query,
                            const StandaloneQuestion& question, const index::Snapshot& snapshot,
                            Respelling respelling, CacheUse use, const AnswerSink& sink,
                            const CallContext& context);

}  // namespace quarry::generation
