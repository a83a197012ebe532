#include "model/extractive_answerer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "model/answer_kind.h"
#include "model/answer_reasons.h"
#include "model/answer_weights.h"
#include "model/answering_clause.h"
#include "model/missing_thing.h"
#include "model/passage_reading.h"
#include "model/replaced_words.h"
#include "model/section_answer.h"
#include "model/sentence_ranking.h"
#include "model/sentence_support.h"
#include "model/shown_code.h"
#include "model/version_headings.h"
#include "model/written_words.h"

// Sentences are ranked by how much they answer (sentence_ranking.h). The best is said, and behind it, in the order of
// their scores, those that add to what it covers of the question and those that may hold the answer in its stead. Where
// the section that the best stands in answers as a whole (section_answer.h), that is said, in its order. Where a text has
// headings, what is said of one passage is said as it stands there: such texts tell causes before effects, and say "it" of
// what they named. The best goes first with its paragraph where it is likelier than all others together, and alone where a
// date, number or name is asked for. Whether anything is said at all hangs on the support of the best and of the sentence
// that covers most.

namespace quarry::model {
namespace {

constexpr double kSameWords = 0.85;  // of both sentences: the second repeats the first
// A further sentence must add this share of the question's weight and hold so many of its terms (one
// alone is a coincidence), or hold the answer with this probability.
constexpr double kAdds = 0.15;
constexpr size_t kAddsTerms = 2;
constexpr double kMayHold = 0.08;
// "No.", "You do.": the first sentence below a heading that holds so much of the question.
constexpr uint32_t kOpenerTokens = 4;
constexpr double kHeadsOpener = 0.5;
constexpr double kHeadingSupport = 0.9;  // of one that says all that is asked
// Of a list whose heading the question names, where its passage holds half of the question and where all.
constexpr double kHeadedListSupport = 0.5;
constexpr double kHeadedListGain = 0.4;
// Beside what a sentence covers of the question, in finding the one that covers most.
constexpr double kCoveringPrior = 0.75;
constexpr double kCoveringKind = 0.2;

class Extraction {
 public:
  Extraction(std::string_view question, const std::vector<Passage>& passages,
             const Analyzer& analyzer, const ExtractiveOptions& options,
             const TranslatedQuestion* translated)
      : text_(question),
        passages_(passages),
        analyzer_(analyzer),
        options_(options),
        reading_(question, passages, analyzer, options.max_tokens, translated),
        question_(reading_.question()),
        sentences_(reading_.sentences()),
        names_unknown_(NamesUnknownThing(reading_, options.unknown, analyzer)) {}

  ExtractiveDraft Run() {
    if (question_.terms.empty()) return Decline(Reason::kNoSearchWords);
    if (sentences_.empty()) return Decline(Reason::kNoPassage);
    if (const auto heading = FindVersionHeading(reading_)) return SayHeading(*heading);
    scores_ = SentenceScores(reading_);
    const size_t first = static_cast<size_t>(std::ranges::max_element(scores_) - scores_.begin());
    const size_t best = StepInsteadOf(first).value_or(first);
    for (const double score : scores_) all_ += std::exp(score - scores_[best]);
    // Of the one that is said and the one that covers most, the one that supports less decides.
    const auto weigh = [&](size_t i) {
      Weighed weighed = {.index = i, .lacks = LacksOf(reading_, i)};
      weighed.lacks.unknown_name = names_unknown_;
      // What a sentence says that is not said misleads nobody.
      if (i == best) {
        weighed.lacks.replaced = FindReplacedWord(reading_, sentences_[i], analyzer_);
        weighed.lacks.thing = !FindMissingThing(reading_, sentences_[i]).empty();
      }
      weighed.support = SentenceSupport(reading_, sentences_[i], weighed.lacks);
      return weighed;
    };
    Weighed deciding = weigh(best);
    const bool lacks_thing = deciding.lacks.thing;  // no list of anything else says it
    const std::optional<SectionAnswer> section = FindSectionAnswer(reading_, best, options_);
    const std::vector<size_t> chosen =
        section ? BestFirst(*section, best) : WithWayBehindDenial(Choose(best));
    if (deciding.lacks.kind && !deciding.lacks.replaced) {
      deciding.lacks.replaced = ReplacedBeside(chosen);
      deciding.support = SentenceSupport(reading_, sentences_[best], deciding.lacks);
    }
    if (!deciding.lacks.replaced) {
      deciding.lacks.replaced = ToldOfSibling(sentences_[best], deciding.lacks);
      deciding.support = SentenceSupport(reading_, sentences_[best], deciding.lacks);
    }
    // What stands below the question need not have its words.
    if (MatchOfHeading(reading_, best) == HeadingMatch::kNone) {
      const Weighed covering = weigh(MostCovering());
      if (covering.support < deciding.support) deciding = covering;
    }
    ExtractiveDraft draft;
    draft.support = deciding.support;
    draft.declined = deciding.support < options_.decline_below;
    // What another sentence of the answer says is there.
    TermSet said;
    for (const size_t i : chosen) said |= sentences_[i].terms | reading_.HeaderOf(sentences_[i]);
    draft.reason = SupportReason(reading_, sentences_[deciding.index], deciding.lacks,
                                 deciding.index == best ? &said : nullptr, options_.language);
    draft.says_another = deciding.lacks.replaced.has_value();
    if (draft.declined && !deciding.lacks.replaced && !lacks_thing) {
      if (const auto headed = FindHeadedList(reading_, options_)) {
        if (ExtractiveDraft told = TellList(*headed); !told.declined) return told;
      }
    }
    for (const size_t i : chosen) {
      draft.sentences.push_back(Extracted(sentences_[i], scores_[i]));
      if (i > 0 && IsOpener(i - 1) && std::ranges::find(chosen, i - 1) == chosen.end() &&
          AreSideBySide(sentences_[i - 1], sentences_[i])) {
        draft.sentences.back().answering = {sentences_[i - 1].range.begin, sentences_[i].range.end};
      }
      const bool has_next =
          i + 1 < sentences_.size() && AreSideBySide(sentences_[i], sentences_[i + 1]);
      if (IsOpener(i) && has_next && std::ranges::find(chosen, i + 1) == chosen.end()) {
        draft.sentences.back().answering = {sentences_[i].range.begin, sentences_[i + 1].range.end};
      }
    }
    if (section) {
      TellInOrder(*section, draft);
    } else {
      OrderAsInPassages(sentences_[best], draft.sentences);
      SayItemTerm(sentences_[best], draft.sentences.front());
    }
    if (!section || !section->is_list) SayShownCode(chosen, draft.sentences);
    return draft;
  }

 private:
  ExtractiveDraft Decline(Reason reason) const {
    return {.declined = true, .reason = ReasonText(reason, options_.language)};
  }

  ExtractiveDraft TellList(const HeadedList& headed) const {
    ExtractiveDraft draft;
    draft.support = kHeadedListSupport + kHeadedListGain * (2 * headed.share - 1);
    draft.declined = draft.support < options_.decline_below;
    const Sentence& first = sentences_[headed.list.pieces.front().sentence];
    const SourceSpan span =
        SpanWithin(passages_[first.passage].chunk, first.range.begin, first.range.end);
    draft.reason = ReasonText(Reason::kListUnder, options_.language, {span.heading_path.back()});
    for (const SectionPiece& piece : headed.list.pieces) {
      draft.sentences.push_back(Extracted(sentences_[piece.sentence], scores_[piece.sentence]));
    }
    TellInOrder(headed.list, draft);
    return draft;
  }

  ExtractiveDraft SayHeading(const VersionHeading& heading) const {
    ExtractiveDraft draft;
    draft.sentences.push_back({.passage = heading.passage, .range = heading.range});
    draft.support = kHeadingSupport;
    draft.declined = draft.support < options_.decline_below;
    draft.reason = ReasonText(Reason::kBestSentence, options_.language, {"100"});
    return draft;
  }

  // The step that is told where the best sentence is about what is done and not how.
  std::optional<size_t> StepInsteadOf(size_t best) const {
    const std::optional<size_t> step = FindStep(reading_, scores_, best);
    if (!step) return std::nullopt;
    SentenceLacks lacks = LacksOf(reading_, *step);
    lacks.unknown_name = names_unknown_;
    const bool is_enough =
        SentenceSupport(reading_, sentences_[*step], lacks) >= options_.decline_below;
    return is_enough ? step : std::nullopt;
  }

  // The sentence that has most of the question, and something of the kind asked for, from the best passage.
  size_t MostCovering() const {
    size_t most = 0;
    double most_evidence = -1;
    for (size_t i = 0; i < sentences_.size(); ++i) {
      const Sentence& sentence = sentences_[i];
      if (sentence.sibling) continue;  // none of them is said
      const double best = passages_[0].score;
      const double prior = best > 0 ? std::clamp(passages_[sentence.passage].score / best, 0.0, 1.0)
                                    : 1.0 / (1.0 + sentence.passage);
      const double evidence =
          reading_.Coverage(sentence) + kCoveringPrior * prior +
          (sentence.terms.any() && HoldsKind(question_.kind, TextOf(sentence), text_)
               ? kCoveringKind
               : 0.0);
      if (evidence <= most_evidence) continue;
      most = i;
      most_evidence = evidence;
    }
    return most;
  }

  // The sentences of the section, the best first and the others in order, without an opener that is kept with the next.
  std::vector<size_t> BestFirst(const SectionAnswer& section, size_t best) const {
    std::vector<size_t> chosen = {best};
    for (size_t i = 0; i < section.pieces.size(); ++i) {
      const size_t sentence = section.pieces[i].sentence;
      const bool is_kept =
          i + 1 < section.pieces.size() && IsOpener(sentence) &&
          AreSideBySide(sentences_[sentence], sentences_[section.pieces[i + 1].sentence]);
      if (sentence != best && !is_kept) chosen.push_back(sentence);
    }
    return chosen;
  }

  // The draft's sentences are those of the section.
  static void TellInOrder(const SectionAnswer& section, ExtractiveDraft& draft) {
    draft.left_out = section.left_out;
    for (ExtractedSentence& sentence : draft.sentences) {
      for (uint32_t i = 0; i < section.pieces.size(); ++i) {
        const ByteRange& piece = section.pieces[i].range;
        if (sentence.range.begin < piece.begin || piece.end < sentence.range.end) continue;
        sentence.place = i;
        if (section.is_list) sentence.range = sentence.answering = piece;
        if (section.is_list && i > 0) sentence.lead = "\n";  // a line for each
        break;
      }
      // Nothing is cut out of what is told in order.
      if (sentence.answering.begin > sentence.range.begin) sentence.answering = sentence.range;
    }
  }

  // `said` has the best first. Passages come in the order in which they are said now.
  void OrderAsInPassages(const Sentence& best, std::vector<ExtractedSentence>& said) const {
    const bool is_prose = best.kind != BlockKind::kTable && best.kind != BlockKind::kCode;
    const bool wants_fact =
        question_.kind != AnswerKind::kAny && question_.kind != AnswerKind::kReason;
    const SourceSpan span =
        SpanWithin(passages_[best.passage].chunk, best.range.begin, best.range.end);
    if (!is_prose || wants_fact || span.heading_path.empty()) return;
    const bool is_certain = all_ <= 2;  // the best is 1 of it
    const auto key_of = [&](size_t i) {
      const ExtractedSentence& one = said[i];
      const auto first = std::ranges::find(said, one.passage, &ExtractedSentence::passage);
      const bool is_beside_best = one.passage == best.passage &&
                                  best.block.begin <= one.range.begin &&
                                  one.range.end <= best.block.end;
      return std::tuple(first - said.begin(), is_certain && !is_beside_best, one.range.begin);
    };
    std::vector<size_t> order(said.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(order, {}, key_of);
    for (uint32_t place = 0; place < order.size(); ++place) said[order[place]].place = place;
  }

  // Whether it answers in a few words what the heading above it asks, and the sentence behind it says more.
  bool IsOpener(size_t index) const {
    const Sentence& sentence = sentences_[index];
    return sentence.tokens <= kOpenerTokens && sentence.range.begin == sentence.block.begin &&
           sentence.kind == BlockKind::kParagraph &&
           reading_.WeightOf(reading_.HeaderOf(sentence)) >= kHeadsOpener * reading_.total();
  }

  // Behind each sentence, `chosen` of which are `said`, the code that shows it.
  void SayShownCode(const std::vector<size_t>& chosen, std::vector<ExtractedSentence>& said) const {
    std::vector<std::optional<ByteRange>> shown;
    for (const size_t i : chosen) shown.push_back(ShownCode(reading_, i, options_.max_tokens));
    // It may have been chosen by itself.
    const auto is_shown = [&](const ExtractedSentence& one) {
      for (size_t i = 0; i < shown.size(); ++i) {
        if (shown[i] && said[i].passage == one.passage && shown[i]->begin <= one.range.begin &&
            one.range.end <= shown[i]->end) {
          return true;
        }
      }
      return false;
    };
    std::vector<ExtractedSentence> with_code;
    for (size_t i = 0; i < said.size(); ++i) {
      if (!is_shown(said[i])) with_code.push_back(said[i]);
      if (!shown[i]) continue;
      with_code.push_back({.passage = said[i].passage,
                           .range = *shown[i],
                           .score = said[i].score,
                           .place = said[i].place});
    }
    said = std::move(with_code);
  }

  // "shared_buffers: The default is 128 MB.": what names the item is said before it where it holds something of what is
  // asked that the sentence does not.
  void SayItemTerm(const Sentence& best, ExtractedSentence& said) const {
    const std::string_view term =
        std::string_view(passages_[best.passage].chunk.text)
            .substr(best.item_term.begin, best.item_term.end - best.item_term.begin);
    if (term.empty() || (reading_.TermsIn(term) & ~best.terms).none()) return;
    said.item_term = std::string(term);
  }

  // An entry of a change log, which is said behind its heading.
  bool IsOfVersion(const Sentence& sentence) const {
    if (sentence.kind != BlockKind::kListItem) return false;
    const SourceSpan span =
        SpanWithin(passages_[sentence.passage].chunk, sentence.range.begin, sentence.range.end);
    return VersionHeadingIn(span.heading_path).has_value();
  }

  ExtractedSentence Extracted(const Sentence& sentence, double score) const {
    ExtractedSentence extracted{
        .passage = sentence.passage, .range = sentence.range, .score = score};
    const bool is_prose = sentence.kind != BlockKind::kTable && sentence.kind != BlockKind::kCode;
    if (!is_prose || IsOfVersion(sentence)) return extracted;
    extracted.item_term = EntryHeading(reading_, sentence);
    const ByteRange part = AnsweringPart(reading_, sentence);
    extracted.answering = {sentence.range.begin + part.begin, sentence.range.begin + part.end};
    return extracted;
  }

  struct Weighed {
    size_t index = 0;
    SentenceLacks lacks = {};
    double support = 0;
  };

  // Asked who the security officer is, one sentence tells of security and names nobody, and the next names the safety
  // officer: no security officer is known.
  std::optional<ReplacedWord> ReplacedBeside(const std::vector<size_t>& chosen) const {
    const Sentence& best = sentences_[chosen.front()];
    const TermSet near = best.terms | reading_.HeaderOf(best);
    const auto is_near = [&](const Token& token) {
      for (size_t i = 0; i < question_.terms.size(); ++i) {
        if (near.test(i) && question_.terms[i].term == token.term) return true;
      }
      return false;
    };
    for (size_t n = 1; n < chosen.size(); ++n) {
      const Sentence& other = sentences_[chosen[n]];
      if (!HoldsKind(question_.kind, TextOf(other), text_)) continue;
      std::optional<ReplacedWord> replaced = FindReplacedWord(reading_, other, analyzer_);
      if (!replaced || replaced->beside.empty()) continue;
      if (std::ranges::none_of(analyzer_.Tokenize(replaced->beside), is_near)) return replaced;
    }
    return std::nullopt;
  }

  // Asked how much oil the HY-300 needs, one sentence tells where the HY-300 is mounted, and another how much oil the
  // HY-400 needs: how much the HY-300 needs is not known.
  std::optional<ReplacedWord> ToldOfSibling(const Sentence& best,
                                            const SentenceLacks& lacks) const {
    TermSet codes;
    for (size_t i = 0; i < question_.terms.size(); ++i)
      codes.set(i, reading_.asked_codes().IsOfCode(question_.terms[i].term));
    // A row that names the thing tells of it in its other cells, by whatever words.
    const bool is_its_row = best.kind == BlockKind::kTable && (best.terms & codes).any();
    const bool says_nothing = !is_its_row && (best.terms & ~codes).none();
    if (!says_nothing && !lacks.kind) return std::nullopt;
    const bool asks_for_kind =
        question_.kind != AnswerKind::kAny && question_.kind != AnswerKind::kReason;
    for (const Sentence& other : sentences_) {
      if (!other.sibling || (other.terms & ~codes & ~best.terms).none()) continue;
      if (asks_for_kind && !HoldsKind(question_.kind, TextOf(other), text_)) continue;
      return ReplacedWord{.asked = other.sibling->asked, .there = other.sibling->there};
    }
    return std::nullopt;
  }

  // The best sentence, then by score those that add to it or may hold the answer in its stead.
  std::vector<size_t> Choose(size_t best) const {
    std::vector<size_t> chosen = {best};
    TermSet covered = sentences_[best].terms | reading_.HeaderOf(sentences_[best]);
    uint32_t tokens = sentences_[best].tokens;
    while (chosen.size() < options_.max_sentences) {
      size_t next = sentences_.size();
      for (size_t i = 0; i < sentences_.size(); ++i) {
        const Sentence& sentence = sentences_[i];
        if (tokens + sentence.tokens > options_.max_tokens) continue;
        // The rule for other numbers is none for the one asked about, nor is what is said of another thing.
        if (sentence.out_of_range && sentences_[best].in_range) continue;
        if (sentence.sibling) continue;
        if (next != sentences_.size() && scores_[i] <= scores_[next]) continue;
        if ((Adds(sentence, covered) || MayHold(i, best, covered) ||
             NamesBehind(i, best, covered)) &&
            !Repeats(sentence, chosen))
          next = i;
      }
      if (next == sentences_.size()) break;
      chosen.push_back(next);
      covered |= sentences_[next].terms;
      tokens += sentences_[next].tokens;
    }
    std::ranges::sort(chosen.begin() + 1, chosen.end(), [&](size_t a, size_t b) {
      return scores_[a] != scores_[b] ? scores_[a] > scores_[b] : a < b;
    });
    return chosen;
  }

  // Asked how something is done, "by default it is not done" is half of the answer: the sentence behind it is said, too,
  // in the place of the least likely one where there is no room.
  std::vector<size_t> WithWayBehindDenial(std::vector<size_t> chosen) const {
    const size_t next = chosen.front() + 1;
    const Sentence& best = sentences_[chosen.front()];
    const bool is_half = AsksForWay(reading_) && !question_.negated && IsNegated(TextOf(best)) &&
                         options_.max_sentences > 1;
    if (!is_half || next == sentences_.size() || sentences_[next].passage != best.passage ||
        sentences_[next].block != best.block) {
      return chosen;
    }
    std::erase(chosen, next);
    if (chosen.size() == options_.max_sentences) chosen.pop_back();
    uint32_t tokens = sentences_[next].tokens;
    for (const size_t one : chosen) tokens += sentences_[one].tokens;
    while (chosen.size() > 1 && tokens > options_.max_tokens) {
      tokens -= sentences_[chosen.back()].tokens;
      chosen.pop_back();
    }
    if (tokens <= options_.max_tokens) chosen.insert(chosen.begin() + 1, next);
    return chosen;
  }

  bool Adds(const Sentence& sentence, const TermSet& covered) const {
    const TermSet holds = sentence.terms | reading_.HeaderOf(sentence);
    return reading_.WeightOf(sentence.terms & ~covered) >= kAdds * reading_.total() &&
           holds.count() >= kAddsTerms;
  }

  // Asked who leads the upgrade, "The upgrade is on Sunday. Ann leads." says it in the sentence behind the best.
  bool NamesBehind(size_t index, size_t best, const TermSet& covered) const {
    const Sentence& sentence = sentences_[index];
    const bool wants_fact =
        question_.kind != AnswerKind::kAny && question_.kind != AnswerKind::kReason;
    return wants_fact && index == best + 1 && sentence.passage == sentences_[best].passage &&
           sentence.block == sentences_[best].block && (sentence.terms & ~covered).any() &&
           !HoldsKind(question_.kind, TextOf(sentences_[best]), text_) &&
           HoldsKind(question_.kind, TextOf(sentence), text_);
  }

  // One that lacks a code of the question that was covered is about another thing.
  bool MayHold(size_t index, size_t best, const TermSet& covered) const {
    const Sentence& sentence = sentences_[index];
    return std::exp(scores_[index] - scores_[best]) >= kMayHold * all_ &&
           (covered & reading_.codes() & ~(sentence.terms | reading_.HeaderOf(sentence))).none();
  }

  // Overlapping chunks hold the same sentence, and documents that are nearly the same one that says the
  // same: nearly all words of both, and every number.
  bool Repeats(const Sentence& sentence, const std::vector<size_t>& chosen) const {
    return std::any_of(chosen.begin(), chosen.end(), [&](size_t other) {
      return TextOf(sentences_[other]) == TextOf(sentence) ||
             SayTheSame(TextOf(sentences_[other]), TextOf(sentence));
    });
  }

  bool SayTheSame(std::string_view a, std::string_view b) const {
    const auto terms_of = [&](std::string_view text) {
      std::set<std::string> terms;
      for (Token& token : analyzer_.Tokenize(text)) terms.insert(std::move(token.term));
      return terms;
    };
    const std::set<std::string> ours = terms_of(a);
    const std::set<std::string> theirs = terms_of(b);
    size_t shared = 0;
    for (const std::string& term : ours) shared += theirs.contains(term) ? 1 : 0;
    const auto has_new_number = [](const std::set<std::string>& one,
                                   const std::set<std::string>& other) {
      return std::ranges::any_of(one, [&](const std::string& term) {
        return HoldsAsciiDigit(term) && !other.contains(term);
      });
    };
    if (has_new_number(ours, theirs) || has_new_number(theirs, ours)) return false;
    const size_t all = ours.size() + theirs.size() - shared;
    return static_cast<double>(shared) >= kSameWords * static_cast<double>(all);
  }

  std::string_view TextOf(const Sentence& sentence) const { return reading_.TextOf(sentence); }

  const std::string_view text_;
  const std::vector<Passage>& passages_;
  const Analyzer& analyzer_;
  const ExtractiveOptions& options_;
  const PassageReading reading_;
  const Question& question_;
  const std::vector<Sentence>& sentences_;
  const bool names_unknown_;
  std::vector<double> scores_;  // by sentence
  double all_ = 0;              // of exp(score - best score)
};

}  // namespace

ExtractiveDraft ExtractAnswer(std::string_view question, const std::vector<Passage>& passages,
                              const Analyzer& analyzer, const ExtractiveOptions& options,
                              const TranslatedQuestion* translated) {
  return Extraction(question, passages, analyzer, options, translated).Run();
}

}  // namespace quarry::model
