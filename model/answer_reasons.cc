#include "model/answer_reasons.h"

#include <cstddef>
#include <iterator>

namespace quarry::model {
namespace {

struct WordsOfReason {
  Reason reason;
  const char* english;
  const char* chinese;
};

// In the order of Reason.
constexpr WordsOfReason kReasonTexts[] = {
    {Reason::kNoSearchWords, "the question has no words to search for", "问题中没有可供检索的词"},
    {Reason::kNoPassage, "no passage was found", "没有找到任何段落"},
    {Reason::kBestSentence, "the best sentence covers {} % of the question",
     "最佳句子覆盖了问题的 {}%"},
    {Reason::kCoveringSentence, "the sentence with most of the words covers {} % of the question",
     "含问题词语最多的句子覆盖了问题的 {}%"},
    {Reason::kListUnder, "told as the list under the heading {}", "按标题“{}”下的列表回答"},
    {Reason::kDeniesNothing,
     "the question asks for what is not so, the sentence tells only what is",
     "问题问的是否定的情况，该句只说了肯定的情况"},
    {Reason::kNamesNo, "it names no {}", "该句没有提到{}"},
    {Reason::kSaysAnother, "the text says {}, not {}", "原文说的是{}，不是{}"},
    {Reason::kWordsNotThere, "not there: {}", "未出现：{}"},
    {Reason::kContradictsItself, "the question excludes itself", "问题自相矛盾"},
    {Reason::kFalsePremise, "the question takes for granted what the documents contradict",
     "问题的前提与文档相矛盾"},
    {Reason::kFitsSeveral, "the question fits {} things", "问题可能指 {} 样东西"},
    {Reason::kRowsMeet, "rows that meet every condition of the question: {}",
     "满足问题全部条件的行：{}"},
    {Reason::kNoRowMeets, "no row is known to meet every condition of the question",
     "没有一行确定满足问题的全部条件"},
    {Reason::kPartNotFound, "no answer was found to: {}", "没有找到答案的部分：{}"},
    {Reason::kSourcesDiffer, "sources differ", "各来源说法不同"},
    {Reason::kReadAcross, "read in the other language: {}", "按另一种语言理解：{}"},
    {Reason::kTwoDocuments, "from two documents, which {} joins",
     "由两份文档合起来回答，相连之处：{}"},
    {Reason::kGaveWay, "gave way to documents in the other language", "让位于另一种语言的文档"},
    {Reason::kOtherLanguageUnread, "documents in the other language were not searched: {}",
     "未检索另一种语言的文档：{}"},
    {Reason::kQuoted, "quoted", "摘自原文"},
    {Reason::kSentencesQuoted, "sentences quoted: {}", "摘自原文的句子：{}"},
    {Reason::kRespelled, "asked with words that the documents hold: {}",
     "已改用文档中有的词提问：{}"},
    {Reason::kNoQuestion, "no question", "不是提问"},
    {Reason::kHarm, "a request for harm", "请求可能造成伤害的内容"},
    {Reason::kModelDeclines, "the model will not answer: {}", "模型不愿回答：{}"},
    {Reason::kModelFindsNone, "the model finds no answer in the passages",
     "模型在段落中没有找到答案"},
    {Reason::kNoSentenceCarried, "the passages carry no sentence of the model's answer",
     "模型的回答没有一句得到段落支持"},
    {Reason::kUncheckedJson, "JSON by a schema; what it says is not checked",
     "按模式生成的 JSON，内容未经核对"},
    {Reason::kSentencesCarried, "{} of {} sentences are carried by what they cite",
     "得到引文支持的句子：{}/{}"},
    {Reason::kCitesNothing, "it cites nothing", "该句没有引用"},
    {Reason::kCarriedUncited, "it cites nothing, though a passage carries it",
     "该句没有引用，但有段落支持"},
    {Reason::kNothingCited, "nothing is cited", "没有引用"},
    {Reason::kNoWordsToCheck, "no words to look for", "没有可供核对的词"},
    {Reason::kNotCited, "not in what is cited: {}", "引文中没有：{}"},
    {Reason::kOneDenies, "one denies, the other does not", "一方否定，另一方没有否定"},
    {Reason::kHoldsWords, "what is cited holds {} % of its words", "引文包含该句 {}% 的词语"},
    {Reason::kNeedsModel, "without a chat model these have no effect: {}",
     "没有聊天模型时不起作用的设置：{}"},
    {Reason::kCutShort, "cut after {} tokens (chat.max_tokens)",
     "在 {} 个词元处截断（chat.max_tokens）"},
    {Reason::kLeftOutUnsafe,
     "left out: instructions, pictures or addresses that the documents do not give",
     "已略去文档中没有的指令、图片或地址"},
    {Reason::kLeftOutAddresses, "left out: pictures or addresses that the documents do not give",
     "已略去文档中没有的图片或地址"},
    {Reason::kReadInPart, "read {} of {} passages, those that say most",
     "只读了信息最多的段落：{}/{}"},
    {Reason::kCutAfter, "cut after {} tokens", "在 {} 个词元处截断"},
    {Reason::kModelSilent, "the model did not answer: {}", "模型没有回应：{}"},
    {Reason::kStageLeftOut, "{} is left out: {}", "检索步骤 {} 已跳过：{}"},
    {Reason::kDuplicateOf, "duplicate of {}", "与 {} 重复"},
    {Reason::kNearDuplicateOf, "near duplicate of {}", "与 {} 几乎相同"},
    {Reason::kCollapsedUnder, "collapsed under {}", "已并入 {}"},
    {Reason::kOverPassages, "over {} passages", "超过 {} 个段落"},
    {Reason::kOverTokens, "token budget of {} used up", "{} 个词元的预算已用完"},
};

constexpr bool IsInOrder() {
  for (size_t i = 0; i < std::size(kReasonTexts); ++i) {
    if (static_cast<size_t>(kReasonTexts[i].reason) != i) return false;
  }
  return std::size(kReasonTexts) == static_cast<size_t>(Reason::kOverTokens) + 1;
}
static_assert(IsInOrder());

}  // namespace

std::string ReasonText(Reason reason, std::string_view language,
                       std::initializer_list<std::string_view> parts) {
  const WordsOfReason& words = kReasonTexts[static_cast<size_t>(reason)];
  std::string_view rest = language == "zh" ? words.chinese : words.english;
  std::string text;
  for (const std::string_view part : parts) {
    const size_t place = rest.find("{}");
    if (place == rest.npos) break;
    text += rest.substr(0, place);
    text += part;
    rest.remove_prefix(place + 2);
  }
  return text += rest;
}

void AddReason(std::string_view reason, std::string_view language, std::string& reasons) {
  if (reason.empty()) return;
  if (!reasons.empty()) reasons += language == "zh" ? "；" : "; ";
  reasons += reason;
}

const char* KindText(AnswerKind kind, std::string_view language) {
  const bool chinese = language == "zh";
  switch (kind) {
    case AnswerKind::kAny:
      break;
    case AnswerKind::kPerson:
      return chinese ? "人物" : "person";
    case AnswerKind::kTime:
      return chinese ? "时间" : "time";
    case AnswerKind::kPlace:
      return chinese ? "地点" : "place";
    case AnswerKind::kNumber:
      return chinese ? "数字" : "number";
    case AnswerKind::kReason:
      return chinese ? "原因" : "reason";
    case AnswerKind::kMoney:
      return chinese ? "金额" : "amount of money";
  }
  return chinese ? "所问之物" : "thing";
}

}  // namespace quarry::model
