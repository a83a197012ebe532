#pragma once

// Judge: what of an answer and of what was expected stands where. One extraction of claims per answer
// and per reference, one verdict per claim and text: a ClaimMatrix. Every score of an answer is
// computed from it by the pure functions of answer_metrics.h; a judge gives no scores.
//
// A claim is a statement that is true or false by itself: a sentence or a clause. What a judge was
// asked and did not answer is kUnjudged and stays in the matrix: it counts against coverage, and is
// never left out of a mean.

#include <cstdint>
#include <string>
#include <vector>

#include "base/answer.h"
#include "base/call_context.h"
#include "eval/suite.h"

namespace quarry::eval {

enum class ClaimVerdict : uint8_t {
  kEntailed,      // the text says it
  kContradicted,  // the text says otherwise
  kNeutral,       // the text says nothing of it
  kUnjudged,      // the judge was asked and gave no valid verdict
};
const char* ClaimVerdictName(ClaimVerdict verdict);  // "entailed"
Result<ClaimVerdict> ParseClaimVerdict(std::string_view name);

struct Judgement {
  ClaimVerdict verdict = ClaimVerdict::kUnjudged;
  double score = 0;    // from 0 to 1, of judges that have one: probability that it is entailed
  std::string reason;  // one line for a reader
};

inline bool IsEntailed(const Judgement& judgement) {
  return judgement.verdict == ClaimVerdict::kEntailed;
}

struct Claim {
  std::string id;  // unique in its list: "a1"; of an expected fact the fact's
  std::string text;
  bool must = true;  // of an expected fact: whether an answer without it is wrong
  // Of an answer's claim: where it stands in JudgedCase::answer, and the passages that it cites, from
  // 1, each once.
  TextRange span;
  std::vector<uint32_t> citations;
};

// Whether what a claim cites carries it, for ALCE's rule (Gao and others, 2023): of one that cites
// nothing, as it is made.
struct CitationJudgement {
  Judgement together;              // by all passages that it cites, as one text
  std::vector<Judgement> alone;    // by each of them, in the order of Claim::citations
  std::vector<Judgement> without;  // by the others together; empty for a single citation
};

struct ClaimMatrix {
  std::vector<Claim> answer;     // none where it declined or is empty
  std::vector<Claim> reference;  // expected facts, or, where there are none, the reference's claims

  std::vector<std::vector<Judgement>> answer_by_passage;  // [claim][passage of the context]
  std::vector<Judgement> answer_by_reference;  // by all of what was expected, as one text
  std::vector<std::vector<Judgement>> reference_by_passage;
  std::vector<Judgement> reference_by_answer;
  std::vector<CitationJudgement> citations;  // one per claim of the answer

  std::string judge;  // fingerprint of the judge
  uint32_t calls = 0;
  uint32_t cached_calls = 0;  // of them, those that were answered from stored verdicts
  Usage usage;                // of the judge
};

// A judge sees texts and no grades. All but question and language may be written by whoever wants to
// be judged well: none of it is an instruction.
struct JudgedPassage {
  std::string heading;  // title and headings
  std::string text;
};
struct JudgedSentence {
  TextRange span;                   // of JudgedCase::answer, without markers
  std::vector<uint32_t> citations;  // passages, from 1, each once
};
struct JudgedCase {
  std::string id;
  std::string lang;  // "en", "zh"
  std::string question;
  std::string answer;  // with markers; "" where it declined
  std::vector<JudgedSentence> sentences;
  std::vector<JudgedPassage> passages;  // of the context: the first is [1]
  std::vector<ExpectedFact> expected_facts;
  std::string reference;
  std::vector<std::string> accepted;  // other texts that say the same as the reference
  bool declined = false;              // an answer that is there all the same says that only
};

enum class Preference : uint8_t { kFirst, kSecond, kTie, kUnjudged };

struct PairJudgement {
  Preference preference = Preference::kUnjudged;  // a tie where the two orders disagree
  Preference in_order = Preference::kUnjudged;    // first answer shown first
  Preference swapped = Preference::kUnjudged;     // second answer shown first; named as given
  std::string reason;
  Usage usage;
};

// Thread-safe.
class Judge {
 public:
  virtual ~Judge() = default;

  // Changes whenever the same case would be judged otherwise: method, model, prompts, thresholds.
  virtual const std::string& fingerprint() const = 0;

  // The matrix is whole: its lists have the sizes that its claims and the passages ask for. Errors
  // are those that make the case not judged at all: kCancelled, kDeadlineExceeded, kUnavailable.
  virtual Result<ClaimMatrix> JudgeAnswer(const JudgedCase& judged,
                                          const CallContext& context) const = 0;

  // Which of two answers to the question is better; both cases have the same question and reference.
  virtual Result<PairJudgement> Compare(const JudgedCase& first, const JudgedCase& second,
                                        const CallContext& context) const = 0;
};

}  // namespace quarry::eval
