#include <set>

#include "eval/corrected_rates.h"
#include "eval/json_fields.h"
#include "eval/line_reader.h"

namespace quarry::eval {

Result<std::vector<CaseLabel>> ReadCaseLabels(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  std::vector<CaseLabel> labels;
  std::set<std::string> ids;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return labels;
    const Result<Json> json = ParseJson(reader.line());
    if (!json.ok()) return json.status().Annotate(reader.Place());
    CaseLabel& label = labels.emplace_back();
    Status status;
    JsonReader fields(*json, "", status);
    fields.Required("case", label.id);
    fields.Required("right", label.right);
    fields.Finish();
    QUARRY_RETURN_IF_ERROR(status.Annotate(reader.Place()));
    if (!ids.insert(label.id).second) {
      return InvalidArgumentError(reader.Place() + ": case \"" + label.id + "\" stands twice");
    }
  }
}

}  // namespace quarry::eval
