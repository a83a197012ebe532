#pragma once

// What learning (lsa_learning.cc) and embedding (lsa_embedder.cc) share, so that a text is counted
// the same way in both.

#include <cstdint>
#include <memory>

#include "base/analyzer.h"
#include "model/embedder.h"
#include "model/lsa_table.h"

namespace quarry::model {

// Stems, stop words kept (they carry little weight, and questions are made of them); every CJK
// character and every pair.
AnalyzerOptions LsaAnalyzerOptions();

// 1 + ln(count): the weight of a term that occurs `count` times in a text. REQUIRES: count > 0.
float TermFrequencyWeight(uint64_t count);

std::shared_ptr<const Embedder> MakeLsaEmbedder(LsaTable table);

}  // namespace quarry::model
