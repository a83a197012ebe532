#pragma once

// One line of a BEIR .jsonl file. Behind it stands the JSON library (beir_json.cc).

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "eval/beir.h"

namespace quarry::eval {

struct BeirLine {
  BeirDocument object;
  bool is_impossible = false;        // in "metadata" or beside it
  std::vector<std::string> answers;  // strings of an array of that name, in "metadata" or beside it
};

// Reads {"_id": string, "title": string or null, "text": string}; title may be missing, other keys
// are skipped without being kept. kInvalidArgument says what was expected; the caller adds file and
// line.
Result<BeirLine> ParseBeirLine(std::string_view line);

}  // namespace quarry::eval
