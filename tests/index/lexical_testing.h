#pragma once

// A collection for tests of the lexical index, random contents for it, and the oracle: BM25 by the
// formula.

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/random.h"
#include "index/lexical_index.h"
#include "index/row_table.h"

namespace quarry::index {

// The chunks of a document, each as a bag of terms.
using Bags = std::vector<std::map<std::string, uint32_t>>;

// A chunk and its score. Equal means equal to the last bit.
struct ChunkHit {
  DocumentId id;
  uint32_t ordinal = 0;
  double score = 0;
  friend bool operator==(const ChunkHit&, const ChunkHit&) = default;
};
void PrintTo(const ChunkHit& hit, std::ostream* out);

// An index beside its row table, changed document by document.
class LexicalCollection {
 public:
  explicit LexicalCollection(const Bm25Parameters& parameters = {})
      : index(LexicalIndex::Empty(parameters)) {}

  // A new document or version of one, applied by the next Commit.
  // REQUIRES: the document has not changed since the last Commit.
  void Put(const DocumentId& id, const Bags& bags);
  void Remove(const DocumentId& id);
  void Commit();

  std::vector<ChunkHit> Search(const std::vector<std::string>& terms, size_t k,
                               const Bitmap* allowed = nullptr) const;

  RowTable table;
  std::shared_ptr<const LexicalIndex> index;
  std::map<DocumentId, std::vector<RowId>> live;
  std::map<DocumentId, Bags> documents;

 private:
  std::vector<LexicalRow> added_;
  std::vector<RowId> removed_;
};

// Few frequent terms and many rare ones.
std::string RandomTerm(Random& random);
Bags RandomBags(Random& random);
std::vector<std::string> RandomQuery(Random& random);

// BM25 as lexical_index.h writes it, of every chunk that holds one of the terms; best first.
std::vector<ChunkHit> Oracle(const std::map<DocumentId, Bags>& documents,
                             const std::vector<std::string>& terms,
                             const Bm25Parameters& parameters);

}  // namespace quarry::index
