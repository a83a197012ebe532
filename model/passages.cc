#include "model/passages.h"

#include <algorithm>
#include <span>

namespace quarry::model {
namespace {

// A question is a whole sentence or, as often, a run of this many of its terms.
constexpr uint64_t kShortestRun = 6;
constexpr uint64_t kLongestRun = 24;
// So often the sentence stays in its passage, so that words which both share keep counting.
constexpr double kSentenceStays = 0.1;
// So often the first sentence is the question: many a passage begins with its title, and titles are
// like questions.
constexpr double kFirstSentence = 0.3;

void Append(std::vector<uint32_t>& to, std::span<const uint32_t> tokens) {
  to.insert(to.end(), tokens.begin(), tokens.end());
}

}  // namespace

void DrawPair(const Passages& passages, size_t passage, Random& random,
              std::vector<uint32_t>& question, std::vector<uint32_t>& answer) {
  question.clear();
  answer.clear();
  const uint64_t first = passages.passage_begin[passage];
  const uint64_t last = passages.passage_begin[passage + 1];
  const auto tokens = [&](uint64_t begin, uint64_t end) {
    return std::span(passages.tokens).subspan(begin, end - begin);
  };
  const uint64_t begin = passages.sentence_begin[first];
  const uint64_t end = passages.sentence_begin[last];
  if (passage >= passages.first_pair) {
    const uint64_t middle = passages.sentence_begin[first + 1];
    Append(question, tokens(begin, middle));
    Append(answer, tokens(middle, end));
    return;
  }
  uint64_t question_begin = begin;
  uint64_t question_end = end;
  if (last - first == 1) {  // one sentence: cut in two in its middle third
    const uint64_t size = end - begin;
    const uint64_t third = size / 3;
    uint64_t cut = begin + third + random.Below(size - 2 * third + 1);
    cut = std::clamp(cut, begin + 1, end - 1);
    if (random.Below(2) == 0) {
      question_end = cut;
    } else {
      question_begin = cut;
    }
  } else {
    const uint64_t sentence =
        random.Uniform() < kFirstSentence ? first : first + random.Below(last - first);
    question_begin = passages.sentence_begin[sentence];
    question_end = passages.sentence_begin[sentence + 1];
  }
  const bool stays = random.Uniform() < kSentenceStays;
  if (!stays) {
    Append(answer, tokens(begin, question_begin));
    Append(answer, tokens(question_end, end));
  } else {
    Append(answer, tokens(begin, end));
  }
  if (random.Below(2) == 0) {
    const uint64_t size = std::min(question_end - question_begin,
                                   kShortestRun + random.Below(kLongestRun - kShortestRun + 1));
    question_begin += random.Below(question_end - question_begin - size + 1);
    question_end = question_begin + size;
  }
  Append(question, tokens(question_begin, question_end));
}

}  // namespace quarry::model
