#pragma once

// Where what `accept` asks for stands: in a passage, in the corpus. It is what is known of a case whose
// author has marked no gold span.
//
// Looked for are texts and numbers with a unit. A number by itself ("30", "2025"), or a text of less than
// four letters or three CJK characters ("No", "支持") that is no number with a unit ("12升"), stands in any
// corpus by chance: such are looked for in gold documents alone. What an expression matches, and how long
// an answer is, says nothing of passages. Pure but for FindAccepted.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/call_context.h"
#include "eval/answer_checks.h"
#include "eval/suite.h"
#include "index/snapshot.h"

namespace quarry::eval {

// The checks of `accept` that are looked for, by their places in it.
std::vector<size_t> ChecksLookedFor(const Case& one);

// Whether a passage of `document` holds a check that is looked for.
bool IsHeldBy(const Case& one, size_t check, const DocumentId& document, CheckedText& passage);

// The chunks that hold a check, by themselves or with their headings; those of gold documents alone, where
// one of these does. `quote` is what was looked for.
struct AcceptedPlaces {
  size_t check = 0;  // its place in Case::accept
  std::vector<GoldSpan> places;
};

// Of each case one for each check that is looked for. Reads every chunk of the corpus once, whatever the number of
// cases. Errors: those of the store and of the call.
Result<std::vector<std::vector<AcceptedPlaces>>> FindAccepted(std::span<const Case* const> cases,
                                                              const index::Snapshot& snapshot,
                                                              const CallContext& context);

// What is called with each live chunk and its document; `text` is the chunk behind its headings. false ends
// the reading.
using ChunkTextVisitor = std::function<bool(const index::StoredDocument& document,
                                            const index::StoredChunk& chunk, CheckedText& text)>;
Status ForEachChunkText(const index::Snapshot& snapshot, const ChunkTextVisitor& visit,
                        const CallContext& context);

}  // namespace quarry::eval
