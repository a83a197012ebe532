#pragma once

// Chunks that are windows over a text, without regard to how good their borders are. Internal to
// ingest/.

#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "ingest/chunker.h"

namespace quarry::ingest {

// Windows of options.target_tokens, each behind the one before less options.overlap_tokens. A
// window ends at white space if there is some in its last quarter, else between two characters.
std::vector<ByteRange> FixedWindows(std::string_view text, const ChunkOptions& options);

// Windows of options.window_sentences sentences, each behind the one before less
// options.overlap_sentences. A block of a document begins a sentence, a line of a table or of code
// is one. A window ends earlier where it would have more than options.max_tokens; a sentence that
// alone has more is cut into fixed windows without overlap.
std::vector<ByteRange> SentenceWindows(const Document& document, const ChunkOptions& options);

}  // namespace quarry::ingest
