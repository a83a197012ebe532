// What the levels of the answer cache serve of labelled pairs of questions, and what of it is false.
//
//   cache_pairs FILE...         a table per file (ParseQuestionPairs); of each half is fitted on, half
//                               reported
//   cache_pairs --learn FILE... the weights of retrieval/pair_classifier.cc, from the first half of
//                               each file
//   cache_pairs --traps         what of each class of tests/testing/question_traps.h passes
//   cache_pairs --stream FILE   a stream of paraphrased questions: calls saved
//   cache_pairs --reach FILE    over a collection of the file's own texts: of how many true pairs the
//                               answer to the one question is about the other too (what it cites is
//                               found), and how long a hit of level i takes
//
// Similarities are those of an embedder that is learnt from the questions of the file's first half.
// Beside the levels stand: cosine alone, its threshold fitted for the same bound; and GPTCache's
// default rule, squared Euclidean distance of unit vectors within 0.8 (a similarity threshold of 0.8
// on a rank of 4 - distance).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "bench/measure.h"
#include "model/learnt_embedder.h"
#include "retrieval/cache_scope.h"
#include "retrieval/cache_tuning.h"
#include "retrieval/pair_classifier.h"
#include "retrieval/question_gate.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/question_traps.h"

namespace quarry::bench {
namespace {

using namespace retrieval;

constexpr double kBound = 0.01;
constexpr size_t kMostPairs = 12'000;  // of a file

std::vector<QuestionPair> Read(const std::string& path) {
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) Fatal(__FILE__, __LINE__, bytes.status().ToString().c_str());
  Result<std::vector<QuestionPair>> pairs = ParseQuestionPairs(*bytes, path);
  if (!pairs.ok()) Fatal(__FILE__, __LINE__, pairs.status().ToString().c_str());
  // Files are sorted by nothing that we know: shuffled, so that halves are alike.
  Random random(7);
  for (size_t i = pairs->size(); i > 1; --i) std::swap((*pairs)[i - 1], (*pairs)[random.Below(i)]);
  if (pairs->size() > kMostPairs) pairs->resize(kMostPairs);
  return *std::move(pairs);
}

std::shared_ptr<const model::Embedder> Learn(const std::vector<QuestionPair>& pairs) {
  const model::TextSource source = [&](const std::function<void(std::string_view)>& visit) {
    for (size_t i = 0; i < pairs.size(); i += 2) {
      visit(pairs[i].a);
      visit(pairs[i].b);
    }
    return OkStatus();
  };
  auto embedder = model::LearnEmbedder(source, {}, CallContext());
  if (!embedder.ok()) Fatal(__FILE__, __LINE__, embedder.status().ToString().c_str());
  return *embedder;
}

EmbeddingMatrix Embed(const model::Embedder& embedder, const std::vector<std::string>& texts) {
  return embedder.Embed(texts, model::EmbeddingRole::kQuery, CallContext()).value();
}

double Inner(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

std::vector<double> Similarities(const model::Embedder& embedder,
                                 const std::vector<QuestionPair>& pairs) {
  std::vector<double> similarities;
  for (const QuestionPair& pair : pairs) {
    const EmbeddingMatrix vectors = Embed(embedder, {pair.a, pair.b});
    similarities.push_back(Inner(vectors.Row(0), vectors.Row(1)));
  }
  return similarities;
}

void Print(const char* name, const HitRates& rates) {
  std::printf("  %-34s hits %6llu  false %5llu (%.2f %%, at most %.2f %%)  of the same %.2f %%\n",
              name, static_cast<unsigned long long>(rates.hits),
              static_cast<unsigned long long>(rates.false_hits), rates.false_hit_rate * 100,
              rates.upper_bound * 100, rates.hit_rate * 100);
}

void Table(const std::string& path) {
  const std::vector<QuestionPair> pairs = Read(path);
  const auto embedder = Learn(pairs);
  const std::vector<double> similarities = Similarities(*embedder, pairs);
  std::vector<ScoredPair> level_one, cosine, gptcache, gate, oracle;
  const PairClassifier classifier;
  const std::vector<ScoredPair> learnt =
      ScorePairs(pairs, similarities, classifier, CallContext()).value();
  size_t relabelled = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const ScoredPair& one = learnt[i];
    relabelled += one.equal && !one.same;
    level_one.push_back({.score = one.equal ? 1.0 : 0.0, .open = true, .same = one.same});
    cosine.push_back({.score = similarities[i], .open = true, .same = one.same});
    gptcache.push_back({.score = 2 * similarities[i] - 2, .open = true, .same = one.same});
    gate.push_back({.score = 1, .open = one.open, .equal = one.equal, .same = one.same});
    oracle.push_back(
        {.score = one.same ? 1.0 : 0.0, .open = one.open, .equal = one.equal, .same = one.same});
  }
  const auto odd = [](const std::vector<ScoredPair>& all) {
    std::vector<ScoredPair> half;
    for (size_t i = 1; i < all.size(); i += 2) half.push_back(all[i]);
    return half;
  };
  size_t same = 0;
  for (const QuestionPair& pair : pairs) same += pair.same;
  std::printf("%s: %zu pairs, %.1f %% labelled the same; equal and labelled otherwise: %zu\n",
              path.c_str(), pairs.size(),
              100.0 * static_cast<double>(same) / static_cast<double>(pairs.size()), relabelled);
  Print("level i", RatesAt(odd(level_one), 1));
  Print("gate alone", RatesAt(odd(gate), 1));
  Print("gate, verifier by the labels", RatesAt(odd(oracle), 1));
  const CacheTuning pairs_tuning = Tune(learnt, kBound);
  Print(pairs_tuning.holds ? "gate, pair classifier (open)" : "gate, pair classifier (closed)",
        pairs_tuning.reported);
  const CacheTuning cosine_tuning = Tune(cosine, kBound);
  Print(
      cosine_tuning.holds ? "cosine alone, fitted (holds)" : "cosine alone, fitted (does not hold)",
      cosine_tuning.reported);
  Print("GPTCache's rule", RatesAt(odd(gptcache), -0.8));
}

// Logistic regression by gradient descent with a ridge; the same every time.
void LearnWeights(const std::vector<std::string>& paths) {
  std::vector<std::pair<PairFeatures, double>> rows;
  for (const std::string& path : paths) {
    const std::vector<QuestionPair> pairs = Read(path);
    const auto embedder = Learn(pairs);
    const std::vector<double> similarities = Similarities(*embedder, pairs);
    for (size_t i = 0; i < pairs.size(); i += 2) {
      rows.emplace_back(FeaturesOf(pairs[i].a, pairs[i].b, similarities[i]),
                        pairs[i].same ? 1.0 : 0.0);
    }
  }
  PairFeatures weights{};
  const double n = static_cast<double>(rows.size());
  for (int step = 0; step < 20'000; ++step) {
    PairFeatures gradient{};
    for (const auto& [features, label] : rows) {
      double sum = 0;
      for (size_t i = 0; i < kPairFeatures; ++i) sum += weights[i] * features[i];
      const double error = 1 / (1 + std::exp(-sum)) - label;
      for (size_t i = 0; i < kPairFeatures; ++i) gradient[i] += error * features[i] / n;
    }
    for (size_t i = 0; i < kPairFeatures; ++i) {
      weights[i] -= 0.5 * (gradient[i] + 1e-4 * weights[i]);
    }
  }
  std::printf("%zu pairs\n{", rows.size());
  for (size_t i = 0; i < kPairFeatures; ++i) std::printf("%s%.3f", i == 0 ? "" : ", ", weights[i]);
  std::printf("}\n");
}

void Traps() {
  constexpr size_t kCount = 600;
  std::printf(
      "| class | edited, level i, %% | edited, gate, %% | rephrased, level i, %% | rephrased, "
      "gate, %% |\n"
      "|---|---|---|---|---|\n");
  for (const testing::TrapClass& made : testing::MakeQuestionTraps(kCount)) {
    std::printf("| %s", made.name.c_str());
    for (const auto* traps : {&made.edited, &made.rephrased}) {
      size_t equal = 0;
      size_t open = 0;
      for (const testing::QuestionTrap& trap : *traps) {
        equal += NormaliseQuestion(trap.a).text == NormaliseQuestion(trap.b).text;
        open += CompareQuestions(FactsOf(trap.a), FactsOf(trap.b)).open;
      }
      std::printf(" | %.2f | %.2f", 100.0 * static_cast<double>(equal) / kCount,
                  100.0 * static_cast<double>(open) / kCount);
    }
    std::printf(" |\n");
  }
}

// Questions that people say are one, by union of pairs; asked in the order of a Zipf law of exponent 1,
// each time in one of their spellings.
void Stream(const std::string& path) {
  constexpr size_t kAsked = 10'000;
  constexpr size_t kQuestions = 2'000;
  const std::vector<QuestionPair> pairs = Read(path);
  std::vector<std::vector<std::string>> questions;
  std::map<std::string, size_t> of;
  for (const QuestionPair& pair : pairs) {
    if (!pair.same || questions.size() == kQuestions) continue;
    const auto a = of.find(pair.a);
    const auto b = of.find(pair.b);
    if (a == of.end() && b == of.end()) {
      of[pair.a] = of[pair.b] = questions.size();
      questions.push_back({pair.a, pair.b});
    } else if (a == of.end() || b == of.end()) {
      const size_t at = a == of.end() ? b->second : a->second;
      const std::string& text = a == of.end() ? pair.a : pair.b;
      of[text] = at;
      questions[at].push_back(text);
    }
  }
  std::vector<double> cumulative;
  double sum = 0;
  for (size_t i = 0; i < questions.size(); ++i)
    cumulative.push_back(sum += 1.0 / (1.0 + static_cast<double>(i)));
  Random random(5);
  size_t exact = 0, one = 0, gated = 0, possible = 0;
  std::set<std::string> literal, forms;
  std::vector<std::vector<std::string>> stored(questions.size()), stored_gated(questions.size());
  for (size_t i = 0; i < kAsked; ++i) {
    const size_t at = static_cast<size_t>(
        std::lower_bound(cumulative.begin(), cumulative.end(), random.Uniform() * sum) -
        cumulative.begin());
    const std::string& text = questions[at][random.Below(questions[at].size())];
    exact += !literal.insert(text).second;
    const bool equal = !forms.insert(NormaliseQuestion(text).text).second;
    one += equal;
    possible += !stored[at].empty();
    stored[at].push_back(text);
    bool hit = equal;
    for (size_t j = 0; !hit && j < stored_gated[at].size(); ++j) {
      hit = CompareQuestions(FactsOf(text), FactsOf(stored_gated[at][j])).open;
    }
    gated += hit;
    if (!hit) stored_gated[at].push_back(text);
  }
  std::printf("%s: %zu questions in %zu spellings, asked %zu times\n", path.c_str(),
              questions.size(), of.size(), kAsked);
  const auto percent = [&](size_t saved) {
    return 100.0 * static_cast<double>(saved) / static_cast<double>(kAsked);
  };
  std::printf(
      "  calls saved: the same bytes %.1f %%, level i %.1f %%, with a verifier that is always "
      "right %.1f %%, at most %.1f %%\n",
      percent(exact), percent(one), percent(gated), percent(possible));
}

// A document per text. What an answer cites is taken to be the passage that is found first.
void Reach(const std::string& path) {
  constexpr size_t kTexts = 4'000;
  constexpr size_t kHits = 3'000;
  const std::vector<QuestionPair> pairs = Read(path);
  testing::TestEngine engine;
  retrieval::CacheOptions options;
  options.min_cost_millis = 0;
  options.audit_share = 0;
  engine.UseCache(options);
  std::set<std::string> texts;
  for (const QuestionPair& pair : pairs) {
    if (texts.size() >= kTexts) break;
    texts.insert(pair.a);
    texts.insert(pair.b);
  }
  std::vector<Document> documents;
  for (const std::string& text : texts) {
    documents.push_back(testing::TextDocument("t" + std::to_string(documents.size()), "", text));
  }
  engine.Add(std::move(documents));
  const auto snapshot = engine.snapshot();
  size_t same = 0;
  size_t kept = 0;
  for (const QuestionPair& pair : pairs) {
    if (!pair.same || !texts.contains(pair.a) || !texts.contains(pair.b)) continue;
    Query query;
    query.text = pair.a;
    const Context stored = engine.answerer.MakeContext(query, *snapshot, CallContext()).value();
    query.text = pair.b;
    const Context asked = engine.answerer.MakeContext(query, *snapshot, CallContext()).value();
    if (stored.passages.empty()) continue;
    ++same;
    const ChunkId cited = stored.passages[0].chunk.id;
    kept += std::any_of(asked.passages.begin(), asked.passages.end(),
                        [&](const Passage& passage) {
                          const std::vector<ChunkId> chunks = ChunksOf(passage);
                          return std::find(chunks.begin(), chunks.end(), cited) != chunks.end();
                        }) ||
            std::any_of(asked.dropped.begin(), asked.dropped.end(),
                        [&](const DroppedPassage& passage) { return passage.chunk == cited; });
  }
  std::printf("%s: %zu texts; of %zu pairs of the same, %zu (%.1f %%) keep what is cited\n",
              path.c_str(), texts.size(), same, kept,
              100.0 * static_cast<double>(kept) / static_cast<double>(same));
  std::vector<double> seconds;
  for (const std::string& text : texts) {
    Query query;
    query.text = text;
    const auto ask = [&] {
      return engine.cached_answerer
          ->Ask(query, *snapshot, generation::CacheUse::kRead, nullptr, CallContext())
          .value();
    };
    if (ask().abstained) continue;
    const double start = Seconds();
    if (ask().cache.hit()) seconds.push_back(Seconds() - start);
    if (seconds.size() == kHits) break;
  }
  std::sort(seconds.begin(), seconds.end());
  if (seconds.empty()) return;
  std::printf("  %zu hits of level i: p50 %.3f ms, p99 %.3f ms\n", seconds.size(),
              seconds[seconds.size() / 2] * 1e3, seconds[seconds.size() * 99 / 100] * 1e3);
}

int Run(std::vector<std::string> arguments) {
  if (arguments.empty()) {
    std::fprintf(stderr, "usage: cache_pairs [--learn | --stream | --reach] FILE... | --traps\n");
    return 2;
  }
  const std::string mode = arguments[0];
  if (mode.starts_with("--")) arguments.erase(arguments.begin());
  if (mode == "--traps") {
    Traps();
  } else if (mode == "--learn") {
    LearnWeights(arguments);
  } else {
    for (const std::string& path : arguments) {
      if (mode == "--stream") {
        Stream(path);
      } else {
        mode == "--reach" ? Reach(path) : Table(path);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  return quarry::bench::Run(std::vector<std::string>(argv + 1, argv + argc));
}
