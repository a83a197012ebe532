#pragma once

// store_child as a child process, and what it may be found to hold afterwards.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/testing/run_quarry.h"

namespace quarry::testing {

// How long a store_child may run; then it hangs.
inline constexpr std::chrono::seconds kChildTimeout{60};

QuarryCommand StoreChild(std::vector<std::string> arguments,
                         std::map<std::string, std::string> environment = {});

// The line "ready ..." of store_child.
struct Sight {
  uint32_t generation = 0;
  uint64_t pending = 0;
  std::map<std::string, uint64_t> documents;  // versions by id
  std::string problems;                       // "" = none
};
// QUARRY_CHECKs that it is one.
Sight ParseSight(std::string_view line);

// What a store may hold, by the lines that its writer printed until it ended.
class Ledger {
 public:
  // Until the first Read everything is possible.
  Ledger() = default;
  explicit Ledger(const Sight& sight);

  // A line or several; a last one that is cut is not there.
  void Read(std::string_view lines);

  // "" if the store that is seen holds all that was acknowledged, and of what was not acknowledged
  // all of a call or nothing. Else what is wrong.
  std::string Compare(const Sight& sight) const;

  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t refused() const { return refused_; }

 private:
  struct Call {
    std::map<std::string, uint64_t> documents;  // 0 = deleted
    bool acknowledged = false;
  };
  void ReadLine(std::string_view line);
  // The documents after those of `calls_` that are acknowledged or chosen by a bit of `chosen`.
  std::map<std::string, uint64_t> After(uint64_t chosen) const;
  void Settle();

  std::map<std::string, uint64_t> documents_;
  std::vector<Call> calls_;  // since then
  uint32_t generation_ = 0;
  uint64_t pending_ = 0;
  std::string begun_;  // the call that was begun last; "" = it has ended
  bool publish_refused_ = false;
  uint64_t acknowledged_ = 0;
  uint64_t refused_ = 0;
};

}  // namespace quarry::testing
