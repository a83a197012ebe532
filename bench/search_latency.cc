// How long a search of an indexed collection takes in process, on one thread, stage by stage.
//
//   search_latency STORE BEIR [MODE [ROUNDS]]      MODE: hybrid (default), dense, lexical
//
// Asks every judged question of the BEIR directory for its ten best hits, ROUNDS times (3); the first
// round warms up and is not counted. Percentiles are over single searches; a stage's are its own.

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "base/analyzer.h"
#include "base/clock.h"
#include "base/hash.h"
#include "bench/measure.h"
#include "eval/beir.h"
#include "index/index.h"
#include "model/embedder_cache.h"
#include "retrieval/retriever.h"

namespace quarry::bench {
namespace {

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto place = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(place, values.size() - 1)];
}

Status Run(const std::string& store, const std::string& beir, SearchMode mode, int rounds) {
  const Analyzer analyzer;
  const SystemClock clock;
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<index::Index> index,
                          index::Index::Open(store, {.read_only = true}, analyzer, clock));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, index->FindCollection("default"));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          index->GetSnapshot(collection));
  QUARRY_ASSIGN_OR_RETURN(const eval::BeirQueries asked, eval::ReadBeirQueries(beir, "test"));
  model::EmbedderCache embedders;
  const retrieval::Retriever retriever(analyzer, embedders, {});
  std::vector<double> totals;
  std::vector<double> with_passages;
  std::map<std::string, std::vector<double>> stages;
  uint64_t digest = 0;
  uint64_t compared = 0;
  for (int round = 0; round < rounds; ++round) {
    for (const eval::BeirQuery& question : asked.queries) {
      Trace trace;
      CallContext context;
      context.trace = &trace;
      const double start = Seconds();
      QUARRY_ASSIGN_OR_RETURN(
          const retrieval::Retrieved found,
          retriever.Retrieve({.text = question.text, .mode = mode, .k = 10}, *snapshot, context));
      const double micros = (Seconds() - start) * 1e6;
      QUARRY_RETURN_IF_ERROR(retrieval::ReadPassages(*snapshot, found.hits).status());
      const double read_micros = (Seconds() - start) * 1e6;
      for (const auto* const hits : {&found.hits, &found.cut}) {
        compared += hits->size();
        for (const retrieval::RankedHit& found_hit : *hits) {
          digest = HashCombine(digest, found_hit.hit.chunk.value);
          digest = HashCombine(digest, std::bit_cast<uint64_t>(found_hit.hit.score));
        }
      }
      if (round == 0) continue;
      totals.push_back(micros);
      with_passages.push_back(read_micros);
      for (const Trace::Stage& stage : trace.stages()) stages[stage.name].push_back(stage.micros);
    }
  }
  if (totals.empty()) return InvalidArgumentError(beir + ": no judged question");
  std::printf("%llu chunks, %zu questions, %s, top 10\n",
              static_cast<unsigned long long>(snapshot->live_chunks()), asked.queries.size(),
              SearchModeName(mode));
  std::printf("digest %s of %llu hits, those that were cut off among them\n",
              HashToHex(digest).c_str(), static_cast<unsigned long long>(compared));
  std::printf("%-20s p50 %8.1f us  p99 %8.1f us\n", "all", Percentile(totals, 0.5),
              Percentile(totals, 0.99));
  std::printf("%-20s p50 %8.1f us  p99 %8.1f us\n", "with passages", Percentile(with_passages, 0.5),
              Percentile(with_passages, 0.99));
  for (const auto& [name, times] : stages) {
    std::printf("%-20s p50 %8.1f us  p99 %8.1f us\n", name.c_str(), Percentile(times, 0.5),
                Percentile(times, 0.99));
  }
  return OkStatus();
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    std::fprintf(stderr, "usage: search_latency STORE BEIR [MODE [ROUNDS]]\n");
    return 2;
  }
  const auto mode = quarry::ParseSearchMode(argc > 3 ? argv[3] : "hybrid");
  const quarry::Status done =
      mode.ok() ? quarry::bench::Run(argv[1], argv[2], *mode, argc > 4 ? std::atoi(argv[4]) : 3)
                : mode.status();
  if (!done.ok()) std::fprintf(stderr, "search_latency: %s\n", done.message().c_str());
  return done.ok() ? 0 : 1;
}
