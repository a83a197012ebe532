#include "eval/gold_spans.h"

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::eval {
namespace {

constexpr uint32_t kLongTokens = 60;
constexpr uint32_t kShortTokens = 25;
constexpr uint32_t kLongCharacters = 90;
constexpr uint32_t kShortCharacters = 40;
// Letters beyond ASCII that are written with spaces lie between.
constexpr char32_t kFirstLetter = 0xC0;
constexpr char32_t kFirstMark = 0x2000;

std::string QuotedText(const Answer& answer) {
  if (answer.citations.empty()) return answer.text;
  std::string text;
  for (const Citation& citation : answer.citations) {
    const TextRange span = citation.answer_span;
    if (!text.empty()) text += ' ';
    text += answer.text.substr(span.begin, span.end - span.begin);
  }
  return text;
}

// The longest beginning within the budget, in whole characters.
std::string_view Beginning(std::string_view text, bool chinese, uint32_t tokens,
                           uint32_t characters) {
  size_t end = 0;
  for (uint32_t count = 0; end < text.size(); ++count) {
    size_t next = end;
    NextCodePoint(text, next);
    if (chinese ? count == characters : CountTokens(text.substr(0, next)) > tokens) break;
    end = next;
  }
  return text.substr(0, end);
}

bool Holds(const std::vector<std::string>& tokens, const std::vector<std::string>& gold) {
  return !gold.empty() && !std::ranges::search(tokens, gold).empty();
}

double F1Of(const std::vector<std::string>& tokens, const std::vector<std::string>& gold) {
  std::map<std::string_view, size_t> left;
  for (const std::string& token : gold) ++left[token];
  size_t shared = 0;
  for (const std::string& token : tokens) {
    const auto found = left.find(token);
    if (found == left.end() || found->second == 0) continue;
    --found->second;
    ++shared;
  }
  return shared == 0
             ? 0
             : 2.0 * static_cast<double>(shared) / static_cast<double>(tokens.size() + gold.size());
}

}  // namespace

std::vector<std::string> SpanTokens(std::string_view text) {
  const std::string folded = Fold(text);
  std::vector<std::string> tokens;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && !IsOneOf(word, {"a", "an", "the"})) tokens.push_back(word);
    word.clear();
  };
  for (size_t at = 0; at < folded.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(folded, at);
    if (IsCjk(c)) {
      end_word();
      tokens.push_back(folded.substr(begin, at - begin));
    } else if (c < 0x80 ? IsAsciiAlphanumeric(folded[begin])
                        : c >= kFirstLetter && c < kFirstMark) {
      word.append(folded, begin, at - begin);
    } else if (c >= 0x80 || folded[begin] <= ' ') {
      end_word();  // other ASCII marks vanish: "U.S." is "us"
    }
  }
  end_word();
  return tokens;
}

SpanScores ScoreSpans(const Answer& answer, const std::vector<std::string>& golds) {
  SpanScores scores;
  const std::string text = QuotedText(answer);
  const bool chinese = IsMostlyCjk(text);
  const std::vector<std::string> all = SpanTokens(text);
  const std::vector<std::string> first =
      SpanTokens(Beginning(text, chinese, kLongTokens, kLongCharacters));
  const std::vector<std::string> few =
      SpanTokens(Beginning(text, chinese, kShortTokens, kShortCharacters));
  for (const std::string& written : golds) {
    const std::vector<std::string> gold = SpanTokens(written);
    scores.holds = scores.holds || Holds(all, gold);
    scores.holds_long = scores.holds_long || Holds(first, gold);
    scores.holds_short = scores.holds_short || Holds(few, gold);
    scores.f1 = std::max(scores.f1, F1Of(all, gold));
  }
  return scores;
}

}  // namespace quarry::eval
