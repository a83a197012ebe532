#pragma once

// The last step of what makes translations (make_translations.cc, make_dictionary.cc).

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/term_translations.h"

namespace quarry::model {

// Replaces `path` by the bytes of `entries`, and says on standard error how many terms and bytes they are and what
// the hash is that README.md has. `table` are the bytes of the table that they were made from. REQUIRES: as
// TermTranslations::Serialize. Errors: those of WriteFileAtomically.
Status WriteTranslations(const std::vector<TermTranslations::Entry>& entries,
                         std::string_view table, const std::string& path);

}  // namespace quarry::model
