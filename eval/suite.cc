#include "eval/suite.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "eval/answer_checks.h"
#include "eval/line_reader.h"

namespace quarry::eval {

std::string LanguageOf(const Case& one) {
  return one.lang.empty() ? DetectLanguage(one.query) : one.lang;
}

std::vector<std::string> SlicesOfCase(const Case& one) {
  std::vector<std::string> slices = {"lang=" + LanguageOf(one),
                                     std::string("answerable=") + (one.answerable ? "yes" : "no")};
  for (const std::string& tag : one.tags) slices.push_back("tag=" + tag);
  if (!one.cluster.empty()) slices.push_back("cluster=" + one.cluster);
  return slices;
}

std::vector<DocumentId> DocumentsOf(const Case& one) {
  std::set<DocumentId> documents;
  for (const auto& [document, grade] : one.gold_docs) documents.insert(document);
  if (one.source_truth) {
    documents.insert(one.source_truth->right.begin(), one.source_truth->right.end());
    documents.insert(one.source_truth->wrong.begin(), one.source_truth->wrong.end());
  }
  return {documents.begin(), documents.end()};
}

std::map<DocumentId, int> GoldGradesOf(const Case& one) {
  std::map<DocumentId, int> grades = one.gold_docs;
  if (!grades.empty()) return grades;
  for (const GoldSpan& span : one.gold_spans) grades[span.document] = 1;
  return grades;
}

uint64_t QuestionHash(const Case& one) {
  Case asked = one;
  asked.tags.clear();
  asked.cluster.clear();
  for (GoldSpan& span : asked.gold_spans) {
    if (!span.quote.empty()) span.begin = span.end = 0;
  }
  return Hash64(CaseLine(asked));
}

Status ValidateCase(const Case& one) {
  const bool is_code =
      one.lang.size() >= 2 && one.lang.size() <= 3 && std::ranges::all_of(one.lang, IsAsciiLower);
  if (!one.lang.empty() && !is_code) {
    return InvalidArgumentError("lang: expected a code such as en or zh, found \"" + one.lang +
                                "\"");
  }
  for (size_t i = 0; i < one.tags.size(); ++i) {
    const bool is_again = std::find(one.tags.begin(), one.tags.begin() + static_cast<ptrdiff_t>(i),
                                    one.tags[i]) != one.tags.begin() + static_cast<ptrdiff_t>(i);
    if (is_again) return InvalidArgumentError("tags: \"" + one.tags[i] + "\" stands twice");
  }
  for (size_t i = 0; i < one.gold_spans.size(); ++i) {
    const std::string& fact = one.gold_spans[i].fact;
    if (fact.empty() || one.expected_facts.empty()) continue;
    if (std::ranges::find(one.expected_facts, fact, &ExpectedFact::id) ==
        one.expected_facts.end()) {
      return InvalidArgumentError("gold_spans[" + std::to_string(i) + "].fact: \"" + fact +
                                  "\" is none of expected_facts");
    }
  }
  for (const auto& [name, checks] : {std::pair{"accept", &one.accept}, {"reject", &one.reject}}) {
    for (size_t i = 0; i < checks->size(); ++i) {
      QUARRY_RETURN_IF_ERROR(
          ValidateCheck((*checks)[i]).Annotate(std::string(name) + "[" + std::to_string(i) + "]"));
    }
  }
  if (!one.answerable && !one.accept.empty()) {
    return InvalidArgumentError(
        "accept stands in a case with \"answerable\": false, which a right answer declines");
  }
  for (const AnswerCheck& accept : one.accept) {
    for (const AnswerCheck& reject : one.reject) {
      if (!Excludes(reject, accept)) continue;
      return InvalidArgumentError("accept and reject exclude each other: " + Describe(accept));
    }
  }
  return OkStatus();
}

namespace {

// Cases as they come, each id once.
class CaseList {
 public:
  Status Add(std::string_view line, const std::string& place) {
    Result<Case> one = ParseCase(line);
    if (!one.ok()) return one.status().Annotate(place);
    QUARRY_RETURN_IF_ERROR(ValidateCase(*one).Annotate(place));
    const auto [earlier, is_new] = places_.emplace(one->id, place);
    if (!is_new) {
      return InvalidArgumentError(place + ": id \"" + one->id + "\" stands at " + earlier->second +
                                  " already");
    }
    cases_.push_back(*std::move(one));
    return OkStatus();
  }
  std::vector<Case> Take() { return std::move(cases_); }

 private:
  std::vector<Case> cases_;
  std::unordered_map<std::string, std::string> places_;
};

}  // namespace

Result<std::vector<Case>> ReadCases(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  CaseList cases;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return cases.Take();
    QUARRY_RETURN_IF_ERROR(cases.Add(reader.line(), reader.Place()));
  }
}

Result<std::vector<Case>> ParseCases(std::string_view lines, const std::string& name) {
  CaseList cases;
  for (size_t begin = 0, number = 1; begin < lines.size(); ++number) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    const std::string_view line = Trim(lines.substr(begin, end - begin));
    if (!line.empty()) {
      QUARRY_RETURN_IF_ERROR(cases.Add(line, name + ":" + std::to_string(number)));
    }
    begin = end + 1;
  }
  return cases.Take();
}

}  // namespace quarry::eval
