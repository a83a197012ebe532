#include "retrieval/question_facts.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/analyzer.h"
#include "base/ascii.h"
#include "base/text.h"
#include "model/answer_kind.h"
#include "retrieval/question_lexicon.h"
#include "retrieval/question_numbers.h"

namespace quarry::retrieval {
namespace {

using Tokens = std::span<const QuestionToken>;

// Phrases as tokens, found longest first at a place of a question.
template <typename Value>
class PhraseTable {
 public:
  void Add(std::string_view phrase, Value value) {
    AddTokens(UnifyNumbers(TokenizeQuestion(phrase)), std::move(value));
  }
  // A unit, as it reads behind a number.
  void AddUnit(std::string_view unit, Value value) {
    std::vector<QuestionToken> tokens = TokenizeQuestion("1 " + std::string(unit));
    tokens.erase(tokens.begin());
    AddTokens(std::move(tokens), std::move(value));
  }
  void AddTokens(std::vector<QuestionToken> tokens, Value value) {
    const std::string first = tokens[0].text;
    by_first_[first].push_back({std::move(tokens), std::move(value)});
  }

  struct Match {
    size_t tokens = 0;
    std::vector<const Value*> values;  // several rows may name one phrase
  };
  Match Find(Tokens tokens) const {
    Match match;
    const auto entries = by_first_.find(tokens[0].text);
    if (entries == by_first_.end()) return match;
    for (const Entry& entry : entries->second) {
      if (entry.tokens.size() < match.tokens || !Begins(tokens, entry.tokens)) continue;
      if (entry.tokens.size() > match.tokens) match = {entry.tokens.size(), {}};
      match.values.push_back(&entry.value);
    }
    return match;
  }

 private:
  struct Entry {
    std::vector<QuestionToken> tokens;
    Value value;
  };
  static bool Begins(Tokens tokens, const std::vector<QuestionToken>& phrase) {
    if (phrase.size() > tokens.size()) return false;
    for (size_t i = 0; i < phrase.size(); ++i) {
      if (tokens[i].text != phrase[i].text) return false;
    }
    return true;
  }
  std::unordered_map<std::string, std::vector<Entry>> by_first_;
};

struct FactValue {
  FactKind kind;
  std::string value;
};

struct Lexicon {
  PhraseTable<FactValue> facts;
  PhraseTable<bool> functions;
  PhraseTable<std::string> neutral;  // the characters before which the word is none
  PhraseTable<bool> now;
  PhraseTable<bool> relative;
  PhraseTable<std::string> units;
};

const Lexicon& TheLexicon() {
  static const Lexicon* const lexicon = [] {
    auto* made = new Lexicon;
    for (const question_lexicon::Row& row : question_lexicon::FactRows()) {
      for (const std::string_view phrase : SplitNonEmpty(row.words, "|")) {
        made->facts.Add(phrase, {row.kind, std::string(row.value.empty() ? phrase : row.value)});
      }
    }
    for (const std::string_view word : SplitNonEmpty(question_lexicon::FunctionWords(), "|")) {
      made->functions.Add(word, true);
    }
    for (const std::string_view word : SplitNonEmpty(question_lexicon::NeutralWords(), "|")) {
      made->neutral.Add(word, "");
    }
    for (const model::WordWithoutDenial& one : model::WordsWithoutDenial()) {
      made->neutral.Add(one.word, Fold(one.not_before));
    }
    for (const std::string_view word : SplitNonEmpty(question_lexicon::NowWords(), "|")) {
      made->now.Add(word, true);
    }
    for (const std::string_view word : SplitNonEmpty(question_lexicon::RelativeTimes(), "|")) {
      made->relative.Add(word, true);
    }
    for (const std::string_view group : SplitNonEmpty(question_lexicon::Units(), "|")) {
      const std::vector<std::string_view> names = SplitNonEmpty(group, ",");
      for (const std::string_view name : names) made->units.AddUnit(name, std::string(names[0]));
    }
    return made;
  }();
  return *lexicon;
}

// How many tokens the word has that begins `tokens` and does not mean what its characters do; 0 if
// there is none.
size_t NeutralTokens(Tokens tokens) {
  const auto word = TheLexicon().neutral.Find(tokens);
  if (word.tokens == 0 || word.tokens == tokens.size() || tokens[word.tokens - 1].ends) {
    return word.tokens;
  }
  const QuestionToken& next = tokens[word.tokens];
  const bool is_none =
      next.cjk &&
      std::any_of(word.values.begin(), word.values.end(), [&](const std::string* not_before) {
        return not_before->find(next.text) != std::string::npos;
      });
  return is_none ? 0 : word.tokens;
}

bool HasDigit(const QuestionToken& token) {
  return std::any_of(token.text.begin(), token.text.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "pallets", not "gas" or "glass".
bool IsPlural(const QuestionToken& token) {
  const std::string_view text = token.text;
  return text.size() > 3 && text.back() == 's' && text[text.size() - 2] != 's';
}

bool IsLatin(const QuestionToken& token) {
  return !token.cjk && std::any_of(token.text.begin(), token.text.end(),
                                   [](unsigned char c) { return std::isalpha(c) != 0; });
}

// 是不是, 有没有: the middle of a choice between a verb and its negation denies nothing.
bool IsChoice(Tokens tokens, size_t at) {
  if (!tokens[at].Is("不") && !tokens[at].Is("没")) return false;
  return at > 0 && at + 1 < tokens.size() && tokens[at - 1].text == tokens[at + 1].text;
}

// The word without its plural and verb endings, as the analyzer has it; a past tense stays apart.
std::string StemOf(const QuestionToken& token) {
  static const Analyzer* const analyzer = new Analyzer({.drop_stop_words = false});
  const std::string& word = token.text;
  const bool plain = !token.cjk && std::all_of(word.begin(), word.end(), IsAsciiLower);
  if (!plain) return word;
  const std::vector<Token> terms = analyzer->Tokenize(word);
  if (terms.size() != 1) return word;
  const bool past = word.ends_with("ed") && terms[0].term != word;
  return past ? terms[0].term + "+ed" : terms[0].term;
}

// Names by their capitals, folded: words with a capital that do not begin a sentence. None where most
// words have one: then capitals say nothing.
std::vector<std::string> CapitalisedNames(std::string_view question) {
  std::vector<std::string> names;
  size_t words = 0;
  bool begins = true;
  for (size_t at = 0; at < question.size();) {
    const auto letter = [&](size_t i) {
      return i < question.size() && (std::isalnum(static_cast<unsigned char>(question[i])) != 0);
    };
    if (!letter(at)) {
      begins |= question[at] == '.' || question[at] == '?' || question[at] == '!' ||
                question[at] == ':' || question[at] == '"';
      ++at;
      continue;
    }
    const size_t begin = at;
    while (letter(at)) ++at;
    const std::string_view word = question.substr(begin, at - begin);
    ++words;
    const bool capital = std::isupper(static_cast<unsigned char>(word[0])) != 0;
    // Of the first word a second capital tells: "IBM", "iPhone".
    const bool inner = std::any_of(word.begin() + 1, word.end(),
                                   [](unsigned char c) { return std::isupper(c) != 0; });
    if ((capital && !begins && word != "I") || inner) names.push_back(Fold(word));
    begins = false;
  }
  if (words > 3 && names.size() * 3 > words * 2) names.clear();
  return names;
}

class FactReader {
 public:
  FactReader(std::string_view question, const NormalisedQuestion& normalised)
      : question_(question), tokens_(normalised.tokens) {}

  QuestionFacts Read() {
    const std::string language = DetectLanguage(question_);
    if (!language.empty()) Add(FactKind::kLanguage, language);
    for (std::string& name : CapitalisedNames(question_)) Add(FactKind::kEntity, std::move(name));
    ReadQuotes();
    for (size_t at = 0; at < tokens_.size();) at += ReadAt(at, language == "zh");
    for (size_t kind = 0; kind < kFactKinds; ++kind) {
      const bool ordered = static_cast<FactKind>(kind) == FactKind::kRelation ||
                           static_cast<FactKind>(kind) == FactKind::kPerson;
      std::vector<std::string>& values = facts_.facts[kind];
      if (!ordered) std::sort(values.begin(), values.end());
    }
    // Capitals and script may both tell a name.
    std::vector<std::string>& names = facts_.facts[static_cast<size_t>(FactKind::kEntity)];
    names.erase(std::unique(names.begin(), names.end()), names.end());
    KeepPersonsWhereTwo();
    return std::move(facts_);
  }

 private:
  void Add(FactKind kind, std::string value) {
    facts_.facts[static_cast<size_t>(kind)].push_back(std::move(value));
  }

  // What stands in quotation marks or 《》.
  void ReadQuotes() {
    std::string quoted;
    bool open = false;
    for (const QuestionToken& token : tokens_) {
      const bool whole = token.text.size() > 1 && token.text.front() == '"';
      if (whole && !open) Add(FactKind::kEntity, token.text);
      if (token.Is("《") || (token.Is("\"") && !open)) {
        open = true;
        quoted.clear();
      } else if (token.Is("》") || token.Is("\"")) {
        if (open) Add(FactKind::kEntity, quoted);
        open = false;
      } else if (open) {
        quoted += token.text + ' ';
      }
    }
  }

  // "sort!" and "sort", "args..." and "args" are not the same word.
  void ReadMark(const QuestionToken& token) {
    const bool tells = token.mark.starts_with('!') || token.mark.starts_with("..");
    if (tells && !token.cjk) facts_.content.push_back(token.mark);
  }

  size_t ReadAt(size_t at, bool chinese) {
    const size_t used = ReadWords(at, chinese);
    for (const QuestionToken& token : Tokens(tokens_).subspan(at, used)) ReadMark(token);
    return used;
  }

  size_t ReadWords(size_t at, bool chinese) {
    const Tokens rest = Tokens(tokens_).subspan(at);
    const Lexicon& lexicon = TheLexicon();
    if (HasDigit(rest[0])) {
      std::string number = rest[0].text;
      std::string counted;
      if (rest.size() > 1 && !rest[0].ends) {
        const auto unit = lexicon.units.Find(rest.subspan(1));
        if (unit.tokens > 0) number += ' ' + *unit.values[0];
        if (unit.tokens == 0 && !chinese) counted = CountedBy(rest.subspan(1));
      }
      facts_.content.push_back(number);
      Add(FactKind::kNumber, std::move(number) + counted);
      return 1;
    }
    const auto fact = lexicon.facts.Find(rest);
    if (const size_t neutral = NeutralTokens(rest); neutral > fact.tokens) {
      for (const QuestionToken& token : rest.first(neutral)) facts_.content.push_back(token.text);
      return neutral;
    }
    const bool is_choice = IsChoice(tokens_, at);
    for (const FactValue* value : fact.values) {
      if (value->kind == FactKind::kNegation && is_choice) continue;
      Add(value->kind, value->value);
    }
    const auto function = lexicon.functions.Find(rest);
    if (fact.tokens == 0 && function.tokens == 0) {
      if (chinese && IsLatin(rest[0])) Add(FactKind::kEntity, rest[0].text);
      facts_.content.push_back(StemOf(rest[0]));
      return 1;
    }
    // The longer reading counts; of a fact that is no function word the words are content.
    const size_t used = std::max(fact.tokens, function.tokens);
    if (function.tokens < used && !is_choice) {
      for (const QuestionToken& token : rest.first(used)) {
        if (!AsksOnly(fact.values)) facts_.content.push_back(token.text);
      }
    }
    return used;
  }

  // The word behind a number, with a space before it: what is counted, where no list names it.
  static std::string CountedBy(Tokens rest) {
    const Lexicon& lexicon = TheLexicon();
    // English counts in the plural: of "gauge 3 tidy" nothing is counted.
    const bool counts = IsLatin(rest[0]) && !HasDigit(rest[0]) && IsPlural(rest[0]) &&
                        lexicon.facts.Find(rest).tokens == 0 &&
                        lexicon.functions.Find(rest).tokens == 0;
    return counts ? ' ' + StemOf(rest[0]) : "";
  }

  static bool AsksOnly(const std::vector<const FactValue*>& values) {
    return std::all_of(values.begin(), values.end(), [](const FactValue* value) {
      return value->kind == FactKind::kAsked || value->kind == FactKind::kPerson ||
             value->kind == FactKind::kTense;
    });
  }

  // "How do I ..." and "How do you ..." ask the same; "may I call you" and "may you call me" do not.
  void KeepPersonsWhereTwo() {
    std::vector<std::string>& persons = facts_.facts[static_cast<size_t>(FactKind::kPerson)];
    if (std::set<std::string>(persons.begin(), persons.end()).size() < 2) persons.clear();
  }

  const std::string_view question_;
  const std::vector<QuestionToken>& tokens_;
  QuestionFacts facts_;
};

}  // namespace

const char* FactName(FactKind kind) {
  static constexpr const char* kNames[] = {"language", "number",     "time",  "entity",
                                           "negation", "comparison", "scope", "tense",
                                           "asked",    "relation",   "person"};
  static_assert(std::size(kNames) == kFactKinds);
  return kNames[static_cast<size_t>(kind)];
}

QuestionFacts FactsOf(std::string_view question) {
  return FactReader(question, NormaliseQuestion(question)).Read();
}

namespace {

// "today's", "(today)" and "\"today\"" as "today".
std::vector<QuestionToken> BareWords(const NormalisedQuestion& question) {
  std::vector<QuestionToken> bare = question.tokens;
  for (QuestionToken& token : bare) {
    if (token.cjk) continue;
    std::string& text = token.text;
    const auto sign = [](unsigned char c) { return c < 0x80 && std::isalnum(c) == 0; };
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), sign));
    text.erase(std::find_if_not(text.rbegin(), text.rend(), sign).base(), text.end());
    if (text.ends_with("'s")) text.resize(text.size() - 2);
  }
  return bare;
}

bool HoldsAny(const PhraseTable<bool>& phrases, const NormalisedQuestion& question) {
  const std::vector<QuestionToken> words = BareWords(question);
  for (size_t i = 0; i < words.size(); ++i) {
    if (phrases.Find(Tokens(words).subspan(i)).tokens > 0) return true;
  }
  return false;
}

}  // namespace

bool AsksForNow(const NormalisedQuestion& question) { return HoldsAny(TheLexicon().now, question); }

bool AsksRelativeToNow(const NormalisedQuestion& question) {
  return HoldsAny(TheLexicon().relative, question);
}

}  // namespace quarry::retrieval
