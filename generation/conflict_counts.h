#pragma once

// What a sentence counts, and whether another counts the same otherwise (conflicts.h): "24 days",
// "1,430户", the day of a date, and how long before something it is. By forms alone, English and
// Chinese. Pure and thread-safe.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "generation/quantities.h"
#include "model/answer_kind.h"

namespace quarry::generation {

// What a question compares, besides its words.
struct AskedCount {
  std::set<std::string> numbers;  // of the question: they are given
  bool dates = false;             // days of dates are compared, each with its month
  bool lead_times = false;        // "3 days before" is compared
};
AskedCount AskedCountOf(std::string_view question, model::AnswerKind kind);

// What counts something in the sentence and is not part of the question: each with its unit or
// what it counts as its unit, a day of a date with its month, "4-1". Times of day, years and
// months place what is said and count nothing.
std::vector<Quantity> CountsOf(std::string_view sentence, const AskedCount& asked);

// Leaves of the answer's counts those of what the question asks for, where it has such: what else
// it counts beside them, the days of a trial beside a price, is not what was asked.
void KeepAskedCounts(std::string_view question, std::vector<Quantity>& counts);

// The counts of a sentence that tells of a change which were so before it.
std::vector<Quantity> FormerCountsOf(std::string_view sentence);

// kWasSo and kBecameSo: the other sentence tells of a change from what the answer says, or to it.
enum class CountVerdict : uint8_t { kNone, kConflicts, kWasSo, kBecameSo };

// `ours`: the counts of the answer's sentence; `theirs`: those of the other; `former`: those of
// it that were so before. Where the answer has both values itself it tells of the change, and
// nothing conflicts.
CountVerdict CompareCounts(const std::vector<Quantity>& ours, const std::vector<Quantity>& theirs,
                           const std::vector<Quantity>& former);

}  // namespace quarry::generation
