// What learning the built-in embedder takes, and what embedding takes then.
//
//   embedder FILE [TEXTS [THREADS]]
//
// FILE holds a text a line. TEXTS of them are learnt from, all by default; where there are fewer,
// they come again, each time with a word of its own. THREADS as embedding.threads. Prints JSON:
// seconds and peak memory of learning, a hash of the table (equal for any number of threads), words
// per second of embedding on one thread, and microseconds for a question of 12 words.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/hash.h"
#include "bench/measure.h"
#include "model/learnt_embedder.h"

namespace quarry::bench {
namespace {

size_t CountWords(const std::string& text) {
  size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool letter = c != ' ';
    words += letter && !inside ? 1 : 0;
    inside = letter;
  }
  return words;
}

int Run(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: embedder FILE [TEXTS [THREADS]]\n");
    return 2;
  }
  std::vector<std::string> texts;
  std::ifstream file(argv[1]);
  for (std::string line; std::getline(file, line);) texts.push_back(line);
  if (texts.empty()) {
    std::fprintf(stderr, "%s: no lines\n", argv[1]);
    return 1;
  }
  const size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : texts.size();
  model::LearningOptions options;
  if (argc > 3) options.threads = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10));

  const model::TextSource source = [&](const std::function<void(std::string_view)>& visit) {
    for (size_t i = 0; i < count; ++i) {
      const std::string& text = texts[i % texts.size()];
      if (i < texts.size()) {
        visit(text);
      } else {
        visit(text + " again" + std::to_string(i));
      }
    }
    return OkStatus();
  };
  double start = Seconds();
  const auto embedder = model::LearnEmbedder(source, options, CallContext());
  const double learn_seconds = Seconds() - start;
  if (!embedder.ok()) {
    std::fprintf(stderr, "%s\n", embedder.status().ToString().c_str());
    return 1;
  }
  const double peak = static_cast<double>(MemoryBytes("VmHWM")) / 1e6;
  const std::string table = model::SerializeLearntEmbedder(**embedder);

  size_t words = 0;
  for (const std::string& text : texts) words += CountWords(text);
  start = Seconds();
  const auto vectors =
      (*embedder)->Embed(texts, model::EmbeddingRole::kDocument, CallContext()).value();
  const double embed_seconds = Seconds() - start;

  const std::vector<std::string> question = {
      "how does the pressure of the outer flow change the heat transfer"};
  constexpr int kQuestions = 20'000;
  start = Seconds();
  for (int i = 0; i < kQuestions; ++i) {
    (void)(*embedder)->Embed(question, model::EmbeddingRole::kQuery, CallContext()).value();
  }
  const double question_micros = (Seconds() - start) / kQuestions * 1e6;

  std::printf(
      "{\"texts\": %zu, \"threads\": %u, \"learn_seconds\": %.2f, \"peak_mb\": %.0f, "
      "\"table_mb\": %.1f, \"table_hash\": \"%s\", \"words_per_second\": %.0f, "
      "\"question_micros\": %.2f}\n",
      count, options.threads, learn_seconds, peak, static_cast<double>(table.size()) / 1e6,
      HashToHex(Hash64(table)).c_str(), static_cast<double>(words) / embed_seconds,
      question_micros);
  return vectors.rows() == texts.size() ? 0 : 1;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Run(argc, argv); }
