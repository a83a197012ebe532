#pragma once

// Why a filter can match nothing: it names what no document has.

#include <span>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/filter.h"
#include "base/status.h"
#include "index/keys.h"

namespace quarry::index {

class Snapshot;

// A comparison of a filter that no live document can satisfy, whatever else is asked for.
struct FieldMismatch {
  std::string field;
  std::vector<MetadataType> held;  // the types of its values; none: no document has the field
  std::string nearest;             // none held: the field that was perhaps meant; "" = none is near
  MetadataType given = MetadataType::kString;  // the type of the filter's value
};

// Of each field once, in the order of the filter. Of kNe, kNin and the built-in fields nothing is
// said. Cost: a few seeks in each snapshot and the rows of deleted documents; meant for a search
// that found nothing.
Result<std::vector<FieldMismatch>> FindFieldMismatches(std::span<const Snapshot* const> snapshots,
                                                       const Filter& filter,
                                                       const CallContext& context);

}  // namespace quarry::index
