#pragma once

// By which words a question shows what it asks for, in English and Chinese. Pure.

#include <string_view>

namespace quarry::model {

// Asks for yes or no: "Is the office open?", 可以退货吗.
bool AsksWhether(std::string_view question);
bool AsksWhetherInChinese(std::string_view question);

// Is a question, though it may lack the mark: "How to return goods", 如何退货.
bool AsksSomething(std::string_view text);

}  // namespace quarry::model
