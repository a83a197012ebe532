#include "generation/abstention.h"

#include <algorithm>
#include <vector>

#include "base/answer_guide.h"

namespace quarry::generation {
namespace {

constexpr size_t kNearestShown = 3;

}  // namespace

std::string AbstentionText(const Query& query, const Context& context,
                           const index::Snapshot& snapshot) {
  if (query.guide != nullptr && !query.guide->refusal_text.empty()) {
    return query.guide->refusal_text;
  }
  const bool chinese = AnswerLanguage(query) == "zh";
  const std::string documents = std::to_string(snapshot.live_documents());
  std::string text = chinese ? "在已索引的 " + documents + " 份文档中没有找到这个问题的答案。"
                             : "The " + documents +
                                   " indexed documents do not contain an answer to this question.";
  // Of documents that were not searched nothing can be said.
  if (!query.filter.IsTrue() || !query.principals.unrestricted) {
    text = chinese ? "在限定范围内的文档中没有找到这个问题的答案。"
                   : "The documents within the limits of this search do not contain an answer to "
                     "this question.";
  }
  if (context.passages.empty()) return text;
  text += chinese ? "最接近的内容：" : " The nearest passages are in: ";
  std::vector<std::string> shown;
  for (const Passage& passage : context.passages) {
    const std::string& name = passage.title.empty() ? passage.chunk.document : passage.title;
    if (std::find(shown.begin(), shown.end(), name) != shown.end()) continue;
    if (!shown.empty()) text += chinese ? "、" : "; ";
    text += name;
    shown.push_back(name);
    if (shown.size() == kNearestShown) break;
  }
  text += chinese ? "。" : ".";
  return text;
}

}  // namespace quarry::generation
