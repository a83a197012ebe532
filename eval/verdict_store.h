#pragma once

// VerdictStore: what a judge said, kept in a store so that it is asked once (ObjectKind::kVerdict; the
// scope is the judge's fingerprint, the id a hash of all that it was shown).
//
// Thread-safe. Must not outlive its table.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/judge.h"
#include "index/object_table.h"

namespace quarry::eval {

class VerdictStore {
 public:
  explicit VerdictStore(index::ObjectTable& objects) : objects_(objects) {}

  // Verdicts on what was shown as `input`; nullopt where nobody was asked. kDataLoss names the verdict.
  Result<std::optional<std::vector<Judgement>>> Find(const std::string& judge,
                                                     std::string_view input) const;
  Status Keep(const std::string& judge, std::string_view input,
              const std::vector<Judgement>& verdicts);

 private:
  index::ObjectTable& objects_;
};

}  // namespace quarry::eval
