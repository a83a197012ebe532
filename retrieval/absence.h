#pragma once

// Why a document is not in the result of a search, stage by stage: what somebody asks who knows
// that it should be.

#include <string>
#include <vector>

#include "retrieval/retriever.h"

namespace quarry::retrieval {

// Where one leg has a document. Ranks count documents, by their best chunk.
struct LegPlace {
  bool searched = false;
  uint32_t rank = 0;     // from 1; 0 = not among the best kMaxK
  double score = 0;      // of its best chunk; 0 where that is not known
  uint32_t brought = 0;  // documents that the leg brought to fusion
};

struct Absence {
  enum class Reason : uint8_t {
    kNotInCollection,  // or not to be told: the caller may not read it
    kNotReadable,
    kFiltered,
    kOperators,  // it lacks what is required or holds what is excluded
    kNotInLegs,  // neither leg brought it
    kCollapsed,  // another document says it in nearly the same words, better ranked
    kBeyondK,    // ranked, behind the last hit
    kFound,      // it is there
  };
  Reason reason = Reason::kNotInCollection;
  std::string text;                 // one sentence for a reader
  DocumentId document;              // its id now: a moved document is known by its older one too
  std::vector<DocumentId> nearest;  // kNotInCollection: which may have been meant
  std::vector<std::string> conditions;  // kOperators: those that it fails
  LegPlace lexical;
  LegPlace dense;
  std::vector<index::TermContribution> terms;  // of its best chunk by words
  uint32_t rank = 0;                           // among the hits; kBeyondK: behind them
  std::vector<ScoreStep> steps;                // kCollapsed, kBeyondK, kFound: of its best hit
};
const char* AbsenceReasonName(Absence::Reason reason);  // "not_in_legs"

struct AbsenceOptions {
  // Whether a caller with principals is told that there is a document which they may not read.
  bool tell_unreadable = false;
};

// `retrieved` is what the retriever gave for the query on these snapshots. Costs two searches more.
// Errors: those of the store and the legs.
Result<Absence> WhyAbsent(const Retriever& retriever, const Query& query, Snapshots snapshots,
                          const Retrieved& retrieved, const std::string& document,
                          const AbsenceOptions& options, const CallContext& context);

}  // namespace quarry::retrieval
