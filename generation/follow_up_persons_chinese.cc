// Names of persons in Chinese, by their form.

#include "base/text.h"
#include "generation/follow_up_words.h"
#include "model/answer_kind.h"

namespace quarry::generation::follow_up {
namespace {

// Surnames of two characters.
constexpr std::string_view kLongSurnames[] = {"欧阳", "司马", "诸葛", "上官", "司徒", "端木"};
// Words that begin like a name and are none.
constexpr std::string_view kNoPersons[] = {
    "季度", "方式", "方案", "方法", "方面", "高度", "高压", "高温", "金额", "金卡", "文件",
    "文档", "万元", "安全", "安装", "温度", "任务", "任何", "余款", "余额", "常见", "常用",
    "白天", "石油", "江苏", "江西", "段落", "马上", "司机", "司长", "司法", "诸多", "诸位",
    "欧洲", "欧元", "钱款", "路线", "施工", "严重", "黄色", "白色", "和",   "于",   "左侧",
    "左側", "左边", "左邊", "左右", "溫度", "萬元", "馬上", "錢款", "任務", "高壓", "高溫",
    "金額", "嚴重", "黃色", "餘額", "餘款", "歐元", "歐洲", "諸多", "諸位", "司機", "路線"};
// What stands before and behind the name of a person.
constexpr std::string_view kBeforePersons[] = {"由", "是", "为", "给", "和", "与", "、",
                                               "即", "归", "找", "请", "向", "经", "，",
                                               "：", "长", "任", "理", "员", "人", "师"};
constexpr std::string_view kBehindPersons[] = {
    "负责", "担任", "主持", "汇报", "审批", "检查", "任", "是", "于", "在",   "和", "与",
    "将",   "兼",   "牵头", "主讲", "签",   "发现", "的", "提", "完", "管理", "为", "出任",
    "先生", "女士", "经理", "主任", "同志", "老师", "师", "等", "带", "记",   "从", "自"};
// How long the name of a person is that `text` begins with; 0 where none does.
size_t PersonSize(std::string_view text) {
  const std::vector<std::string_view> characters = CharactersOf(text.substr(0, 5 * 4));
  size_t size = 0;
  if (StartsWithAny(text, kNoPersons, size)) return 0;
  const bool is_long = StartsWithAny(text, kLongSurnames, size);
  if (!is_long && (characters.empty() || IsAscii(text.front()) ||
                   model::ChineseSurnames().find(characters.front()) == std::string_view::npos)) {
    return 0;
  }
  // The given name is one or two characters, and the name ends where a mark or such a word stands.
  const size_t surname = is_long ? 2 : 1;
  for (const size_t given : {2u, 1u}) {
    if (surname + given > characters.size()) continue;
    size_t end = 0;
    bool is_written = true;
    for (size_t i = 0; i < surname + given; ++i) {
      end += characters[i].size();
      size_t at = 0;
      is_written = is_written && IsCjk(NextCodePoint(characters[i], at));
    }
    if (!is_written) continue;
    const std::string_view behind = text.substr(end);
    size_t next = 0;
    const bool ends = behind.empty() || !IsCjk(NextCodePoint(behind, next)) ||
                      StartsWithAny(behind, kBehindPersons, size);
    if (ends) return end;
  }
  return 0;
}

}  // namespace

std::string PersonIn(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const std::string_view before = text.substr(0, at);
    const bool may_begin =
        before.empty() || IsAscii(before.back()) || EndsWithAny(before, kBeforePersons);
    if (const size_t size = may_begin ? PersonSize(text.substr(at)) : 0; size > 0) {
      return std::string(text.substr(at, size));
    }
    NextCodePoint(text, at);
  }
  return "";
}

}  // namespace quarry::generation::follow_up
