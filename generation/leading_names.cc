#include "generation/leading_names.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "generation/follow_up_words.h"
#include "model/codes.h"
#include "retrieval/names.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostCellCharacters = 8;  // of a Chinese cell that may be a name

bool IsMonthOrDay(std::string_view name) {
  const std::string folded = Fold(name);
  return IsOneOf(folded, kMonthNames) || IsOneOf(folded, kWeekdayNames);
}

bool IsUnit(std::string_view name, std::string_view text) {
  size_t at = text.find(name);
  if (at == text.npos) return false;
  while (at > 0 && text[at - 1] == ' ') --at;
  return at > 0 && IsAsciiDigit(text[at - 1]);
}

}  // namespace

std::set<std::string> LeadingNames(const ContextPiece& piece, const WordSet& asked,
                                   const Analyzer& analyzer) {
  std::set<std::string> names;
  const auto add = [&](std::string_view name) {
    if (CountCodePoints(name) < 2 || IsMonthOrDay(name)) return;
    const WordSet words = WordsIn(name, analyzer);
    const auto is_asked = [&](const std::string& word) { return asked.contains(word); };
    if (std::ranges::none_of(words, is_asked)) names.emplace(name);
  };
  const auto add_names = [&](std::string_view text) {
    for (const std::string& name : retrieval::NamesIn(text)) {
      if (!HoldsAsciiDigit(name) && !IsUnit(name, text)) add(name);
    }
    model::ForEachJoined(text, analyzer.Tokenize(text), [&](const Token&, std::string_view joined) {
      if (!model::CodesNamed(joined).empty()) add(joined);
    });
  };
  if (piece.kind != BlockKind::kTable) {
    add_names(piece.text);
    add(follow_up::PersonIn(piece.text));
    return names;
  }
  for (const RowCell& cell : CellsOfRow(piece.text)) {
    const bool is_chinese = std::ranges::all_of(CharactersOf(cell.value), BeginsWithCjk);
    if (is_chinese && CountCodePoints(cell.value) <= kMostCellCharacters) {
      add(cell.value);
    } else {
      add_names(cell.value);
    }
  }
  return names;
}

bool StandsIn(std::string_view name, std::string_view text) {
  const auto joins = [&](size_t i) {
    return i < text.size() && (IsAsciiAlphanumeric(text[i]) || text[i] == '-' || text[i] == '/');
  };
  for (size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const bool is_part = (at > 0 && joins(at - 1)) || joins(at + name.size());
    if (!is_part || !IsAscii(name[0])) return true;
  }
  return false;
}

bool MayNamePerson(std::string_view name) {
  if (BeginsWithCjk(name)) {
    return follow_up::PersonIn(name) == name || name.find("·") != std::string_view::npos;
  }
  return !HoldsAsciiDigit(name) && name.find(' ') != std::string_view::npos;
}

std::string_view CodeThatBegins(std::string_view text) {
  const std::vector<std::string_view> codes = follow_up::NamingCodesOf(text);
  return codes.empty() || codes.front().data() != text.data() ? std::string_view() : codes.front();
}

}  // namespace quarry::generation
