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

// What the passages in the question's own language say.
struct OwnAnswer {
  double support = 0;
  std::string statement;  // what is said first, below its headings; "" where nothing is
};

// `draft` of `context` for `query`.
OwnAnswer OwnAnswerOf(const Query& query, const model::ExtractiveDraft& draft,
                      const Context& context);

// From the passages of `context` in the other language; nullopt where they do not carry an answer clearly better than
// `own`: with more support, and with more of what is asked, which is not measured alike, for words stand for each other by
// chance. What is no longer in force (`abolished`, by passage) is not asked. A pure function.
// Errors: those of TranslateQuestion.
Result<std::optional<DraftAcross>> ExtractAcrossLanguages(const Query& query,
                                                          const Context& context,
                                                          const OwnAnswer& own,
                                                          const std::vector<bool>& abolished,
                                                          const Analyzer& analyzer,
                                                          const model::ExtractiveOptions& options);

// Puts words that say so before the first of `sentences`, those of an answer in their order, that stands in a document in
// the other language than the question.
void SayOtherLanguage(const Query& query, const Context& context,
                      std::vector<model::ExtractedSentence>& sentences);

}  // namespace quarry::generation
