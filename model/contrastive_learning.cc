#include "model/contrastive_learning.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "model/accumulate.h"
#include "model/blas.h"
#include "model/contrastive_kernels.h"
#include "model/corpus_terms.h"
#include "model/huge_pages.h"
#include "model/randomized_svd.h"
#include "model/text_weights.h"

namespace quarry::model {
namespace {

constexpr size_t kTextGrain = 32;   // texts embedded per task
constexpr size_t kBlock = 128;      // rows of the batch's products per task
constexpr size_t kTermGrain = 128;  // rows updated per task
constexpr uint64_t kWarmUpSteps = 10;
constexpr double kLastRate = 0.05;
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr float kShortest = 1e-12f;  // of vectors that are divided by their length
constexpr float kMasked = -1e3f;     // the cosine of a pair that does not count

// A question or an answer. Its memory is used again for the next batch.
struct Text {
  std::vector<uint32_t> tokens;
  std::vector<CountedTerm> counted;
  std::vector<uint32_t> terms;
  std::vector<float> weights;  // of the terms
};

uint64_t HashOf(const std::vector<uint32_t>& tokens) {
  return Hash64({reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(uint32_t)});
}

class Learner {
 public:
  Learner(const Passages& passages, const ContrastiveOptions& options, ThreadPool* pool,
          const CallContext& context, TermVectors& vectors)
      : passages_(passages),
        options_(options),
        pool_(pool),
        context_(context),
        vectors_(vectors),
        stride_(vectors.stride) {
    for (size_t i = 0; i < passages.size(); ++i) {
      if (passages.sentence_begin[passages.passage_begin[i + 1]] -
              passages.sentence_begin[passages.passage_begin[i]] >=
          2) {
        usable_.push_back(static_cast<uint32_t>(i));
      }
    }
  }

  Status Run(const std::function<void(uint64_t, uint64_t)>& progress) {
    if (usable_.size() < 2 || options_.pairs == 0) return OkStatus();
    pairs_ = std::min<size_t>(options_.batch, usable_.size()) / 8 * 8;
    if (pairs_ == 0) pairs_ = usable_.size();
    UseOneBlasThread();
    Allocate();
    const uint64_t steps = (options_.pairs + pairs_ - 1) / pairs_;
    for (uint64_t step = 0; step < steps; ++step) {
      QUARRY_RETURN_IF_ERROR(Step(step, steps));
      if (progress) progress(step + 1, steps);
    }
    return OkStatus();
  }

 private:
  void Allocate() {
    padded_ = (pairs_ + 7) / 8 * 8;
    texts_.resize(2 * pairs_);
    lengths_.resize(2 * pairs_);
    units_.resize(2 * pairs_ * stride_);
    ResizeHuge(gradients_, 2 * pairs_ * stride_);
    similarities_.resize(pairs_ * padded_);
    row_sums_.resize(pairs_);
    column_sums_.resize(padded_);
    answer_hashes_.resize(pairs_);
    question_hashes_.resize(pairs_);
    ResizeHuge(first_moments_, vectors_.rows.size());
    ResizeHuge(second_moments_, vectors_.rows.size());
    weight_moments_.resize(2 * vectors_.terms());
    place_of_.assign(vectors_.terms(), CorpusTerms::kNoTerm);
  }

  Status Step(uint64_t step, uint64_t steps) {
    QUARRY_RETURN_IF_ERROR(Draw(step));
    ListUses();
    QUARRY_RETURN_IF_ERROR(Embed());
    QUARRY_RETURN_IF_ERROR(Compare());
    QUARRY_RETURN_IF_ERROR(Descend());
    return Update(step, steps);
  }

  // Questions are the texts [0, pairs_), their answers [pairs_, 2 pairs_).
  Status Draw(uint64_t step) {
    // A batch does not reach over the end of a round: no passage stands in it twice.
    if (next_ + pairs_ > order_.size()) Shuffle(step);
    const uint32_t* const passages = &order_[next_];
    next_ += pairs_;
    return ForEachRange(pool_, pairs_, kTextGrain, context_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        Random random(HashCombine(HashCombine(options_.seed, step), passages[i]));
        Text& question = texts_[i];
        Text& answer = texts_[pairs_ + i];
        DrawPair(passages_, passages[i], random, question.tokens, answer.tokens);
        Weigh(question);
        Weigh(answer);
        answer_hashes_[i] = HashOf(answer.tokens);
        const bool is_pair = passages[i] >= passages_.first_pair;
        question_hashes_[i] = is_pair ? HashOf(question.tokens) : 0;
      }
    });
  }

  // The passages in whole batches, each of one group.
  void Shuffle(uint64_t step) {
    order_.clear();
    next_ = 0;
    Random random(HashCombine(options_.seed, step));
    for (size_t group = 0; group <= passages_.group_begin.size(); ++group) {
      const auto begin = usable_.begin() + Place(group == 0 ? 0 : passages_.group_begin[group - 1]);
      const auto end = group == passages_.group_begin.size()
                           ? usable_.end()
                           : usable_.begin() + Place(passages_.group_begin[group]);
      std::vector<uint32_t> drawn(begin, end);
      for (size_t i = drawn.size(); i > 1; --i) std::swap(drawn[i - 1], drawn[random.Below(i)]);
      drawn.resize(drawn.size() / pairs_ * pairs_);
      order_.insert(order_.end(), drawn.begin(), drawn.end());
    }
    if (passages_.group_begin.empty()) return;
    for (size_t i = order_.size() / pairs_; i > 1; --i) {
      const size_t other = random.Below(i);
      if (other == i - 1) continue;
      std::swap_ranges(&order_[(i - 1) * pairs_], &order_[(i - 1) * pairs_] + pairs_,
                       &order_[other * pairs_]);
    }
  }
  // How many usable passages there are before `passage`.
  ptrdiff_t Place(size_t passage) const {
    return std::lower_bound(usable_.begin(), usable_.end(), passage) - usable_.begin();
  }

  void Weigh(Text& text) const {
    CountOccurrences(text.tokens, text.counted);
    text.terms.clear();
    text.weights.clear();
    for (const CountedTerm& entry : text.counted) {
      text.terms.push_back(entry.term);
      text.weights.push_back(TermFrequencyWeight(entry.count) *
                             std::exp(vectors_.weights[entry.term]));
    }
  }

  // For each term of the batch, which texts it stands in.
  void ListUses() {
    for (const uint32_t term : touched_) place_of_[term] = CorpusTerms::kNoTerm;
    touched_.clear();
    use_begin_.clear();
    for (const Text& text : texts_) {
      for (const uint32_t term : text.terms) {
        uint32_t& place = place_of_[term];
        if (place == CorpusTerms::kNoTerm) {
          place = static_cast<uint32_t>(touched_.size());
          touched_.push_back(term);
          use_begin_.push_back(0);
        }
        ++use_begin_[place];
      }
    }
    uint32_t uses = 0;
    for (uint32_t& begin : use_begin_) uses += std::exchange(begin, uses);
    use_texts_.resize(uses);
    use_weights_.resize(uses);
    for (size_t i = 0; i < texts_.size(); ++i) {
      for (size_t j = 0; j < texts_[i].terms.size(); ++j) {
        const uint32_t use = use_begin_[place_of_[texts_[i].terms[j]]]++;
        use_texts_[use] = static_cast<uint32_t>(i);
        use_weights_[use] = texts_[i].weights[j];
      }
    }
    use_begin_.insert(use_begin_.begin(), 0);  // each had moved on to where the next one begins
  }

  Status Embed() {
    return ForEachRange(pool_, texts_.size(), kTextGrain, context_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        float* const unit = &units_[i * stride_];
        SumRows({vectors_.rows.data(), stride_}, texts_[i].terms, texts_[i].weights, stride_, unit);
        lengths_[i] = std::max(std::sqrt(DotProduct(unit, unit, stride_)), kShortest);
        const float scale = 1.0f / lengths_[i];
        for (size_t j = 0; j < stride_; ++j) unit[j] *= scale;
      }
    });
  }

  // Whether the answer of one pair of the batch answers the question of the other, too.
  bool IsNoMistake(size_t i, size_t j) const {
    return answer_hashes_[i] == answer_hashes_[j] ||
           (question_hashes_[i] != 0 && question_hashes_[i] == question_hashes_[j]);
  }

  const float* Questions() const { return units_.data(); }
  const float* Answers() const { return &units_[pairs_ * stride_]; }

  // similarities := the derivative of the loss by each cosine.
  Status Compare() {
    const size_t blocks = (pairs_ + kBlock - 1) / kBlock;
    std::vector<std::vector<float>> block_sums(blocks);
    const int width = static_cast<int>(stride_);
    const int ld = static_cast<int>(padded_);
    QUARRY_RETURN_IF_ERROR(
        ForEachRange(pool_, pairs_, kBlock, context_, [&](size_t begin, size_t end) {
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(end - begin),
                      static_cast<int>(pairs_), width, 1.0f, Questions() + begin * stride_, width,
                      Answers(), width, 0.0f, &similarities_[begin * padded_], ld);
          std::vector<float>& sums = block_sums[begin / kBlock];
          sums.assign(padded_, 0.0f);
          for (size_t i = begin; i < end; ++i) {
            float* const row = &similarities_[i * padded_];
            for (size_t j = 0; j < pairs_; ++j) {
              if (i != j && IsNoMistake(i, j)) row[j] = kMasked;
            }
            std::fill(row + pairs_, row + padded_, kMasked);
            row_sums_[i] = ExpInPlace(1.0f / options_.temperature, row, padded_);
            AccumulateFloats(1.0f, row, padded_, sums.data());
          }
        }));
    std::fill(column_sums_.begin(), column_sums_.end(), 0.0f);
    for (const std::vector<float>& sums : block_sums) {
      AccumulateFloats(1.0f, sums.data(), padded_, column_sums_.data());
    }
    for (float& sum : column_sums_) sum = 1.0f / sum;
    const float scale = 0.5f / (options_.temperature * static_cast<float>(pairs_));
    return ForEachRange(pool_, pairs_, kBlock, context_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        float* const row = &similarities_[i * padded_];
        const float row_scale = 1.0f / row_sums_[i];
        for (size_t j = 0; j < padded_; ++j) row[j] *= scale * (row_scale + column_sums_[j]);
        row[i] -= 2.0f * scale;
      }
    });
  }

  // gradients := the derivative of the loss by the sum of each text's terms.
  Status Descend() {
    const int width = static_cast<int>(stride_);
    const int ld = static_cast<int>(padded_);
    const int all = static_cast<int>(pairs_);
    // Blocks of questions, then blocks of answers.
    const size_t blocks = (pairs_ + kBlock - 1) / kBlock;
    return ForEachRange(pool_, 2 * blocks, 1, context_, [&](size_t block, size_t) {
      const bool of_answers = block >= blocks;
      const size_t begin = (of_answers ? block - blocks : block) * kBlock;
      const size_t count = std::min(kBlock, pairs_ - begin);
      const size_t text = of_answers ? pairs_ + begin : begin;
      float* const out = &gradients_[text * stride_];
      if (of_answers) {
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, static_cast<int>(count), width, all,
                    1.0f, &similarities_[begin], ld, Questions(), width, 0.0f, out, width);
      } else {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(count), width, all,
                    1.0f, &similarities_[begin * padded_], ld, Answers(), width, 0.0f, out, width);
      }
      for (size_t i = text; i < text + count; ++i) {
        float* const gradient = &gradients_[i * stride_];
        const float* const unit = &units_[i * stride_];
        const float along = DotProduct(unit, gradient, stride_);
        const float scale = 1.0f / lengths_[i];
        for (size_t j = 0; j < stride_; ++j) gradient[j] = (gradient[j] - along * unit[j]) * scale;
      }
    });
  }

  Status Update(uint64_t step, uint64_t steps) {
    double rate = options_.learning_rate;
    if (step < kWarmUpSteps) {
      rate *= static_cast<double>(step + 1) / kWarmUpSteps;
    } else if (steps > kWarmUpSteps) {
      rate *= 1.0 - (1.0 - kLastRate) * static_cast<double>(step - kWarmUpSteps) /
                        static_cast<double>(steps - kWarmUpSteps);
    }
    const double n = static_cast<double>(step + 1);
    const double correction = std::sqrt(1.0 - std::pow(kBeta2, n));
    const AdamStep adam = {
        .beta1 = static_cast<float>(kBeta1),
        .beta2 = static_cast<float>(kBeta2),
        .rate = static_cast<float>(rate * correction / (1.0 - std::pow(kBeta1, n))),
        .epsilon = static_cast<float>(kEpsilon * correction)};
    return ForEachRange(
        pool_, touched_.size(), kTermGrain, context_, [&](size_t begin, size_t end) {
          std::vector<float> gradient(stride_);
          for (size_t place = begin; place < end; ++place) {
            const uint32_t term = touched_[place];
            float* const row = vectors_.Row(term);
            const uint32_t uses = use_begin_[place + 1] - use_begin_[place];
            SumRows({gradients_.data(), stride_}, {&use_texts_[use_begin_[place]], uses},
                    {&use_weights_[use_begin_[place]], uses}, stride_, gradient.data());
            // A weight multiplies the whole row: its derivative is the row's share of the gradient.
            UpdateWeight(adam, term, DotProduct(gradient.data(), row, stride_));
            const size_t at = term * stride_;
            AdamUpdate(adam, gradient.data(), stride_, row, &first_moments_[at],
                       &second_moments_[at]);
          }
        });
  }

  void UpdateWeight(const AdamStep& adam, uint32_t term, float gradient) {
    float& m = weight_moments_[2 * term];
    float& v = weight_moments_[2 * term + 1];
    m = adam.beta1 * m + (1.0f - adam.beta1) * gradient;
    v = adam.beta2 * v + (1.0f - adam.beta2) * (gradient * gradient);
    vectors_.weights[term] -= adam.rate * m / (std::sqrt(v) + adam.epsilon);
  }

  const Passages& passages_;
  const ContrastiveOptions& options_;
  ThreadPool* const pool_;
  const CallContext& context_;
  TermVectors& vectors_;
  const size_t stride_;
  size_t pairs_ = 0;   // of a batch
  size_t padded_ = 0;  // pairs_, as a multiple of 8

  std::vector<uint32_t> usable_;  // passages of at least two tokens
  std::vector<uint32_t> order_;   // of this round
  size_t next_ = 0;               // in order_

  // Of the batch.
  std::vector<Text> texts_;
  std::vector<uint64_t> answer_hashes_;
  std::vector<uint64_t> question_hashes_;  // of judged questions; 0 = drawn from a passage
  std::vector<uint32_t> touched_;          // terms, as they first occur
  std::vector<uint32_t> place_of_;         // by term: its place in touched_
  std::vector<uint32_t> use_begin_;        // by place, positions in what follows
  std::vector<uint32_t> use_texts_;
  std::vector<float> use_weights_;
  std::vector<float> lengths_;
  std::vector<float> units_;
  std::vector<float> gradients_;
  std::vector<float> similarities_;
  std::vector<float> row_sums_;
  std::vector<float> column_sums_;

  std::vector<float> first_moments_;
  std::vector<float> second_moments_;
  std::vector<float> weight_moments_;
};

}  // namespace

Status LearnContrastively(const Passages& passages, const ContrastiveOptions& options,
                          ThreadPool* pool, const CallContext& context,
                          const std::function<void(uint64_t done, uint64_t total)>& progress,
                          TermVectors& vectors) {
  return Learner(passages, options, pool, context, vectors).Run(progress);
}

}  // namespace quarry::model
