#pragma once

// Tokenizer: the work of one Analyzer::Tokenize call.
//
// The grammar is that of ReadItem (analyzer_grammar.cc), which reads folded characters one by one
// and looks ahead freely. Two fast paths (analyzer_fast_paths.cc) know the plain cases, which make
// nearly all of a text: a word of ASCII letters and digits, and a run of CJK characters. They give
// exactly the tokens that the grammar gives, or stand back; analyzer_test.cc holds both against a
// slow reference.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/analyzer_words.h"
#include "base/text_folding.h"

namespace quarry {

class Tokenizer {
 public:
  // Appends to `tokens`. All arguments must outlive the tokenizer.
  Tokenizer(const AnalyzerOptions& options, WordTerms& words, std::string_view text,
            std::vector<Token>& tokens)
      : options_(options), words_(words), text_(text), tokens_(tokens), reader_(text) {}

  void Run();

 private:
  // A word between joiners, as folded_[text_begin, text_end).
  struct Part {
    size_t text_begin = 0;
    size_t text_end = 0;
    size_t begin = 0;  // in text_
    size_t end = 0;
    bool latin = true;   // nothing but Latin letters and apostrophes
    bool number = true;  // nothing but ASCII digits
    bool has_digit = false;
    std::string_view suffix;  // of "c++", "f#"
    size_t suffix_end = 0;
  };

  // A plain word whose term has yet to be looked up: terms lie all over memory, so a few are asked
  // for before the first is used.
  struct PlainWord {
    char padded[FormKey::kMaxBytes];  // folded, then zeros
    uint32_t begin;                   // in text_
    uint32_t end;
    uint32_t position;
  };

  // The fast paths: true iff they read something and moved `offset` behind it.
  bool ReadPlainAscii(size_t& offset);
  bool ReadPlainCjk(size_t& offset);
  bool WordEndsAt(size_t offset) const;
  uint64_t Load(size_t offset) const;
  void EmitPending();

  // The grammar.
  void ReadItem();
  void ReadCjk();
  void ReadJoinedWords();
  bool ReadPart();
  bool AtPossessive();
  bool AtThousands(const Part& part, size_t group);
  void ReadSuffix(Part& part);

  // What becomes of words that are joined without white space.
  bool IsCode(size_t first, size_t last) const;
  size_t WeightBehind(size_t part) const;
  void EmitJoined(size_t first, size_t last, bool in_code);
  void EmitPart(const Part& part);

  void Emit(std::string_view term, size_t begin, size_t end) {
    EmitAt(term, static_cast<uint32_t>(begin), static_cast<uint32_t>(end), position_);
  }
  void EmitAt(std::string_view term, uint32_t begin, uint32_t end, uint32_t position) {
    if (term.empty()) return;  // a stop word
    tokens_.push_back({std::string(term), begin, end, position});
  }

  const AnalyzerOptions& options_;
  WordTerms& words_;
  const std::string_view text_;
  std::vector<Token>& tokens_;
  text_internal::FoldReader reader_;
  uint32_t position_ = 0;
  std::array<PlainWord, 8> pending_;
  size_t pending_words_ = 0;
  std::string folded_;  // the joined words being read
  std::vector<Part> parts_;
};

}  // namespace quarry
