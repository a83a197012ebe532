#include "ingest/code_outline.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "ingest/format.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxLevels = 8;
constexpr size_t kMaxNameBytes = 120;

constexpr auto kBraces = CodeStructure::kBraces;
constexpr auto kIndentation = CodeStructure::kIndentation;
constexpr auto kNoPlace = CodeStructure::kNone;

constexpr CodeLanguage kLanguages[] = {{"c", "c h", kBraces},
                                       {"c++", "cc cpp cxx hh hpp hxx", kBraces},
                                       {"objective-c", "m mm", kBraces},
                                       {"c#", "cs", kBraces},
                                       {"java", "java groovy", kBraces},
                                       {"kotlin", "kt kts", kBraces},
                                       {"scala", "scala", kBraces},
                                       {"swift", "swift", kBraces},
                                       {"dart", "dart", kBraces},
                                       {"go", "go", kBraces},
                                       {"rust", "rs", kBraces},
                                       {"javascript", "js mjs cjs jsx", kBraces},
                                       {"typescript", "ts tsx", kBraces},
                                       {"php", "php", kBraces},
                                       {"python", "py pyi", kIndentation},
                                       {"ruby", "rb", kIndentation},
                                       {"lua", "lua", kIndentation},
                                       {"shell", "sh bash zsh fish", kIndentation},
                                       {"perl", "pl pm", kIndentation},
                                       {"r", "r", kIndentation},
                                       {"elixir", "ex exs", kIndentation},
                                       {"julia", "jl", kIndentation},
                                       {"sql", "sql", CodeStructure::kStatements},
                                       {"haskell", "hs", kNoPlace},
                                       {"ocaml", "ml mli", kNoPlace},
                                       {"f#", "fs", kNoPlace},
                                       {"clojure", "clj", kNoPlace},
                                       {"erlang", "erl", kNoPlace},
                                       {"powershell", "ps1", kNoPlace},
                                       {"batch", "bat", kNoPlace},
                                       {"protobuf", "proto", kNoPlace},
                                       {"cmake", "cmake", kNoPlace},
                                       {"vue", "vue", kNoPlace},
                                       {"svelte", "svelte", kNoPlace},
                                       {"", "", kNoPlace}};

bool IsNameByte(char c) { return IsAsciiAlphanumeric(c) || c == '_' || !IsAscii(c); }

struct Line {
  size_t begin = 0;
  size_t end = 0;  // behind its line break
  size_t indent = 0;
  std::string_view text;  // without white space around it
};

std::vector<Line> LinesOf(std::string_view code) {
  std::vector<Line> lines;
  for (size_t begin = 0; begin < code.size();) {
    const size_t end = std::min(code.find('\n', begin), code.size() - 1) + 1;
    Line line{
        .begin = begin, .end = end, .indent = 0, .text = Trim(code.substr(begin, end - begin))};
    for (size_t i = begin; i < end && (code[i] == ' ' || code[i] == '\t'); ++i) {
      line.indent += code[i] == '\t' ? 8 - line.indent % 8 : 1;
    }
    lines.push_back(line);
    begin = end;
  }
  return lines;
}

// A run of name bytes at `at`, dots and colons of qualified names included.
std::string_view NameAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && (IsNameByte(text[end]) || text[end] == '.' || text[end] == ':' ||
                               text[end] == '?' || text[end] == '!')) {
    ++end;
  }
  std::string_view name = text.substr(at, end - at);
  while (!name.empty() && (name.back() == ':' || name.back() == '.')) name.remove_suffix(1);
  return name;
}

// What a line of a language by indentation defines; "" if nothing.
struct Found {
  std::string name;
  bool is_class = false;
};

Found DefinitionIn(std::string_view line, std::string_view language) {
  const auto behind = [&](std::string_view word) -> std::string_view {
    if (!line.starts_with(word)) return {};
    return NameAt(line, word.size());
  };
  const auto function = [](std::string_view name) {
    return Found{name.empty() ? "" : std::string(name) + "()", false};
  };
  if (language == "python") {
    if (const auto name = behind("class "); !name.empty())
      return {"class " + std::string(name), true};
    if (const auto name = behind("def "); !name.empty()) return function(name);
    return function(behind("async def "));
  }
  if (language == "ruby") {
    if (const auto name = behind("class "); !name.empty())
      return {"class " + std::string(name), true};
    if (const auto name = behind("module "); !name.empty()) {
      return {"module " + std::string(name), true};
    }
    return function(behind("def "));
  }
  if (language == "elixir") {
    if (const auto name = behind("defmodule "); !name.empty()) {
      return {"module " + std::string(name), true};
    }
    if (const auto name = behind("defp "); !name.empty()) return function(name);
    return function(behind("def "));
  }
  if (language == "julia" || language == "lua") {
    if (const auto name = behind("module "); !name.empty()) {
      return {"module " + std::string(name), true};
    }
    if (const auto name = behind("struct "); !name.empty()) {
      return {"struct " + std::string(name), false};
    }
    if (const auto name = behind("local function "); !name.empty()) return function(name);
    return function(behind("function "));
  }
  if (language == "perl") return function(behind("sub "));
  if (language == "r") {
    const std::string_view name = NameAt(line, 0);
    const std::string_view rest = Trim(line.substr(name.size()));
    const bool assigns = rest.starts_with("<- function") || rest.starts_with("= function");
    return function(assigns ? name : std::string_view());
  }
  // shell: "name() {", "function name {"
  if (const auto name = behind("function "); !name.empty()) return function(name);
  size_t end = 0;
  while (end < line.size() && (IsNameByte(line[end]) || line[end] == '-' || line[end] == ':'))
    ++end;
  return function(end > 0 && line.substr(end).starts_with("()") ? line.substr(0, end)
                                                                : std::string_view());
}

// Whether a line above a definition belongs to it.
bool IsCommentOrAttribute(std::string_view line) {
  constexpr std::string_view kMarks[] = {"#", "//", "/*", "*", "--", "@", "[", "template"};
  return StartsWithAny(line, kMarks) || line.ends_with("*/");
}

class IndentationOutliner {
 public:
  IndentationOutliner(std::string_view code, std::string_view language)
      : lines_(LinesOf(code)), language_(language), inside_text_(lines_.size()) {
    if (language == "python") MarkLongStrings(code);
  }

  std::vector<CodeDefinition> Find() { return FindIn(0, lines_.size(), 0, 0); }

 private:
  // Lines inside of """ or ''' define nothing and say nothing by their indent.
  void MarkLongStrings(std::string_view code) {
    std::string_view open;
    for (size_t i = 0; i < lines_.size(); ++i) {
      inside_text_[i] = !open.empty();
      const std::string_view line = code.substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
      for (size_t at = 0; at < line.size();) {
        if (!open.empty()) {
          const size_t close = line.find(open, at);
          if (close == line.npos) break;
          at = close + 3;
          open = {};
          continue;
        }
        if (line[at] == '#') break;
        if (line.substr(at).starts_with("\"\"\"")) open = "\"\"\"";
        if (line.substr(at).starts_with("'''")) open = "'''";
        if (!open.empty()) {
          at += 3;
        } else if (line[at] == '"' || line[at] == '\'') {
          size_t close = at + 1;
          while (close < line.size() && line[close] != line[at])
            close += line[close] == '\\' ? 2 : 1;
          at = close + 1;
        } else {
          ++at;
        }
      }
    }
  }

  // Definitions among the lines [begin, end) that stand at `indent` or, in a class, deeper than it.
  std::vector<CodeDefinition> FindIn(size_t begin, size_t end, size_t least_indent, size_t level) {
    std::vector<CodeDefinition> found;
    size_t free = begin;  // lines before it belong to another definition
    for (size_t i = begin; i < end;) {
      const Line& line = lines_[i];
      const Found definition = inside_text_[i] || line.indent < least_indent
                                   ? Found{}
                                   : DefinitionIn(line.text, language_);
      if (definition.name.empty()) {
        ++i;
        continue;
      }
      size_t first = i;
      while (first > free && !lines_[first - 1].text.empty() && !inside_text_[first - 1] &&
             IsCommentOrAttribute(lines_[first - 1].text)) {
        --first;
      }
      const size_t behind = EndOf(i, end);
      CodeDefinition& added = found.emplace_back();
      added.name = definition.name;
      added.begin = lines_[first].begin;
      added.end = lines_[behind - 1].end;
      if (definition.is_class && level + 1 < kMaxLevels) {
        added.inner = FindIn(i + 1, behind, line.indent + 1, level + 1);
      }
      i = free = behind;
    }
    return found;
  }

  // Behind the last line that belongs to the definition in line `i`.
  size_t EndOf(size_t i, size_t end) const {
    const size_t indent = lines_[i].indent;
    size_t behind = i + 1;
    for (size_t k = i + 1; k < end; ++k) {
      if (lines_[k].text.empty()) continue;
      if (inside_text_[k] || lines_[k].indent > indent) {
        behind = k + 1;
        continue;
      }
      // A signature of several lines ends with ")" at the indent of its start, a block with "end"
      // or "}".
      const std::string_view text = lines_[k].text;
      if (text.starts_with(')') || text == "{") {
        behind = k + 1;
        continue;
      }
      const bool closes = text == "end" || text.starts_with("end ") || text.starts_with("end)") ||
                          text.starts_with('}');
      return language_ != "python" && closes ? k + 1 : behind;
    }
    return behind;
  }

  const std::vector<Line> lines_;
  const std::string_view language_;
  std::vector<bool> inside_text_;
};

}  // namespace

const CodeLanguage& CodeLanguageOf(std::string_view extension) {
  for (const CodeLanguage& language : kLanguages) {
    if (IsOneOfExtensions(extension, language.extensions)) return language;
  }
  return std::end(kLanguages)[-1];
}

std::vector<CodeDefinition> OutlineByIndentation(std::string_view code, std::string_view language) {
  return IndentationOutliner(code, language).Find();
}

// Statements end with a semicolon at the end of a line; inside of $$ ... $$ and BEGIN ... END they
// do not, which stands at the margin.
std::vector<CodeDefinition> OutlineOfSql(std::string_view code) {
  std::vector<CodeDefinition> found;
  const std::vector<Line> lines = LinesOf(code);
  size_t free = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string upper = AsciiUpper(lines[i].text.substr(0, kMaxNameBytes));
    if (lines[i].indent > 0 || (!upper.starts_with("CREATE ") && !upper.starts_with("ALTER "))) {
      continue;
    }
    size_t first = i;
    while (first > free && lines[first - 1].text.starts_with("--")) --first;
    size_t last = i;
    bool quoted = false;
    for (; last < lines.size(); ++last) {
      for (size_t at = lines[last].text.find("$$"); at != std::string_view::npos;
           at = lines[last].text.find("$$", at + 2)) {
        quoted = !quoted;
      }
      const bool at_margin = last == i || lines[last].indent == 0;
      if (!quoted && lines[last].text.ends_with(';') && at_margin) break;
    }
    last = std::min(last, lines.size() - 1);
    // "CREATE TABLE pumps (" without what is behind the name.
    std::string_view name = lines[i].text.substr(0, lines[i].text.find_first_of("(;"));
    for (const std::string_view behind : {" AS", " as", " ON ", " on ", " RETURNS", " returns"}) {
      name = name.substr(0, name.find(behind));
    }
    found.push_back({.name = std::string(Trim(TruncateUtf8(name, kMaxNameBytes))),
                     .begin = lines[first].begin,
                     .end = lines[last].end,
                     .inner = {}});
    i = last;
    free = last + 1;
  }
  return found;
}

std::vector<CodeDefinition> OutlineOf(std::string_view code, const CodeLanguage& language) {
  switch (language.structure) {
    case CodeStructure::kBraces:
      return OutlineByBraces(code, language.name);
    case CodeStructure::kIndentation:
      return OutlineByIndentation(code, language.name);
    case CodeStructure::kStatements:
      return OutlineOfSql(code);
    case CodeStructure::kNone:
      break;
  }
  return {};
}

}  // namespace quarry::ingest
