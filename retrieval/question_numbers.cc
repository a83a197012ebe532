#include "retrieval/question_numbers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace quarry::retrieval {
namespace {

using Tokens = std::span<const QuestionToken>;

// A number and how many tokens spell it.
struct SpelledNumber {
  std::string digits;
  size_t tokens = 0;
};

template <typename Value, size_t N>
std::optional<Value> Find(const std::array<std::pair<std::string_view, Value>, N>& table,
                          std::string_view word) {
  for (const auto& [name, value] : table) {
    if (name == word) return value;
  }
  return std::nullopt;
}

// `number` times ten to the power of `zeros`: "2.5" and 6 give "2500000". nullopt if a fraction is
// left.
std::optional<std::string> Shifted(std::string number, size_t zeros) {
  const size_t point = number.find('.');
  size_t places = 0;
  if (point != std::string::npos) {
    places = number.size() - point - 1;
    number.erase(point, 1);
  }
  if (places > zeros) return std::nullopt;
  number.append(zeros - places, '0');
  const size_t first = number.find_first_not_of('0');
  return first == std::string::npos ? "0" : number.substr(first);
}

uint64_t PowerOfTen(size_t zeros) {
  uint64_t power = 1;
  while (zeros-- > 0) power *= 10;
  return power;
}

// --- English ------------------------------------------------------------------------------------

constexpr std::array<std::pair<std::string_view, uint64_t>, 28> kUnits = {
    {{"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
     {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
     {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
     {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
     {"twenty", 20},  {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
     {"seventy", 70}, {"eighty", 80},  {"ninety", 90}}};
constexpr std::array<std::pair<std::string_view, size_t>, 4> kScales = {
    {{"thousand", 3}, {"million", 6}, {"billion", 9}, {"trillion", 12}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOrdinals = {
    {{"first", "1st"},
     {"third", "3rd"},
     {"fourth", "4th"},
     {"fifth", "5th"},
     {"sixth", "6th"},
     {"seventh", "7th"},
     {"eighth", "8th"},
     {"ninth", "9th"},
     {"tenth", "10th"}}};

// "twenty-five" as two words; others as one.
std::vector<std::string_view> HyphenParts(std::string_view word) {
  const size_t hyphen = word.find('-');
  if (hyphen == std::string_view::npos) return {word};
  return {word.substr(0, hyphen), word.substr(hyphen + 1)};
}

// Below 100: "seven", "seventy", "seventy seven", "seventy-seven".
std::optional<std::pair<uint64_t, size_t>> ReadTens(Tokens tokens) {
  if (tokens.empty()) return std::nullopt;
  const std::vector<std::string_view> parts = HyphenParts(tokens[0].text);
  const std::optional<uint64_t> first = Find(kUnits, parts[0]);
  if (!first) return std::nullopt;
  const auto is_ones = [](std::optional<uint64_t> value) {
    return value && *value >= 1 && *value <= 9;
  };
  if (parts.size() == 2) {
    const std::optional<uint64_t> ones = Find(kUnits, parts[1]);
    if (*first < 20 || !is_ones(ones)) return std::nullopt;
    return std::pair(*first + *ones, size_t{1});
  }
  if (*first >= 20 && tokens.size() > 1 && !tokens[0].ends) {
    const std::optional<uint64_t> ones = Find(kUnits, tokens[1].text);
    if (is_ones(ones)) return std::pair(*first + *ones, size_t{2});
  }
  return std::pair(*first, size_t{1});
}

// Below 1,000, with "and" before the tens.
std::optional<std::pair<uint64_t, size_t>> ReadHundreds(Tokens tokens) {
  auto read = ReadTens(tokens);
  if (!read || read->first == 0 || read->first > 9) return read;
  size_t at = read->second;
  if (at >= tokens.size() || !tokens[at].Is("hundred") || tokens[at - 1].ends) return read;
  uint64_t value = read->first * 100;
  ++at;
  size_t rest = at;
  if (rest < tokens.size() && tokens[rest].Is("and") && !tokens[rest].ends) ++rest;
  if (const auto tens = ReadTens(tokens.subspan(std::min(rest, tokens.size())));
      tens && tens->first > 0 && !tokens[at - 1].ends) {
    value += tens->first;
    at = rest + tens->second;
  }
  return std::pair(value, at);
}

std::optional<SpelledNumber> ReadEnglish(Tokens tokens) {
  uint64_t value = 0;
  size_t used = 0;
  size_t last_scale = 15;  // scales descend
  while (used == 0 || (!tokens[used - 1].ends && last_scale > 0)) {
    size_t begin = used;
    if (used > 0 && used < tokens.size() && tokens[used].Is("and") && !tokens[used].ends) ++begin;
    const auto group = ReadHundreds(tokens.subspan(begin));
    if (!group) break;
    size_t end = begin + group->second;
    const bool goes_on = end < tokens.size() && !tokens[end - 1].ends;
    const size_t scale = goes_on ? Find(kScales, tokens[end].text).value_or(0) : 0;
    if (scale >= last_scale) break;
    value += group->first * PowerOfTen(scale);
    used = end + (scale > 0 ? 1 : 0);
    last_scale = scale;
  }
  if (used == 0) return std::nullopt;
  return SpelledNumber{std::to_string(value), used};
}

// "2.5 million".
std::optional<SpelledNumber> ReadScaledDigits(Tokens tokens) {
  if (tokens.size() < 2 || tokens[0].ends || !IsPlainNumber(tokens[0])) return std::nullopt;
  const std::optional<size_t> scale = Find(kScales, tokens[1].text);
  if (!scale) return std::nullopt;
  std::optional<std::string> shifted = Shifted(tokens[0].text, *scale);
  if (!shifted) return std::nullopt;
  return SpelledNumber{*std::move(shifted), 2};
}

// --- Chinese ------------------------------------------------------------------------------------

constexpr std::array<std::pair<std::string_view, int>, 12> kHanDigits = {{{"〇", 0},
                                                                          {"零", 0},
                                                                          {"一", 1},
                                                                          {"二", 2},
                                                                          {"两", 2},
                                                                          {"三", 3},
                                                                          {"四", 4},
                                                                          {"五", 5},
                                                                          {"六", 6},
                                                                          {"七", 7},
                                                                          {"八", 8},
                                                                          {"九", 9}}};
constexpr std::array<std::pair<std::string_view, size_t>, 5> kHanScales = {
    {{"十", 1}, {"百", 2}, {"千", 3}, {"万", 4}, {"亿", 8}}};

// A well-formed numeral below 10,000: scales descend, each behind a digit (but for a leading 十), a
// zero where a scale is left out, or the last digit of the scale below: 一百二 is 120.
std::optional<uint64_t> ReadHanSection(Tokens run) {
  uint64_t value = 0;
  size_t last_scale = 4;
  bool zero = false;
  for (size_t i = 0; i < run.size();) {
    const std::optional<int> digit = Find(kHanDigits, run[i].text);
    const std::optional<size_t> bare = Find(kHanScales, run[i].text);
    if (digit && *digit == 0) {
      if (zero || i == 0 || i + 1 == run.size()) return std::nullopt;
      zero = true;
      ++i;
      continue;
    }
    uint64_t ones = 1;
    size_t scale = 0;
    if (digit) {
      ones = static_cast<uint64_t>(*digit);
      ++i;
      if (i < run.size()) {
        const std::optional<size_t> found = Find(kHanScales, run[i].text);
        if (!found || *found > 3) return std::nullopt;
        scale = *found;
        ++i;
      } else if (value > 0 && !zero && last_scale > 1) {
        scale = last_scale - 1;
      }
    } else if (bare == 1 && i == 0) {
      scale = 1;
      ++i;
    } else {
      return std::nullopt;
    }
    if (scale >= last_scale) return std::nullopt;
    value += ones * PowerOfTen(scale);
    last_scale = scale;
    zero = false;
    if (scale == 0 && i < run.size()) return std::nullopt;
  }
  return run.empty() ? std::nullopt : std::optional(value);
}

// Digits read one by one: years, and numbers with a zero. 三四五 may be 3, 4 and 5.
std::optional<std::string> ReadHanDigits(Tokens run, Tokens rest) {
  std::string digits;
  for (const QuestionToken& token : run) {
    const std::optional<int> digit = Find(kHanDigits, token.text);
    if (!digit || token.Is("两")) return std::nullopt;
    digits += static_cast<char>('0' + *digit);
  }
  const bool year = digits.size() == 4 && (digits[0] == '1' || digits[0] == '2') && !rest.empty() &&
                    !run.back().ends && rest[0].Is("年");
  const bool zero = digits.size() >= 3 && digits.find('0') != std::string::npos;
  return year || zero ? std::optional(digits) : std::nullopt;
}

// Whether a numeral of one character is no number before what follows: 十分 is "very", 两月 two months
// and 二月 February, 二次 the second time and 两次 two times, 一点 a little.
bool IsWordAlone(const QuestionToken& numeral, Tokens rest) {
  static constexpr std::string_view kMeasures[] = {
      "个", "天", "年", "周", "小", "分", "秒", "米", "公", "斤", "吨", "元", "块", "人", "位",
      "台", "件", "张", "名", "条", "只", "种", "本", "辆", "瓶", "杯", "岁", "倍", "份", "点"};
  const bool joined = !numeral.ends && !rest.empty();
  if (numeral.Is("两")) {
    return !joined || std::none_of(std::begin(kMeasures), std::end(kMeasures),
                                   [&](std::string_view word) { return rest[0].Is(word); });
  }
  if (!joined) return false;
  if (numeral.Is("十")) return rest[0].Is("分") && (rest.size() < 2 || !rest[1].Is("钟"));
  if (numeral.Is("二")) return rest[0].Is("次");
  return numeral.Is("一") && rest[0].Is("点") && (rest.size() < 2 || !rest[1].Is("钟"));
}

std::optional<std::string> ReadHanNumber(Tokens run, Tokens rest) {
  if (std::optional<std::string> digits = ReadHanDigits(run, rest)) return digits;
  if (run.size() == 1 && IsWordAlone(run[0], rest)) return std::nullopt;
  if (run.size() == 1 && Find(kHanDigits, run[0].text) == 0) return "0";
  uint64_t value = 0;
  size_t begin = 0;
  size_t last_scale = 9;
  for (size_t i = 0; i < run.size(); ++i) {
    const std::optional<size_t> scale = Find(kHanScales, run[i].text);
    if (!scale || *scale < 4) continue;
    const std::optional<uint64_t> section = ReadHanSection(run.subspan(begin, i - begin));
    if (!section || *scale >= last_scale) return std::nullopt;
    value += *section * PowerOfTen(*scale);
    last_scale = *scale;
    begin = i + 1;
  }
  if (begin == run.size()) return std::to_string(value);
  // 三万零五: a zero stands for what is left out.
  if (begin > 0 && Find(kHanDigits, run[begin].text) == 0) ++begin;
  const std::optional<uint64_t> low = ReadHanSection(run.subspan(begin));
  // 三万五 is 35,000 to some and 30,005 to others.
  if (!low || (last_scale < 9 && *low < 10 && Find(kHanDigits, run[begin - 1].text) != 0)) {
    return std::nullopt;
  }
  return std::to_string(value + *low);
}

bool IsHanNumeral(const QuestionToken& token) {
  return token.cjk && (Find(kHanDigits, token.text) || Find(kHanScales, token.text));
}

std::optional<SpelledNumber> ReadChinese(Tokens tokens) {
  size_t end = 0;
  while (end < tokens.size() && IsHanNumeral(tokens[end])) {
    if (tokens[end++].ends) break;
  }
  if (end == 0) return std::nullopt;
  std::optional<std::string> digits = ReadHanNumber(tokens.first(end), tokens.subspan(end));
  if (!digits) return std::nullopt;
  return SpelledNumber{*std::move(digits), end};
}

// 3万, 3.5亿.
std::optional<SpelledNumber> ReadHanScaledDigits(Tokens tokens) {
  if (tokens.size() < 2 || tokens[0].ends || !IsPlainNumber(tokens[0])) return std::nullopt;
  const std::optional<size_t> scale = Find(kHanScales, tokens[1].text);
  if (!scale || *scale == 1) return std::nullopt;
  if (tokens.size() > 2 && !tokens[1].ends && IsHanNumeral(tokens[2])) return std::nullopt;
  std::optional<std::string> shifted = Shifted(tokens[0].text, *scale);
  if (!shifted) return std::nullopt;
  return SpelledNumber{*std::move(shifted), 2};
}

// 百分之五十, 百分之3.5.
std::optional<SpelledNumber> ReadHanPercent(Tokens tokens) {
  if (tokens.size() < 4 || tokens[0].ends || tokens[1].ends || tokens[2].ends) return std::nullopt;
  if (!tokens[0].Is("百") || !tokens[1].Is("分") || !tokens[2].Is("之")) {
    return std::nullopt;
  }
  if (IsPlainNumber(tokens[3])) return SpelledNumber{tokens[3].text + '%', 4};
  std::optional<SpelledNumber> number = ReadChinese(tokens.subspan(3));
  if (!number) return std::nullopt;
  return SpelledNumber{number->digits + '%', number->tokens + 3};
}

// --- Both ---------------------------------------------------------------------------------------

// "No one", "which one": a person or thing, and no number. "No two" is not "No. 2" either.
bool IsPronoun(const QuestionToken& before, Tokens tokens) {
  if (before.ends) return false;
  if (before.Is("no")) return Find(kUnits, tokens[0].text).has_value();
  static constexpr std::string_view kWords[] = {"any",   "some", "every", "which",
                                                "each",  "this", "that",  "these",
                                                "those", "the",  "a",     "another"};
  const bool joined = !tokens[0].ends && tokens.size() > 1;
  const bool scaled = joined && (tokens[1].Is("hundred") || Find(kScales, tokens[1].text));
  return tokens[0].Is("one") && !scaled &&
         std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return before.Is(word); });
}

// Whether `token` says that the number before it is an amount.
bool CountsSomething(const QuestionToken& token) {
  static constexpr std::string_view kWords[] = {
      "dollars", "usd",  "euros",  "euro",   "eur",  "pounds", "yuan",   "rmb",   "cny", "kg", "km",
      "miles",   "feet", "meters", "metres", "tons", "rpm",    "people", "users", "元",  "块", "美",
      "欧",      "公",   "米",     "吨",     "人",   "个",     "台",     "件",    "张",  "份"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return token.Is(word); });
}

// "1,000,000.5" without its commas; what has no groups of thousands as it is. One group may be two
// numbers, unless it is an amount: "$22,443", "22,443 km".
std::string JoinThousands(const QuestionToken& token, const QuestionToken* next) {
  const std::string& text = token.text;
  size_t begin = 0;
  for (const std::string_view sign : {"$", "€", "£", "¥"}) {
    if (text.starts_with(sign)) begin = sign.size();
  }
  const bool amount = begin > 0 || (next != nullptr && !token.ends && CountsSomething(*next));
  const size_t point = std::min(text.find('.', begin), text.size());
  std::string joined = text.substr(0, begin);
  size_t group = 0;
  size_t groups = 0;  // behind a comma
  for (const char c : std::string_view(text).substr(begin, point - begin)) {
    if (c == ',') {
      if (groups == 0 ? group == 0 || group > 3 : group != 3) return text;
      ++groups;
      group = 0;
    } else if (IsAsciiDigit(c)) {
      ++group;
      joined += c;
    } else {
      return text;
    }
  }
  if (groups == 0 || group != 3 || (groups == 1 && !amount)) return text;
  return joined + text.substr(point);
}

std::optional<SpelledNumber> ReadNumber(Tokens tokens) {
  if (auto read = ReadHanPercent(tokens)) return read;
  if (auto read = ReadHanScaledDigits(tokens)) return read;
  if (auto read = ReadScaledDigits(tokens)) return read;
  if (auto read = ReadEnglish(tokens)) return read;
  if (const auto ordinal = Find(kOrdinals, tokens[0].text)) {
    return SpelledNumber{std::string(*ordinal), 1};
  }
  return ReadChinese(tokens);
}

}  // namespace

std::vector<QuestionToken> UnifyNumbers(std::vector<QuestionToken> tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    tokens[i].text = JoinThousands(tokens[i], i + 1 < tokens.size() ? &tokens[i + 1] : nullptr);
  }
  std::vector<QuestionToken> unified;
  for (size_t at = 0; at < tokens.size();) {
    std::optional<SpelledNumber> read;
    if (unified.empty() || !IsPronoun(unified.back(), Tokens(tokens).subspan(at))) {
      read = ReadNumber(Tokens(tokens).subspan(at));
    }
    if (read) {
      QuestionToken& last = tokens[at + read->tokens - 1];
      unified.push_back({.text = std::move(read->digits),
                         .cjk = false,
                         .ends = last.ends,
                         .mark = std::move(last.mark)});
      at += read->tokens;
    } else if (IsHanNumeral(tokens[at])) {
      // What makes no number is left whole: no part of it is one either.
      bool ended = false;
      while (!ended && at < tokens.size() && IsHanNumeral(tokens[at])) {
        ended = tokens[at].ends;
        unified.push_back(std::move(tokens[at++]));
      }
    } else {
      unified.push_back(std::move(tokens[at++]));
    }
  }
  return unified;
}

}  // namespace quarry::retrieval
