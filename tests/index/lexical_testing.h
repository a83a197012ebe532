#pragma once

// A collection for tests of the lexical index, random contents for it, and the oracle: BM25 by the
// formula.

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <set>
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

  std::vector<ChunkHit> Search(const std::vector<QueryTerm>& terms, ResultLimit limit,
                               const Bitmap* allowed = nullptr) const;
  std::vector<TermContribution> Explain(const std::vector<QueryTerm>& terms, RowId row) const;

  RowTable table;
  std::shared_ptr<const LexicalIndex> index;
  std::map<DocumentId, std::vector<RowId>> live;
  std::map<DocumentId, Bags> documents;

 private:
  std::vector<LexicalRow> added_;
  std::vector<LexicalRow> removed_;
};

// Few frequent terms and many rare ones.
std::string RandomTerm(Random& random);
Bags RandomBags(Random& random);
std::vector<QueryTerm> RandomQuery(Random& random);
// Terms and prefixes of terms.
std::vector<QueryTerm> RandomPrefixQuery(Random& random);
// Terms, and some with other terms as translations.
std::vector<QueryTerm> RandomTranslatedQuery(Random& random);

// BM25 as lexical_index.h writes it, of every chunk that holds one of the terms; best first.
// Without prefixes.
std::vector<ChunkHit> Oracle(const std::map<DocumentId, Bags>& documents,
                             const std::vector<QueryTerm>& terms, const Bm25Parameters& parameters);

// The same in the units of bm25.h, every row scored: what a search must find to the last bit.
class LexicalOracle {
 public:
  // `documents` outlive it and do not change.
  LexicalOracle(const std::map<DocumentId, Bags>& documents, const Bm25Parameters& parameters);
  // `allowed`: ids of documents, nullptr = all.
  std::vector<ChunkHit> Search(const std::vector<QueryTerm>& terms, size_t k,
                               const std::set<DocumentId>* allowed = nullptr) const;

 private:
  using Bag = std::map<std::string, uint32_t>;
  // The terms that a query's term stands for, found by looking at all.
  std::vector<std::string> TermsOf(const QueryTerm& term) const;
  static uint32_t CountIn(const Bag& bag, const std::vector<std::string>& terms);

  const std::map<DocumentId, Bags>& documents_;
  const Bm25Parameters parameters_;
  uint64_t rows_ = 0;
  uint64_t tokens_ = 0;
  std::map<std::string, uint64_t> document_frequency_;
};

}  // namespace quarry::index
