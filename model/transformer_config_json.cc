#include "model/transformer_config.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.h"

namespace quarry::model {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxConfigBytes = 16u << 20;  // a config.json may list thousands of labels
constexpr uint32_t kMaxSize = 1u << 24;

std::string PathOf(const std::string& folder, const std::string& file) {
  return (std::filesystem::path(folder) / file).string();
}

// A JSON file that is one object or list.
class JsonFile {
 public:
  static Result<JsonFile> Read(const std::string& folder, const std::string& file) {
    JsonFile read;
    read.path_ = PathOf(folder, file);
    QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(read.path_, kMaxConfigBytes));
    read.json_ = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    if (!read.json_.is_object() && !read.json_.is_array()) {
      return InvalidArgumentError(read.path_ + ": expected a JSON object");
    }
    return read;
  }
  // nullopt where there is no such file.
  static Result<std::optional<JsonFile>> ReadIfThere(const std::string& folder,
                                                     const std::string& file) {
    if (!std::filesystem::exists(PathOf(folder, file))) return std::optional<JsonFile>();
    QUARRY_ASSIGN_OR_RETURN(JsonFile read, Read(folder, file));
    return std::optional<JsonFile>(std::move(read));
  }

  const Json& json() const { return json_; }
  bool Has(const char* key) const {
    return json_.is_object() && json_.contains(key) && !json_[key].is_null();
  }
  Status Wrong(const std::string& key, const std::string& what) const {
    return InvalidArgumentError(path_ + ": " + key + ": " + what);
  }
  Result<uint32_t> Uint(const char* key, uint32_t least) const {
    if (!Has(key)) return Wrong(key, "missing");
    const Json& value = json_[key];
    if (!value.is_number_unsigned() || value.get<uint64_t>() < least ||
        value.get<uint64_t>() > kMaxSize) {
      return Wrong(key, "expected a number from " + std::to_string(least) + " to " +
                            std::to_string(kMaxSize));
    }
    return value.get<uint32_t>();
  }
  Result<std::string> String(const char* key, std::string otherwise) const {
    if (!Has(key)) return otherwise;
    if (!json_[key].is_string()) return Wrong(key, "expected a text");
    return json_[key].get<std::string>();
  }
  Result<bool> Flag(const char* key, bool otherwise) const {
    if (!Has(key)) return otherwise;
    if (!json_[key].is_boolean()) return Wrong(key, "expected true or false");
    return json_[key].get<bool>();
  }

 private:
  std::string path_;
  Json json_;
};

Result<Activation> ReadActivation(const JsonFile& file) {
  QUARRY_ASSIGN_OR_RETURN(const std::string name, file.String("hidden_act", "gelu"));
  if (name == "gelu" || name == "gelu_python") return Activation::kGelu;
  if (name == "gelu_new" || name == "gelu_fast" || name == "gelu_pytorch_tanh") {
    return Activation::kGeluTanh;
  }
  if (name == "relu") return Activation::kRelu;
  return file.Wrong("hidden_act", "\"" + name + "\" is not known; known are gelu, gelu_new, relu");
}

}  // namespace

Result<TransformerConfig> ReadTransformerConfig(const std::string& folder) {
  QUARRY_ASSIGN_OR_RETURN(const JsonFile file, JsonFile::Read(folder, "config.json"));
  TransformerConfig config;
  QUARRY_ASSIGN_OR_RETURN(config.model_type, file.String("model_type", ""));
  const bool is_roberta = config.model_type == "roberta" || config.model_type == "xlm-roberta" ||
                          config.model_type == "camembert";
  if (config.model_type != "bert" && !is_roberta) {
    return file.Wrong("model_type", "\"" + config.model_type +
                                        "\" is not known; known are bert, camembert, roberta and "
                                        "xlm-roberta");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string positions,
                          file.String("position_embedding_type", "absolute"));
  if (positions != "absolute") {
    return file.Wrong("position_embedding_type", "\"" + positions + "\"; expected absolute");
  }
  QUARRY_ASSIGN_OR_RETURN(config.name, file.String("_name_or_path", ""));
  QUARRY_ASSIGN_OR_RETURN(config.hidden, file.Uint("hidden_size", 1));
  QUARRY_ASSIGN_OR_RETURN(config.layers, file.Uint("num_hidden_layers", 1));
  QUARRY_ASSIGN_OR_RETURN(config.heads, file.Uint("num_attention_heads", 1));
  QUARRY_ASSIGN_OR_RETURN(config.intermediate, file.Uint("intermediate_size", 1));
  QUARRY_ASSIGN_OR_RETURN(config.vocabulary, file.Uint("vocab_size", 1));
  QUARRY_ASSIGN_OR_RETURN(config.positions, file.Uint("max_position_embeddings", 1));
  QUARRY_ASSIGN_OR_RETURN(config.types, file.Uint("type_vocab_size", 0));
  QUARRY_ASSIGN_OR_RETURN(config.activation, ReadActivation(file));
  if (config.hidden % config.heads != 0) {
    return file.Wrong("hidden_size", std::to_string(config.hidden) + " is no multiple of the " +
                                         std::to_string(config.heads) + " heads");
  }
  if (is_roberta) {
    config.first_position = 2;
    if (file.Has("pad_token_id")) {
      QUARRY_ASSIGN_OR_RETURN(const uint32_t padding, file.Uint("pad_token_id", 0));
      config.first_position = padding + 1;
    }
  }
  if (config.positions <= config.first_position) {
    return file.Wrong("max_position_embeddings",
                      "expected more than " + std::to_string(config.first_position));
  }
  if (file.Has("layer_norm_eps")) {
    const Json& epsilon = file.json()["layer_norm_eps"];
    if (!epsilon.is_number() || !(epsilon.get<double>() > 0 && epsilon.get<double>() < 1)) {
      return file.Wrong("layer_norm_eps", "expected a number above 0");
    }
    config.epsilon = epsilon.get<double>();
  }
  if (file.Has("architectures")) {
    const Json& names = file.json()["architectures"];
    if (names.is_array() && !names.empty() && names[0].is_string()) {
      config.architecture = names[0].get<std::string>();
    }
  }
  if (file.Has("id2label") && file.json()["id2label"].is_object()) {
    config.labels = static_cast<uint32_t>(file.json()["id2label"].size());
  }
  return config;
}

namespace {

// modules.json: a transformer, a pooling, and nothing that is not done here.
Status CheckModules(const std::string& folder, std::string& pooling_folder) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> file,
                          JsonFile::ReadIfThere(folder, "modules.json"));
  if (!file) return OkStatus();
  if (!file->json().is_array()) return file->Wrong("modules", "expected a list");
  for (size_t i = 0; i < file->json().size(); ++i) {
    const Json& module = file->json()[i];
    const std::string place = "[" + std::to_string(i) + "]";
    if (!module.is_object() || !module.contains("type") || !module["type"].is_string()) {
      return file->Wrong(place, "expected an object with type");
    }
    const auto type = module["type"].get<std::string>();
    const std::string name = type.substr(type.rfind('.') + 1);
    if (name == "Pooling" && module.contains("path") && module["path"].is_string()) {
      pooling_folder = module["path"].get<std::string>();
    } else if (name != "Transformer" && name != "Normalize" && name != "Pooling") {
      return file->Wrong(place + ".type", "\"" + type +
                                              "\" is not known; known are Transformer, Pooling "
                                              "and Normalize");
    }
  }
  if (pooling_folder.find("..") != std::string::npos || pooling_folder.starts_with('/')) {
    return file->Wrong("path", "\"" + pooling_folder + "\" leads out of the folder");
  }
  return OkStatus();
}

Result<Pooling> ReadPooling(const JsonFile& file) {
  struct Mode {
    const char* key;
    std::optional<Pooling> pooling;
  };
  constexpr Mode kModes[] = {{"pooling_mode_cls_token", Pooling::kCls},
                             {"pooling_mode_mean_tokens", Pooling::kMean},
                             {"pooling_mode_max_tokens", Pooling::kMax},
                             {"pooling_mode_mean_sqrt_len_tokens", std::nullopt},
                             {"pooling_mode_weightedmean_tokens", std::nullopt},
                             {"pooling_mode_lasttoken", std::nullopt}};
  std::optional<Pooling> pooling;
  for (const Mode& mode : kModes) {
    QUARRY_ASSIGN_OR_RETURN(const bool is_set, file.Flag(mode.key, false));
    if (!is_set) continue;
    if (!mode.pooling || pooling) {
      return file.Wrong(mode.key, "expected one of cls, mean and max tokens alone");
    }
    pooling = mode.pooling;
  }
  if (!pooling) return file.Wrong("pooling_mode_mean_tokens", "no mode is set");
  return *pooling;
}

Status ReadPrompts(const JsonFile& file, SentenceConfig& config) {
  if (!file.Has("prompts")) return OkStatus();
  const Json& prompts = file.json()["prompts"];
  if (!prompts.is_object()) return file.Wrong("prompts", "expected an object");
  const auto read = [&](const char* name, std::string& prefix) -> Status {
    if (!prompts.contains(name) || prompts[name].is_null()) return OkStatus();
    if (!prompts[name].is_string()) {
      return file.Wrong(std::string("prompts.") + name, "expected a text");
    }
    prefix = prompts[name].get<std::string>();
    return OkStatus();
  };
  QUARRY_RETURN_IF_ERROR(read("query", config.query_prefix));
  QUARRY_RETURN_IF_ERROR(read("passage", config.document_prefix));
  return read("document", config.document_prefix);
}

}  // namespace

Result<SentenceConfig> ReadSentenceConfig(const std::string& folder) {
  SentenceConfig config;
  std::string pooling_folder = "1_Pooling";
  QUARRY_RETURN_IF_ERROR(CheckModules(folder, pooling_folder));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> pooling,
                          JsonFile::ReadIfThere(PathOf(folder, pooling_folder), "config.json"));
  if (pooling && !pooling_folder.empty()) {
    QUARRY_ASSIGN_OR_RETURN(config.pooling, ReadPooling(*pooling));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> sentence,
                          JsonFile::ReadIfThere(folder, "sentence_bert_config.json"));
  if (sentence) {
    if (sentence->Has("max_seq_length")) {
      QUARRY_ASSIGN_OR_RETURN(config.max_tokens, sentence->Uint("max_seq_length", 3));
    }
    QUARRY_ASSIGN_OR_RETURN(config.lower_case, sentence->Flag("do_lower_case", false));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> prompts,
                          JsonFile::ReadIfThere(folder, "config_sentence_transformers.json"));
  if (prompts) QUARRY_RETURN_IF_ERROR(ReadPrompts(*prompts, config));
  return config;
}

Result<bool> IsStaticFolder(const std::string& folder) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> file,
                          JsonFile::ReadIfThere(folder, "config.json"));
  if (file) {
    QUARRY_ASSIGN_OR_RETURN(const std::string type, file->String("model_type", ""));
    if (type == "model2vec") return true;
    if (!type.empty()) return false;
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<JsonFile> modules,
                          JsonFile::ReadIfThere(folder, "modules.json"));
  if (!modules || !modules->json().is_array() || modules->json().empty()) return false;
  const Json& first = modules->json()[0];
  return first.is_object() && first.contains("type") && first["type"].is_string() &&
         first["type"].get<std::string>().ends_with(".StaticEmbedding");
}

}  // namespace quarry::model
