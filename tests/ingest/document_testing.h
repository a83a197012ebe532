#pragma once

// What the tests of parsers and chunker share.

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/file.h"
#include "base/random.h"
#include "ingest/parser.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest::testing {

// Files of other formats and what stands in them, in the test data.
constexpr char kMarkitdownFiles[] = "documents/markitdown_files/markitdown/tests/test_files/";

// Parses `text` as `format`; fails the test on an error.
ParsedSource ParseAs(Format format, std::string_view text);

// One document, without errors.
Document ParseOne(Format format, std::string_view text);

// Parses the bytes of a file of this name, which with them tells its format; fails the test on an error.
ParsedSource ParseFile(const std::string& name, std::string_view bytes);

// A text of the metadata; "" where there is none.
std::string MetadataText(const Document& document, const std::string& key);

// That each of them is parsed within ten seconds.
void ExpectQuickParse(Format format, const std::vector<std::string>& inputs);

// A block a line, line breaks inside as "\n": "h2|What we pay", "p|...", "l1|...", "t|...",
// "c|...", "q|...".
std::string Outline(const Document& document);

// Checks what base/document.h promises: blocks in order, apart, inside the text, trimmed, only
// white space between them, all of it valid UTF-8.
void CheckDocument(const Document& document);

// `text` repeated.
std::string Repeat(std::string_view text, size_t times);

// Prose of about `sentences` sentences over a small vocabulary.
std::string RandomSentences(Random* random, size_t sentences);

// A string of pieces that mean something to some format, broken UTF-8 excluded.
std::string RandomMarkup(Random* random, size_t pieces);

// Of the words of `expected`, divided by white space, the share that is in `text`.
double WordRecall(std::string_view expected, std::string_view text);

// PATH with nothing but these programs, while it lives.
class OnlyPrograms {
 public:
  explicit OnlyPrograms(const std::vector<std::string>& programs);
  ~OnlyPrograms();
  OnlyPrograms(const OnlyPrograms&) = delete;
  OnlyPrograms& operator=(const OnlyPrograms&) = delete;

 private:
  TemporaryDirectory directory_;
  std::string before_;
};

}  // namespace quarry::ingest::testing
