#include "model/asserted_value.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/asking_words.h"

namespace quarry::model {
namespace {

constexpr size_t kNoValue = std::string_view::npos;
constexpr std::string_view kQuestionEnds[] = {"?", "？", "。", ".", " "};
// The longer ones first. Not what tells which one of many it is: 第3条, 12 楼, 3.4 版.
constexpr std::string_view kValueUnits[] = {
    "个百分点", "個百分點", "个工作日", "個工作日", "个小时", "個小時", "工作日", "百分点",
    "百分點",   "个月",     "個月",     "小时",     "小時",   "分钟",   "分鐘",   "万元",
    "萬元",     "亿元",     "億元",     "块钱",     "塊錢",   "美元",   "欧元",   "歐元",
    "英镑",     "英鎊",     "公里",     "千米",     "厘米",   "毫米",   "公斤",   "千克",
    "平方米",   "立方米",   "月份",     "元",       "天",     "日",     "号",     "號",
    "月",       "年",       "周",       "週",       "秒",     "次",     "人",     "个",
    "個",       "件",       "台",       "臺",       "倍",     "米",     "吨",     "噸",
    "升",       "度",       "岁",       "歲",       "巴",     "张",     "張",     "名",
    "%",        "％",       "℃"};
constexpr std::string_view kBoundsBefore[] = {
    "超过", "超過", "超出", "大于", "大於", "小于", "小於", "高于", "高於", "低于", "低於", "多于",
    "多於", "少于", "少於", "不足", "不满", "不滿", "满",   "滿",   "至少", "最少", "第"};
// In lower case, without the s of a plural.
constexpr std::string_view kEnglishValueUnits[] = {
    "day",    "week",  "month", "year",  "hour",   "minute", "second", "percent", "euro",
    "dollar", "pound", "cent",  "pence", "people", "user",   "seat",   "event",   "employee",
    "time",   "metre", "meter", "litre", "liter",  "mile",   "degree", "bar",     "volt",
    "km",     "kg",    "m",     "cm",    "mm",     "kw",     "gb",     "mb",      "tb"};
constexpr std::string_view kBeforeUnits[] = {"working", "business", "calendar"};
constexpr std::string_view kRates[] = {"per", "a", "an", "each", "every"};
constexpr std::string_view kMeasured[] = {"long", "old", "tall", "deep", "wide", "high"};
constexpr std::string_view kNoValueBehind[] = {
    "after", "before", "than", "past",    "beyond",  "over", "under", "above", "below",   "of",
    "first", "last",   "next", "version", "section", "page", "step",  "level", "chapter", "clause"};
constexpr std::string_view kCurrencySigns[] = {"$", "£", "€", "¥"};

void CutBlanks(std::string_view& text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
}

std::string_view WithoutEnd(std::string_view text) {
  while (RemoveAnySuffix(text, kQuestionEnds)) {
  }
  return text;
}

bool IsInNumber(char c) { return IsAsciiDigit(c) || c == '.' || c == ','; }

size_t ChineseValueBegin(std::string_view text) {
  std::string_view rest = WithoutEnd(text);
  size_t begin = kNoValue;
  while (RemoveAnySuffix(rest, kValueUnits)) {  // once more of "3 月 31 日"
    CutBlanks(rest);
    if (rest.empty() || !IsAsciiDigit(rest.back())) break;
    while (!rest.empty() && IsInNumber(rest.back())) rest.remove_suffix(1);
    begin = rest.size();
    CutBlanks(rest);
  }
  if (begin == kNoValue) return begin;
  std::string_view before = text.substr(0, begin);
  CutBlanks(before);
  // Behind Latin letters it belongs to their name: "Oracle 12".
  if (before.empty() || IsAscii(before.back()) || RemoveAnySuffix(before, kBoundsBefore))
    return kNoValue;
  return begin;
}

bool IsEnglishUnit(std::string_view word) {
  const std::string lower = AsciiLower(word);
  std::string_view singular = lower;
  if (singular.size() > 1 && singular.ends_with('s')) singular.remove_suffix(1);
  return IsOneOf(lower, kEnglishValueUnits) || IsOneOf(singular, kEnglishValueUnits);
}

// Whether the words from `at` on are a unit and no more: "days", "working days", "pounds per month", "years old".
bool IsUnitToTheEnd(const std::vector<std::string_view>& words, size_t at) {
  if (at < words.size() && IsOneOf(words[at], kBeforeUnits)) ++at;
  if (at == words.size() || !IsEnglishUnit(words[at])) return false;
  ++at;
  if (at + 2 == words.size() && IsOneOf(words[at], kRates)) return true;
  return at == words.size() || (at + 1 == words.size() && IsOneOf(words[at], kMeasured));
}

// "30", "5%", "$190", "1,200.50".
bool IsWrittenNumber(std::string_view word) {
  for (const std::string_view sign : kCurrencySigns) {
    if (word.starts_with(sign)) word.remove_prefix(sign.size());
  }
  if (word.ends_with('%')) word.remove_suffix(1);
  return !word.empty() && IsAsciiDigit(word[0]) && std::ranges::all_of(word, IsInNumber);
}

size_t EnglishValueBegin(std::string_view text) {
  const std::vector<std::string_view> words = SplitNonEmpty(WithoutEnd(text), " ");
  // Behind the verb and what is spoken of.
  for (size_t i = words.size(); i-- > 2;) {
    if (!IsWrittenNumber(words[i])) continue;
    const bool has_mark = !IsAsciiDigit(words[i].front()) || words[i].ends_with('%');
    const bool is_at_end = i + 1 == words.size() && has_mark;
    if (IsOneOf(AsciiLower(words[i - 1]), kNoValueBehind)) return kNoValue;
    if (!is_at_end && !IsUnitToTheEnd(words, i + 1)) return kNoValue;
    return static_cast<size_t>(words[i].begin() - text.begin());
  }
  return kNoValue;
}

}  // namespace

size_t AssertedValueBegin(std::string_view question, std::string_view text) {
  if (AsksWhetherInChinese(question)) return ChineseValueBegin(text);
  return AsksWhether(question) ? EnglishValueBegin(text) : kNoValue;
}

}  // namespace quarry::model
