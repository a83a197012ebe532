#include "eval/claims.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "generation/cited_text.h"

namespace quarry::eval {
namespace {

constexpr uint32_t kClauseTokens = 5;  // below, what stands beside a semicolon is no clause

// The sentence, or its clauses. Table rows ("Property: Power; Value: 22 kW") stay whole.
std::vector<ByteRange> Clauses(std::string_view sentence) {
  constexpr std::string_view kMarks[] = {"; ", "；"};
  std::vector<ByteRange> clauses;
  size_t begin = 0;
  const bool is_row = sentence.find(": ") != std::string_view::npos ||
                      sentence.find("：") != std::string_view::npos;
  for (size_t i = 0; i < sentence.size() && !is_row; ++i) {
    for (const std::string_view mark : kMarks) {
      if (!sentence.substr(i).starts_with(mark)) continue;
      clauses.push_back({begin, i});
      begin = i + mark.size();
    }
  }
  clauses.push_back({begin, sentence.size()});
  const bool all_clauses = std::ranges::all_of(clauses, [&](const ByteRange& clause) {
    return CountTokens(sentence.substr(clause.begin, clause.end - clause.begin)) >= kClauseTokens;
  });
  if (!all_clauses) return {{0, sentence.size()}};
  return clauses;
}

}  // namespace

std::vector<Claim> AnswerClaims(const JudgedCase& judged) {
  struct Sentence {
    std::string words;
    TextRange span;
    std::vector<uint32_t> citations;
  };
  std::vector<Sentence> sentences;
  if (judged.sentences.empty()) {
    for (generation::CitedSentence& one : generation::SplitCitedSentences(judged.answer)) {
      sentences.push_back(
          {std::move(one.words), {one.claim.begin, one.claim.end}, std::move(one.numbers)});
    }
  } else {
    for (const JudgedSentence& one : judged.sentences) {
      const uint64_t end = std::min<uint64_t>(one.span.end, judged.answer.size());
      const uint64_t begin = std::min(one.span.begin, end);
      sentences.push_back({judged.answer.substr(begin, end - begin), {begin, end}, one.citations});
    }
  }
  std::vector<Claim> claims;
  for (Sentence& sentence : sentences) {
    std::erase_if(sentence.citations,
                  [&](uint32_t number) { return number == 0 || number > judged.passages.size(); });
    // A clause's place is told only where the sentence stands in the answer as its words do.
    const bool as_it_stands =
        judged.answer.compare(sentence.span.begin, sentence.words.size(), sentence.words) == 0;
    for (const ByteRange& clause : Clauses(sentence.words)) {
      const std::string text(
          Trim(std::string_view(sentence.words).substr(clause.begin, clause.end - clause.begin)));
      if (text.empty()) continue;
      Claim claim{.id = "a" + std::to_string(claims.size() + 1),
                  .text = text,
                  .span = sentence.span,
                  .citations = sentence.citations};
      if (as_it_stands) {
        claim.span = {sentence.span.begin + clause.begin, sentence.span.begin + clause.end};
      }
      claims.push_back(std::move(claim));
    }
  }
  return claims;
}

std::vector<Claim> ReferenceClaims(const JudgedCase& judged) {
  std::vector<Claim> claims;
  for (const ExpectedFact& fact : judged.expected_facts) {
    claims.push_back({.id = fact.id, .text = fact.text, .must = fact.must});
  }
  if (!claims.empty()) return claims;
  for (const ByteRange& sentence : SplitSentences(judged.reference)) {
    claims.push_back(
        {.id = "r" + std::to_string(claims.size() + 1),
         .text = judged.reference.substr(sentence.begin, sentence.end - sentence.begin)});
  }
  return claims;
}

std::string ExpectedText(const JudgedCase& judged) {
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "\n\n") + part;
  };
  for (const ExpectedFact& fact : judged.expected_facts) add(fact.text);
  add(judged.reference);
  for (const std::string& other : judged.accepted) add(other);
  return text;
}

std::string PassageText(const JudgedPassage& passage) {
  return passage.heading.empty() ? passage.text : passage.heading + "\n\n" + passage.text;
}

std::string PassagesText(const JudgedCase& judged, const std::vector<uint32_t>& passages) {
  std::string text;
  for (const uint32_t number : passages) {
    text += (text.empty() ? "" : "\n\n") + PassageText(judged.passages[number - 1]);
  }
  return text;
}

ClaimMatrix EmptyMatrix(const JudgedCase& judged, const std::string& judge) {
  ClaimMatrix matrix{.answer = AnswerClaims(judged), .reference = ReferenceClaims(judged)};
  matrix.judge = judge;
  const std::vector<Judgement> row(judged.passages.size());
  matrix.answer_by_passage.assign(matrix.answer.size(), row);
  matrix.reference_by_passage.assign(matrix.reference.size(), row);
  matrix.answer_by_reference.resize(matrix.answer.size());
  matrix.reference_by_answer.resize(matrix.reference.size());
  for (const Claim& claim : matrix.answer) {
    CitationJudgement citation;
    citation.alone.resize(claim.citations.size());
    if (claim.citations.size() > 1) citation.without.resize(claim.citations.size());
    matrix.citations.push_back(std::move(citation));
  }
  return matrix;
}

}  // namespace quarry::eval
