#include "model/counted_units.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::model {
namespace {

struct UnitForm {
  std::string_view written;
  std::string_view name;
};

// The longer ones first.
constexpr UnitForm kChineseUnits[] = {
    {"个工作日", "工作日"}, {"工作日", "工作日"}, {"平方米", "平方米"}, {"立方米", "立方米"},
    {"摄氏度", "c"},        {"个小时", "小时"},   {"个月", "个月"},     {"个人", "人"},
    {"小时", "小时"},       {"分钟", "分钟"},     {"公里", "km"},       {"千米", "km"},
    {"厘米", "cm"},         {"毫米", "mm"},       {"公斤", "kg"},       {"千克", "kg"},
    {"欧元", "euro"},       {"美元", "dollar"},   {"周岁", "岁"},       {"周年", "年"},
    {"人次", "人次"},       {"℃", "c"},           {"％", "%"},          {"元", "元"},
    {"年", "年"},           {"天", "天"},         {"日", "天"},         {"周", "周"},
    {"次", "次"},           {"岁", "岁"},         {"人", "人"},         {"名", "人"},
    {"位", "人"},           {"米", "m"},          {"吨", "吨"},         {"升", "升"},
    {"巴", "bar"},          {"度", "度"},         {"倍", "倍"},         {"级", "级"},
    {"层", "层"},           {"台", "台"},         {"件", "件"},         {"套", "套"},
    {"辆", "辆"},           {"户", "户"},         {"分", "分"},         {"秒", "秒"},
    {"个", "个"},
};
// Of Latin letters, singular.
constexpr UnitForm kWordUnits[] = {{"eur", "euro"},    {"usd", "dollar"},   {"yuan", "元"},
                                   {"rmb", "元"},      {"percent", "%"},    {"metre", "m"},
                                   {"meter", "m"},     {"kilometre", "km"}, {"kilometer", "km"},
                                   {"kilogram", "kg"}, {"kilo", "kg"},      {"people", "person"},
                                   {"hr", "hour"},     {"min", "minute"}};
constexpr UnitForm kCurrencyMarks[] = {
    {"$", "dollar"}, {"€", "euro"}, {"£", "pound"}, {"¥", "元"}, {"￥", "元"}};
// Behind a number they count nothing.
constexpr std::string_view kNoUnits[] = {
    "of", "and", "or", "to",   "in",   "on", "at",  "for",  "the", "is",  "are",  "by",  "with",
    "a",  "an",  "if", "when", "than", "as", "but", "from", "up",  "may", "must", "can", "will"};

}  // namespace

std::pair<std::string, size_t> UnitBehind(std::string_view even, size_t at) {
  size_t begin = BehindSpaces(even, at);
  for (const UnitForm& unit : kChineseUnits) {
    if (even.substr(begin).starts_with(unit.written))
      return {std::string(unit.name), begin + unit.written.size()};
  }
  for (const UnitForm& mark : kCurrencyMarks) {
    if (even.substr(begin).starts_with(mark.written))
      return {std::string(mark.name), begin + mark.written.size()};
  }
  if (begin < even.size() && even[begin] == '%') return {"%", begin + 1};
  if (even.substr(begin).starts_with("°c")) return {"c", begin + std::string_view("°c").size()};
  if (begin == at && begin + 1 < even.size() && even[begin] == '-') ++begin;  // "12-year"
  size_t end = begin;
  while (end < even.size() && IsAsciiLetter(even[end])) ++end;
  std::string_view word = even.substr(begin, end - begin);
  if (word.empty() || IsOneOf(word, kNoUnits)) return {"", at};
  if (word.size() > 3 && word.ends_with('s')) word.remove_suffix(1);
  for (const UnitForm& unit : kWordUnits) {
    if (word == unit.written) return {std::string(unit.name), end};
  }
  return {std::string(word), end};
}

std::pair<std::string_view, size_t> CurrencyBefore(std::string_view even, size_t end) {
  for (const UnitForm& mark : kCurrencyMarks) {
    if (even.substr(0, end).ends_with(mark.written)) return {mark.name, end - mark.written.size()};
  }
  return {"", end};
}

bool IsChineseUnit(std::string_view unit) {
  return std::ranges::any_of(kChineseUnits,
                             [&](const UnitForm& form) { return form.name == unit; });
}

}  // namespace quarry::model
