#include "model/model_cost.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/numbers.h"

namespace quarry::model {
namespace {

constexpr int64_t kMicrosPerDay = int64_t{24} * 3600 * 1'000'000;

std::string Money(double amount) { return FormatSignificant(amount, 4); }

bool ParsePrice(std::string_view text, double& price) {
  const std::optional<double> number = ParseNumber<double>(text);
  if (!number || !(*number >= 0 && *number <= 1e9)) return false;
  price = *number;
  return true;
}

}  // namespace

Result<PriceTable> PriceTable::Parse(const std::vector<std::string>& rows) {
  PriceTable table;
  for (const std::string& row : rows) {
    const size_t equals = row.rfind('=');
    const size_t slash = equals == std::string::npos ? equals : row.find('/', equals);
    TokenPrice price;
    if (slash == std::string::npos || equals == 0 ||
        !ParsePrice(std::string_view(row).substr(equals + 1, slash - equals - 1), price.prompt) ||
        !ParsePrice(std::string_view(row).substr(slash + 1), price.completion)) {
      return InvalidArgumentError("\"" + row +
                                  "\": expected MODEL=PROMPT/COMPLETION, prices per million "
                                  "tokens, such as gpt-4o-mini=0.15/0.60");
    }
    table.prices_[row.substr(0, equals)] = price;
  }
  return table;
}

TokenPrice PriceTable::Of(std::string_view model) const {
  if (const auto exact = prices_.find(model); exact != prices_.end()) return exact->second;
  TokenPrice best;
  size_t longest = 0;
  for (const auto& [name, price] : prices_) {
    if (!name.ends_with('*') || name.size() <= longest) continue;
    if (!model.starts_with(std::string_view(name).substr(0, name.size() - 1))) continue;
    best = price;
    longest = name.size();
  }
  return best;
}

double PriceTable::CostOf(std::string_view model, const Usage& usage) const {
  const TokenPrice price = Of(model);
  return (price.prompt * usage.prompt_tokens + price.completion * usage.completion_tokens) / 1e6;
}

void Budget::TurnDay(int64_t now) {
  const int64_t day = now / kMicrosPerDay;
  if (day <= day_) return;
  day_ = day;
  spent_ = 0;
}

Result<Budget::Reservation> Budget::Reserve(double may_cost, double in_request, int64_t now) {
  const std::lock_guard lock(mutex_);
  TurnDay(now);
  if (options_.per_request > 0 && in_request + may_cost > options_.per_request) {
    return ResourceExhaustedError("chat.request_budget: " + Money(in_request) +
                                  " spent, a call may cost " + Money(may_cost) + ", allowed " +
                                  Money(options_.per_request));
  }
  if (options_.per_day > 0 && file_ != nullptr) {
    Result<double> spent = file_->Spent(day_);
    if (!spent.ok()) return std::move(spent).status().Annotate("chat.day_budget");
    spent_ = *spent;
  }
  if (options_.per_day > 0 && spent_ + reserved_ + may_cost > options_.per_day) {
    const std::string running =
        reserved_ > 0 ? ", calls that run may cost " + Money(reserved_) : "";
    return ResourceExhaustedError("chat.day_budget: " + Money(spent_) + " spent today" + running +
                                  ", a call may cost " + Money(may_cost) + ", allowed " +
                                  Money(options_.per_day));
  }
  reserved_ += may_cost;
  return Reservation(this, may_cost);
}

void Budget::Settle(double reserved, double cost, int64_t now) {
  const std::lock_guard lock(mutex_);
  TurnDay(now);
  reserved_ = std::max(0.0, reserved_ - reserved);
  spent_ += cost;
  if (options_.per_day <= 0 || file_ == nullptr || cost <= 0) return;
  if (const Result<double> kept = file_->Add(day_, cost); !kept.ok()) {
    LogWarning("what a call cost is not kept: " + kept.status().message());
  }
}

double Budget::SpentToday(int64_t now) {
  const std::lock_guard lock(mutex_);
  TurnDay(now);
  return spent_;
}

}  // namespace quarry::model
