#include "generation/tool_gate.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii.h"

namespace quarry::generation {

std::string WordsOfName(std::string_view name) {
  std::string words;
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsAsciiUpper(name[i]) && i > 0 && IsAsciiLower(name[i - 1])) words += ' ';
    words += name[i] == '_' || name[i] == '-' || name[i] == '.' ? ' ' : name[i];
  }
  return words;
}

bool HoldsPhrase(std::string_view words, const std::vector<std::string>& phrases,
                 const Analyzer& analyzer) {
  std::set<std::string> said;
  for (Token& token : analyzer.Tokenize(words)) said.insert(std::move(token.term));
  return std::ranges::any_of(phrases, [&](const std::string& phrase) {
    const std::vector<Token> terms = analyzer.Tokenize(phrase);
    return !terms.empty() && std::ranges::all_of(terms, [&](const Token& token) {
      return said.contains(token.term);
    });
  });
}

}  // namespace quarry::generation
