#include "generation/asked_thing.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/column_words.h"
#include "model/answer_reasons.h"
#include "model/quotable.h"

namespace quarry::generation {
namespace {

constexpr size_t kLeastRowCells = 4;

struct Currency {
  std::string_view code;
  std::string_view words;  // divided by '|'; in the question
  std::string_view marks;  // and in what is said, besides the code and the words
};
constexpr Currency kCurrencies[] = {
    {"USD", "usd|us dollar|us dollars|dollar|dollars|美元|美金", "$"},
    {"EUR", "eur|euro|euros|欧元", "€"},
    {"GBP", "gbp|sterling|英镑", "£"},
    {"JPY", "jpy|yen|日元", ""},
    {"HKD", "hkd|港元|港币", ""},
    {"CHF", "chf|swiss francs|瑞士法郎", ""},
    {"CNY", "cny|rmb|yuan|人民币", "元|¥|￥"}};

// Where one of the phrases stands; npos where none does.
size_t PlaceOfAny(std::string_view folded, std::string_view phrases) {
  for (const std::string_view phrase : SplitNonEmpty(phrases, "|")) {
    const size_t at = PlaceOfPhrase(folded, phrase);
    if (at != folded.npos) return at;
  }
  return folded.npos;
}

// That a question wants an amount in: not that of a bound or a price that it names, "above 30 euros".
const Currency* CurrencyAsked(std::string_view folded) {
  static constexpr std::string_view kBefore[] = {"多少",     "几", "how many", "in",
                                                 "how much", "用", "以"};
  for (const Currency& currency : kCurrencies) {
    const size_t at = PlaceOfAny(folded, currency.words);
    if (at != folded.npos && EndsWithAny(TrimBlanks(folded.substr(0, at)), kBefore))
      return &currency;
  }
  return nullptr;
}

bool HasCurrency(const Currency& currency, std::string_view folded) {
  std::string spaced(folded);  // "price_eur"
  std::ranges::replace(spaced, '_', ' ');
  if (PlaceOfAny(spaced, currency.words) != spaced.npos) return true;
  std::string rest = spaced;
  // 元 of 欧元 is none.
  for (const Currency& other : kCurrencies) {
    if (&other == &currency) continue;
    for (const std::string_view word : SplitNonEmpty(other.words, "|")) {
      for (size_t at = rest.find(word); !IsAscii(word[0]) && at != rest.npos; at = rest.find(word))
        rest.replace(at, word.size(), " ");
    }
  }
  const std::vector<std::string_view> marks = SplitNonEmpty(currency.marks, "|");
  return std::ranges::any_of(
      marks, [&](std::string_view mark) { return rest.find(mark) != std::string::npos; });
}

// What a question asks of a thing, and the thing; both "" where it does not read so.
struct OfThing {
  std::string_view asked;
  std::string_view thing;
};
OfThing ReadOfThing(std::string_view folded) {
  static constexpr std::string_view kAsking[] = {"what is the ", "what's the ", "what are the "};
  static constexpr std::string_view kOf[] = {" of the ", " of ", " for the "};
  static constexpr std::string_view kBehind[] = {"是多少", "有多少", "是什么", "是几",
                                                 "为多少", "多少",   "范围",   "是"};
  std::string_view rest = folded;
  if (RemoveAnyPrefix(rest, kAsking)) {
    for (const std::string_view of : kOf) {
      const size_t at = rest.find(of);
      if (at != rest.npos) return {rest.substr(0, at), rest.substr(at + of.size())};
    }
    return {};
  }
  constexpr std::string_view kPossessive = "的";
  const size_t at = folded.rfind(kPossessive);
  if (at == folded.npos) return {};
  std::string_view asked = folded.substr(at + kPossessive.size());
  while (asked.ends_with('?') || asked.ends_with(' ')) asked.remove_suffix(1);
  bool asks = false;
  while (RemoveAnySuffix(asked, kBehind)) asks = true;
  return asks ? OfThing{asked, folded.substr(0, at)} : OfThing{};
}

}  // namespace

bool LacksAskedCell(std::string_view question, const ContextPiece& row, const Analyzer& analyzer) {
  const std::vector<RowCell> cells = CellsOfRow(row.text);
  if (row.kind != BlockKind::kTable || cells.size() < kLeastRowCells) return false;
  const std::string folded = Fold(Trim(question));
  const OfThing of = ReadOfThing(folded);
  const WordSet asked = WordsIn(of.asked, analyzer);
  if (asked.empty() || IsMostlyCjk(of.asked) != IsMostlyCjk(row.text)) return false;
  if (ShareAmong(asked, row.all) > 0 || ShareAmong(WordsIn(of.thing, analyzer), row.own) == 0)
    return false;
  const std::vector<AskedMeaning> meanings = MeaningsAsked(of.asked);
  return std::ranges::none_of(cells, [&](const RowCell& cell) {
    return std::ranges::any_of(meanings, [&](const AskedMeaning& one) {
      return IsColumnOf(*one.meaning, cell.name, analyzer);
    });
  });
}

void HoldToWhatIsAsked(std::string_view question, const Context& context,
                       const model::ExtractiveOptions& options, const Analyzer& analyzer,
                       model::ExtractiveDraft& draft) {
  if (draft.declined || draft.sentences.empty()) return;
  const model::ExtractedSentence& best = draft.sentences.front();
  const Passage& passage = context.passages[best.passage];
  if (const Currency* asked = CurrencyAsked(Fold(Trim(question)))) {
    const std::string said = Fold(std::string_view(passage.chunk.text)
                                      .substr(best.range.begin, best.range.end - best.range.begin));
    const auto other = std::ranges::find_if(kCurrencies, [&](const Currency& currency) {
      return &currency != asked && HasCurrency(currency, said);
    });
    if (other != std::end(kCurrencies) && !HasCurrency(*asked, said)) {
      draft.declined = true;
      draft.says_another = true;
      draft.support = 0;
      draft.reason =
          ReasonText(model::Reason::kSaysAnother, options.language, {other->code, asked->code});
      return;
    }
  }
  if (model::BlockKindAt(passage.chunk, best.range.begin) != BlockKind::kTable) return;
  for (const ContextPiece& piece : ContextPieces(context, analyzer)) {
    if (piece.passage != best.passage || piece.range.begin > best.range.begin ||
        best.range.begin >= piece.range.end) {
      continue;
    }
    if (LacksAskedCell(question, piece, analyzer))
      draft.support = std::min(draft.support, options.decline_below);
    return;
  }
}

}  // namespace quarry::generation
