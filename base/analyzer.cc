#include "base/analyzer.h"

#include <libstemmer.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/form_cache.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/stop_words.h"
#include "base/text.h"
#include "base/text_folding.h"

namespace quarry {
namespace {

using text_internal::CharClass;
using text_internal::CharInfo;
using text_internal::CharInfoOf;
using text_internal::DecodeUtf8;
using text_internal::FoldedChar;
using text_internal::FoldReader;
using text_internal::PeekUtf8;

// Raise it with every change of what becomes a term.
constexpr int kGrammarVersion = 1;

// A longer word is cut: what has no end in 255 bytes is base64 or a script without spaces, and must
// not become a term of a megabyte.
constexpr size_t kMaxWordBytes = 255;
// A code is at most this long; beyond it stand URLs and paths, which are only taken apart.
constexpr size_t kMaxCodeParts = 6;
constexpr size_t kMaxCodeBytes = 64;
// Words joined without white space are read together up to this number.
constexpr size_t kMaxJoinedParts = 32;
// "c++", "f#", "notepad++": letters before such a suffix.
constexpr size_t kMaxBytesBeforeSuffix = 8;

// Snowball's stemmer is not thread-safe but keeps nothing between words.
sb_stemmer* EnglishStemmer() {
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  thread_local const std::unique_ptr<sb_stemmer, Deleter> stemmer(
      sb_stemmer_new("english", nullptr));
  QUARRY_CHECK(stemmer != nullptr);
  return stemmer.get();
}

std::string_view Stem(std::string_view word) {
  sb_stemmer* stemmer = EnglishStemmer();
  const sb_symbol* stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                                          static_cast<int>(word.size()));
  QUARRY_CHECK(stem != nullptr);
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer))};
}

// What an ASCII byte is to the fast path.
enum AsciiKind : uint8_t {
  kSeparator,  // ends a word, whatever follows
  kConnector,  // ends a word unless a letter or digit follows: . , - _ / '
  kSuffix,     // may belong to the word before: + #
  kAlpha,
  kNumeric,
  kNotAscii,
};

struct AsciiTable {
  AsciiKind kind[256] = {};
  char lower[256] = {};

  constexpr AsciiTable() {
    for (int i = 0; i < 256; ++i) {
      lower[i] = static_cast<char>(i);
      if (i >= 0x80) kind[i] = kNotAscii;
    }
    for (int i = '0'; i <= '9'; ++i) kind[i] = kNumeric;
    for (int i = 'a'; i <= 'z'; ++i) {
      kind[i] = kAlpha;
      kind[i - 'a' + 'A'] = kAlpha;
      lower[i - 'a' + 'A'] = static_cast<char>(i);
    }
    for (const char c : {'.', ',', '-', '_', '/', '\''}) kind[static_cast<int>(c)] = kConnector;
    for (const char c : {'+', '#'}) kind[static_cast<int>(c)] = kSuffix;
  }
};
constexpr AsciiTable kAscii;

AsciiKind KindOf(char c) { return kAscii.kind[static_cast<unsigned char>(c)]; }
bool IsAsciiWord(AsciiKind kind) { return kind == kAlpha || kind == kNumeric; }

bool IsLetter(CharClass c) { return c == CharClass::kLatin || c == CharClass::kLetter; }
bool IsWordStart(CharClass c) { return IsLetter(c) || c == CharClass::kDigit; }
bool IsWordChar(CharClass c) { return IsWordStart(c) || c == CharClass::kMark; }
bool IsAsciiDigit(const FoldedChar& c) { return c.code_point >= '0' && c.code_point <= '9'; }

// The work of one Tokenize call.
class Tokenizer {
 public:
  Tokenizer(const AnalyzerOptions& options, FormCache& cache, std::string_view text,
            std::vector<Token>& tokens)
      : options_(options), cache_(cache), text_(text), tokens_(tokens), reader_(text) {}

  // The grammar is that of ReadItem, which reads folded characters and looks ahead freely. The two
  // fast paths know the plain cases, a word of ASCII and a run of CJK characters, and stand back
  // from everything else; analyzer_test.cc holds them against a slow reference.
  void Run() {
    size_t offset = 0;
    while (offset < text_.size()) {
      const AsciiKind kind = KindOf(text_[offset]);
      if (kind == kNotAscii ? ReadPlainCjk(offset) : ReadAscii(kind, offset)) continue;
      reader_.Seek(offset);
      do {
        ReadItem();
      } while (!reader_.AtSegment(&offset));
    }
  }

 private:
  // A word between joiners, as folded_[text_begin, text_end).
  struct Part {
    size_t text_begin = 0;
    size_t text_end = 0;
    size_t begin = 0;  // in text_
    size_t end = 0;
    bool latin = true;   // nothing but Latin letters and apostrophes
    bool number = true;  // nothing but ASCII digits
    bool has_digit = false;
    std::string_view suffix;  // of "c++", "f#"
    size_t suffix_end = 0;
  };

  // Fast paths: true iff they read something and moved `offset` behind it.
  bool ReadAscii(AsciiKind kind, size_t& offset);
  bool ReadPlainCjk(size_t& offset);
  bool WordEndsAt(size_t offset) const;

  // The general path.
  void ReadItem();
  void ReadCjk();
  void ReadJoinedWords();
  bool ReadPart();
  bool AtPossessive();
  bool AtThousands(const Part& part, size_t group);
  void ReadSuffix(Part& part);

  bool IsCode(size_t first, size_t last) const;
  size_t WeightBehind(size_t part) const;
  void EmitJoined(size_t first, size_t last, bool in_code);
  void EmitPart(const Part& part);
  void EmitWord(std::string_view word, bool latin, size_t begin, size_t end);
  void EmitForm(const char* padded, size_t size, size_t begin, size_t end);
  std::string_view TermOf(std::string_view word) const;  // empty: a stop word
  void Emit(std::string_view term, size_t begin, size_t end) {
    if (term.empty()) return;
    tokens_.push_back(
        {std::string(term), static_cast<uint32_t>(begin), static_cast<uint32_t>(end), position_});
  }

  const AnalyzerOptions& options_;
  FormCache& cache_;
  const std::string_view text_;
  std::vector<Token>& tokens_;
  FoldReader reader_;
  uint32_t position_ = 0;
  std::string folded_;
  std::vector<Part> parts_;
};

// True iff nothing at `offset` can continue a plain word that ends there, whatever comes later.
bool Tokenizer::WordEndsAt(size_t offset) const {
  if (offset == text_.size()) return true;
  switch (KindOf(text_[offset])) {
    case kSeparator:
      return true;
    case kConnector: {
      if (offset + 1 == text_.size()) return true;
      const AsciiKind next = KindOf(text_[offset + 1]);
      return next != kNotAscii && !IsAsciiWord(next);
    }
    case kNotAscii: {
      const char32_t c = PeekUtf8(text_, offset);
      if (c >= 0x10000) return false;
      const CharInfo& info = CharInfoOf(c);
      return info.simple &&
             (info.char_class == CharClass::kCjk || info.char_class == CharClass::kOther);
    }
    default:
      return false;
  }
}

bool Tokenizer::ReadAscii(AsciiKind kind, size_t& offset) {
  if (!IsAsciiWord(kind)) {
    // No item begins with it, and a combining mark that follows is no item either.
    ++offset;
    return true;
  }
  char word[FormKey::kMaxBytes] = {};
  bool latin = true;
  size_t end = offset;
  do {
    if (end - offset == FormKey::kMaxBytes) return false;
    latin &= kind == kAlpha;
    word[end - offset] = kAscii.lower[static_cast<unsigned char>(text_[end])];
    if (++end == text_.size()) break;
    kind = KindOf(text_[end]);
  } while (IsAsciiWord(kind));
  if (!WordEndsAt(end)) return false;
  if (latin) {
    EmitForm(word, end - offset, offset, end);
  } else {
    Emit({word, end - offset}, offset, end);
  }
  ++position_;
  offset = end;
  return true;
}

bool Tokenizer::ReadPlainCjk(size_t& offset) {
  const size_t first_token = tokens_.size();
  const uint32_t first_position = position_;
  char pair[6] = {};  // the folded bytes of the character before and of this one
  size_t count = 0;
  size_t before = 0;  // where they begin in text_
  size_t at = offset;
  size_t end = offset;
  for (; at < text_.size(); ++count) {
    if (static_cast<unsigned char>(text_[at]) < 0x80) break;
    char32_t c;
    const size_t size = DecodeUtf8(text_, at, c);
    const CharInfo* info = c < 0x10000 ? &CharInfoOf(c) : nullptr;
    if (info == nullptr || !info->simple || info->char_class == CharClass::kMark) {
      // Whether the run ends here is for the general path to say.
      tokens_.resize(first_token);
      position_ = first_position;
      return false;
    }
    if (info->char_class != CharClass::kCjk) break;
    // Every CJK character of the plane has three bytes.
    const char16_t folded = info->folded;
    std::memcpy(pair, pair + 3, 3);
    pair[3] = static_cast<char>(0xE0 | (folded >> 12));
    pair[4] = static_cast<char>(0x80 | ((folded >> 6) & 0x3F));
    pair[5] = static_cast<char>(0x80 | (folded & 0x3F));
    end = at + size;
    if (count > 0) {
      if (options_.cjk_bigrams) Emit({pair, 6}, before, end);
      ++position_;
    }
    if (options_.cjk_unigrams || !options_.cjk_bigrams) Emit({pair + 3, 3}, at, end);
    before = at;
    at = end;
  }
  if (count == 0) return false;
  if (count == 1 && options_.cjk_bigrams && !options_.cjk_unigrams)
    Emit({pair + 3, 3}, before, end);
  ++position_;
  offset = end;
  return true;
}

void Tokenizer::ReadItem() {
  const CharClass next = reader_.Peek().char_class;
  if (next == CharClass::kCjk) {
    ReadCjk();
  } else if (IsWordStart(next)) {
    ReadJoinedWords();
  } else {
    reader_.Skip();
  }
}

void Tokenizer::ReadCjk() {
  std::string before;  // the folded character before
  size_t begin = 0;    // where it begins in text_
  size_t end = 0;
  size_t count = 0;
  for (;; reader_.Skip()) {
    const FoldedChar c = reader_.Peek();
    if (c.char_class == CharClass::kMark) continue;  // does not break the run
    if (c.char_class != CharClass::kCjk) break;
    std::string character;
    AppendCodePoint(character, c.code_point);
    end = c.end;
    if (count > 0) {
      if (options_.cjk_bigrams) Emit(before + character, begin, end);
      ++position_;
    }
    if (options_.cjk_unigrams || !options_.cjk_bigrams) Emit(character, c.begin, end);
    before = std::move(character);
    begin = c.begin;
    ++count;
  }
  if (count == 1 && options_.cjk_bigrams && !options_.cjk_unigrams) Emit(before, begin, end);
  ++position_;
}

void Tokenizer::ReadJoinedWords() {
  folded_.clear();
  parts_.clear();
  while (ReadPart() && parts_.size() < kMaxJoinedParts) {
    if (reader_.Peek(0).char_class != CharClass::kJoiner) break;
    if (!IsWordStart(reader_.Peek(1).char_class)) break;
    AppendCodePoint(folded_, reader_.Peek().code_point);
    reader_.Skip();
  }
  ReadSuffix(parts_.back());
  EmitJoined(0, parts_.size() - 1, false);
}

// Reads one part; false if it was cut for its length.
bool Tokenizer::ReadPart() {
  Part part;
  part.text_begin = folded_.size();
  part.begin = reader_.Peek().begin;
  size_t group = 0;  // digits since the part's begin or its last thousands separator
  CharClass letter_before = CharClass::kOther;
  bool complete = true;
  for (;;) {
    const FoldedChar c = reader_.Peek();
    if (IsWordChar(c.char_class)) {
      const size_t size_before = folded_.size();
      AppendCodePoint(folded_, c.code_point);
      if (folded_.size() - part.text_begin > kMaxWordBytes) {
        folded_.resize(size_before);
        complete = false;
        break;
      }
      part.latin &= c.char_class == CharClass::kLatin;
      part.number &= IsAsciiDigit(c);
      part.has_digit |= c.char_class == CharClass::kDigit;
      if (c.char_class != CharClass::kMark) letter_before = c.char_class;
      ++group;
    } else if (c.char_class == CharClass::kApostrophe && !AtPossessive() &&
               IsLetter(letter_before) && IsLetter(reader_.Peek(1).char_class)) {
      folded_ += '\'';
    } else if (c.char_class == CharClass::kComma && AtThousands(part, group)) {
      group = 0;  // "1,000" is the term "1000"
    } else {
      break;
    }
    reader_.Skip();
    part.end = reader_.skipped_end();
  }
  if (complete && AtPossessive()) {
    reader_.Skip();
    reader_.Skip();
  }
  part.text_end = folded_.size();
  parts_.push_back(part);
  return complete;
}

// At the "'s" of "cat's", which is no part of the word.
bool Tokenizer::AtPossessive() {
  return reader_.Peek().char_class == CharClass::kApostrophe && reader_.Peek(1).code_point == 's' &&
         !IsWordChar(reader_.Peek(2).char_class);
}

// At a comma between the digits of one number: up to three before it, then three and no more. The
// full-width comma separates the items of a Chinese list and does not count.
bool Tokenizer::AtThousands(const Part& part, size_t group) {
  if (!part.number || group > 3 || reader_.Peek().end - reader_.Peek().begin != 1) return false;
  const bool first = folded_.size() - part.text_begin == group;
  if (!first && group != 3) return false;
  for (size_t ahead = 1; ahead <= 3; ++ahead) {
    if (!IsAsciiDigit(reader_.Peek(ahead))) return false;
  }
  return !IsWordChar(reader_.Peek(4).char_class);
}

// The '+', "++" or '#' of "c++": it tells languages apart that share their letter.
void Tokenizer::ReadSuffix(Part& part) {
  if (!part.latin || part.text_end - part.text_begin > kMaxBytesBeforeSuffix) return;
  const FoldedChar mark = reader_.Peek();
  const FoldedChar next = reader_.Peek(1);
  if (mark.code_point == '+' && next.code_point == '+') {
    if (reader_.Peek(2).code_point == '+') return;
    part.suffix = "++";
  } else if (mark.code_point == '+' && !IsWordChar(next.char_class)) {
    part.suffix = "+";
  } else if (mark.code_point == '#' && !IsWordChar(next.char_class) && next.code_point != '#') {
    part.suffix = "#";
  } else {
    return;
  }
  for (size_t i = 0; i < part.suffix.size(); ++i) reader_.Skip();
  part.suffix_end = reader_.skipped_end();
}

bool Tokenizer::IsCode(size_t first, size_t last) const {
  if (last - first >= kMaxCodeParts) return false;
  if (parts_[last].text_end - parts_[first].text_begin > kMaxCodeBytes) return false;
  return std::any_of(parts_.begin() + first, parts_.begin() + last + 1,
                     [](const Part& part) { return part.has_digit; });
}

// How easily joined words come apart behind `part`: paths and file names first, the dot of a number
// last.
size_t Tokenizer::WeightBehind(size_t part) const {
  const size_t joiner = parts_[part].text_end;
  switch (folded_[joiner]) {
    case '/':
      return 2;
    case '.': {
      const auto digit = [](char c) { return c >= '0' && c <= '9'; };
      return digit(folded_[joiner - 1]) && digit(folded_[joiner + 1]) ? 0 : 2;
    }
    default:
      return 1;
  }
}

// A code gives itself and its pieces, in one position; anything else its pieces, one after the
// other.
void Tokenizer::EmitJoined(size_t first, size_t last, bool in_code) {
  if (first == last) {
    EmitPart(parts_[first]);
    if (!in_code) ++position_;
    return;
  }
  const bool code = IsCode(first, last);
  if (code) {
    const size_t begin = parts_[first].text_begin;
    Emit(std::string_view(folded_).substr(begin, parts_[last].text_end - begin),
         parts_[first].begin, parts_[last].end);
  }
  const bool decimal = last == first + 1 && parts_[first].number && parts_[last].number &&
                       folded_[parts_[first].text_end] == '.';
  size_t weight = 0;
  for (size_t part = first; part < last; ++part) weight = std::max(weight, WeightBehind(part));
  for (size_t begin = first, part = first; part <= last && !decimal; ++part) {
    if (part < last && WeightBehind(part) < weight) continue;
    EmitJoined(begin, part, in_code || code);
    begin = part + 1;
  }
  if (code && !in_code) ++position_;
}

void Tokenizer::EmitPart(const Part& part) {
  const auto word =
      std::string_view(folded_).substr(part.text_begin, part.text_end - part.text_begin);
  if (!part.suffix.empty()) {
    Emit(std::string(word) + std::string(part.suffix), part.begin, part.suffix_end);
  }
  EmitWord(word, part.latin, part.begin, part.end);
}

void Tokenizer::EmitWord(std::string_view word, bool latin, size_t begin, size_t end) {
  if (latin && word.size() <= FormKey::kMaxBytes) {
    char padded[FormKey::kMaxBytes] = {};
    std::memcpy(padded, word.data(), word.size());
    EmitForm(padded, word.size(), begin, end);
  } else {
    Emit(latin ? TermOf(word) : word, begin, end);
  }
}

// The word of `size` Latin letters at `padded`, a buffer of FormKey::kMaxBytes filled up with
// zeros.
void Tokenizer::EmitForm(const char* padded, size_t size, size_t begin, size_t end) {
  const FormKey key = FormKey::FromPadded(padded);
  std::optional<std::string_view> term = cache_.Find(key);
  if (!term) {
    term = TermOf({padded, size});
    cache_.Insert(key, *term);
  }
  Emit(*term, begin, end);
}

std::string_view Tokenizer::TermOf(std::string_view word) const {
  if (options_.drop_stop_words && IsStopWord(word)) return {};
  return options_.stem ? Stem(word) : word;
}

// A value that changes when the installed Snowball gives other stems: words whose stems its
// releases have changed, and one for each of its steps.
uint64_t StemmerHash() {
  uint64_t hash = 0;
  for (const char* word :
       {"skis",       "dying",        "news",        "generously", "arsenic",  "communism",
        "emergency",  "universal",    "logged",      "hopping",    "evening",  "inning",
        "proceed",    "exceeding",    "past",        "ties",       "gas",      "consigned",
        "relational", "ionization",   "geologist",   "analogies",  "fluently", "happily",
        "triplicate", "adjustable",   "probate",     "controll",   "youth's",  "don't",
        "yelled",     "organization", "interesting", "intern",     "later"}) {
    hash = HashCombine(hash, Hash64(Stem(word)));
  }
  return hash;
}

// The first eight bytes as a number that sorts as they do.
uint64_t SortPrefix(const std::string& term) {
  unsigned char bytes[8] = {};
  std::memcpy(bytes, term.data(), std::min<size_t>(term.size(), 8));
  uint64_t prefix = 0;
  for (const unsigned char byte : bytes) prefix = prefix << 8 | byte;
  return prefix;
}

}  // namespace

struct Analyzer::Impl {
  mutable FormCache cache;
};

Analyzer::Analyzer(AnalyzerOptions options) : options_(options), impl_(std::make_unique<Impl>()) {}

Analyzer::~Analyzer() = default;

std::vector<Token> Analyzer::Tokenize(std::string_view utf8) const {
  QUARRY_CHECK(utf8.size() <= UINT32_MAX);
  std::vector<Token> tokens;
  tokens.reserve(std::min<size_t>(utf8.size() / 6 + 8, size_t{1} << 16));
  Tokenizer(options_, impl_->cache, utf8, tokens).Run();
  return tokens;
}

std::string Analyzer::Fingerprint() const {
  UVersionInfo unicode;
  u_getUnicodeVersion(unicode);
  std::string name = "quarry-analyzer:" + std::to_string(kGrammarVersion);
  name += ":unicode=" + std::to_string(unicode[0]) + "." + std::to_string(unicode[1]);
  name += ":han=" + HashToHex(Hash64(text_internal::kHanVariants)).substr(0, 8);
  if (options_.drop_stop_words) name += ":stop=lucene33";
  if (options_.stem) name += ":snowball-english=" + HashToHex(StemmerHash()).substr(0, 8);
  if (options_.cjk_bigrams) name += ":cjk2";
  if (options_.cjk_unigrams || !options_.cjk_bigrams) name += ":cjk1";
  return name;
}

std::vector<TermFrequency> CountTerms(const std::vector<Token>& tokens) {
  // Most terms are told apart, or found equal, by their first eight bytes as one number.
  struct Row {
    uint64_t prefix;
    const std::string* term;
    bool operator<(const Row& other) const {
      return prefix != other.prefix ? prefix < other.prefix : *term < *other.term;
    }
    bool operator==(const Row& other) const {
      return prefix == other.prefix && term->size() == other.term->size() &&
             (term->size() <= 8 || *term == *other.term);
    }
  };
  std::vector<Row> rows;
  rows.reserve(tokens.size());
  for (const Token& token : tokens) rows.push_back({SortPrefix(token.term), &token.term});
  std::sort(rows.begin(), rows.end());
  std::vector<TermFrequency> counts;
  counts.reserve(rows.size());
  for (auto row = rows.begin(); row != rows.end();) {
    auto next = row + 1;
    while (next != rows.end() && *next == *row) ++next;
    counts.push_back({*row->term, static_cast<uint32_t>(next - row)});
    row = next;
  }
  return counts;
}

}  // namespace quarry
