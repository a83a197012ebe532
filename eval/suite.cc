#include "eval/suite.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "eval/line_reader.h"

namespace quarry::eval {

std::string LanguageOf(const Case& one) {
  return one.lang.empty() ? DetectLanguage(one.query) : one.lang;
}

namespace {

// Cases as they come, each id once.
class CaseList {
 public:
  Status Add(std::string_view line, const std::string& place) {
    Result<Case> one = ParseCase(line);
    if (!one.ok()) return one.status().Annotate(place);
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
