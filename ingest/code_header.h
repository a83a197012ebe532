#pragma once

// What an opening brace begins, by what stands before it. Internal to ingest/.

#include <initializer_list>
#include <string>
#include <string_view>

namespace quarry::ingest {

struct BraceMeaning {
  enum Kind : unsigned char {
    kOther,        // not looked into
    kTransparent,  // a namespace: what it holds stands where it does
    kClass,
    kFunction,
  };
  Kind kind = kOther;
  std::string name;  // of a class or a function: "class Foo", "bar()"
};

// `header` is what stands between the end of the statement before and the brace, on one line,
// without comments and with a \x01 for a string.
BraceMeaning MeaningOfBrace(std::string_view header, std::string_view language);

inline bool IsCodeSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// A letter, a digit, '_', '$' or part of a character beyond ASCII.
bool IsCodeNameByte(char c);

}  // namespace quarry::ingest
