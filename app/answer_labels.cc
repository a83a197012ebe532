#include "app/answer_labels.h"

namespace quarry::app {
namespace {

constexpr AnswerLabels kEnglishLabels = {
    .understood = "(understood as: ",
    .understood_end = ")",
    .sources = "Sources",
    .page = "page ",
    .page_end = ", ",
    .bytes = "bytes ",
    .no_answer = "no answer",
    .labels = {"supported", "unsupported", "unchecked"},
    .support = ", support ",
    .colon = ": ",
    .open = " (",
    .close = ")",
    .not_carried = "not carried: ",
    .stored = "; stored ",
    .stored_for = " s ago for \"",
    .stored_by = "\" (",
    .stored_end = "), --no-cache answers anew",
    .same_words = "normal form",
    .called = "called: ",
    .failed = "failed: ",
    .context = "Context",
    .token = " token",
    .tokens = " tokens",
    .left_out = "left out: ",
};

constexpr AnswerLabels kChineseLabels = {
    .understood = "（理解为：",
    .understood_end = "）",
    .sources = "来源",
    .page = "第",
    .page_end = "页，",
    .bytes = "字节",
    .no_answer = "无答案",
    .labels = {"有依据", "依据不足", "未核对"},
    .support = "，支持度 ",
    .colon = "：",
    .open = "（",
    .close = "）",
    .not_carried = "未得到支持：",
    .stored = "；缓存于",
    .stored_for = "秒前，原问题为“",
    .stored_by = "”（",
    .stored_end = "），加 --no-cache 可重新回答",
    .same_words = "写法相同",
    .called = "已调用：",
    .failed = "调用失败：",
    .context = "上下文",
    .token = "个词元",
    .tokens = "个词元",
    .left_out = "未采用：",
};

}  // namespace

const AnswerLabels& LabelsFor(std::string_view language) {
  return language == "zh" ? kChineseLabels : kEnglishLabels;
}

}  // namespace quarry::app
