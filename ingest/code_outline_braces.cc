// Definitions in languages with braces. What stands between the end of the statement before and an
// opening brace says what the brace begins: a class, a function, a namespace, or something that is
// not looked into. Comments and strings are passed over; a preprocessor line is no statement.

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/code_outline.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxLevels = 8;
constexpr size_t kMaxHeader = 600;
constexpr size_t kMaxNameBytes = 120;
constexpr size_t kNone = std::string_view::npos;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Behind the bracket that closes the one at `at`; the end if it is not closed.
size_t BehindBracket(std::string_view text, size_t at) {
  int depth = 0;
  for (size_t i = at; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if ((text[i] == ')' || text[i] == ']') && --depth == 0) return i + 1;
  }
  return text.size();
}

// Behind the '>' that closes the '<' at `at`, if they are those of template arguments.
size_t BehindAngles(std::string_view text, size_t at) {
  int depth = 0;
  for (size_t i = at; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && (i == 0 || (text[i - 1] != '-' && text[i - 1] != '=')) && --depth == 0) {
      return i + 1;
    }
  }
  return at + 1;
}

// Without what may stand before a definition: attributes, annotations, template parameters.
std::string_view WithoutAttributes(std::string_view header) {
  while (true) {
    header = Trim(header);
    if (header.starts_with("#[") || header.starts_with("[")) {
      header.remove_prefix(BehindBracket(header, header.find('[')));
    } else if (header.starts_with("@") && !header.starts_with("@interface") &&
               !header.starts_with("@implementation")) {
      size_t end = 1;
      while (end < header.size() && (IsNameByte(header[end]) || header[end] == '.')) ++end;
      if (end < header.size() && header[end] == '(') end = BehindBracket(header, end);
      header.remove_prefix(end);
    } else if (header.starts_with("template")) {
      const size_t open = header.find('<');
      header.remove_prefix(open == kNone ? header.size() : BehindAngles(header, open));
    } else {
      return header;
    }
  }
}

enum class Kind : uint8_t { kOther, kTransparent, kClass, kFunction };

struct Meaning {
  Kind kind = Kind::kOther;
  std::string name;
};

std::string Shortened(std::string_view text) {
  return std::string(TruncateUtf8(Trim(text), kMaxNameBytes));
}

// The name in front of the parameters that open at `paren`: "Foo::operator==", "bar".
std::string_view NameBefore(std::string_view header, size_t paren) {
  size_t end = paren;
  while (end > 0 && IsSpace(header[end - 1])) --end;
  if (end > 0 && header[end - 1] == '>') {  // name<T>(...)
    const size_t open = header.rfind('<', end - 1);
    if (open != kNone && open > 0) end = open;
  }
  size_t begin = end;
  while (begin > 0 &&
         (IsNameByte(header[begin - 1]) || header[begin - 1] == ':' || header[begin - 1] == '~' ||
          header[begin - 1] == '.' || header[begin - 1] == '#')) {
    --begin;
  }
  const size_t word = header.rfind("operator", paren);
  if (word != kNone && paren - word < 14) {
    begin = word;
    end = paren;
    while (begin > 0 && (IsNameByte(header[begin - 1]) || header[begin - 1] == ':')) --begin;
  }
  std::string_view name = header.substr(begin, end - begin);
  while (name.starts_with(':')) name.remove_prefix(1);
  return name;
}

class HeaderReader {
 public:
  HeaderReader(std::string_view header, std::string_view language)
      : header_(WithoutAttributes(header)), language_(language) {}

  Meaning Read() const {
    const std::string_view first = WordAt(0);
    if (header_.empty() ||
        IsOneOf(first, {"if",      "for",   "foreach", "while",   "switch", "do",
                        "else",    "try",   "catch",   "finally", "return", "case",
                        "default", "match", "loop",    "unsafe",  "select", "using",
                        "lock",    "when",  "guard",   "defer",   "with",   "synchronized"})) {
      return {};
    }
    if (first == "extern" && header_.find('(') == kNone)
      return {.kind = Kind::kTransparent, .name = ""};
    const size_t paren = header_.find('(');
    if (const Meaning container = ReadContainer(paren); container.kind != Kind::kOther)
      return container;
    if (paren == kNone) return {};
    return ReadFunction(paren);
  }

 private:
  std::string_view WordAt(size_t at) const {
    size_t end = at;
    while (end < header_.size() && IsNameByte(header_[end])) ++end;
    return header_.substr(at, end - at);
  }

  bool IsC() const { return language_ == "c" || language_ == "c++" || language_ == "objective-c"; }

  Meaning ReadContainer(size_t paren) const {
    for (size_t at = 0; at < std::min(paren, header_.size());) {
      if (header_[at] == '<') {
        at = BehindAngles(header_, at);
        continue;
      }
      const std::string_view word = WordAt(at);
      if (word.empty()) {
        if (header_[at] == '=') return {};
        ++at;
        continue;
      }
      if (IsOneOf(word, {"namespace", "mod", "package"}))
        return {.kind = Kind::kTransparent, .name = ""};
      // "struct point origin() {" is a function.
      const bool is_type =
          IsOneOf(word, {"class", "struct", "interface", "enum", "union", "trait", "record",
                         "object", "protocol", "extension", "mixin", "actor"});
      if (is_type && !(IsC() && paren != kNone)) return ReadClass(word, at + word.size());
      if (word == "impl" && language_ == "rust") {
        std::string_view name = header_.substr(at);
        name = name.substr(0, name.find(" where "));
        if (name.starts_with("impl<")) {
          return {.kind = Kind::kClass,
                  .name = "impl " + Shortened(name.substr(BehindAngles(name, 4)))};
        }
        return {.kind = Kind::kClass, .name = Shortened(name)};
      }
      if (word == "type" && language_ == "go") {
        const size_t begin = header_.find_first_not_of(' ', at + word.size());
        if (begin == kNone) return {};
        return {.kind = Kind::kClass, .name = "type " + Shortened(WordAt(begin))};
      }
      at += word.size();
    }
    return {};
  }

  Meaning ReadClass(std::string_view keyword, size_t at) const {
    std::string name;
    while (at < header_.size()) {
      if (header_[at] == ':' && !header_.substr(at).starts_with("::")) break;
      if (header_[at] == '(' || header_[at] == '{') break;
      if (header_[at] == '<') {
        at = BehindAngles(header_, at);
        continue;
      }
      std::string_view word = WordAt(at);
      if (word.empty()) {
        if (header_.substr(at).starts_with("::") && !name.empty()) {
          const std::string_view inner = WordAt(at + 2);
          name += "::" + std::string(inner);
          at += 2 + inner.size();
          continue;
        }
        ++at;
        continue;
      }
      at += word.size();
      if (word == "class" || word == "struct") continue;  // enum class
      if (IsOneOf(word, {"extends", "implements", "with", "final", "where", "permits"})) break;
      name = word;
      // In C an export macro may stand before the name.
      if (!IsC()) break;
    }
    if (name.empty()) return {};
    return {.kind = Kind::kClass, .name = Shortened(std::string(keyword) + ' ' + name)};
  }

  Meaning ReadFunction(size_t paren) const {
    // const name = (a) => {, name = function (a) {
    const size_t equals = header_.find('=');
    const bool assigned = equals != kNone && equals < paren &&
                          !header_.substr(0, paren).ends_with("=") &&
                          header_.find("operator") == kNone;
    const bool is_script = language_ == "javascript" || language_ == "typescript";
    if (is_script && equals != kNone && equals < paren) {
      if (!header_.ends_with("=>") && header_.find("function", equals) == kNone) return {};
      return Named(NameBefore(header_, equals));
    }
    if (assigned || (equals != kNone && equals < paren && header_.find("operator") == kNone))
      return {};
    if (language_ == "go" && header_.starts_with("func (")) {
      const size_t behind = BehindBracket(header_, 5);
      paren = header_.find('(', behind);
      if (paren == kNone) return {};
      std::string receiver(Trim(header_.substr(6, behind - 7)));
      receiver = receiver.substr(receiver.find_last_of(" *") + 1);
      return Named(receiver + '.' + std::string(NameBefore(header_, paren)));
    }
    const std::string_view name = NameBefore(header_, paren);
    const bool is_macro = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
    });
    if (is_macro && IsC()) {  // TEST(Suite, Name)
      std::string call = Shortened(
          header_.substr(paren - name.size(), BehindBracket(header_, paren) - paren + name.size()));
      return {.kind = Kind::kFunction, .name = std::move(call)};
    }
    return Named(name);
  }

  Meaning Named(std::string_view name) const {
    if (name.empty() ||
        IsOneOf(name, {"if", "for", "while", "switch", "catch", "return", "sizeof", "function"})) {
      return {};
    }
    return {.kind = Kind::kFunction, .name = Shortened(name) + "()"};
  }

  const std::string_view header_;
  const std::string_view language_;
};

class BraceOutliner {
 public:
  BraceOutliner(std::string_view code, std::string_view language)
      : code_(code), language_(language) {
    scopes_.push_back({.kind = Kind::kTransparent, .definition = {}, .free = 0});
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
    Kind kind = Kind::kOther;
    CodeDefinition definition;  // `inner` of a transparent one go to the scope around it
    size_t free = 0;            // lines before it belong to another definition
  };

  bool IsOpen() const {
    return scopes_.back().kind == Kind::kTransparent || scopes_.back().kind == Kind::kClass;
  }

  bool Starts(std::string_view text) const { return code_.substr(at_).starts_with(text); }

  void SkipTo(std::string_view close, size_t from) {
    const size_t end = code_.find(close, from);
    at_ = end == kNone ? code_.size() : end + close.size();
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
      const size_t open = code_.find('(', at_);
      if (open != kNone && open - at_ <= 17) {
        return SkipTo(")" + std::string(code_.substr(at_ + 1, open - at_ - 1)) + "\"", open);
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
    if (at_ > 0 && IsNameByte(code_[at_ - 1])) return ++at_, true;
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
  bool EndsStatement() const {
    if (header_.empty() || parens_ > 0) return false;
    if (!IsOneOf(language_, {"go", "javascript", "typescript", "kotlin", "swift", "scala"}))
      return false;
    const std::string_view header = Trim(header_);
    if (header.empty() || std::string_view(",=>|&+-:.<(").find(header.back()) != kNone)
      return false;
    const size_t next = code_.find_first_not_of(" \t\r\n", at_);
    return next == kNone || std::string_view("{.:|&+=)?").find(code_[next]) == kNone;
  }

  void AddToHeader(char c) {
    if (c == '(') ++parens_;
    if (c == ')' && parens_ > 0) --parens_;
    if (header_.empty()) {
      if (IsSpace(c)) return;
      header_begin_ = at_;
    }
    // "public:" begins no statement, and neither does a case.
    if (c == ':' &&
        IsOneOf(Trim(header_), {"public", "private", "protected", "default", "signals"})) {
      return Reset();
    }
    if (header_.size() >= kMaxHeader) return;
    if (!IsSpace(c)) {
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
                             IsNameByte(header_.back()) && IsInitialiserList();
    if (initialises) return SkipBraces();
    Scope scope;
    if (IsOpen() && parens_ == 0 && scopes_.size() <= kMaxScopes) {
      Meaning meaning = HeaderReader(header_, language_).Read();
      scope.kind = meaning.kind;
      scope.definition.name = std::move(meaning.name);
    }
    if (scope.kind == Kind::kClass && Level() >= kMaxLevels) scope.kind = Kind::kFunction;
    if (scope.kind == Kind::kClass || scope.kind == Kind::kFunction) {
      scope.definition.begin = FirstLine(header_begin_);
    }
    scope.free = brace;
    if (scope.kind == Kind::kOther && IsOpen()) {
      // Nothing in it is looked at; what follows may go on with the statement: "x = {...};".
      SkipBraces();
      if (parens_ == 0) Reset();
      return;
    }
    scopes_.push_back(std::move(scope));
    if (scopes_.back().kind == Kind::kFunction) {
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
                      [](const Scope& scope) { return scope.kind == Kind::kClass; }));
  }

  size_t LineBegin(size_t at) const {
    const size_t newline = at == 0 ? kNone : code_.rfind('\n', at - 1);
    return newline == kNone ? 0 : newline + 1;
  }

  // The line of `at`, or that of the first of the comments right above.
  size_t FirstLine(size_t at) const {
    size_t first = LineBegin(at);
    const size_t free = scopes_.back().free;
    while (first > free) {
      const size_t above = LineBegin(first - 1);
      const std::string_view line = Trim(code_.substr(above, first - above));
      const bool belongs = line.starts_with("//") || line.starts_with("/*") ||
                           line.starts_with("*") || line.ends_with("*/") || line.starts_with("@") ||
                           line.starts_with("#[");
      if (!belongs || above < free) break;
      first = above;
    }
    return std::max(first, std::min(free, at));
  }

  // Ends the innermost scope behind `end`.
  void Close(size_t end) {
    Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    Scope& outer = scopes_.back();
    std::vector<CodeDefinition>& siblings = outer.definition.inner;
    if (scope.kind == Kind::kTransparent) {
      std::move(scope.definition.inner.begin(), scope.definition.inner.end(),
                std::back_inserter(siblings));
      outer.free = std::max(outer.free, scope.free);
      return;
    }
    if (scope.kind == Kind::kOther) return;
    // To the end of the line, if nothing but ";" or a comment is left on it.
    const size_t newline = std::min(code_.find('\n', end), code_.size());
    std::string_view rest = Trim(code_.substr(end, newline - end));
    if (rest.starts_with(';') || rest.starts_with(',')) rest = Trim(rest.substr(1));
    if (rest.starts_with(')')) rest = Trim(rest.substr(1));
    if (rest.empty() || rest == ";" || rest.starts_with("//"))
      end = std::min(newline + 1, code_.size());
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
};

}  // namespace

std::vector<CodeDefinition> OutlineByBraces(std::string_view code, std::string_view language) {
  return BraceOutliner(code, language).Find();
}

}  // namespace quarry::ingest
