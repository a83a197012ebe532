#include "model/shipped_table.h"

#include <string>

extern "C" {
extern const char quarry_shipped_table_begin[];  // model/data/shipped_table.S
extern const char quarry_shipped_table_end[];
}

namespace quarry::model {

SharedBytes ShippedTableBytes() {
  const size_t size = static_cast<size_t>(quarry_shipped_table_end - quarry_shipped_table_begin);
  return {.view = {quarry_shipped_table_begin, size}, .owner = nullptr, .mapped = true};
}

uint64_t ShippedTableChecksum() { return EmbedderTable::Checksum(ShippedTableBytes().view); }

Result<EmbedderTable> OpenShippedTable() {
  QUARRY_ASSIGN_OR_RETURN(EmbedderTable table, EmbedderTable::Parse(ShippedTableBytes()));
  if (table.dimension() != kShippedDimension) {
    return InternalError("shipped table: dimension " + std::to_string(table.dimension()) +
                         ", expected " + std::to_string(kShippedDimension));
  }
  return table;
}

}  // namespace quarry::model
