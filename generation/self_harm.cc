#include "generation/self_harm.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/word_lists.h"
#include "generation/phrase_list.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kOwnHarm =
    "kill myself|killing myself|end my life|ending my life|end my own life|take my life|"
    "take my own life|taking my own life|harm myself|harming myself|want to hurt myself|"
    "going to hurt myself|keep hurting myself|want to cut myself|keep cutting myself|end it all|"
    "i'm suicidal|am suicidal|feel suicidal|feeling suicidal|wish i was dead|wish i were dead|"
    "want to die|wanna die|don't want to live|do not want to live|commit suicide|"
    "committing suicide|attempt suicide|think about suicide|thinking about suicide|"
    "think of suicide|thinking of suicide|consider suicide|considering suicide|"
    "contemplating suicide|have thoughts of suicide|having thoughts of suicide|"
    "想自杀|想着自杀|想到自杀|想过自杀|要自杀|去自杀|考虑自杀|打算自杀|准备自杀|怎么自杀|如何自杀|"
    "怎样自杀|自杀的方法|"
    "有自杀的念头|有自杀念头|有自杀的想法|结束自己的生命|结束生命|不想活|活不下去|想死|想自残|"
    "想轻生|要轻生|想割腕|要割腕";

// Words that only hold such a phrase.
constexpr std::string_view kOtherWords[] = {"死机", "死锁", "死循环",  "死记",
                                            "死磕", "死你", "生命周期"};

constexpr std::string_view kOtherPersons =
    "someone|somebody|anyone|anybody|everyone|person|persons|people|those|others|they|he|she|him|"
    "her|them|colleague*|coworker*|co-worker*|employee*|customer*|client*|caller*|patient*|"
    "student*|pupil*|friend*|child|children|kid|kids|teen*|son|daughter|brother|sister|mother|"
    "father|husband|wife|partner|staff|worker*|member*|resident*|guest*|passenger*|user*|man|men|"
    "woman|women";
// Between a person and what he wants: "someone who is thinking about suicide".
constexpr std::string_view kLinks =
    "who|that|is|are|was|were|be|been|being|has|have|had|may|might|could|would|will|to|or|also|"
    "really|seriously|actively|sometimes|often|seems|seem|about|want|wants|wanting|try|tries|"
    "trying|plan|plans|planning|intends|going|threatens|threatening";
// Likewise of words that somebody else is said to have said.
constexpr std::string_view kOfOneself = "i|i'm|i'll|am|will|want|to|going|gonna|might";
constexpr std::string_view kSaying = "say|says|said|saying|writes|wrote";
constexpr std::string_view kAskingOfOthers =
    "what|how|who|where|procedure|protocol|policy|steps|怎么|如何|怎样|应|什么|流程|规定|该";

constexpr std::string_view kChinesePersons[] = {"有人", "的人", "别人", "他们",   "她们", "他",
                                                "她",   "员工", "同事", "客户",   "用户", "朋友",
                                                "学生", "同学", "孩子", "患者",   "病人", "老人",
                                                "对方", "居民", "队友", "来电者", "家属", "成员"};
constexpr std::string_view kChineseLinks[] = {"说", "想", "要",   "会",   "有", "在",
                                              "正", "也", "可能", "自己", "曾", "一直",
                                              "被", "是", "表示", "否"};
constexpr std::string_view kChineseSaying[] = {"说", "说道", "表示", "写道"};
// Behind the phrase: 想自杀的同事.
constexpr std::string_view kChinesePersonsBehind[] = {
    "的人",   "的员工", "的同事", "的客户", "的用户", "的朋友", "的学生",
    "的同学", "的孩子", "的患者", "的病人", "的老人", "的居民", "的来电者"};
constexpr std::string_view kMessageSentenceEnds[] = {".", "!", "?", "\n", "。", "！", "？"};
constexpr size_t kMostOfOthers = 16;  // phrases that are looked at
constexpr std::string_view kSpokenMarks[] = {" ", ":", ",", "\"", "“", "「", "”"};

void DropLast(std::vector<std::string_view>& words, std::string_view list) {
  while (!words.empty() && HoldsAnyPhrase(words.back(), list)) words.pop_back();
}

void DropEnd(std::string_view& text, const auto& endings) {
  while (RemoveAnySuffix(text, endings)) {
  }
}

bool EndsWithPerson(std::vector<std::string_view> words) {
  DropLast(words, kLinks);
  return !words.empty() && HoldsAnyPhrase(words.back(), kOtherPersons);
}

bool EndsWithChinesePerson(std::string_view text) {
  DropEnd(text, kChineseLinks);
  return EndsWithAny(text, kChinesePersons);
}

// Whether what `before` leads to is wanted or said by another than who writes it. `asks`: he asks something.
bool IsOfSomebodyElse(std::string_view before, bool asks) {
  DropEnd(before, kSpokenMarks);
  if (EndsWithChinesePerson(before)) return true;
  std::vector<std::string_view> words = SplitNonEmpty(before, " ");
  if (EndsWithPerson(words)) return true;
  if (!asks) return false;
  if (before.ends_with("我")) {
    before.remove_suffix(std::string_view("我").size());
    DropEnd(before, kSpokenMarks);
    return EndsWithAny(before, kChineseSaying) && EndsWithChinesePerson(before);
  }
  DropLast(words, kOfOneself);
  const size_t left = words.size();
  DropLast(words, kSaying);
  return words.size() < left && EndsWithPerson(std::move(words));
}

// What of the text before byte `at` belongs to its sentence.
std::string_view SentenceBefore(std::string_view text, size_t at) {
  size_t begin = 0;
  for (const std::string_view end : kMessageSentenceEnds) {
    const size_t found = at == 0 ? text.npos : text.rfind(end, at - 1);
    if (found != text.npos) begin = std::max(begin, found + end.size());
  }
  return text.substr(begin, at - begin);
}

// The apostrophe as it is typed, and no words of kOtherWords.
std::string EvenForHarm(std::string_view message) {
  std::string text(message);
  const auto replace = [&](std::string_view word, std::string_view by) {
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + by.size())) {
      text.replace(at, word.size(), by);
    }
  };
  replace("’", "'");
  for (const std::string_view word : kOtherWords) replace(word, " ");
  return text;
}

}  // namespace

bool SpeaksOfOwnHarm(std::string_view message) {
  const std::string even = EvenForHarm(message);
  const std::string_view text(even);
  const bool asks = HoldsAnyPhrase(text, kAskingOfOthers);
  size_t from = 0;
  for (size_t i = 0; i < kMostOfOthers; ++i) {
    const ByteRange found = FindPhrase(text, kOwnHarm, from);
    if (found.begin == text.size()) return false;
    const bool is_of_else = StartsWithAny(text.substr(found.end), kChinesePersonsBehind) ||
                            IsOfSomebodyElse(SentenceBefore(text, found.begin), asks);
    if (!is_of_else) return true;
    from = found.end;
  }
  return true;
}

}  // namespace quarry::generation
