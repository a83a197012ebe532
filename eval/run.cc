#include "eval/run.h"

#include <algorithm>
#include <unordered_set>

namespace quarry::eval {
namespace {

// The passages that are cited for a sentence, in order.
std::vector<uint32_t> CitationsOf(const TextRange& sentence, const RunRecord& record) {
  std::vector<uint32_t> passages;
  for (const RunCitation& citation : record.citations) {
    const bool is_inside = citation.span.begin < sentence.end && sentence.begin < citation.span.end;
    const bool is_known =
        std::find(passages.begin(), passages.end(), citation.passage) != passages.end();
    const bool is_valid = citation.passage >= 1 && citation.passage <= record.passages.size();
    if (is_inside && is_valid && !is_known) passages.push_back(citation.passage);
  }
  return passages;
}

}  // namespace

std::vector<Case> CasesOf(const Run& run) {
  std::vector<Case> cases;
  std::unordered_set<std::string> seen;
  for (const RunRecord& record : run.records) {
    if (seen.insert(record.case_id).second) cases.push_back(record.asked);
  }
  return cases;
}

JudgedCase JudgedCaseOf(const Case& one, const RunRecord& record) {
  JudgedCase judged;
  judged.id = one.id;
  judged.lang = LanguageOf(one);
  judged.question = one.query;
  judged.declined = record.abstained;
  if (!record.abstained) {
    judged.answer = record.answer;
    for (const RunSentence& sentence : record.sentences) {
      judged.sentences.push_back({sentence.span, CitationsOf(sentence.span, record)});
    }
  }
  for (const RunPassage& passage : record.passages) {
    judged.passages.push_back({passage.heading, passage.text});
  }
  judged.expected_facts = one.expected_facts;
  judged.reference = one.reference;
  for (const AnswerCheck& check : one.accept) {
    if (check.kind != AnswerCheck::Kind::kContains) continue;
    judged.accepted.insert(judged.accepted.end(), check.texts.begin(), check.texts.end());
  }
  return judged;
}

}  // namespace quarry::eval
