#include "generation/row_words.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/ascii.h"
#include "base/document.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/column_words.h"
#include "generation/table_numbers.h"

namespace quarry::generation {
namespace {

// What a table is called, of whatever.
constexpr std::string_view kNoRowWords[] = {
    "list",    "lists", "table",  "tables", "overview", "register", "registry",    "catalogue",
    "catalog", "index", "data",   "sheet",  "sheet1",   "id",       "name",        "names",
    "no",      "nr",    "number", "code",   "key",      "title",    "description", "all"};
constexpr std::string_view kChineseLists[] = {
    "一览表", "明细表", "登记表", "价格表", "价目表", "统计表", "汇总表", "报价单", "清单",
    "列表",   "一览",   "目录",   "名单",   "明细",   "台账",   "信息",   "名册",   "表"};
constexpr std::string_view kChineseNames[] = {"名称", "编号", "型号", "代码", "编码", "名", "号"};
constexpr std::string_view kGeneral[] = {"product", "item", "article", "产品", "商品", "货品"};

// Chinese without what may stand around it: "2025年产品清单（华东）" is of 产品.
std::string ChineseCore(std::string_view text, bool& is_list) {
  const std::string folded = Fold(text);
  std::string_view core = Trim(folded);
  if (const size_t bracket = core.find('('); bracket != core.npos) core = core.substr(0, bracket);
  if (const size_t year = core.rfind("年");
      year != core.npos && HoldsAsciiDigit(core.substr(0, year)))
    core.remove_prefix(year + std::string_view("年").size());
  is_list = RemoveAnySuffix(core, kChineseLists);
  RemoveAnySuffix(core, kChineseNames);
  return std::string(core);
}

bool IsChineseWord(std::string_view text) {
  return CountCodePoints(text) >= 2 && IsMostlyCjk(text) && BeginsWithCjk(text);
}

bool IsPlural(std::string_view word) {
  return word.size() > 3 && word.ends_with('s') && !word.ends_with("ss");
}

// All of the passages of the document are rows and headings.
bool IsDocumentOfTables(const DocumentId& document, const Context& context) {
  return std::ranges::all_of(context.passages, [&](const Passage& passage) {
    return passage.chunk.document != document ||
           std::ranges::all_of(passage.chunk.blocks, [](const ChunkBlock& block) {
             return block.kind == BlockKind::kTable || block.kind == BlockKind::kHeading;
           });
  });
}

class RowWordCollector {
 public:
  RowWordCollector(const Analyzer& analyzer, RowWords& words)
      : analyzer_(analyzer), words_(words) {}

  // `only_lists`: what may be the name of one thing is none of many.
  void Add(std::string_view name, bool only_lists) {
    bool is_list = false;
    const std::string core = ChineseCore(name, is_list);
    if (IsChineseWord(core)) {
      if (only_lists && !is_list) return;
      words_.chinese.push_back(core);
      words_.terms.merge(WordsIn(core, analyzer_));
      return;
    }
    std::string spaced = Fold(name);
    std::ranges::replace_if(
        spaced, [](char c) { return IsAscii(c) && !IsAsciiAlphanumeric(c); }, ' ');
    const std::vector<std::string_view> all = SplitNonEmpty(spaced, " ");
    if (all.empty() || (only_lists && !IsPlural(all.back()))) return;
    for (const std::string_view word : all) {
      const bool says_none = std::ranges::find(kNoRowWords, word) != std::end(kNoRowWords) ||
                             HoldsAsciiDigit(word) || !IsAscii(word[0]);
      if (!says_none) words_.terms.merge(WordsIn(word, analyzer_));
    }
  }

 private:
  const Analyzer& analyzer_;
  RowWords& words_;
};

}  // namespace

RowWords RowWordsOf(const FoundTable& table, const Context& context, const Analyzer& analyzer) {
  RowWords words;
  const std::vector<RowCell> columns = CellsOfRow(table.widest->text);
  const ContextPiece& first = *table.rows.front();
  const Passage& passage = context.passages[first.passage];
  const std::vector<std::string> path =
      SpanWithin(passage.chunk, first.range.begin, first.range.end).heading_path;
  RowWordCollector collector(analyzer, words);
  const bool is_file = IsDocumentOfTables(passage.chunk.document, context);
  if (is_file) collector.Add(passage.title, false);
  if (!path.empty()) collector.Add(path.back(), !is_file);
  collector.Add(columns[0].name, false);
  collector.Add(WithoutUnit(NameColumn(columns)), false);
  const ColumnMeaning* price = MeaningNamed("price");
  const bool has_price = std::ranges::any_of(columns, [&](const RowCell& column) {
    return IsColumnOf(*price, column.name, analyzer) && NumberInCell(column).has_value();
  });
  if (has_price) {
    for (const std::string_view word : kGeneral) {
      words.general.merge(WordsIn(word, analyzer));
      if (!IsAscii(word[0])) words.general_chinese.emplace_back(word);
    }
  }
  return words;
}

}  // namespace quarry::generation
