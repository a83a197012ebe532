#pragma once

// What learning and embedding share, so that a text is counted the same way in both. Internal to
// the learnt embedder.

#include <cstdint>
#include <memory>

#include "base/analyzer.h"
#include "model/embedder.h"
#include "model/embedder_table.h"

namespace quarry::model {

// Stems, stop words kept (they carry little weight, and questions are made of them); every CJK
// character and every pair.
AnalyzerOptions LearntAnalyzerOptions();

// 1 + ln(count): the weight of a term that occurs `count` times in a text. REQUIRES: count > 0.
float TermFrequencyWeight(uint64_t count);

std::shared_ptr<const Embedder> MakeLearntEmbedder(EmbedderTable table);

}  // namespace quarry::model
