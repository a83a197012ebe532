#pragma once

// The definitions in source code, found by braces or by indentation: enough to cut a file where a
// reader would, not a parser. Code that it does not understand is not lost, only not cut. Internal
// to ingest/.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

enum class CodeStructure : unsigned char {
  kBraces,       // C and its descendants
  kIndentation,  // Python; Ruby and Lua, whose blocks end with a word at the indent of their start
  kStatements,   // SQL
  kNone,         // cut at empty lines only
};

struct CodeLanguage {
  const char* name;        // "c++", as metadata has it
  const char* extensions;  // with a space between two
  CodeStructure structure;
};

// By the extension of a file's name; one named "" and without structure where it is not known.
const CodeLanguage& CodeLanguageOf(std::string_view extension);

// A class, a function: whole lines, with the comments and attributes right above.
struct CodeDefinition {
  std::string name;                   // "class Foo", "bar()", "CREATE TABLE pumps"
  size_t begin = 0;                   // offset of its first line
  size_t end = 0;                     // behind its last line
  std::vector<CodeDefinition> inner;  // of a class
};

// In order, apart. At most eight levels.
std::vector<CodeDefinition> OutlineByBraces(std::string_view code, std::string_view language);
std::vector<CodeDefinition> OutlineByIndentation(std::string_view code, std::string_view language);
std::vector<CodeDefinition> OutlineOfSql(std::string_view code);
std::vector<CodeDefinition> OutlineOf(std::string_view code, const CodeLanguage& language);

}  // namespace quarry::ingest
