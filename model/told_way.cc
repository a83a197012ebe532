#include "model/told_way.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

// What instructions begin with, alone or behind "to ..., ", "then", "first".
constexpr std::string_view kImperatives[] = {
    "add",     "apply",  "ask",     "attach",    "call",     "change",  "check",  "choose",
    "clear",   "click",  "close",   "configure", "connect",  "contact", "copy",   "create",
    "define",  "delete", "disable", "do",        "download", "drag",    "edit",   "enable",
    "ensure",  "enter",  "execute", "fill",      "find",     "follow",  "give",   "go",
    "hold",    "insert", "install", "issue",     "keep",     "list",    "make",   "mount",
    "move",    "name",   "open",    "pass",      "place",    "plug",    "point",  "press",
    "pull",    "push",   "put",     "read",      "register", "release", "remove", "rename",
    "replace", "reset",  "restart", "restore",   "run",      "save",    "select", "send",
    "set",     "show",   "specify", "start",     "stop",     "submit",  "switch", "take",
    "tap",     "tell",   "turn",    "type",      "undo",     "unplug",  "update", "upgrade",
    "upload",  "use",    "verify",  "wait",      "write"};
constexpr std::string_view kSequence[] = {"first", "then",   "next", "finally", "simply",
                                          "just",  "please", "also", "instead"};
// "You can ...", "can be used", "it has to be": a modal before what is done.
constexpr std::string_view kAddressed[] = {"you", "users", "administrators"};
constexpr std::string_view kModals[] = {"can", "may", "must", "should", "need", "have", "could"};
constexpr std::string_view kMeans[] = {"using", "via", "use"};
constexpr std::string_view kClauseBegins[] = {"; ", ": ", " - ", " — ", " – "};
constexpr std::string_view kChineseWays[] = {
    "运行", "執行", "执行", "使用", "点击", "點擊", "单击", "通过", "透過", "通過",
    "输入", "輸入", "选择", "選擇", "打开", "打開", "可以", "可用", "按下", "设置",
    "設置", "设为", "安装", "安裝", "填写", "填寫", "提交", "登录", "登入", "登錄"};

constexpr std::string_view kBehindHow[] = {"can",   "could", "do",     "may",
                                           "might", "must",  "should", "to"};
constexpr std::string_view kAskers[] = {"i", "we", "you", "one"};
constexpr std::string_view kChineseHow[] = {"怎么", "怎麼", "怎样", "怎樣", "如何", "咋"};
constexpr std::string_view kChineseNoHow[] = {"怎么样", "怎麼樣", "怎么回事", "怎麼回事", "怎么了"};

}  // namespace

bool AsksHowTo(std::string_view question) {
  if (ContainsAny(question, kChineseHow)) return !ContainsAny(question, kChineseNoHow);
  const std::string lower = AsciiLower(question);
  const std::vector<Word> words = Words(lower);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i].text == "how" && IsOneOf(words[i + 1].text, kBehindHow)) return true;
  }
  // "What should I do if the disk is full?"
  const bool is_what = words.size() > 3 && words[0].text == "what";
  const size_t asker = is_what && IsOneOf(words[1].text, kBehindHow) ? 2 : 0;
  return (asker > 0 && IsOneOf(words[asker].text, kAskers) && words[asker + 1].text == "do") ||
         (is_what && words[1].text == "to" && words[2].text == "do");
}

bool TellsWay(std::string_view sentence) {
  const std::string lower = AsciiLower(sentence);
  if (ContainsAny(lower, kChineseWays) || lower.find(" --") != lower.npos) return true;
  const std::vector<Word> words = Words(lower);
  bool begins = true;  // a clause
  const bool is_purpose = !words.empty() && words[0].text == "to";
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (begins && IsOneOf(word, kImperatives)) return true;
    if (IsOneOf(word, kMeans)) return true;
    if (word == "by" && i + 1 < words.size() && words[i + 1].text.ends_with("ing")) return true;
    const bool is_modal = IsOneOf(word, kModals) && i + 1 < words.size();
    if (is_modal && i > 0 && IsOneOf(words[i - 1].text, kAddressed)) return true;
    if (is_modal && words[i + 1].text == "be") return true;
    const size_t end = static_cast<size_t>(word.data() + word.size() - lower.data());
    const std::string_view behind = std::string_view(lower).substr(end);
    begins = (begins && IsOneOf(word, kSequence)) || (is_purpose && behind.starts_with(", ")) ||
             StartsWithAny(behind, kClauseBegins);
  }
  return false;
}

bool IsInstruction(std::string_view sentence) {
  if (ContainsAny(sentence, kChineseWays)) return true;
  const std::string lower = AsciiLower(sentence);
  for (const Word& word : Words(lower)) {
    if (IsOneOf(word.text, kImperatives)) return true;
    if (!IsOneOf(word.text, kSequence)) return false;
  }
  return false;
}

}  // namespace quarry::model
