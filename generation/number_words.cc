#include "generation/number_words.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/number_reading.h"

namespace quarry::generation {
namespace {

constexpr double kLeastNumberWord = 2;  // "one" is a pronoun as well
constexpr double kMostNumberWord = 99;

// What is counted or measured by.
constexpr std::string_view kMeasureWords[] = {
    "个", "只", "台", "套", "年", "月",   "天",   "日", "周", "小时", "分", "秒", "次", "人", "户",
    "张", "瓶", "孔", "米", "升", "公里", "公斤", "吨", "元", "倍",   "份", "名", "位", "座", "条",
    "格", "班", "批", "层", "间", "辆",   "谷元", "度", "岁", "件",   "根", "块", "种", "家", "遍"};

constexpr std::string_view kPer = "每";
constexpr std::string_view kPeriods[] = {"年", "月", "天", "日", "周", "小时", "季度", "个月"};

// The number that the word which begins at `at` is, "twenty-five" too, and no part of it. `at` is moved behind the word.
std::optional<uint64_t> EnglishNumber(std::string_view even, size_t& at) {
  const std::optional<model::WrittenNumber> read = model::ReadNumber(even, at);
  while (at < even.size() && (IsAsciiLetter(even[at]) || even[at] == '-')) ++at;
  if (!read || read->form != model::WrittenNumber::Form::kWord || read->end != at ||
      read->value < kLeastNumberWord || read->value > kMostNumberWord) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(read->value);
}

// "每年" says "每一年".
bool IsOncePer(std::string_view text) {
  return text.starts_with(kPer) && StartsWithAny(text.substr(kPer.size()), kPeriods);
}

}  // namespace

std::string WithDigits(std::string_view text) {
  const std::string even = model::EvenForNumbers(text);  // byte by byte beside `text`
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    if (IsAsciiLetter(text[at])) {
      const std::optional<uint64_t> number = EnglishNumber(even, end);
      out += number ? std::to_string(*number) : std::string(text.substr(at, end - at));
      at = end;
      continue;
    }
    if (IsAscii(text[at])) {
      out += text[at++];
      continue;
    }
    if (IsOncePer(std::string_view(even).substr(at))) {
      out += "每1";
      at += kPer.size();
      continue;
    }
    const std::optional<model::WrittenNumber> read = model::ReadNumber(even, at);
    if (read && !read->is_about &&
        StartsWithAny(std::string_view(even).substr(read->end), kMeasureWords)) {
      out += std::to_string(static_cast<uint64_t>(read->value));
      at = read->end;
      continue;
    }
    if (read && read->is_about) {
      end = read->end;
    } else {
      NextCodePoint(text, end);
    }
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace quarry::generation
