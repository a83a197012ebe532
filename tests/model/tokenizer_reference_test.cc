// Token ids against those of other programs, on lines of English, Chinese, markup and rare characters:
// WordPiece and BPE against @huggingface/transformers (tests/tools/tokenizer_fixture.js), Unigram
// against sentencepiece (tests/tools/unigram_fixture.py).

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/tokenizer.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

struct LinesOf {
  const char* file;
  size_t count;
};
const std::vector<LinesOf> kLines = {{"retrieval/scifact/corpus.jsonl", 2000},
                                     {"retrieval/cmrc2018_dev/queries.jsonl", 2000},
                                     {"retrieval/squad_v2_dev_cs224n/queries.jsonl", 2000},
                                     {"text/commonmark_spec/spec.txt", 1500},
                                     {"retrieval/dureader_robust_dev/corpus.jsonl", 1000},
                                     {"text/sighan_pku/pku_test.utf8", 1000},
                                     {"text/unicode_breaks/WordBreakTest.txt", 500}};

const std::vector<LinesOf> kUnigramLines = {{"retrieval/scifact/corpus.jsonl", 1000},
                                            {"retrieval/cmrc2018_dev/queries.jsonl", 1000},
                                            {"text/sighan_pku/pku_test.utf8", 1000},
                                            {"text/commonmark_spec/spec.txt", 500}};

// None where the data is absent.
std::vector<std::string> ReadLines(const std::vector<LinesOf>& parts) {
  std::vector<std::string> lines;
  for (const LinesOf& part : parts) {
    const std::optional<std::string> path = testing::DataPath(part.file);
    if (!path) return {};
    std::ifstream in(*path);
    std::string line;
    for (size_t i = 0; i < part.count && std::getline(in, line); ++i) lines.push_back(line);
  }
  return lines;
}

uint32_t HashOf(const std::vector<uint32_t>& ids) {
  uint32_t hash = 0x811C9DC5u;
  for (const uint32_t id : ids) {
    for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ (id >> shift & 0xFF)) * 0x01000193u;
  }
  return hash;
}

std::string FixturePath(const std::string& name) {
  return testing::SourceDirectory() + "/tests/fixtures/" + name;
}

void ExpectIdsOf(const std::string& fixture, const Tokenizer& tokenizer,
                 const std::vector<LinesOf>& parts = kLines, bool sorted = false) {
  const std::vector<std::string> lines = ReadLines(parts);
  ASSERT_GE(lines.size(), 3500u);
  std::ifstream in(FixturePath(fixture));
  in >> std::hex;
  size_t wrong = 0;
  for (const std::string& line : lines) {
    uint32_t expected = 0;
    ASSERT_TRUE(in >> expected);
    ASSERT_OK_AND_ASSIGN(std::vector<uint32_t> ids, tokenizer.Tokenize(line));
    if (sorted) std::sort(ids.begin(), ids.end());
    if (HashOf(ids) != expected && ++wrong <= 5) ADD_FAILURE() << "other ids: " << line;
  }
  EXPECT_EQ(wrong, 0u);
}

TEST(TokenizerReferenceTest, WordPieceOfTokenizerJsonGivesItsIds) {
  const std::optional<std::string> folder = testing::DataPath("text/minilm_l6_tokenizer");
  if (!folder || ReadLines(kLines).empty()) GTEST_SKIP() << "no ../shared/data";
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(*folder));
  ExpectIdsOf("wordpiece_minilm.txt", *tokenizer);
}

TEST(TokenizerReferenceTest, WordPieceOfVocabTxtGivesItsIds) {
  const std::optional<std::string> folder = testing::DataPath("text/bert_base_chinese_vocab");
  if (!folder || ReadLines(kLines).empty()) GTEST_SKIP() << "no ../shared/data";
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(*folder));
  ExpectIdsOf("wordpiece_chinese.txt", *tokenizer);
}

TEST(TokenizerReferenceTest, BytePairsOfGpt2GiveItsIds) {
  const std::optional<std::string> folder = testing::DataPath("text/gpt2_bpe");
  if (!folder || ReadLines(kLines).empty()) GTEST_SKIP() << "no ../shared/data";
  using ReferenceJson = nlohmann::json;
  ReferenceJson merges = ReferenceJson::array();
  std::ifstream list(*folder + "/vocab.bpe");
  std::string line;
  std::getline(list, line);  // "#version: 0.2"
  while (std::getline(list, line)) merges.push_back(line);
  std::ifstream vocabulary(*folder + "/encoder.json");
  const ReferenceJson json = {
      {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
      {"model",
       {{"type", "BPE"}, {"vocab", ReferenceJson::parse(vocabulary)}, {"merges", merges}}}};
  const TemporaryDirectory made = testing::MakeTemporaryDirectory();
  testing::WriteText(made.path(), "tokenizer.json", json.dump());
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(made.path()));
  ExpectIdsOf("bpe_gpt2.txt", *tokenizer);
}

TEST(TokenizerReferenceTest, UnigramGivesTheIdsOfSentencepiece) {
  if (ReadLines(kUnigramLines).empty()) GTEST_SKIP() << "no ../shared/data";
  const TemporaryDirectory made = testing::MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::string json, ReadFile(FixturePath("unigram_tokenizer.json")));
  testing::WriteText(made.path(), "tokenizer.json", json);
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(made.path()));
  // In ascending order: of ways with the same tokens in another order sentencepiece takes the one that
  // the rounding of its sums over the whole line prefers.
  ExpectIdsOf("unigram_ids.txt", *tokenizer, kUnigramLines, /*sorted=*/true);
}

}  // namespace
}  // namespace quarry::model
