#pragma once

// Which document was meant by an id that is not there.

#include <cstddef>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/query.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

inline constexpr size_t kNearestIds = 3;

// At most kNearestIds of the ids that the principals may read, the likeliest first: those of the same name in
// another folder or case, those that hold `id`, those that a slip makes of it (base/names.h); among equals the
// shorter and then the lesser. None where nothing is like it. Looks at every id of the collections.
Result<std::vector<DocumentId>> NearestIds(Snapshots snapshots, const std::string& id,
                                           const Principals& principals,
                                           const CallContext& context);

}  // namespace quarry::retrieval
