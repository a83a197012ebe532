#include "generation/citations.h"

#include <string_view>

#include "base/text.h"

namespace quarry::generation {
namespace {

// The sentence on one line, single-spaced: quotes keep the source's own white space, answers are
// read.
std::string OnOneLine(std::string_view sentence) {
  std::string line;
  line.reserve(sentence.size());
  bool space = false;
  for (const char c : sentence) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      space = !line.empty();
      continue;
    }
    if (space) line += ' ';
    space = false;
    line += c;
  }
  return line;
}

// Splits trailing end marks off, so that the marker stands before them: "9 bar [1]."
struct Ending {
  std::string_view body;
  std::string_view mark;
};
Ending SplitEnding(std::string_view sentence) {
  static constexpr std::string_view kMarks[] = {".", "!", "?", "。", "！", "？", "；", ";"};
  for (const std::string_view mark : kMarks) {
    if (sentence.ends_with(mark)) {
      return {sentence.substr(0, sentence.size() - mark.size()), mark};
    }
  }
  return {sentence, {}};
}

bool EndsWithCjk(std::string_view text) {
  size_t start = text.size();
  while (start > 0 && (static_cast<unsigned char>(text[--start]) & 0xC0) == 0x80) {
  }
  return start < text.size() && IsCjk(NextCodePoint(text, start));
}

}  // namespace

CitedText ComposeCitedText(const std::vector<model::ExtractedSentence>& sentences,
                           const Context& context) {
  CitedText composed;
  bool previous_cjk = false;
  for (const model::ExtractedSentence& sentence : sentences) {
    const Passage& passage = context.passages[sentence.passage];
    const std::string_view quote =
        std::string_view(passage.chunk.text)
            .substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
    const std::string line = OnOneLine(quote);
    const Ending ending = SplitEnding(line);
    const bool cjk = EndsWithCjk(ending.body);
    if (!composed.text.empty() && !previous_cjk) composed.text += ' ';
    previous_cjk = cjk;

    Citation citation;
    citation.passage = sentence.passage + 1;
    citation.chunk = passage.chunk.id;
    citation.document = passage.chunk.document;
    citation.source = passage.chunk.span;
    citation.source.begin = passage.chunk.span.begin + sentence.range.begin;
    citation.source.end = passage.chunk.span.begin + sentence.range.end;
    citation.quote = std::string(quote);
    citation.answer_span.begin = composed.text.size();
    composed.text += ending.body;
    citation.answer_span.end = composed.text.size();
    if (!cjk) composed.text += ' ';
    composed.text += '[' + std::to_string(citation.passage) + ']';
    composed.text += ending.mark.empty() ? std::string_view(cjk ? "。" : ".") : ending.mark;
    composed.citations.push_back(std::move(citation));
  }
  return composed;
}

}  // namespace quarry::generation
