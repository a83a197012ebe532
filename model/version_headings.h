#pragma once

// Headings that name a version or a date, as those of a change log do: they say of which version or day what stands
// below them is told, and answer "when" and "which version" themselves. Pure; FindVersionHeading internal to model/.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/passage_reading.h"

namespace quarry::model {

// "3.4.0 - 2026-09-14", "v2.1", "8 April 2026", "2025年3月"; not "3.1.2 Scope", which is numbered.
bool NamesVersionOrDate(std::string_view heading);

// Of the headings above an entry of a change log the one that says its version or day: the last, or the one above that,
// for "Added" may stand between. Nothing where neither does.
std::optional<size_t> VersionHeadingIn(std::span<const std::string> path);

struct VersionHeading {
  uint32_t passage = 0;
  ByteRange range;  // in that passage's chunk text
};

// The heading that is what the question asks for, "When was 3.4.0 released?": the question asks for a time or a version
// and for nothing but when what has these numbers, all of the heading, came out.
std::optional<VersionHeading> FindVersionHeading(const PassageReading& reading);

}  // namespace quarry::model
