// Learning of the built-in embedder: reads the corpus, makes the start, learns, packs the table.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "model/accumulate.h"
#include "model/contrastive_kernels.h"
#include "model/contrastive_learning.h"
#include "model/corpus_terms.h"
#include "model/latent_semantics.h"
#include "model/learnt_embedder.h"
#include "model/row_packing.h"
#include "model/term_start.h"
#include "model/text_weights.h"

namespace quarry::model {
namespace {

constexpr size_t kVectorGrain = 256;  // vectors computed per task
constexpr size_t kPassageGrain = 32;
constexpr uint32_t kPassageWords = 150;
constexpr uint64_t kFewPassages = 10'000;
constexpr uint32_t kPairRepeats = 4;      // in a round over the passages
constexpr double kBilingualShare = 0.05;  // of the texts in the other language

// Progress in hundredths: reading, decomposition, contrastive steps, packing.
constexpr uint64_t kRead = 15;
constexpr uint64_t kDecomposed = 35;
constexpr uint64_t kLearnt = 95;
constexpr uint64_t kAll = 100;

// The terms that are learnt, the most frequent of those in two texts at least, as many as the
// memory allows; by term, their number there or kNoTerm.
std::vector<uint32_t> ChooseLearnt(const CorpusTerms& corpus, const LearningOptions& options) {
  std::vector<uint32_t> chosen;
  for (uint32_t term = 0; term < corpus.terms.size(); ++term) {
    if (corpus.text_frequency[term] > 1) chosen.push_back(term);
  }
  const uint64_t limit = options.memory_limit / (3 * sizeof(float) * options.dimension);
  if (chosen.size() > limit) {
    const auto end = chosen.begin() + static_cast<ptrdiff_t>(limit);
    std::nth_element(chosen.begin(), end, chosen.end(), [&](uint32_t a, uint32_t b) {
      if (corpus.text_frequency[a] != corpus.text_frequency[b]) {
        return corpus.text_frequency[a] > corpus.text_frequency[b];
      }
      return a < b;
    });
    chosen.erase(end, chosen.end());
    std::sort(chosen.begin(), chosen.end());
  }
  std::vector<uint32_t> number_of(corpus.terms.size(), CorpusTerms::kNoTerm);
  for (uint32_t i = 0; i < chosen.size(); ++i) number_of[chosen[i]] = i;
  return number_of;
}

// Runs of whole sentences of about kPassageWords words, each inside one text.
Passages MakePassages(const CorpusTerms& corpus, const std::vector<uint32_t>& number_of) {
  Passages passages;
  passages.sentence_begin.push_back(0);
  passages.passage_begin.push_back(0);
  for (size_t text = 0; text < corpus.texts(); ++text) {
    uint32_t words = 0;
    const auto close = [&] {
      words = 0;
      const uint64_t end = passages.sentence_begin.size() - 1;
      if (end > passages.passage_begin.back()) passages.passage_begin.push_back(end);
    };
    for (uint64_t s = corpus.text_begin[text]; s < corpus.text_begin[text + 1]; ++s) {
      if (words > 0 && words + corpus.sentence_words[s] > kPassageWords) close();
      words += corpus.sentence_words[s];
      for (uint64_t i = corpus.sentence_begin[s]; i < corpus.sentence_begin[s + 1]; ++i) {
        const uint32_t number = number_of[corpus.tokens[i]];
        if (number != CorpusTerms::kNoTerm) passages.tokens.push_back(number);
      }
      if (passages.tokens.size() > passages.sentence_begin.back()) {
        passages.sentence_begin.push_back(passages.tokens.size());
      }
    }
    close();
  }
  return passages;
}

// Behind the passages, each as a passage of two sentences.
void AppendPairs(const std::vector<LearningPair>& pairs, const Analyzer& analyzer,
                 const CorpusTerms& corpus, const std::vector<uint32_t>& number_of,
                 Passages& passages) {
  passages.first_pair = passages.size();
  const auto append = [&](std::string_view text) {
    const size_t begin = passages.tokens.size();
    for (const Token& token : analyzer.Tokenize(text)) {
      const auto term = std::lower_bound(corpus.terms.begin(), corpus.terms.end(), token.term);
      if (term == corpus.terms.end() || *term != token.term) continue;
      const uint32_t number = number_of[static_cast<size_t>(term - corpus.terms.begin())];
      if (number != CorpusTerms::kNoTerm) passages.tokens.push_back(number);
    }
    return passages.tokens.size() > begin;
  };
  for (const LearningPair& pair : pairs) {
    const size_t begin = passages.tokens.size();
    const bool has_question = append(pair.question);
    const size_t middle = passages.tokens.size();
    if (!has_question || !append(pair.text)) {
      passages.tokens.resize(begin);
      continue;
    }
    const std::vector<uint32_t> tokens(passages.tokens.begin() + static_cast<ptrdiff_t>(begin),
                                       passages.tokens.end());
    for (uint32_t repeat = 0; repeat < kPairRepeats; ++repeat) {
      if (repeat > 0) passages.tokens.insert(passages.tokens.end(), tokens.begin(), tokens.end());
      const size_t end = passages.tokens.size();
      passages.sentence_begin.push_back(end - tokens.size() + (middle - begin));
      passages.sentence_begin.push_back(end);
      passages.passage_begin.push_back(passages.sentence_begin.size() - 1);
    }
  }
}

// Unit vectors of all texts, by the learnt terms alone.
Status EmbedTexts(const CorpusTerms& corpus, const std::vector<uint32_t>& number_of,
                  const TermVectors& vectors, ThreadPool* pool, const CallContext& context,
                  std::vector<float>& texts) {
  const size_t stride = vectors.stride;
  texts.assign(corpus.texts() * stride, 0.0f);
  return ForEachRange(pool, corpus.texts(), kPassageGrain, context, [&](size_t begin, size_t end) {
    std::vector<uint32_t> tokens;
    std::vector<CountedTerm> counted;
    for (size_t text = begin; text < end; ++text) {
      tokens.clear();
      for (uint64_t i = corpus.TokensBegin(text); i < corpus.TokensEnd(text); ++i) {
        const uint32_t number = number_of[corpus.tokens[i]];
        if (number != CorpusTerms::kNoTerm) tokens.push_back(number);
      }
      CountOccurrences(tokens, counted);
      float* const vector = &texts[text * stride];
      for (const CountedTerm& entry : counted) {
        AccumulateFloats(TermFrequencyWeight(entry.count) * std::exp(vectors.weights[entry.term]),
                         vectors.Row(entry.term), stride, vector);
      }
      ScaleToUnit(vector, stride);
    }
  });
}

// The median of weight * length over idf: what the learnt vectors came to for each unit of idf.
float TypicalScale(const std::vector<uint32_t>& number_of, const TermVectors& vectors,
                   const std::vector<float>& idf) {
  std::vector<float> scales;
  for (size_t term = 0; term < number_of.size(); ++term) {
    if (number_of[term] == CorpusTerms::kNoTerm) continue;
    const float* const row = vectors.Row(number_of[term]);
    scales.push_back(std::exp(vectors.weights[number_of[term]]) *
                     std::sqrt(DotProduct(row, row, vectors.stride)) / idf[term]);
  }
  if (scales.empty()) return 1.0f;
  const auto middle = scales.begin() + static_cast<ptrdiff_t>(scales.size() / 2);
  std::nth_element(scales.begin(), middle, scales.end());
  return *middle;
}

// A learnt term has the row that was learnt; the others that of the texts they stand in, which
// those of one text share.
Status PackTable(const CorpusTerms& corpus, const std::vector<uint32_t>& number_of,
                 const LatentSemantics& latent, const std::vector<float>& idf,
                 const TermVectors& vectors, const LearningOptions& options, ThreadPool* pool,
                 const CallContext& context, EmbedderTable::Parts& parts) {
  const size_t stride = vectors.stride;
  std::vector<float> texts;
  QUARRY_RETURN_IF_ERROR(EmbedTexts(corpus, number_of, vectors, pool, context, texts));
  const uint32_t columns = latent.columns();
  std::vector<uint32_t> term_of(columns);  // one of each
  for (uint32_t term = 0; term < number_of.size(); ++term) {
    parts.row_of.push_back(latent.ColumnOf(term));
    term_of[parts.row_of[term]] = term;
  }
  parts.dimension = options.dimension;
  parts.rank = options.dimension;
  parts.texts = corpus.texts();
  parts.rows.resize(size_t{columns} * parts.rank);
  std::vector<float> column_scale(columns);
  const float typical = TypicalScale(number_of, vectors, idf);
  QUARRY_RETURN_IF_ERROR(
      ForEachRange(pool, columns, kVectorGrain, context, [&](size_t begin, size_t end) {
        std::vector<float> vector(stride);
        for (size_t column = begin; column < end; ++column) {
          const uint32_t number = number_of[term_of[column]];
          const float* row = vector.data();
          if (number != CorpusTerms::kNoTerm) {
            row = vectors.Row(number);
          } else {
            latent.SumOfTexts(static_cast<uint32_t>(column), texts.data(), stride, vector.data());
            if (DotProduct(row, row, stride) == 0) {  // no learnt term stands in its texts
              latent.TermVector(term_of[column], vector.data());
            }
            ScaleToUnit(vector.data(), stride);
          }
          column_scale[column] = PackRow(row, parts.rank, &parts.rows[column * parts.rank]);
        }
      }));
  for (size_t term = 0; term < number_of.size(); ++term) {
    const float weight = number_of[term] != CorpusTerms::kNoTerm
                             ? std::exp(vectors.weights[number_of[term]])
                             : typical * idf[term];
    parts.scales.push_back(weight * column_scale[parts.row_of[term]]);
  }
  return OkStatus();
}

// What most texts are in, where vectors are to have a part for questions in the other language.
CorpusLanguage LanguageOf(const CorpusTerms& corpus, CrossLanguage wanted) {
  if (wanted == CrossLanguage::kOff) return CorpusLanguage::kNone;
  size_t chinese = 0;
  for (size_t text = 0; text < corpus.texts(); ++text) {
    LanguageVote vote;
    for (uint64_t i = corpus.TokensBegin(text); i < corpus.TokensEnd(text); ++i) {
      vote.Add(corpus.terms[corpus.tokens[i]]);
    }
    chinese += vote.IsChinese() ? 1 : 0;
  }
  const size_t fewer = std::min(chinese, corpus.texts() - chinese);
  if (wanted == CrossLanguage::kAuto && corpus.texts() > kFewTexts &&
      static_cast<double>(fewer) < kBilingualShare * static_cast<double>(corpus.texts())) {
    return CorpusLanguage::kNone;
  }
  return fewer == chinese ? CorpusLanguage::kEnglish : CorpusLanguage::kChinese;
}

}  // namespace

Result<std::shared_ptr<const Embedder>> LearnEmbedder(
    const TextSource& source, const LearningOptions& options, const CallContext& context,
    const std::function<void(uint64_t done, uint64_t total)>& progress) {
  if (options.dimension == 0 || options.dimension > 4096 || options.vocabulary_limit == 0 ||
      options.sample_limit < 2) {
    return InvalidArgumentError("learn embedder: dimension " + std::to_string(options.dimension) +
                                ", vocabulary limit " + std::to_string(options.vocabulary_limit) +
                                ", sample limit " + std::to_string(options.sample_limit) +
                                ": expected 1 to 4096, at least 1 and at least 2");
  }
  const auto report = [&](uint64_t done) {
    if (progress) progress(done, kAll);
  };
  const uint32_t threads =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  // The calling thread works too.
  std::unique_ptr<ThreadPool> pool;
  if (threads > 1) pool = std::make_unique<ThreadPool>(threads - 1, 64);

  report(0);
  const Analyzer analyzer(LearntAnalyzerOptions());
  QUARRY_ASSIGN_OR_RETURN(CorpusTerms corpus,
                          ReadCorpusTerms(source, analyzer, options, pool.get(), context));
  if (corpus.texts() < 2) {
    return FailedPreconditionError("learn embedder: " + std::to_string(corpus.texts()) +
                                   " texts with words, at least 2 are needed");
  }
  report(kRead);
  const std::vector<float> idf = InverseTextFrequencies(corpus);
  QUARRY_ASSIGN_OR_RETURN(const LatentSemantics latent,
                          LatentSemantics::Learn(corpus, idf, options, pool.get(), context));
  report(kDecomposed);

  const std::vector<uint32_t> number_of = ChooseLearnt(corpus, options);
  TermVectors vectors;
  QUARRY_RETURN_IF_ERROR(
      StartVectors(corpus, number_of, latent, idf, options, pool.get(), context, vectors));
  {
    Passages passages = MakePassages(corpus, number_of);
    if (!options.pairs.empty()) {
      AppendPairs(options.pairs, analyzer, corpus, number_of, passages);
    }
    uint64_t epochs = options.epochs;
    if (epochs == 0) epochs = passages.size() < kFewPassages ? 6 : 4;
    ContrastiveOptions contrastive;
    contrastive.pairs = std::min(epochs * passages.size(), kMaxLearntPairs);
    contrastive.seed = options.seed;
    QUARRY_RETURN_IF_ERROR(LearnContrastively(
        passages, contrastive, pool.get(), context,
        [&](uint64_t done, uint64_t total) {
          report(kDecomposed + (kLearnt - kDecomposed) * done / total);
        },
        vectors));
  }
  report(kLearnt);
  EmbedderTable::Parts parts;
  parts.analyzer = analyzer.Fingerprint();
  QUARRY_RETURN_IF_ERROR(
      PackTable(corpus, number_of, latent, idf, vectors, options, pool.get(), context, parts));
  const CorpusLanguage language = LanguageOf(corpus, options.cross_language);
  parts.terms = std::move(corpus.terms);
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const Embedder> embedder,
                          MakeLearntEmbedder(EmbedderTable(std::move(parts)), language));
  report(kAll);
  return embedder;
}

}  // namespace quarry::model
