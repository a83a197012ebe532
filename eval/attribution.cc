#include "eval/attribution.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>

#include "base/text.h"
#include "eval/answer_checks.h"
#include "eval/case_scores.h"
#include "eval/record_markers.h"

namespace quarry::eval {
namespace {

bool IsContradicted(const Judgement& judgement) {
  return judgement.verdict == ClaimVerdict::kContradicted;
}

std::string Quoted(const std::string& text) {
  constexpr size_t kShown = 120;
  return '"' + std::string(TruncateUtf8(text, kShown)) + (text.size() > kShown ? "...\"" : "\"");
}

// Whether a claim is known not to be carried by what it cites.
bool CitesWrongly(const ClaimMatrix& matrix, size_t claim) {
  if (matrix.answer[claim].citations.empty()) return true;
  const ClaimVerdict verdict = matrix.citations[claim].together.verdict;
  return verdict == ClaimVerdict::kNeutral || verdict == ClaimVerdict::kContradicted;
}

bool CitesWrongly(const RunRecord& record) {
  if (!record.matrix || record.abstained) return false;
  for (size_t c = 0; c < record.matrix->answer.size(); ++c) {
    if (CitesWrongly(*record.matrix, c)) return true;
  }
  return false;
}

// A check of `accept` that is looked for.
struct WantedCheck {
  size_t check = 0;
  std::vector<bool> by_passage;  // whether a passage of the prompt holds it
};

// The spans of one gold fact; one of them is enough.
struct GoldFact {
  std::string name;
  std::vector<const ResolvedSpan*> spans;
  const WantedCheck* wanted = nullptr;  // of one that is known by `accept` alone
};

class Attributor {
 public:
  Attributor(const Case& one, const RunRecord& record, const GoldPresence& presence,
             const Replays& replays)
      : case_(one), record_(record), presence_(presence), replays_(replays) {
    for (auto& [name, spans] : SpansByFact(record)) {
      facts_.push_back({name, std::move(spans), nullptr});
    }
    for (const size_t check : ChecksLookedFor(case_)) wanted_.push_back({check, {}});
    for (const RunPassage& passage : record_.passages) {
      const std::string text = passage.heading + "\n" + passage.text;
      CheckedText checked(text);
      for (WantedCheck& wanted : wanted_) {
        wanted.by_passage.push_back(IsHeldBy(case_, wanted.check, passage.document, checked));
      }
    }
    if (!has_spans()) TakeAcceptedPlaces();
  }

  Failure Run() {
    if (!record_.error.empty()) return {FailureKind::kInfraError, record_.error};
    if (!record_.matrix) {
      return {FailureKind::kInfraError, record_.judge_error.empty()
                                            ? "nobody judged the answer"
                                            : "not judged: " + record_.judge_error};
    }
    using Rule = std::optional<Failure> (Attributor::*)() const;
    constexpr Rule kRules[] = {
        &Attributor::CacheFalseHit, &Attributor::ShouldHaveRefused, &Attributor::OverRefusal,
        &Attributor::DocumentLost,  &Attributor::CorpusGap,         &Attributor::SourceWrong,
        &Attributor::RetrievalMiss, &Attributor::Ranking,           &Attributor::Truncation,
        &Attributor::Unfaithful,    &Attributor::Distracted,        &Attributor::Omission,
        &Attributor::CitationError};
    for (const Rule rule : kRules) {
      if (std::optional<Failure> failure = (this->*rule)()) return *std::move(failure);
    }
    const bool lacks =
        LacksReference() || (matrix().reference.empty() && LacksAccepted()) || record_.abstained;
    if (lacks) return {FailureKind::kUnknown, WhatIsUnknown()};
    return {FailureKind::kFormat, "says what was expected, and not as it was asked for"};
  }

 private:
  const ClaimMatrix& matrix() const { return *record_.matrix; }
  bool has_spans() const { return !record_.gold_spans.empty(); }

  // A check that no chunk holds is a fact with one place that is not there. What the answer says, by whatever
  // it was made from, is not missing.
  void TakeAcceptedPlaces() {
    const std::string answer = record_.abstained ? "" : WithoutMarkers(record_);
    for (const AcceptedPlaces& accepted : presence_.accepted) {
      const auto wanted = std::ranges::find(wanted_, accepted.check, &WantedCheck::check);
      if (wanted == wanted_.end() || eval::Holds(case_.accept[accepted.check], answer)) continue;
      GoldFact fact{.name = "", .spans = {}, .wanted = &*wanted};
      for (const GoldSpan& place : accepted.places) {
        fact.spans.push_back(&places_.emplace_back(ResolvedSpan{place, true}));
      }
      if (fact.spans.empty()) {
        GoldSpan nowhere;
        nowhere.quote = WantedText(case_.accept[accepted.check]);
        fact.spans.push_back(&places_.emplace_back(ResolvedSpan{std::move(nowhere), false}));
      }
      facts_.push_back(std::move(fact));
    }
  }

  static bool IsInPrompt(const WantedCheck& wanted) {
    return std::find(wanted.by_passage.begin(), wanted.by_passage.end(), true) !=
           wanted.by_passage.end();
  }

  // Whether passages carry every fact that must be there.
  bool PromptSaysReference() const {
    bool says = false;
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (!matrix().reference[f].must) continue;
      if (std::ranges::none_of(matrix().reference_by_passage[f], IsEntailed)) return false;
      says = true;
    }
    return says;
  }

  // Whether passages hold all that `accept` asks for.
  bool PromptHoldsAccepted() const {
    return !wanted_.empty() && std::ranges::all_of(wanted_, IsInPrompt);
  }

  bool LacksReference() const {
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (matrix().reference[f].must && !IsEntailed(matrix().reference_by_answer[f])) return true;
    }
    return false;
  }

  // Whether something that `accept` asks for is not in the answer, its length and form aside.
  bool LacksAccepted() const {
    const std::string answer = WithoutMarkers(record_);
    return std::ranges::any_of(case_.accept, [&](const AnswerCheck& check) {
      const bool is_content =
          check.kind != AnswerCheck::Kind::kLength && check.kind != AnswerCheck::Kind::kJson;
      return is_content && !eval::Holds(check, answer);
    });
  }

  std::string WhatIsUnknown() const {
    std::string text = "no gold span tells where the answer stands";
    if (matrix().reference.empty() && wanted_.empty()) {
      return text + ", and nothing in `accept` can be looked for";
    }
    for (const WantedCheck& wanted : wanted_) {
      if (IsInPrompt(wanted)) continue;
      return text + "; no passage of the prompt holds " +
             Quoted(WantedText(case_.accept[wanted.check]));
    }
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (std::ranges::any_of(matrix().reference_by_passage[f], IsEntailed)) continue;
      return text + "; no passage of the prompt says " + Quoted(matrix().reference[f].text);
    }
    return text;
  }

  std::optional<Failure> CacheFalseHit() const {
    if (!record_.cache.hit()) return std::nullopt;
    // Only an answer made anew may tell: what was stored may be as wrong as that.
    if (!replays_.no_cache || !replays_.no_cache->passed) return std::nullopt;
    return Failure{FailureKind::kCacheFalseHit,
                   "stored for " + Quoted(record_.cache.question) + "; made anew it is right",
                   true};
  }

  std::optional<Failure> ShouldHaveRefused() const {
    if (case_.answerable || record_.abstained) return std::nullopt;
    return Failure{FailureKind::kShouldHaveRefused, "answered: " + Quoted(record_.answer)};
  }

  bool IsGold(const DocumentId& document) const {
    if (case_.source_truth) {
      const auto& wrong = case_.source_truth->wrong;
      if (std::ranges::find(wrong, document) != wrong.end()) return true;
    }
    return case_.gold_docs.contains(document) ||
           std::ranges::any_of(record_.gold_spans, [&](const ResolvedSpan& one) {
             return one.span.document == document;
           });
  }

  // What the answer says wrongly stands in a document that it was right to ask.
  std::optional<Failure> SourceWrong() const {
    if (record_.abstained) return std::nullopt;
    for (size_t c = 0; c < matrix().answer.size(); ++c) {
      if (IsEntailed(matrix().answer_by_reference[c])) continue;
      for (size_t p = 0; p < record_.passages.size(); ++p) {
        if (!IsEntailed(matrix().answer_by_passage[c][p]) ||
            !IsGold(record_.passages[p].document)) {
          continue;
        }
        // Texts of `accept` are fragments: that an answer contradicts one tells nothing.
        const bool has_reference = has_spans() || !matrix().reference.empty();
        const bool contradicts =
            (has_reference && IsContradicted(matrix().answer_by_reference[c])) ||
            (SpansAreGone(record_.passages[p].document) && DeniesAFact(p));
        const GoldFact* gone = AcceptedThatIsGone();
        if (!contradicts && gone == nullptr) continue;
        std::string evidence =
            record_.passages[p].document + " says " + Quoted(matrix().answer[c].text);
        if (gone != nullptr) {
          evidence += "; nothing in the index holds " + Quoted(gone->spans[0]->span.quote);
        }
        return Failure{FailureKind::kSourceWrong, std::move(evidence)};
      }
    }
    return std::nullopt;
  }

  // A number that `accept` asks for and no chunk states. A text that none holds may be said in other words.
  const GoldFact* AcceptedThatIsGone() const {
    const auto gone = std::ranges::find_if(facts_, [&](const GoldFact& fact) {
      return fact.wanted != nullptr && !fact.spans[0]->present &&
             case_.accept[fact.wanted->check].kind == AnswerCheck::Kind::kNumber;
    });
    return gone == facts_.end() || PromptSaysReference() ? nullptr : &*gone;
  }

  // The fact is not entailed by any passage and contradicted by this one.
  bool DeniesAFact(size_t passage) const {
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      const std::vector<Judgement>& row = matrix().reference_by_passage[f];
      if (IsContradicted(row[passage]) && std::ranges::none_of(row, IsEntailed)) return true;
    }
    return false;
  }

  bool SpansAreGone(const DocumentId& document) const {
    return std::ranges::any_of(record_.gold_spans, [&](const ResolvedSpan& one) {
      return one.span.document == document && !one.present;
    });
  }

  std::optional<Failure> CorpusGap() const {
    // An edit takes the gold passage out word by word; a document that says otherwise is there.
    if (SourceWrong()) return std::nullopt;
    for (const GoldFact& fact : facts_) {
      const bool present =
          std::ranges::any_of(fact.spans, [](const ResolvedSpan* one) { return one->present; });
      if (present && !(presence_.known && !presence_.indexed)) continue;
      if (IsSaidInPrompt(fact)) continue;
      if (fact.wanted == nullptr) {
        return Failure{FailureKind::kCorpusGap, NameOf(*fact.spans[0]) + " is not in the index",
                       presence_.known};
      }
      // The index was looked at for these words, not for what they say.
      return Failure{FailureKind::kCorpusGap, "no chunk holds " + NameOf(*fact.spans[0]) +
                                                  " (it may say it in other words)" +
                                                  WhereItWasSaid()};
    }
    return std::nullopt;
  }

  // "; what was answered stands in pump.md".
  std::string WhereItWasSaid() const {
    for (const std::vector<Judgement>& row : matrix().answer_by_passage) {
      const auto carries = std::ranges::find_if(row, IsEntailed);
      if (carries == row.end()) continue;
      return "; what was answered stands in " +
             record_.passages[static_cast<size_t>(carries - row.begin())].document;
    }
    return "";
  }

  // By the documents that the author named, where no span tells more. Whether a gold document that is in
  // the prompt says it there is another question.
  std::optional<Failure> DocumentLost() const {
    const auto is_gold = [&](const auto& one) { return case_.gold_docs.contains(one.document); };
    if (has_spans() || case_.gold_docs.empty() || PromptSaysReference() || PromptHoldsAccepted() ||
        std::ranges::any_of(record_.passages, is_gold)) {
      return std::nullopt;
    }
    const auto there = std::ranges::find_if(case_.gold_docs, [&](const auto& gold) {
      return std::ranges::find(record_.missing_documents, gold.first) ==
             record_.missing_documents.end();
    });
    if (there == case_.gold_docs.end()) {
      return Failure{FailureKind::kCorpusGap,
                     case_.gold_docs.begin()->first + " is not in the corpus"};
    }
    const auto found = std::ranges::find_if(record_.candidates, is_gold);
    if (found == record_.candidates.end()) {
      return Failure{FailureKind::kRetrievalMiss, there->first + " is not among the " +
                                                      std::to_string(record_.candidates.size()) +
                                                      " candidates"};
    }
    if (!found->within_k) {
      return Failure{FailureKind::kRanking,
                     found->document + " ranks " +
                         std::to_string(found - record_.candidates.begin() + 1) + ", behind k"};
    }
    return Failure{
        FailureKind::kContextTruncation,
        found->document + " was within k and is not in the prompt" + WhyDropped(found->document)};
  }

  std::string WhyDropped(const DocumentId& document) const {
    const auto dropped = std::ranges::find(record_.dropped, document, &RunDropped::document);
    return dropped == record_.dropped.end() || dropped->why.empty() ? "" : ": " + dropped->why;
  }

  static std::string NameOf(const ResolvedSpan& one) {
    if (one.span.document.empty()) return Quoted(one.span.quote);
    return one.span.document + " " +
           (one.span.quote.empty()
                ? "bytes " + std::to_string(one.span.begin) + "-" + std::to_string(one.span.end)
                : Quoted(one.span.quote));
  }

  // Whether another document of the prompt says it too.
  bool IsSaidInPrompt(const GoldFact& fact) const {
    if (fact.wanted != nullptr) return IsInPrompt(*fact.wanted) || PromptSaysReference();
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      const bool is_this = facts_.size() == 1 || matrix().reference[f].id == fact.name;
      if (is_this && std::ranges::any_of(matrix().reference_by_passage[f], IsEntailed)) {
        return true;
      }
    }
    return false;
  }

  using Ranges = std::function<std::vector<ByteRange>(const DocumentId&)>;

  // The first gold fact that these ranges do not hold.
  const GoldFact* Missing(const Ranges& ranges) const {
    for (const GoldFact& fact : facts_) {
      const bool held = std::ranges::any_of(fact.spans, [&](const ResolvedSpan* one) {
        return one->present && Covers(ranges(one->span.document), one->span.begin, one->span.end);
      });
      if (!held && !IsSaidInPrompt(fact)) return &fact;
    }
    return nullptr;
  }

  // Of a fact's places one that these ranges hold; its first where they hold none.
  static const ResolvedSpan& PlaceWithin(const GoldFact& fact, const Ranges& ranges) {
    const auto held = std::ranges::find_if(fact.spans, [&](const ResolvedSpan* one) {
      return one->present && Covers(ranges(one->span.document), one->span.begin, one->span.end);
    });
    return held == fact.spans.end() ? *fact.spans[0] : **held;
  }

  Ranges Candidates(bool within_k) const {
    return [this, within_k](const DocumentId& document) {
      return CandidateRanges(record_, document, within_k);
    };
  }

  Ranges Prompt() const {
    return [this](const DocumentId& document) { return PromptRanges(record_, document); };
  }

  bool ConfirmedByGold() const { return replays_.gold_context && replays_.gold_context->passed; }

  std::optional<Failure> RetrievalMiss() const {
    const GoldFact* fact = Missing(Candidates(false));
    if (fact == nullptr) return std::nullopt;
    std::string evidence = NameOf(*fact->spans[0]) + " is not among the " +
                           std::to_string(record_.candidates.size()) + " candidates";
    if (!presence_.lost_by.empty()) evidence += ": " + presence_.lost_by;
    return Failure{FailureKind::kRetrievalMiss, std::move(evidence), ConfirmedByGold()};
  }

  std::optional<Failure> Ranking() const {
    const GoldFact* fact = Missing(Candidates(true));
    if (fact == nullptr) return std::nullopt;
    size_t rank = 0;
    while (rank < record_.candidates.size() && !HoldsFact(record_.candidates[rank], *fact)) ++rank;
    const RunCandidate& found = record_.candidates[std::min(rank, record_.candidates.size() - 1)];
    return Failure{FailureKind::kRanking,
                   NameOf(PlaceWithin(*fact, Candidates(false))) + " ranks " +
                       std::to_string(rank + 1) + ", behind k" + " (by words " +
                       std::to_string(found.lexical_rank) + ", by meaning " +
                       std::to_string(found.dense_rank) + "; 0 = not found)",
                   replays_.full_k && replays_.full_k->passed};
  }

  static bool HoldsFact(const RunCandidate& candidate, const GoldFact& fact) {
    return std::ranges::any_of(fact.spans, [&](const ResolvedSpan* one) {
      return one->span.document == candidate.document && one->span.begin < candidate.end &&
             candidate.begin < one->span.end;
    });
  }

  std::optional<Failure> Truncation() const {
    const GoldFact* fact = Missing(Prompt());
    if (fact == nullptr) return std::nullopt;
    const ResolvedSpan& place = PlaceWithin(*fact, Candidates(true));
    return Failure{
        FailureKind::kContextTruncation,
        NameOf(place) + " was within k and is not in the prompt" + WhyDropped(place.span.document),
        replays_.full_k && replays_.full_k->passed};
  }

  std::optional<Failure> OverRefusal() const {
    // Declining is right where the passage was lost on the way to the prompt.
    if (!case_.answerable || !record_.abstained) return std::nullopt;
    if (has_spans() ? Missing(Prompt()) != nullptr
                    : !PromptSaysReference() && !PromptHoldsAccepted()) {
      return std::nullopt;
    }
    std::string evidence = "declined, though the prompt says it";
    if (!has_spans() && !PromptSaysReference()) evidence += ": " + HeldInPrompt(wanted_[0]);
    return Failure{FailureKind::kOverRefusal, std::move(evidence),
                   replays_.gold_context && replays_.gold_context->declined};
  }

  // `passage 2 (pump.md) holds "80 kg"`. REQUIRES: IsInPrompt(wanted).
  std::string HeldInPrompt(const WantedCheck& wanted) const {
    size_t held = 0;
    while (!wanted.by_passage[held]) ++held;
    return "passage " + std::to_string(held + 1) + " (" + record_.passages[held].document +
           ") holds " + Quoted(WantedText(case_.accept[wanted.check]));
  }

  std::optional<Failure> Unfaithful() const {
    for (size_t c = 0; c < matrix().answer.size(); ++c) {
      const std::vector<Judgement>& row = matrix().answer_by_passage[c];
      if (std::ranges::any_of(row, IsEntailed)) continue;
      const auto denied = std::ranges::find_if(row, IsContradicted);
      const std::string by =
          denied == row.end()
              ? "no passage says "
              : "passage " + std::to_string(denied - row.begin() + 1) + " says otherwise than ";
      return Failure{FailureKind::kUnfaithful, by + Quoted(matrix().answer[c].text)};
    }
    return std::nullopt;
  }

  bool LacksAFact() const {
    if (!matrix().reference.empty()) return LacksReference();
    return case_.accept.empty() || LacksAccepted();
  }

  // Why a passage that says no fact (SaysAFact) is known not to answer; "" where nothing tells.
  std::string WhyItDoesNotAnswer() const {
    if (has_spans() || PromptSaysReference()) return "which does not answer";
    if (!case_.gold_docs.empty()) return "which is no gold document";
    return PromptHoldsAccepted() ? "which does not hold what `accept` asks for" : "";
  }

  std::optional<Failure> Distracted() const {
    const std::string why = WhyItDoesNotAnswer();
    if (why.empty() || !LacksAFact()) return std::nullopt;
    for (size_t c = 0; c < matrix().answer.size(); ++c) {
      if (IsEntailed(matrix().answer_by_reference[c])) continue;
      const std::vector<Judgement>& row = matrix().answer_by_passage[c];
      for (size_t p = 0; p < row.size(); ++p) {
        if (!IsEntailed(row[p]) || SaysAFact(p)) continue;
        const bool elsewhere = [&] {
          for (size_t other = 0; other < row.size(); ++other) {
            if (IsEntailed(row[other]) && SaysAFact(other)) return true;
          }
          return false;
        }();
        if (elsewhere) continue;
        return Failure{FailureKind::kDistracted,
                       Quoted(matrix().answer[c].text) + " stands only in " +
                           record_.passages[p].document + ", " + why,
                       ConfirmedByGold()};
      }
    }
    return std::nullopt;
  }

  // Whether a passage holds a gold passage or says what was expected.
  bool SaysAFact(size_t passage) const {
    for (const auto& row : matrix().reference_by_passage) {
      if (IsEntailed(row[passage])) return true;
    }
    const RunPassage& one = record_.passages[passage];
    if (!has_spans()) {
      return case_.gold_docs.contains(one.document) ||
             std::ranges::any_of(
                 wanted_, [&](const WantedCheck& wanted) { return wanted.by_passage[passage]; });
    }
    return std::ranges::any_of(record_.gold_spans, [&](const ResolvedSpan& span) {
      return span.present && span.span.document == one.document && span.span.begin < one.end &&
             one.begin < span.span.end;
    });
  }

  std::optional<Failure> Omission() const {
    if (record_.abstained) return std::nullopt;
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (!matrix().reference[f].must || IsEntailed(matrix().reference_by_answer[f])) continue;
      // With gold spans a rule before has looked whether they are in the prompt.
      const bool is_there =
          has_spans() || std::ranges::any_of(matrix().reference_by_passage[f], IsEntailed);
      if (!is_there) continue;
      return Failure{
          FailureKind::kOmission,
          "the prompt says " + Quoted(matrix().reference[f].text) + ", the answer does not"};
    }
    if (!matrix().reference.empty()) return std::nullopt;
    const std::string answer = WithoutMarkers(record_);
    for (const WantedCheck& wanted : wanted_) {
      if (!IsInPrompt(wanted) || eval::Holds(case_.accept[wanted.check], answer)) continue;
      return Failure{FailureKind::kOmission, HeldInPrompt(wanted) + ", the answer does not"};
    }
    return std::nullopt;
  }

  std::optional<Failure> CitationError() const {
    for (size_t c = 0; c < matrix().answer.size(); ++c) {
      if (!CitesWrongly(matrix(), c)) continue;
      const std::vector<Judgement>& row = matrix().answer_by_passage[c];
      const auto carries = std::ranges::find_if(row, IsEntailed);
      return Failure{
          FailureKind::kCitationError,
          Quoted(matrix().answer[c].text) + " cites " + CitedText(matrix().answer[c]) +
              (carries == row.end()
                   ? ""
                   : "; passage " + std::to_string(carries - row.begin() + 1) + " carries it")};
    }
    return std::nullopt;
  }

  static std::string CitedText(const Claim& claim) {
    if (claim.citations.empty()) return "nothing";
    std::string text;
    for (const uint32_t number : claim.citations) text += "[" + std::to_string(number) + "]";
    return text;
  }

  const Case& case_;
  const RunRecord& record_;
  const GoldPresence& presence_;
  const Replays& replays_;
  std::vector<WantedCheck> wanted_;
  std::deque<ResolvedSpan> places_;  // of checks: facts point into it
  std::vector<GoldFact> facts_;
};

}  // namespace

std::optional<Failure> Attribute(const Case& one, const RunRecord& record,
                                 const ScoreOptions& options, const GoldPresence& presence,
                                 const Replays& replays) {
  const CaseScores scores = ScoreRecord(one, record, options);
  const auto pass = scores.values.find("pass");
  const bool fails = pass != scores.values.end() && pass->second < 1;
  const bool is_unjudged = !record.judge_error.empty();
  if (!fails && !is_unjudged && !CitesWrongly(record)) return std::nullopt;
  return Attributor(one, record, presence, replays).Run();
}

}  // namespace quarry::eval
