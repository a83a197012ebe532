#pragma once

// What is searched for by words, in terms of the index: what is scored, and what a row must hold or
// must not. Made from a text by retrieval/query_terms.h. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quarry::index {

// What is scored as one term: a term, all terms that begin with a prefix, or all that translate a
// term into another language.
struct QueryTerm {
  std::string text;  // the term, or the prefix, folded
  bool prefix = false;
  // Of a prefix: the term that it is as a whole word, which stemming may have made shorter ("valv"
  // of "valve*") and which counts as one of those that begin with it; "" = none.
  std::string whole;
  uint32_t count = 1;  // as if the term stood so often in the query
  // Where there are some, these are searched in place of `text`, each given once.
  std::vector<std::string> translations = {};
  double weight = 1;  // what its score is multiplied by

  QueryTerm(std::string term) : text(std::move(term)) {}  // NOLINT: every term is one
  QueryTerm(const char* term) : text(term) {}             // NOLINT
  static QueryTerm Prefix(std::string prefix, std::string whole) {
    QueryTerm term(std::move(prefix));
    term.prefix = true;
    term.whole = std::move(whole);
    return term;
  }

  // Whether several terms of the index may be behind it.
  bool IsUnion() const { return prefix || !translations.empty(); }

  friend bool operator==(const QueryTerm&, const QueryTerm&) = default;
};

// A term of a phrase and where it stands in it: its Token::position less that of the first token.
struct PhraseTerm {
  std::string term;
  uint32_t position = 0;

  friend bool operator==(const PhraseTerm&, const PhraseTerm&) = default;
};

// What a row may be asked for (word_filter.h): a phrase, or a word that begins with a prefix.
struct WordCondition {
  std::string name;                // for people: "\"valve torque\"", "pump*"
  std::vector<PhraseTerm> phrase;  // empty iff it is a prefix
  std::optional<QueryTerm> prefix;

  friend bool operator==(const WordCondition&, const WordCondition&) = default;
};

struct LexicalQuery {
  std::vector<QueryTerm> terms;  // repeated ones count
  std::vector<WordCondition> required;
  std::vector<WordCondition> excluded;

  bool HasConditions() const { return !required.empty() || !excluded.empty(); }
};

}  // namespace quarry::index
