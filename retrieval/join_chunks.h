#pragma once

// Neighbouring chunks of a document as one passage. Pure.

#include <vector>

#include "base/query.h"

namespace quarry::retrieval {

// Whether `second` goes on where `first` ends: the next chunk of the same document, overlapping it,
// touching it, or with a few bytes between, which are white space (base/document.h, Block).
bool Continues(const Passage& first, const Passage& second);

// `first` with what `second` adds. The white space between them is put in as spaces or line breaks
// of the same length, so that spans stay right. REQUIRES: Continues(first, second).
void Append(Passage second, Passage& first);

}  // namespace quarry::retrieval
