#pragma once

// Phrases of Chinese questions: what one is about, what is asked of a thing, and where in it
// stands what something else takes the place of. By lists of words alone, without a segmenter.
// For follow_up_chinese.cc. Pure functions; a view that they return is of the text that they are
// given.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"

namespace quarry::generation::follow_up {

// Words that ask; the longer before the shorter that begins it.
inline constexpr std::string_view kChineseAsking[] = {
    "什么时候", "什么地方", "为什么", "怎么样", "怎么办", "多少钱", "几点钟", "何时",
    "何地",     "为何",     "怎样",   "怎么",   "如何",   "多少",   "多久",   "多长",
    "多高",     "多大",     "多深",   "多远",   "多重",   "多快",   "哪里",   "哪儿",
    "哪一",     "哪个",     "哪些",   "哪位",   "哪天",   "哪年",   "什么",   "几点",
    "几个",     "几天",     "几年",   "几次",   "几",     "谁",     "吗",     "是否",
    "能不能",   "可不可以", "是不是", "有没有", "会不会", "哪"};
// Those that ask for a person.
inline constexpr std::string_view kAskingForPersons[] = {"谁", "哪位", "什么人", "哪个人", "何人"};
// What ends the subject of a question.
inline constexpr std::string_view kPredicates[] = {
    "不得", "必须", "需要", "可以", "应该", "应当", "能够", "最多", "最少", "至少", "最早",
    "最晚", "最高", "最低", "一共", "总共", "大约", "安排", "设在", "位于", "属于", "超过",
    "低于", "高于", "达到", "规定", "要求", "从",   "是",   "有",   "在",   "要",   "能",
    "会",   "可",   "应",   "由",   "被",   "用",   "叫",   "得",   "每",   "共",   "和"};
// What a person is to others or does: its last words.
inline constexpr std::string_view kPersonEnds[] = {"负责人", "联系人", "主持人", "经理", "主任",
                                                   "讲师",   "作者",   "签字人", "主管", "厂长"};

// Where the first of the entries stands in the text, and its size; npos, and no size, without
// one. Of entries that begin at the same place the first of the list.
size_t FindFirst(std::string_view text, std::span<const std::string_view> list, size_t& size);

// Whether it holds a word that asks.
bool Asks(std::string_view text);

size_t Characters(std::string_view text);

// How many characters neither ask nor are a predicate's.
size_t OwnCharacters(std::string_view text);

// Without the years that it names: "有多少参观者" of "2024年有多少参观者", "从2023年起有多少参观者" and
// "2022年和2023年有多少参观者".
std::string Timeless(std::string_view text);

// Without what leads to a question, "那么", and without particles behind it, "呢".
std::string_view WithoutLeads(std::string_view text);
std::string_view WithoutParticles(std::string_view text);

// What the question is about: the words before what it says of them. "" where there are none.
std::string ChineseTopicOf(std::string_view question);

// Where in the question stands what `instead` takes the place of: a code of its shape, or as many
// characters that end or begin alike and neither ask nor are cut from what asks. nullopt without any.
struct ChinesePlace {
  ByteRange range;
  // No code, one character alike and the rest not at an end of a phrase: 亲假 of 探亲假 for 病假. It may be cut out of a word.
  bool in_doubt = false;
  bool ends_alike = true;  // else begins so
};
std::optional<ChinesePlace> ChinesePlaceOf(std::string_view question, std::string_view instead);

// Whether a text names a thing by a code of letters and digits: "HY-300", not "2024" or "Q".
bool HoldsNamingCode(std::string_view text);

// Whether it is what belongs to a thing or a person: "重量", "负责人", "日期", "型号".
bool IsAttribute(std::string_view word);

// Of "HY-300的额定功率" the thing and what is asked of it; of "HY-300额定功率" too.
struct Slots {
  ByteRange owner;
  ByteRange attribute;
};
// nullopt where the question does not divide so.
std::optional<Slots> SlotsOf(std::string_view question);

enum class Slot : uint8_t { kOwner, kAttribute };

// Which of both `instead` takes the place of: an attribute that of an attribute, and what has no
// code that of what is asked of a code. Of "东岸2024年的漏损率", whose owner says where and when, what
// it owns. In doubt the thing.
std::optional<Slot> SlotFor(std::string_view question, const Slots& slots,
                            std::string_view instead);

// What a question about `attribute` asks with, where the question before asked with `asked` of `before`: that is kept
// where it fits. How many days something lasts is not asked of a wage.
std::string AskingFor(std::string_view attribute, std::string_view asked,
                      std::string_view before = {});

// Whether it tells when: 周末, 节假日, 上午.
bool TellsWhenInChinese(std::string_view text);

}  // namespace quarry::generation::follow_up
