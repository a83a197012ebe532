#include "model/shown_code.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/document.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/quotable.h"
#include "model/section_answer.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

// Bytes of white space; where more lies between them, something was taken out that is not to be told.
constexpr size_t kMostBetweenBlocks = 4;
constexpr std::string_view kCodeWords[] = {"command", "commands", "example", "examples",
                                           "syntax",  "code",     "snippet", "script"};
constexpr std::string_view kChineseCodeWords[] = {"命令", "指令", "语法", "語法", "示例",
                                                  "例子", "代码", "代碼", "脚本", "腳本"};

bool WantsFact(const PassageReading& reading) {
  const AnswerKind kind = reading.question().kind;
  return kind != AnswerKind::kAny && kind != AnswerKind::kReason;
}

bool AsksForCode(const PassageReading& reading) {
  if (AsksForWay(reading) || ContainsAny(reading.question_text(), kChineseCodeWords)) return true;
  const std::string lower = AsciiLower(reading.question_text());
  return std::ranges::any_of(Words(lower),
                             [](const Word& word) { return IsOneOf(word.text, kCodeWords); });
}

}  // namespace

std::optional<ByteRange> ShownCode(const PassageReading& reading, size_t index,
                                   uint32_t max_tokens) {
  const std::vector<Sentence>& all = reading.sentences();
  const Sentence& sentence = all[index];
  const bool is_followed = index + 1 < all.size() && all[index + 1].passage == sentence.passage &&
                           all[index + 1].kind == BlockKind::kCode &&
                           all[index + 1].range.begin <= sentence.range.end + kMostBetweenBlocks;
  const bool is_by_itself = sentence.kind == BlockKind::kTable || sentence.kind == BlockKind::kCode;
  if (!is_followed || is_by_itself) return std::nullopt;
  if (!AsksForCode(reading) && (WantsFact(reading) || !Announces(reading, index)))
    return std::nullopt;
  const Chunk& chunk = reading.passages()[sentence.passage].chunk;
  const ChunkBlock& block = chunk.blocks[BlockAt(chunk, all[index + 1].range.begin)];
  const ByteRange code = TrimRange(chunk.text, {block.begin, block.end});
  const std::string_view text =
      std::string_view(chunk.text).substr(code.begin, code.end - code.begin);
  if (CountTokens(text) > max_tokens) return std::nullopt;
  return code;
}

}  // namespace quarry::model
