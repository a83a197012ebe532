#include "tests/base/reference_analyzer_testing.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <string>

#include "base/analyzer_words.h"
#include "base/stop_words.h"
#include "base/text.h"

namespace quarry {
namespace {

// Kinds of folded characters: L Latin letter, l other letter, d digit, m mark, c CJK, j joiner,
// a apostrophe, + and , as they are, o other.
struct Char {
  char32_t c = 0;
  char kind = 'o';
  size_t begin = 0;
  size_t end = 0;
};

char KindOf(char32_t c) {
  if (std::u32string_view(U"-_./#").find(c) != std::u32string_view::npos) return 'j';
  if (c == '\'') return 'a';
  if (c == '+' || c == ',') return static_cast<char>(c);
  if (IsCjk(c)) return 'c';
  UErrorCode error = U_ZERO_ERROR;
  const auto icu_char = static_cast<UChar32>(c);
  const bool latin = uscript_getScript(icu_char, &error) == USCRIPT_LATIN;
  const auto mask = U_GET_GC_MASK(icu_char);
  if ((mask & U_GC_L_MASK) != 0) return latin ? 'L' : 'l';
  if ((mask & U_GC_N_MASK) != 0) return 'd';
  return (mask & U_GC_M_MASK) != 0 ? 'm' : 'o';
}

// The whole text, folded segment by segment.
std::vector<Char> FoldAll(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2& normalizer = *icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::vector<Char> folded;
  for (size_t offset = 0; offset < text.size();) {
    const size_t begin = offset;
    icu::UnicodeString segment(static_cast<UChar32>(NextCodePoint(text, offset)));
    for (int length = 1; length < 32 && offset < text.size(); ++length) {
      size_t behind = offset;
      const auto next = static_cast<UChar32>(NextCodePoint(text, behind));
      if (normalizer.hasBoundaryBefore(next)) break;
      segment.append(next);
      offset = behind;
    }
    std::string normal;
    normalizer.normalize(segment, error).toUTF8String(normal);
    for (size_t at = 0; at < normal.size();) {
      std::string single;
      AppendCodePoint(single, NextCodePoint(normal, at));
      const std::string unified = Fold(single);  // Simplified, plain hyphens and apostrophes
      size_t zero = 0;
      const char32_t c = NextCodePoint(unified, zero);
      folded.push_back({c, KindOf(c), begin, offset});
    }
  }
  return folded;
}

class Reference {
 public:
  Reference(std::string_view text, const AnalyzerOptions& options)
      : chars_(FoldAll(text)), options_(options) {
    for (size_t i = 0; i < chars_.size();) {
      if (Kind(i) == 'c') {
        i = Cjk(i);
      } else if (StartsWord(i)) {
        i = Words(i);
      } else {
        ++i;
      }
    }
  }
  std::vector<Token> tokens;

 private:
  struct Part {
    std::string text;
    size_t begin = 0;
    size_t end = 0;
    std::string suffix;
    size_t suffix_end = 0;
  };

  char Kind(size_t i) const { return i < chars_.size() ? chars_[i].kind : 'o'; }
  char32_t At(size_t i) const { return i < chars_.size() ? chars_[i].c : 0; }
  bool Is(size_t i, std::string_view kinds) const { return kinds.find(Kind(i)) != kinds.npos; }
  bool StartsWord(size_t i) const { return Is(i, "Lld"); }
  bool InWord(size_t i) const { return Is(i, "Lldm"); }
  bool Digit(size_t i) const { return At(i) >= '0' && At(i) <= '9'; }

  void Emit(const std::string& term, size_t begin, size_t end) {
    tokens.push_back({term, static_cast<uint32_t>(begin), static_cast<uint32_t>(end), position_});
  }

  size_t Cjk(size_t i) {
    std::vector<size_t> run;
    for (; Is(i, "cm"); ++i) {
      if (Kind(i) == 'c') run.push_back(i);
    }
    const bool unigrams = options_.cjk_unigrams || !options_.cjk_bigrams || run.size() == 1;
    for (size_t k = 0; k < run.size(); ++k) {
      std::string first;
      AppendCodePoint(first, At(run[k]));
      // The pair with the character before comes first, in that one's position.
      if (k > 0) {
        std::string pair;
        AppendCodePoint(pair, At(run[k - 1]));
        --position_;
        if (options_.cjk_bigrams) {
          Emit(pair + first, chars_[run[k - 1]].begin, chars_[run[k]].end);
        }
        ++position_;
      }
      if (unigrams) Emit(first, chars_[run[k]].begin, chars_[run[k]].end);
      ++position_;
    }
    return i;
  }

  size_t Words(size_t i) {
    std::vector<Part> parts;
    std::string joiners;
    for (;;) {
      bool cut = false;
      i = ReadPart(i, parts.emplace_back(), cut);
      if (cut || parts.size() == 32 || Kind(i) != 'j' || !StartsWord(i + 1)) break;
      joiners += static_cast<char>(At(i++));
    }
    i = Suffix(i, parts.back());
    Emit(parts, joiners, 0, parts.size() - 1, false);
    return i;
  }

  bool Possessive(size_t i) const { return Kind(i) == 'a' && At(i + 1) == 's' && !InWord(i + 2); }

  size_t ReadPart(size_t i, Part& part, bool& cut) const {
    part.begin = chars_[i].begin;
    const size_t first = i;
    size_t digits = 0;
    for (;;) {
      if (InWord(i)) {
        std::string longer = part.text;
        AppendCodePoint(longer, At(i));
        if (longer.size() > 255) {
          cut = true;
          return i;
        }
        part.text = longer;
        ++digits;
      } else if (Kind(i) == 'a' && !Possessive(i) && LetterBefore(i) && Is(i + 1, "Ll")) {
        part.text += '\'';
      } else if (Kind(i) == ',' && Thousands(first, i, digits)) {
        digits = 0;
      } else {
        break;
      }
      part.end = chars_[i++].end;
    }
    return Possessive(i) ? i + 2 : i;
  }

  bool LetterBefore(size_t i) const {
    do {
      --i;
    } while (Kind(i) == 'm' || Kind(i) == 'a');
    return Is(i, "Ll");
  }

  bool Thousands(size_t first, size_t comma, size_t digits) const {
    for (size_t i = first; i < comma; ++i) {
      if (!Digit(i) && Kind(i) != ',') return false;
    }
    const bool only = digits == comma - first;
    return chars_[comma].end - chars_[comma].begin == 1 && (only ? digits <= 3 : digits == 3) &&
           Digit(comma + 1) && Digit(comma + 2) && Digit(comma + 3) && !InWord(comma + 4);
  }

  static bool IsLatin(const std::string& word) {
    for (size_t i = 0; i < word.size();) {
      const char32_t c = NextCodePoint(word, i);
      if (c != '\'' && KindOf(c) != 'L') return false;
    }
    return true;
  }

  size_t Suffix(size_t i, Part& part) const {
    if (!IsLatin(part.text) || part.text.size() > 8) return i;
    if (At(i) == '+' && At(i + 1) == '+') {
      if (At(i + 2) != '+') part.suffix = "++";
    } else if (At(i) == '+' && !InWord(i + 1)) {
      part.suffix = "+";
    } else if (At(i) == '#' && !InWord(i + 1) && At(i + 1) != '#') {
      part.suffix = "#";
    }
    if (part.suffix.empty()) return i;
    i += part.suffix.size();
    part.suffix_end = chars_[i - 1].end;
    return i;
  }

  static bool AllDigits(const std::string& word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  static bool HasDigit(const std::string& word) {
    for (size_t i = 0; i < word.size();) {
      if (KindOf(NextCodePoint(word, i)) == 'd') return true;
    }
    return false;
  }

  void Emit(const std::vector<Part>& parts, const std::string& joiners, size_t first, size_t last,
            bool in_code) {
    if (first == last) {
      const Part& part = parts[first];
      if (!part.suffix.empty()) Emit(part.text + part.suffix, part.begin, part.suffix_end);
      Word(part);
      if (!in_code) ++position_;
      return;
    }
    std::string whole = parts[first].text;
    bool digit = HasDigit(whole);
    int weakest = 0;
    const auto weakness = [&](size_t i) {
      if (joiners[i] == '/') return 2;
      if (joiners[i] != '.') return 1;
      return AllDigits(parts[i].text.substr(parts[i].text.size() - 1)) &&
                     AllDigits(parts[i + 1].text.substr(0, 1))
                 ? 0
                 : 2;
    };
    for (size_t i = first; i < last; ++i) {
      whole += joiners[i] + parts[i + 1].text;
      digit = digit || HasDigit(parts[i + 1].text);
      weakest = std::max(weakest, weakness(i));
    }
    const bool code = digit && last - first < 6 && whole.size() <= 64;
    if (code) Emit(whole, parts[first].begin, parts[last].end);
    const bool decimal = last == first + 1 && joiners[first] == '.' &&
                         AllDigits(parts[first].text) && AllDigits(parts[last].text);
    if (!decimal) {
      size_t begin = first;
      for (size_t i = first; i <= last; ++i) {
        if (i < last && weakness(i) < weakest) continue;
        Emit(parts, joiners, begin, i, in_code || code);
        begin = i + 1;
      }
    }
    if (code && !in_code) ++position_;
  }

  void Word(const Part& part) {
    if (!IsLatin(part.text)) {
      Emit(part.text, part.begin, part.end);
    } else if (!options_.drop_stop_words || !IsStopWord(part.text)) {
      Emit(options_.stem ? std::string(EnglishStem(part.text)) : part.text, part.begin, part.end);
    }
  }

  const std::vector<Char> chars_;
  const AnalyzerOptions options_;
  uint32_t position_ = 0;
};

}  // namespace

std::vector<Token> ReferenceTokens(std::string_view text, const AnalyzerOptions& options) {
  return Reference(text, options).tokens;
}

}  // namespace quarry
