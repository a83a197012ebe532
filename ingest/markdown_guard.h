#pragma once

#include <string>
#include <string_view>

namespace quarry::ingest {

// `text` in a form whose cost in cmark-gfm (0.29.0.gfm.6) is linear. What it bounds was found by
// timing repeated random patterns:
//   * containers: every open quote or list item is walked for each later line and inline, so a line
//     keeps its first 100 markers (">", "-", "1.") and at most 200 columns of indentation before
//     one;
//   * tables: rows are filled up to the header's columns, so a header has at most 256 columns, and
//     all rows of a document together may lack 2^20 cells before tables end early;
//   * rows like "|-|-|" that have other columns than the line above: each has all of its paragraph
//     read for a table's header once more. Such rows are escaped where their paragraph was read for
//     1 MB; when those of a document were read for 16 MB, where it was for 1 KB;
//   * "![" that nothing closes: each link walks all of them, so from the 2,000th in a paragraph on
//     "![" loses its "!";
//   * "<?" and "<!" that nothing closes: each has the rest of its paragraph looked through for its
//     end, so from the 200th in a paragraph on a space comes behind the "<".
// Text within those limits, that is all text that people write, is returned as it is; else the
// changed text is put into `storage`.
std::string_view GuardMarkdown(std::string_view text, std::string* storage);

}  // namespace quarry::ingest
