#pragma once

// "Is the timeout 30 seconds?", 专业版每年 58000 元吗: such a question names the value that it asks about, and what the
// documents have in its place answers it, too. The number is no thing that a passage must hold. By forms alone, English
// and Chinese; where a number bounds ("more than 30 days"), is a condition ("30天后可以退货吗") or a name ("version 3") it is none.
// Internal to model/. Pure.

#include <cstddef>
#include <string_view>

namespace quarry::model {

// The byte of `text` from which on it is the value, with its unit; npos where the question asserts none. `text`: the
// question with the words that only ask taken out (Question::text).
size_t AssertedValueBegin(std::string_view question, std::string_view text);

}  // namespace quarry::model
