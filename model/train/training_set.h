#pragma once

// What the bilingual table is trained on, as extract.py writes it.

#include <cstdint>
#include <string>

#include "base/call_context.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/corpus_terms.h"
#include "model/passages.h"

namespace quarry::model {

// How many terms the table has, the most frequent of each kind.
struct VocabularyLimits {
  size_t words = 28'000;  // whatever is not Chinese
  size_t characters = 6'000;
  size_t character_pairs = 24'000;
};

struct TrainingSet {
  CorpusTerms corpus;  // a text a line: running texts first, then pairs
  Passages passages;   // of the same terms; a line of which too little is left is none
};

// Errors: kNotFound; kInvalidArgument with the line that is malformed or has no term.
Result<TrainingSet> ReadTrainingSet(const std::string& path, const VocabularyLimits& limits,
                                    ThreadPool* pool, const CallContext& context);

}  // namespace quarry::model
