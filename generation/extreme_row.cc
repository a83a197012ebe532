#include "generation/extreme_row.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/column_words.h"
#include "generation/table_numbers.h"
#include "model/number_reading.h"

namespace quarry::generation {
namespace {

constexpr double kMostRowsAsked = 20;

struct ExtremeWord {
  std::string_view word;
  bool is_least = false;
  std::string_view attribute = {};
};
// Longer ones before those that they hold.
constexpr ExtremeWord kExtremeWords[] = {
    {"fewest", true},
    {"least", true},
    {"lowest", true},
    {"smallest", true},
    {"minimum", true},
    {"shortest", true, "length"},
    {"lightest", true, "weight"},
    {"cheapest", true, "price"},
    {"slowest", true, "speed"},
    {"narrowest", true, "width"},
    {"shallowest", true, "depth"},
    {"least expensive", true, "price"},
    {"most expensive", false, "price"},
    {"most", false},
    {"highest", false},
    {"largest", false},
    {"greatest", false},
    {"biggest", false},
    {"maximum", false},
    {"longest", false, "length"},
    {"heaviest", false, "weight"},
    {"fastest", false, "speed"},
    {"widest", false, "width"},
    {"deepest", false, "depth"},
    {"tallest", false, "height"},
    {"最少", true},
    {"最低", true},
    {"最小", true},
    {"最近", true},
    {"最短", true, "length"},
    {"最轻", true, "weight"},
    {"最便宜", true, "price"},
    {"最慢", true, "speed"},
    {"最窄", true, "width"},
    {"最浅", true, "depth"},
    {"最多", false},
    {"最高", false},
    {"最大", false},
    {"最远", false},
    {"最长", false, "length"},
    {"最重", false, "weight"},
    {"最贵", false, "price"},
    {"最快", false, "speed"},
    {"最宽", false, "width"},
    {"最深", false, "depth"},
};

constexpr std::string_view kChoosing[] = {"哪个", "哪些", "哪一", "哪种", "哪家", "哪台",
                                          "哪位", "哪款", "哪条", "哪座", "谁",   "哪门"};
constexpr std::string_view kEnglishChoosing[] = {"which ", "who ", "what is the ", "what's the ",
                                                 "the "};
constexpr std::string_view kNotTheFirst[] = {"second", "third", "fourth", "next", "2nd", "3rd"};
constexpr std::string_view kOfChinese = "的";

bool IsEnglish(std::string_view word) { return IsAscii(word[0]); }

// Where the word stands in `folded`, of English as a whole; npos where it does not.
size_t PlaceOfWord(std::string_view folded, std::string_view word) {
  for (size_t at = folded.find(word); at != folded.npos; at = folded.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool is_whole = (at == 0 || !IsAsciiLetter(folded[at - 1])) &&
                          (end == folded.size() || !IsAsciiLetter(folded[end]));
    if (!IsEnglish(word) || is_whole) return at;
  }
  return folded.npos;
}

// Whether a number of rows stands at byte `at`; a larger one is a year or a value.
bool CountsRows(std::string_view folded, size_t at) {
  if (at >= folded.size()) return false;
  const std::optional<model::WrittenNumber> number = model::ReadNumber(folded, at);
  return number && number->value > 1 && number->value <= kMostRowsAsked;
}

// Whether more than one row is wanted or not the first: "two cheapest", "second cheapest", 最便宜的两个.
bool IsOfSeveral(std::string_view before, std::string_view behind) {
  constexpr std::string_view kWhich = "which ";
  if (before.starts_with(kWhich) && CountsRows(before, kWhich.size())) return true;
  const std::string_view front = TrimBlanks(before);
  const std::string_view word = front.substr(front.rfind(' ') + 1);
  if (std::ranges::find(kNotTheFirst, word) != std::end(kNotTheFirst)) return true;
  std::string_view rest = TrimBlanks(behind);
  if (rest.starts_with(kOfChinese)) rest.remove_prefix(kOfChinese.size());
  const bool is_english = !word.empty() && IsAscii(word[0]);
  return (is_english && CountsRows(word, 0)) || CountsRows(rest, 0);
}

// Whether what stands before "cheapest plan" asks for something of it: "what is the price of the", "how much does the". Not
// where it is set beside another thing, and not where it is asked whether something is so.
bool AsksOfExtreme(std::string_view before, std::string_view behind) {
  static constexpr std::string_view kAskingOfIt[] = {"what ", "what's ", "how "};
  static constexpr std::string_view kOf[] = {" of the ", " for the ", " does the ", " do the "};
  static constexpr std::string_view kBeside[] = {" and ", " or ", " than ", " between ", ", "};
  return StartsWithAny(before, kAskingOfIt) && EndsWithAny(before, kOf) &&
         !ContainsAny(before, kBeside) && !ContainsAny(behind, kBeside);
}

}  // namespace

std::optional<FoundExtreme> FindExtreme(std::string_view folded) {
  const ExtremeWord* found = nullptr;
  size_t place = folded.npos;
  for (const ExtremeWord& word : kExtremeWords) {
    const size_t at = PlaceOfWord(folded, word.word);
    if (at == folded.npos) continue;
    if (found != nullptr && found->is_least != word.is_least &&
        found->word.find(word.word) == std::string_view::npos &&
        word.word.find(found->word) == std::string_view::npos) {
      return std::nullopt;
    }
    if (found != nullptr && word.word.size() < found->word.size()) continue;
    found = &word;
    place = at;
  }
  // "At least" and "at most" bound what is asked.
  if (found == nullptr || folded.find("at least") != folded.npos ||
      folded.find("at most") != folded.npos) {
    return std::nullopt;
  }
  const ByteRange range = {place, place + found->word.size()};
  if (IsOfSeveral(folded.substr(0, range.begin), folded.substr(range.end))) return std::nullopt;
  return FoundExtreme{.asked = {.is_least = found->is_least,
                                .word = std::string(found->word),
                                .attribute = std::string(found->attribute)},
                      .range = range};
}

std::optional<AskedExtreme> ExtremeAsked(std::string_view folded, std::string_view subject,
                                         const Analyzer& analyzer) {
  std::optional<FoundExtreme> found = FindExtreme(folded);
  if (!found) return std::nullopt;
  const std::string_view before = folded.substr(0, found->range.begin);
  const std::string_view behind = folded.substr(found->range.end);
  const bool asks_which = folded.starts_with("which ") || folded.starts_with("who ") ||
                          folded.find(", which ") != folded.npos || ContainsAny(folded, kChoosing);
  // The largest plan is not the one of the highest price that is asked for, the cheapest is of prices only.
  const ColumnMeaning* meaning = MeaningNamed(found->asked.attribute);
  const bool is_only = meaning != nullptr && meaning->is_only;
  const bool begins = !IsEnglish(found->asked.word) || before.empty() ||
                      std::ranges::find(kEnglishChoosing, before) != std::end(kEnglishChoosing) ||
                      (is_only && AsksOfExtreme(before, behind));
  if (!asks_which && !(begins && BeginsWithSubject(behind, subject, analyzer))) return std::nullopt;
  return std::move(found->asked);
}

const ContextPiece* ExtremeRow(const AskedExtreme& extreme, const WordSet& asked,
                               const std::vector<RowCell>& columns,
                               const std::vector<const ContextPiece*>& rows,
                               const std::vector<std::string_view>& but, const Analyzer& analyzer) {
  const ColumnMeaning* meaning = MeaningNamed(extreme.attribute);
  std::string_view of_word;
  if (meaning != nullptr) {
    of_word = ColumnOfMost(columns, but, [&](std::string_view name) {
      return IsColumnOf(*meaning, name, analyzer) ? 1.0 : 0.0;
    });
  }
  const bool is_only = meaning != nullptr && meaning->is_only;
  std::string_view column = is_only ? of_word : std::string_view();
  if (column.empty()) {
    column = ColumnOfMost(columns, but, [&](std::string_view name) {
      return ShareAmong(WordsIn(WithoutUnit(name), analyzer), asked);
    });
  }
  if (column.empty()) column = of_word;
  if (column.empty()) return nullptr;
  const ContextPiece* found = nullptr;
  CellNumber value;
  for (const ContextPiece* row : rows) {
    const std::optional<CellNumber> number =
        NumberInCell({.name = column, .value = CellNamed(row->text, column)});
    if (!number) return nullptr;  // what is not told may be the extreme
    // "1.2 kg" and "900 g" are not compared.
    if (found != nullptr && number->unit != value.unit) return nullptr;
    const bool is_better =
        extreme.is_least ? number->value < value.value : number->value > value.value;
    if (found != nullptr && !is_better) continue;
    found = row;
    value = *number;
  }
  return found;
}

bool HasExtreme(std::string_view question) {
  std::string words = Fold(question);
  for (const std::string_view bound : {"at least", "at most"}) {
    for (size_t at = words.find(bound); at != words.npos; at = words.find(bound, at))
      words.replace(at, bound.size(), " ");
  }
  return std::ranges::any_of(kExtremeWords, [&](const ExtremeWord& word) {
    return PlaceOfWord(words, word.word) != std::string::npos;
  });
}

bool EndsWithExtreme(std::string_view folded) {
  return std::ranges::any_of(kExtremeWords, [&](const ExtremeWord& word) {
    if (!folded.ends_with(word.word)) return false;
    const size_t at = folded.size() - word.word.size();
    return !IsEnglish(word.word) || at == 0 || !IsAsciiLetter(folded[at - 1]);
  });
}

}  // namespace quarry::generation
