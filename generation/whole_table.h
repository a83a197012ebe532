#pragma once

// Whether a document stands in a context whole, and the rest of a table that a question is about (asked_rows.h) brought
// there: of a part of its rows neither the cheapest nor their count is known.

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "generation/asked_rows.h"
#include "index/snapshot.h"
#include "retrieval/context_builder.h"

namespace quarry::generation {

// Whether all of a document stands in the context, and nothing of it is left out of what may be quoted. The snapshot and
// the contexts must outlive it.
IsWholeDocument WholeIn(const index::Snapshot& snapshot, const Context& context,
                        const Context& readable);

// Puts the table first and what there is still room for behind it; nothing where it does not fit. Errors: those of
// reading it, and of FindAskedRows.
Status AddWholeTable(const Query& query, const index::Snapshot& snapshot,
                     const retrieval::ContextOptions& options, const Analyzer& analyzer,
                     Context& made);

}  // namespace quarry::generation
