#pragma once

// The visible text of a parsed HTML page as blocks. Internal to ingest/, and the only header that
// names gumbo's node.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"

struct GumboInternalNode;

namespace quarry::ingest::html {

using Node = GumboInternalNode;

// A tree made by gumbo from PrescanHtml(source).
struct Page {
  std::string_view source;
  const Node* root;
};

// Whether the reader does not see `node` and what is below it.
bool IsInvisible(const Node& node);
// What an image says to those who do not see it; "" where that is the name of a file, or that of an icon in brackets, as
// "[Note]" beside a note and "[DIR]" beside a folder.
std::string_view AltOf(const Node& image);

// Bytes of visible text below `node`.
size_t TextSize(const Page& page, const Node& node);

// The visible text below `node` on one line.
std::string LineOf(const Page& page, const Node& node);

// Elements whose text is not wanted: none below another, in document order.
using LeftOut = std::vector<const Node*>;

// Appends the text below `node` as blocks, without what is left out.
void WriteBlocks(const Page& page, const Node& node, const LeftOut& left_out,
                 DocumentBuilder* builder);

// If `table` is a table of data, appends its rows and returns true; false if it only lays out a
// page (role="presentation", tables or headings in it, one column).
bool WriteTable(const Page& page, const Node& table, DocumentBuilder* builder);

}  // namespace quarry::ingest::html
