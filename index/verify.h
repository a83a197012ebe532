#pragma once

// Verification of one collection: everything that says the same thing twice is compared.

#include "base/analyzer.h"
#include "base/call_context.h"
#include "index/index.h"

namespace quarry::index {

// Checks, on one snapshot:
//   * every document: record, external id, text and its hash, chunks in order, index rows present;
//   * every chunk: its text equals the document's at its span, hashes, terms equal to those of
//     analysing it again; no chunk, term list or vector without an owner;
//   * postings: document frequency of every term, number of rows and tokens equal the stored lists;
//   * vectors: of the right size and finite, one per chunk but for those pending, those that are
//     searched are those that are stored;
//   * the change log: replayed from the start it leaves the documents and chunks that there are.
// Problems are reported, up to 100; an error means that it could not look.
Result<VerifyReport> VerifySnapshot(const Snapshot& snapshot, const Analyzer& analyzer,
                                    const CallContext& context);

}  // namespace quarry::index
