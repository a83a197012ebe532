#include "base/text_line_ends.h"

namespace quarry {

void NormaliseLineEnds(std::string* text) {
  size_t to = text->find('\r');
  if (to == text->npos) return;
  for (size_t from = to; from < text->size(); ++from) {
    char c = (*text)[from];
    if (c == '\r') {
      if (from + 1 < text->size() && (*text)[from + 1] == '\n') continue;
      c = '\n';
    }
    (*text)[to++] = c;
  }
  text->resize(to);
}

}  // namespace quarry
