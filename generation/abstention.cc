#include "generation/abstention.h"

#include <algorithm>
#include <vector>

#include "base/answer_guide.h"
#include "base/ascii.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr size_t kNearestShown = 3;

const char* TypesName(index::MetadataType type, bool chinese) {
  switch (type) {
    case index::MetadataType::kBool:
      return chinese ? "布尔值" : "true or false";
    case index::MetadataType::kNumber:
      return chinese ? "数字" : "numbers";
    case index::MetadataType::kString:
      break;
  }
  return chinese ? "字符串" : "strings";
}

std::string TypesText(const index::FieldMismatch& mismatch, bool chinese) {
  std::string held;
  for (const index::MetadataType type : mismatch.held) {
    held += (held.empty() ? "" : chinese ? "或" : " or ") + std::string(TypesName(type, chinese));
  }
  const std::string given = TypesName(mismatch.given, chinese);
  return chinese ? "元数据键“" + mismatch.field + "”的值是" + held + "，不是" + given
                 : "the values of the metadata key \"" + mismatch.field + "\" are " + held +
                       ", not " + given;
}

std::string MissingFieldText(const index::FieldMismatch& mismatch, bool chinese) {
  std::string text = chinese ? "没有文档带有元数据键“" + mismatch.field + "”"
                             : "no document has the metadata key \"" + mismatch.field + '"';
  if (mismatch.nearest.empty()) return text;
  return text + (chinese ? "，您指的是“" + mismatch.nearest + "”吗？"
                         : "; did you mean \"" + mismatch.nearest + "\"?");
}

// A sentence behind the others; "" where the filter is not at fault or what it leaves out is not
// to be told.
std::string FilterFault(const Query& query, const index::Snapshot& snapshot, bool chinese) {
  if (query.filter.IsTrue() || !query.principals.unrestricted || snapshot.live_documents() == 0) {
    return "";
  }
  const index::Snapshot* const all[] = {&snapshot};
  const auto mismatches = index::FindFieldMismatches(all, query.filter, CallContext());
  if (!mismatches.ok()) return "";  // a reader of answers has no use for what the store says
  std::string text = FieldMismatchText(*mismatches, chinese ? "zh" : "en");
  if (text.empty()) return text;
  if (!EndsWithQuestionMark(text)) text += chinese ? "。" : ".";
  if (chinese) return text;
  text[0] = AsciiUpper(text[0]);
  return ' ' + text;
}

}  // namespace

std::string FieldMismatchText(const std::vector<index::FieldMismatch>& mismatches,
                              std::string_view language) {
  const bool chinese = language == "zh";
  std::string text;
  for (const index::FieldMismatch& mismatch : mismatches) {
    if (!text.empty()) text += chinese ? "；" : "; ";
    text +=
        mismatch.held.empty() ? MissingFieldText(mismatch, chinese) : TypesText(mismatch, chinese);
  }
  return text;
}

std::string AbstentionText(const Query& query, const Context& context,
                           const index::Snapshot& snapshot) {
  if (query.guide != nullptr && !query.guide->refusal_text.empty()) {
    return query.guide->refusal_text;
  }
  const bool chinese = AnswerLanguage(query) == "zh";
  const std::string documents = std::to_string(snapshot.live_documents());
  std::string text =
      chinese ? "在已索引的 " + documents + " 份文档中没有找到这个问题的答案。"
      : documents == "1"
          ? "The one indexed document does not contain an answer to this question."
          : "The " + documents + " indexed documents do not contain an answer to this question.";
  // Of documents that were not searched nothing can be said.
  if (!query.filter.IsTrue() || !query.principals.unrestricted) {
    text = chinese ? "在限定范围内的文档中没有找到这个问题的答案。"
                   : "The documents within the limits of this search do not contain an answer to "
                     "this question.";
  }
  if (context.passages.empty()) return text + FilterFault(query, snapshot, chinese);
  text += chinese ? "最接近的内容：" : " The nearest passages are in: ";
  std::vector<std::string> shown;
  for (const Passage& passage : context.passages) {
    const std::string& id = passage.chunk.document;
    if (std::find(shown.begin(), shown.end(), id) != shown.end()) continue;
    if (!shown.empty()) text += chinese ? "、" : "; ";
    // The id is what the document is asked for by.
    text += passage.title.empty() || passage.title == id ? id
            : chinese                                    ? passage.title + "（" + id + "）"
                                                         : passage.title + " (" + id + ")";
    shown.push_back(id);
    if (shown.size() == kNearestShown) break;
  }
  text += chinese ? "。" : ".";
  return text;
}

std::string NoReasonText(const Query& query) {
  if (query.guide != nullptr && !query.guide->refusal_text.empty()) {
    return query.guide->refusal_text;
  }
  const bool chinese = AnswerLanguage(query) == "zh";
  // Of documents that were not searched nothing can be said.
  if (!query.filter.IsTrue() || !query.principals.unrestricted) {
    return chinese ? "限定范围内的文档没有说明其中的原因。"
                   : "The documents within the limits of this search give no reason for this.";
  }
  return chinese ? "已索引的文档没有说明其中的原因。"
                 : "The indexed documents give no reason for this.";
}

}  // namespace quarry::generation
