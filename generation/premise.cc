#include "generation/premise.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/word_lists.h"
#include "generation/context_pieces.h"
#include "generation/number_words.h"
#include "generation/support.h"
#include "model/answer_kind.h"
#include "model/question.h"

namespace quarry::generation {
namespace {

constexpr double kSpeaksOfPremise = 0.35;  // of the clause's words: a statement speaks of the same
constexpr double kNearlyAsMuch = 0.75;     // of what the best has: it may bear the premise out
constexpr double kAsMuch = 0.9;            // of what the best has: it may contradict
constexpr double kSaysSo = 0.7;            // of the clause's words: a denial of the same words
constexpr double kElsewhere = 0.25;        // a word that stands elsewhere in the document
constexpr size_t kFewCharacters = 4;       // so few say nothing
constexpr double kAboutIt = 0.5;           // of what the part with another number has of the clause
constexpr uint32_t kDeniedWithin = 3;      // words behind "not"
constexpr ptrdiff_t kTopicCharacters = 2;  // so many tell what a statement is about

constexpr std::string_view kChineseWeekdays[] = {"星期一", "星期二", "星期三", "星期四",
                                                 "星期五", "星期六", "星期日"};

// What the question takes for granted, numbers in digits; "" where it asks without doing so.
std::string PremiseOf(std::string_view question) {
  const std::string folded = Fold(question);
  const auto cut_at = [&](std::string_view mark) {
    size_t end = question.find(mark);
    // Not that of "1,000".
    while (end != question.npos && end > 0 && end + 1 < question.size() &&
           IsAsciiDigit(question[end - 1]) && IsAsciiDigit(question[end + 1])) {
      end = question.find(mark, end + 1);
    }
    return end == question.npos ? std::string() : WithDigits(question.substr(0, end));
  };
  for (const std::string_view asking :
       {"为什么", "為什麼", "为何", "為何", "为啥", "凭什么", "怎么会"}) {
    const size_t at = question.find(asking);
    if (at == question.npos) continue;
    return WithDigits(std::string(question.substr(0, at)) +
                      std::string(question.substr(at + asking.size())));
  }
  for (const std::string_view given : {"既然", "鉴于", "鑒於"}) {
    if (!question.starts_with(given)) continue;
    std::string premise = cut_at("，");
    if (premise.empty()) premise = cut_at(",");
    return premise.empty() ? premise : premise.substr(given.size());
  }
  for (const std::string_view given : {"since ", "given that "}) {
    if (!folded.starts_with(given) || folded.starts_with("since when")) continue;
    std::string premise = cut_at(",");
    return premise.empty() ? premise : premise.substr(given.size());
  }
  for (const std::string_view asking : {"why ", "how come ", "for what reason "}) {
    const size_t at = folded.find(asking);
    if (at == folded.npos || (at > 0 && folded[at - 1] != ' ')) continue;
    return WithDigits(std::string_view(folded).substr(at + asking.size()));
  }
  return "";
}

bool IsNumberTerm(std::string_view term) {
  return HoldsAsciiDigit(term) && std::ranges::none_of(term, IsAsciiLetter);
}

// Chinese characters that say nothing of what a clause is about.
constexpr std::string_view kEmptyCharacters = "的了是在有可以要只才就都每约和与及也还会被把为从到";

// Words that say nothing of what is counted: "takes 40 minutes", "needs 10 minutes".
constexpr std::string_view kCountingWords =
    "take takes taking took taken have has having had last lasts lasting lasted cost costs costing "
    "need needs needing "
    "needed require requires requiring required second seconds minute minutes hour hours day days "
    "week weeks month "
    "months year years per 需要 分钟 小时";
constexpr std::string_view kCountingCharacters = "需要花费費用分钟鐘小时時天周月年";

bool OnlyCounts(std::string_view term) {
  if (term.empty() || IsAscii(term[0])) return false;
  for (size_t at = 0; at < term.size();) {
    const size_t begin = at;
    NextCodePoint(term, at);
    const std::string_view one = term.substr(begin, at - begin);
    if (kCountingCharacters.find(one) == std::string_view::npos &&
        kEmptyCharacters.find(one) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// Its Chinese characters, each once; without those that say nothing, and those that count: of "每批50人" 批.
std::vector<std::string> ChineseCharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  bool counts = false;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(text, at);
    const std::string one(text.substr(begin, at - begin));
    const bool is_one = IsCjk(c) && !counts && kEmptyCharacters.find(one) == std::string::npos;
    if (is_one && std::ranges::count(characters, one) == 0) characters.push_back(one);
    counts = c < 0x80 && IsAsciiDigit(static_cast<char>(c));
  }
  return characters;
}

// The words of the clause without its numbers.
class Clause {
 public:
  Clause(std::string_view text, const Analyzer& analyzer) : characters_(ChineseCharactersOf(text)) {
    for (model::QuestionTerm& term : model::AnalyseQuestion(text, analyzer).terms) {
      if (IsNumberTerm(term.term)) continue;
      total_ += term.emphasis;
      if (term.has_digit) codes_.insert(term.term);
      terms_.emplace_back(std::move(term.term), term.emphasis);
    }
    FindTopic(text, analyzer);
  }

  // `document`: the words of all that was found of the statement's document.
  double ShareOf(const ContextPiece& piece, const WordSet& document) const {
    if (total_ <= 0 || (!codes_.empty() && ShareAmong(codes_, piece.all) < 1)) return 0;
    double share = 0;
    for (const auto& [term, weight] : terms_) {
      if (piece.all.contains(term)) {
        share += weight;
      } else if (document.contains(term)) {
        share += kElsewhere * weight;
      }
    }
    if (characters_.size() < kFewCharacters) return share / total_;
    return (share / total_ + CharactersIn(piece)) / 2;
  }
  // Of the words of the clause, those in a part of a statement.
  double ShareIn(std::string_view part, const Analyzer& analyzer) const {
    const WordSet words = WordsIn(part, analyzer);
    double share = 0;
    for (const auto& [term, weight] : terms_) share += words.contains(term) ? weight : 0;
    return total_ > 0 ? share / total_ : 0;
  }
  // Whether the statement shares more with the clause than how something is counted.
  bool SharesTopic(const ContextPiece& piece) const {
    if (ShareAmong(topic_, piece.all) > 0) return true;
    const auto found = std::ranges::count_if(characters_, [&](const std::string& one) {
      return !OnlyCounts(one) && piece.text.find(one) != piece.text.npos;
    });
    return found >= kTopicCharacters;
  }
  bool Has(const std::string& term) const {
    return std::ranges::any_of(terms_, [&](const auto& one) { return one.first == term; });
  }
  size_t size() const { return terms_.size(); }

 private:
  // Its words without those that count, and those right behind a number: its unit.
  void FindTopic(std::string_view text, const Analyzer& analyzer) {
    const WordSet counting = WordsIn(kCountingWords, analyzer);
    WordSet units;
    bool behind_number = false;
    for (const Token& token : analyzer.Tokenize(text)) {
      if (behind_number) units.insert(token.term);
      behind_number = IsNumberTerm(token.term);
    }
    for (const auto& [term, weight] : terms_) {
      if (!counting.contains(term) && !units.contains(term) && !OnlyCounts(term))
        topic_.insert(term);
    }
  }

  // Pairs of characters change with every word between them: 参观每批 has 观每, 参观时每批 has not.
  double CharactersIn(const ContextPiece& piece) const {
    const auto found = std::ranges::count_if(characters_, [&](const std::string& one) {
      return piece.text.find(one) != piece.text.npos || piece.header.find(one) != piece.header.npos;
    });
    return static_cast<double>(found) / static_cast<double>(characters_.size());
  }

  std::vector<std::pair<std::string, double>> terms_;
  std::vector<std::string> characters_;
  WordSet codes_;
  WordSet topic_;
  double total_ = 0;
};

// "3.4.0" as "3.4": they are one version. Not "1.0" as "1", which numbers much else.
std::string ShortVersion(std::string_view number) {
  while (number.ends_with(".0") && std::ranges::count(number, '.') > 1) number.remove_suffix(2);
  return std::string(number);
}

// A number with what stands on both sides of it.
struct NumberInText {
  std::string_view number;  // "3.4.0"
  std::string_view before;
  std::string_view behind;
};

std::vector<NumberInText> NumbersIn(std::string_view text) {
  std::vector<NumberInText> numbers;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() &&
           (IsAsciiDigit(text[end]) || (text[end] == '.' && end > at && end + 1 < text.size() &&
                                        IsAsciiDigit(text[end + 1])))) {
      ++end;
    }
    if (end > at) {
      numbers.push_back({text.substr(at, end - at), TrimBlanks(text.substr(0, at)),
                         TrimBlanks(text.substr(end))});
    }
    at = std::max(end, at + 1);
  }
  return numbers;
}

// The versions that a clause speaks of: "3.5 版本", "version 3.5", "3.4.0". Not one that it only places something in:
// "added in version 3.3", "在 3.3 版本新增", which may be what is wrong.
std::set<std::string> VersionsOf(std::string_view clause) {
  static constexpr std::string_view kCalled[] = {"version", "release", "版本", "版"};
  static constexpr std::string_view kPlacing[] = {
      " in", " since", " with", " from", " until", " by", "在", "于", "自", "从", "到", "由"};
  std::set<std::string> versions;
  const std::string folded = Fold(clause);
  for (const NumberInText& one : NumbersIn(folded)) {
    std::string_view before = one.before;
    bool is_version = std::ranges::count(one.number, '.') > 1 || one.behind.starts_with("版");
    for (const std::string_view called : kCalled) {
      if (!before.ends_with(called)) continue;
      is_version = true;
      before = TrimBlanks(before.substr(0, before.size() - called.size()));
      break;
    }
    if (is_version && !EndsWithAny(before, kPlacing)) versions.insert(ShortVersion(one.number));
  }
  return versions;
}

// Whether a statement names another thing of the kind: right before a word of both the question has a name that the
// statement and its headings lack, and the statement another, "the Orrin ferry", "the Stellmoor ferry". Names are
// capitalised words inside a sentence.
bool NamesAnother(std::string_view question, const ContextPiece& piece, const Analyzer& analyzer) {
  const std::vector<Token> asked = analyzer.Tokenize(question);
  const std::vector<Token> said = analyzer.Tokenize(piece.text);
  const auto is_name = [](std::string_view text, const Token& token) {
    return token.begin > 0 && IsAsciiUpper(text[token.begin]);
  };
  // Calls take(name, word) for each name with the word right behind it until that is true.
  const auto any_named = [&](std::string_view text, const std::vector<Token>& tokens,
                             const auto& take) {
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i + 1].position == tokens[i].position + 1 && is_name(text, tokens[i]) &&
          take(tokens[i].term, tokens[i + 1].term)) {
        return true;
      }
    }
    return false;
  };
  const auto is_asked = [&](const std::string& term) {
    return std::ranges::count(asked, term, &Token::term) > 0;
  };
  return any_named(question, asked, [&](const std::string& name, const std::string& word) {
    if (piece.all.contains(name)) return false;
    return any_named(piece.text, said, [&](const std::string& other, const std::string& behind) {
      return behind == word && !is_asked(other);
    });
  });
}

// Likewise in Chinese, where no capital tells a name: the first word of both, of two characters, before the same word:
// "旗舰版最多支持", "专业版最多支持".
bool BeginsWithAnother(std::string_view clause, const ContextPiece& piece) {
  const auto first_characters = [](std::string_view text) {
    std::vector<std::string> characters;
    for (size_t at = 0; at < text.size() && characters.size() < 4;) {
      const size_t begin = at;
      if (!IsCjk(NextCodePoint(text, at))) break;
      characters.emplace_back(text.substr(begin, at - begin));
    }
    return characters;
  };
  const std::vector<std::string> ours = first_characters(Trim(clause));
  const std::vector<std::string> theirs = first_characters(piece.text);
  if (ours.size() < 4 || theirs.size() < 4) return false;
  if (ours[2] != theirs[2] || ours[3] != theirs[3]) return false;
  for (const size_t i : {0u, 1u}) {
    if (ours[i] == theirs[0] || ours[i] == theirs[1]) return false;
    if (kEmptyCharacters.find(ours[i]) != std::string_view::npos ||
        kEmptyCharacters.find(theirs[i]) != std::string_view::npos) {
      return false;
    }
  }
  const auto stands_in = [](const std::string& word, std::string_view text) {
    return text.find(word) != text.npos;
  };
  const std::string our_name = ours[0] + ours[1];
  return !stands_in(our_name, piece.text) && !stands_in(our_name, piece.header) &&
         !stands_in(theirs[0] + theirs[1], clause);
}

// Whether the statement or its headings name all of them.
bool NamesVersions(const ContextPiece& piece, std::set<std::string> versions) {
  for (const std::string_view text : {piece.text, std::string_view(piece.header)}) {
    if (versions.empty()) break;
    for (const NumberInText& one : NumbersIn(text)) versions.erase(ShortVersion(one.number));
  }
  return versions.empty();
}

bool IsYear(const Quantity& quantity) {
  return quantity.number.size() == 4 && quantity.number >= "1000" && quantity.number < "2100" &&
         (quantity.unit.empty() || quantity.unit == "year");
}

std::string UnitOf(const Quantity& quantity) {
  if (IsYear(quantity)) return "a year";
  return quantity.unit.empty() ? quantity.counted : quantity.unit;
}

// A statement's parts between commas, with how much of the clause each has.
struct StatementPart {
  double share = 0;
  std::vector<Quantity> quantities;
};

// The statements that speak of the clause, with what they count.
struct PremiseStatement {
  const ContextPiece* piece = nullptr;
  double share = 0;
  bool of_another = false;  // thing of the kind: it contradicts nothing
  std::vector<Quantity> quantities;
  std::vector<StatementPart> parts;
  std::string folded;
};

std::vector<StatementPart> PartsOf(std::string_view text, const Clause& clause,
                                   const Analyzer& analyzer) {
  std::vector<StatementPart> parts;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = text.size();
    size_t next = end;
    for (const std::string_view mark : {"，", "、", "；", ", ", "; "}) {
      const size_t at = text.find(mark, begin);
      if (at < end) end = at, next = at + mark.size();
    }
    const std::string_view part = text.substr(begin, end - begin);
    parts.push_back({clause.ShareIn(part, analyzer), QuantitiesOf(part)});
    begin = next;
  }
  return parts;
}

// Whether the statement has `wanted` of what the clause speaks of: not where another part of it, with
// another number of the unit, speaks of it and the part with `wanted` does not.
bool HasNumber(const PremiseStatement& statement, const Quantity& wanted) {
  const auto is_it = [&](const Quantity& quantity) {
    return quantity.number == wanted.number &&
           (quantity.unit == wanted.unit || quantity.unit.empty() || wanted.unit.empty());
  };
  if (std::ranges::any_of(QuantitiesOf(statement.piece->header), is_it)) return true;
  double with_it = -1;
  double with_other = 0;
  for (const StatementPart& part : statement.parts) {
    for (const Quantity& quantity : part.quantities) {
      if (is_it(quantity)) {
        with_it = std::max(with_it, part.share);
      } else if (!UnitOf(quantity).empty() && UnitOf(quantity) == UnitOf(wanted)) {
        with_other = std::max(with_other, part.share);
      }
    }
  }
  return with_it >= 0 && with_it >= kAboutIt * with_other;
}

// Whether the statement has another number where the clause has `quantity`.
bool HasOther(const PremiseStatement& statement, const Quantity& quantity,
              const std::vector<Quantity>& asked) {
  return std::ranges::any_of(statement.quantities, [&](const Quantity& other) {
    return !UnitOf(other).empty() && UnitOf(other) == UnitOf(quantity) &&
           std::ranges::none_of(asked,
                                [&](const Quantity& one) { return one.number == other.number; });
  });
}

std::vector<size_t> WeekdaysIn(std::string_view folded) {
  std::vector<size_t> days;
  for (const auto names : {std::span(kWeekdayNames), std::span(kChineseWeekdays)}) {
    for (size_t day = 0; day < names.size(); ++day) {
      if (folded.find(names[day]) != folded.npos) days.push_back(day);
    }
  }
  return days;
}

// Whether a denial stands right before the word at `word` of the text: within three words, of Chinese within two
// characters.
bool StandsDenied(std::string_view text, size_t word) {
  size_t begin = word;
  const bool is_chinese = !IsAscii(text[begin]);
  for (uint32_t back = 0; back < (is_chinese ? 2 : kDeniedWithin) && begin > 0; ++back) {
    if (is_chinese) {
      begin = CharacterBegin(text, begin - 1);
      if (model::DeniesAt(text, begin)) return true;
    } else {
      while (begin > 0 && text[begin - 1] == ' ') --begin;
      while (begin > 0 && text[begin - 1] != ' ') --begin;
    }
  }
  return !is_chinese && model::IsNegated(text.substr(begin, word - begin));
}

// Whether what ends at `end` is only denied beyond a bound: "may not be lowered | faster than 0.30 m", 不得下降|超过0.3米.
bool IsBoundedFrom(std::string_view text, size_t end) {
  constexpr size_t kWithin = 4;  // words; of Chinese characters
  std::string_view behind = text.substr(end);
  behind = behind.substr(0, behind.find_first_of("0123456789"));  // "rise above 20 cm" is denied
  size_t at = 0;
  for (size_t i = 0; i < kWithin && at < behind.size(); ++i) {
    NextCodePoint(behind, at);
    if (IsAscii(behind[at - 1])) at = std::min(behind.find(' ', at), behind.size());
  }
  const model::BoundsSaid bounds = model::DenialsIn(behind.substr(0, at)).bounds;
  return bounds.more || bounds.less;
}

// Whether the statement denies words of the clause: one that it also affirms, as in "must wear helmets in the halls but
// no helmets in the office", is not denied.
bool Denies(const PremiseStatement& statement, const Clause& clause, const Analyzer& analyzer) {
  const std::string_view text = statement.piece->text;
  if (!model::DenialsIn(text).AreAny()) return false;
  // Of each word of the clause: whether it is denied wherever it stands.
  std::map<std::string, bool> denied;
  for (const Token& token : analyzer.Tokenize(text)) {
    if (!clause.Has(token.term)) continue;
    const bool is_denied = StandsDenied(text, token.begin) && !IsBoundedFrom(text, token.end);
    const auto [word, is_new] = denied.try_emplace(token.term, is_denied);
    if (!is_new) word->second = word->second && is_denied;
  }
  return std::ranges::any_of(denied, [](const auto& one) { return one.second; });
}

}  // namespace

std::optional<FalsePremise> FindFalsePremise(std::string_view question, const Context& context,
                                             const Analyzer& analyzer) {
  const std::string premise = PremiseOf(question);
  if (premise.empty()) return std::nullopt;
  const Clause clause(premise, analyzer);
  if (clause.size() < 2) return std::nullopt;  // "Since March 2019, ..." is a time
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  std::map<DocumentId, WordSet> documents;
  for (const ContextPiece& piece : pieces) {
    documents[context.passages[piece.passage].chunk.document].insert(piece.all.begin(),
                                                                     piece.all.end());
  }
  // What is said of another version neither bears the premise out nor contradicts it.
  const std::set<std::string> versions = VersionsOf(premise);
  std::vector<PremiseStatement> statements;
  double best = 0;
  for (const ContextPiece& piece : pieces) {
    if (!NamesVersions(piece, versions)) continue;
    const double share =
        clause.ShareOf(piece, documents[context.passages[piece.passage].chunk.document]);
    if (share < kSpeaksOfPremise) continue;
    const bool of_another =
        NamesAnother(question, piece, analyzer) || BeginsWithAnother(premise, piece);
    if (!of_another) best = std::max(best, share);
    statements.push_back({.piece = &piece,
                          .share = share,
                          .of_another = of_another,
                          .quantities = QuantitiesOf(WithDigits(piece.text)),
                          .parts = PartsOf(WithDigits(piece.text), clause, analyzer),
                          .folded = Fold(piece.text)});
  }
  std::erase_if(statements,
                [&](const PremiseStatement& one) { return one.share < kNearlyAsMuch * best; });
  std::ranges::stable_sort(statements, std::ranges::greater(), &PremiseStatement::share);
  const auto found = [](const PremiseStatement& statement) {
    return FalsePremise{.passage = statement.piece->passage, .range = statement.piece->range};
  };
  const auto contradicts = [&](const PremiseStatement& one) {
    return !one.of_another && one.share >= kAsMuch * best;
  };

  const std::vector<Quantity> asked = QuantitiesOf(premise);
  const auto bears_out = [&](const Quantity& quantity) {
    return std::ranges::any_of(
        statements, [&](const PremiseStatement& one) { return HasNumber(one, quantity); });
  };
  // The years of the clause that are told of: what is said of another year contradicts no number of these.
  std::vector<Quantity> years;
  std::ranges::copy_if(asked, std::back_inserter(years), [&](const Quantity& quantity) {
    return IsYear(quantity) && bears_out(quantity);
  });
  const auto has_years = [&](const PremiseStatement& statement) {
    return std::ranges::all_of(years,
                               [&](const Quantity& year) { return HasNumber(statement, year); });
  };
  for (const Quantity& quantity : asked) {
    if (versions.contains(ShortVersion(quantity.number))) continue;
    if (bears_out(quantity)) continue;
    for (const PremiseStatement& statement : statements) {
      if (contradicts(statement) && clause.SharesTopic(*statement.piece) &&
          HasOther(statement, quantity, asked) && has_years(statement)) {
        return found(statement);
      }
    }
  }
  const std::vector<size_t> days = WeekdaysIn(Fold(premise));
  if (days.size() == 1) {
    const auto has_day = [&](const PremiseStatement& one) {
      return std::ranges::count(WeekdaysIn(one.folded), days[0]) > 0;
    };
    if (std::ranges::none_of(statements, has_day)) {
      for (const PremiseStatement& statement : statements) {
        if (contradicts(statement) && !WeekdaysIn(statement.folded).empty()) {
          return found(statement);
        }
      }
    }
  }
  if (model::DenialsIn(premise).AreAny()) return std::nullopt;
  for (const PremiseStatement& statement : statements) {
    if (!contradicts(statement) || statement.share < kSaysSo) continue;
    if (!Denies(statement, clause, analyzer)) return std::nullopt;  // one affirms it
    return found(statement);
  }
  return std::nullopt;
}

}  // namespace quarry::generation
