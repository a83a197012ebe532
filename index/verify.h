#pragma once

// Verification: everything that says the same thing twice is compared.
//
// Problems are reported, up to 100 and how many more there are; an error means that it could not
// look. Free functions without state: thread-safe.

#include "base/analyzer.h"
#include "base/call_context.h"
#include "index/index.h"

namespace quarry::index {

class Collection;
class DerivedFiles;

// Checks, on one snapshot:
//   * every document: record, id both ways, text and its hash, chunks in order, index rows both ways;
//   * every chunk: its text equals the document's at its span, hashes, terms equal to those of
//     analysing it again; no chunk, term list, text or vector without an owner;
//   * postings: every stored term of every chunk, frequencies, number of rows and tokens;
//   * vectors: of the right size and finite, one per chunk but for those pending; each is searched
//     once, and held in its index to the last bit as building it anew would (VectorIndex::Holds);
//     graphs lead somewhere, and a note tells if they miss many; those of the kept generation have
//     owners; none of a generation that is not known;
//   * the embedders' tables against their hashes;
//   * the change log: replayed from the start it leaves the documents and chunks that there are;
//   * counters are above every number that was ever given out.
Result<VerifyReport> VerifySnapshot(const Snapshot& snapshot, const Analyzer& analyzer,
                                    const CallContext& context, const Progress& progress = nullptr);

// Checks that the saved files of a collection, with the changes since, give what is searched: rows,
// documents and postings of every term; graphs hold the stored vectors; embedders have their hash.
// Adds to `report`. REQUIRES: the caller has the collection's writer.
Status VerifySavedFiles(const Collection& collection, const DerivedFiles& derived,
                        const CallContext& context, VerifyReport& report);

// Checks what belongs to no collection: every checksum of the database and of the derived files,
// names and numbers of collections, keys of collections or tables that there are not.
Result<std::vector<std::string>> VerifyStoreWide(const Store& store, const DerivedFiles& derived,
                                                 const CallContext& context);

}  // namespace quarry::index
