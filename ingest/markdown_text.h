#pragma once

// Markdown inside other formats (notebooks). Internal to ingest/.

#include <string_view>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Appends the blocks of `markdown`. What is longer than a file of it may be (512 MB) is appended as
// plain text.
void AppendMarkdown(std::string_view markdown, DocumentBuilder* builder);

}  // namespace quarry::ingest
