#include "model/section_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/asking_words.h"
#include "model/list_marks.h"
#include "model/told_way.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr double kIsQuestion =
    0.8;  // share of the question's weight in a heading that is the question

constexpr double kHeadsList = 0.5;  // in the headings above a list that answers
constexpr double kOwnOfItem = 0.2;  // in an item beyond the headings: then it is asked about
constexpr size_t kLeastItems = 2;
constexpr uint32_t kListRoom =
    2;  // times the tokens of an answer of sentences: steps are read one by one

constexpr std::string_view kWayWords[] = {"how", "steps", "procedure", "instructions"};
constexpr std::string_view kThingWords[] = {"which", "list"};
constexpr std::string_view kBehindWhatOfThings[] = {"are", "were"};
constexpr std::string_view kNoPlurals[] = {"does", "this"};
constexpr size_t kLeastPlural = 4;  // letters: not "is", "was"
constexpr std::string_view kWayParts[] = {"如何", "怎么", "怎麼", "怎样",
                                          "怎樣", "步骤", "步驟", "流程"};
constexpr std::string_view kThingParts[] = {"哪些",   "哪几", "哪幾", "有什么",
                                            "有什麼", "列出", "列举", "列舉"};
constexpr std::string_view kWhatParts[] = {"什么", "什麼"};
// Name the list or that there is one, not what is in it.
constexpr std::string_view kListNames[] = {
    "step",  "steps",  "list",      "way", "ways",    "item",   "items",  "instructions",
    "point", "points", "procedure", "new", "changes", "change", "changed"};
constexpr std::string_view kChineseListNames[] = {
    "步骤", "步驟", "流程", "清单", "清單", "列表", "事项", "事項", "内容", "內容",
    "列出", "列举", "列舉", "变更", "變更", "变化", "變化", "更新", "改动", "改動"};

// Say that something stands below.
constexpr std::string_view kBelow[] = {"below", "following", "follows"};
constexpr std::string_view kChineseBelow[] = {"如下", "以下", "下面", "下列"};
constexpr std::string_view kEnds[] = {".", "!", "?", ":", "。", "！", "？", "："};
constexpr size_t kUnitBytes = 9;  // that a unit behind a number takes at most

std::vector<std::string> HeadingsOver(const PassageReading& reading, size_t index) {
  const Sentence& sentence = reading.sentences()[index];
  return SpanWithin(reading.passages()[sentence.passage].chunk, sentence.range.begin,
                    sentence.range.end)
      .heading_path;
}

// The sentences of a section, [begin, end).
struct SectionBounds {
  size_t begin = 0;
  size_t end = 0;
};

SectionBounds SectionAround(const PassageReading& reading, size_t index) {
  const std::vector<Sentence>& all = reading.sentences();
  const std::vector<std::string> headings = HeadingsOver(reading, index);
  const auto is_in = [&](size_t i) {
    return all[i].passage == all[index].passage && HeadingsOver(reading, i) == headings;
  };
  SectionBounds bounds{index, index + 1};
  while (bounds.begin > 0 && is_in(bounds.begin - 1)) --bounds.begin;
  while (bounds.end < all.size() && is_in(bounds.end)) ++bounds.end;
  return bounds;
}

bool HoldsNames(const PassageReading& reading, const TermSet& held) {
  const std::vector<QuestionTerm>& terms = reading.question().terms;
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].is_name && !held.test(i)) return false;
  }
  return true;
}

// Whether all terms of `asked` but those that say little are held, and there are such.
bool HoldsAllThatTells(const PassageReading& reading, const TermSet& held, const TermSet& asked) {
  const std::vector<QuestionTerm>& terms = reading.question().terms;
  bool tells = false;
  for (size_t i = 0; i < terms.size(); ++i) {
    // Those of one code share the weight of a word.
    if (!asked.test(i) || (terms[i].emphasis < 1 && !terms[i].has_digit)) continue;
    if (!held.test(i)) return false;
    tells = true;
  }
  return tells;
}

bool IsProse(BlockKind kind) { return kind == BlockKind::kParagraph || kind == BlockKind::kQuote; }

std::optional<SectionAnswer> HeadedByQuestion(const PassageReading& reading, size_t best,
                                              const ExtractiveOptions& options) {
  const std::vector<Sentence>& all = reading.sentences();
  const bool wants_way = AsksHowTo(reading.question_text());
  const auto is_told = [&](const Sentence& sentence) {
    return IsProse(sentence.kind) || (wants_way && sentence.kind == BlockKind::kCode);
  };
  if (!is_told(all[best]) || !IsHeadedByQuestion(reading, best)) return std::nullopt;
  const SectionBounds section = SectionAround(reading, best);
  // How something is done stands behind what it is good for.
  const auto tells_way = [&](size_t i) {
    return all[i].kind == BlockKind::kCode || TellsWay(reading.TextOf(all[i]));
  };
  size_t first = section.begin;
  while (wants_way && first < best && !tells_way(first)) ++first;
  if (wants_way && !tells_way(first)) first = section.begin;
  SectionAnswer answer;
  uint32_t tokens = 0;
  for (size_t i = first; i < section.end; ++i) {
    tokens += all[i].tokens;
    if (!is_told(all[i]) || answer.pieces.size() == options.max_sentences ||
        tokens > options.max_tokens) {
      break;
    }
    answer.pieces.push_back({i, all[i].range});
  }
  if (best - first >= answer.pieces.size()) return std::nullopt;
  return answer;
}

// kWhat: things, or one of them: "what is included", "what is the deposit".
enum class Wanted { kNothing, kWay, kWhat, kThings };

// Whether "what" before it asks for several: "what are", "what benefits".
bool IsOfThings(std::string_view word) {
  const bool is_plural = word.size() >= kLeastPlural && word.ends_with('s') &&
                         !word.ends_with("ss") && !IsOneOf(word, kNoPlurals);
  return is_plural || IsOneOf(word, kBehindWhatOfThings);
}

Wanted WantedBy(const PassageReading& reading) {
  if (reading.question().kind != AnswerKind::kAny) return Wanted::kNothing;
  const std::string_view question = reading.question_text();
  if (AsksHowTo(question) || ContainsAny(question, kWayParts)) return Wanted::kWay;
  if (ContainsAny(question, kThingParts)) return Wanted::kThings;
  const std::string lower = AsciiLower(question);
  const std::vector<Word> words = Words(lower);
  Wanted wanted = ContainsAny(question, kWhatParts) ? Wanted::kWhat : Wanted::kNothing;
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsOneOf(words[i].text, kWayWords)) return Wanted::kWay;
    const bool is_what = words[i].text == "what";
    const bool is_of_things = is_what && i + 1 < words.size() && IsOfThings(words[i + 1].text);
    if (IsOneOf(words[i].text, kThingWords) || is_of_things) {
      wanted = Wanted::kThings;
    } else if (is_what && wanted == Wanted::kNothing) {
      wanted = Wanted::kWhat;
    }
  }
  return wanted;
}

// The terms but for those that name the list, or are a part of its name and of what stands beside it.
TermSet TermsOfThings(const PassageReading& reading) {
  const Question& question = reading.question();
  const std::string& text = question.text;
  std::vector<bool> names_list(text.size());
  for (const std::string_view name : kChineseListNames) {
    for (size_t at = text.find(name); at != text.npos; at = text.find(name, at + name.size())) {
      std::fill_n(names_list.begin() + static_cast<ptrdiff_t>(at), name.size(), true);
    }
  }
  TermSet terms;
  for (size_t i = 0; i < question.terms.size(); ++i) {
    const QuestionTerm& term = question.terms[i];
    const bool is_part = std::find(names_list.begin() + term.begin, names_list.begin() + term.end,
                                   true) != names_list.begin() + term.end;
    const std::string form = AsciiLower(text.substr(term.begin, term.end - term.begin));
    terms.set(i, !is_part && !IsOneOf(form, kListNames));
  }
  return terms;
}

// "二、待办事项" -> "待办", "3. Decisions" -> "Decisions".
std::string_view WithoutNumberAndListName(std::string_view heading) {
  constexpr size_t kMostNumeral = 9;  // bytes: three Chinese numerals
  const size_t mark = heading.find("、");
  if (mark <= kMostNumeral) heading.remove_prefix(mark + std::string_view("、").size());
  while (!heading.empty() && (IsAsciiDigit(heading[0]) || heading[0] == '.' || heading[0] == ' '))
    heading.remove_prefix(1);
  for (const std::string_view name : kChineseListNames) {
    if (heading.ends_with(name) && heading.size() > name.size()) heading.remove_suffix(name.size());
  }
  return heading;
}

// The list that the sentence stands in, or that its paragraph announces, and the sentences of that paragraph that are
// told of it: from the given one on, or the announcement.
struct ListBounds {
  size_t lead = 0;
  size_t begin = 0;
  size_t end = 0;
};

// The last sentence of the paragraph.
size_t EndOfBlock(const PassageReading& reading, size_t index) {
  const std::vector<Sentence>& all = reading.sentences();
  while (index + 1 < all.size() && all[index + 1].passage == all[index].passage &&
         all[index + 1].block == all[index].block) {
    ++index;
  }
  return index;
}

std::optional<ListBounds> ListBoundsAround(const PassageReading& reading, size_t index) {
  const std::vector<Sentence>& all = reading.sentences();
  const SectionBounds section = SectionAround(reading, index);
  const size_t last = EndOfBlock(reading, index);
  const size_t item = Announces(reading, last) ? last + 1 : index;
  if (item >= section.end || all[item].kind != BlockKind::kListItem) return std::nullopt;
  const auto is_of_list = [&](size_t i) {
    return all[i].kind == BlockKind::kListItem || all[i].kind == BlockKind::kCode;
  };
  ListBounds list;
  list.begin = item;
  list.end = item + 1;
  while (list.begin > section.begin && is_of_list(list.begin - 1)) --list.begin;
  while (list.end < section.end && is_of_list(list.end)) ++list.end;
  while (all[list.begin].kind == BlockKind::kCode) ++list.begin;  // it belongs to what is before
  const bool is_announced = list.begin > section.begin && Announces(reading, list.begin - 1);
  list.lead = is_announced ? std::min(index, list.begin - 1) : list.begin;
  return list;
}

// Whether the list that the sentence stands in or announces is what the question wants.
bool IsWantedList(const PassageReading& reading, size_t index) {
  const Wanted wanted = WantedBy(reading);
  if (wanted == Wanted::kNothing) return false;
  const std::optional<ListBounds> list = ListBoundsAround(reading, index);
  if (!list) return false;
  // What is told of several things by their names is no way to do one.
  if (wanted == Wanted::kWay &&
      reading.sentences()[index].item_term.begin < reading.sentences()[index].item_term.end) {
    return false;
  }
  if (list->lead == index && list->begin == index + 1) return true;  // it announces it
  const Sentence& best = reading.sentences()[index];
  const TermSet asked = TermsOfThings(reading);
  TermSet headed = reading.HeaderOf(best) & asked;
  for (size_t i = list->lead; i < list->begin; ++i) headed |= reading.sentences()[i].terms & asked;
  const double all = reading.WeightOf(asked);
  if (headed.none() || reading.WeightOf(headed) < kHeadsList * all) return false;
  // The deposit is what its item says, and not what else stands below "Deposit".
  if (wanted == Wanted::kWhat && HoldsAllThatTells(reading, best.terms, asked)) return false;
  return wanted == Wanted::kWay ||
         reading.WeightOf(best.terms & asked & ~headed) < kOwnOfItem * all;
}

// That list, told.
std::optional<SectionAnswer> ListAround(const PassageReading& reading, size_t best,
                                        const ExtractiveOptions& options) {
  const std::vector<Sentence>& all = reading.sentences();
  const std::optional<ListBounds> list = ListBoundsAround(reading, best);
  if (!list) return std::nullopt;
  SectionAnswer answer;
  answer.is_list = true;
  size_t items = 0;  // that are told
  uint32_t tokens = 0;
  bool is_full = false;
  bool has_best = list->lead <= best && best < list->begin;
  for (size_t i = list->lead; i < list->begin; ++i) {
    answer.pieces.push_back({i, all[i].range});
    tokens += all[i].tokens;
  }
  if (tokens > options.max_tokens) return std::nullopt;
  for (size_t i = list->begin; i < list->end;) {
    const bool is_item = all[i].kind == BlockKind::kListItem;
    size_t end = i + 1;
    uint32_t own = all[i].tokens;
    while (is_item && end < list->end && all[end].block == all[i].block) own += all[end++].tokens;
    is_full = is_full || tokens + own > kListRoom * options.max_tokens ||
              (is_item && items == options.max_items);
    if (is_full) {
      answer.left_out += is_item ? 1 : 0;
    } else {
      for (size_t first = i; first < end;) {
        size_t behind = first + 1;
        while (behind < end && AreSideBySide(all[behind - 1], all[behind])) ++behind;
        answer.pieces.push_back({first <= best && best < behind ? best : first,
                                 {all[first].range.begin, all[behind - 1].range.end}});
        first = behind;
      }
      items += is_item ? 1 : 0;
      tokens += own;
      has_best = has_best || (i <= best && best < end);
    }
    i = end;
  }
  if (!has_best || items + answer.left_out < kLeastItems) return std::nullopt;
  return answer;
}

}  // namespace

bool IsHeadedByQuestion(const PassageReading& reading, size_t index) {
  const std::vector<std::string> headings = HeadingsOver(reading, index);
  if (headings.empty()) return false;
  const std::string& heading = headings.back();
  if (reading.question().kind != AnswerKind::kAny && !AsksSomething(heading)) return false;
  const TermSet held = reading.TermsIn(heading);
  return reading.WeightOf(held) >= kIsQuestion * reading.total() && HoldsNames(reading, held);
}

HeadingMatch MatchOfHeading(const PassageReading& reading, size_t index) {
  if (!IsHeadedByQuestion(reading, index)) return HeadingMatch::kNone;
  const std::string_view question = reading.question_text();
  const std::string heading = HeadingsOver(reading, index).back();
  if (!AsksSomething(heading)) {
    return AsksHowTo(question) ? HeadingMatch::kNamesWay : HeadingMatch::kNone;
  }
  // "When does it open?" is not answered below "Where does it open?".
  const bool asks_same = KindAsked(heading) == reading.question().kind &&
                         AsksHowTo(heading) == AsksHowTo(question) &&
                         AsksWhether(heading) == AsksWhether(question);
  return asks_same ? HeadingMatch::kAsks : HeadingMatch::kNone;
}

std::optional<size_t> FindStep(const PassageReading& reading, const std::vector<double>& scores,
                               size_t best) {
  if (WantedBy(reading) != Wanted::kWay) return std::nullopt;
  const std::vector<Sentence>& all = reading.sentences();
  const auto is_step = [&](size_t i) {
    return all[i].kind == BlockKind::kListItem && ListNumberBytes(reading.TextOf(all[i])) > 0;
  };
  std::optional<size_t> step;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].passage != all[best].passage || !is_step(i) || !IsWantedList(reading, i)) continue;
    if (!step || scores[i] > scores[*step]) step = i;
  }
  if (!step) return std::nullopt;
  // What happens one after the other is told by numbers, too.
  const ListBounds list = *ListBoundsAround(reading, *step);
  size_t steps = 0;
  size_t instructions = 0;
  for (size_t i = list.begin; i < list.end; ++i) {
    if (!is_step(i)) continue;
    const std::string_view text = reading.TextOf(all[i]);
    ++steps;
    instructions += IsInstruction(text.substr(ListNumberBytes(text))) ? 1 : 0;
  }
  return 2 * instructions >= steps ? step : std::nullopt;
}

std::string EntryHeading(const PassageReading& reading, const Sentence& sentence) {
  constexpr uint32_t kMostTokens = 20;
  const std::string_view text = reading.TextOf(sentence);
  const Chunk& chunk = reading.passages()[sentence.passage].chunk;
  const bool is_fragment =
      sentence.kind == BlockKind::kParagraph && sentence.tokens <= kMostTokens &&
      sentence.range.begin == sentence.block.begin && sentence.range.end == sentence.block.end &&
      (IsAsciiLower(text.front()) || !IsAscii(text.front())) && !EndsWithAny(text, kEnds);
  if (!is_fragment) return {};
  const std::vector<std::string> headings =
      SpanWithin(chunk, sentence.range.begin, sentence.range.end).heading_path;
  const bool is_entry = !headings.empty() && IsAsciiLower(headings.back().front());
  return is_entry ? headings.back() : std::string();
}

bool AsksForWay(const PassageReading& reading) { return WantedBy(reading) == Wanted::kWay; }

bool Announces(const PassageReading& reading, size_t index) {
  const Sentence& sentence = reading.sentences()[index];
  if (!IsProse(sentence.kind)) return false;
  const std::string_view text = reading.TextOf(sentence);
  if (text.ends_with(':') || text.ends_with("：")) return true;
  const auto announces = [&](std::string_view word) {
    const size_t at = text.find(word);
    // 5℃以下 is a bound.
    return at != text.npos &&
           !HoldsAsciiDigit(text.substr(at - std::min(at, kUnitBytes), kUnitBytes));
  };
  if (std::ranges::any_of(kChineseBelow, announces)) return true;
  const std::string lower = AsciiLower(text);
  const std::vector<Word> words = Words(lower);
  for (size_t i = 0; i < words.size(); ++i) {
    const bool is_bound =
        i + 1 < words.size() && HoldsAsciiDigit(words[i + 1].text);  // "below 5 °C"
    if (IsOneOf(words[i].text, kBelow) && !is_bound) return true;
  }
  return false;
}

std::optional<SectionAnswer> FindSectionAnswer(const PassageReading& reading, size_t best,
                                               const ExtractiveOptions& options) {
  if (IsWantedList(reading, best)) {
    if (auto list = ListAround(reading, best, options)) return list;
  }
  return HeadedByQuestion(reading, best, options);
}

std::optional<HeadedList> FindHeadedList(const PassageReading& reading,
                                         const ExtractiveOptions& options) {
  if (WantedBy(reading) == Wanted::kNothing || reading.question().negated) return std::nullopt;
  const std::vector<Sentence>& all = reading.sentences();
  const TermSet asked = TermsOfThings(reading);
  const double weight = reading.WeightOf(asked);
  if (weight <= 0) return std::nullopt;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_first = i == 0 || all[i - 1].passage != all[i].passage ||
                          all[i - 1].kind != BlockKind::kListItem ||
                          all[i - 1].header != all[i].header;
    if (all[i].kind != BlockKind::kListItem || !is_first) continue;
    const std::vector<std::string> headings = HeadingsOver(reading, i);
    if (headings.empty() || !reading.HoldsAllOf(WithoutNumberAndListName(headings.back())))
      continue;
    const TermSet& there = reading.PassageTerms(all[i].passage);
    const double share = reading.WeightOf(there & asked) / weight;
    if (share < kHeadsList || !HoldsNames(reading, there)) continue;
    if (auto list = ListAround(reading, i, options)) return HeadedList{std::move(*list), share};
  }
  return std::nullopt;
}

}  // namespace quarry::model
