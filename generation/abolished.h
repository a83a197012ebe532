#pragma once

// Documents that say of themselves that they are no longer in force: "本办法已于2025年3月1日废止", "This
// procedure has been superseded", "（已废止）" in a title or a file's name. By forms alone, English and
// Chinese; what another document says of them ("原办法同时废止") is not looked at, nor what they say where it
// was not found.

#include <string_view>
#include <vector>

#include "base/query.h"

namespace quarry::generation {

// Of each passage of the context: whether its document says so in its title, its name or a passage that
// was found.
std::vector<bool> AbolishedPassages(const Context& context);

// Whether a question asks for what is in force: not for what was, nor by a year for such a document itself.
bool AsksForWhatIsInForce(std::string_view question, const Context& context,
                          const std::vector<bool>& abolished);

}  // namespace quarry::generation
