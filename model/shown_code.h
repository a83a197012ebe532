#pragma once

// The code that shows what a sentence says: "Shut the system down:" and the command below it. Internal to model/. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/text.h"
#include "model/passage_reading.h"

namespace quarry::model {

// The block of code right behind the paragraph or item that the sentence ends, in bytes of its passage's text. None where
// the question does not ask how something is done, or for a command or an example, and the sentence does not announce it
// or a date, number or name is asked for; nor where it has more than `max_tokens`.
std::optional<ByteRange> ShownCode(const PassageReading& reading, size_t sentence,
                                   uint32_t max_tokens);

}  // namespace quarry::model
