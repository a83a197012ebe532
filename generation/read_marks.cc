#include "generation/read_marks.h"

#include <algorithm>

#include "generation/column_words.h"

namespace quarry::generation {

ReadMarks::ReadMarks(std::string_view question)
    : text_(Fold(Trim(question))), read_(text_.size(), false) {}

void ReadMarks::Mark(ByteRange range) {
  std::fill(read_.begin() + static_cast<ptrdiff_t>(range.begin),
            read_.begin() + static_cast<ptrdiff_t>(range.end), true);
}

bool ReadMarks::IsRead(ByteRange range) const {
  return std::find(read_.begin() + static_cast<ptrdiff_t>(range.begin),
                   read_.begin() + static_cast<ptrdiff_t>(range.end),
                   false) == read_.begin() + static_cast<ptrdiff_t>(range.end);
}

bool ReadMarks::Touches(ByteRange range) const {
  return std::find(read_.begin() + static_cast<ptrdiff_t>(range.begin),
                   read_.begin() + static_cast<ptrdiff_t>(range.end),
                   true) != read_.begin() + static_cast<ptrdiff_t>(range.end);
}

std::optional<ByteRange> ReadMarks::Take(std::string_view phrase) {
  for (size_t at = phrase.empty() ? text_.npos : PlaceOfPhrase(text_, phrase); at != text_.npos;
       at = PlaceOfPhrase(text_, phrase, at + 1)) {
    const ByteRange range = {at, at + phrase.size()};
    if (Touches(range)) continue;
    Mark(range);
    return range;
  }
  return std::nullopt;
}

std::string ReadMarks::Rest() const {
  std::string rest = text_;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (read_[i]) rest[i] = ' ';
  }
  return rest;
}

}  // namespace quarry::generation
