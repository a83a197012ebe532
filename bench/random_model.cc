// Writes the folder of a cross-encoder of random weights, which bench/collections.sh reranks with: it
// measures what a reranker passes through, not what one is worth.
//
//   random_model FOLDER

#include <cstdio>

#include "tests/testing/model_testing.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: random_model FOLDER\n");
    return 2;
  }
  constexpr uint32_t kVocabulary =
      100;  // letters, mostly: 128 of them are what it reads of a passage
  quarry::testing::WriteVocabulary(argv[1], kVocabulary);
  quarry::testing::WriteModel(argv[1], {.vocabulary = kVocabulary, .positions = 128, .labels = 1});
  return 0;
}
