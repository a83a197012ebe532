#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/thread_pool.h"
#include "model/lsa_embedder.h"
#include "model/lsa_model.h"
#include "model/randomized_svd.h"

namespace quarry::model {
namespace {

constexpr size_t kBatch = 512;        // texts tokenised at a time
constexpr size_t kColumnGrain = 256;  // vectors computed per task
constexpr uint32_t kOversampling = 10;
// Terms that stand in nearly every text have an idf near 0; the floor keeps their weight positive.
constexpr double kLowestIdf = 0.05;
// Directions weaker than this share of the strongest are rounding noise of the learning.
constexpr double kWeakest = 1e-4;

struct Entry {
  uint32_t term;
  uint32_t count;
};

struct Fnv {
  using is_transparent = void;
  size_t operator()(std::string_view term) const { return Hash64(term); }
};

// The counted terms of all texts, terms numbered as they first occur.
struct Counts {
  std::unordered_map<std::string, uint32_t, Fnv, std::equal_to<>> numbers;
  std::vector<const std::string*> terms;   // by number; the map's keys, which do not move
  std::vector<uint32_t> text_frequency;    // by number
  std::vector<Entry> entries;              // of all texts that hold terms
  std::vector<uint64_t> text_begin = {0};  // positions in `entries`

  size_t texts() const { return text_begin.size() - 1; }

  void Add(const std::vector<TermFrequency>& counted) {
    if (counted.empty()) return;
    for (const TermFrequency& term : counted) {
      auto found = numbers.find(std::string_view(term.term));
      if (found == numbers.end()) {
        found = numbers.emplace(term.term, static_cast<uint32_t>(terms.size())).first;
        terms.push_back(&found->first);
        text_frequency.push_back(0);
      }
      ++text_frequency[found->second];
      entries.push_back({found->second, term.count});
    }
    text_begin.push_back(entries.size());
  }
};

// Reads all texts, tokenising a batch at a time on the pool and adding it up in order.
class Counter {
 public:
  Counter(const Analyzer& analyzer, ThreadPool* pool, const CallContext& context)
      : analyzer_(analyzer), pool_(pool), context_(context) {}

  void Visit(std::string_view text) {
    if (!status_.ok()) return;
    batch_.emplace_back(text);
    if (batch_.size() == kBatch) Flush();
  }

  Result<Counts> Finish() {
    Flush();
    if (!status_.ok()) return status_;
    return std::move(counts_);
  }

 private:
  void Flush() {
    std::vector<std::vector<TermFrequency>> counted(batch_.size());
    status_ = ForEachRange(pool_, batch_.size(), 8, context_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) counted[i] = CountTerms(analyzer_.Tokenize(batch_[i]));
    });
    if (!status_.ok()) return;
    for (const std::vector<TermFrequency>& text : counted) counts_.Add(text);
    batch_.clear();
  }

  const Analyzer& analyzer_;
  ThreadPool* const pool_;
  const CallContext& context_;
  Counts counts_;
  std::vector<std::string> batch_;
  Status status_;
};

// The terms that get a vector, in byte order, and what is known of each.
struct Vocabulary {
  std::vector<std::string> terms;
  std::vector<float> idf;
  std::vector<uint32_t> text_frequency;
  std::vector<uint32_t> number_of;  // by number in Counts; LsaTable::kNoTerm where left out
};

Vocabulary ChooseTerms(const Counts& counts, uint64_t limit) {
  std::vector<uint32_t> chosen(counts.terms.size());
  for (uint32_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  if (chosen.size() > limit) {
    std::nth_element(chosen.begin(), chosen.begin() + static_cast<ptrdiff_t>(limit), chosen.end(),
                     [&](uint32_t a, uint32_t b) {
                       if (counts.text_frequency[a] != counts.text_frequency[b]) {
                         return counts.text_frequency[a] > counts.text_frequency[b];
                       }
                       return *counts.terms[a] < *counts.terms[b];
                     });
    chosen.resize(limit);
  }
  std::sort(chosen.begin(), chosen.end(),
            [&](uint32_t a, uint32_t b) { return *counts.terms[a] < *counts.terms[b]; });
  Vocabulary vocabulary;
  vocabulary.number_of.assign(counts.terms.size(), LsaTable::kNoTerm);
  for (const uint32_t i : chosen) {
    vocabulary.number_of[i] = static_cast<uint32_t>(vocabulary.terms.size());
    vocabulary.terms.push_back(*counts.terms[i]);
    vocabulary.text_frequency.push_back(counts.text_frequency[i]);
    const double idf = std::log(static_cast<double>(counts.texts()) / counts.text_frequency[i]);
    vocabulary.idf.push_back(static_cast<float>(std::max(idf, kLowestIdf)));
  }
  return vocabulary;
}

// The matrix that is decomposed, and how the terms relate to its columns.
struct WeightedCounts {
  SparseMatrix matrix;
  std::vector<uint32_t> column_of;  // by term
  std::vector<float> share;         // by term: its vector = share * the vector of its column
};

// Texts x terms, (1 + ln tf) * idf, rows of unit length. The terms that occur in one text only are
// one column of that text, with the root of the sum of their squares: A A^T, and so the directions
// and the texts' places, stay the same to the last digit, and most columns go (half of the terms of
// English occur once, and most character pairs of Chinese).
WeightedCounts WeighCounts(const Counts& counts, const Vocabulary& vocabulary) {
  WeightedCounts result;
  SparseMatrix& matrix = result.matrix;
  const size_t terms = vocabulary.terms.size();
  result.column_of.assign(terms, LsaTable::kNoTerm);
  result.share.assign(terms, 1.0f);
  for (size_t term = 0; term < terms; ++term) {
    if (vocabulary.text_frequency[term] > 1) result.column_of[term] = matrix.columns++;
  }
  matrix.row_begin.push_back(0);
  std::vector<std::pair<uint32_t, float>> row;   // column, value
  std::vector<std::pair<uint32_t, float>> once;  // term, value
  for (size_t text = 0; text < counts.texts(); ++text) {
    row.clear();
    once.clear();
    double squares = 0;
    double once_squares = 0;
    for (uint64_t i = counts.text_begin[text]; i < counts.text_begin[text + 1]; ++i) {
      const uint32_t term = vocabulary.number_of[counts.entries[i].term];
      if (term == LsaTable::kNoTerm) continue;
      const float weight = TermFrequencyWeight(counts.entries[i].count) * vocabulary.idf[term];
      squares += double{weight} * weight;
      if (vocabulary.text_frequency[term] > 1) {
        row.emplace_back(result.column_of[term], weight);
      } else {
        once_squares += double{weight} * weight;
        once.emplace_back(term, weight);
      }
    }
    if (!once.empty()) {
      const float length = static_cast<float>(std::sqrt(once_squares));
      for (const auto& [term, weight] : once) {
        result.column_of[term] = matrix.columns;
        result.share[term] = weight / length;
      }
      row.emplace_back(matrix.columns++, length);
    }
    std::sort(row.begin(), row.end());
    const float scale = squares > 0 ? static_cast<float>(1.0 / std::sqrt(squares)) : 0.0f;
    for (const auto& [column, weight] : row) {
      matrix.column.push_back(column);
      matrix.value.push_back(weight * scale);
    }
    matrix.row_begin.push_back(matrix.column.size());
  }
  matrix.rows = static_cast<uint32_t>(counts.texts());
  return result;
}

// How many directions `texts` texts can teach. A corpus of a few hundred texts has as many
// directions as texts, and the last of them are accidents of single texts.
uint32_t RankFor(uint32_t dimension, size_t texts) {
  const size_t carried = texts >= 24 ? texts - 12 : (texts + 1) / 2;
  return static_cast<uint32_t>(std::min<size_t>(dimension, carried));
}

// Term vectors: A^T * left * S^(-1/2) = right * S^(1/2), as bytes. Their lengths are kept: a term
// that the directions explain badly (a rare one) is short and says little. Measured on Cranfield
// (nDCG@10, vectors alone): 0.543, with unit lengths 0.482. The power of S is flat from 0.25 to
// 0.65; taking the mean off makes no difference (0.544 without) and would keep terms from sharing
// rows.
Status FillRows(const WeightedCounts& counts, const SparseMatrix& transposed, Svd svd,
                const std::vector<float>& idf, ThreadPool* pool, const CallContext& context,
                LsaTable::Parts& parts) {
  const size_t stride = svd.stride;
  const size_t rank = parts.rank;
  for (uint32_t text = 0; text < counts.matrix.rows; ++text) {
    float* const row = &svd.left[text * stride];
    for (size_t j = 0; j < stride; ++j) {
      row[j] = j < rank ? row[j] * static_cast<float>(1.0 / std::sqrt(svd.singular[j])) : 0.0f;
    }
  }
  const size_t columns = counts.matrix.columns;
  std::vector<float> column_scale(columns);
  parts.rows.resize(columns * rank);
  QUARRY_RETURN_IF_ERROR(
      ForEachRange(pool, columns, kColumnGrain, context, [&](size_t begin, size_t end) {
        std::vector<float> vector(stride);
        for (size_t column = begin; column < end; ++column) {
          MultiplyRow(transposed, static_cast<uint32_t>(column), svd.left.data(), stride, stride,
                      vector.data());
          float largest = 0;
          for (const float value : vector) largest = std::max(largest, std::abs(value));
          if (!(largest > 1e-20f)) continue;  // no direction: stays zero
          const float to_byte = 127.0f / largest;
          for (size_t j = 0; j < rank; ++j) {
            parts.rows[column * rank + j] = static_cast<int8_t>(std::lround(vector[j] * to_byte));
          }
          column_scale[column] = largest / 127.0f;
        }
      }));
  for (size_t term = 0; term < parts.terms.size(); ++term) {
    const uint32_t column = counts.column_of[term];
    parts.scales.push_back(idf[term] * counts.share[term] * column_scale[column]);
  }
  parts.row_of = counts.column_of;
  return OkStatus();
}

}  // namespace

Result<std::shared_ptr<const Embedder>> LearnLsaEmbedder(
    const TextSource& source, const LsaOptions& options, const CallContext& context,
    const std::function<void(uint64_t done, uint64_t total)>& progress) {
  if (options.dimension == 0 || options.dimension > 4096 || options.vocabulary_limit == 0) {
    return InvalidArgumentError("learn embedder: dimension " + std::to_string(options.dimension) +
                                ", vocabulary limit " + std::to_string(options.vocabulary_limit) +
                                ": expected 1 to 4096 and at least 1");
  }
  constexpr uint64_t kSteps = 10;
  const auto report = [&](uint64_t done) {
    if (progress) progress(done, kSteps);
  };
  const uint32_t threads =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  // The calling thread works too.
  std::unique_ptr<ThreadPool> pool;
  if (threads > 1) pool = std::make_unique<ThreadPool>(threads - 1, 64);

  report(0);
  const Analyzer analyzer(LsaAnalyzerOptions());
  LsaTable::Parts parts;
  WeightedCounts weighted;
  std::vector<float> idf;
  {
    Counter counter(analyzer, pool.get(), context);
    QUARRY_RETURN_IF_ERROR(source([&](std::string_view text) { counter.Visit(text); }));
    QUARRY_ASSIGN_OR_RETURN(const Counts counts, counter.Finish());
    if (counts.texts() < 2) {
      return FailedPreconditionError("learn embedder: " + std::to_string(counts.texts()) +
                                     " texts with words, at least 2 are needed");
    }
    if (counts.texts() > std::numeric_limits<int32_t>::max()) {
      return ResourceExhaustedError("learn embedder: more than 2^31 texts");
    }
    Vocabulary vocabulary = ChooseTerms(counts, options.vocabulary_limit);
    weighted = WeighCounts(counts, vocabulary);
    idf = std::move(vocabulary.idf);
    parts.terms = std::move(vocabulary.terms);
    parts.texts = counts.texts();
  }
  report(3);
  const SparseMatrix transposed = weighted.matrix.Transposed();
  SvdOptions svd_options;
  svd_options.rank = RankFor(options.dimension, weighted.matrix.rows);
  svd_options.oversampling = kOversampling;
  svd_options.power_iterations = options.power_iterations;
  svd_options.seed = options.seed;
  QUARRY_ASSIGN_OR_RETURN(
      Svd svd, RandomizedSvd(weighted.matrix, transposed, svd_options, pool.get(), context));
  report(8);

  parts.analyzer = analyzer.Fingerprint();
  parts.dimension = options.dimension;
  while (parts.rank < svd.singular.size() &&
         svd.singular[parts.rank] > kWeakest * svd.singular[0]) {
    ++parts.rank;
  }
  QUARRY_CHECK(parts.rank > 0);  // weights are positive, so the matrix is not zero
  QUARRY_RETURN_IF_ERROR(
      FillRows(weighted, transposed, std::move(svd), idf, pool.get(), context, parts));
  std::shared_ptr<const Embedder> embedder = MakeLsaEmbedder(LsaTable(std::move(parts)));
  report(kSteps);
  return embedder;
}

}  // namespace quarry::model
