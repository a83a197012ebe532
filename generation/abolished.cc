#include "generation/abolished.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"

namespace quarry::generation {
namespace {

constexpr std::string_view kAbolishedWords[] = {"废止", "廢止", "作废", "作廢", "失效"};
// What a document calls itself by.
constexpr std::string_view kOfItself[] = {
    "本办法", "本制度", "本规定", "本规范", "本规程", "本标准", "本文件", "本文档",
    "本通知", "本细则", "本手册", "本条例", "本版本", "本版",   "本指南", "本政策",
    "本预案", "本方案", "本文",   "本辦法", "本規定", "本標準"};
// May stand between both: when, and that it has happened.
constexpr std::string_view kBetween[] = {"已经", "已",   "现",   "自", "于", "起", "经", "被",
                                         "予以", "全部", "正式", "年", "月", "日", "即"};
constexpr std::string_view kDocumentNames[] = {
    "document", "policy",      "procedure", "version",    "page",
    "manual",   "standard",    "guideline", "guide",      "notice",
    "rule",     "instruction", "handbook",  "regulation", "specification"};
constexpr std::string_view kEnglishAbolished[] = {
    "superseded",         "obsolete",  "deprecated", "withdrawn",       "repealed",
    "no longer in force", "abolished", "rescinded",  "no longer valid", "no longer applies"};
// A question with one of these is not for what is in force.
constexpr std::string_view kOfThePast[] = {
    "废止",   "作废",     "失效",       "以前",      "原来",       "过去",
    "旧",     "之前",     "superseded", "obsolete",  "deprecated", "withdrawn",
    "former", "previous", "used to ",   "no longer", " old "};

// "（已废止）", "[superseded]", "Obsolete: ..."; not "List of deprecated functions".
bool NameSaysSo(std::string_view name) {
  const std::string folded = AsciiLower(name);
  for (const std::string_view word : kAbolishedWords) {
    for (const std::string_view before : {"已", "（", "(", "【", "["}) {
      if (folded.find(std::string(before) + std::string(word)) != folded.npos) return true;
    }
  }
  return std::ranges::any_of(kEnglishAbolished, [&](std::string_view word) {
    const std::string text(word);
    return folded.find('(' + text) != folded.npos || folded.find('[' + text) != folded.npos ||
           folded.starts_with(text + ':');
  });
}

// "本办法已于2025年3月1日废止", not "本制度施行，原办法同时废止" nor "本券逾期作废".
bool SaysSoInChinese(std::string_view text) {
  for (const std::string_view self : kOfItself) {
    for (size_t at = text.find(self); at != text.npos; at = text.find(self, at + 1)) {
      std::string_view rest = text.substr(at + self.size());
      bool goes_on = true;
      while (goes_on && !rest.empty()) {
        goes_on = false;
        if (IsAsciiDigit(rest.front()) || rest.front() == ' ') {
          rest.remove_prefix(1);
          goes_on = true;
          continue;
        }
        for (const std::string_view word : kBetween) {
          if (!rest.starts_with(word)) continue;
          rest.remove_prefix(word.size());
          goes_on = true;
          break;
        }
      }
      if (StartsWithAny(rest, kAbolishedWords)) return true;
    }
  }
  return false;
}

// "This procedure has been superseded by ...", "this policy is no longer in force".
bool SaysSoInEnglish(std::string_view text) {
  const std::string folded = AsciiLower(text);
  for (const std::string_view name : kDocumentNames) {
    const std::string self = "this " + std::string(name) + ' ';
    for (size_t at = folded.find(self); at != folded.npos; at = folded.find(self, at + 1)) {
      std::string_view rest = std::string_view(folded).substr(at + self.size());
      for (const std::string_view verb : {"is ", "was ", "has been ", "has ", "now ", "been "}) {
        if (rest.starts_with(verb)) rest.remove_prefix(verb.size());
      }
      if (StartsWithAny(rest, kEnglishAbolished)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<bool> AbolishedPassages(const Context& context) {
  std::set<std::string_view> documents;
  for (const Passage& passage : context.passages) {
    if (NameSaysSo(passage.title) || NameSaysSo(passage.uri) ||
        NameSaysSo(passage.chunk.document) || SaysSoInChinese(passage.chunk.text) ||
        SaysSoInEnglish(passage.chunk.text)) {
      documents.insert(passage.chunk.document);
    }
  }
  std::vector<bool> abolished;
  abolished.reserve(context.passages.size());
  for (const Passage& passage : context.passages) {
    abolished.push_back(documents.contains(passage.chunk.document));
  }
  return abolished;
}

bool AsksForWhatIsInForce(std::string_view question, const Context& context,
                          const std::vector<bool>& abolished) {
  if (ContainsAny(' ' + AsciiLower(question) + ' ', kOfThePast)) return false;
  // The year in the name of such a document.
  const auto years = [](std::string_view text) {
    std::set<std::string> found;
    for (size_t at = 0; at < text.size(); ++at) {
      const size_t end = BehindDigits(text, at);
      if (end - at == 4) found.emplace(text.substr(at, 4));
      if (end > at) at = end - 1;
    }
    return found;
  };
  const std::set<std::string> asked = years(question);
  for (size_t i = 0; i < abolished.size(); ++i) {
    if (!abolished[i]) continue;
    for (const std::string& year : years(context.passages[i].title)) {
      if (asked.contains(year)) return false;
    }
  }
  return true;
}

}  // namespace quarry::generation
