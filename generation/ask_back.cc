#include "generation/ask_back.h"

#include <algorithm>
#include <bitset>
#include <functional>
#include <map>

#include "base/ascii.h"
#include "base/document.h"
#include "base/word_lists.h"
#include "generation/asked_thing.h"
#include "generation/context_pieces.h"
#include "generation/extreme_row.h"
#include "model/answer_kind.h"
#include "model/asked_measure.h"
#include "model/codes.h"
#include "model/counted_numbers.h"
#include "model/number_ranges.h"
#include "model/question.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostQuestionTerms = 64;
using Covered = std::bitset<kMostQuestionTerms>;

constexpr double kKnown =
    0.5;  // of the question's words: so many stand in the row and its headings
constexpr double kInRowItself = 0.3;

// "Name: Marta Quill; Role: ..." has the cells "Marta Quill" and what follows; of an item of a list,
// "Pump VX-240: 36 months", the label is the only one.
std::vector<std::string_view> CellsOf(const ContextPiece& piece) {
  if (piece.kind == BlockKind::kListItem) {
    return {piece.text.substr(0, std::min(piece.text.find(": "), piece.text.find("：")))};
  }
  std::vector<std::string_view> cells;
  for (const RowCell& cell : CellsOfRow(piece.text)) cells.push_back(cell.value);
  return cells;
}

// Years are no names.
std::string WithoutYears(std::string_view text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t end = BehindDigits(text, at);
    const std::string_view digits = text.substr(at, end - at);
    if (digits.empty()) kept += text[at];
    if (!IsYearNumber(digits)) kept += digits;
    at += std::max<size_t>(digits.size(), 1);
  }
  return kept;
}

// What "name: value" says of each cell that has a name of words of the question only: "负责人: 黄丽娟" of a
// question for that; of all where none has. Not the first, which names the thing, unless it may be what is asked for. Of
// an item of a list, what stands behind its label.
std::vector<std::string_view> AnsweringValues(const ContextPiece& piece, const WordSet& asked,
                                              const Analyzer& analyzer) {
  if (piece.kind == BlockKind::kListItem) return {piece.text.substr(CellsOf(piece)[0].size())};
  std::vector<std::string_view> values;
  std::vector<std::string_view> all;
  const std::vector<RowCell> cells = CellsOfRow(piece.text);
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool is_asked = ShareAmong(WordsIn(cells[i].name, analyzer), asked) >= 1;
    if (i > 0 || is_asked) all.push_back(cells[i].value);
    if (i > 0 && is_asked) values.push_back(cells[i].value);
  }
  return values.empty() ? all : values;
}

// Whether what is asked has one answer, whichever of the things is meant.
bool SayTheSame(const std::vector<const ContextPiece*>& pieces,
                const std::vector<model::QuestionTerm>& terms, const Analyzer& analyzer) {
  WordSet asked;
  for (const model::QuestionTerm& term : terms) asked.insert(term.term);
  const std::vector<std::string_view> first = AnsweringValues(*pieces.front(), asked, analyzer);
  return !first.empty() && std::ranges::all_of(pieces, [&](const ContextPiece* piece) {
    return AnsweringValues(*piece, asked, analyzer) == first;
  });
}

// "which" asks for the name of a thing, and a comparison names what it compares or is of all of them.
bool AsksAmongSeveral(std::string_view question) {
  static constexpr std::string_view kWhich[] = {"哪个", "哪些", "哪一个", "哪种", "哪家", "哪台",
                                                "哪位", "哪款", "哪条",   "哪座", "哪间", "哪只"};
  static constexpr std::string_view kComparing[] = {"对比", "比较一下", "相比",      "区别",
                                                    "差别", "有何不同", "有什么不同"};
  const std::string folded = Fold(Trim(question));
  const std::string_view text = folded;
  if (text.starts_with("which ")) return true;
  for (const std::string_view word : {"compare ", "difference between ", "differences between "}) {
    if (text.starts_with(word) || text.find(' ' + std::string(word)) != text.npos) return true;
  }
  const bool of_most = text.find("最") != text.npos || text.find("更") != text.npos;
  if (of_most && text.find("谁") != text.npos) return true;
  for (const std::string_view which : kWhich) {
    const size_t at = text.find(which);
    if (at == 0 || (at != text.npos && of_most)) return true;
  }
  return ContainsAny(text, kComparing);
}

// What a text names: its codes where it has some, else its words.
std::string ThingIn(std::string_view text, const Analyzer& analyzer) {
  std::string codes;
  std::string words;
  for (const Token& token : analyzer.Tokenize(text)) {
    const bool is_code =
        HoldsAsciiDigit(token.term) && std::ranges::any_of(token.term, IsAsciiLetter);
    (is_code ? codes : words) += token.term + ' ';
  }
  return codes.empty() ? words : codes;
}

// The words that tell what kind of thing the rows are: what their first column is called, and what all of its cells end
// with: "Plan", "edition", 版. Folded.
std::vector<std::string> KindWords(const std::vector<const ContextPiece*>& rows) {
  const auto last_word = [](std::string_view cell) {
    std::string folded = Fold(Trim(cell));
    if (folded.empty()) return folded;
    if (IsAscii(folded.back())) return folded.substr(folded.rfind(' ') + 1);
    return folded.substr(CharacterBegin(folded, folded.size() - 1));
  };
  std::vector<std::string> words;
  if (rows.front()->kind == BlockKind::kTable) {
    const std::vector<RowCell> cells = CellsOfRow(rows.front()->text);
    if (!cells.empty() && !cells.front().name.empty()) words.push_back(Fold(cells.front().name));
  }
  const std::string ending = last_word(CellsOf(*rows.front())[0]);
  const bool is_of_all = std::ranges::all_of(
      rows, [&](const ContextPiece* row) { return last_word(CellsOf(*row)[0]) == ending; });
  if (is_of_all && !ending.empty()) words.push_back(ending);
  return words;
}

// Characters that name nothing before a word: 这个版本, 新的版本.
constexpr std::string_view kNamingNothing =
    "的了是在有和与及或这那每各该本此一个种款类新旧某买选用";

// Whether the question has, right before a word for the kind of the rows, one that stands nowhere in what was found:
// "the platinum plan", 白金版. Not "the cheapest plan": that is one of the rows.
bool NamesUnknownOfKind(std::string_view question, const std::vector<std::string>& kinds,
                        const WordSet& known, const Analyzer& analyzer) {
  const std::string folded = Fold(question);
  for (const std::string& kind : kinds) {
    const WordSet kind_terms = WordsIn(kind, analyzer);
    const std::vector<Token> tokens = analyzer.Tokenize(folded);
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const std::string_view form =
          std::string_view(folded).substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
      if (IsAsciiLetter(form[0]) && tokens[i + 1].position == tokens[i].position + 1 &&
          kind_terms.contains(tokens[i + 1].term) && !known.contains(tokens[i].term) &&
          !model::SaysLittle(form) &&
          !EndsWithExtreme(std::string_view(folded).substr(0, tokens[i].end))) {
        return true;
      }
    }
    if (IsAscii(kind[0])) continue;
    for (size_t at = folded.find(kind); at != folded.npos; at = folded.find(kind, at + 1)) {
      size_t begin = at;
      bool may_name = true;
      for (int character = 0; character < 2 && may_name; ++character) {
        const size_t end = begin;
        if (begin > 0) begin = CharacterBegin(folded, begin - 1);
        may_name = end > 0 && BeginsWithCjk(std::string_view(folded).substr(begin)) &&
                   kNamingNothing.find(folded.substr(begin, end - begin)) == kind.npos;
      }
      may_name = may_name && !EndsWithExtreme(std::string_view(folded).substr(0, at));
      if (may_name && !known.contains(folded.substr(begin, at - begin))) return true;
    }
  }
  return false;
}

// Whether the question, of whose terms the rows have `same`, names what none of them is: a name that neither they have nor
// what was found of their documents, or an unknown word before that for their kind.
bool MeansOtherThings(const model::Question& question, const Covered& same,
                      const std::vector<const ContextPiece*>& rows,
                      const std::vector<ContextPiece>& found, const Context& context,
                      const Analyzer& analyzer) {
  const auto document_of = [&](const ContextPiece& piece) {
    return context.passages[piece.passage].chunk.document;
  };
  WordSet known;
  std::map<DocumentId, WordSet> documents;
  for (const ContextPiece& piece : found) {
    known.insert(piece.all.begin(), piece.all.end());
    documents[document_of(piece)].insert(piece.all.begin(), piece.all.end());
  }
  for (size_t i = 0; i < question.terms.size(); ++i) {
    if (!question.terms[i].is_name || same.test(i)) continue;
    for (const ContextPiece* row : rows) {
      if (!documents[document_of(*row)].contains(question.terms[i].term)) return true;
    }
  }
  return NamesUnknownOfKind(question.text, KindWords(rows), known, analyzer);
}

// Whether the question counts things of the kind: "how many regions are on AWS?", 有几个地区.
bool CountsKind(std::string_view question, const std::vector<std::string>& kinds) {
  static constexpr std::string_view kHowMany = "how many ";
  static constexpr std::string_view kVerbs[] = {" is ",   " are ", " was ", " were ", " do ",
                                                " does ", " did ", " has ", " have ", " can "};
  static constexpr std::string_view kMeasures[] = {"个", "台", "家", "种", "条", "项", "位",
                                                   "名", "座", "款", "只", "间", "辆", "张"};
  const std::string folded = Fold(question);
  std::string counted;  // "regions", with a space on both sides
  if (const size_t at = folded.find(kHowMany); at != folded.npos) {
    counted = folded.substr(at + kHowMany.size() - 1) + ' ';
    for (const std::string_view verb : kVerbs)
      counted.resize(std::min(counted.find(verb), counted.size()));
    counted += ' ';
    for (char& c : counted) {
      if (IsAscii(c) && !IsAsciiLetter(c) && !IsAsciiDigit(c)) c = ' ';
    }
  }
  const auto is_counted = [&](const std::string& plural) {
    return counted.find(' ' + plural + ' ') != counted.npos;
  };
  for (const std::string& kind : kinds) {
    if (IsAsciiLower(kind.back())) {
      if (is_counted(kind + 's') || is_counted(kind + "es")) return true;
      if (kind.ends_with('y') && is_counted(kind.substr(0, kind.size() - 1) + "ies")) return true;
      continue;
    }
    for (const std::string_view asking : {"多少", "几"}) {
      const size_t at = folded.find(asking);
      if (at == folded.npos) continue;
      std::string_view rest = std::string_view(folded).substr(at + asking.size());
      const size_t unmeasured = rest.size();
      for (const std::string_view measure : kMeasures) {
        if (!rest.starts_with(measure)) continue;
        rest.remove_prefix(measure.size());
        break;
      }
      // "地区有几个？"
      const bool is_behind = rest.size() < unmeasured && (rest.empty() || rest[0] == '?') &&
                             folded.substr(0, at).find(kind) != kind.npos;
      if (is_behind || rest.starts_with(kind)) return true;
    }
  }
  return false;
}

// Whether the question chooses by a year: "opened after 2024", 2024年以后.
bool BoundsYear(std::string_view folded) {
  static constexpr std::string_view kBefore[] = {"after", "before", "since", "until",
                                                 "than",  "晚于",   "早于"};
  static constexpr std::string_view kBehind[] = {"年以后", "年之后", "年后",   "年以前",
                                                 "年之前", "年前",   "年以来", "年起"};
  for (size_t at = 0; at < folded.size();) {
    const size_t end = BehindDigits(folded, at);
    if (IsYearNumber(folded.substr(at, end - at))) {
      const std::string_view before = TrimBlanks(folded.substr(0, at));
      const std::string_view behind = TrimBlanks(folded.substr(end));
      if (EndsWithAny(before, kBefore) || StartsWithAny(behind, kBehind)) return true;
    }
    at = std::max(end, at + 1);
  }
  return false;
}

// Whether it is a statement about one thing that it names. The label of an item of a list does so, or names what is asked,
// where the question has a word of it: not the "Changed" of a change log.
bool IsRow(const ContextPiece& piece, const std::vector<model::QuestionTerm>& terms,
           const Analyzer& analyzer) {
  if (piece.kind == BlockKind::kTable) return true;
  if (piece.kind != BlockKind::kListItem) return false;
  const std::string_view label = CellsOf(piece)[0];
  if (label.size() == piece.text.size()) return false;
  const WordSet words = WordsIn(label, analyzer);
  return std::ranges::any_of(
      terms, [&](const model::QuestionTerm& term) { return words.contains(term.term); });
}

// "Weekly" and 每周 have no number.
bool AsksHowOften(std::string_view folded) { return ContainsAny(folded, {"how often", "多久"}); }

// The number that a question asks for, where it does.
class AskedNumber {
 public:
  AskedNumber(std::string_view question, model::AnswerKind kind)
      : question_(question),
        kind_(kind),
        measure_(model::MeasureAsked(question)),
        is_asked_(kind == model::AnswerKind::kMoney ||
                  (kind == model::AnswerKind::kNumber && !AsksHowOften(Fold(question)))) {}

  // Whether prose may say it: dates alone do not, "valid from 1 January 2025".
  bool MayStandIn(std::string_view text) const {
    return !is_asked_ || !model::CountedNumbers(text).empty();
  }

  // Whether the row has one where it answers. `asked`: the words of the question.
  bool StandsIn(const ContextPiece& row, const WordSet& asked, const Analyzer& analyzer) const {
    if (!is_asked_) return true;
    return model::HoldsMeasure(measure_, row.text) &&
           std::ranges::any_of(AnsweringValues(row, asked, analyzer), [&](std::string_view value) {
             // The unit may stand in the head of the column: "Price (EUR): 96".
             return model::HoldsKind(kind_, value, question_) ||
                    !model::CountedNumbers(value).empty();
           });
  }

 private:
  const std::string_view question_;
  const model::AnswerKind kind_;
  const model::Measure measure_;
  const bool is_asked_;
};

// The terms that are no words but the end of one and the beginning of the next: 梯单 of 阶梯单价, where both words stand in
// what was found and it stands nowhere.
Covered BetweenWords(const std::vector<model::QuestionTerm>& terms, const Covered& anywhere) {
  Covered between;
  for (size_t i = 1; i + 1 < terms.size(); ++i) {
    const bool overlaps_both =
        terms[i - 1].end > terms[i].begin && terms[i + 1].begin < terms[i].end;
    between.set(i,
                overlaps_both && !anywhere.test(i) && anywhere.test(i - 1) && anywhere.test(i + 1));
  }
  return between;
}

// The first of each name, in order; none where there is one name alone.
template <typename Name>
std::vector<Choice> Distinct(const std::vector<const ContextPiece*>& pieces, const Name& name_of) {
  std::vector<Choice> choices;
  for (const ContextPiece* piece : pieces) {
    std::string name(name_of(*piece));
    if (name.empty() || std::ranges::count(choices, name, &Choice::name) > 0) continue;
    choices.push_back({piece->passage, piece->range, std::move(name)});
  }
  if (choices.size() < 2) choices.clear();
  return choices;
}

}  // namespace

std::vector<Choice> FindChoices(std::string_view question, const Context& context,
                                const std::vector<model::ExtractedSentence>& said,
                                const Analyzer& analyzer) {
  if (said.empty() || AsksAmongSeveral(question)) return {};
  // What bounds a number or a year chooses among the things itself.
  if (BoundsYear(Fold(question)) || !model::NumberRanges(question).empty()) return {};
  model::Question analysed = model::AnalyseQuestion(question, analyzer);
  std::vector<model::QuestionTerm>& terms = analysed.terms;
  if (terms.size() > kMostQuestionTerms) terms.resize(kMostQuestionTerms);
  std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  // The row of the VX-220/B has no word of a question about the VX-220.
  const model::AskedCodes codes(analysed.text, analyzer);
  if (!codes.empty()) {
    for (ContextPiece& piece : pieces) {
      piece.own = WordsIn(piece.text, analyzer, codes);
      piece.all = WordsIn(piece.header, analyzer, codes);
      piece.all.insert(piece.own.begin(), piece.own.end());
    }
  }
  const auto is_row = [&](const ContextPiece& piece) { return IsRow(piece, terms, analyzer); };
  WordSet asked;
  for (const model::QuestionTerm& term : terms) asked.insert(term.term);
  const AskedNumber asked_number(question, analysed.kind);
  auto answers = pieces.end();
  for (const model::ExtractedSentence& sentence : said) {
    answers = std::ranges::find_if(pieces, [&](const ContextPiece& piece) {
      return piece.passage == sentence.passage && piece.range.begin <= sentence.range.begin &&
             sentence.range.begin < piece.range.end;
    });
    if (answers == pieces.end() || is_row(*answers) || asked_number.MayStandIn(answers->text))
      break;
  }
  if (answers == pieces.end() || !is_row(*answers)) return {};  // a sentence says it
  if (LacksAskedCell(question, *answers, analyzer)) return {};
  const auto covered_in = [&](const WordSet& words) {
    Covered covered;
    for (size_t i = 0; i < terms.size(); ++i) covered.set(i, words.contains(terms[i].term));
    return covered;
  };
  const auto weight_of = [&](const Covered& covered) {
    double weight = 0;
    for (size_t i = 0; i < terms.size(); ++i) weight += covered.test(i) ? terms[i].emphasis : 0;
    return weight;
  };
  double most = 0;
  for (const ContextPiece& piece : pieces) {
    if (is_row(piece)) most = std::max(most, weight_of(covered_in(piece.all)));
  }
  const Covered same = covered_in(answers->all);
  Covered anywhere;
  for (const ContextPiece& piece : pieces) anywhere |= covered_in(piece.all);
  const double all = weight_of(~BetweenWords(terms, anywhere));
  if (weight_of(same) < std::max(most, kKnown * all)) return {};
  // One that names a thing by its code asks for that alone.
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].has_digit && !same.test(i)) return {};
  }
  // The year of a title is that of all its rows.
  Covered years;
  for (size_t i = 0; i < terms.size(); ++i) years.set(i, IsYearNumber(terms[i].term));
  const double least_own = kInRowItself * weight_of(same & ~years);
  std::vector<const ContextPiece*> candidates;
  for (const ContextPiece& piece : pieces) {
    if (!is_row(piece) || covered_in(piece.all) != same) continue;
    if (!asked_number.StandsIn(piece, asked, analyzer)) continue;
    if (weight_of(covered_in(piece.own)) >= least_own) candidates.push_back(&piece);
  }
  if (candidates.empty()) return {};
  if (MeansOtherThings(analysed, same, candidates, pieces, context, analyzer)) return {};
  if (CountsKind(question, KindWords(candidates))) return {};
  // One that names a thing does not mean the row of another that mentions it.
  const auto is_named = [&](const ContextPiece* piece) {
    const std::string_view cell = CellsOf(*piece)[0];
    for (const Token& token : codes.OwnTokens(cell, analyzer.Tokenize(cell))) {
      if (token.begin > 0) break;
      const auto is_it = [&](const model::QuestionTerm& term) {
        return term.has_digit && term.term == token.term;
      };
      if (std::ranges::any_of(terms, is_it)) return true;
    }
    return false;
  };
  const bool names_one = std::ranges::any_of(candidates, is_named);
  if (names_one) {
    std::erase_if(candidates, [&](const ContextPiece* piece) { return !is_named(piece); });
  } else {
    // Nor one that says the whole name of a thing the row whose text mentions it: 量程 of "准确度: 满量程的±0.1%".
    const auto is_said = [&](const ContextPiece* piece) {
      return ShareAmong(WordsIn(CellsOf(*piece)[0], analyzer), asked) >= 1;
    };
    if (std::ranges::any_of(candidates, is_said)) std::erase_if(candidates, std::not_fn(is_said));
    if (candidates.size() < 2) return {};
  }
  if (candidates.size() > 1 && SayTheSame(candidates, terms, analyzer)) return {};
  std::vector<Choice> choices = Distinct(
      candidates, [&](const ContextPiece& piece) { return ThingIn(CellsOf(piece)[0], analyzer); });
  if (!choices.empty() || names_one) return choices;
  choices = Distinct(candidates, [&](const ContextPiece& piece) {
    return ThingIn(WithoutYears(context.passages[piece.passage].title), analyzer);
  });
  if (!choices.empty()) return choices;
  // Rows of one table with the same first cell: the next that tells them apart.
  std::erase_if(candidates, [&](const ContextPiece* piece) {
    return piece->kind != answers->kind || piece->header != answers->header;
  });
  if (candidates.size() < 2) return {};
  size_t columns = SIZE_MAX;
  for (const ContextPiece* piece : candidates) columns = std::min(columns, CellsOf(*piece).size());
  for (size_t column = 1; column < columns && choices.empty(); ++column) {
    choices =
        Distinct(candidates, [&](const ContextPiece& piece) { return CellsOf(piece)[column]; });
  }
  return choices;
}

}  // namespace quarry::generation
