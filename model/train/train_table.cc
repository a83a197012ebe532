// Trains the bilingual table that the program carries (model/shipped_table.h).
//
//   train_table TRAINING.tsv TABLE
//
// TRAINING.tsv is what extract.py writes. The start is latent semantics of all lines, the two sides
// of a pair in one text, so that words which translate each other begin as neighbours; then
// contrastive learning as for any corpus, with the pairs as they are. The same file gives the same
// bytes on one kind of processor, whatever the number of threads.

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/file.h"
#include "base/hash.h"
#include "model/contrastive_learning.h"
#include "model/embedder_table.h"
#include "model/latent_semantics.h"
#include "model/row_packing.h"
#include "model/term_start.h"
#include "model/text_weights.h"
#include "model/train/training_set.h"

namespace quarry::model {
namespace {

constexpr uint64_t kEpochs = 6;
constexpr uint32_t kBatch = 2048;

EmbedderTable Pack(CorpusTerms corpus, const TermVectors& vectors, uint32_t dimension) {
  EmbedderTable::Parts parts;
  parts.analyzer = Analyzer(LearntAnalyzerOptions()).Fingerprint();
  parts.dimension = dimension;
  parts.rank = dimension;
  parts.texts = corpus.texts();
  parts.rows.resize(corpus.terms.size() * dimension);
  for (uint32_t term = 0; term < corpus.terms.size(); ++term) {
    const float scale =
        PackRow(vectors.Row(term), dimension, &parts.rows[size_t{term} * dimension]);
    parts.row_of.push_back(term);
    parts.scales.push_back(scale * std::exp(vectors.weights[term]));
  }
  parts.terms = std::move(corpus.terms);
  return EmbedderTable(std::move(parts));
}

Status Train(const std::string& training, const std::string& table_path) {
  const CallContext context;
  const uint32_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::unique_ptr<ThreadPool> pool;
  if (threads > 1) pool = std::make_unique<ThreadPool>(threads - 1, 64);
  QUARRY_ASSIGN_OR_RETURN(TrainingSet set, ReadTrainingSet(training, {}, pool.get(), context));
  std::fprintf(stderr, "%zu lines, %zu terms, %zu passages, %zu of them pairs\n",
               set.corpus.texts(), set.corpus.terms.size(), set.passages.size(),
               set.passages.size() - set.passages.first_pair);

  LearningOptions options;
  const std::vector<float> idf = InverseTextFrequencies(set.corpus);
  TermVectors vectors;
  {
    QUARRY_ASSIGN_OR_RETURN(const LatentSemantics latent,
                            LatentSemantics::Learn(set.corpus, idf, options, pool.get(), context));
    std::fprintf(stderr, "start\n");
    std::vector<uint32_t> number_of(set.corpus.terms.size());
    for (uint32_t term = 0; term < number_of.size(); ++term) number_of[term] = term;
    QUARRY_RETURN_IF_ERROR(
        StartVectors(set.corpus, number_of, latent, idf, options, pool.get(), context, vectors));
  }
  ContrastiveOptions contrastive;
  contrastive.pairs = kEpochs * set.passages.size();
  contrastive.batch = kBatch;
  uint64_t percent = 0;
  QUARRY_RETURN_IF_ERROR(LearnContrastively(
      set.passages, contrastive, pool.get(), context,
      [&](uint64_t done, uint64_t total) {
        if (100 * done / total == percent) return;
        percent = 100 * done / total;
        if (percent % 10 == 0) std::fprintf(stderr, "%d%%\n", static_cast<int>(percent));
      },
      vectors));

  const std::string bytes = Pack(std::move(set.corpus), vectors, options.dimension).Serialize();
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(table_path, bytes));
  std::fprintf(stderr, "%s: %zu bytes, hash %s\n", table_path.c_str(), bytes.size(),
               HashToHex(Hash64(bytes)).c_str());
  return OkStatus();
}

}  // namespace
}  // namespace quarry::model

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: train_table TRAINING.tsv TABLE\n");
    return 2;
  }
  const quarry::Status status = quarry::model::Train(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
