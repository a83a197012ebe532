#include "generation/contradiction.h"

#include "base/text.h"
#include "generation/contradiction_words.h"
#include "generation/number_words.h"

namespace quarry::generation {
namespace contradiction {

bool Exclude(const Bound& a, const Bound& b) {
  const bool one_is_bare = a.unit.empty() || b.unit.empty();
  const bool one_is_date = (a.unit == "date") != (b.unit == "date");
  if (one_is_date || (!one_is_bare && a.unit != b.unit)) return false;
  if (a.kind == BoundKind::kExact && b.kind == BoundKind::kExact) return a.value != b.value;
  const bool a_is_lower = a.kind != BoundKind::kUpper && b.kind != BoundKind::kLower;
  const Bound& lower = a_is_lower ? a : b;
  const Bound& upper = a_is_lower ? b : a;
  if (lower.kind == upper.kind) return false;
  return lower.value > upper.value;
}

double DateValue(int year, int month, int day, bool after) {
  if (month == 0) month = after ? 12 : 1;
  if (day == 0) day = after ? 31 : 1;
  return year * 10'000.0 + month * 100.0 + day;
}

}  // namespace contradiction

std::optional<Contradiction> FindContradiction(std::string_view question) {
  const std::string text = WithDigits(Fold(question));
  return DetectLanguage(question) == "zh" ? contradiction::InChinese(text)
                                          : contradiction::InEnglish(text);
}

std::string ContradictionText(const Contradiction& contradiction, std::string_view question) {
  if (DetectLanguage(question) == "zh") {
    return "这个问题自相矛盾：“" + contradiction.first + "”和“" + contradiction.second +
           "”不能同时成立。您要问的是哪一个？";
  }
  return "The question contradicts itself: \"" + contradiction.first + "\" and \"" +
         contradiction.second + "\" cannot both hold. Which of the two do you mean?";
}

}  // namespace quarry::generation
