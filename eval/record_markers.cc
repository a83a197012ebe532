#include "eval/record_markers.h"

#include <algorithm>

namespace quarry::eval {

std::vector<generation::CitationMarker> MarkersOf(const RunRecord& record) {
  // Nothing of a quote is a marker, nor does a backtick in one begin code that goes on behind it.
  std::string unquoted = record.answer;
  for (const RunCitation& citation : record.citations) {
    const size_t end = std::min<size_t>(citation.span.end, unquoted.size());
    const size_t begin = std::min<size_t>(citation.span.begin, end);
    std::fill(unquoted.begin() + static_cast<ptrdiff_t>(begin),
              unquoted.begin() + static_cast<ptrdiff_t>(end), 'x');
  }
  return generation::FindMarkers(unquoted);
}

std::string WithoutMarkers(const RunRecord& record) {
  const std::string_view answer = record.answer;
  std::string text;
  size_t begin = 0;
  for (const generation::CitationMarker& marker : MarkersOf(record)) {
    text += answer.substr(begin, marker.range.begin - begin);
    if (text.ends_with(' ')) text.pop_back();
    begin = marker.range.end;
  }
  return text.append(answer.substr(begin));
}

}  // namespace quarry::eval
