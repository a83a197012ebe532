#include "ingest/code_header.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxHeaderNameBytes = 120;
constexpr size_t kNone = std::string_view::npos;

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
      while (end < header.size() && (IsCodeNameByte(header[end]) || header[end] == '.')) ++end;
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

std::string Shortened(std::string_view text) {
  return std::string(TruncateUtf8(Trim(text), kMaxHeaderNameBytes));
}

// The name in front of the parameters that open at `paren`: "Foo::operator==", "bar".
std::string_view NameBefore(std::string_view header, size_t paren) {
  size_t end = paren;
  while (end > 0 && IsCodeSpace(header[end - 1])) --end;
  if (end > 0 && header[end - 1] == '>') {  // name<T>(...)
    const size_t open = header.rfind('<', end - 1);
    if (open != kNone && open > 0) end = open;
  }
  size_t begin = end;
  while (begin > 0 &&
         (IsCodeNameByte(header[begin - 1]) || header[begin - 1] == ':' ||
          header[begin - 1] == '~' || header[begin - 1] == '.' || header[begin - 1] == '#')) {
    --begin;
  }
  const size_t word = header.rfind("operator", paren);
  if (word != kNone && paren - word < 14) {
    begin = word;
    end = paren;
    while (begin > 0 && (IsCodeNameByte(header[begin - 1]) || header[begin - 1] == ':')) --begin;
  }
  std::string_view name = header.substr(begin, end - begin);
  while (name.starts_with(':')) name.remove_prefix(1);
  return name;
}

class HeaderReader {
 public:
  HeaderReader(std::string_view header, std::string_view language)
      : header_(WithoutAttributes(header)), language_(language) {}

  BraceMeaning Read() const {
    const std::string_view first = WordAt(0);
    if (header_.empty() ||
        IsOneOf(first, {"if",      "for",   "foreach", "while",   "switch", "do",
                        "else",    "try",   "catch",   "finally", "return", "case",
                        "default", "match", "loop",    "unsafe",  "select", "using",
                        "lock",    "when",  "guard",   "defer",   "with",   "synchronized"})) {
      return {};
    }
    if (first == "extern" && header_.find('(') == kNone)
      return {.kind = BraceMeaning::kTransparent, .name = ""};
    const size_t paren = header_.find('(');
    if (BraceMeaning container = ReadContainer(paren); container.kind != BraceMeaning::kOther)
      return container;
    if (paren == kNone) return {};
    return ReadFunction(paren);
  }

 private:
  std::string_view WordAt(size_t at) const {
    size_t end = at;
    while (end < header_.size() && IsCodeNameByte(header_[end])) ++end;
    return header_.substr(at, end - at);
  }

  bool IsC() const { return language_ == "c" || language_ == "c++" || language_ == "objective-c"; }

  BraceMeaning ReadContainer(size_t paren) const {
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
        return {.kind = BraceMeaning::kTransparent, .name = ""};
      // "struct point origin() {" is a function.
      const bool is_type =
          IsOneOf(word, {"class", "struct", "interface", "enum", "union", "trait", "record",
                         "object", "protocol", "extension", "mixin", "actor"});
      if (is_type && !(IsC() && paren != kNone)) return ReadClass(word, at + word.size());
      if (word == "impl" && language_ == "rust") {
        std::string_view name = header_.substr(at);
        name = name.substr(0, name.find(" where "));
        if (name.starts_with("impl<")) {
          return {.kind = BraceMeaning::kClass,
                  .name = "impl " + Shortened(name.substr(BehindAngles(name, 4)))};
        }
        return {.kind = BraceMeaning::kClass, .name = Shortened(name)};
      }
      if (word == "type" && language_ == "go") {
        const size_t begin = header_.find_first_not_of(' ', at + word.size());
        if (begin == kNone) return {};
        return {.kind = BraceMeaning::kClass, .name = "type " + Shortened(WordAt(begin))};
      }
      at += word.size();
    }
    return {};
  }

  BraceMeaning ReadClass(std::string_view keyword, size_t at) const {
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
    return {.kind = BraceMeaning::kClass, .name = Shortened(std::string(keyword) + ' ' + name)};
  }

  BraceMeaning ReadFunction(size_t paren) const {
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
      return IsAsciiUpper(c) || c == '_' || IsAsciiDigit(c);
    });
    if (is_macro && IsC()) {  // TEST(Suite, Name)
      std::string call = Shortened(
          header_.substr(paren - name.size(), BehindBracket(header_, paren) - paren + name.size()));
      return {.kind = BraceMeaning::kFunction, .name = std::move(call)};
    }
    return Named(name);
  }

  BraceMeaning Named(std::string_view name) const {
    if (name.empty() ||
        IsOneOf(name, {"if", "for", "while", "switch", "catch", "return", "sizeof", "function"})) {
      return {};
    }
    return {.kind = BraceMeaning::kFunction, .name = Shortened(name) + "()"};
  }

  const std::string_view header_;
  const std::string_view language_;
};

}  // namespace

bool IsCodeNameByte(char c) {
  return IsAsciiAlphanumeric(c) || c == '_' || c == '$' || !IsAscii(c);
}

BraceMeaning MeaningOfBrace(std::string_view header, std::string_view language) {
  return HeaderReader(header, language).Read();
}

}  // namespace quarry::ingest
