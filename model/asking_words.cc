#include "model/asking_words.h"

#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kWhetherHeads[] = {"is",  "are",   "was",    "were", "do",    "does",
                                              "did", "has",   "have",   "had",  "can",   "could",
                                              "may", "might", "should", "will", "would", "must"};
constexpr std::string_view kWhetherParts[] = {"吗",   "嗎",     "是否",   "能否",
                                              "可否", "能不能", "是不是", "可不可以"};
constexpr std::string_view kAskingHeads[] = {"how",   "what", "which", "who",
                                             "whose", "why",  "when",  "where"};
constexpr std::string_view kAskingParts[] = {"如何", "怎么", "怎麼", "怎样", "怎樣", "什么", "什麼",
                                             "为何", "為何", "多少", "哪",   "谁",   "誰"};

// Its first word in lower case; "" where it has none.
std::string HeadOf(std::string_view text) {
  const std::vector<Word> words = Words(text);
  return words.empty() ? std::string() : AsciiLower(words[0].text);
}

}  // namespace

bool AsksWhetherInChinese(std::string_view question) {
  return ContainsAny(question, kWhetherParts);
}

bool AsksWhether(std::string_view question) {
  return AsksWhetherInChinese(question) || IsOneOf(HeadOf(question), kWhetherHeads);
}

bool AsksSomething(std::string_view text) {
  return EndsWithQuestionMark(text) || AsksWhether(text) || ContainsAny(text, kAskingParts) ||
         IsOneOf(HeadOf(text), kAskingHeads);
}

}  // namespace quarry::model
