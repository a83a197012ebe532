#include "retrieval/question_tokens.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }

bool IsSpace(char32_t c) { return c <= ' ' || c == 0x3000 || c == 0xA0; }

bool IsLatinLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Letters and digits, and whatever Unicode has above ASCII that is no sign.
bool IsWordLike(char32_t c) {
  if (IsDigit(c) || IsLatinLetter(c) || c == '_') return true;
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return c == 0xB0 || c == 0xB5;  // ° µ
  const bool sign = (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2C00) ||
                    (c >= 0x3000 && c < 0x3040 && !IsCjk(c));
  return !sign;
}

bool IsSentenceMark(char32_t c) {
  return c == '.' || c == ',' || c == ';' || c == ':' || c == '?' || c == '!' || c == 0x3001 ||
         c == 0x3002;
}

// The forms of a quotation mark as one.
char32_t Unified(char32_t c) {
  switch (c) {
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x300C:  // 「」
    case 0x300D:
    case 0x300E:
    case 0x300F:
      return '"';
    default:
      return c;
  }
}

// '^' before raised characters, '_' before lowered ones, a space before what folds to a number of its
// own (½, ①); 0 before others.
char32_t SignBefore(char32_t c) {
  if (c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x207F)) return '^';
  if ((c >= 0x2B0 && c <= 0x2B8) || (c >= 0x2E0 && c <= 0x2E4) || (c >= 0x1D2C && c <= 0x1D61)) {
    return '^';
  }
  if ((c >= 0x2080 && c <= 0x209C) || (c >= 0x1D62 && c <= 0x1D6A)) return '_';
  const bool number = (c >= 0xBC && c <= 0xBE) || (c >= 0x2150 && c <= 0x215F) || c == 0x2189 ||
                      (c >= 0x2460 && c <= 0x249B) || c == 0x24EA;
  return number ? ' ' : 0;
}

// Squared units whose capitals folding would lose.
constexpr std::pair<char32_t, std::u32string_view> kSquaredUnits[] = {
    {0x3385, U"KB"},  {0x3386, U"MB"}, {0x3387, U"GB"}, {0x3392, U"MHz"},
    {0x33AB, U"MPa"}, {0x33B9, U"MV"}, {0x33BF, U"MW"}, {0x33C1, U"MΩ"}};

// Stands before a capital that folding must not lose, until the text is folded.
constexpr char32_t kCapital = 0xE000;  // of a private area: no question means anything by it

std::u32string Spelled(std::string_view question) {
  std::u32string text;
  for (size_t at = 0; at < question.size();) {
    char32_t c = NextCodePoint(question, at);
    // Letters and digits of full width.
    if (c >= 0xFF10 && c <= 0xFF5A && IsWordLike(c - 0xFEE0)) c -= 0xFEE0;
    if (c == kCapital) c = 0xFFFD;
    if (c == 0x2126) c = 0x3A9;  // the sign of the ohm is an omega
    if (const char32_t sign = SignBefore(c); sign != 0) text += sign;
    const auto* squared = std::find_if(std::begin(kSquaredUnits), std::end(kSquaredUnits),
                                       [&](const auto& unit) { return unit.first == c; });
    if (squared != std::end(kSquaredUnits)) {
      text += squared->second;
    } else {
      text += c;
    }
  }
  return text;
}

// Whether the unit, in small letters, is another one in capitals. Single letters and what is as often
// a word are units only behind a number.
bool CaseTells(std::u32string_view unit, bool behind_number) {
  const auto one_of = [](std::u32string_view name, auto&... names) {
    return ((name == names) || ...);
  };
  const std::u32string_view base = unit.substr(1);
  switch (unit[0]) {
    case 'm':  // milli and mega
      if (one_of(base, U"w", U"v", U"a", U"hz", U"pa", U"g", U"m", U"s", U"b", U"j", U"n", U"l",
                 U"t", U"f", U"h", U"ω", U"ohm", U"ev", U"wh", U"ah", U"va", U"var", U"bar", U"bps",
                 U"bit", U"wp", U"cal")) {
        return true;
      }
      break;
    case 'k':
    case 'g':
    case 't':  // bit and byte
      if (one_of(base, U"b", U"bps")) return true;
      break;
    case 'p':  // pico and peta
      if (behind_number && one_of(base, U"w", U"v", U"a", U"s", U"b", U"j", U"f", U"h", U"g")) {
        return true;
      }
      break;
    default:
      break;
  }
  return behind_number && one_of(unit, U"m", U"k", U"g", U"s", U"b", U"h", U"t");
}

// Puts kCapital before the capitals of units whose case tells.
std::u32string WithUnitsMarked(const std::u32string& text) {
  std::u32string marked;
  const auto is_letter = [](char32_t c) { return IsLatinLetter(c) || c == 0x3A9 || c == 0x3C9; };
  for (size_t at = 0; at < text.size();) {
    if (!is_letter(text[at])) {
      marked += text[at++];
      continue;
    }
    const size_t begin = at;
    std::u32string small;
    for (; at < text.size() && is_letter(text[at]); ++at) {
      const bool capital = (text[at] >= 'A' && text[at] <= 'Z') || text[at] == 0x3A9;
      small += capital ? text[at] + 32 : text[at];
    }
    const auto joins = [](char32_t c) { return IsWordLike(c) && !IsCjk(c); };
    const bool starts = begin == 0 || IsDigit(text[begin - 1]) || !joins(text[begin - 1]);
    const bool stops = at == text.size() || !joins(text[at]);
    size_t before = begin;
    while (before > 0 && IsSpace(text[before - 1])) --before;
    const bool behind_number = before > 0 && IsDigit(text[before - 1]);
    const bool tells = starts && stops && CaseTells(small, behind_number);
    for (size_t i = begin; i < at; ++i) {
      if (tells && text[i] >= 'A' && text[i] <= 'Z') marked += kCapital;
      marked += text[i];
    }
  }
  return marked;
}

std::u32string Folded(std::string_view question) {
  std::string spelled;
  for (const char32_t c : WithUnitsMarked(Spelled(question))) AppendCodePoint(spelled, c);
  const std::string folded = Fold(spelled);
  std::u32string characters;
  bool capital = false;
  for (size_t at = 0; at < folded.size();) {
    const char32_t c = Unified(NextCodePoint(folded, at));
    if (c != kCapital) characters.push_back(capital && c >= 'a' && c <= 'z' ? c - 32 : c);
    capital = c == kCapital;
  }
  return characters;
}

bool IsClosing(char32_t c) {
  return c == '"' || c == '\'' || c == '`' || c == ')' || c == ']' || c == '}' || c == 0x3009 ||
         c == 0x300B || c == 0x3011;  // 〉 》 】
}

// How far back an opening bracket is looked for.
constexpr size_t kMaxExpression = 64;

// Whether what stands before `at` can end a stretch of words. `begin`: of the token before.
bool EndsWord(const std::u32string& text, size_t begin, size_t at) {
  // In "(ab)?" and "(n)!" the mark is part of the expression; in "the torque (in Nm)?" it is none.
  if (text[at - 1] == ')' || text[at - 1] == ']' || text[at - 1] == '}') {
    const char32_t opening = text[at - 1] == ')' ? '(' : text[at - 1] == ']' ? '[' : '{';
    const size_t from = std::max(begin, at - std::min(at, kMaxExpression));
    const bool expression = text.substr(from, at - from).find(opening) != std::u32string::npos;
    if (expression && (text[at] == '?' || text[at] == '!')) return false;
  }
  while (at > 0 && IsClosing(text[at - 1])) --at;
  if (at == 0) return false;
  const char32_t last = text[at - 1];
  if (IsWordLike(last)) return true;
  // C++, C#, 5%.
  if (last == '+') return at > 2 && text[at - 2] == '+' && IsLatinLetter(text[at - 3]);
  if (last == '#') return at > 1 && IsLatinLetter(text[at - 2]);
  return last == '%' && at > 1 && IsDigit(text[at - 2]);
}

// The end of the run of marks at `at`, if it is no part of a token; else `at`.
size_t MarksEnd(const std::u32string& text, size_t begin, size_t at) {
  if (!IsSentenceMark(text[at]) || at == 0 || !EndsWord(text, begin, at)) return at;
  size_t end = at;
  while (end < text.size() && IsSentenceMark(text[end])) ++end;
  if (end == text.size() || IsSpace(text[end]) || IsCjk(text[end])) return end;
  // "你好，Python", "他说：“”"; not ".*" nor ".git".
  const bool goes_on = IsWordLike(text[end]) || text[end] == '"' || text[end] == 0x300A;
  return IsCjk(text[at - 1]) && goes_on && text[end - 1] != '.' ? end : at;
}

}  // namespace

std::vector<QuestionToken> TokenizeQuestion(std::string_view question) {
  const std::u32string text = Folded(question);
  std::vector<QuestionToken> tokens;
  bool open = false;  // the last token goes on
  size_t begin = 0;   // of the last token
  for (size_t i = 0; i < text.size();) {
    if (IsSpace(text[i])) {
      open = false;
      ++i;
      continue;
    }
    if (const size_t end = MarksEnd(text, begin, i); end > i) {
      const bool comma = text[i] == ',' && end == i + 1 && !tokens.back().cjk &&
                         (end == text.size() || IsSpace(text[end]));
      while (i < end) AppendCodePoint(tokens.back().mark, text[i++]);
      if (comma) tokens.back().mark.clear();
      tokens.back().ends = true;
      open = false;
      continue;
    }
    const bool cjk = IsCjk(text[i]);
    if (cjk || !open) {
      begin = i;
      tokens.push_back({.text = "", .cjk = cjk, .ends = false, .mark = ""});
    }
    AppendCodePoint(tokens.back().text, text[i++]);
    open = !cjk;
  }
  if (!tokens.empty()) tokens.back().ends = true;
  return tokens;
}

bool IsMarks(const QuestionToken& token) {
  for (size_t at = 0; at < token.text.size();) {
    if (!IsSentenceMark(NextCodePoint(token.text, at))) return false;
  }
  return true;
}

bool StartsWithDigit(const QuestionToken& token) {
  return !token.text.empty() && IsDigit(static_cast<unsigned char>(token.text[0]));
}

bool IsPlainNumber(const QuestionToken& token) {
  const std::string& text = token.text;
  if (text.empty() || !IsDigit(static_cast<unsigned char>(text.back()))) return false;
  if (!StartsWithDigit(token) || std::count(text.begin(), text.end(), '.') > 1) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsDigit(static_cast<unsigned char>(c)) || c == '.'; });
}

}  // namespace quarry::retrieval
