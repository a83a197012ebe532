#include "generation/conversation_memory.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "generation/context_pieces.h"

namespace quarry::generation {
namespace {

constexpr size_t kWholeAnswers = 2;       // the newest ones, as far as they fit
constexpr size_t kMostBytesOfAToken = 4;  // at least one token each, where a text is cut

// The sentence of an answer that has most of its question's words; of equals the first.
std::string Condensed(std::string_view question, std::string_view answer,
                      const Analyzer& analyzer) {
  const WordSet asked = WordsIn(question, analyzer);
  std::string_view best;
  double best_share = -1;
  for (const ByteRange& range : SplitSentences(answer)) {
    const std::string_view sentence = answer.substr(range.begin, range.end - range.begin);
    const double share = ShareAmong(asked, WordsIn(sentence, analyzer));
    if (share > best_share) {
      best = sentence;
      best_share = share;
    }
  }
  return std::string(best);
}

}  // namespace

ConversationMemory Remember(std::span<const ConversationTurn> turns, uint32_t token_budget,
                            const Analyzer& analyzer) {
  ConversationMemory memory;
  uint64_t left = token_budget;
  size_t answers = 0;
  for (size_t i = turns.size(); i > 0; --i) {
    ConversationTurn turn = turns[i - 1];
    uint32_t tokens = CountTokens(turn.text);
    if (!turn.by_user && (++answers > kWholeAnswers || tokens > left)) {
      const std::string_view question =
          i > 1 && turns[i - 2].by_user ? std::string_view(turns[i - 2].text) : "";
      std::string condensed = Condensed(question, turn.text, analyzer);
      if (condensed.size() < turn.text.size()) ++memory.report.condensed;
      turn.text = std::move(condensed);
      tokens = CountTokens(turn.text);
    }
    if (tokens > left && memory.turns.empty()) {
      turn.text = std::string(TruncateUtf8(turn.text, left * kMostBytesOfAToken));
      tokens = static_cast<uint32_t>(std::min<uint64_t>(left, CountTokens(turn.text)));
      ++memory.report.condensed;
    }
    if (tokens > left) {
      memory.report.dropped = static_cast<uint32_t>(i);
      break;
    }
    left -= tokens;
    memory.turns.push_back(std::move(turn));
  }
  std::ranges::reverse(memory.turns);
  memory.report.turns = static_cast<uint32_t>(memory.turns.size());
  memory.report.tokens = static_cast<uint32_t>(token_budget - left);
  return memory;
}

}  // namespace quarry::generation
