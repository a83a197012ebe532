#pragma once

// Who somebody is, "Who is Ines Vogel?", 林晓彤是谁, is answered by what the person is: the office that stands right beside
// the name. By forms alone, English and Chinese. Internal to model/. Pure.

#include <string_view>

namespace quarry::model {

// The person whom all of the question asks about, as it writes the name; "" where it asks anything else, "who is the
// director".
std::string_view PersonAskedAbout(std::string_view question);

// Whether `sentence` says beside `name` what the person is: "客户支持组组长：林晓彤", 技术总监高文博, "Ines Vogel, head of
// support"; or in a row with a column for it.
bool SaysOfficeOf(std::string_view name, std::string_view sentence);

}  // namespace quarry::model
