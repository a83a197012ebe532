#include "retrieval/question_tokens.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }

// Letters and digits, and whatever Unicode has above ASCII that is no mark below.
bool IsWordLike(char32_t c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '_' || c > 0x2FF;
}

// Marks that separate wherever they stand.
bool IsSeparator(char32_t c) {
  switch (c) {
    case 0x3001:  // 、
    case 0x3002:  // 。
    case 0x2014:  // dashes
    case 0x2015:
    case 0x2026:  // the dots of omission; folding makes three full stops of them
    case 0x00BF:
    case 0x00A1:
      return true;
    default:
      return c <= ' ' || c == 0x3000 || c == 0xA0;
  }
}

// Marks that separate unless they stand inside of a word or number.
bool IsMark(char32_t c) {
  return c == '.' || c == ',' || c == ';' || c == ':' || c == '?' || c == '!' || c == '~';
}

bool IsSpace(char32_t c) { return c <= ' ' || c == 0x3000 || c == 0xA0; }

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

// The digit of a raised or lowered one; -1 for other characters.
int ShiftedDigit(char32_t c, char& sign) {
  sign = c >= 0x2080 && c <= 0x2089 ? '_' : '^';
  if (c == 0xB9) return 1;
  if (c == 0xB2 || c == 0xB3) return static_cast<int>(c - 0xB0);
  if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079)) return static_cast<int>(c - 0x2070);
  if (c >= 0x2080 && c <= 0x2089) return static_cast<int>(c - 0x2080);
  return -1;
}

std::u32string Folded(std::string_view question) {
  std::string spelled;
  for (size_t at = 0; at < question.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(question, at);
    char sign = 0;
    if (const int digit = ShiftedDigit(c, sign); digit >= 0) {
      spelled += sign;
      spelled += static_cast<char>('0' + digit);
    } else {
      spelled += question.substr(begin, at - begin);
    }
  }
  const std::string folded = Fold(spelled);
  std::u32string characters;
  for (size_t at = 0; at < folded.size();) characters.push_back(Unified(NextCodePoint(folded, at)));
  return characters;
}

// Whether the mark at `at` belongs to the word around it.
bool BelongsToWord(const std::u32string& text, size_t at) {
  const char32_t before = at == 0 ? U' ' : text[at - 1];
  const char32_t after = at + 1 == text.size() ? U' ' : text[at + 1];
  const auto word = [](char32_t c) { return IsWordLike(c) && !IsCjk(c); };
  switch (text[at]) {
    case '.':  // ".net", "3.14", "example.com"; not the end of a sentence
      return word(after) && !IsMark(before);
    case ',':
    case ';':
      return IsDigit(before) && IsDigit(after);
    case '!':  // a factorial
      return IsDigit(before) || (word(before) && word(after)) || after == '=';
    case '~':  // "~5", "~/.bashrc"
      return word(after) || after == '/';
    default:
      return (word(before) || before == '/') && (word(after) || after == '/');
  }
}

}  // namespace

std::vector<QuestionToken> TokenizeQuestion(std::string_view question) {
  const std::u32string text = Folded(question);
  std::vector<QuestionToken> tokens;
  bool open = false;  // the last token goes on
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    const bool separates = IsSeparator(c) || (IsMark(c) && !BelongsToWord(text, i));
    if (separates) {
      open = false;
      if (!IsSpace(c) && !tokens.empty()) tokens.back().ends = true;
      continue;
    }
    const bool cjk = IsCjk(c);
    if (cjk || !open) tokens.push_back({.text = "", .cjk = cjk});
    AppendCodePoint(tokens.back().text, c);
    open = !cjk;
  }
  if (!tokens.empty()) tokens.back().ends = true;
  return tokens;
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
