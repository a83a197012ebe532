// The files of a model folder: whatever they hold is refused or read, and what is read tokenises any
// text and embeds it through a small model. The first byte chooses the file.

#include <string>

#include "base/file.h"
#include "base/text.h"
#include "model/embedder_folder.h"
#include "model/safetensors.h"
#include "model/tokenizer.h"
#include "model/transformer_config.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/model_testing.h"

namespace quarry::fuzz {
namespace {

const std::string& Folder() {
  static const TemporaryDirectory folder = TemporaryDirectory::Create("model").value();
  return folder.path();
}

// Its path; as quick as a file can be written.
std::string Write(const std::string& folder, const std::string& name, std::string_view bytes) {
  std::string path = folder + "/" + name;
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  QUARRY_CHECK(file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  QUARRY_CHECK(std::fclose(file) == 0);
  return path;
}

// A folder with a model of one layer, for any tokenizer of few ids.
const std::string& ModelFolder() {
  static const TemporaryDirectory folder = [] {
    TemporaryDirectory made = TemporaryDirectory::Create("model").value();
    testing::WriteModel(made.path(), {.hidden = 8,
                                      .layers = 1,
                                      .heads = 2,
                                      .intermediate = 8,
                                      .vocabulary = 100,
                                      .positions = 8});
    return made;
  }();
  return folder.path();
}

// Texts without tokens beside others.
void Embed() {
  const auto embedder = model::OpenFolderEmbedder({.path = ModelFolder()});
  if (!embedder.ok()) return;
  const std::vector<std::string> texts = {"", "h", " Hello  w\u00f6rld, a b c d e f g h", "", " "};
  const Result<EmbeddingMatrix> rows =
      (*embedder)->Embed(texts, model::EmbeddingRole::kDocument, CallContext());
  if (!rows.ok()) return;
  for (size_t i = 0; i < rows->rows(); ++i) {
    float squares = 0;
    for (const float value : rows->Row(i)) squares += value * value;
    QUARRY_CHECK(squares == 0 || (squares > 0.999f && squares < 1.001f));
  }
}

void ReadTokenizer(std::string_view bytes) {
  Write(ModelFolder(), "tokenizer.json", bytes);
  const Result<std::shared_ptr<const model::Tokenizer>> tokenizer =
      model::OpenTokenizer(ModelFolder());
  if (!tokenizer.ok()) return;
  Embed();
  for (const char* text : {"", " Hello  w\u00f6rld, 水泵!\n", "[MASK]<s>  a", "\xff\xc3"}) {
    const Result<std::vector<uint32_t>> ids = (*tokenizer)->Tokenize(text);
    if (!ids.ok()) continue;
    for (const uint32_t id : *ids) QUARRY_CHECK(id < (*tokenizer)->id_limit());
    const Result<model::Encoding> pair = (*tokenizer)->EncodePair(text, "a b c", 8);
    QUARRY_CHECK(!pair.ok() || pair->ids.size() <= 8);
    QUARRY_CHECK(!pair.ok() || pair->ids.size() == pair->types.size());
  }
}

void ReadTensors(std::string_view bytes) {
  const Result<model::Safetensors> file =
      model::Safetensors::Open(Write(Folder(), "x.safetensors", bytes));
  if (!file.ok() || !file->Has("a")) return;
  const Result<model::FloatTensor> floats = file->Floats("a", file->Shape("a"));
  if (!floats.ok()) return;
  float sum = 0;
  for (const float value : floats->values) sum += value;
  QUARRY_CHECK(sum == sum || floats->values.size() > 1);
}

void ReadConfig(std::string_view bytes) {
  Write(Folder(), "config.json", bytes);
  const Result<model::TransformerConfig> config = model::ReadTransformerConfig(Folder());
  QUARRY_CHECK(!config.ok() || config->hidden % config->heads == 0);
  QUARRY_CHECK(!config.ok() || config->max_tokens() > 0);
}

}  // namespace

std::vector<std::string> Seeds() {
  using std::string_literals::operator""s;
  return {
      R"(0{"added_tokens": [{"id": 4, "content": "[MASK]", "lstrip": true}],
 "normalizer": {"type": "Sequence", "normalizers": [{"type": "BertNormalizer", "lowercase": true},
   {"type": "NFKC"}, {"type": "Strip"}, {"type": "Prepend", "prepend": "a"}, {"type": "StripAccents"},
   {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
   {"type": "Precompiled", "precompiled_charsmap": "CAAAAAEBAQEBAQEBYQA="}]},
 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "BertPreTokenizer"},
   {"type": "Digits"}, {"type": "Split", "pattern": {"String": "l"}, "behavior": "MergedWithNext"}]},
 "post_processor": {"type": "BertProcessing", "cls": ["x", 1], "sep": ["y", 2]},
 "model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "h": 1, "##e": 2, "w": 3}}})",
      R"(0{"pre_tokenizer": {"type": "ByteLevel"}, "model": {"type": "BPE", "unk_token": "a",
 "vocab": {"a": 0, "b": 1, "ab": 2, "l": 3, "ll": 4}, "merges": ["a b", ["l", "l"]]}})",
      R"(0{"pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "first"}, "post_processor":
 {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair":
 [{"SpecialToken": {"id": "s", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
  {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {"s": {"ids": [0]}}},
 "model": {"type": "Unigram", "unk_id": 0, "vocab": [["u", 0], ["a", -1.5], ["▁", -2], ["He", -3]]}})",
      "1\x3d\0\0\0\0\0\0\0"s +
          R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0, 8]}}      )" +
          "\0\0\x80\x3f\0\0\0\x40"s,
      R"(2{"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
 "intermediate_size": 16, "vocab_size": 10, "max_position_embeddings": 8, "type_vocab_size": 2,
 "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 1, "id2label": {"0": "a"}})",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry::fuzz;
  if (size == 0) return 0;
  const std::string_view rest = View(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      ReadTokenizer(rest);
      break;
    case 1:
      ReadTensors(rest);
      break;
    default:
      ReadConfig(rest);
  }
  return 0;
}
