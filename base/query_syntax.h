#pragma once

// The operators of a search: what people type beside words.
//
//   "valve torque"   only what holds these words in this order
//   +valve           only what holds the word: the same as "valve"
//   -leak  -"a b"    nothing that holds it
//   pump*            any word that begins so; +pump* and -pump* too
//
// What is not clearly an operator is text. Only the ASCII characters count. A sign stands behind
// white space, or first, and before a letter or a phrase ("-5" is a number, "well-known" and
// "x - y" words). A quote opens a phrase unless it stands behind an ASCII letter or digit (5" is a
// length), and closes one unless it stands before one; without a second quote it is text. An
// asterisk ends a word of at least two characters that begins with a letter or digit and has no
// other asterisk.
//
// Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quarry {

struct QueryPart {
  enum class Kind : uint8_t { kText, kPhrase, kPrefix };
  enum class Role : uint8_t { kWanted, kRequired, kExcluded };

  Kind kind = Kind::kText;
  Role role = Role::kWanted;  // kText: always; kPhrase: never
  std::string text;           // without operators

  friend bool operator==(const QueryPart&, const QueryPart&) = default;
};

struct ParsedQuery {
  std::vector<QueryPart> parts;  // in order
  // The query as text: without operators and what they exclude. Equal to what was parsed where that
  // has no operator.
  std::string text;

  size_t operators() const;  // how many parts are not text
};

ParsedQuery ParseQuery(std::string_view query);

// The same without operators: everything is text.
ParsedQuery PlainQuery(std::string_view query);

}  // namespace quarry
