#include "tests/index/lexical_testing.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "index/bm25_kernels.h"

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
  for (size_t i = 0; i < live[id].size(); ++i) {
    LexicalRow removed{.row = live[id][i], .terms = {}};
    for (const auto& [term, count] : documents[id][i]) removed.terms.push_back({term, count});
    removed_.push_back(std::move(removed));
  }
  live.erase(id);
  documents.erase(id);
}

void LexicalCollection::Commit() {
  index = index->Apply(std::exchange(added_, {}), std::exchange(removed_, {}));
}

std::vector<ChunkHit> LexicalCollection::Search(const std::vector<QueryTerm>& terms,
                                                ResultLimit limit, const Bitmap* allowed) const {
  std::vector<ChunkHit> hits;
  const auto rows = index->Search(terms, limit, allowed, table, {});
  for (const ScoredRow& row : rows.value()) {
    hits.push_back(
        {DocumentId(table.DocumentOf(row.row).id), table.row(row.row).ordinal, row.score});
  }
  return hits;
}

std::vector<TermContribution> LexicalCollection::Explain(const std::vector<QueryTerm>& terms,
                                                         RowId row) const {
  const RowId rows[] = {row};
  return index->Explain(terms, rows, {}).value()[0];
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

std::vector<QueryTerm> RandomQuery(Random& random) {
  std::vector<QueryTerm> terms;
  for (uint64_t i = 1 + random.Below(6); i > 0; --i) terms.emplace_back(RandomTerm(random));
  return terms;
}

std::vector<QueryTerm> RandomPrefixQuery(Random& random) {
  std::vector<QueryTerm> terms = RandomQuery(random);
  for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
    // "t" stands for more terms than count, "t399" mostly for none.
    std::string prefix = RandomTerm(random);
    prefix.resize(1 + random.Below(prefix.size()));
    const std::string whole = random.Below(3) == 0 ? RandomTerm(random) : "";
    terms.push_back(QueryTerm::Prefix(prefix, whole));
  }
  return terms;
}

std::vector<QueryTerm> RandomTranslatedQuery(Random& random) {
  std::vector<QueryTerm> terms = RandomQuery(random);
  for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
    QueryTerm& term = terms.emplace_back(RandomTerm(random));
    std::set<std::string> translations;
    for (uint64_t n = 1 + random.Below(5); n > 0; --n) translations.insert(RandomTerm(random));
    term.translations.assign(translations.begin(), translations.end());
    term.weight = 0.25 * static_cast<double>(1 + random.Below(4));
  }
  return terms;
}

std::vector<ChunkHit> Oracle(const std::map<DocumentId, Bags>& documents,
                             const std::vector<QueryTerm>& terms,
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
      for (const QueryTerm& query : terms) {  // a repeated term counts each time
        const std::string& term = query.text;
        const auto at = bags[ordinal].find(term);
        if (at == bags[ordinal].end()) continue;
        const double tf = at->second;
        score +=
            query.count * std::log(1 + (rows - df[term] + 0.5) / (df[term] + 0.5)) * tf *
            (parameters.k1 + 1) /
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

LexicalOracle::LexicalOracle(const std::map<DocumentId, Bags>& documents,
                             const Bm25Parameters& parameters)
    : documents_(documents), parameters_(parameters) {
  for (const auto& [id, bags] : documents) {
    for (const auto& bag : bags) {
      ++rows_;
      for (const auto& [term, count] : bag) {
        tokens_ += count;
        ++document_frequency_[term];
      }
    }
  }
}

std::vector<std::string> LexicalOracle::TermsOf(const QueryTerm& term) const {
  if (!term.translations.empty()) return term.translations;
  if (!term.prefix) return {term.text};
  std::vector<std::pair<int64_t, std::string>> found;
  for (const auto& [indexed, df] : document_frequency_) {
    if (indexed.starts_with(term.text) || indexed == term.whole) {
      found.emplace_back(-static_cast<int64_t>(df), indexed);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> terms;
  for (size_t i = 0; i < std::min<size_t>(found.size(), 64); ++i) terms.push_back(found[i].second);
  return terms;
}

uint32_t LexicalOracle::CountIn(const Bag& bag, const std::vector<std::string>& terms) {
  uint32_t count = 0;
  for (const std::string& term : terms) {
    if (const auto at = bag.find(term); at != bag.end()) count += at->second;
  }
  return count;
}

std::vector<ChunkHit> LexicalOracle::Search(const std::vector<QueryTerm>& terms, size_t k,
                                            const std::set<DocumentId>* allowed) const {
  std::vector<QueryTerm> distinct;
  for (const QueryTerm& term : terms) {
    if (std::find(distinct.begin(), distinct.end(), term) == distinct.end()) {
      distinct.push_back(term);
    }
  }
  std::vector<std::vector<std::string>> meant;
  std::vector<double> importance;
  for (const QueryTerm& term : distinct) {
    meant.push_back(TermsOf(term));
    uint64_t df = 0;
    if (const auto at = document_frequency_.find(term.text); !term.IsUnion()) {
      df = at == document_frequency_.end() ? 0 : at->second;
    } else {
      for (const auto& [id, bags] : documents_) {
        for (const Bag& bag : bags) df += CountIn(bag, meant.back()) > 0 ? 1 : 0;
      }
    }
    importance.push_back(static_cast<double>(std::count(terms.begin(), terms.end(), term)) *
                         term.weight * InverseDocumentFrequency(rows_, df));
  }
  const TermWeights weights(parameters_, importance);
  const LengthNorm norm(parameters_, rows_, tokens_);
  std::vector<ChunkHit> hits;
  for (const auto& [id, bags] : documents_) {
    if (allowed != nullptr && !allowed->contains(id)) continue;
    for (uint32_t ordinal = 0; ordinal < bags.size(); ++ordinal) {
      uint32_t length = 0;
      for (const auto& [term, count] : bags[ordinal]) length += count;
      uint32_t units = 0;
      for (size_t t = 0; t < distinct.size(); ++t) {
        const uint32_t count = CountIn(bags[ordinal], meant[t]);
        if (count > 0) units += TermScore(weights.weight(t), count, length, norm);
      }
      if (units > 0) hits.push_back({id, ordinal, weights.ScoreOf(units)});
    }
  }
  std::sort(hits.begin(), hits.end(), [](const ChunkHit& a, const ChunkHit& b) {
    return std::tie(b.score, a.id, a.ordinal) < std::tie(a.score, b.id, b.ordinal);
  });
  if (hits.size() > k) hits.resize(k);
  return hits;
}

}  // namespace quarry::index
