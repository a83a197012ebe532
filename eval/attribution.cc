#include "eval/attribution.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"

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

// The spans of one gold fact; one of them is enough.
struct GoldFact {
  std::string name;
  std::vector<const ResolvedSpan*> spans;
};

class Attributor {
 public:
  Attributor(const Case& one, const RunRecord& record, const GoldPresence& presence,
             const Replays& replays)
      : case_(one), record_(record), presence_(presence), replays_(replays) {
    std::map<std::string, std::vector<const ResolvedSpan*>> facts;
    for (size_t i = 0; i < record.gold_spans.size(); ++i) {
      const GoldSpan& span = record.gold_spans[i].span;
      facts[span.fact.empty() ? "#" + std::to_string(i) : span.fact].push_back(
          &record.gold_spans[i]);
    }
    for (auto& [name, spans] : facts) facts_.push_back({name, std::move(spans)});
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
        &Attributor::CorpusGap,     &Attributor::SourceWrong,       &Attributor::RetrievalMiss,
        &Attributor::Ranking,       &Attributor::Truncation,        &Attributor::Unfaithful,
        &Attributor::Distracted,    &Attributor::Omission,          &Attributor::CitationError};
    for (const Rule rule : kRules) {
      if (std::optional<Failure> failure = (this->*rule)()) return *std::move(failure);
    }
    return {FailureKind::kFormat, "says what was expected, and not as it was asked for"};
  }

 private:
  const ClaimMatrix& matrix() const { return *record_.matrix; }

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
        const bool contradicts = IsContradicted(matrix().answer_by_reference[c]) ||
                                 (SpansAreGone(record_.passages[p].document) && DeniesAFact(p));
        if (!contradicts) continue;
        return Failure{FailureKind::kSourceWrong,
                       record_.passages[p].document + " says " + Quoted(matrix().answer[c].text)};
      }
    }
    return std::nullopt;
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
      return Failure{FailureKind::kCorpusGap, NameOf(*fact.spans[0]) + " is not in the index",
                     presence_.known};
    }
    return std::nullopt;
  }

  static std::string NameOf(const ResolvedSpan& one) {
    return one.span.document + " " +
           (one.span.quote.empty()
                ? "bytes " + std::to_string(one.span.begin) + "-" + std::to_string(one.span.end)
                : Quoted(one.span.quote));
  }

  // Whether another document of the prompt says it too.
  bool IsSaidInPrompt(const GoldFact& fact) const {
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

  Ranges Candidates(bool within_k) const {
    return [this, within_k](const DocumentId& document) {
      std::vector<ByteRange> ranges;
      for (const RunCandidate& one : record_.candidates) {
        if (one.document != document || (within_k && !one.within_k)) continue;
        ranges.push_back({one.begin, one.end});
      }
      return ranges;
    };
  }

  Ranges Prompt() const {
    return [this](const DocumentId& document) {
      std::vector<ByteRange> ranges;
      for (const RunPassage& one : record_.passages) {
        if (one.document == document) ranges.push_back({one.begin, one.end});
      }
      return ranges;
    };
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
    while (rank < record_.candidates.size() && !Holds(record_.candidates[rank], *fact)) ++rank;
    const RunCandidate& found = record_.candidates[std::min(rank, record_.candidates.size() - 1)];
    return Failure{FailureKind::kRanking,
                   NameOf(*fact->spans[0]) + " ranks " + std::to_string(rank + 1) + ", behind k" +
                       " (by words " + std::to_string(found.lexical_rank) + ", by meaning " +
                       std::to_string(found.dense_rank) + "; 0 = not found)",
                   replays_.full_k && replays_.full_k->passed};
  }

  static bool Holds(const RunCandidate& candidate, const GoldFact& fact) {
    return std::ranges::any_of(fact.spans, [&](const ResolvedSpan* one) {
      return one->span.document == candidate.document && one->span.begin < candidate.end &&
             candidate.begin < one->span.end;
    });
  }

  std::optional<Failure> Truncation() const {
    const GoldFact* fact = Missing(Prompt());
    if (fact == nullptr) return std::nullopt;
    std::string why;
    for (const RunDropped& dropped : record_.dropped) {
      const bool is_it = std::ranges::any_of(fact->spans, [&](const ResolvedSpan* one) {
        return one->span.document == dropped.document;
      });
      if (is_it && why.empty()) why = ": " + dropped.why;
    }
    return Failure{FailureKind::kContextTruncation,
                   NameOf(*fact->spans[0]) + " was within k and is not in the prompt" + why,
                   replays_.full_k && replays_.full_k->passed};
  }

  std::optional<Failure> OverRefusal() const {
    // Declining is right where the passage was lost on the way to the prompt.
    if (!case_.answerable || !record_.abstained || Missing(Prompt()) != nullptr) {
      return std::nullopt;
    }
    return Failure{FailureKind::kOverRefusal, "declined, though the prompt says it",
                   replays_.gold_context && replays_.gold_context->declined};
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
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (matrix().reference[f].must && !IsEntailed(matrix().reference_by_answer[f])) return true;
    }
    return matrix().reference.empty();
  }

  std::optional<Failure> Distracted() const {
    if (!LacksAFact()) return std::nullopt;
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
                           record_.passages[p].document + ", which does not answer",
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
    return std::ranges::any_of(record_.gold_spans, [&](const ResolvedSpan& span) {
      return span.present && span.span.document == one.document && span.span.begin < one.end &&
             one.begin < span.span.end;
    });
  }

  std::optional<Failure> Omission() const {
    for (size_t f = 0; f < matrix().reference.size(); ++f) {
      if (!matrix().reference[f].must || IsEntailed(matrix().reference_by_answer[f])) continue;
      return Failure{
          FailureKind::kOmission,
          "the prompt says " + Quoted(matrix().reference[f].text) + ", the answer does not"};
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
