// Definitions in languages with braces. What stands between the end of the statement before and an
// opening brace says what the brace begins (code_header.h). Comments and strings are passed over; a
// preprocessor line is no statement.

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/code_header.h"
#include "ingest/code_outline.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxBraceLevels = 8;
constexpr size_t kMaxHeader = 600;
constexpr size_t kNowhere = std::string_view::npos;

class BraceOutliner {
 public:
  BraceOutliner(std::string_view code, std::string_view language)
      : code_(code), language_(language) {
    scopes_.push_back({.kind = BraceMeaning::kTransparent, .definition = {}, .free = 0});
  }

  std::vector<CodeDefinition> Find() {
    while (at_ < code_.size()) {
      if (!SkipWhatIsNoCode()) ReadCharacter();
    }
    // What is not closed ends with the file.
    while (scopes_.size() > 1) Close(code_.size());
    return std::move(scopes_[0].definition.inner);
  }

 private:
  struct Scope {
    BraceMeaning::Kind kind = BraceMeaning::kOther;
    CodeDefinition definition;  // `inner` of a transparent one go to the scope around it
    size_t free = 0;            // lines before it belong to another definition
  };

  bool IsOpen() const {
    return scopes_.back().kind == BraceMeaning::kTransparent ||
           scopes_.back().kind == BraceMeaning::kClass;
  }

  bool Starts(std::string_view text) const { return code_.substr(at_).starts_with(text); }

  void SkipTo(std::string_view close, size_t from) {
    const size_t end = code_.find(close, from);
    at_ = end == kNowhere ? code_.size() : end + close.size();
  }

  // Passes over a comment, a string, a preprocessor line; false if there is none.
  bool SkipWhatIsNoCode() {
    const char c = code_[at_];
    if (c == '/' && Starts("//")) return SkipTo("\n", at_), true;
    if (c == '/' && Starts("/*")) return SkipTo("*/", at_ + 2), true;
    if (c == '#' && language_ == "php" && !Starts("#[")) return SkipTo("\n", at_), true;
    if (c == '#' && header_.empty() &&
        (language_ == "c" || language_ == "c++" || language_ == "c#" ||
         language_ == "objective-c")) {
      size_t end = at_;
      do {
        end = std::min(code_.find('\n', end), code_.size() - 1) + 1;
      } while (end < code_.size() && end >= 2 && code_[end - 2] == '\\');
      at_ = end;
      return true;
    }
    if (c == '"') return SkipString(), true;
    if (c == '`' && (language_ == "go" || language_ == "javascript" || language_ == "typescript")) {
      for (++at_; at_ < code_.size() && code_[at_] != '`'; ++at_) {
        if (code_[at_] == '\\' && language_ != "go") ++at_;
      }
      at_ = std::min(at_ + 1, code_.size());
      return true;
    }
    if (c == '\'') return SkipQuote();
    return false;
  }

  void SkipString() {
    if (Starts("\"\"\"")) return SkipTo("\"\"\"", at_ + 3);
    if (language_ == "c++" && at_ > 0 && code_[at_ - 1] == 'R') {  // R"x(...)x"
      const size_t open = code_.substr(at_, 18).find('(');
      if (open != kNowhere) {
        return SkipTo(")" + std::string(code_.substr(at_ + 1, open - 1)) + "\"", at_ + open);
      }
    }
    SkipQuoted('"');
  }

  void SkipQuoted(char quote) {
    for (++at_; at_ < code_.size() && code_[at_] != quote; ++at_) {
      if (code_[at_] == '\\') ++at_;
      // Strings end with their line, where they are not meant to go on.
      if (at_ < code_.size() && code_[at_] == '\n' && language_ != "php" && language_ != "rust")
        break;
    }
    at_ = std::min(at_ + 1, code_.size());
    if (IsOpen() && header_.size() < kMaxHeader) header_ += '\x01';  // something, not a name
  }

  // 'a', 'text'; not 1'000 of C++ and 'a of Rust.
  bool SkipQuote() {
    if (at_ > 0 && IsCodeNameByte(code_[at_ - 1])) return ++at_, true;
    const bool is_text = IsOneOf(language_, {"javascript", "typescript", "php", "dart", "groovy"});
    if (!is_text) {
      // One character or an escape sequence between two quotes.
      size_t close = at_ + 1;
      if (close < code_.size() && code_[close] == '\\') {
        close = code_.find('\'', at_ + 3);
      } else if (close < code_.size()) {
        NextCodePoint(code_, close);
      }
      const bool is_character = close < code_.size() && code_[close] == '\'' && close - at_ <= 12;
      if (!is_character) return ++at_, true;
    }
    SkipQuoted('\'');
    return true;
  }

  void ReadCharacter() {
    const char c = code_[at_];
    if (c == '{') {
      Open();
    } else if (c == '}') {
      ++at_;
      if (scopes_.size() > 1) {
        Close(at_);
      }
      Reset();
    } else if (c == ';' && parens_ == 0) {
      Reset();
      ++at_;
    } else {
      if (IsOpen() && c == '\n' && EndsStatement()) {
        Reset();
      } else if (IsOpen()) {
        AddToHeader(c);
      }
      ++at_;
    }
  }

  // Whether the line break at `at_` ends a statement, in languages that need no semicolon.
  bool EndsStatement() {
    if (header_.empty() || parens_ > 0) return false;
    if (!IsOneOf(language_, {"go", "javascript", "typescript", "kotlin", "swift", "scala"}))
      return false;
    const std::string_view header = Trim(header_);
    if (header.empty() || std::string_view(",=>|&+-:.<(").find(header.back()) != kNowhere)
      return false;
    // Of many line breaks in a row it is the same.
    if (next_ <= at_) next_ = std::min(code_.find_first_not_of(" \t\r\n", at_), code_.size());
    return next_ == code_.size() || std::string_view("{.:|&+=)?").find(code_[next_]) == kNowhere;
  }

  void AddToHeader(char c) {
    if (c == '(') ++parens_;
    if (c == ')' && parens_ > 0) --parens_;
    if (header_.empty()) {
      if (IsCodeSpace(c)) return;
      header_begin_ = at_;
    }
    // "public:" begins no statement, and neither does a case.
    if (c == ':' &&
        IsOneOf(Trim(header_), {"public", "private", "protected", "default", "signals"})) {
      return Reset();
    }
    if (header_.size() >= kMaxHeader) return;
    if (!IsCodeSpace(c)) {
      header_ += c;
    } else if (header_.back() != ' ') {
      header_ += ' ';
    }
  }

  void Reset() {
    header_.clear();
    parens_ = 0;
  }

  void Open() {
    const size_t brace = at_++;
    // Foo::Foo() : a_{1} { ... }: an initialiser is skipped, and the header goes on.
    const bool initialises = IsOpen() && language_ == "c++" && !header_.empty() &&
                             IsCodeNameByte(header_.back()) && IsInitialiserList();
    if (initialises) return SkipBraces();
    Scope scope;
    if (IsOpen() && parens_ == 0 && scopes_.size() <= kMaxScopes) {
      BraceMeaning meaning = MeaningOfBrace(header_, language_);
      scope.kind = meaning.kind;
      scope.definition.name = std::move(meaning.name);
    }
    if (scope.kind == BraceMeaning::kClass && Level() >= kMaxBraceLevels)
      scope.kind = BraceMeaning::kFunction;
    if (scope.kind == BraceMeaning::kClass || scope.kind == BraceMeaning::kFunction) {
      scope.definition.begin = FirstLine(header_begin_);
    }
    scope.free = brace;
    if (scope.kind == BraceMeaning::kOther && IsOpen()) {
      // Nothing in it is looked at; what follows may go on with the statement: "x = {...};".
      SkipBraces();
      if (parens_ == 0) Reset();
      return;
    }
    scopes_.push_back(std::move(scope));
    if (scopes_.back().kind == BraceMeaning::kFunction) {
      SkipBraces();
      Close(at_);
    }
    Reset();
  }

  bool IsInitialiserList() const {
    const size_t colon = header_.find(") :");
    const size_t tight = header_.find("):");
    return colon != std::string::npos ||
           (tight != std::string::npos && !header_.substr(tight).starts_with("):: "));
  }

  // From behind an opening brace to behind the one that closes it.
  void SkipBraces() {
    size_t depth = 1;
    const std::string header = std::exchange(header_, std::string(1, '\x01'));
    while (at_ < code_.size() && depth > 0) {
      if (SkipWhatIsNoCode()) continue;
      if (code_[at_] == '{') ++depth;
      if (code_[at_] == '}') --depth;
      ++at_;
    }
    header_ = header;
  }

  size_t Level() const {
    return static_cast<size_t>(
        std::count_if(scopes_.begin(), scopes_.end(),
                      [](const Scope& scope) { return scope.kind == BraceMeaning::kClass; }));
  }

  // Where the line of `at` begins; `free` if it begins before that, so that nothing is looked
  // through twice. REQUIRES: free <= at.
  size_t LineBegin(size_t at, size_t free) const {
    const size_t newline = code_.substr(free, at - free).rfind('\n');
    return newline == kNowhere ? free : free + newline + 1;
  }

  // The line of `at`, or that of the first of the comments right above.
  size_t FirstLine(size_t at) const {
    const size_t free = scopes_.back().free;
    if (at <= free) return at;
    size_t first = LineBegin(at, free);
    const bool begins_line = free == 0 || code_[free - 1] == '\n';
    while (first > free) {
      const size_t above = LineBegin(first - 1, free);
      const std::string_view line = Trim(code_.substr(above, first - above));
      const bool belongs = line.starts_with("//") || line.starts_with("/*") ||
                           line.starts_with("*") || line.ends_with("*/") || line.starts_with("@") ||
                           line.starts_with("#[");
      if (!belongs || (above == free && !begins_line)) break;
      first = above;
    }
    return first;
  }

  // Ends the innermost scope behind `end`.
  void Close(size_t end) {
    Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    Scope& outer = scopes_.back();
    std::vector<CodeDefinition>& siblings = outer.definition.inner;
    if (scope.kind == BraceMeaning::kTransparent) {
      std::move(scope.definition.inner.begin(), scope.definition.inner.end(),
                std::back_inserter(siblings));
      outer.free = std::max(outer.free, scope.free);
      return;
    }
    if (scope.kind == BraceMeaning::kOther) return;
    // To the end of the line, if nothing but ";" or a comment is left on it.
    if (newline_ < end) newline_ = std::min(code_.find('\n', end), code_.size());
    std::string_view rest = Trim(code_.substr(end, newline_ - end));
    if (rest.starts_with(';') || rest.starts_with(',')) rest = Trim(rest.substr(1));
    if (rest.starts_with(')')) rest = Trim(rest.substr(1));
    if (rest.empty() || rest == ";" || rest.starts_with("//"))
      end = std::min(newline_ + 1, code_.size());
    scope.definition.end = end;
    outer.free = end;
    siblings.push_back(std::move(scope.definition));
  }

  static constexpr size_t kMaxScopes = 64;

  const std::string_view code_;
  const std::string_view language_;
  size_t at_ = 0;
  std::vector<Scope> scopes_;
  std::string header_;       // the statement so far, without comments and strings
  size_t header_begin_ = 0;  // of its first character
  int parens_ = 0;
  size_t next_ = 0;     // the first character behind the white space looked through last
  size_t newline_ = 0;  // the end of the line in which a scope ended last
};

}  // namespace

std::vector<CodeDefinition> OutlineByBraces(std::string_view code, std::string_view language) {
  return BraceOutliner(code, language).Find();
}

}  // namespace quarry::ingest
