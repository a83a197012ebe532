#pragma once

// Drafts of the answer without a model, before they are said: from some of the passages, from what is in force, from the
// rows of a table that meet the conditions of the question, and of several parts as one. Internal to generation/. Pure.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"
#include "generation/table_conditions.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

inline constexpr double kSupportOfRows = 0.9;  // that have all that the question says

// Some passages of a context, the best first.
class SomePassages {
 public:
  // `places`: their indices in the context.
  SomePassages(const Context& context, std::vector<uint32_t> places);

  const std::vector<Passage>& passages() const { return passages_; }
  // model::ExtractAnswer from them alone. Its sentences name their passages by the index in the context.
  model::ExtractiveDraft Draft(std::string_view question, const Analyzer& analyzer,
                               const model::ExtractiveOptions& options,
                               const model::TranslatedQuestion* translated = nullptr) const;

 private:
  std::vector<Passage> passages_;
  std::vector<uint32_t> places_;
};

// The answer from what is in force: passages of documents that say of themselves that they are not (`abolished` by
// passage, abolished.h) stand behind the others, and where only they answer that is said.
model::ExtractiveDraft DraftInForce(const Query& query, const Context& context,
                                    const std::vector<bool>& abolished, const Analyzer& analyzer,
                                    const model::ExtractiveOptions& options);

// Puts the rows that meet the conditions of the question in the place of what was drafted by its words.
void TakeRows(const RowsThatMeet& met, const Query& query, const Context& context,
              const model::ExtractiveOptions& options, model::ExtractiveDraft& draft);

// Puts what answers a part behind what is said already: its first `most` sentences, the lines of a list and what
// contradicts them not counted. How many were not said yet.
size_t AddPart(const std::vector<model::ExtractedSentence>& part, size_t most,
               std::vector<model::ExtractedSentence>& said);

// Whether the sentence has bytes of that range of a passage.
bool Overlap(const model::ExtractedSentence& sentence, uint32_t passage, ByteRange range);

}  // namespace quarry::generation
