#pragma once

// What stands above an item of a list and names what the item is about: "shared_buffers (integer)" above its
// description in a list of definitions, "Pump" above "Delivered in May." one level deeper. Internal to
// model/. Pure.

#include <vector>

#include "base/document.h"
#include "base/text.h"

namespace quarry::model {

// By block of the chunk: the nearest item above it that is less deep, where that is a few words and no sentence; its
// range in the chunk's text, empty where there is none. A table or code between deeper items is below it, too; a
// paragraph or heading ends the list. Nothing where the depth of items is not known (ChunkBlock::depth).
std::vector<ByteRange> ItemTerms(const Chunk& chunk);

}  // namespace quarry::model
