#pragma once

// Questions about a thing that they describe and do not name: "the pump that failed at PS-07", 主讲VX-240拆装课程的人.
// By forms alone, English and Chinese. Pure and thread-safe.

#include <optional>
#include <string_view>

#include "base/text.h"

namespace quarry::generation {

struct DescribedThing {
  // Of English "the" with its noun and the clause behind it that begins with "that", "which", "who" or "whose", to the next
  // mark; of Chinese what stands before 的, from the mark before it on.
  ByteRange description;
  ByteRange noun;  // of English: "pump"; empty of Chinese
  // The last word of the description where that may say what is asked, and no more of the thing: "When was the locomotive
  // that hauled the train built?" Else empty.
  ByteRange verb;
  bool is_person = false;  // "the person who", "the engineer who", ...的人
  // Only what became of the thing is asked: "What happened to the valve that ...?", ...的阀门后来怎样了？
  bool asks_fate = false;
};

// `asked`: the question with the words that only ask taken out (model/question.h). nullopt where it describes nothing.
std::optional<DescribedThing> FindDescribedThing(std::string_view asked);

}  // namespace quarry::generation
