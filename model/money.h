#pragma once

// Amounts of money, by forms alone: which numbers of a text may be one, and where it says that there is nothing to pay.
// Wide on purpose, as answer kinds are: a number that says nothing of what it counts may be one ("Price (GBP): 190"),
// one of days, of users or in a date is none. Internal to model/. Pure.

#include <cstddef>
#include <string_view>

namespace quarry::model {

// Whether digits may be an amount that have `behind` behind them: " 元/年", " million euros", "; 备注" and not " 天",
// "-day", " users", ":30".
bool MayCountMoney(std::string_view behind);

// Whether an amount in words begins with the Chinese character or the English word that has `behind` behind it: 五 of
// 五十元, "fifty" of "fifty dollars".
bool BeginsMoneyInWords(std::string_view word, std::string_view behind);

// Whether the word, or the Chinese word that begins with it, says that there is nothing to pay; not 免费试用 and "a free
// trial", which tell no price.
bool SaysFree(std::string_view word, std::string_view behind);

// Whether what begins at byte `begin` goes on with a date, a time or a code: "08" of "2026-08", 01 of "SB-PRO-01".
bool ContinuesCode(std::string_view text, size_t begin);

}  // namespace quarry::model
