#include "eval/feedback_export.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/resemblance.h"
#include "eval/distinct_terms.h"

namespace quarry::eval {
namespace {

// As Resemblance, but 1 of two empty ones.
double Likeness(const std::set<std::string>& a, const std::set<std::string>& b) {
  if (a.empty() && b.empty()) return 1;
  const auto common = std::ranges::count_if(a, [&](const auto& term) { return b.contains(term); });
  return Resemblance(static_cast<size_t>(common), a.size(), b.size());
}

class Exporter {
 public:
  Exporter(const ExportOptions& options, const Judge& judge, const generation::Prompts& prompts,
           const Analyzer& analyzer, const CallContext& context)
      : options_(options),
        judge_(judge),
        prompts_(prompts),
        analyzer_(analyzer),
        context_(context) {
    for (const std::string& question : options.held_out) {
      held_out_.push_back(DistinctTerms(question, analyzer));
    }
  }

  Status AddRated(const RatedAnswer& rated) {
    const GivenAnswer& answer = rated.answer;
    if (options_.format == ExportFormat::kDpo) return OkStatus();
    if (options_.format == ExportFormat::kSft && !rated.up) return LeaveOut("rated down");
    if (options_.format == ExportFormat::kSuite && !rated.up) {
      // A question that was not answered well is worth asking again; what is right nobody has said.
      if (IsHeldOut(answer)) return LeaveOut("near a held-out case");
      return AddCase(answer, /*as_reference=*/false);
    }
    QUARRY_ASSIGN_OR_RETURN(const bool fit, IsFit(answer));
    if (!fit) return OkStatus();
    if (options_.format == ExportFormat::kSuite) return AddCase(answer, /*as_reference=*/true);
    AddLine(SftLine(PromptOf(answer), answer.judged.answer));
    return OkStatus();
  }

  Status AddCompared(const ComparedAnswers& compared) {
    if (options_.format != ExportFormat::kDpo) return OkStatus();
    if (compared.vote != Preference::kFirst && compared.vote != Preference::kSecond) {
      return LeaveOut("a tie");
    }
    if (!compared.voter.empty() && votes_[compared.voter]++ >= options_.votes_per_person) {
      return LeaveOut("one person's votes beyond " + std::to_string(options_.votes_per_person));
    }
    const bool first = compared.vote == Preference::kFirst;
    const GivenAnswer& preferred = first ? compared.first : compared.second;
    const GivenAnswer& other = first ? compared.second : compared.first;
    if (preferred.judged.answer == other.judged.answer) return LeaveOut("both answers are equal");
    // The other one may well be wrong: it is what shall not be said.
    QUARRY_ASSIGN_OR_RETURN(const bool fit, IsFit(preferred));
    if (!fit) return OkStatus();
    AddLine(PreferenceLine(PromptOf(preferred), preferred.judged.answer, other.judged.answer));
    return OkStatus();
  }

  ExportReport Finish() { return std::move(report_); }

 private:
  Status LeaveOut(const std::string& reason) {
    ++report_.left_out[reason];
    return OkStatus();
  }

  void AddLine(const std::string& line) {
    report_.lines += line + "\n";
    ++report_.rows;
  }

  bool IsHeldOut(const GivenAnswer& answer) const {
    const std::set<std::string> terms = DistinctTerms(answer.judged.question, analyzer_);
    return std::ranges::any_of(held_out_, [&](const auto& held) {
      return Likeness(held, terms) >= options_.near_duplicate;
    });
  }

  Result<bool> IsFit(const GivenAnswer& answer) {
    const auto drop = [&](const char* reason) {
      ++report_.left_out[reason];
      return false;
    };
    if (answer.declined || answer.judged.answer.empty()) return drop("declined");
    if (answer.for_other_question) return drop("stored for another question");
    if (IsHeldOut(answer)) return drop("near a held-out case");
    QUARRY_ASSIGN_OR_RETURN(const ClaimMatrix matrix, judge_.JudgeAnswer(answer.judged, context_));
    for (size_t claim = 0; claim < matrix.answer.size(); ++claim) {
      const bool carried = std::ranges::any_of(
          matrix.answer_by_passage[claim],
          [](const Judgement& one) { return one.verdict == ClaimVerdict::kEntailed; });
      if (!carried) return drop("not carried by its passages");
    }
    return matrix.answer.empty() ? drop("no claim") : true;
  }

  std::vector<model::ChatMessage> PromptOf(const GivenAnswer& answer) const {
    Context context;
    for (size_t i = 0; i < answer.judged.passages.size(); ++i) {
      Passage passage;
      passage.title = answer.judged.passages[i].heading;
      passage.chunk.text = answer.judged.passages[i].text;
      if (i < answer.documents.size()) passage.chunk.document = answer.documents[i];
      context.passages.push_back(std::move(passage));
    }
    return prompts_.Answer(answer.judged.question, context);
  }

  Status AddCase(const GivenAnswer& answer, bool as_reference) {
    Case one{.id = "feedback-" + answer.id, .query = answer.judged.question, .draft = true};
    one.lang = answer.judged.lang;
    one.tags = {as_reference ? "rated-up" : "rated-down"};
    if (as_reference) {
      one.reference = answer.judged.answer;
      for (const JudgedSentence& sentence : answer.judged.sentences) {
        for (const uint32_t passage : sentence.citations) {
          if (passage >= 1 && passage <= answer.documents.size()) {
            one.gold_docs[answer.documents[passage - 1]] = 1;
          }
        }
      }
    }
    AddLine(CaseLine(one));
    return OkStatus();
  }

  const ExportOptions& options_;
  const Judge& judge_;
  const generation::Prompts& prompts_;
  const Analyzer& analyzer_;
  const CallContext& context_;
  std::vector<std::set<std::string>> held_out_;
  std::map<std::string, uint32_t> votes_;
  ExportReport report_;
};

}  // namespace

Result<ExportFormat> ParseExportFormat(std::string_view name) {
  if (name == "sft") return ExportFormat::kSft;
  if (name == "dpo") return ExportFormat::kDpo;
  if (name == "suite") return ExportFormat::kSuite;
  return InvalidArgumentError("expected sft, dpo or suite, got \"" + std::string(name) + "\"");
}

Result<ExportReport> ExportFeedback(const std::vector<RatedAnswer>& rated,
                                    const std::vector<ComparedAnswers>& compared,
                                    const ExportOptions& options, const Judge& judge,
                                    const generation::Prompts& prompts, const Analyzer& analyzer,
                                    const CallContext& context) {
  Exporter exporter(options, judge, prompts, analyzer, context);
  for (const RatedAnswer& one : rated) QUARRY_RETURN_IF_ERROR(exporter.AddRated(one));
  for (const ComparedAnswers& one : compared) QUARRY_RETURN_IF_ERROR(exporter.AddCompared(one));
  return exporter.Finish();
}

}  // namespace quarry::eval
