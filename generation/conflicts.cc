#include "generation/conflicts.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>

#include "base/ascii.h"
#include "base/document.h"
#include "base/word_lists.h"
#include "generation/conflict_counts.h"
#include "generation/context_pieces.h"
#include "generation/support.h"
#include "model/answer_kind.h"
#include "model/codes.h"
#include "model/question.h"
#include "model/quotable.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kMaxConflictPieceTokens = 160;
constexpr double kSpeaksOfIt = 0.75;     // of how much of the question the answer's sentence has
constexpr double kAtLeast = 0.6;         // of the question's words, headings included
constexpr double kBySelf = 0.4;          // of them in the sentence itself
constexpr double kTwins = 0.6;           // of the words of the longer sentence, in the same order
constexpr size_t kMaxDifference = 8;     // words of the stretch that differs
constexpr size_t kMaxTwinWords = 120;    // longer sentences are not compared word by word
constexpr size_t kLeastDenied = 4;       // words: fewer say too little to be the same
constexpr double kDenied = 0.9;          // of the words of the shorter sentence, denials left out
constexpr double kDeniedOfLonger = 0.6;  // more than that is said beside it
constexpr double kSameOfKeywords = 0.5;  // of the words of the shorter statement
constexpr size_t kMaxSkipped = 2;  // words between a denial and what it denies: "not yet been"

bool IsNumber(std::string_view term) { return !term.empty() && HoldsAsciiDigit(term); }

// Words of spaced scripts and single CJK characters, as they stand.
std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  bool joins = false;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(text, at);
    const bool is_part = c < 0x80 ? IsAsciiAlphanumeric(static_cast<char>(c)) || c == '-' ||
                                        c == '.' || c == ',' || c == '%' || c == '\''
                                  : !IsCjk(c) && c > 0xBF && c < 0x2000;
    if (is_part && joins) {
      words.back() = std::string_view(words.back().data(),
                                      static_cast<size_t>(text.data() + at - words.back().data()));
    } else if (is_part || IsCjk(c)) {
      words.push_back(text.substr(begin, at - begin));
    }
    joins = is_part;
  }
  // Marks at the end of a word are none of it.
  for (std::string_view& word : words) {
    while (word.size() > 1 &&
           std::string_view(".,-'").find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
    }
  }
  return words;
}

// A sentence with its words and those of its headings.
struct Said {
  std::string_view text;
  const WordSet& terms;
};

// Whether `stretch`, words of `said`, has a word of the question that the other sentence has nowhere: what the question
// names is what it is about. A word that reaches over an end of it counts: pairs of Chinese characters overlap.
bool NamesWhatIsAsked(const Said& said, std::span<const std::string_view> stretch,
                      const WordSet& other, const WordSet& asked, const Analyzer& analyzer) {
  const auto begin = static_cast<size_t>(stretch.front().data() - said.text.data());
  const auto end =
      static_cast<size_t>(stretch.back().data() - said.text.data()) + stretch.back().size();
  return std::ranges::any_of(analyzer.Tokenize(said.text), [&](const Token& token) {
    return token.begin < end && begin < token.end && asked.contains(token.term) &&
           !other.contains(token.term);
  });
}

// Whether two sentences are the same but for one stretch that names something: not what the question names, which is
// what one of them is about and the other is not.
bool AreTwins(const Said& ours, const Said& theirs, const WordSet& asked,
              const Analyzer& analyzer) {
  const std::vector<std::string_view> a = WordsOf(ours.text);
  const std::vector<std::string_view> b = WordsOf(theirs.text);
  const size_t longer = std::max(a.size(), b.size());
  const size_t shorter = std::min(a.size(), b.size());
  if (shorter < 4 || longer > kMaxTwinWords) return false;
  size_t front = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  size_t back = 0;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  const std::span<const std::string_view> in_a(a.data() + front, a.size() - front - back);
  const std::span<const std::string_view> in_b(b.data() + front, b.size() - front - back);
  if (in_a.empty() || in_b.empty()) return false;
  if (in_a.size() > kMaxDifference || in_b.size() > kMaxDifference) return false;
  if (static_cast<double>(front + back) < kTwins * static_cast<double>(longer)) return false;
  const auto names = [&](std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
      // A capital is no name where "The" or "A" begins the sentence.
      if (IsAsciiUpper(word.front())) return !WordsIn(word, analyzer).empty();
      return HoldsAsciiDigit(word) || !IsAscii(word.front());
    });
  };
  if (!names(in_a) || !names(in_b)) return false;
  const WordSet ours_only = WordsIn(Join(in_a, " "), analyzer);
  const WordSet theirs_only = WordsIn(Join(in_b, " "), analyzer);
  if (ours_only.empty() || theirs_only.empty() || ours_only == theirs_only) return false;
  if (ShareAmong(ours_only, asked) >= 1 || ShareAmong(theirs_only, asked) >= 1) return false;
  return !NamesWhatIsAsked(ours, in_a, theirs.terms, asked, analyzer) &&
         !NamesWhatIsAsked(theirs, in_b, ours.terms, asked, analyzer);
}

// Characters that name nothing where they stand before a word.
constexpr std::string_view kNoNames = "的了是在有和与及或为由从到每各该";
// All of them are the same people.
constexpr std::string_view kWhoWork[] = {"员工", "职工", "职员", "雇员", "工人"};

// Whether a word right behind another says something of it: what stands before it is no more a name than "employees" of
// "employees get", beside "staff get".
bool SaysSomethingOf(std::string_view word) {
  return IsOneOf(word,
                 {"get",    "gets",    "got",   "receive", "receives", "received", "have",  "has",
                  "had",    "earn",    "earns", "enjoy",   "enjoys",   "needs",    "pays",  "takes",
                  "accrue", "accrues", "owe",   "owes",    "may",      "can",      "could", "must",
                  "shall",  "should",  "will",  "would",   "is",       "are",      "was",   "were",
                  "do",     "does",    "did",   "begins",  "ends",     "applies"});
}

// Likewise of a pair of Chinese characters of `ours` that stands at byte `at` of it: what is behind the first of them stands
// in the other sentence behind another character, 企业版 and 专业版; not where both are the same people, 员工 and 职工.
bool HasOtherBefore(const Said& ours, size_t at, const Said& theirs, const WordSet& asked) {
  const auto holds = [](const WordSet& terms, std::string_view character) {
    return std::ranges::any_of(
        terms, [&](const std::string& term) { return term.find(character) != term.npos; });
  };
  size_t second = at;
  NextCodePoint(ours.text, second);
  if (holds(theirs.terms, ours.text.substr(at, second - at))) return false;
  size_t end = second;
  for (int character = 0; character < 2; ++character) {
    if (end >= ours.text.size() || !IsCjk(NextCodePoint(ours.text, end))) return false;
  }
  const std::string_view behind = ours.text.substr(second, end - second);
  for (size_t found = theirs.text.find(behind); found != theirs.text.npos;
       found = theirs.text.find(behind, found + 1)) {
    if (found == 0) continue;
    const size_t begin = CharacterBegin(theirs.text, found - 1);
    if (StartsWithAny(ours.text.substr(at), kWhoWork) &&
        StartsWithAny(theirs.text.substr(begin), kWhoWork)) {
      continue;
    }
    const std::string_view before = theirs.text.substr(begin, found - begin);
    if (BeginsWithCjk(before) && kNoNames.find(before) == before.npos && !holds(asked, before)) {
      return true;
    }
  }
  return false;
}

// Whether the other sentence has another word in the place of one of the question that the answer's has, right before a
// word of both: "the Business plan", "the Team plan"; before a verb only where it is one of `names`, those that the
// question has, or has a capital inside the sentence.
bool IsOfAnother(const Said& ours, const Said& theirs, const WordSet& asked, const WordSet& names,
                 const Analyzer& analyzer) {
  const std::vector<Token> our_tokens = analyzer.Tokenize(ours.text);
  const std::vector<Token> their_tokens = analyzer.Tokenize(theirs.text);
  for (size_t i = 0; i < our_tokens.size(); ++i) {
    const Token& token = our_tokens[i];
    if (!asked.contains(token.term) || theirs.terms.contains(token.term)) continue;
    if (BeginsWithCjk(ours.text.substr(token.begin))) {
      if (HasOtherBefore(ours, token.begin, theirs, asked)) return true;
      continue;
    }
    if (i + 1 == our_tokens.size() || our_tokens[i + 1].position != token.position + 1) continue;
    const std::string_view next =
        ours.text.substr(our_tokens[i + 1].begin, our_tokens[i + 1].end - our_tokens[i + 1].begin);
    const bool is_name =
        names.contains(token.term) || (token.begin > 0 && IsAsciiUpper(ours.text[token.begin]));
    if (!is_name && SaysSomethingOf(next)) continue;
    for (size_t j = 0; j + 1 < their_tokens.size(); ++j) {
      if (their_tokens[j + 1].term == our_tokens[i + 1].term &&
          their_tokens[j + 1].position == their_tokens[j].position + 1 &&
          !asked.contains(their_tokens[j].term)) {
        return true;
      }
    }
  }
  return false;
}

// The words of a sentence, lower-case and sorted, without those that deny.
struct ConflictStatement {
  std::vector<std::string> words;
  bool denies = false;
  std::vector<std::vector<std::string>> denied;  // of each denial: what stands right behind it
};

// Whether the word at `at` of the sentence denies: not that of "No 5", "not only", 不仅, 未来.
bool IsDenial(std::string_view sentence, std::span<const std::string_view> words, size_t at) {
  const std::string_view word = words[at];
  const std::string_view next = at + 1 < words.size() ? words[at + 1] : "";
  if (HoldsAsciiDigit(next)) return false;
  if (IsOneOf(word, {"不", "未", "没", "沒"})) {
    return model::DeniesAt(sentence, static_cast<size_t>(word.data() - sentence.data()));
  }
  const std::string lower = AsciiLower(word);
  if (lower == "no") return at == 0 || word == "no";
  return IsOneOf(lower, {"not", "never"}) && !IsOneOf(next, {"only", "just", "merely", "least"});
}

ConflictStatement StatementOf(std::string_view sentence) {
  ConflictStatement statement;
  const std::vector<std::string_view> words = WordsOf(sentence);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!IsDenial(sentence, words, i)) {
      statement.words.push_back(AsciiLower(words[i]));
      continue;
    }
    statement.denies = true;
    statement.denied.emplace_back();
    size_t skipped = 0;
    for (size_t next = i + 1; next < words.size(); ++next) {
      std::string lower = AsciiLower(words[next]);
      const bool says_little = IsOneOf(lower, {"the", "a", "an", "any", "be", "been", "to", "yet",
                                               "ever", "有", "能", "被", "再"});
      statement.denied.back().push_back(std::move(lower));
      if (!says_little || ++skipped > kMaxSkipped) break;
    }
  }
  std::ranges::sort(statement.words);
  return statement;
}

// Whether one sentence denies what the other says, in nearly the same words: "dogs may enter the gardens on a lead",
// "dogs may not enter the gardens". What is denied must be of what both say, and neither say much beside it: "the pool
// opens at 8", "the pool opens at 8 and guests may not bring glass".
bool DenyEachOther(const ConflictStatement& ours, const ConflictStatement& theirs) {
  const auto [shorter, longer] = std::minmax({ours.words.size(), theirs.words.size()});
  if (ours.denies == theirs.denies || shorter < kLeastDenied) return false;
  std::vector<std::string> shared;
  std::ranges::set_intersection(ours.words, theirs.words, std::back_inserter(shared));
  const double both = static_cast<double>(shared.size());
  if (both < kDenied * static_cast<double>(shorter)) return false;
  if (both < kDeniedOfLonger * static_cast<double>(longer)) return false;
  const ConflictStatement& denying = ours.denies ? ours : theirs;
  return std::ranges::any_of(denying.denied, [&](const std::vector<std::string>& words) {
    return !words.empty() && std::ranges::binary_search(shared, words.back());
  });
}

// Words that say what a statement is about: no number, and nothing that numbers count in.
WordSet SubjectWords(const WordSet& words) {
  WordSet subject;
  for (const std::string& word : words) {
    // 至 and ℃ of "-50℃至+200℃" say nothing of what it is, nor does "has".
    if (IsNumber(word) || CountCodePoints(word) == 1 || model::SaysLittle(word)) continue;
    const std::vector<Quantity> counted = QuantitiesOf("1 " + word);
    if (counted.empty() || counted.front().unit.empty()) subject.insert(word);
  }
  return subject;
}

// "vacation days", 年假: names what is sought and asks for no value.
bool IsKeywords(const model::Question& question, std::string_view said) {
  constexpr double kMostKeywords = 2;  // words
  const auto asks = [](std::string_view word) { return model::IsAskingWord(AsciiLower(word)); };
  return question.kind == model::AnswerKind::kAny && question.words <= kMostKeywords &&
         said.find_first_of('?') == said.npos && said.find("？") == said.npos &&
         model::WithoutAskingWords(said) == said && std::ranges::none_of(WordsOf(said), asks);
}

// Whether two statements count the same of the same: both have words beside their numbers and units, and where the
// question asks for no value most of what the shorter says.
bool AreOfTheSame(const WordSet& ours, const WordSet& theirs, bool is_keywords) {
  const bool ours_is_shorter = ours.size() <= theirs.size();
  const double share = ShareAmong(ours_is_shorter ? ours : theirs, ours_is_shorter ? theirs : ours);
  return share > (is_keywords ? kSameOfKeywords : 0.0);
}

}  // namespace

std::vector<Conflict> FindConflicts(std::string_view question, const Context& context,
                                    uint32_t passage, ByteRange said, const Analyzer& analyzer,
                                    size_t limit) {
  const Passage& source = context.passages[passage];
  // Code shows how something is done, by names and numbers that are its own.
  const auto is_code = [](const Passage& one, size_t begin) {
    return model::BlockKindAt(one.chunk, begin) == BlockKind::kCode;
  };
  if (is_code(source, said.begin)) return {};
  const auto header_of = [](const Passage& one) {
    return ContextualHeader(one.title, one.chunk.span.heading_path);
  };
  const std::string_view ours =
      std::string_view(source.chunk.text).substr(said.begin, said.end - said.begin);
  const model::Question analysed = model::AnalyseQuestion(question, analyzer);
  // What is said of the VX-220/B is not said of the VX-220.
  const model::AskedCodes codes(analysed.text, analyzer);
  const auto words_of = [&](std::string_view text) { return WordsIn(text, analyzer, codes); };
  // What stands in no source asks and names nothing.
  WordSet known;
  for (const Passage& one : context.passages) {
    known.merge(words_of(one.chunk.text));
    known.merge(words_of(header_of(one)));
  }
  WordSet asked = WordsIn(question, analyzer);
  std::erase_if(asked, [&](const std::string& term) { return !known.contains(term); });
  WordSet names;  // words that the question writes with a capital
  for (const Token& token : analyzer.Tokenize(question)) {
    if (token.begin > 0 && IsAsciiUpper(question[token.begin])) names.insert(token.term);
  }
  WordSet our_terms = words_of(ours);
  our_terms.merge(words_of(header_of(source)));
  const double our_share = ShareAmong(asked, our_terms);
  // Who somebody is or where something stands is no number: those beside it are of something else.
  const model::AnswerKind kind = analysed.kind;
  const AskedCount asked_count = AskedCountOf(question, kind);
  const bool asks_for_count =
      kind != model::AnswerKind::kPerson && kind != model::AnswerKind::kPlace;
  std::vector<Quantity> our_counts =
      asks_for_count ? CountsOf(ours, asked_count) : std::vector<Quantity>();
  KeepAskedCounts(question, our_counts);
  const WordSet our_subject = SubjectWords(words_of(ours));
  const bool is_keywords = IsKeywords(analysed, Trim(question));
  const ConflictStatement our_statement = StatementOf(ours);
  // Names, codes and years of the question, as far as the answer's sentence has them.
  WordSet fixed;
  for (const std::string& term : asked) {
    if (IsNumber(term) && our_terms.contains(term)) fixed.insert(term);
  }

  std::vector<Conflict> conflicts;
  std::set<std::string_view> documents = {source.chunk.document};
  for (uint32_t i = 0; i < context.passages.size() && conflicts.size() < limit; ++i) {
    const Passage& other = context.passages[i];
    if (documents.contains(other.chunk.document)) continue;
    const WordSet header = words_of(header_of(other));
    for (const model::QuotablePiece& piece :
         model::QuotablePieces(other.chunk, kMaxConflictPieceTokens)) {
      if (is_code(other, piece.range.begin)) continue;
      const std::string_view theirs =
          std::string_view(other.chunk.text)
              .substr(piece.range.begin, piece.range.end - piece.range.begin);
      const WordSet words = words_of(theirs);
      WordSet terms = words;
      terms.insert(header.begin(), header.end());
      if (!fixed.empty() && ShareAmong(fixed, terms) < 1) continue;
      const Said our_sentence{ours, our_terms};
      const Said their_sentence{theirs, terms};
      if (IsOfAnother(our_sentence, their_sentence, asked, names, analyzer)) continue;
      CountVerdict verdict = CountVerdict::kNone;
      if ((ShareAmong(asked, words) >= kBySelf &&
           DenyEachOther(our_statement, StatementOf(theirs))) ||
          AreTwins(our_sentence, their_sentence, asked, analyzer)) {
        verdict = CountVerdict::kConflicts;
      } else if (!our_counts.empty()) {
        const double share = ShareAmong(asked, terms);
        const bool speaks_of_it = share >= kAtLeast && share >= kSpeaksOfIt * our_share &&
                                  ShareAmong(asked, words) >= kBySelf &&
                                  AreOfTheSame(our_subject, SubjectWords(words), is_keywords);
        if (speaks_of_it) {
          verdict =
              CompareCounts(our_counts, CountsOf(theirs, asked_count), FormerCountsOf(theirs));
        }
      }
      if (verdict == CountVerdict::kNone) continue;
      conflicts.push_back({.passage = i,
                           .range = piece.range,
                           .changes = verdict != CountVerdict::kConflicts,
                           .agrees = verdict == CountVerdict::kBecameSo});
      documents.insert(other.chunk.document);
      break;
    }
  }
  return conflicts;
}

}  // namespace quarry::generation
