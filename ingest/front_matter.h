#pragma once

// The YAML block between "---" lines at the start of a Markdown file. Internal to ingest/.

#include <cstddef>
#include <string_view>

#include "base/document.h"
#include "base/status.h"

namespace quarry::ingest {

struct FrontMatter {
  size_t size =
      0;  // bytes of the text that the block takes, both "---" lines included; 0 if there is none
  size_t lines = 0;  // and its lines
  std::string_view yaml;
};

// Finds the block: "---" on the first line, then "---" or "..." on one of the next ones, at most 64
// KiB of "key: value" lines between them.
FrontMatter FindFrontMatter(std::string_view text);

// Fills the document from the block: title and lang (or language) into their fields, every other
// key into the metadata with its type kept (quoted scalars are strings; null is left out; a list
// becomes a list of strings; a nested mapping "a: {b: 1}" becomes "a.b"; date is a string always).
// Errors, which leave the document as it is: kNotFound when the block is something else, such as
// text between two rulers; kInvalidArgument with the line in the file ("line 3: ...") when it is
// broken YAML.
Status ReadFrontMatter(std::string_view yaml, Document* document);

}  // namespace quarry::ingest
