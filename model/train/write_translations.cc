#include "model/train/write_translations.h"

#include <cstdio>

#include "base/file.h"
#include "base/hash.h"
#include "model/embedder_table.h"

namespace quarry::model {

Status WriteTranslations(const std::vector<TermTranslations::Entry>& entries,
                         std::string_view table, const std::string& path) {
  const std::string made = TermTranslations::Serialize(entries, EmbedderTable::Checksum(table));
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(path, made));
  std::fprintf(stderr, "%s: %zu terms, %zu bytes, hash %s\n", path.c_str(), entries.size(),
               made.size(), HashToHex(Hash64(made)).c_str());
  return OkStatus();
}

}  // namespace quarry::model
