#pragma once

// HTML inside other formats (Markdown, notebooks, feeds). Internal to ingest/.

#include <string>
#include <string_view>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Appends the visible text of `html` as blocks, nothing left out as boilerplate.
void AppendHtmlFragment(std::string_view html, DocumentBuilder* builder);

// Appends `text` to markup as text: no "<" of it begins a tag, no "&" a reference.
void AppendHtmlText(std::string_view text, std::string* html);

// The visible text of `html` on one line.
std::string HtmlInlineText(std::string_view html);

}  // namespace quarry::ingest
