// Any bytes as text: analysis, folding, sentences, operators of a search.

#include "base/analyzer.h"
#include "base/query_syntax.h"
#include "base/text.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {

std::vector<std::string> Seeds() {
  return {
      "The VX-220/B pump's valves closed at 12.5 bar, e.g. on 2024-05-01. Dr. Smith left.",
      "水泵B-3每秒输送20升水。ＰＰＲ－９０８７繁體「引號」！\n\n　　第二段。",
      "カタカナ한국어 naïve Straße ﬁﬂ \u00AD\u200B \xE2\x80\x94 a_b snake_case camelCase C++",
      "is \"the valve\" +open -shut -\"a \"b\" pump* 5\"x6\" 什么是\"水泵\"　-压力 水* -5 C++ *",
      "\xFF\xC3\x28 broken \xF0\x9F\x98\x80 \xED\xA0\x80",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  static const Analyzer analyzer;
  const std::string_view text = fuzz::View(data, size);
  uint32_t position = 0;
  for (const Token& token : analyzer.Tokenize(text)) {
    QUARRY_CHECK(!token.term.empty() && IsValidUtf8(token.term));
    QUARRY_CHECK(token.begin < token.end && token.end <= size);
    QUARRY_CHECK(token.position >= position);
    position = token.position;
  }
  const std::string folded = Fold(text);
  QUARRY_CHECK(IsValidUtf8(folded));
  QUARRY_CHECK(Fold(folded) == folded);
  size_t end = 0;
  for (const ByteRange& sentence : SplitSentences(text)) {
    QUARRY_CHECK(sentence.begin >= end && sentence.begin < sentence.end && sentence.end <= size);
    end = sentence.end;
  }
  const ParsedQuery query = ParseQuery(text);
  QUARRY_CHECK(query.operators() > 0 || query.text == text);
  size_t kept = 0;
  for (const QueryPart& part : query.parts) {
    QUARRY_CHECK(!part.text.empty() && (!IsValidUtf8(text) || IsValidUtf8(part.text)));
    kept += part.text.size();
  }
  QUARRY_CHECK(kept <= size && query.text.size() <= kept);
  if (IsValidUtf8(text)) {
    const Result<DecodedText> decoded = DecodeText(text);
    QUARRY_CHECK(!decoded.ok() || IsValidUtf8(decoded->text));
  } else if (const Result<DecodedText> decoded = DecodeText(text); decoded.ok()) {
    QUARRY_CHECK(IsValidUtf8(decoded->text));
  }
  return 0;
}
