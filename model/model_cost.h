#pragma once

// What calls of a chat model cost, by a table of prices, and how much may be spent.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "base/status.h"

namespace quarry::model {

// Money per million tokens, in whatever currency the table is kept in.
struct TokenPrice {
  double prompt = 0;
  double completion = 0;
};

// Prices by model. Immutable.
class PriceTable {
 public:
  // Rows such as "gpt-4o-mini=0.15/0.60": model, price of prompt and completion tokens. A model that
  // ends in "*" stands for all that begin so; the longest that fits counts. kInvalidArgument names
  // the row.
  static Result<PriceTable> Parse(const std::vector<std::string>& rows);

  // Free where no row fits.
  TokenPrice Of(std::string_view model) const;
  double CostOf(std::string_view model, const Usage& usage) const;

 private:
  std::map<std::string, TokenPrice, std::less<>> prices_;
};

struct BudgetOptions {
  double per_request = 0;  // 0 = no limit
  double per_day = 0;      // of UTC
};

// What was spent today. Thread-safe.
class Budget {
 public:
  explicit Budget(BudgetOptions options) : options_(options) {}

  // kResourceExhausted, naming limit and spending, where a call that `may_cost` so much at most would
  // go beyond what is left of the day or of its request, which has spent `in_request` already. `now`:
  // microseconds since 1970.
  Status Check(double may_cost, double in_request, int64_t now);
  void Add(double cost, int64_t now);
  double SpentToday(int64_t now);

 private:
  void TurnDay(int64_t now);

  const BudgetOptions options_;
  std::mutex mutex_;
  int64_t day_ = 0;  // guarded by mutex_, as what follows
  double spent_ = 0;
};

}  // namespace quarry::model
