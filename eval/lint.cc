#include "eval/lint.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/resemblance.h"
#include "base/text.h"
#include "eval/accepted_texts.h"
#include "eval/answer_checks.h"
#include "eval/plan.h"
#include "eval/report.h"
#include "eval/statistics.h"
#include "eval/suite_run.h"
#include "generation/document_pieces.h"

namespace quarry::eval {
namespace {

constexpr double kNearlyEqual = 0.8;    // of the words of two questions, by Jaccard
constexpr double kLeastDeclined = 0.1;  // of the cases, that should be declined
constexpr double kMostDeclined = 0.6;
constexpr double kWorthSeeing = 0.05;  // difference of pass rates
constexpr size_t kLongQuote = 12;      // words that a question may well repeat by chance

class Linter {
 public:
  Linter(const Suite& suite, const index::Snapshot& snapshot, const Analyzer& analyzer,
         const CallContext& context)
      : suite_(suite), snapshot_(snapshot), analyzer_(analyzer), context_(context) {}

  Result<LintReport> Run() {
    for (const Case& one : suite_.cases) {
      QUARRY_RETURN_IF_ERROR(context_.Check());
      report_.repaired.push_back(one);
      if (one.draft) {
        ++report_.drafts;
      } else {
        ++report_.cases;
        (one.answerable ? report_.answerable : report_.unanswerable) += 1;
      }
      QUARRY_RETURN_IF_ERROR(LookInCorpus(report_.repaired.back()));
      LookAtQuestion(one);
      LookAtExpectations(one);
    }
    QUARRY_RETURN_IF_ERROR(LookForAccepted());
    LookForTwins();
    LookAtShares();
    LookAtDrafts();
    std::ranges::stable_sort(report_.findings, {}, &LintFinding::level);
    return std::move(report_);
  }

 private:
  void Add(LintFinding::Level level, const std::string& id, std::string message) {
    report_.findings.push_back({level, id, std::move(message)});
  }
  void Error(const Case& one, std::string message) {
    Add(LintFinding::Level::kError, one.id, std::move(message));
  }
  void Warn(const Case& one, std::string message) {
    Add(LintFinding::Level::kWarning, one.id, std::move(message));
  }

  Status LookInCorpus(Case& one) {
    for (GoldSpan& span : one.gold_spans) {
      ++report_.spans;
      QUARRY_ASSIGN_OR_RETURN(const ResolvedSpan found, ResolveSpan(span, snapshot_));
      if (!found.present) {
        Error(one, "gold span is not in " + span.document +
                       (span.quote.empty() ? "" : ": \"" + span.quote + "\""));
        continue;
      }
      if (span.end != 0 && found.span.begin != span.begin) ++report_.moved_spans;
      span = found.span;
    }
    for (const DocumentId& document : DocumentsOf(one)) {
      const Status found = snapshot_.FindDocument(document).status();
      if (found.code() == Code::kNotFound) {
        Error(one, "document \"" + document + "\" is not in the corpus");
      } else {
        QUARRY_RETURN_IF_ERROR(found);
      }
    }
    return OkStatus();
  }

  // What cases without gold spans are asked for, in one reading of the corpus.
  Status LookForAccepted() {
    struct Wanted {
      const Case* one;
      size_t check;
      bool is_found = false;
    };
    std::vector<Wanted> all;
    for (const Case& one : suite_.cases) {
      if (!one.gold_spans.empty()) continue;
      for (const size_t check : ChecksLookedFor(one)) all.push_back({&one, check});
    }
    size_t missing = all.size();
    if (missing == 0) return OkStatus();
    QUARRY_RETURN_IF_ERROR(ForEachChunkText(
        snapshot_,
        [&](const index::StoredDocument& document, const index::StoredChunk&, CheckedText& text) {
          for (Wanted& wanted : all) {
            if (wanted.is_found || !IsHeldBy(*wanted.one, wanted.check, document.id, text))
              continue;
            wanted.is_found = true;
            --missing;
          }
          return missing > 0;
        },
        context_));
    for (const Wanted& wanted : all) {
      if (wanted.is_found) continue;
      Warn(*wanted.one,
           "nothing in the corpus holds \"" + WantedText(wanted.one->accept[wanted.check]) +
               "\", which `accept` asks for: it says it in other words, or not any more");
    }
    return OkStatus();
  }

  void LookAtQuestion(const Case& one) {
    const std::string question = Fold(one.query);
    for (const GoldSpan& span : one.gold_spans) {
      const bool is_long = CountWords(span.quote) >= kLongQuote;
      if (is_long && question.find(Fold(span.quote)) != std::string::npos) {
        Warn(one, "the question repeats its gold span: finding it shows nothing");
      }
    }
    const bool is_given =
        !one.accept.empty() && std::ranges::all_of(one.accept, [&](const AnswerCheck& check) {
          const bool is_text = check.kind == AnswerCheck::Kind::kContains ||
                               check.kind == AnswerCheck::Kind::kNumber;
          return is_text && Holds(check, one.query);
        });
    if (is_given) Warn(one, "what `accept` asks for stands in the question");
  }

  void LookAtExpectations(const Case& one) {
    // Of cases that come of a file, its reading has said so.
    if (const Status valid = ValidateCase(one); !valid.ok()) Error(one, valid.message());
    if (!one.answerable || !one.accept.empty()) return;
    const auto level = one.draft ? LintFinding::Level::kDraft : LintFinding::Level::kWarning;
    if (one.expected_facts.empty() && one.reference.empty()) {
      Add(level, one.id, "answerable, and nothing says what a right answer is");
    } else if (!one.expected_facts.empty() &&
               std::ranges::none_of(one.expected_facts, &ExpectedFact::must)) {
      Add(level, one.id,
          "no expected fact must be there, and there is no `accept`: nothing says whether an "
          "answer passes");
    }
  }

  void LookAtDrafts() {
    if (report_.drafts == 0) return;
    const auto add = [&](std::string message) {
      Add(LintFinding::Level::kDraft, "", std::move(message));
    };
    if (report_.cases == 0) {
      add("no case is asked: all are drafts; read each, and take \"draft\": true off what is good");
      return;
    }
    std::set<std::string> asked;
    for (const Case& one : suite_.cases) {
      if (one.draft) continue;
      for (std::string& slice : SlicesOfCase(one)) asked.insert(std::move(slice));
    }
    for (const Gate& gate : suite_.gates) {
      const std::string slice = SliceOf(gate);
      if (slice.empty() || asked.contains(slice)) continue;
      add(Describe(gate) + ": all cases of the slice \"" + slice + "\" are drafts");
    }
  }

  void LookForTwins() {
    std::vector<std::vector<uint64_t>> words;
    std::unordered_map<uint64_t, std::vector<size_t>> cases_of;  // by word
    for (size_t i = 0; i < suite_.cases.size(); ++i) {
      words.push_back(generation::TermHashes(suite_.cases[i].query, analyzer_));
      // Two that are so alike share one of the words.
      std::unordered_map<size_t, uint32_t> shared;
      for (const uint64_t word : words[i]) {
        std::vector<size_t>& others = cases_of[word];
        for (const size_t other : others) ++shared[other];
        others.push_back(i);
      }
      size_t twin = i;
      for (const auto& [other, count] : shared) {
        if (Resemblance(words[i], words[other]) >= kNearlyEqual) twin = std::min(twin, other);
      }
      if (twin == i || IsContrast(suite_.cases[i], suite_.cases[twin])) continue;
      Warn(suite_.cases[i], "nearly the question of case \"" + suite_.cases[twin].id +
                                "\"; give them one cluster, or drop one");
    }
  }

  // Twins that are meant: of one cluster, or one to be answered and one to be declined.
  static bool IsContrast(const Case& one, const Case& other) {
    return one.answerable != other.answerable ||
           (!one.cluster.empty() && one.cluster == other.cluster);
  }

  void LookAtShares() {
    if (report_.cases == 0) return;
    const double declined =
        static_cast<double>(report_.unanswerable) / static_cast<double>(report_.cases);
    if (declined < kLeastDeclined || declined > kMostDeclined) {
      Add(LintFinding::Level::kWarning, "",
          std::to_string(report_.unanswerable) + " of " + std::to_string(report_.cases) +
              " cases are unanswerable; from 10 to 60 % show both wrong refusals and wrong "
              "answers");
    }
    report_.detectable = DetectableDifference(report_.cases, PlanInput().discordance);
    if (report_.detectable > kWorthSeeing) {
      Add(LintFinding::Level::kWarning, "",
          std::to_string(report_.cases) +
              (report_.detectable < 1
                   ? " cases show a change of the pass rate by " +
                         FormatDelta("pass", report_.detectable).substr(1) +
                         " percentage points and more"
                   : std::string(" cases are too few to show any change of the pass rate")) +
              "; `quarry eval plan --detect 0.05` says how many show 5 percentage points");
    }
  }

  const Suite& suite_;
  const index::Snapshot& snapshot_;
  const Analyzer& analyzer_;
  const CallContext& context_;
  LintReport report_;
};

}  // namespace

bool LintReport::has_errors() const {
  return std::ranges::any_of(findings, [](const LintFinding& finding) {
    return finding.level == LintFinding::Level::kError;
  });
}

Result<LintReport> LintSuite(const Suite& suite, const index::Snapshot& snapshot,
                             const Analyzer& analyzer, const CallContext& context) {
  return Linter(suite, snapshot, analyzer, context).Run();
}

}  // namespace quarry::eval
