// Model folders as a whole: embedders and cross-encoders that are opened, and what is wrong with those
// that are not.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/cross_encoder.h"
#include "model/embedder_cache.h"
#include "model/embedder_factory.h"
#include "model/embedder_folder.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using EmbedderPointer = std::shared_ptr<const Embedder>;
using testing::RandomModel;
using testing::WriteText;

class ModelFolderTest : public ::testing::Test {
 protected:
  ModelFolderTest() {
    testing::WriteModel(path_, RandomModel());
    testing::WriteVocabulary(path_, 100);
  }
  Result<EmbedderPointer> Open() { return OpenFolderEmbedder({.path = path_}); }
  std::string Error() { return Open().status().message(); }
  std::vector<float> Vector(const Embedder& embedder, const std::string& text,
                            EmbeddingRole role = EmbeddingRole::kDocument) {
    const std::string texts[] = {text};
    return embedder.Embed(texts, role, CallContext()).value().values;
  }

  const TemporaryDirectory folder_ = testing::MakeTemporaryDirectory();
  const std::string path_ = folder_.path();
};

TEST_F(ModelFolderTest, AVectorIsOfUnitLengthAndTheSameEveryTime) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Open());
  EXPECT_EQ(embedder->space().dimension, 32u);
  const std::vector<float> vector = Vector(*embedder, "the pump");
  EXPECT_NEAR(testing::LengthOf(vector), 1, 1e-6);
  EXPECT_EQ(Vector(*embedder, "the pump"), vector);
  EXPECT_NE(Vector(*embedder, "the valve"), vector);
  EXPECT_NEAR(testing::LengthOf(Vector(*embedder, "")), 1, 1e-6);  // of the special tokens
}

TEST_F(ModelFolderTest, ManyTextsGiveWhatEachGivesAlone) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Open());
  std::vector<std::string> texts;
  std::string text;
  for (int i = 0; i < 60; ++i) texts.push_back(text += i % 3 == 0 ? " 水泵" : " valves");
  ASSERT_OK_AND_ASSIGN(const EmbeddingMatrix matrix,
                       embedder->Embed(texts, EmbeddingRole::kDocument, CallContext()));
  ASSERT_EQ(matrix.rows(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::vector<float> alone = Vector(*embedder, texts[i]);
    for (size_t j = 0; j < alone.size(); ++j) ASSERT_NEAR(matrix.Row(i)[j], alone[j], 1e-5);
  }
}

TEST_F(ModelFolderTest, ATextIsCutToWhatTheModelTakes) {
  WriteText(path_, "sentence_bert_config.json", R"({"max_seq_length": 5, "do_lower_case": false})");
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Open());
  EXPECT_EQ(Vector(*embedder, "the pump valve holiday a b c"), Vector(*embedder, "the pump valve"));
  EXPECT_NE(Vector(*embedder, "the pump valve"), Vector(*embedder, "the pump"));
  // More than the model has positions for: the model's own limit holds.
  WriteText(path_, "sentence_bert_config.json", R"({"max_seq_length": 5000})");
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer long_embedder, Open());
  std::string text;
  for (int i = 0; i < 200; ++i) text += " pump";
  EXPECT_NEAR(testing::LengthOf(Vector(*long_embedder, text)), 1, 1e-6);
}

TEST_F(ModelFolderTest, PoolingAndPrefixesComeFromTheFolder) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer mean, Open());
  WriteText(path_, "modules.json",
            R"([{"type": "sentence_transformers.models.Transformer", "path": ""},
                {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
                {"type": "sentence_transformers.models.Normalize", "path": "2_Normalize"}])");
  WriteText(path_, "1_Pooling/config.json",
            R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})");
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer cls, Open());
  EXPECT_NE(Vector(*cls, "pump"), Vector(*mean, "pump"));
  EXPECT_NE(cls->space().fingerprint, mean->space().fingerprint);

  WriteText(path_, "config_sentence_transformers.json",
            R"({"prompts": {"query": "pump: ", "document": "valve: "}})");
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer prompted, Open());
  EXPECT_EQ(Vector(*prompted, "the", EmbeddingRole::kQuery), Vector(*cls, "pump: the"));
  EXPECT_EQ(Vector(*prompted, "the", EmbeddingRole::kDocument), Vector(*cls, "valve: the"));
  EXPECT_NE(prompted->space().fingerprint, cls->space().fingerprint);
  // What the caller gives wins.
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer given,
                       OpenFolderEmbedder({.path = path_, .query_prefix = "holiday: "}));
  EXPECT_EQ(Vector(*given, "the", EmbeddingRole::kQuery), Vector(*cls, "holiday: the"));
  EXPECT_EQ(Vector(*given, "the", EmbeddingRole::kDocument), Vector(*cls, "valve: the"));
}

TEST_F(ModelFolderTest, XlmRobertaWithItsUnigramTokenizerEmbeds) {
  const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
  testing::WriteModel(folder.path(), {.type = "xlm-roberta", .types = 1, .epsilon = 1e-5});
  testing::WriteUnigramTokenizer(folder.path());
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, OpenFolderEmbedder({.path = folder.path()}));
  EXPECT_THAT(embedder->space().fingerprint, HasSubstr("xlm-roberta:2:"));
  EXPECT_NEAR(testing::LengthOf(Vector(*embedder, "水泵 pump")), 1, 1e-6);
}

TEST_F(ModelFolderTest, AStaticTableGivesTheMeanOfItsTokens) {
  const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
  testing::WriteVocabulary(folder.path(), 100);
  WriteText(folder.path(), "config.json", R"({"model_type": "model2vec", "normalize": true})");
  testing::TensorFile file;
  const std::vector<float> table = testing::RandomTensor({}, "embeddings", 100 * 8);
  file.tensors["embeddings"] = {{100, 8}, table};
  WriteText(folder.path(), "model.safetensors", file.Bytes());
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, OpenFolderEmbedder({.path = folder.path()}));
  const std::vector<float> vector = Vector(*embedder, "the PUMP \u5b57");  // the last is unknown
  std::vector<float> expected;
  for (size_t j = 0; j < 8; ++j) expected.push_back(table[61 * 8 + j] + table[62 * 8 + j]);
  const double length = testing::LengthOf(expected);
  for (size_t j = 0; j < 8; ++j) EXPECT_NEAR(vector[j], expected[j] / length, 1e-6);
  EXPECT_EQ(testing::LengthOf(Vector(*embedder, "\u5b57")), 0);
}

// A tokenizer without special tokens: of a text of white space nothing is left.
constexpr char kPlainTokenizer[] =
    R"({"pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"vocab": {"[UNK]": 0, "pump": 1, "valve": 2}},
        "post_processor": {"type": "TemplateProcessing", "special_tokens": {},
          "single": [{"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]}})";

TEST_F(ModelFolderTest, ATextWithoutTokensGivesARowOfZeros) {
  WriteText(path_, "tokenizer.json", kPlainTokenizer);
  for (const char* pooling :
       {"pooling_mode_cls_token", "pooling_mode_mean_tokens", "pooling_mode_max_tokens"}) {
    WriteText(path_, "1_Pooling/config.json", "{\"" + std::string(pooling) + "\": true}");
    ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Open());
    const std::vector<std::string> texts = {"", "pump valve", " \n", "valve", ""};
    ASSERT_OK_AND_ASSIGN(const EmbeddingMatrix matrix,
                         embedder->Embed(texts, EmbeddingRole::kDocument, CallContext()));
    const std::vector<float> zeros(32, 0.0f);
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::vector<float> row(matrix.Row(i).begin(), matrix.Row(i).end());
      EXPECT_EQ(row == zeros, i % 2 == 0) << pooling << " " << i;
      EXPECT_NEAR(testing::LengthOf(row), i % 2 == 0 ? 0 : 1, 1e-6) << pooling << " " << i;
    }
    EXPECT_EQ(Vector(*embedder, " "), zeros);
  }
}

TEST_F(ModelFolderTest, ACrossEncoderGivesAPairWithoutTokensTheScoreZero) {
  testing::WriteModel(path_, {.labels = 1});
  WriteText(path_, "tokenizer.json", kPlainTokenizer);
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Reranker> reranker, OpenCrossEncoder(path_));
  const std::vector<std::string> texts = {"", "pump", " "};
  ASSERT_OK_AND_ASSIGN(const std::vector<float> scores, reranker->Score("", texts, CallContext()));
  EXPECT_THAT(scores, ::testing::ElementsAre(0.0f, ::testing::Gt(0.0f), 0.0f));
  ASSERT_OK_AND_ASSIGN(const std::vector<float> none,
                       reranker->Score("", std::span(&texts[0], 1), CallContext()));
  EXPECT_THAT(none, ::testing::ElementsAre(0.0f));
}

TEST_F(ModelFolderTest, LayersAndTypesThatTheFileHasButTheConfigurationLeavesOutChangeTheSpace) {
  std::vector<std::string> fingerprints;
  for (const auto& [layers, types] : {std::pair(2, 2), std::pair(1, 2), std::pair(2, 0)}) {
    WriteText(path_, "config.json",
              R"({"model_type": "bert", "hidden_act": "gelu", "hidden_size": 32,
                  "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 100,
                  "max_position_embeddings": 66, "layer_norm_eps": 1e-12, "pad_token_id": 0,
                  "num_hidden_layers": )" +
                  std::to_string(layers) + ", \"type_vocab_size\": " + std::to_string(types) + "}");
    ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Open());
    fingerprints.push_back(embedder->space().fingerprint);
  }
  EXPECT_NE(fingerprints[0], fingerprints[1]);
  EXPECT_NE(fingerprints[0], fingerprints[2]);
}

TEST_F(ModelFolderTest, WhatAFolderLacksOrSaysWronglyIsNamed) {
  const auto config = [&](const std::string& text) { WriteText(path_, "config.json", text); };
  EXPECT_EQ(OpenFolderEmbedder({.path = path_ + "/none"}).status().message(),
            path_ + "/none: no such folder");
  config(R"({"model_type": "llama"})");
  EXPECT_EQ(Error(), path_ +
                         "/config.json: model_type: \"llama\" is not known; known are bert, "
                         "camembert, roberta and xlm-roberta");
  config(R"({"model_type": "bert", "position_embedding_type": "relative_key"})");
  EXPECT_EQ(Error(), path_ +
                         "/config.json: position_embedding_type: \"relative_key\"; expected "
                         "absolute");
  config(R"({"model_type": "bert"})");
  EXPECT_EQ(Error(), path_ + "/config.json: hidden_size: missing");
  config("[");
  EXPECT_EQ(Error(), path_ + "/config.json: expected a JSON object");
  std::filesystem::remove(path_ + "/config.json");
  EXPECT_THAT(Error(), HasSubstr(path_ + "/config.json"));
  testing::WriteModel(path_, {.heads = 5});
  EXPECT_EQ(Error(), path_ + "/config.json: hidden_size: 32 is no multiple of the 5 heads");

  testing::WriteModel(path_, {.vocabulary = 99});
  EXPECT_EQ(Error(), path_ + ": the tokenizer has ids up to 99, the model only 99 of them");
  testing::WriteModel(path_, RandomModel());
  WriteText(path_, "modules.json", R"([{"type": "sentence_transformers.models.Dense"}])");
  EXPECT_THAT(Error(),
              HasSubstr("/modules.json: [0].type: \"sentence_transformers.models.Dense\" is "
                        "not known"));
  WriteText(path_, "modules.json",
            R"([{"type": "sentence_transformers.models.Pooling", "path": "../x"}])");
  EXPECT_THAT(Error(), HasSubstr("leads out of the folder"));
  std::filesystem::remove(path_ + "/modules.json");
  WriteText(path_, "1_Pooling/config.json", R"({"pooling_mode_lasttoken": true})");
  EXPECT_THAT(Error(), HasSubstr("pooling_mode_lasttoken: expected one of cls, mean and max"));
  std::filesystem::remove_all(path_ + "/1_Pooling");
  ASSERT_OK(Open().status());

  std::filesystem::remove(path_ + "/vocab.txt");
  EXPECT_THAT(Error(), HasSubstr("has neither tokenizer.json nor vocab.txt"));
  testing::WriteVocabulary(path_, 100);
  testing::TensorFile file = testing::RandomTensors({});
  file.tensors["encoder.layer.0.output.dense.weight"].values[5] =
      std::numeric_limits<float>::quiet_NaN();
  WriteText(path_, "model.safetensors", file.Bytes());
  EXPECT_THAT(Error(), HasSubstr("encoder.layer.0.output.dense.weight\": value 5 is not finite"));
  WriteText(path_, "model.safetensors", testing::RandomTensors({}).Bytes().substr(0, 20'000));
  EXPECT_THAT(Error(), HasSubstr("the file is cut short or damaged"));
  std::filesystem::remove(path_ + "/model.safetensors");
  EXPECT_THAT(Error(), HasSubstr("model.safetensors"));
}

TEST_F(ModelFolderTest, AChangedFolderIsNotTakenForTheOneThatMadeTheVectors) {
  const std::string table = SerializeEmbedderFolder({.path = path_});
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer before, Open());
  EmbedderCache same;
  ASSERT_OK(same.Get(before->space(), std::string(kFolderKind), [&] { return ShareString(table); })
                .status());
  testing::WriteModel(path_, {.seed = 9});
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer after, Open());
  EmbedderCache cache;
  const Status status =
      cache.Get(before->space(), std::string(kFolderKind), [&] { return ShareString(table); })
          .status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.message(),
            "embedder fingerprint mismatch: index=" + before->space().fingerprint +
                " embedder=" + after->space().fingerprint + "; what " + path_ +
                " holds has changed: `quarry embedder switch " + path_ +
                "` embeds the collection by what it holds now");
}

TEST_F(ModelFolderTest, TheRecordOfAFolderIsReadBackAndDamageIsSeen) {
  const std::string bytes = SerializeEmbedderFolder(
      {.path = "/a/../b", .query_prefix = "query: ", .document_prefix = "passage: "});
  ASSERT_OK_AND_ASSIGN(const EmbedderFolder folder, ParseEmbedderFolder(bytes));
  EXPECT_EQ(folder.path, "/b");
  EXPECT_EQ(folder.query_prefix, "query: ");
  EXPECT_EQ(folder.document_prefix, "passage: ");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseEmbedderFolder(bytes.substr(0, size)).status().code(), Code::kDataLoss) << size;
  }
}

TEST_F(ModelFolderTest, AFolderIsTheSameHoweverItsPathIsWritten) {
  const std::string record = SerializeEmbedderFolder({.path = "/models/x"});
  for (const char* path : {"/models/x/", "/models//x//", "/models/x/.", "/models/y/../x/"}) {
    EXPECT_EQ(SerializeEmbedderFolder({.path = path}), record) << path;
  }
  EXPECT_EQ(ParseEmbedderFolder(SerializeEmbedderFolder({.path = "/"}))->path, "/");
  EXPECT_EQ(SerializeEmbedderFolder({.path = "models/x/"}),
            SerializeEmbedderFolder({.path = "models/x"}));
}

// ---- Cross-encoders

TEST_F(ModelFolderTest, ACrossEncoderGivesTheScoresOfTheNumpyReference) {
  // The reference has the ids of random sequences: a table of tokens "t0".."t99" writes any of them.
  std::ifstream fixture(testing::SourceDirectory() + "/tests/fixtures/transformer_vectors.txt");
  std::map<std::string, RandomModel> models;
  models["bert-pair"] = {.labels = 1, .seed = 5};
  models["xlm-roberta-pair"] = {
      .type = "xlm-roberta", .types = 1, .epsilon = 1e-5, .labels = 1, .seed = 6};
  size_t compared = 0;
  for (std::string line; std::getline(fixture, line);) {
    std::istringstream in(line);
    std::string name;
    std::string what;
    size_t length = 0;
    double logit = 0;
    in >> name >> length >> what >> logit;
    if (what != "logits" || length == 1) continue;
    const TemporaryDirectory folder = testing::MakeTemporaryDirectory();
    testing::WriteModel(folder.path(), models.at(name));
    // A tokenizer whose template has no special tokens, so that the pair is the sequence.
    std::string vocabulary = R"("[UNK]": 99)";
    for (int i = 0; i < 99; ++i) {
      vocabulary += ", \"" + std::string(1, static_cast<char>('a' + i / 26)) +
                    std::string(1, static_cast<char>('a' + i % 26)) + "\": " + std::to_string(i);
    }
    WriteText(folder.path(), "tokenizer.json",
              R"({"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"vocab": {)" +
                  vocabulary +
                  R"(}}, "post_processor": {"type": "TemplateProcessing",
                "single": [{"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {},
                "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                         {"Sequence": {"id": "B", "type_id": 1}}]}})");
    Random random(length);
    std::string texts[2];
    for (size_t i = 0; i < length; ++i) {
      const uint64_t id = random.Next() % 100;
      std::string& text = texts[i < length / 2 ? 0 : 1];
      text += id == 99 ? " !"
                       : " " + std::string(1, static_cast<char>('a' + id / 26)) +
                             std::string(1, static_cast<char>('a' + id % 26));
    }
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Reranker> reranker,
                         OpenCrossEncoder(folder.path()));
    ASSERT_OK_AND_ASSIGN(const std::vector<float> scores,
                         reranker->Score(texts[0], std::span(&texts[1], 1), CallContext()));
    EXPECT_NEAR(scores.at(0), 1 / (1 + std::exp(-logit)), 1e-5) << name << " " << length;
    ++compared;
  }
  EXPECT_EQ(compared, 8u);
}

TEST_F(ModelFolderTest, AFolderWithoutAHeadOfOneLabelIsNoReranker) {
  EXPECT_THAT(OpenCrossEncoder(path_).status().message(),
              HasSubstr("expected a model with a classification head"));
  testing::WriteModel(path_, {.labels = 3});
  EXPECT_THAT(OpenCrossEncoder(path_).status().message(),
              HasSubstr("shape [3, 32]; expected a head of one label"));
}

}  // namespace
}  // namespace quarry::model
