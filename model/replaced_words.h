#pragma once

// Words of a question in whose place a text holds another: asked about silver members, it tells of gold members. Such
// a text answers another question, however much of this one it covers. Internal to model/. Pure.
//
// A word that the text merely lacks is none: "annual leave" may be there as "holiday". It is one
//   * where a name or a counting word stands beside a word that the text holds beside another name or number:
//     "Western Chinese", "Southern Chinese";
//   * where the other word is formed alike: "the lowest", "the highest"; "the seller pays", "the buyer pays";
//   * where the other is its opposite by a prefix: "paid", "unpaid";
//   * where the passage lacks a code and the text has a shorter or longer one: "VX-220/B", "VX-220";
//   * where the sentence speaks of a thing that another number tells from the one asked about: "VX-220", "VX-240"
//     (sibling_codes.h);
//   * where it stands before a noun and the text holds another word between that noun and an article or preposition,
//     and lacks nothing else of the question;
//   * of Chinese, where characters of which the text holds none begin a phrase and as many others stand before the
//     same characters at the beginning of one, "银卡会员" and "金卡会员"; or any number of them before what is told
//     from others by its name, "布拉克韦尔水厂" and "北岸水厂"; or where they end a phrase and a label begins with what is
//     before them, "额定电流" and "额定功率：". Words of other lengths may mean the same: 电脑, 计算机.

#include <optional>
#include <string>

#include "base/analyzer.h"
#include "model/passage_reading.h"

namespace quarry::model {

struct ReplacedWord {
  // As written; one Chinese character with what both have beside it, so that no word is cut.
  std::string asked;  // "银卡会员"
  std::string there;  // "金卡会员"
  // What the text has beside the other word as the question has it beside its own, as the question writes it: "members"
  // of "silver members". "" of a code and of an opposite.
  std::string beside = {};
};

// The first of the question that `sentence` and the headings above it hold another word in the place of.
std::optional<ReplacedWord> FindReplacedWord(const PassageReading& reading,
                                             const Sentence& sentence, const Analyzer& analyzer);

}  // namespace quarry::model
