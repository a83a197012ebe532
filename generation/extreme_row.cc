#include "generation/extreme_row.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/context_pieces.h"
#include "generation/quantities.h"

namespace quarry::generation {
namespace {

constexpr double kNamesColumn = 0.5;  // of the words of a column's name, in the question
constexpr std::string_view kLeastWords[] = {"最少",   "最低", "最小", "最短", "最轻",
                                            "最便宜", "最慢", "最窄", "最浅", "最近"};
constexpr std::string_view kGreatestWords[] = {"最多", "最高", "最大", "最长", "最重",
                                               "最贵", "最快", "最宽", "最深", "最远"};
constexpr std::string_view kFewest[] = {"fewest",   "least",    "lowest",  "smallest", "shortest",
                                        "lightest", "cheapest", "slowest", "minimum"};
constexpr std::string_view kMost[] = {"most",           "highest", "largest",
                                      "greatest",       "longest", "heaviest",
                                      "most expensive", "biggest", "maximum"};
constexpr std::string_view kChoosing[] = {"哪个", "哪些", "哪一", "哪种", "哪家", "哪台",
                                          "哪位", "哪款", "哪条", "哪座", "谁",   "哪门"};

// What only makes a number greater.
constexpr std::pair<std::string_view, double> kScales[] = {
    {"million", 1e6}, {"billion", 1e9}, {"万", 1e4}, {"亿", 1e8}};

enum class Extreme : uint8_t { kNone, kLeast, kGreatest };

Extreme ExtremeAsked(std::string_view question) {
  const std::string folded = Fold(Trim(question));
  const auto holds = [&](std::span<const std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return folded.find(word) != std::string::npos; });
  };
  const auto has_word = [&](std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
      return (' ' + folded).find(' ' + std::string(word) + ' ') != std::string::npos;
    });
  };
  bool least = false;
  bool greatest = false;
  if (holds(kChoosing)) {
    least = holds(kLeastWords);
    greatest = holds(kGreatestWords);
  } else if (folded.starts_with("which ") || folded.starts_with("who ")) {
    // "At least" and "at most" bound what is asked.
    if (folded.find("at least") != folded.npos || folded.find("at most") != folded.npos)
      return Extreme::kNone;
    least = has_word(kFewest);
    greatest = has_word(kMost);
  }
  if (least == greatest) return Extreme::kNone;
  return least ? Extreme::kLeast : Extreme::kGreatest;
}

// The number that a cell is, and of what, with or without a unit: "277", "38 天", "1.2 million".
struct CellNumber {
  double value = 0;
  std::string unit;  // or what is counted, where that is no known unit
};

std::optional<CellNumber> NumberOf(std::string_view cell) {
  if (cell.empty() || !IsAsciiDigit(cell.front())) return std::nullopt;
  const std::vector<Quantity> quantities = QuantitiesOf(cell);
  if (quantities.size() != 1) return std::nullopt;
  const Quantity& quantity = quantities.front();
  const std::string& written = quantity.number;
  CellNumber number{.unit = quantity.unit.empty() ? quantity.counted : quantity.unit};
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), number.value);
  if (error != std::errc() || end != written.data() + written.size()) return std::nullopt;
  for (const auto& [scale, factor] : kScales) {
    if (quantity.unit != scale) continue;
    number.value *= factor;
    number.unit.clear();
    // What it is of stands behind: "120万人", "1.2 million tonnes".
    const std::string folded = Fold(cell);
    const size_t behind = folded.find(scale);
    if (behind == std::string::npos) break;
    const std::vector<Quantity> counted = QuantitiesOf("1 " + folded.substr(behind + scale.size()));
    if (!counted.empty())
      number.unit = counted.front().unit.empty() ? counted.front().counted : counted.front().unit;
    break;
  }
  return number;
}

std::string_view CellNamed(const ContextPiece& row, std::string_view name) {
  for (const auto& [column, cell] : CellsOfRow(row.text)) {
    if (column == name) return cell;
  }
  return {};
}

}  // namespace

bool HasExtreme(std::string_view question) {
  std::string words = ' ' + Fold(question) + ' ';
  for (char& c : words) {
    if (IsAscii(c) && !IsAsciiLetter(c)) c = ' ';
  }
  for (const std::string_view bound : {" at least ", " at most "}) {
    for (size_t at = words.find(bound); at != words.npos; at = words.find(bound, at))
      words.replace(at, bound.size(), " ");
  }
  const auto has_word = [&](std::string_view word) {
    return words.find(' ' + std::string(word) + ' ') != words.npos;
  };
  const auto holds = [&](std::string_view word) { return words.find(word) != words.npos; };
  return std::ranges::any_of(kFewest, has_word) || std::ranges::any_of(kMost, has_word) ||
         std::ranges::any_of(kLeastWords, holds) || std::ranges::any_of(kGreatestWords, holds);
}

std::optional<model::ExtractedSentence> FindExtremeRow(std::string_view question,
                                                       const Context& context,
                                                       const model::ExtractedSentence& best,
                                                       const Analyzer& analyzer) {
  const Extreme extreme = ExtremeAsked(question);
  if (extreme == Extreme::kNone) return std::nullopt;
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  const auto answers = std::ranges::find_if(pieces, [&](const ContextPiece& piece) {
    return piece.passage == best.passage && piece.range.begin <= best.range.begin &&
           best.range.begin < piece.range.end;
  });
  if (answers == pieces.end() || answers->kind != BlockKind::kTable) return std::nullopt;
  const WordSet asked = WordsIn(question, analyzer);
  // The column that the question names; none where it names two alike.
  std::string_view named;
  double most = 0;
  bool is_one = false;
  for (const auto& [name, cell] : CellsOfRow(answers->text)) {
    const double share = ShareAmong(WordsIn(name, analyzer), asked);
    if (share < kNamesColumn || share < most || !NumberOf(cell)) continue;
    is_one = share > most;
    most = share;
    named = name;
  }
  if (!is_one) return std::nullopt;
  // Of the rows of that table those that have most of the question's words.
  const auto words_of = [&](const ContextPiece& piece) { return ShareAmong(asked, piece.all); };
  double most_words = 0;
  const auto is_of_table = [&](const ContextPiece& piece) {
    return piece.passage == answers->passage && piece.kind == BlockKind::kTable &&
           piece.header == answers->header && !CellNamed(piece, named).empty();
  };
  for (const ContextPiece& piece : pieces) {
    if (is_of_table(piece)) most_words = std::max(most_words, words_of(piece));
  }
  const ContextPiece* found = nullptr;
  CellNumber value;
  for (const ContextPiece& piece : pieces) {
    if (!is_of_table(piece) || words_of(piece) < most_words) continue;
    const std::optional<CellNumber> number = NumberOf(CellNamed(piece, named));
    if (!number) return std::nullopt;  // what is not told may be the extreme
    // "1.2 kg" and "900 g" are not compared.
    if (found != nullptr && number->unit != value.unit) return std::nullopt;
    const bool is_better =
        extreme == Extreme::kLeast ? number->value < value.value : number->value > value.value;
    if (found != nullptr && !is_better) continue;
    found = &piece;
    value = *number;
  }
  if (found == nullptr) return std::nullopt;
  return model::ExtractedSentence{
      .passage = found->passage, .range = found->range, .score = best.score};
}

}  // namespace quarry::generation
