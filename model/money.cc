#include "model/money.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kChineseMoney[] = {
    "元",   "圆",   "圓",   "块",   "塊",   "角",   "毛钱", "毛錢", "分钱", "分錢",   "美元",
    "美金", "欧元", "歐元", "港元", "港币", "港幣", "日元", "英镑", "英鎊", "人民币", "人民幣"};
constexpr std::string_view kEndsOfMoney[] = {"元", "币", "幣"};
// In lower case, without the s of a plural.
constexpr std::string_view kEnglishMoney[] = {
    "dollar", "euro", "pound", "cent", "pence", "penny", "yuan", "yen", "franc", "rupee",
    "peso",   "rmb",  "usd",   "eur",  "gbp",   "cny",   "chf",  "jpy", "hkd"};
constexpr std::string_view kEnglishScales[] = {"hundred", "thousand", "million", "billion"};
constexpr std::string_view kEnglishNumerals[] = {
    "one",   "two",     "three",  "four",    "five",     "six",      "seven",   "eight",  "nine",
    "ten",   "eleven",  "twelve", "fifteen", "eighteen", "twenty",   "thirty",  "forty",  "fifty",
    "sixty", "seventy", "eighty", "ninety",  "hundred",  "thousand", "million", "billion"};
// What else numbers count.
constexpr std::string_view kOtherEnglish[] = {
    "day",   "days",   "week",   "weeks",   "month",  "months",  "year",   "years",
    "hour",  "hours",  "minute", "minutes", "second", "seconds", "times",  "user",
    "users", "people", "person", "persons", "events", "items",   "pages",  "am",
    "pm",    "km",     "kg",     "mm",      "cm",     "metres",  "meters", "miles",
    "bar",   "kw",     "kwh",    "kb",      "mb",     "gb",      "tb"};
constexpr std::string_view kOtherChinese =
    "天日年月周週时時小分秒号號点點季期次遍条條个個人名位套台臺件张張份岁歲倍层層楼樓米噸吨克升度公"
    "瓦伏"
    "章项項页頁款类類种種版届屆户戶家节節";
constexpr std::string_view kNumeralCharacters = "零〇一二三四五六七八九十百千万萬亿億两兩几幾多";
constexpr std::string_view kChineseScales = "十百千万萬亿億多余餘";
constexpr std::string_view kChineseFree[] = {"免费",   "免費",   "免收",  "不收费",
                                             "不收費", "不要钱", "不要錢"};
constexpr std::string_view kTrials[] = {"试用", "試用", "体验", "體驗", "trial"};
constexpr size_t kTrialBytes =
    24;  // that it stands within: 免费提供 30 天试用, "a free 30-day trial"
constexpr size_t kWordsOfSum = 4;  // "hundred and fifty thousand dollars"

// The first character of `text` where it is Chinese, or nothing.
std::string_view ChineseCharacter(std::string_view text) {
  size_t end = 0;
  if (text.empty() || !IsCjk(NextCodePoint(text, end))) return {};
  return text.substr(0, end);
}

std::string_view WithoutCharactersOf(std::string_view set, std::string_view text) {
  for (std::string_view character = ChineseCharacter(text);
       !character.empty() && set.find(character) != set.npos; character = ChineseCharacter(text)) {
    text.remove_prefix(character.size());
  }
  return text;
}

std::string_view WithoutBlanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

// What stands behind all of the number, of "3–5 天" behind the second; nullopt where it is a date, a version, a time or
// the number of a telephone.
std::optional<std::string_view> BehindNumber(std::string_view behind) {
  constexpr std::string_view kJoints[] = {",", ".", "-", "–", "—", "~", "～", "至", "到", "×"};
  std::string_view last;
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view joint : kJoints) {
      const size_t size = joint.size();
      if (!behind.starts_with(joint) || behind.size() == size || !IsAsciiDigit(behind[size]))
        continue;
      if (joint == last && joint != ",") return std::nullopt;
      last = joint;
      behind.remove_prefix(size);
      while (!behind.empty() && IsAsciiDigit(behind[0])) behind.remove_prefix(1);
      more = true;
      break;
    }
  }
  if (behind.size() > 1 && behind[0] == ':' && IsAsciiDigit(behind[1])) return std::nullopt;
  return behind;
}

std::string_view Singular(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  return word;
}

}  // namespace

bool MayCountMoney(std::string_view behind) {
  const std::optional<std::string_view> rest = BehindNumber(behind);
  if (!rest) return false;
  std::string_view unit = WithoutBlanks(*rest);
  if (!ChineseCharacter(unit).empty()) {
    unit = WithoutBlanks(WithoutCharactersOf(kChineseScales, unit));
    const std::string_view character = ChineseCharacter(unit);
    return StartsWithAny(unit, kChineseMoney) || character.empty() ||
           kOtherChinese.find(character) == std::string_view::npos;
  }
  if (unit.starts_with('-')) unit.remove_prefix(1);  // "30-day"
  std::string word = AsciiLower(LeadingLetters(unit));
  if (IsOneOf(word, kEnglishScales)) {
    word = AsciiLower(LeadingLetters(WithoutBlanks(unit.substr(word.size()))));
  }
  return !IsOneOf(word, kOtherEnglish);
}

bool BeginsMoneyInWords(std::string_view word, std::string_view behind) {
  if (!IsAscii(word[0])) {
    if (kNumeralCharacters.find(word) == std::string_view::npos) return false;
    const std::string_view unit = WithoutCharactersOf(kNumeralCharacters, behind);
    // 加元, 台币: of whatever country.
    return StartsWithAny(unit, kChineseMoney) ||
           StartsWithAny(unit.substr(ChineseCharacter(unit).size()), kEndsOfMoney);
  }
  if (!IsOneOf(AsciiLower(word), kEnglishNumerals)) return false;
  size_t n = 0;
  for (const Word& next : Words(behind.substr(0, behind.find_first_of(",.;:")))) {
    const std::string lower = AsciiLower(next.text);
    if (IsOneOf(Singular(lower), kEnglishMoney)) return true;
    if (++n == kWordsOfSum || (lower != "and" && !IsOneOf(lower, kEnglishNumerals))) break;
  }
  return false;
}

bool SaysFree(std::string_view word, std::string_view behind) {
  const bool is_free =
      IsAscii(word[0])
          ? IsOneOf(AsciiLower(word), {"free", "gratis"})
          : std::ranges::any_of(kChineseFree, [&](std::string_view free) {
              return free.starts_with(word) && behind.starts_with(free.substr(word.size()));
            });
  const std::string_view near = behind.substr(0, kTrialBytes);
  return is_free && !ContainsAny(near, kTrials);
}

bool ContinuesCode(std::string_view text, size_t begin) {
  if (begin < 2 || std::string_view("-/:").find(text[begin - 1]) == std::string_view::npos)
    return false;
  if (text[begin - 1] == ':') return IsAsciiDigit(text[begin - 2]);  // not of "Parking:8 EUR"
  return IsAsciiAlphanumeric(text[begin - 2]);
}

}  // namespace quarry::model
