#pragma once

// What learning and embedding share, so that a text is counted the same way in both. Internal to
// the learnt embedder.

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/analyzer.h"
#include "base/status.h"
#include "model/embedder.h"
#include "model/embedder_table.h"

namespace quarry::model {

// Stems, stop words kept (they carry little weight, and questions are made of them); every CJK
// character and every pair.
AnalyzerOptions LearntAnalyzerOptions();

// 1 + ln(count): the weight of a term that occurs `count` times in a text. REQUIRES: count > 0.
float TermFrequencyWeight(uint64_t count);

// Counts words and CJK characters of a text, to say which language it is in.
class LanguageVote {
 public:
  void Add(std::string_view term);
  bool IsChinese() const { return characters_ > words_; }
  bool IsEmpty() const { return characters_ + words_ == 0; }

 private:
  uint32_t characters_ = 0;
  uint32_t words_ = 0;
};

// What most texts of a corpus are in; kNone where vectors have no second part.
enum class CorpusLanguage : uint8_t { kEnglish = 0, kChinese = 1, kNone = 2 };

// Errors: those of OpenShippedTable where there is a language.
Result<std::shared_ptr<const Embedder>> MakeLearntEmbedder(EmbedderTable table,
                                                           CorpusLanguage language);

}  // namespace quarry::model
