#include "ingest/xlsx_formats.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "base/numbers.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxCodeBytes = 4 * 255;  // so many characters, whatever they are

// The codes that files name by number only (18.8.30); those of East Asia are dates as well.
std::string_view BuiltInCode(int64_t id) {
  static constexpr std::pair<int64_t, std::string_view> kCodes[] = {
      {1, "0"},          {2, "0.00"},   {3, "#,##0"},     {4, "#,##0.00"},  {9, "0%"},
      {10, "0.00%"},     {14, "y-m-d"}, {15, "d-m-y"},    {16, "d-m"},      {17, "m-y"},
      {18, "h:m"},       {19, "h:m:s"}, {20, "h:m"},      {21, "h:m:s"},    {22, "y-m-d h:m"},
      {37, "#,##0"},     {38, "#,##0"}, {39, "#,##0.00"}, {40, "#,##0.00"}, {45, "m:s"},
      {46, "[h]:mm:ss"}, {47, "h:m:s"}};
  for (const auto& [known, code] : kCodes) {
    if (known == id) return code;
  }
  if ((id >= 27 && id <= 31) || (id >= 50 && id <= 58) || id == 36) return "y-m-d";
  if (id >= 32 && id <= 35) return "h:m:s";
  return {};
}

// What a code is made of.
struct Pattern {
  bool has_date = false;
  bool has_time = false;
  bool has_seconds = false;
  bool is_elapsed = false;  // [h]: hours beyond 24
  bool is_general = true;
  bool is_exact = false;  // of a scientific number or a fraction: shown in full
  bool has_thousands = false;
  int percents = 0;
  int decimals = 0;
  int thousands_left_out = 0;  // "0.0,," shows millions
  std::string before;
  std::string after;
};

Pattern ReadPattern(std::string_view code) {
  Pattern pattern;
  bool seen_digit = false;
  bool seen_point = false;
  bool minutes_or_months = false;
  std::string literal;
  const auto digit = [&] {
    if (!seen_digit) pattern.before = std::exchange(literal, {});
    seen_digit = true;
    pattern.is_general = false;
    literal.clear();
    pattern.thousands_left_out = 0;
  };
  for (size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i];
    switch (c) {
      case '"': {
        const size_t end = std::min(code.find('"', i + 1), code.size());
        literal += code.substr(i + 1, end - i - 1);
        i = end;
        break;
      }
      case '[': {
        const size_t end = std::min(code.find(']', i), code.size());
        const std::string_view inside = code.substr(i + 1, end - i - 1);
        if (inside.starts_with('$')) {
          literal += inside.substr(1, inside.find('-') - 1);
        } else if (inside.find_first_not_of("hHmMsS") == inside.npos && !inside.empty()) {
          pattern.has_time = pattern.is_elapsed = true;
          pattern.has_seconds = pattern.has_seconds || inside[0] == 's' || inside[0] == 'S';
        }
        i = end;
        break;
      }
      case '\\':
        if (i + 1 < code.size()) literal += code[++i];
        break;
      case '_':
      case '*':
        ++i;
        break;
      case '0':
      case '#':
      case '?':
        digit();
        if (seen_point) ++pattern.decimals;
        break;
      case '.':
        if (seen_digit) seen_point = true;
        break;
      case ',':
        if (!seen_digit) break;
        ++pattern.thousands_left_out;  // unless more digits follow
        pattern.has_thousands = true;
        break;
      case '%':
        ++pattern.percents;
        literal += '%';
        break;
      case '/':
        pattern.is_exact = seen_digit;
        break;
      case 'E':
      case 'e':
        pattern.is_exact = pattern.is_exact || seen_digit;
        if (!seen_digit) pattern.has_date = true;  // the year of an era
        break;
      case 'y':
      case 'Y':
      case 'd':
      case 'D':
        pattern.has_date = true;
        break;
      case 'm':
      case 'M':
        minutes_or_months = true;
        break;
      case 's':
      case 'S':
        pattern.has_seconds = true;
        [[fallthrough]];
      case 'h':
      case 'H':
        pattern.has_time = true;
        break;
      case 'G':  // General
        i += std::min<size_t>(6, code.size() - i - 1);
        break;
      case '@':
        break;
      default:
        literal += c;
    }
  }
  if (minutes_or_months && !pattern.has_time) pattern.has_date = true;
  if (pattern.thousands_left_out > 0 && code.find(",#") == code.npos &&
      code.find(",0") == code.npos)
    pattern.has_thousands = false;
  pattern.after = std::move(literal);
  return pattern;
}

std::string ShowDate(double serial, const Pattern& pattern, bool is_1904) {
  using std::chrono::days;
  // To the second: that is how far such numbers are exact.
  auto seconds = static_cast<int64_t>(std::llround(serial * 86400));
  char text[40];
  if (pattern.is_elapsed) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
    return text;
  }
  int64_t day = seconds / 86400;
  seconds %= 86400;
  std::string shown;
  if (pattern.has_date) {
    // 1900 has a 29th of February there.
    if (!is_1904 && day < 60) ++day;
    const std::chrono::sys_days epoch =
        is_1904 ? std::chrono::sys_days{std::chrono::year{1904} / 1 / 1}
                : std::chrono::sys_days{std::chrono::year{1899} / 12 / 30};
    const std::chrono::year_month_day date{epoch + days{day}};
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    shown = text;
  }
  if (!pattern.has_time) return shown;
  if (!shown.empty()) shown += ' ';
  const auto part = [](int64_t value) { return static_cast<int>(value); };
  if (pattern.has_seconds) {
    std::snprintf(text, sizeof text, "%02d:%02d:%02d", part(seconds / 3600),
                  part(seconds / 60 % 60), part(seconds % 60));
  } else {
    std::snprintf(text, sizeof text, "%02d:%02d", part(seconds / 3600), part(seconds / 60 % 60));
  }
  return shown + text;
}

void GroupThousands(std::string* number) {
  const size_t begin = number->starts_with('-') ? 1 : 0;
  size_t at = std::min(number->find('.'), number->size());
  while (at > begin + 3) {
    at -= 3;
    number->insert(at, 1, ',');
  }
}

}  // namespace

std::string FormatCell(std::string_view value, std::string_view code, bool is_1904) {
  const std::optional<double> read = ParseNumber<double>(value);
  if (!read || !std::isfinite(*read)) return std::string(value);
  double number = *read;
  const Pattern pattern = ReadPattern(code);
  constexpr double kDays = 2'958'466;  // up to the end of the year 9999
  if ((pattern.has_date || pattern.has_time) && number >= 0 && number < kDays) {
    return ShowDate(number, pattern, is_1904);
  }
  if (pattern.is_general || pattern.is_exact || pattern.has_date || std::fabs(number) >= 1e15) {
    return FormatSignificant(number, 15);
  }
  for (int i = 0; i < pattern.percents; ++i) number *= 100;
  for (int i = 0; i < pattern.thousands_left_out; ++i) number /= 1000;
  std::string shown = FormatFixed(number, std::min(pattern.decimals, 15));
  if (shown.find_first_not_of("-0.") == shown.npos && shown.starts_with('-')) shown.erase(0, 1);
  if (pattern.has_thousands) GroupThousands(&shown);
  return pattern.before + shown + pattern.after;
}

XlsxFormats::XlsxFormats(xml::Node style_sheet) {
  std::map<int64_t, size_t> known;  // by the format's id
  xml::ForEachChild(xml::Child(style_sheet, "numFmts"), "numFmt", [&](xml::Node format) {
    known[xml::IntegerAttribute(format, "numFmtId").value_or(0)] = codes_.size();
    codes_.emplace_back(TruncateUtf8(xml::Attribute(format, "formatCode"), kMaxCodeBytes));
  });
  xml::ForEachChild(xml::Child(style_sheet, "cellXfs"), "xf", [&](xml::Node style) {
    const int64_t id = xml::IntegerAttribute(style, "numFmtId").value_or(0);
    const auto [code, is_new] = known.try_emplace(id, codes_.size());
    if (is_new) codes_.emplace_back(BuiltInCode(id));
    styles_.push_back(code->second);
  });
}

std::string_view XlsxFormats::CodeOf(size_t style) const {
  return style < styles_.size() ? std::string_view(codes_[styles_[style]]) : std::string_view();
}

}  // namespace quarry::ingest
