#include "generation/across_languages.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "base/text.h"
#include "generation/context_pieces.h"
#include "generation/extractive_drafts.h"
#include "model/translated_question.h"

namespace quarry::generation {
namespace {

// Words stand for each other by chance: more of them must be there than in the question's own language.
constexpr double kMoreSupport = 0.2;
constexpr double kClearly = 0.2;  // better than what the question's own language says
// Of the words of the question that say something more must stand in the sentence and its headings.
constexpr double kByChance = 0.5;

// A sentence below its title and headings.
std::string StatementOf(const Passage& passage, const ByteRange& range) {
  std::string said = passage.title + '\n' + Join(passage.chunk.span.heading_path, "\n") + '\n';
  said += std::string_view(passage.chunk.text).substr(range.begin, range.end - range.begin);
  return said;
}

}  // namespace

std::string OtherLanguageThanOf(std::string_view question) {
  const std::string language = DetectLanguage(question);
  return language == "zh" ? "en" : language == "en" ? "zh" : "";
}

void SayOtherLanguage(const Query& query, const Context& context,
                      std::vector<model::ExtractedSentence>& sentences) {
  const std::string other = OtherLanguageThanOf(query.text);
  if (other.empty()) return;
  const auto first = std::ranges::find_if(sentences, [&](const model::ExtractedSentence& one) {
    return context.passages[one.passage].language == other;
  });
  if (first == sentences.end()) return;
  const bool chinese = AnswerLanguage(query) == "zh";
  const bool from_english = other == "en";
  const size_t behind_break = first->lead.starts_with('\n') ? 1 : 0;
  first->lead.insert(behind_break,
                     chinese ? (from_english ? "以下出自英文文档：" : "以下出自中文文档：")
                     : from_english ? "From a document in English: "
                                    : "From a document in Chinese: ");
}

OwnAnswer OwnAnswerOf(const Query& query, const model::ExtractiveDraft& draft,
                      const Context& context) {
  OwnAnswer own = {.support = draft.support, .statement = {}};
  if (draft.declined || draft.sentences.empty()) return own;
  const model::ExtractedSentence& first = draft.sentences.front();
  const Passage& passage = context.passages[first.passage];
  if (passage.language != OtherLanguageThanOf(query.text))
    own.statement = StatementOf(passage, first.range);
  return own;
}

Result<std::optional<DraftAcross>> ExtractAcrossLanguages(const Query& query,
                                                          const Context& context,
                                                          const OwnAnswer& own,
                                                          const std::vector<bool>& abolished,
                                                          const Analyzer& analyzer,
                                                          const model::ExtractiveOptions& options) {
  const std::string language = OtherLanguageThanOf(query.text);
  if (language.empty()) return std::optional<DraftAcross>();
  const bool to_english = language == "en";
  std::vector<uint32_t> places;
  for (uint32_t i = 0; i < context.passages.size(); ++i) {
    if (!abolished[i] && context.passages[i].language == language) places.push_back(i);
  }
  if (places.empty()) return std::optional<DraftAcross>();
  const SomePassages others(context, std::move(places));
  QUARRY_ASSIGN_OR_RETURN(
      const std::optional<model::TranslatedQuestion> translated,
      model::TranslateQuestion(query.text, to_english, others.passages(), analyzer));
  if (!translated) return std::optional<DraftAcross>();
  model::ExtractiveOptions across = options;
  across.decline_below =
      std::min(1.0, std::max(options.decline_below + kMoreSupport, own.support + kClearly));
  across.max_sentences = 1;  // what stands behind the best one is less sure here
  // A name that nothing in the collection has may stand there in the other script.
  for (const model::TranslatedWord& word : translated->words) {
    if (word.parts.empty()) continue;
    for (const Token& token : analyzer.Tokenize(translated->Written(word)))
      std::erase(across.unknown, token.term);
  }
  DraftAcross found;
  found.draft = others.Draft(query.text, analyzer, across, &*translated);
  if (found.draft.declined || found.draft.sentences.empty()) return std::optional<DraftAcross>();
  const model::ExtractedSentence& best = found.draft.sentences.front();
  const std::string said = StatementOf(context.passages[best.passage], best.range);
  if (translated->CoveredBy(said, analyzer) <= kByChance) return std::optional<DraftAcross>();
  if (!own.statement.empty() && translated->IsSaidAsWell(own.statement, said, analyzer)) {
    return std::optional<DraftAcross>();
  }
  found.words = translated->Reading();
  return std::optional<DraftAcross>(std::move(found));
}

}  // namespace quarry::generation
