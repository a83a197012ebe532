#include "eval/suite.h"

#include <unordered_map>

#include "base/text.h"
#include "eval/line_reader.h"

namespace quarry::eval {

std::string LanguageOf(const Case& one) {
  return one.lang.empty() ? DetectLanguage(one.query) : one.lang;
}

Result<std::vector<Case>> ReadCases(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  std::vector<Case> cases;
  std::unordered_map<std::string, std::string> places;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) break;
    Result<Case> one = ParseCase(reader.line());
    if (!one.ok()) return one.status().Annotate(reader.Place());
    const auto [earlier, is_new] = places.emplace(one->id, reader.Place());
    if (!is_new) {
      return InvalidArgumentError(reader.Place() + ": id \"" + one->id + "\" stands at " +
                                  earlier->second + " already");
    }
    cases.push_back(*std::move(one));
  }
  return cases;
}

}  // namespace quarry::eval
