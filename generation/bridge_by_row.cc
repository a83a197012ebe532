#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "generation/bridge.h"
#include "generation/context_pieces.h"
#include "generation/extractive_drafts.h"
#include "generation/follow_up_words.h"
#include "generation/leading_names.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostCodesAsked = 6;  // each costs a draft

SomePassages PassagesOfOthers(const Context& context, uint32_t passage) {
  std::vector<uint32_t> others;
  for (uint32_t i = 0; i < context.passages.size(); ++i) {
    if (context.passages[i].chunk.document != context.passages[passage].chunk.document)
      others.push_back(i);
  }
  return {context, std::move(others)};
}

}  // namespace

std::optional<Bridge> FindBridgeByRow(std::string_view question, const Context& context,
                                      const Analyzer& analyzer,
                                      const model::ExtractiveOptions& options) {
  std::optional<Bridge> best;
  const std::vector<std::string_view> codes = follow_up::NamingCodesOf(question);
  if (codes.size() != 1) return best;
  const std::string_view named = codes.front();
  const size_t at = static_cast<size_t>(named.data() - question.data());
  size_t asked_codes = 0;
  for (const ContextPiece& row : ContextPieces(context, analyzer)) {
    if (row.kind != BlockKind::kTable) continue;
    const std::vector<RowCell> cells = CellsOfRow(row.text);
    if (cells.empty() || CodeThatBegins(cells.front().value) != named) continue;
    const SomePassages others = PassagesOfOthers(context, row.passage);
    for (size_t i = 1; i < cells.size() && !others.passages().empty(); ++i) {
      const std::string_view code = CodeThatBegins(cells[i].value);
      if (code.empty() || code == named) continue;
      if (++asked_codes > kMostCodesAsked) return best;
      std::string asked(question);
      asked.replace(at, named.size(), code);
      const model::ExtractiveDraft draft = others.Draft(asked, analyzer, options);
      if (draft.declined || draft.sentences.empty() || draft.says_another) continue;
      const model::ExtractedSentence& first = draft.sentences.front();
      const std::string_view text = context.passages[first.passage].chunk.text;
      const std::string_view said =
          text.substr(first.range.begin, first.range.end - first.range.begin);
      if (!StandsIn(code, said) || (best && draft.support <= best->score)) continue;
      best = Bridge{.name = std::string(code),
                    .names = {row.passage, row.range},
                    .answers = {first.passage, first.range},
                    .score = draft.support};
    }
  }
  return best;
}

}  // namespace quarry::generation
