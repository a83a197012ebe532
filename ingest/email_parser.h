#pragma once

// The text of mail inside other formats (Outlook messages). Internal to ingest/.

#include <string_view>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Appends the plain text of a message: paragraphs, and lines behind '>' as quotes.
void AppendMailText(std::string_view text, DocumentBuilder* builder);

}  // namespace quarry::ingest
