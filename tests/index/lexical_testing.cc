#include "tests/index/lexical_testing.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace quarry::index {

void PrintTo(const ChunkHit& hit, std::ostream* out) {
  *out << hit.id << "#" << hit.ordinal << " " << hit.score;
}

void LexicalCollection::Put(const DocumentId& id, const Bags& bags) {
  Remove(id);
  const std::vector<ChunkId> chunks(bags.size(), ChunkId(1));
  RowId row = table.document(table.Append(DocumentNumber(1), id, chunks)).first_row;
  for (const auto& bag : bags) {
    LexicalRow added{.row = row, .terms = {}};
    for (const auto& [term, count] : bag) added.terms.push_back({term, count});
    added_.push_back(std::move(added));
    live[id].push_back(row++);
  }
  documents[id] = bags;
}

void LexicalCollection::Remove(const DocumentId& id) {
  for (const RowId row : live[id]) removed_.push_back(row);
  live.erase(id);
  documents.erase(id);
}

void LexicalCollection::Commit() {
  index = index->Apply(std::exchange(added_, {}), std::exchange(removed_, {}));
}

std::vector<ChunkHit> LexicalCollection::Search(const std::vector<std::string>& terms, size_t k,
                                                const Bitmap* allowed) const {
  std::vector<ChunkHit> hits;
  const auto rows = index->Search(terms, k, allowed, table, {});
  for (const ScoredRow& row : rows.value()) {
    hits.push_back({table.DocumentOf(row.row).id, table.row(row.row).ordinal, row.score});
  }
  return hits;
}

std::string RandomTerm(Random& random) {
  const double u = random.Uniform();
  return "t" + std::to_string(static_cast<int>(u * u * u * 400));
}

Bags RandomBags(Random& random) {
  Bags bags(1 + random.Below(3));
  for (auto& bag : bags) {
    for (uint64_t tokens = random.Below(30); tokens > 0; --tokens) ++bag[RandomTerm(random)];
  }
  return bags;
}

std::vector<std::string> RandomQuery(Random& random) {
  std::vector<std::string> terms;
  for (uint64_t i = 1 + random.Below(6); i > 0; --i) terms.push_back(RandomTerm(random));
  return terms;
}

std::vector<ChunkHit> Oracle(const std::map<DocumentId, Bags>& documents,
                             const std::vector<std::string>& terms,
                             const Bm25Parameters& parameters) {
  double rows = 0;
  double tokens = 0;
  std::map<std::string, double> df;
  for (const auto& [id, bags] : documents) {
    for (const auto& bag : bags) {
      ++rows;
      for (const auto& [term, count] : bag) {
        tokens += count;
        ++df[term];
      }
    }
  }
  std::vector<ChunkHit> hits;
  for (const auto& [id, bags] : documents) {
    for (uint32_t ordinal = 0; ordinal < bags.size(); ++ordinal) {
      double length = 0;
      for (const auto& [term, count] : bags[ordinal]) length += count;
      double score = 0;
      for (const std::string& term : terms) {  // a repeated term counts each time
        const auto at = bags[ordinal].find(term);
        if (at == bags[ordinal].end()) continue;
        const double tf = at->second;
        score +=
            std::log(1 + (rows - df[term] + 0.5) / (df[term] + 0.5)) * tf * (parameters.k1 + 1) /
            (tf + parameters.k1 * (1 - parameters.b + parameters.b * length / (tokens / rows)));
      }
      if (score > 0) hits.push_back({id, ordinal, score});
    }
  }
  std::sort(hits.begin(), hits.end(), [](const ChunkHit& a, const ChunkHit& b) {
    return std::tie(b.score, a.id, a.ordinal) < std::tie(a.score, b.id, b.ordinal);
  });
  return hits;
}

}  // namespace quarry::index
