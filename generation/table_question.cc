#include "generation/table_question.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/column_words.h"
#include "generation/condition_reader.h"
#include "generation/read_marks.h"
#include "generation/table_words.h"
#include "model/answer_kind.h"
#include "model/number_ranges.h"
#include "model/word_translations.h"

namespace quarry::generation {
namespace {

constexpr size_t kLongestQuestion = 240;  // bytes

// Longer ones before those that they hold.
constexpr std::string_view kCountWords[] = {"how many different", "how many", "number of", "多少",
                                            "几"};
constexpr std::string_view kCountedAs[] = {"种", "个", "款", "台", "件", "家", "条", "项",
                                           "类", "样", "位", "名", "座", "间", "辆", "套"};
constexpr std::string_view kEnglishListing[] = {"list", "show",    "which",   "what",
                                                "who",  "give me", "name all"};
constexpr std::string_view kListBegins[] = {
    "list ",        "show ",        "which ",   "what are ",     "give me ", "name all ",
    "please list ", "please show ", "show me ", "can you list ", "who "};
constexpr std::string_view kChineseListing[] = {"哪些", "哪几", "哪种",   "哪个",  "哪款",
                                                "哪家", "哪台", "哪一",   "哪位",  "哪条",
                                                "哪座", "列出", "列一下", "有什么"};
constexpr std::string_view kWantingAll[] = {"list",   "all",  "有哪些", "列出",
                                            "列一下", "所有", "全部"};

struct StockState {
  std::string_view phrase;
  bool is_there = false;
};
// Longer ones before those that they hold.
constexpr StockState kStockStates[] = {
    {"out of stock", false}, {"not in stock", false}, {"sold out", false}, {"no stock", false},
    {"in stock", true},      {"没有库存", false},     {"没有存货", false}, {"没有货", false},
    {"没有现货", false},     {"无库存", false},       {"库存为零", false}, {"库存为0", false},
    {"缺货", false},         {"断货", false},         {"无货", false},     {"没货", false},
    {"售罄", false},         {"脱销", false},         {"卖完", false},     {"有库存", true},
    {"有现货", true},        {"有货", true}};

// Words that only join, and those that tell who has the rows. Stop words are none anyway.
constexpr std::string_view kJoiningWords =
    "have has had list show give name tell all every each any total altogether please us me our "
    "you "
    "your we they from by with at work works based located sell sold offer carry there available "
    "currently now exist exists listed shown "
    "table different can could than over under below above more less most come made them these "
    "those only just also whose who which what how many number does do be costing priced one ones";
constexpr std::string_view kJoiningPhrases[] = {
    "一共", "总共",   "所有", "全部",   "告诉我", "我们", "你们",   "公司", "目前", "现在", "一下",
    "分别", "是什么", "哪里", "请问",   "当前",   "其中", "里面",   "之中", "多少", "价位", "一个",
    "一款", "一种",   "列出", "列一下", "有什么", "哪些", "哪几",   "哪个", "哪种", "哪款", "哪家",
    "哪台", "哪位",   "哪条", "哪座",   "哪一",   "名称", "叫什么", "以内"};
constexpr std::string_view kJoiningCharacters =
    "的了呢吗嘛是有在中里和与且又都共种个款台件家条项类样位名座间辆套请列给我你您谁几最来自由于为"
    "会能可被卖这那其些价";

bool IsPlainDigits(std::string_view term) {
  return term.find_first_not_of("0123456789.,") == term.npos;
}

class TableQuestionReader {
 public:
  TableQuestionReader(std::string_view question, const FoundTable& table, TableWords words,
                      const Analyzer& analyzer)
      : marks_(question), table_(table), words_(std::move(words)), analyzer_(analyzer) {}

  Result<std::optional<TableQuestion>> Read() {
    const std::optional<TableQuestion> none;
    ReadWhatIsAsked();
    if (!asks_) return none;
    if (!ReadStock() || !ReadBounds()) return none;
    const std::string rest = marks_.Rest();
    if (model::IsNegated(rest) || rest.find(" or ") != rest.npos || rest.find("或") != rest.npos)
      return none;
    ReadMeanings();
    ReadChineseNames();
    QUARRY_RETURN_IF_ERROR(ReadWords());
    ReadChineseValues();
    if (!IsAllRead() || !IsSound()) return none;
    return std::optional<TableQuestion>(std::move(question_));
  }

 private:
  // Which, how many, the cheapest.
  void ReadWhatIsAsked() {
    const std::string& text = marks_.text();
    if (const std::optional<FoundExtreme> extreme = FindExtreme(text)) {
      question_.asks = RowsAsked::kExtreme;
      question_.extreme = extreme->asked;
      extreme_end_ = extreme->range.end;
      marks_.Mark(extreme->range);
      asks_ = true;
      return;
    }
    if (HasExtreme(text)) return;
    for (const std::string_view word : kCountWords) {
      const std::optional<ByteRange> range = marks_.Take(word);
      if (!range) continue;
      count_end_ = range->end;
      for (const std::string_view measure : kCountedAs) {
        if (!std::string_view(text).substr(count_end_).starts_with(measure)) continue;
        marks_.Mark({count_end_, count_end_ + measure.size()});
        count_end_ += measure.size();
        break;
      }
      question_.asks = RowsAsked::kCount;
      asks_ = true;
      return;
    }
    const bool asks_what = text.starts_with("what ") && !text.starts_with("what is ");
    asks_ = StartsWithAny(text, kListBegins) || asks_what || ContainsAny(text, kChineseListing);
  }

  // False where the table does not tell it.
  bool ReadStock() {
    for (const StockState& state : kStockStates) {
      if (!marks_.Take(state.phrase)) continue;
      const ColumnMeaning* stock = MeaningNamed("stock");
      for (const RowCell& column : words_.columns) {
        if (!IsColumnOf(*stock, column.name, analyzer_)) continue;
        if (!question_.stock_column.empty()) return false;
        question_.stock_column = column.name;
      }
      question_.is_in_stock = state.is_there;
      // How many of them are there may be the number in the column.
      return !question_.stock_column.empty() &&
             !(state.is_there && question_.asks == RowsAsked::kCount);
    }
    return true;
  }

  bool ReadBounds() {
    const std::string& text = marks_.text();
    const std::vector<model::NumberRange> ranges = model::NumberRanges(text);
    if (ranges.empty()) return true;
    WordSet asked = WordsIn(text, analyzer_);
    for (const AskedMeaning& one : MeaningsAsked(text)) {
      for (size_t i = 0; i < words_.columns.size(); ++i) {
        if (IsColumnOf(*one.meaning, words_.columns[i].name, analyzer_))
          asked.insert(words_.of_columns[i].begin(), words_.of_columns[i].end());
      }
    }
    std::optional<std::vector<NumberCondition>> numbers =
        NumberConditions(text, ranges, asked, words_.columns, table_.rows, analyzer_);
    if (!numbers) return false;
    question_.numbers = std::move(*numbers);
    for (const model::NumberRange& range : ranges) marks_.Mark(range.range);
    return true;
  }

  void NameColumnAt(size_t i, ByteRange range) {
    const std::string_view name = words_.columns[i].name;
    if (std::ranges::find(question_.columns, name) == question_.columns.end())
      question_.columns.push_back(name);
    named_.push_back(range);
  }

  void ReadMeanings() {
    for (const AskedMeaning& one : MeaningsAsked(marks_.text())) {
      for (size_t i = 0; i < words_.columns.size(); ++i) {
        if (!IsColumnOf(*one.meaning, words_.columns[i].name, analyzer_)) continue;
        NameColumnAt(i, one.range);
        marks_.Mark(one.range);
      }
    }
  }

  // Whole cells, names of columns, and what the rows are.
  void ReadChineseNames() {
    for (const std::string& value : words_.chinese_values) {
      const std::optional<ByteRange> range = marks_.Take(value);
      if (!range) continue;
      question_.values.push_back({.characters = value});
      values_.push_back(*range);
      has_kind_ = true;
    }
    for (const std::string& word : words_.rows.chinese) {
      if (const std::optional<ByteRange> range = marks_.Take(word)) NameRows(*range, true);
    }
    for (size_t i = 1; i < words_.columns.size(); ++i) {
      const std::string name = Fold(WithoutUnit(words_.columns[i].name));
      if (!BeginsWithCjk(name)) continue;
      if (const std::optional<ByteRange> range = marks_.Take(name)) NameColumnAt(i, *range);
    }
    for (const std::string& word : words_.rows.general_chinese) {
      if (const std::optional<ByteRange> range = marks_.Take(word)) NameRows(*range, false);
    }
  }

  void NameRows(ByteRange range, bool is_own) {
    names_rows_ = true;
    question_.names_rows = question_.names_rows || is_own;
    rows_.push_back(range);
  }

  bool IsKnown(std::string_view term) const {
    return words_.rows.terms.contains(term) || words_.rows.general.contains(term) ||
           words_.values.contains(term) ||
           std::ranges::any_of(words_.of_columns,
                               [&](const WordSet& words) { return words.contains(term); });
  }

  // Reads what one of the terms stands for; false where the table has none of them.
  bool ReadTerms(const std::vector<std::string>& terms, ByteRange range) {
    const auto is_among = [&](const WordSet& words) {
      return std::ranges::any_of(terms, [&](const auto& term) { return words.contains(term); });
    };
    if (is_among(words_.rows.terms)) {
      NameRows(range, true);
      return true;
    }
    for (size_t i = 0; i < words_.columns.size(); ++i) {
      if (!is_among(words_.of_columns[i])) continue;
      NameColumnAt(i, range);
      return true;
    }
    if (is_among(words_.values)) {
      question_.values.push_back({.terms = terms});
      values_.push_back(range);
      has_kind_ = has_kind_ || is_among(words_.kinds);
      return true;
    }
    if (!is_among(words_.rows.general)) return false;
    NameRows(range, false);
    return true;
  }

  // English words, and those of the question in the other language.
  Status ReadWords() {
    const WordSet joining = WordsIn(kJoiningWords, analyzer_);
    const std::string& text = marks_.text();
    std::vector<Token> tokens = analyzer_.Tokenize(text);
    for (const Token& token : tokens) {
      const ByteRange range = {token.begin, token.end};
      if (!IsAscii(token.term[0]) || marks_.IsRead(range)) continue;
      if (IsPlainDigits(token.term)) continue;  // a value of no column that is known
      const bool is_read = ReadTerms({token.term}, range) || joining.contains(token.term);
      if (is_read) marks_.Mark(range);
    }
    const bool is_chinese = BeginsWithCjk(text) || IsMostlyCjk(text);
    // What was read is no part of other words.
    for (const std::string_view phrase : kJoiningPhrases) {
      while (marks_.Take(phrase)) {
      }
    }
    QUARRY_ASSIGN_OR_RETURN(
        const std::vector<model::TranslatedWord> translated,
        model::TranslateWords(
            marks_.Rest(), is_chinese, analyzer_,
            [&](std::string_view term) { return IsKnown(term); }, model::TranslationReach::kWide));
    for (const model::TranslatedWord& word : translated) {
      if (word.parts.empty() || marks_.Touches(word.range) || IsJoiningChinese(word.word)) continue;
      const bool is_read = std::ranges::all_of(
          word.parts, [&](const auto& terms) { return ReadTerms(terms, word.range); });
      if (is_read) marks_.Mark(word.range);
    }
    return OkStatus();
  }

  static bool IsJoiningChinese(std::string_view word) {
    for (size_t at = 0; at < word.size();) {
      const size_t begin = at;
      NextCodePoint(word, at);
      if (kJoiningCharacters.find(word.substr(begin, at - begin)) == kJoiningCharacters.npos)
        return false;
    }
    return true;
  }

  // Parts of cells: 传感器 of 温度传感器.
  void ReadChineseValues() {
    const std::string& text = marks_.text();
    for (size_t at = 0; at < text.size();) {
      size_t end = at;
      size_t characters = 0;
      while (end < text.size()) {
        size_t next = end;
        if (!IsCjk(NextCodePoint(text, next)) || marks_.Touches({end, next}) ||
            kJoiningCharacters.find(text.substr(end, next - end)) != kJoiningCharacters.npos) {
          break;
        }
        end = next;
        ++characters;
      }
      if (characters >= 2 &&
          words_.all_values.find(text.substr(at, end - at)) != std::string::npos) {
        question_.values.push_back({.characters = text.substr(at, end - at)});
        values_.push_back({at, end});
        marks_.Mark({at, end});
      }
      if (end == at) NextCodePoint(text, end);
      at = end;
    }
  }

  bool IsAllRead() const {
    const std::string rest = marks_.Rest();
    if (!std::ranges::all_of(analyzer_.Tokenize(rest),
                             [](const Token& token) { return !IsAscii(token.term[0]); })) {
      return false;
    }
    for (size_t at = 0; at < rest.size();) {
      const size_t begin = at;
      if (!IsCjk(NextCodePoint(rest, at))) continue;
      if (kJoiningCharacters.find(rest.substr(begin, at - begin)) == kJoiningCharacters.npos)
        return false;
    }
    return true;
  }

  // Whether only values and what joins stand between byte `begin` and a name of the rows, or one of the values.
  bool GoesOnWithRows(size_t begin) const {
    size_t least = marks_.text().size();
    const auto look = [&](const std::vector<ByteRange>& ranges) {
      for (const ByteRange& range : ranges) {
        if (range.begin >= begin) least = std::min(least, range.begin);
      }
    };
    look(rows_);
    look(values_);
    const bool is_column_first = std::ranges::any_of(named_, [&](const ByteRange& range) {
      return range.begin >= begin && range.begin < least;
    });
    return least < marks_.text().size() && !is_column_first;
  }

  static bool IsOfOneMeaning(const AskedExtreme& extreme) {
    const ColumnMeaning* meaning = MeaningNamed(extreme.attribute);
    return meaning != nullptr && meaning->is_only;
  }

  bool HoldsCodes() const {
    return std::ranges::any_of(question_.values, [](const AskedValue& value) {
      return std::ranges::any_of(value.terms, [](const std::string& term) {
        return HoldsAsciiDigit(term) && !IsPlainDigits(term);
      });
    });
  }

  // A column that says yes or no is a condition with a sign (table_conditions.h).
  bool NamesYesOrNo() const {
    return std::ranges::any_of(question_.columns, [&](std::string_view column) {
      return column != question_.stock_column &&
             std::ranges::any_of(table_.rows, [&](const ContextPiece* row) {
               const std::string_view cell = CellNamed(row->text, column);
               return SaysYes(cell) || SaysNo(cell);
             });
    });
  }

  // "The price of the largest plan", 最大的套餐的价格: that column is not the one of which it is the largest.
  bool AsksOfExtreme() const {
    static constexpr std::string_view kOfIt[] = {" of the ", " for the ", " does the "};
    const size_t begin = extreme_end_ - question_.extreme->word.size();
    if (EndsWithAny(marks_.text().substr(0, begin), kOfIt)) return true;
    size_t row = marks_.text().size();
    for (const std::vector<ByteRange>* ranges : {&rows_, &values_}) {
      for (const ByteRange& range : *ranges) {
        if (range.begin >= extreme_end_) row = std::min(row, range.begin);
      }
    }
    constexpr std::string_view kPossessiveMark = "的";
    return std::ranges::any_of(named_, [&](const ByteRange& range) {
      return range.begin > row && marks_.text().substr(0, range.begin).ends_with(kPossessiveMark);
    });
  }

  // Whether what was read makes one question.
  bool IsSound() const {
    const std::string& text = marks_.text();
    if ((!names_rows_ && question_.values.empty()) || HoldsCodes() || NamesYesOrNo()) return false;
    const bool has_filter =
        !question_.values.empty() || !question_.numbers.empty() || !question_.stock_column.empty();
    switch (question_.asks) {
      case RowsAsked::kCount:
        // "How many months of warranty": a number that a row has. "That have a warranty": no column says who has none.
        return (question_.columns.empty() || has_filter) && (names_rows_ || has_kind_) &&
               (GoesOnWithRows(count_end_) || IsCountedBehind());
      case RowsAsked::kExtreme:
        // "The most products" are counted by what each of them is of.
        return !(question_.extreme->word == "most" && GoesOnWithRows(extreme_end_)) &&
               (IsOfOneMeaning(*question_.extreme) || !AsksOfExtreme());
      case RowsAsked::kList:
        if (has_filter) return names_rows_ || has_kind_ || AsksForColumn();
        return names_rows_ && !AsksForColumn() && question_.columns.empty() &&
               ContainsAny(text, kWantingAll);
    }
    return false;
  }

  // 产品有多少种？
  bool IsCountedBehind() const {
    const std::string behind = marks_.text().substr(count_end_);
    const auto is_before = [&](const ByteRange& range) { return range.end <= count_end_; };
    return (!rows_.empty() || !values_.empty()) && std::ranges::all_of(rows_, is_before) &&
           question_.columns.empty() && !HoldsLetters(behind);
  }
  static bool HoldsLetters(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      if (IsAsciiAlphanumeric(text[at]) || IsCjk(NextCodePoint(text, at))) return true;
    }
    return false;
  }

  // "Which supplier ...": not the rows.
  bool AsksForColumn() const {
    const std::string& text = marks_.text();
    const auto stands_behind = [&](std::string_view word) {
      const size_t at = PlaceOfPhrase(text, word);
      if (at == text.npos) return std::optional<bool>();
      const size_t end = at + word.size();
      return std::optional(std::ranges::any_of(named_, [&](const ByteRange& range) {
        return range.begin >= end &&
               TrimBlanks(std::string_view(text).substr(end, range.begin - end)).empty();
      }));
    };
    for (const std::string_view word : kEnglishListing) {
      if (const std::optional<bool> stands = stands_behind(word)) return *stands;
    }
    for (const std::string_view word : kChineseListing) {
      if (const std::optional<bool> stands = stands_behind(word)) return *stands;
    }
    return false;
  }

  ReadMarks marks_;
  const FoundTable& table_;
  const TableWords words_;
  const Analyzer& analyzer_;
  TableQuestion question_;
  bool asks_ = false;
  bool names_rows_ = false;  // also by a general word
  bool has_kind_ = false;    // a value says what kind of rows
  size_t count_end_ = 0;     // of the words that count
  size_t extreme_end_ = 0;
  std::vector<ByteRange> rows_;    // where the question says what the rows are
  std::vector<ByteRange> values_;  // and their values
  std::vector<ByteRange> named_;   // and columns
};

bool HasValue(const ContextPiece& row, const AskedValue& value, const Analyzer& analyzer) {
  for (const RowCell& cell : CellsOfRow(row.text)) {
    if (!value.characters.empty()) {
      if (Fold(cell.value).find(value.characters) != std::string::npos) return true;
      continue;
    }
    const WordSet words = WordsIn(cell.value, analyzer);
    if (std::ranges::any_of(value.terms, [&](const auto& term) { return words.contains(term); }))
      return true;
  }
  return false;
}

}  // namespace

bool MayAskForRows(std::string_view question) {
  if (question.size() > kLongestQuestion) return false;
  const std::string folded = Fold(Trim(question));
  return HasExtreme(folded) || ContainsAny(folded, kCountWords) ||
         StartsWithAny(folded, kListBegins) || folded.starts_with("what ") ||
         ContainsAny(folded, kChineseListing);
}

Result<std::optional<TableQuestion>> ReadTableQuestion(std::string_view question,
                                                       const FoundTable& table,
                                                       const Context& context,
                                                       const Analyzer& analyzer) {
  return TableQuestionReader(question, table, WordsOfTable(table, context, analyzer), analyzer)
      .Read();
}

bool MeetsQuestion(const ContextPiece& row, const TableQuestion& question,
                   const Analyzer& analyzer) {
  if (!question.stock_column.empty()) {
    const RowCell cell = {.name = question.stock_column,
                          .value = CellNamed(row.text, question.stock_column)};
    const std::optional<CellNumber> number = NumberInCell(cell);
    const bool is_there = number ? number->value > 0 : SaysYes(cell.value);
    if ((!number && !SaysYes(cell.value) && !SaysNo(cell.value)) ||
        is_there != question.is_in_stock) {
      return false;
    }
  }
  return std::ranges::all_of(question.values,
                             [&](const auto& value) { return HasValue(row, value, analyzer); }) &&
         std::ranges::all_of(question.numbers,
                             [&](const auto& number) { return MeetsNumber(row, number); });
}

}  // namespace quarry::generation
