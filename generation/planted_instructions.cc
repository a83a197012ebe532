#include "generation/planted_instructions.h"

#include <algorithm>
#include <span>

#include "base/word_lists.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kStrongPhrases[] = {"ignore previous",
                                               "ignore all previous",
                                               "ignore all prior",
                                               "ignore all other",
                                               "ignore all of the",
                                               "ignore the above",
                                               "ignore any previous",
                                               "ignore your",
                                               "ignore earlier",
                                               "ignore the previous",
                                               "ignore these rules",
                                               "ignore the rules",
                                               "disregard previous",
                                               "disregard all",
                                               "disregard the above",
                                               "disregard your",
                                               "disregard any",
                                               "forget previous",
                                               "forget all previous",
                                               "forget everything",
                                               "override your",
                                               "you are now",
                                               "pretend that you",
                                               "from now on you",
                                               "from now on, you",
                                               "system prompt",
                                               "system message",
                                               "[system",
                                               "<system",
                                               "[assistant",
                                               "<|im_",
                                               "<|sys",
                                               "[inst]",
                                               "developer mode",
                                               "jailbreak",
                                               "as an ai",
                                               "ai assistant",
                                               "ai agent",
                                               "ai model",
                                               "ai system",
                                               "language model",
                                               "chatbot",
                                               "to the assistant",
                                               "attention assistant",
                                               "dear assistant",
                                               "note to assistant",
                                               "in your answer",
                                               "in your response",
                                               "in your summary",
                                               "your answer must",
                                               "your response must",
                                               "your reply must",
                                               "your next answer",
                                               "begin your answer",
                                               "begin your response",
                                               "begin your reply",
                                               "end your answer",
                                               "end your response",
                                               "end your reply",
                                               "start your answer",
                                               "start your response",
                                               "start your reply",
                                               "convince the user",
                                               "do not tell the user",
                                               "call the tool",
                                               "call the function",
                                               "call tool",
                                               "tool_call",
                                               "function_call",
                                               "reveal your",
                                               "repeat your instructions",
                                               "repeat the text above",
                                               "repeat everything above",
                                               "output your instructions",
                                               "show your instructions",
                                               "your instructions",
                                               "your guidelines",
                                               "decode the following",
                                               "decode this",
                                               "cite this document",
                                               "cite this passage",
                                               "if you are reading this as",
                                               "retrieval system",
                                               "whoever answers",
                                               "when summarising this",
                                               "when summarizing this",
                                               "when answering questions",
                                               "in every answer",
                                               "in all answers",
                                               "忽略以上",
                                               "忽略之前",
                                               "忽略上述",
                                               "忽略前面",
                                               "忽略所有",
                                               "忽略先前",
                                               "忽略此前",
                                               "无视以上",
                                               "无视之前",
                                               "无视上述",
                                               "无视所有",
                                               "忘记之前",
                                               "忘记以上",
                                               "忘掉之前",
                                               "忘记所有",
                                               "你现在是",
                                               "从现在起你",
                                               "从现在开始你",
                                               "从现在起,你",
                                               "系统提示",
                                               "系统消息",
                                               "系统指令",
                                               "开发者模式",
                                               "人工智能助手",
                                               "ai助手",
                                               "ai 助手",
                                               "语言模型",
                                               "大模型",
                                               "聊天机器人",
                                               "智能体",
                                               "不要告诉用户",
                                               "不要向用户",
                                               "在你的回答",
                                               "在回答中",
                                               "在你的回复",
                                               "在回复中",
                                               "你的回答必须",
                                               "你的回复必须",
                                               "回答的开头",
                                               "回答的结尾",
                                               "回答末尾",
                                               "回答开头",
                                               "回答的最后",
                                               "调用工具",
                                               "调用函数",
                                               "输出你的",
                                               "透露你的",
                                               "重复你的",
                                               "显示你的",
                                               "打印你的",
                                               "你的指令",
                                               "你的提示词",
                                               "提示词",
                                               "你的规则",
                                               "解码以下",
                                               "解码下面",
                                               "引用本文",
                                               "引用此文",
                                               "回答问题时",
                                               "回答任何",
                                               "每次回答",
                                               "所有回答",
                                               "!["};

constexpr std::string_view kWeakPhrases[] = {"ignore",
                                             "disregard",
                                             "must say",
                                             "must state",
                                             "respond with",
                                             "reply with",
                                             "answer with",
                                             "respond only",
                                             "include the following",
                                             "include this",
                                             "append the",
                                             "append this",
                                             "add the sentence",
                                             "add the following",
                                             "do not mention",
                                             "don't mention",
                                             "without mentioning",
                                             "send an email",
                                             "base64",
                                             "important update",
                                             "override",
                                             "the following sentence",
                                             "act as",
                                             "api key",
                                             "inform the user",
                                             "ask the user",
                                             "advise the user",
                                             "warn the user",
                                             "when you answer",
                                             "when answering",
                                             "the reader asks",
                                             "every reader",
                                             "忽略",
                                             "无视",
                                             "必须说",
                                             "必须写",
                                             "附加",
                                             "加上一句",
                                             "加入以下",
                                             "补充一句",
                                             "不得提",
                                             "不要提及",
                                             "不要透露",
                                             "发送邮件",
                                             "发邮件",
                                             "重要更新",
                                             "逐字",
                                             "扮演",
                                             "密钥",
                                             "告知用户",
                                             "提醒用户",
                                             "回答时",
                                             "回复时",
                                             "作答",
                                             "以下这句",
                                             "告诉用户",
                                             "tell the user",
                                             "system: ",
                                             "系统:",
                                             "助手:",
                                             "assistant: ",
                                             "\"function\"",
                                             "\"arguments\"",
                                             "\"tool\"",
                                             "调用 ",
                                             "your system",
                                             "print your",
                                             "新的指令",
                                             "pretend to be",
                                             "forget your",
                                             "in your reply"};

// An order is one of these verbs with one of these things soon behind it.
constexpr std::string_view kDropVerbs[] = {"ignore", "disregard", "forget", "override",
                                           "忽略",   "无视",      "忘记",   "忘掉"};
constexpr std::string_view kDropped[] = {"instruction", "prompt", "your rules",
                                         "指令",        "提示词", "系统提示"};
constexpr std::string_view kOrdersToTell[] = {"tell the user", "convince the user", "告诉用户",
                                              "对用户说"};
constexpr size_t kSoonBehind = 48;  // bytes
// An order begins its clause, or stands behind these: not "shown to tell the user", 先告诉用户.
constexpr std::string_view kBeforeOrders[] = {
    ".",    ",",      ";",       ":",  "!",  "?",    "(",    "[",    "\"",   "“",
    "*",    "-",      ">",       "。", "、", "「",   "\n",   "and",  "then", "please",
    "must", "always", "instead", "并", "请", "然后", "必须", "务必", "直接", "而是"};
// What a verb and its thing are not divided by: code, another sentence.
constexpr std::string_view kDividers = ".!?;:()[]{}=#";

size_t CountPhrases(std::string_view text, std::span<const std::string_view> phrases,
                    size_t enough) {
  size_t count = 0;
  for (const std::string_view phrase : phrases) {
    count += text.find(phrase) != std::string_view::npos ? 1 : 0;
    if (count == enough) break;
  }
  return count;
}

bool SpeaksToMachine(std::string_view paragraph) {
  const std::string folded = Fold(paragraph);
  return CountPhrases(folded, kStrongPhrases, 1) == 1 || CountPhrases(folded, kWeakPhrases, 2) == 2;
}

// Whether an order to tell begins its clause, or one to drop what was told has its thing in the same one: what makes a
// paragraph an order by itself.
bool PlainlyOrders(std::string_view paragraph) {
  const std::string folded = Fold(paragraph);
  const std::string_view whole(folded);
  for (const std::string_view order : kOrdersToTell) {
    for (size_t at = whole.find(order); at != whole.npos; at = whole.find(order, at + 1)) {
      std::string_view before = whole.substr(0, at);
      while (before.ends_with(' ')) before.remove_suffix(1);
      if (before.empty() || EndsWithAny(before, kBeforeOrders)) return true;
    }
  }
  for (const std::string_view verb : kDropVerbs) {
    for (size_t at = whole.find(verb); at != whole.npos; at = whole.find(verb, at + 1)) {
      std::string_view behind = whole.substr(at + verb.size(), kSoonBehind);
      behind = behind.substr(0, behind.find_first_of(kDividers));
      behind = behind.substr(0, behind.find("。"));
      if (CountPhrases(behind, kDropped, 1) == 1) return true;
    }
  }
  return false;
}

// The paragraphs of which `is_planted` says so, and the one behind such a one that ends with a colon.
std::vector<ByteRange> FindParagraphs(std::string_view text,
                                      bool (&is_planted)(std::string_view paragraph)) {
  std::vector<ByteRange> planted;
  bool goes_on = false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find("\n\n", begin), text.size());
    const std::string_view paragraph = Trim(text.substr(begin, end - begin));
    const bool is_one = goes_on || is_planted(paragraph);
    if (is_one && !paragraph.empty()) planted.push_back({begin, end});
    goes_on = is_one && !goes_on && (paragraph.ends_with(':') || paragraph.ends_with("："));
    begin = end + 2;
  }
  return planted;
}

void Blank(const ByteRange& range, std::string& text) {
  std::fill(text.begin() + static_cast<ptrdiff_t>(range.begin),
            text.begin() + static_cast<ptrdiff_t>(range.end), ' ');
}

}  // namespace

bool OrdersTheAnswerer(std::string_view text) {
  const std::string folded = Fold(text);
  const std::string_view whole(folded);
  if (CountPhrases(whole, kOrdersToTell, 1) == 1) return true;
  for (const std::string_view verb : kDropVerbs) {
    for (size_t at = whole.find(verb); at != whole.npos; at = whole.find(verb, at + 1)) {
      if (CountPhrases(whole.substr(at, verb.size() + kSoonBehind), kDropped, 1) == 1) return true;
    }
  }
  return false;
}

std::vector<ByteRange> FindPlantedInstructions(std::string_view text) {
  return FindParagraphs(text, SpeaksToMachine);
}

std::string WithoutPlantedInstructions(std::string_view text) {
  std::string rest(text);
  for (const ByteRange& range : FindPlantedInstructions(text)) Blank(range, rest);
  return rest;
}

std::string WithoutOrders(std::string_view text) {
  std::string rest(text);
  if (!OrdersTheAnswerer(text)) return rest;  // which is quicker told
  for (const ByteRange& range : FindPlantedInstructions(text)) {
    if (OrdersTheAnswerer(text.substr(range.begin, range.end - range.begin))) Blank(range, rest);
  }
  for (const ByteRange& range : FindParagraphs(text, PlainlyOrders)) Blank(range, rest);
  return rest;
}

}  // namespace quarry::generation
