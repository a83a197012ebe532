#include "base/document.h"

namespace quarry {

std::string ContextualHeader(std::string_view title, const std::vector<std::string>& heading_path) {
  std::string header(title);
  std::string_view previous = title;
  for (const std::string& heading : heading_path) {
    if (heading.empty() || heading == previous) continue;
    if (!header.empty()) header += " > ";
    header += heading;
    previous = heading;
  }
  return header;
}

std::string IndexedText(std::string_view title, const Chunk& chunk) {
  std::string text = ContextualHeader(title, chunk.span.heading_path);
  if (!text.empty()) text += '\n';
  text += chunk.text;
  return text;
}

}  // namespace quarry
