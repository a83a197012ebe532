#pragma once

// Where the vectors of terms begin before they are learnt. Internal to learning.

#include <cstdint>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/contrastive_learning.h"
#include "model/corpus_terms.h"
#include "model/latent_semantics.h"
#include "model/learnt_embedder.h"

namespace quarry::model {

// The terms with number_of[term] != CorpusTerms::kNoTerm, at that number: the unit latent vector
// mixed with a random one of the term and the seed, so that words which the analysis cannot tell
// apart differ. The weight is ln(idf * length^0.5) by the length of the latent vector. Numbers
// count from 0.
Status StartVectors(const CorpusTerms& corpus, const std::vector<uint32_t>& number_of,
                    const LatentSemantics& latent, const std::vector<float>& idf,
                    const LearningOptions& options, ThreadPool* pool, const CallContext& context,
                    TermVectors& vectors);

}  // namespace quarry::model
