#pragma once

// What the tests of the extractive answerer (extractive_*_test.cc, a subject each) share: passages,
// and a fixture that asks.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "model/extractive_answerer.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {

// A passage of one chunk.
inline Passage MakePassage(std::string text, double score, std::string title = "",
                           std::vector<std::string> headings = {}) {
  Passage passage;
  passage.chunk.text = std::move(text);
  passage.chunk.span.heading_path = std::move(headings);
  passage.title = std::move(title);
  passage.score = score;
  return passage;
}

// Adds a block to its text.
inline void AddBlock(Passage& passage, BlockKind kind, const std::string& text,
                     uint32_t depth = 1) {
  Chunk& chunk = passage.chunk;
  if (!chunk.text.empty()) chunk.text += "\n\n";
  const size_t begin = chunk.text.size();
  chunk.text += text;
  chunk.blocks.push_back({.kind = kind, .depth = depth, .begin = begin, .end = chunk.text.size()});
}

// What a sentence of a draft says, as it stands in its passage.
inline std::string Quote(const ExtractedSentence& sentence, const std::vector<Passage>& passages) {
  const std::string& text = passages[sentence.passage].chunk.text;
  return text.substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
}

// Two data sheets in each language, and what is asked of them.
class ExtractiveAnswererTest : public ::testing::Test {
 protected:
  // The first sentence of the answer; "" when declined.
  std::string First(std::string_view question, const std::vector<Passage>& passages,
                    const ExtractiveOptions& options = {}) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
    return draft.declined ? "" : Quote(draft.sentences[0], passages);
  }

  Analyzer analyzer_;
  const std::vector<Passage> pumps_ = {
      MakePassage("The DP-15 is a dosing pump. It weighs 4.2 kg. Its maximum pressure is 9 bar. "
                  "The housing is made of steel.",
                  12.0, "DP-15 data sheet"),
      MakePassage("The VX-220 valve opens at 6 bar. Anna Lindqvist designed it in 1998 in Malmö. "
                  "It was recalled because the seal cracked.",
                  7.5, "VX-220 data sheet"),
  };
  const std::vector<Passage> zh_ = {
      MakePassage("DP-15是一种加药泵。它的重量是4.2千克。最大压力为9巴。外壳由不锈钢制成。", 12.0,
                  "DP-15数据表"),
      MakePassage(
          "VX-220阀门于1998年在杭州研制。设计者是工程师李明华。由于密封圈开裂，2003年召回。", 7.5,
          "VX-220数据表"),
  };
};

}  // namespace quarry::model
