#pragma once

// Numbers of lists and headings as office documents count and write them. Internal to ingest/.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

// `number` in a format of OOXML (ISO 29500-1, ST_NumberFormat: "lowerRoman") or of OpenDocument
// (style:num-format: "i"). What is not known is decimal; "none" and "" are "", and so is a bullet.
std::string FormatNumber(int64_t number, std::string_view format);

struct ListLevel {
  // Of a number with what is around it; a file says it once and has it before each item.
  static constexpr size_t kMaxTextBytes = 200;
  static constexpr size_t kMaxFormatBytes = 40;

  std::string format = "decimal";
  std::string text;  // "%1.%2": %1 stands for the number of the outermost level
  int64_t start = 1;
  bool is_legal = false;  // all numbers in it are decimal
};

// The counters of one list. Starts beyond 10^9 on either side of 0 are taken for that.
class ListCounter {
 public:
  static constexpr size_t kLevels = 10;

  // Counts an item of `level` (0 = outermost) and returns its number with what is around it:
  // "2.1", "(c)"; "" for a bullet. Deeper levels begin again. It ends with the number that reaches
  // ListLevel::kMaxTextBytes.
  std::string Next(const std::vector<ListLevel>& levels, size_t level);
  // The next item of `level` is number `start`.
  void Restart(size_t level, int64_t start);

 private:
  struct Counter {
    int64_t value = 0;
    bool has_begun = false;
  };
  Counter counters_[kLevels];
};

}  // namespace quarry::ingest
