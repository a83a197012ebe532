#pragma once

// An answer quoted from documents in the other of English and Chinese than the question is in, where those of its own
// language have none: the question is asked word by word in their language (model/translated_question.h). What is
// quoted stays as it is written there, behind words that say in which language it is.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

struct DraftAcross {
  model::ExtractiveDraft draft;  // never declined; its sentences are of the context's passages
  std::string words;             // how the question was read: "水表 = water meter, 费 = fee"
};

// The language in which a question may be asked, too: "en" of one in Chinese, "zh" of one in English, else "".
std::string OtherLanguageThanOf(std::string_view question);

// Support of what passages in the question's own language say, below which those in the other are asked, too.
inline constexpr double kSureOfOwnLanguage = 0.5;

// From the passages of `context` in the other language; nullopt where they do not carry an answer clearly better than
// with the support `own`. What is no longer in force (`abolished`, by passage) is not asked. A pure function.
// Errors: those of TranslateQuestion.
Result<std::optional<DraftAcross>> ExtractAcrossLanguages(const Query& query,
                                                          const Context& context, double own,
                                                          const std::vector<bool>& abolished,
                                                          const Analyzer& analyzer,
                                                          const model::ExtractiveOptions& options);

}  // namespace quarry::generation
