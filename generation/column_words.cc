#include "generation/column_words.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/ascii.h"
#include "generation/table_numbers.h"

namespace quarry::generation {
namespace {

constexpr ColumnMeaning kMeanings[] = {
    {"weight", true, "weight mass 重量 质量", "weight|weigh|weighs|heavy|多重"},
    {"price", true, "price cost fee fare 价格 单价 售价 费用 报价 月费 年费 价钱 票价",
     "price|prices|priced|cost|costs|expensive|cheap|价格|价钱|售价|单价|报价|多少钱|费用|贵"},
    {"length", false, "length 长度"},
    {"speed", false, "speed 速度 转速"},
    {"width", false, "width 宽度"},
    {"depth", false, "depth 深度"},
    {"height", false, "height 高度"},
    {"stock", false, "stock inventory 库存 存货 现货", "stock|inventory|库存|存货"},
    {"supplier", false, "supplier vendor manufacturer 供应商 供货商 厂家 厂商 制造商",
     "supplier|suppliers|vendor|manufacturer|supply|supplies|supplied|made by|"
     "供应商|供货商|厂家|厂商|供应|供货|生产"},
    {"warranty", false, "warranty guarantee 保修 质保", "warranty|guarantee|保修期|保修|质保"},
};

// Names of columns that name what the row is of.
constexpr std::string_view kNameColumns[] = {"name",     "title",    "description", "product",
                                             "item",     "名称",     "品名",        "姓名",
                                             "产品名称", "商品名称", "产品",        "商品"};

bool IsLetterAt(std::string_view text, size_t at) {
  return at < text.size() && (IsAsciiLetter(text[at]) || IsAsciiDigit(text[at]));
}

// Calls `see` with each of the parts until it says true; whether it did.
template <typename See>
bool AnyOf(std::string_view parts, char divider, const See& see) {
  while (!parts.empty()) {
    const std::string_view part = parts.substr(0, parts.find(divider));
    parts.remove_prefix(std::min(parts.size(), part.size() + 1));
    if (see(part)) return true;
  }
  return false;
}

}  // namespace

const ColumnMeaning* MeaningNamed(std::string_view name) {
  const auto found = std::ranges::find(kMeanings, name, &ColumnMeaning::name);
  return name.empty() || found == std::end(kMeanings) ? nullptr : &*found;
}

bool IsColumnOf(const ColumnMeaning& meaning, std::string_view column, const Analyzer& analyzer) {
  const WordSet words = WordsIn(column, analyzer);
  return AnyOf(meaning.columns, ' ', [&](std::string_view word) {
    return !IsAscii(word[0]) ? column.find(word) != column.npos
                             : ShareAmong(WordsIn(word, analyzer), words) >= 1;
  });
}

size_t PlaceOfPhrase(std::string_view folded, std::string_view phrase, size_t from) {
  for (size_t at = folded.find(phrase, from); at != folded.npos; at = folded.find(phrase, at + 1)) {
    const bool is_part = (IsAscii(phrase[0]) && at > 0 && IsLetterAt(folded, at - 1)) ||
                         (IsAscii(phrase.back()) && IsLetterAt(folded, at + phrase.size()));
    if (!is_part) return at;
  }
  return folded.npos;
}

std::vector<AskedMeaning> MeaningsAsked(std::string_view folded) {
  std::vector<AskedMeaning> asked;
  for (const ColumnMeaning& meaning : kMeanings) {
    AnyOf(meaning.asked, '|', [&](std::string_view phrase) {
      const size_t at = PlaceOfPhrase(folded, phrase);
      if (at == folded.npos) return false;
      asked.push_back({&meaning, {at, at + phrase.size()}});
      return true;
    });
  }
  return asked;
}

std::string_view NameColumn(const std::vector<RowCell>& columns) {
  if (columns.empty()) return {};
  const auto found = std::ranges::find_if(columns, [](const RowCell& column) {
    return std::ranges::find(kNameColumns, Fold(column.name)) != std::end(kNameColumns);
  });
  return found == columns.end() ? columns[0].name : found->name;
}

}  // namespace quarry::generation
