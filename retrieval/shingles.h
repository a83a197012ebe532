#pragma once

// Shingles: how much of one text another holds (Broder: "On the resemblance and containment of
// documents", 1997).

#include <cstdint>
#include <string_view>
#include <vector>

namespace quarry::retrieval {

// A text as sets of hashes: of its words (folded; a CJK character is one) and of every run of four
// neighbouring ones. Fewer than four words make one run.
class Shingles {
 public:
  explicit Shingles(std::string_view text);

  // Which part of this text's runs `other` holds, 0 to 1; 1 for a text without words.
  double ContainedIn(const Shingles& other) const;
  // Whether `other` has every word of this text.
  bool HasNoWordBeside(const Shingles& other) const;

 private:
  std::vector<uint64_t> words_;  // ascending, each once
  std::vector<uint64_t> runs_;
};

}  // namespace quarry::retrieval
