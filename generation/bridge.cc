#include "generation/bridge.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "generation/across_languages.h"
#include "generation/context_pieces.h"
#include "generation/described_thing.h"
#include "generation/follow_up_words.h"
#include "generation/leading_names.h"
#include "model/answer_kind.h"
#include "model/codes.h"
#include "model/question.h"
#include "model/word_translations.h"

// The question is divided into the description of a thing and what is asked of it (described_thing.h). The passage that
// has most of the description is where the thing is named: by a name in a statement that has its noun, or tells of what
// another calls so. The statement of another document that tells of the name and has most of what is asked answers; not
// where a passage that has as much of the description has a statement with as much of that. The name that stands nearer
// to the words of the description leads, and of a table the row that has most of them; none where two lead alike. Words
// of the question count by how rare they are among the statements, as in model/passage_reading.h, those of headings for
// less.
//
// Passages in the other of English and Chinese have what is asked by its translations, where something of the kind asked
// for is there, too. The description is sought in the question's own language.

namespace quarry::generation {
namespace {

constexpr size_t kMostTermsOfBridge = 128;  // of a question; later ones are not looked at
using Terms = std::bitset<kMostTermsOfBridge>;

constexpr double kInHeaderOfBridge = 0.85;
constexpr double kSaysMuchOfBridge = 0.45;  // emphasis of a term that is no joining word
constexpr double kRarityOfBridge = 0.3;     // an exponent, as in model/passage_reading.cc
// Of the description, by the passage that names; of Chinese, whose pairs of characters also join words, less.
constexpr double kLeastDescribed = 0.75;
constexpr double kLeastDescribedInPairs = 0.4;
constexpr size_t kCellOfName = 3;    // so much longer than the name: "陆文涛 Lu Wentao"
constexpr double kLeastAsked = 0.5;  // of what is asked, by the statement that answers

// What a passage says, with what it has of the question.
struct StatementOfBridge {
  const ContextPiece* piece = nullptr;
  Terms own;
  Terms all;   // with its headings
  Terms near;  // with what stands before it in its paragraph
  bool of_kind = false;
};

class BridgeSearch {
 public:
  BridgeSearch(std::string_view question, const Context& context, const Analyzer& analyzer)
      : text_(question),
        context_(context),
        analyzer_(analyzer),
        question_(model::AnalyseQuestion(question, analyzer)),
        codes_(question_.text, analyzer),
        asked_words_(WordsIn(question, analyzer)) {
    if (question_.terms.size() > kMostTermsOfBridge) question_.terms.resize(kMostTermsOfBridge);
  }

  // False where there is nothing to be found.
  Result<bool> Read() {
    if (!DivideQuestion()) return false;
    QUARRY_RETURN_IF_ERROR(ReadContext());
    return true;
  }

  std::optional<Bridge> Find(const IsRareName& is_rare) const {
    std::optional<Bridge> best;
    bool is_ambiguous = false;  // another name leads to another answer as well
    for (const StatementOfBridge& first : statements_) {
      const std::optional<Division> division = Describes(first);
      if (!division) continue;
      for (const std::string& name : NamesOf(first)) {
        if (!is_rare(name) || !TellsOfThing(first, name, *division)) continue;
        const double described = Share(division->described, first.own, first.all) +
                                 Share(division->described, ClauseWith(first, name), Terms());
        for (const StatementOfBridge& second : statements_) {
          if (!AreOfOthers(first, second) || !IsOfKind(second)) continue;
          const std::optional<double> share = Answers(second, name, *division);
          if (!share) continue;
          const double score = *share + described / 4;
          if (best && score < best->score) continue;
          if (!asks_fate_ && AnswersAlone(*division, *share)) continue;
          if (best && score == best->score) {
            is_ambiguous = is_ambiguous || name != best->name;
            continue;
          }
          is_ambiguous = false;
          best = Bridge{.name = name,
                        .names = {first.piece->passage, first.piece->range},
                        .answers = {second.piece->passage, second.piece->range},
                        .score = score};
        }
      }
    }
    return is_ambiguous ? std::nullopt : best;
  }

  std::vector<std::string> Searches(const IsRareName& is_rare, size_t most) const {
    std::map<std::string, double> names;  // each with how well the best statement with it describes
    for (const StatementOfBridge& first : statements_) {
      const std::optional<Division> division = Describes(first);
      if (!division) continue;
      if (AnswersAlone(*division, kLeastAsked)) return {};
      const double described = Share(division->described, first.own, first.all);
      for (const std::string& name : NamesOf(first)) {
        if (!is_rare(name) || !TellsOfThing(first, name, *division)) continue;
        double& known = names[name];
        known = std::max(known, described);
      }
    }
    std::vector<std::pair<double, std::string>> best;
    for (const auto& [name, described] : names) best.emplace_back(-described, name);
    std::ranges::sort(best);
    if (best.size() > most) best.resize(most);
    std::vector<std::string> searches;
    for (const auto& [described, name] : best) searches.push_back(name + ' ' + asked_text_);
    return searches;
  }

 private:
  // False where it describes nothing.
  bool DivideQuestion() {
    const std::optional<DescribedThing> thing = FindDescribedThing(question_.text);
    if (!thing) return false;
    in_pairs_ = thing->noun.end == 0;
    is_person_ = thing->is_person;
    description_end_ = thing->description.end;
    const ByteRange& description = thing->description;
    asks_fate_ = thing->asks_fate;
    asked_text_ = question_.text.substr(0, description.begin) + ' ';
    asked_text_ += std::string_view(question_.text).substr(description.end);
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      const model::QuestionTerm& term = question_.terms[i];
      strong_.set(i, term.emphasis >= kSaysMuchOfBridge);
      digits_.set(i, term.has_digit);
      const auto stands_in = [&](const ByteRange& range) {
        return range.begin <= term.begin && term.end <= range.end;
      };
      noun_.set(i, stands_in(thing->noun));
      const bool straddles = term.begin < description.end && description.end < term.end;
      const bool only_joins = BeginsWithCjk(term.term) && !strong_.test(i);
      if (straddles || only_joins) continue;
      (stands_in(thing->verb) ? verb_ : stands_in(description) ? described_ : asked_).set(i);
    }
    return (described_ & strong_).any();
  }

  Status ReadContext() {
    context_pieces_ = ContextPieces(context_, analyzer_);
    passage_terms_.resize(context_.passages.size());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<TranslatedTerms> translated, Translate());
    for (const ContextPiece& one : context_pieces_) {
      const TranslatedTerms& words = translated[one.passage];
      StatementOfBridge statement{.piece = &one};
      statement.own = TermsIn(one.text, words);
      statement.all = statement.own | TermsIn(one.header, words);
      statement.near = statement.all | TermsIn(ParagraphBefore(one), words);
      statement.of_kind = model::HoldsKind(question_.kind, one.text, text_);
      passage_terms_[one.passage] |= statement.all;
      statements_.push_back(statement);
    }
    LeaveOutNounInPairs();
    const double count = static_cast<double>(statements_.size());
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      double holding = 0;
      for (const StatementOfBridge& statement : statements_)
        holding += statement.own.test(i) ? 1 : 0;
      const double idf = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
      weights_.push_back(question_.terms[i].emphasis * std::pow(idf, kRarityOfBridge));
    }
    return OkStatus();
  }

  // What stands right behind 的 is the noun and joins it with what is asked: 人分 of 的人分机. No passage has such pairs.
  void LeaveOutNounInPairs() {
    constexpr size_t kMostPairs = 2;
    if (!in_pairs_) return;
    Terms known;
    for (const Terms& passage : passage_terms_) known |= passage;
    size_t left_out = 0;
    for (size_t i = 0; i < question_.terms.size() && left_out < kMostPairs; ++i) {
      if (!asked_.test(i) || question_.terms[i].begin < description_end_ || !strong_.test(i))
        continue;
      if (known.test(i)) return;
      asked_.reset(i);
      ++left_out;
    }
  }

  // Words of the question that a passage in the other of English and Chinese has there, with the terms that they are of.
  struct TranslatedTerms {
    std::vector<std::pair<model::TranslatedWord, Terms>> words;
  };

  // By passage.
  Result<std::vector<TranslatedTerms>> Translate() const {
    std::vector<TranslatedTerms> translated(context_.passages.size());
    // Words stand for each other by chance, too: something of the kind asked for must be there.
    const std::string language = AsksForKind() ? OtherLanguageThanOf(text_) : "";
    for (uint32_t i = 0; i < context_.passages.size(); ++i) {
      if (language.empty() || context_.passages[i].language != language) continue;
      WordSet has;
      for (const ContextPiece& piece : context_pieces_) {
        if (piece.passage == i) has.insert(piece.all.begin(), piece.all.end());
      }
      QUARRY_ASSIGN_OR_RETURN(
          std::vector<model::TranslatedWord> words,
          model::TranslateWords(question_.text, language == "en", analyzer_,
                                [&](std::string_view term) { return has.contains(term); }));
      for (model::TranslatedWord& word : words) {
        if (word.parts.empty()) continue;
        const Terms terms = TermsOf(word.word);
        translated[i].words.emplace_back(std::move(word), terms);
      }
    }
    return translated;
  }

  // The question's terms that a translated word is or, of pairs of characters, has a part of.
  Terms TermsOf(const std::string& word) const {
    Terms terms;
    const size_t at = question_.text.find(word);
    for (size_t i = 0; i < question_.terms.size(); ++i) {
      const model::QuestionTerm& term = question_.terms[i];
      if (BeginsWithCjk(word)) {
        terms.set(i, at != std::string::npos && term.begin < at + word.size() && at < term.end);
      } else {
        terms.set(i, (' ' + word + ' ').find(' ' + term.term + ' ') != std::string::npos);
      }
    }
    return terms;
  }

  std::string_view ParagraphBefore(const ContextPiece& piece) const {
    if (piece.kind != BlockKind::kParagraph) return {};
    const std::string_view text =
        std::string_view(context_.passages[piece.passage].chunk.text).substr(0, piece.range.begin);
    const size_t end = text.rfind("\n\n");
    return end == text.npos ? text : text.substr(end);
  }

  Terms TermsIn(std::string_view text, const TranslatedTerms& translated = {}) const {
    const WordSet words = WordsIn(text, analyzer_, codes_);
    Terms terms;
    for (size_t i = 0; i < question_.terms.size(); ++i)
      terms.set(i, words.contains(question_.terms[i].term));
    const auto has_any = [&](const std::vector<std::string>& part) {
      return std::ranges::any_of(part,
                                 [&](const std::string& term) { return words.contains(term); });
    };
    for (const auto& [word, of_word] : translated.words) {
      if (std::ranges::all_of(word.parts, has_any)) terms |= of_word & asked_;
    }
    return terms;
  }

  bool AsksForKind() const {
    return question_.kind != model::AnswerKind::kAny &&
           question_.kind != model::AnswerKind::kReason;
  }
  bool IsOfKind(const StatementOfBridge& statement) const {
    return !AsksForKind() || statement.of_kind;
  }

  // The part of `wanted` that stands in `own`, or for less in `near`.
  double Share(const Terms& wanted, const Terms& own, const Terms& near) const {
    double share = 0;
    double all = 0;
    for (size_t i = 0; i < weights_.size(); ++i) {
      if (!wanted.test(i)) continue;
      all += weights_[i];
      share += own.test(i) ? weights_[i] : near.test(i) ? kInHeaderOfBridge * weights_[i] : 0.0;
    }
    return all > 0 ? share / all : 0;
  }

  // What of the question describes and what asks, where a statement's passage has the one.
  struct Division {
    Terms described;
    Terms asked;
    double share = 0;  // of the description, that the passage has
  };
  std::optional<Division> Describes(const StatementOfBridge& first) const {
    const Terms& passage = passage_terms_[first.piece->passage];
    Division division{.described = described_ | (verb_ & passage),
                      .asked = asked_ | (verb_ & ~passage)};
    division.share = Share(division.described, passage, Terms());
    const double least = in_pairs_ ? kLeastDescribedInPairs : kLeastDescribed;
    // Where another passage has more of the description, it is of another thing.
    const bool has_most = std::ranges::none_of(passage_terms_, [&](const Terms& other) {
      return Share(division.described, other, Terms()) > division.share;
    });
    const bool says_what_is_asked_of = has_most && division.share >= least &&
                                       (division.described & digits_ & ~passage).none() &&
                                       (first.all & division.described & strong_).any();
    if (says_what_is_asked_of && IsOfAnotherRow(first, division.described)) return std::nullopt;
    if (!says_what_is_asked_of || (!asks_fate_ && (division.asked & strong_).none()))
      return std::nullopt;
    return division;
  }

  // Whether another row of the table has more of the description.
  bool IsOfAnotherRow(const StatementOfBridge& row, const Terms& described) const {
    if (row.piece->kind != BlockKind::kTable) return false;
    const double share = Share(described, row.own, Terms());
    return std::ranges::any_of(statements_, [&](const StatementOfBridge& one) {
      return one.piece->passage == row.piece->passage && one.piece->kind == BlockKind::kTable &&
             Share(described, one.own, Terms()) > share;
    });
  }

  // Whether the name may be one of the thing: of a person as those are written; else a statement with it has the noun of
  // the description, or what another says of the noun has one of its names: "pump P2 stopped", "P2 is a VX-220/B".
  bool TellsOfThing(const StatementOfBridge& first, const std::string& name,
                    const Division& division) const {
    if (is_person_) return MayNamePerson(name);
    if (noun_.none() || (first.all & ~first.own & noun_).any()) return true;  // or a heading has it
    if (StandsBesideNoun(name, first.piece->text)) return true;
    std::set<std::string> names = NamesOf(first);
    names.erase(name);
    return std::ranges::any_of(statements_, [&](const StatementOfBridge& one) {
      if (one.piece->passage != first.piece->passage || (one.own & noun_).none()) return false;
      if ((one.all & division.described & strong_ & ~noun_).none()) return false;
      return std::ranges::any_of(names, [&](const std::string& other) {
        return StandsBesideNoun(other, one.piece->text);
      });
    });
  }

  // "Locomotive No. 3 Heron", "Heron is the locomotive"; not the coaches of "Heron with two coaches".
  bool StandsBesideNoun(const std::string& name, std::string_view text) const {
    constexpr ptrdiff_t kMostSpaces = 4;
    constexpr std::string_view kCopulasAndArticles = "is|are|was|were|a|an|the|our|its";
    const size_t at = text.find(name);
    if (at == text.npos) return false;
    const size_t end = at + name.size();
    return std::ranges::any_of(analyzer_.Tokenize(text), [&](const Token& token) {
      bool is_noun = false;
      for (size_t i = 0; i < question_.terms.size(); ++i)
        is_noun = is_noun || (noun_.test(i) && question_.terms[i].term == token.term);
      if (!is_noun) return false;
      if (token.end <= at) {
        return std::ranges::count(text.substr(token.end, at - token.end), ' ') <= kMostSpaces;
      }
      if (token.begin < end) return false;
      return std::ranges::all_of(follow_up::WordsOf(text.substr(end, token.begin - end)),
                                 [&](const follow_up::Word& word) {
                                   return follow_up::IsOneOf(word.folded, kCopulasAndArticles);
                                 });
    });
  }

  // Whether a statement has something of the kind asked for beside the name: of a row in what its cells say.
  bool IsOfKindBeside(const StatementOfBridge& second, const std::string& name) const {
    if (!AsksForKind()) return true;
    std::string said(second.piece->text);
    if (second.piece->kind == BlockKind::kTable) {
      said.clear();
      for (const RowCell& cell : CellsOfRow(second.piece->text))
        said += std::string(cell.value) + "; ";
    }
    return model::HoldsKind(question_.kind, said, std::string(text_) + ' ' + name);
  }

  // How much of what is asked a statement has that tells of the name; nullopt where it does not answer.
  std::optional<double> Answers(const StatementOfBridge& second, const std::string& name,
                                const Division& division) const {
    if (asks_fate_) {
      const std::vector<RowCell> cells = CellsOfRow(second.piece->text);
      if (second.piece->kind != BlockKind::kTable || cells.empty() || cells[0].value != name)
        return std::nullopt;
      return 1;
    }
    const Terms& asked = division.asked;
    if (Share(asked, second.own, second.near) < kLeastAsked) return std::nullopt;
    const bool has_name = StandsIn(name, second.piece->text);
    const Terms& near = has_name ? second.near : second.all;
    const double share = Share(asked, second.own, near);
    if (((has_name ? near : second.own) & asked & strong_).none() || share < kLeastAsked)
      return std::nullopt;
    if (!IsAbout(*second.piece, name) || !IsOfKindBeside(second, name)) return std::nullopt;
    return share;
  }

  // The terms beside the name, between two marks.
  Terms ClauseWith(const StatementOfBridge& first, const std::string& name) const {
    constexpr std::string_view kMarks[] = {", ", "; ", "，", "；", "。", ". "};
    const std::string_view text = first.piece->text;
    const size_t at = text.find(name);
    size_t begin = 0;
    size_t end = text.size();
    for (const std::string_view mark : kMarks) {
      const size_t before = at == 0 ? text.npos : text.rfind(mark, at - 1);
      if (before != text.npos) begin = std::max(begin, before);
      end = std::min(end, text.find(mark, at + name.size()));
    }
    return TermsIn(text.substr(begin, std::min(end, text.size()) - begin));
  }

  // Whether a passage that has as much of the description has a statement with so much of what is asked.
  bool AnswersAlone(const Division& division, double share) const {
    return std::ranges::any_of(statements_, [&](const StatementOfBridge& one) {
      return IsOfKind(one) && Share(division.asked, one.own, one.all) >= share &&
             Share(division.described, passage_terms_[one.piece->passage], Terms()) >=
                 division.share;
    });
  }

  bool AreOfOthers(const StatementOfBridge& first, const StatementOfBridge& second) const {
    const auto document_of = [&](const StatementOfBridge& one) -> const DocumentId& {
      return context_.passages[one.piece->passage].chunk.document;
    };
    return first.piece->passage != second.piece->passage &&
           document_of(first) != document_of(second);
  }

  std::set<std::string> NamesOf(const StatementOfBridge& statement) const {
    return LeadingNames(*statement.piece, asked_words_, analyzer_);
  }

  // Whether a statement tells of the name: it stands in it, of a row in a cell with little else, or a heading begins with
  // it.
  bool IsAbout(const ContextPiece& piece, const std::string& name) const {
    const Passage& passage = context_.passages[piece.passage];
    const SourceSpan span = SpanWithin(passage.chunk, piece.range.begin, piece.range.end);
    if (BeginsWith(passage.title, name)) return true;
    for (const std::string& heading : span.heading_path) {
      if (BeginsWith(heading, name)) return true;
    }
    if (piece.kind != BlockKind::kTable) return StandsIn(name, piece.text);
    return std::ranges::any_of(CellsOfRow(piece.text), [&](const RowCell& cell) {
      return cell.value.size() <= kCellOfName * name.size() && StandsIn(name, cell.value);
    });
  }

  bool BeginsWith(std::string_view text, const std::string& name) const {
    return text.starts_with(name) && StandsIn(name, text.substr(0, name.size() + 1));
  }

  const std::string_view text_;
  const Context& context_;
  const Analyzer& analyzer_;
  model::Question question_;
  const model::AskedCodes codes_;
  const WordSet asked_words_;
  Terms described_;
  Terms asked_;
  Terms verb_;  // of the description where the passage has it, else of what is asked
  Terms strong_;
  Terms digits_;
  Terms noun_;             // of the description
  bool in_pairs_ = false;  // terms are pairs of Chinese characters
  size_t description_end_ = 0;
  bool is_person_ = false;
  bool asks_fate_ = false;
  std::string asked_text_;  // without the description
  std::vector<ContextPiece> context_pieces_;
  std::vector<StatementOfBridge> statements_;
  std::vector<Terms> passage_terms_;
  std::vector<double> weights_;
};

}  // namespace

Result<std::optional<Bridge>> FindBridge(std::string_view question, const Context& context,
                                         const IsRareName& is_rare, const Analyzer& analyzer) {
  BridgeSearch search(question, context, analyzer);
  QUARRY_ASSIGN_OR_RETURN(const bool describes, search.Read());
  return describes ? search.Find(is_rare) : std::nullopt;
}

Result<std::vector<std::string>> SearchesForBridge(std::string_view question,
                                                   const Context& context,
                                                   const IsRareName& is_rare,
                                                   const Analyzer& analyzer, size_t most) {
  BridgeSearch search(question, context, analyzer);
  QUARRY_ASSIGN_OR_RETURN(const bool describes, search.Read());
  if (!describes || search.Find(is_rare)) return std::vector<std::string>();
  return search.Searches(is_rare, most);
}

}  // namespace quarry::generation
