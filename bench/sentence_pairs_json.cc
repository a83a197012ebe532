// How well cosines of the shipped table follow what people say of pairs of sentences.
//
//   sentence_pairs FILE...         each as ../shared/data/pairs/*.jsonl
//   sentence_pairs --table TABLE FILE...
//
// A line is {"a": "..", "b": "..", "score": 0 to 5} or {.., "label": 0 or 1}. Prints a row per
// file: with scores Spearman's rank correlation, with labels the area under the ROC curve (how
// often a pair of label 1 has a higher cosine than one of label 0; ties count half).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/learnt_embedder.h"
#include "model/shipped_table.h"
#include "model/text_weights.h"

namespace quarry::bench {
namespace {

struct Pairs {
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<double> wanted;
  bool scored = false;  // else labels
};

Pairs ReadPairs(const char* path) {
  Pairs pairs;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json object = nlohmann::json::parse(line);
    pairs.scored = object.contains("score");
    const nlohmann::json& wanted = object[pairs.scored ? "score" : "label"];
    if (!wanted.is_number()) continue;
    pairs.first.push_back(object["a"]);
    pairs.second.push_back(object["b"]);
    pairs.wanted.push_back(wanted);
  }
  return pairs;
}

// From 1; equal values share the mean of theirs.
std::vector<double> Ranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) {
      ranks[order[i]] = (static_cast<double>(begin + end) + 1) / 2;
    }
    begin = end;
  }
  return ranks;
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

// Mann and Whitney's statistic by ranks.
double AreaUnderCurve(const std::vector<double>& values, const std::vector<double>& labels) {
  const std::vector<double> ranks = Ranks(values);
  double ones = 0;
  double sum = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 1) continue;
    ++ones;
    sum += ranks[i];
  }
  return (sum - ones * (ones + 1) / 2) / (ones * (static_cast<double>(labels.size()) - ones));
}

Status Run(int argc, char** argv) {
  int first = 1;
  SharedBytes bytes = model::ShippedTableBytes();
  if (argc > 2 && std::string_view(argv[1]) == "--table") {
    QUARRY_ASSIGN_OR_RETURN(std::string file, ReadFile(argv[2]));
    bytes = ShareString(std::move(file));
    first = 3;
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          model::ParseLearntEmbedder(bytes));
  std::printf("| file | pairs | measure | value |\n|---|---|---|---|\n");
  for (int i = first; i < argc; ++i) {
    const Pairs pairs = ReadPairs(argv[i]);
    if (pairs.wanted.empty()) return InvalidArgumentError(std::string(argv[i]) + ": no pairs");
    const CallContext context;
    QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix a,
                            embedder->Embed(pairs.first, model::EmbeddingRole::kDocument, context));
    QUARRY_ASSIGN_OR_RETURN(
        const EmbeddingMatrix b,
        embedder->Embed(pairs.second, model::EmbeddingRole::kDocument, context));
    std::vector<double> cosines;
    for (size_t row = 0; row < a.rows(); ++row) {
      cosines.push_back(
          std::inner_product(a.Row(row).begin(), a.Row(row).end(), b.Row(row).begin(), 0.0));
    }
    std::printf("| %s | %zu | %s | %.3f |\n", argv[i], cosines.size(),
                pairs.scored ? "Spearman" : "AUC",
                pairs.scored ? Correlation(Ranks(cosines), Ranks(pairs.wanted))
                             : AreaUnderCurve(cosines, pairs.wanted));
  }
  return OkStatus();
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: sentence_pairs [--table TABLE] FILE...\n");
    return 2;
  }
  const quarry::Status status = quarry::bench::Run(argc, argv);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
