// Contradictions in English questions (contradiction.h).

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/ascii.h"
#include "base/clock.h"
#include "generation/contradiction_words.h"
#include "generation/follow_up_words.h"
#include "generation/quantities.h"

namespace quarry::generation::contradiction {
namespace {

using follow_up::IsOneOf;
using Words = std::vector<follow_up::Word>;

constexpr std::string_view kJoins = "and|but|yet|while|although|though";
// Conditions that are asked for apart, or of which one is enough.
constexpr std::string_view kApart =
    "or|which|what|who|whom|how|where|when|those|others|then|respectively|nor|neither|either";
constexpr size_t kMostWordsBetween = 9;  // words
// Behind a number they are not what it counts.
constexpr std::string_view kNotCounted =
    "and|but|yet|while|although|though|or|of|at|in|on|for|to|by|from|with|per|is|are|was|were|do|"
    "does|has|"
    "have|may|must|can|that|which|who|both|once|together|simultaneously|the|a|an";

struct Comparator {
  std::string_view words;
  BoundKind kind;
};
// The longer ones first.
constexpr Comparator kComparators[] = {
    {"no more than", BoundKind::kUpper},   {"no less than", BoundKind::kLower},
    {"not more than", BoundKind::kUpper},  {"not less than", BoundKind::kLower},
    {"more than", BoundKind::kLower},      {"greater than", BoundKind::kLower},
    {"larger than", BoundKind::kLower},    {"higher than", BoundKind::kLower},
    {"older than", BoundKind::kLower},     {"heavier than", BoundKind::kLower},
    {"longer than", BoundKind::kLower},    {"deeper than", BoundKind::kLower},
    {"faster than", BoundKind::kLower},    {"later than", BoundKind::kLower},
    {"at least", BoundKind::kLower},       {"exceeding", BoundKind::kLower},
    {"over", BoundKind::kLower},           {"above", BoundKind::kLower},
    {"after", BoundKind::kLower},          {"less than", BoundKind::kUpper},
    {"fewer than", BoundKind::kUpper},     {"smaller than", BoundKind::kUpper},
    {"lower than", BoundKind::kUpper},     {"younger than", BoundKind::kUpper},
    {"lighter than", BoundKind::kUpper},   {"shorter than", BoundKind::kUpper},
    {"shallower than", BoundKind::kUpper}, {"slower than", BoundKind::kUpper},
    {"earlier than", BoundKind::kUpper},   {"at most", BoundKind::kUpper},
    {"up to", BoundKind::kUpper},          {"under", BoundKind::kUpper},
    {"below", BoundKind::kUpper},          {"before", BoundKind::kUpper},
    {"exactly", BoundKind::kExact}};

constexpr std::pair<std::string_view, std::string_view> kOpposites[] = {
    {"open", "closed"},         {"active", "discontinued"},
    {"withdrawn", "sale"},      {"present", "absent"},
    {"permitted", "forbidden"}, {"allowed", "forbidden"},
    {"allowed", "prohibited"},  {"valid", "expired"},
    {"full", "empty"},          {"free", "pay"},
    {"running", "stopped"},     {"inside", "outside"},
    {"compulsory", "optional"}, {"alive", "dead"},
    {"public", "secret"}};

// The number of words of `phrase` where they stand at word `at`; 0 else.
size_t StandsAt(const Words& words, size_t at, std::string_view phrase) {
  size_t count = 0;
  while (!phrase.empty()) {
    const size_t space = std::min(phrase.find(' '), phrase.size());
    if (at + count >= words.size() || words[at + count].folded != phrase.substr(0, space)) return 0;
    ++count;
    phrase.remove_prefix(std::min(space + 1, phrase.size()));
  }
  return count;
}

int MonthOf(std::string_view word) {
  const auto found = std::ranges::find(kMonthNames, word);
  return found == std::end(kMonthNames) ? 0 : static_cast<int>(found - kMonthNames) + 1;
}

bool ReadNumber(std::string_view word, double& value) {
  std::string digits;
  for (const char c : word) {
    if (c != ',') digits += c;
  }
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && rest != digits.data();
}

// The bound whose comparator stands at word `at`.
std::optional<Bound> EnglishBoundAt(const std::string& text, const Words& words, size_t at,
                                    size_t& behind) {
  for (const Comparator& comparator : kComparators) {
    const size_t count = StandsAt(words, at, comparator.words);
    if (count == 0) continue;
    size_t number = at + count;
    if (number < words.size() && IsOneOf(words[number].folded, "the|a|about|some")) ++number;
    if (number >= words.size()) return std::nullopt;
    Bound bound{.kind = comparator.kind, .begin = words[at].begin};
    const bool after = comparator.kind == BoundKind::kLower;
    const int month = MonthOf(words[number].folded);
    if (month != 0) {  // "after March 2024"
      if (number + 1 >= words.size() || !ReadNumber(words[number + 1].folded, bound.value)) {
        return std::nullopt;
      }
      bound.value = DateValue(static_cast<int>(bound.value), month, 0, after);
      bound.unit = "date";
      behind = number + 2;
    } else {
      if (!ReadNumber(words[number].folded, bound.value)) return std::nullopt;
      behind = number + 1;
      const int month_behind = behind < words.size() ? MonthOf(words[behind].folded) : 0;
      double year = 0;
      if (month_behind != 0 && behind + 1 < words.size() &&
          ReadNumber(words[behind + 1].folded, year)) {  // "after 1 March 2024"
        bound.value =
            DateValue(static_cast<int>(year), month_behind, static_cast<int>(bound.value), after);
        bound.unit = "date";
        behind += 2;
      } else if (month_behind != 0) {
        return std::nullopt;  // a day of every year: before and after go round
      } else if (IsOneOf(comparator.words, "after|before|later than|earlier than") &&
                 bound.value >= 1000 && bound.value < 3000) {
        bound.value = DateValue(static_cast<int>(bound.value), 0, 0, after);
        bound.unit = "date";
      } else {
        const size_t begin = words[number].begin;
        const std::vector<Quantity> quantities =
            QuantitiesOf(std::string_view(text).substr(begin, 40));
        if (!quantities.empty()) {
          const Quantity& quantity = quantities.front();
          bound.unit = quantity.unit;
          if (bound.unit.empty() && !IsOneOf(quantity.counted, kNotCounted)) {
            bound.unit = quantity.counted;
          }
        }
        if (behind < words.size() && !bound.unit.empty()) ++behind;
      }
    }
    bound.end = words[std::min(behind, words.size()) - 1].end;
    return bound;
  }
  return std::nullopt;
}

// Whether words `begin` to `end` join two conditions of one thing.
bool JoinConditions(const Words& words, size_t begin, size_t end) {
  if (end <= begin || end - begin > kMostWordsBetween) return false;
  size_t join = end;
  for (size_t i = begin; i < end; ++i) {
    if (IsOneOf(words[i].folded, kApart)) return false;
    if (IsOneOf(words[i].folded, kJoins) || words[i].folded == "that") join = i;
  }
  if (join == end) return false;
  return std::none_of(words.begin() + static_cast<ptrdiff_t>(join),
                      words.begin() + static_cast<ptrdiff_t>(end),
                      [](const auto& word) { return IsOneOf(word.folded, "of|in|for|to|from"); });
}

std::string Said(const std::string& text, size_t begin, size_t end) {
  return text.substr(begin, end - begin);
}

// Both conditions are meant of one thing.
bool SaysAtOnce(const std::string& text) {
  return text.find("same time") != text.npos || text.find("at once") != text.npos ||
         text.find("simultaneously") != text.npos || text.find("both") != text.npos;
}

// "What is open and closed?" asks for two lists.
bool AsksForLists(const std::string& text, const Words& words) {
  return !words.empty() && words[0].folded == "what" && !SaysAtOnce(text);
}

std::optional<Contradiction> EnglishBounds(const std::string& text, const Words& words) {
  std::optional<Bound> before;
  size_t before_end = 0;
  for (size_t at = 0; at < words.size();) {
    size_t behind = at;
    const std::optional<Bound> bound = EnglishBoundAt(text, words, at, behind);
    if (!bound) {
      ++at;
      continue;
    }
    // "under 6 and over 65" are two groups.
    const bool are_groups = before && before->kind == BoundKind::kUpper &&
                            bound->kind == BoundKind::kLower && bound->unit != "date" &&
                            !SaysAtOnce(text);
    if (before && !are_groups && Exclude(*before, *bound) &&
        JoinConditions(words, before_end, at)) {
      return Contradiction{Said(text, before->begin, before->end),
                           Said(text, bound->begin, bound->end)};
    }
    before = bound;
    before_end = behind;
    at = behind;
  }
  return std::nullopt;
}

bool IsArticle(const follow_up::Word& word) { return IsOneOf(word.folded, "a|an|the|any"); }

// Where what is denied from word `denied` on ends: with its clause, or before "in the same night", "together".
size_t EndOfDenied(const Words& words, size_t denied) {
  for (size_t at = denied; at < words.size(); ++at) {
    const bool is_same =
        at + 2 < words.size() && words[at + 1].folded == "the" && words[at + 2].folded == "same";
    const bool is_once =
        at + 1 < words.size() && words[at].folded == "at" && words[at + 1].folded == "once";
    if (is_same || is_once || IsOneOf(words[at].folded, "together|simultaneously")) return at;
    if (words[at].ends) return at + 1;
  }
  return words.size();
}

// Whether the words from `at` on, before `end`, are those from `denied` to `denied_end`, articles aside.
bool SaysTheSame(const Words& words, size_t at, size_t end, size_t denied, size_t denied_end) {
  for (; denied < denied_end; ++denied) {
    if (IsArticle(words[denied])) continue;
    while (at < end && IsArticle(words[at])) ++at;
    if (at >= end || words[at].folded != words[denied].folded) return false;
    ++at;
  }
  return true;
}

// "has a generator and has no generator"
std::optional<Contradiction> EnglishDenial(const std::string& text, const Words& words) {
  for (size_t join = 1; join + 2 < words.size(); ++join) {
    if (!IsOneOf(words[join].folded, kJoins)) continue;
    size_t no = join + 1;
    while (no < words.size() && no <= join + 4 &&
           IsOneOf(words[no].folded,
                   "also|still|at|the|same|time|is|are|was|were|have|has|had|need|needs|do|does|"
                   "must|may|can|they|it|be|been")) {
      ++no;
    }
    if (no >= words.size() || !IsOneOf(words[no].folded, "not|no|never|nobody|none|cannot")) {
      continue;
    }
    // "what is covered and not covered" are some of each.
    if (AsksForLists(text, words) && words[no].folded == "not") continue;
    // A preposition before "no" names a case, as in "at full flow and at no flow".
    if (words[no - 1].folded == "at") continue;
    size_t denied = no + 1;
    while (denied < words.size() &&
           IsOneOf(words[denied].folded, "a|an|the|is|are|be|been|in|on|at|any|longer")) {
      ++denied;
    }
    const size_t denied_end = EndOfDenied(words, denied);
    if (denied_end <= denied) continue;
    if (denied >= words.size() || IsOneOf(words[denied].folded, "more|less|fewer|later")) continue;
    for (size_t i = 0; i < join; ++i) {
      // All of it was said: "for parts but not for labour" denies something else.
      if (!SaysTheSame(words, i, join, denied, denied_end)) continue;
      if (i > 0 && IsOneOf(words[i - 1].folded, "not|no|never")) continue;
      const size_t begin = i > 0 && words[i - 1].folded.size() < 5 ? i - 1 : i;
      return Contradiction{Said(text, words[begin].begin, words[join - 1].end),
                           Said(text, words[no].begin, words[denied].end)};
    }
  }
  return std::nullopt;
}

// "open and closed at the same time"
std::optional<Contradiction> EnglishOpposites(const std::string& text, const Words& words) {
  const auto joined = [&](size_t a, size_t b) {
    if (b - a > kMostWordsBetween) return false;
    bool joins = false;
    for (size_t i = a + 1; i < b; ++i) {
      if (IsOneOf(words[i].folded, kApart)) return false;
      joins = joins || IsOneOf(words[i].folded, kJoins);
    }
    return joins;
  };
  for (size_t a = 0; a + 1 < words.size(); ++a) {
    for (const auto& [one, other] : kOpposites) {
      for (const auto& [first, second] : {std::pair(one, other), std::pair(other, one)}) {
        if (words[a].folded != first) continue;
        for (size_t b = a + 1; b < words.size(); ++b) {
          if (words[b].folded != second || !joined(a, b)) continue;
          // "active and discontinued products" are some of each; what *is* both is meant.
          const bool is_said_of_one =
              a > 0 && (IsOneOf(words[a - 1].folded,
                                "is|are|was|were|be|been|both|stay|stays|remain|travel") ||
                        (a > 1 && IsOneOf(words[a - 2].folded, "is|are|was|were")));
          if ((is_said_of_one && !AsksForLists(text, words)) || SaysAtOnce(text)) {
            return Contradiction{Said(text, words[a].begin, words[a].end),
                                 Said(text, words[b].begin, words[b].end)};
          }
        }
      }
    }
  }
  return std::nullopt;
}

// Of what class of times a word is, one of which excludes the others; 0: of none.
int ClassOfTime(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  if (IsOneOf(word, "monday|tuesday|wednesday|thursday|friday|saturday|sunday")) return 1;
  if (MonthOf(word) != 0) return 2;
  if (IsOneOf(word, "spring|summer|autumn|fall|winter")) return 3;
  return word.size() == 4 && std::ranges::all_of(word, IsAsciiDigit) ? 4 : 0;
}

// "only on Sundays and only on Mondays", not "only in summer and only on weekdays"
std::optional<Contradiction> EnglishOnly(const std::string& text, const Words& words) {
  for (size_t a = 0; a + 2 < words.size(); ++a) {
    if (words[a].folded != "only") continue;
    for (size_t b = a + 2; b + 1 < std::min(words.size(), a + 7); ++b) {
      if (words[b].folded != "only" || words[b - 1].folded != "and") continue;
      const size_t length = b - 1 - a;
      if (b + length > words.size()) continue;
      const std::string first = Said(text, words[a].begin, words[b - 2].end);
      const std::string second = Said(text, words[b].begin, words[b + length - 1].end);
      const int time = ClassOfTime(words[b - 2].folded);
      if (time == 0 || time != ClassOfTime(words[b + length - 1].folded)) continue;
      if (first != second) return Contradiction{first, second};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Contradiction> InEnglish(const std::string& text) {
  const Words words = follow_up::WordsOf(text);
  if (auto found = EnglishBounds(text, words)) return found;
  if (auto found = EnglishDenial(text, words)) return found;
  if (auto found = EnglishOpposites(text, words)) return found;
  return EnglishOnly(text, words);
}

}  // namespace quarry::generation::contradiction
