#pragma once

// What calls of a chat model cost, by a table of prices, and how much may be spent.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/answer.h"
#include "base/status.h"
#include "model/spending.h"

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

// What was spent today, by this process or, with a file, by all that share it. Thread-safe. `now`: microseconds since 1970; a clock that is set back opens no
// second day.
class Budget {
 public:
  // What a call may cost, held back so that calls at the same time do not spend it too. Given back
  // where it is not settled. The budget outlives it.
  class Reservation {
   public:
    Reservation(Reservation&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), amount_(other.amount_) {}
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation() { Settle(0, 0); }
    // Once, at the end of the call, also of one that failed: what it did cost.
    void Settle(double cost, int64_t now) {
      if (budget_ != nullptr) std::exchange(budget_, nullptr)->Settle(amount_, cost, now);
    }

   private:
    friend Budget;
    Reservation(Budget* budget, double amount) : budget_(budget), amount_(amount) {}
    Budget* budget_;
    double amount_;
  };

  // `file` outlives the budget; null: only this process counts.
  explicit Budget(BudgetOptions options, SpendingFile* file = nullptr)
      : options_(options), file_(file) {}

  // Errors of a limit per day: those of the file. kResourceExhausted, naming limit and spending, where a call that `may_cost` so much at most would
  // go beyond what is left of the day or of its request, which has spent `in_request` already.
  Result<Reservation> Reserve(double may_cost, double in_request, int64_t now);
  double SpentToday(int64_t now);

 private:
  void Settle(double reserved, double cost, int64_t now);
  void TurnDay(int64_t now);

  const BudgetOptions options_;
  SpendingFile* const file_;
  std::mutex mutex_;
  int64_t day_ = 0;  // guarded by mutex_, as what follows
  double spent_ = 0;
  double reserved_ = 0;  // by calls that run
};

}  // namespace quarry::model
