#pragma once

// HTML inside other formats (Markdown, notebooks, feeds). Internal to ingest/.

#include <string>
#include <string_view>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Appends the visible text of `html` as blocks, nothing left out as boilerplate.
void AppendHtmlFragment(std::string_view html, DocumentBuilder* builder);

// The visible text of `html` on one line.
std::string HtmlInlineText(std::string_view html);

}  // namespace quarry::ingest
