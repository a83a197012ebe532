#include "eval/record_markers.h"

#include <algorithm>

namespace quarry::eval {

std::vector<generation::CitationMarker> MarkersOf(const RunRecord& record) {
  std::vector<generation::CitationMarker> markers = generation::FindMarkers(record.answer);
  std::erase_if(markers, [&](const generation::CitationMarker& marker) {
    return std::ranges::any_of(record.citations, [&](const RunCitation& citation) {
      return citation.span.begin <= marker.range.begin && marker.range.end <= citation.span.end;
    });
  });
  return markers;
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
