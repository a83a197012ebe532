#pragma once

// The entries of questions and answers in a document. Internal to ingest/.
//
// An entry begins at a heading that asks and reaches to the next heading that is not below it, or at a
// paragraph that is marked as a question ("Q: ...", "Q12. ...", "问：...") and reaches to the next one or
// to a heading.

#include <vector>

#include "base/document.h"

namespace quarry::ingest {

// For each block whether an entry begins there, or what is behind one. A question right below another
// heading stays with it. Pure.
std::vector<bool> EntryBegins(const Document& document);

}  // namespace quarry::ingest
