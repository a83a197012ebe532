#include "generation/table_totals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "base/ascii.h"
#include "base/numbers.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/table_numbers.h"
#include "model/counted_numbers.h"

namespace quarry::generation {
namespace {

// Longer ones before those that they hold.
constexpr std::string_view kCounting[] = {"how many of the ", "how many ", "number of "};
constexpr std::string_view kChineseCounting[] = {"多少", "几"};
constexpr std::string_view kCountedBy[] = {"个", "家", "台", "款", "种", "条", "位", "名",
                                           "座", "间", "辆", "只", "项", "件", "套", "所"};
constexpr std::string_view kBeforeCount[] = {"有", "共"};
constexpr std::string_view kSumming[] = {"sum of", "total", "合计", "总计", "总和", "之和"};
constexpr std::string_view kChineseTotal = "总";  // right before a column: 总重量
// "What does it mean?" asks for no average.
constexpr std::string_view kAveraging[] = {"average", "mean value", "the mean ", "平均"};
constexpr std::string_view kAveraged[] = {"average", "mean", "平均"};  // in the name of a column
// That all are meant.
constexpr std::string_view kAllOfThem[] = {"in total", "altogether", "all",  "every", "一共",
                                           "总共",     "所有",       "全部", "多少"};
constexpr std::string_view kTotalRows[] = {"total", "totals", "sum",  "subtotal", "average",
                                           "合计",  "总计",   "小计", "平均"};
constexpr std::string_view kEndsOfQuestion = " ?？呢";
constexpr std::string_view kNeeding[] = {
    "need", "needs", "needed", "require", "requires", "required", "should", "must", "需",
    "应该", "应当",  "应有",   "应几",    "要几",     "要多少",   "必须",   "必备"};

// Spaces in place of `word`, of English as a whole, wherever it stands. Whether it does.
bool TakeWord(std::string_view word, std::string& folded) {
  bool took = false;
  for (size_t at = folded.find(word); at != folded.npos; at = folded.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool is_part =
        IsAscii(word[0]) &&
        ((at > 0 && IsAsciiLetter(folded[at - 1])) ||
         (IsAsciiLetter(word.back()) && end < folded.size() && IsAsciiLetter(folded[end])));
    if (is_part) continue;
    folded.replace(at, word.size(), word.size(), ' ');
    took = true;
  }
  return took;
}

// 几个门店, 多少门店, 门店有几家.
bool CountsInChinese(std::string& folded, std::string_view subject, const Analyzer& analyzer) {
  for (const std::string_view asking : kChineseCounting) {
    const size_t at = folded.find(asking);
    if (at == folded.npos) continue;
    size_t end = at + asking.size();
    bool is_measured = false;
    for (const std::string_view measure : kCountedBy) {
      if (!std::string_view(folded).substr(end).starts_with(measure)) continue;
      end += measure.size();
      is_measured = true;
      break;
    }
    const std::string_view before = std::string_view(folded).substr(0, at);
    const std::string_view behind = std::string_view(folded).substr(end);
    const bool stands_before =
        is_measured && behind.find_first_not_of(kEndsOfQuestion) == behind.npos &&
        before.find(Fold(subject)) != before.npos && EndsWithAny(before, kBeforeCount);
    if (!stands_before && !BeginsWithSubject(behind, subject, analyzer)) continue;
    folded.replace(at, end - at, end - at, ' ');
    return true;
  }
  return false;
}

bool CountsInEnglish(std::string& folded, std::string_view subject, const Analyzer& analyzer) {
  for (const std::string_view asking : kCounting) {
    const size_t at = folded.find(asking);
    if (at == folded.npos) continue;
    if (!BeginsWithSubject(std::string_view(folded).substr(at + asking.size()), subject, analyzer))
      continue;
    folded.replace(at, asking.size(), asking.size(), ' ');
    return true;
  }
  return false;
}

// A cell that is a number in digits, and what stands around it.
struct PlainNumber {
  double value = 0;
  std::string_view before;
  std::string_view behind;
};

std::optional<PlainNumber> PlainNumberIn(std::string_view written) {
  const std::string_view cell = Trim(written);
  const std::vector<model::CountedNumber> numbers = model::CountedNumbers(cell);
  if (numbers.size() != 1 || numbers[0].range.begin != 0) return std::nullopt;
  const ByteRange range = numbers[0].number;
  const std::string_view digits = cell.substr(range.begin, range.end - range.begin);
  if (digits.find_first_not_of("0123456789.,-") != digits.npos) return std::nullopt;
  return PlainNumber{.value = numbers[0].value,
                     .before = cell.substr(0, range.begin),
                     .behind = cell.substr(range.end)};
}

// 总重量 of a column 重量（kg）.
bool TakesTotalBeforeColumn(const std::vector<RowCell>& columns, std::string& folded) {
  for (size_t i = 1; i < columns.size(); ++i) {
    const size_t at = folded.find(std::string(kChineseTotal) + Fold(WithoutUnit(columns[i].name)));
    if (at == folded.npos) continue;
    folded.replace(at, kChineseTotal.size(), kChineseTotal.size(), ' ');
    return true;
  }
  return false;
}

}  // namespace

bool MayAskTotal(std::string_view folded) {
  return ContainsAny(folded, kCounting) || ContainsAny(folded, kChineseCounting) ||
         ContainsAny(folded, kSumming) || ContainsAny(folded, kAveraging) ||
         folded.find(kChineseTotal) != folded.npos;
}

std::optional<TotalKind> TotalAsked(std::string& folded, const std::vector<RowCell>& columns,
                                    const Analyzer& analyzer) {
  std::optional<TotalKind> kind;
  if (columns.empty()) return kind;
  const std::string_view subject = columns[0].name;
  if (CountsInEnglish(folded, subject, analyzer) || CountsInChinese(folded, subject, analyzer))
    kind = TotalKind::kCount;
  const bool asks_how_many = !kind && ContainsAny(folded, kCounting);  // of something else
  for (const std::string_view word : kAllOfThem) TakeWord(word, folded);
  if (kind || asks_how_many) return kind;
  const auto take_one = [&](std::span<const std::string_view> words) {
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return TakeWord(word, folded); });
  };
  const bool is_mean = take_one(kAveraging);
  const bool is_sum = take_one(kSumming) || TakesTotalBeforeColumn(columns, folded);
  if (is_mean == is_sum) return std::nullopt;
  return is_mean ? TotalKind::kMean : TotalKind::kSum;
}

bool AsksForNeed(std::string_view folded, std::string_view subject) {
  std::string rest(folded);
  const std::string name = Fold(subject);
  for (size_t at = name.empty() ? rest.npos : rest.find(name); at != rest.npos;
       at = rest.find(name, at + name.size())) {
    rest.replace(at, name.size(), name.size(), ' ');
  }
  return std::ranges::any_of(kNeeding, [&](std::string_view word) { return TakeWord(word, rest); });
}

std::optional<RowTotal> TotalOf(TotalKind kind, const WordSet& asked,
                                const std::vector<RowCell>& columns,
                                const std::vector<const ContextPiece*>& rows,
                                const std::vector<const ContextPiece*>& table,
                                const std::vector<std::string_view>& but,
                                const Analyzer& analyzer) {
  const auto is_total = [&](const ContextPiece* row) {
    const std::string name = Fold(Trim(CellNamed(row->text, columns[0].name)));
    return std::ranges::find(kTotalRows, name) != std::end(kTotalRows);
  };
  if (columns.empty() || rows.empty() || std::ranges::any_of(table, is_total)) return std::nullopt;
  RowTotal total{.kind = kind, .rows = rows.size(), .of_rows = table.size()};
  if (kind == TotalKind::kCount) return total;
  const std::string_view column = ColumnOfMost(columns, but, [&](std::string_view name) {
    return ShareAmong(WordsIn(WithoutUnit(name), analyzer), asked);
  });
  // A column of totals is asked for itself.
  const std::string name = Fold(column);
  if (column.empty() || ContainsAny(name, kSumming) || ContainsAny(name, kAveraged) ||
      name.find(kChineseTotal) != name.npos) {
    return std::nullopt;
  }
  PlainNumber first;
  double sum = 0;
  for (const ContextPiece* row : rows) {
    const std::optional<PlainNumber> number = PlainNumberIn(CellNamed(row->text, column));
    if (!number) return std::nullopt;
    if (row == rows[0]) first = *number;
    if (number->before != first.before || number->behind != first.behind) return std::nullopt;
    sum += number->value;
  }
  const double mean = std::round(100 * sum / static_cast<double>(rows.size())) / 100;
  total.column = column;
  total.value = std::string(first.before) +
                FormatSignificant(kind == TotalKind::kSum ? sum : mean, 12) +
                std::string(first.behind);
  return total;
}

std::string TotalText(const RowTotal& total, std::string_view language) {
  const std::string rows = std::to_string(total.rows);
  const std::string all = std::to_string(total.of_rows);
  const bool is_sum = total.kind == TotalKind::kSum;
  if (language == "zh") {
    if (total.kind == TotalKind::kCount) return all + " 行中有 " + rows + " 行：\n";
    return all + " 行中 " + rows + " 行的" + total.column + (is_sum ? "合计：" : "平均：") +
           total.value + "。\n";
  }
  if (total.kind == TotalKind::kCount) return rows + " of " + all + " rows:\n";
  return total.column + (is_sum ? ", sum of " : ", average of ") + rows + " of " + all +
         " rows: " + total.value + ".\n";
}

}  // namespace quarry::generation
