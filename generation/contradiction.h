#pragma once

// Questions that ask for what excludes itself: "Which pumps weigh more than 300 kg and less than 250 kg?",
// "哪个泵站有发电机又没有发电机？". By forms of the question alone, English and Chinese:
//
//   bounds that leave nothing between them ("above 30 °C but below 20 °C", "after 2024 and before 2020")
//   a thing and its denial                 ("needs seal water and needs no seal water"): all that is denied was
//                                          said in the same words, not "valid for parts but not for labour"
//   words of opposite sense                ("open and closed at the same time")
//   only this and only that of one class   ("only on Sundays and only on Mondays")
//
// Bounds are of one thing where their units are equal, or else what they count ("pallets", "个托盘"), or where
// behind one of them nothing is said ("more than 60 and less than 40 m"); nothing is converted.
//
// Two conditions that are asked for apart ("which are open and which are closed", "before or after",
// "各是多少") are no contradiction. In doubt there is none: the question is then answered as any other.
// Pure and thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace quarry::generation {

struct Contradiction {
  std::string first;  // the two conditions, as the question has them, numbers in digits
  std::string second;
};

std::optional<Contradiction> FindContradiction(std::string_view question);

// What the asker is told, in the language of the question.
std::string ContradictionText(const Contradiction& contradiction, std::string_view question);

}  // namespace quarry::generation
