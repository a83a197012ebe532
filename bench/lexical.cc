// Quarry's side of the lexical benchmark (bench/lexical.sh). The programs of the peers take the same
// commands:
//
//   lexical index PASSAGES DIR          indexes a file of one passage per line, durably, one thread
//   lexical search DIR QUERIES [K]      then reads lines: "round" runs all queries once, "dump FILE"
//                                       writes what they find, "quit" ends
//
// What they print is JSON, a line per command.

#include "base/analyzer.h"
#include "base/file.h"
#include "bench/lexical_peer.h"
#include "index/lexical_index.h"

namespace quarry::bench {
namespace {

// Rows that are turned into one segment before all are merged.
constexpr size_t kBatch = 25'000;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) Fail(result.status().ToString());
  return *std::move(result);
}

std::string SegmentPath(const std::string& directory) { return directory + "/segment"; }

void Index(const std::string& passages, const std::string& directory) {
  std::ifstream file = OpenLines(passages);
  const Analyzer analyzer;
  std::vector<index::SegmentView> segments;
  index::SegmentBuilder builder({});
  RowId row = 0;
  for (std::string line; std::getline(file, line); ++row) {
    builder.Add(row, CountTerms(analyzer.Tokenize(line)));
    if (builder.rows() == kBatch) segments.push_back({.segment = builder.Finish()});
  }
  if (builder.rows() > 0) segments.push_back({.segment = builder.Finish()});
  const auto merged = index::MergeSegments(segments, {}, {}, CallContext()).value();
  const Status written = WriteFileAtomically(SegmentPath(directory), merged->bytes().view);
  if (!written.ok()) Fail(written.ToString());
}

// An open index.
struct Searcher {
  explicit Searcher(const std::string& directory) {
    auto segment = Must(index::LexicalSegment::Parse(
        MappedFile::Share(Must(MappedFile::Open(SegmentPath(directory))))));
    for (RowId row = 0; row < segment->slots(); ++row) {
      char id[16];
      std::snprintf(id, sizeof(id), "%08u", row);
      table.Append(DocumentNumber(row + 1), id, {ChunkId(row + 1)});
    }
    index = index::LexicalIndex::Restore({}, {{.segment = std::move(segment)}});
  }

  Analyzer analyzer;
  index::RowTable table;
  std::shared_ptr<const index::LexicalIndex> index;

  Hits Search(const std::string& query, size_t k) const {
    std::vector<index::QueryTerm> terms;
    for (Token& token : analyzer.Tokenize(query)) terms.emplace_back(std::move(token.term));
    Hits hits;
    for (const index::ScoredRow& hit : Must(index->Search(terms, k, nullptr, table, {}))) {
      hits.emplace_back(hit.row, hit.score);
    }
    return hits;
  }
};

}  // namespace
}  // namespace quarry::bench

int main(int count, char** arguments) {
  return quarry::bench::LexicalMain<quarry::bench::Searcher>(count, arguments,
                                                             quarry::bench::Index);
}
