#include "generation/tool_gate.h"

#include <algorithm>

#include "base/answer_guide.h"
#include "base/ascii.h"
#include "generation/context_pieces.h"

namespace quarry::generation {
namespace {

// What the name of a tool begins with that changes nothing.
constexpr std::string_view kLookingUp[] = {"get",       "list",  "show",    "find",   "search",
                                           "look",      "read",  "query",   "lookup", "fetch",
                                           "calculate", "count", "describe"};

// Whether the first two words stand among `said`; of Chinese these are pairs of characters.
bool HoldsFirstTwo(const WordSet& said, std::string_view description, const Analyzer& analyzer) {
  const std::vector<Token> terms = analyzer.Tokenize(description);
  if (terms.empty() || !said.contains(terms[0].term)) return false;
  const auto second =
      std::ranges::find_if(terms, [&](const Token& token) { return token.begin >= terms[0].end; });
  return second != terms.end() && said.contains(second->term);
}

}  // namespace

const std::string& OwnWords(const Query& query) {
  const bool has_own = query.guide != nullptr && !query.guide->own_words.empty();
  return has_own ? query.guide->own_words : query.text;
}

bool NamesAddress(std::string_view words, std::string_view url) {
  if (url.empty()) return false;
  for (size_t at = words.find(url); at != words.npos; at = words.find(url, at + 1)) {
    // Within another address it was not typed as one.
    if (at > 0 && IsAscii(words[at - 1]) && words[at - 1] != ' ' && words[at - 1] != '\n' &&
        words[at - 1] != '(' && words[at - 1] != '"' && words[at - 1] != '\'' &&
        words[at - 1] != '<' && words[at - 1] != '[' && words[at - 1] != ':') {
      continue;
    }
    const std::string_view rest = words.substr(at + url.size());
    // A full stop ends the sentence, unless the address goes on behind it.
    const size_t end = rest.find_first_not_of(".,;:!?)\"'>]");
    if (rest.empty() || end == rest.npos || rest[end] == ' ' || rest[end] == '\n' ||
        !IsAscii(rest[end])) {
      return true;
    }
  }
  return false;
}

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
  const WordSet said = WordsIn(words, analyzer);
  return std::ranges::any_of(phrases, [&](const std::string& phrase) {
    const std::vector<Token> terms = analyzer.Tokenize(phrase);
    return !terms.empty() && std::ranges::all_of(terms, [&](const Token& token) {
      return said.contains(token.term);
    });
  });
}

bool AsksForTool(std::string_view words, std::string_view name, std::string_view description,
                 const Analyzer& analyzer) {
  const std::string called = WordsOfName(name);
  if (HoldsPhrase(words, {called}, analyzer)) return true;
  const WordSet said = WordsIn(words, analyzer);
  const std::string_view verb = std::string_view(called).substr(0, called.find(' '));
  if (!IsOneOf(AsciiLower(verb), kLookingUp)) return HoldsFirstTwo(said, description, analyzer);
  const std::string told = called.substr(verb.size()).append(" ").append(description);
  return std::ranges::any_of(analyzer.Tokenize(told),
                             [&](const Token& token) { return said.contains(token.term); });
}

}  // namespace quarry::generation
