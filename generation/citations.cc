#include "generation/citations.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "model/list_marks.h"
#include "model/quotable.h"
#include "model/version_headings.h"

namespace quarry::generation {
namespace {

// The sentence on one line, single-spaced, as code is not: quotes keep the source's own white space, answers are
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
  static constexpr std::string_view kMarks[] = {".",  "!",  "?", "。", "！",
                                                "？", "；", ";", ":",  "："};
  for (const std::string_view mark : kMarks) {
    if (sentence.ends_with(mark)) {
      return {sentence.substr(0, sentence.size() - mark.size()), mark};
    }
  }
  return {sentence, {}};
}

bool EndsWithCjk(std::string_view text) {
  return !text.empty() && BeginsWithCjk(text.substr(CharacterBegin(text, text.size() - 1)));
}

// "Title > Heading" with the innermost of the headings.
std::string SubjectOf(const Passage& passage, const SourceSpan& span) {
  const std::vector<std::string>& path = span.heading_path;
  const size_t first = model::VersionHeadingIn(path).value_or(path.size() - !path.empty());
  const std::string subject =
      ContextualHeader(passage.title, {path.begin() + static_cast<ptrdiff_t>(first), path.end()});
  return OnOneLine(subject.empty() ? passage.chunk.document : subject);
}

}  // namespace

void OrderByUse(std::vector<model::ExtractedSentence>& sentences, Context& context) {
  constexpr uint32_t kNowhere = UINT32_MAX;
  std::vector<Passage>& passages = context.passages;
  std::vector<uint32_t> places(passages.size(), kNowhere);
  std::vector<Passage> ordered;
  ordered.reserve(passages.size());
  const auto take = [&](uint32_t i) {
    if (places[i] != kNowhere) return;
    places[i] = static_cast<uint32_t>(ordered.size());
    ordered.push_back(std::move(passages[i]));
  };
  for (model::ExtractedSentence& sentence : sentences) {
    take(sentence.passage);
    sentence.passage = places[sentence.passage];
  }
  for (uint32_t i = 0; i < passages.size(); ++i) take(i);
  passages = std::move(ordered);
}

void OrderPassages(std::span<const uint32_t> order, Context& context) {
  std::vector<bool> taken(context.passages.size(), false);
  std::vector<Passage> ordered;
  ordered.reserve(context.passages.size());
  const auto take = [&](size_t i) {
    if (!taken[i]) ordered.push_back(std::move(context.passages[i]));
    taken[i] = true;
  };
  for (const uint32_t i : order) take(i);
  for (size_t i = 0; i < context.passages.size(); ++i) take(i);
  context.passages = std::move(ordered);
}

bool StandsBehindSubject(const Passage& passage, uint64_t begin) {
  const BlockKind kind = model::BlockKindAt(passage.chunk, begin);
  if (kind != BlockKind::kListItem) return kind == BlockKind::kTable;
  return model::VersionHeadingIn(SpanWithin(passage.chunk, begin, begin).heading_path).has_value();
}

CitedText ComposeCitedText(const std::vector<model::ExtractedSentence>& sentences,
                           const Context& context, const std::vector<std::string>& told) {
  CitedText composed;
  bool previous_cjk = false;
  bool is_behind_code = false;
  bool was_row = false;
  std::string table;  // the subject of the row before
  const bool is_list = std::ranges::any_of(
      sentences, [](const model::ExtractedSentence& one) { return one.lead.starts_with('\n'); });
  for (size_t i = 0; i < sentences.size(); ++i) {
    const model::ExtractedSentence& sentence = sentences[i];
    const bool is_told = i < told.size() && !told[i].empty();
    const Passage& passage = context.passages[sentence.passage];
    const std::string_view quote =
        std::string_view(passage.chunk.text)
            .substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
    const bool is_code =
        model::BlockKindAt(passage.chunk, sentence.range.begin) == BlockKind::kCode;
    // Boxes to tick are no words, and the number of an item that is told alone counts nothing.
    std::string_view words = is_told ? std::string_view(told[i]) : quote;
    if (!is_code) words.remove_prefix(model::TickBoxBytes(words));
    if (!is_code && !is_list) words.remove_prefix(model::ListNumberBytes(words));
    const std::string line = is_code ? std::string(words) : OnOneLine(words);
    const Ending ending = is_code ? Ending{line, {}} : SplitEnding(line);
    const bool cjk = EndsWithCjk(ending.body);

    Citation citation;
    citation.passage = sentence.passage + 1;
    citation.chunk = ChunkAt(passage, sentence.range.begin);
    citation.document = passage.chunk.document;
    citation.source = SpanWithin(passage.chunk, sentence.range.begin, sentence.range.end);
    citation.quote = std::string(quote);
    const bool is_row = StandsBehindSubject(passage, sentence.range.begin);
    const std::string subject = is_row ? SubjectOf(passage, citation.source) : "";
    if (!composed.text.empty() && !sentence.lead.starts_with('\n')) {
      if (is_row || was_row || is_code || is_behind_code) {
        composed.text += '\n';
      } else if (!previous_cjk) {
        composed.text += ' ';
      }
    }
    const bool drops_break = composed.text.empty() && sentence.lead.starts_with('\n');
    composed.text += std::string_view(sentence.lead).substr(drops_break ? 1 : 0);
    if (is_row && !is_told && subject != table) composed.text += subject + " — ";
    if (!sentence.item_term.empty()) {
      composed.text += OnOneLine(sentence.item_term);
      composed.text += EndsWithCjk(sentence.item_term) ? "：" : ": ";
    }
    table = is_told ? std::string() : subject;
    was_row = is_row;
    previous_cjk = cjk;
    is_behind_code = is_code;

    citation.answer_span.begin = composed.text.size();
    composed.text += ending.body;
    citation.answer_span.end = composed.text.size();
    if (!cjk) composed.text += ' ';
    composed.text += '[' + std::to_string(citation.passage) + ']';
    if (!is_code) {
      composed.text += ending.mark.empty() ? std::string_view(cjk ? "。" : ".") : ending.mark;
    }
    composed.citations.push_back(std::move(citation));
  }
  return composed;
}

}  // namespace quarry::generation
