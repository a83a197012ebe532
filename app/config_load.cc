#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "app/config.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "model/url.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "QUARRY_";
constexpr std::string_view kFileVariable = "QUARRY_CONFIG";
constexpr uint64_t kMaxFileBytes = 1u << 20;

std::string_view LastPart(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// The key that was probably meant: the nearest name, or the nearest last part in another section.
const ConfigKey& NearestKey(std::string_view name) {
  const ConfigKey* nearest = nullptr;
  size_t best = std::numeric_limits<size_t>::max();
  for (const ConfigKey& key : ConfigKeys()) {
    // A right name in the wrong section is a smaller mistake than any two misspellings.
    const size_t distance = std::min(EditDistance(name, key.name) * 2,
                                     EditDistance(LastPart(name), LastPart(key.name)) * 2 + 3);
    if (distance < best) {
      best = distance;
      nearest = &key;
    }
  }
  return *nearest;
}

bool IsInSectionOfEnvironment(std::string_view variable) {
  return std::any_of(ConfigKeys().begin(), ConfigKeys().end(), [&](const ConfigKey& key) {
    const size_t dot = key.name.find('.');
    if (dot == std::string::npos) return false;
    return variable.starts_with(key.Environment().substr(0, kPrefix.size() + dot + 1));
  });
}

std::vector<std::string> SplitList(const std::string& text) {
  const std::vector<std::string_view> parts = SplitNonEmpty(text, ",");
  return std::vector<std::string>(parts.begin(), parts.end());
}

Status SetKey(const ConfigKey& key, const std::vector<std::string>& texts, bool is_list,
              const std::string& origin, LoadedConfig& loaded) {
  if (!key.list && (is_list || texts.size() != 1)) {
    return InvalidArgumentError(key.name + ": expected " + key.type + ", got a list");
  }
  QUARRY_RETURN_IF_ERROR(key.set(loaded.config, texts).Annotate(key.name));
  loaded.origin[key.name] = origin;
  return OkStatus();
}

Status ApplyFile(const std::string& path, LoadedConfig& loaded) {
  QUARRY_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path, kMaxFileBytes));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<FileEntry> entries, ParseConfigFile(yaml, path));
  for (const FileEntry& entry : entries) {
    const std::string place = path + ":" + std::to_string(entry.line);
    const ConfigKey* key = FindConfigKey(entry.key);
    if (key == nullptr) return UnknownKeyError(entry.key).Annotate(place);
    if (const auto first = loaded.origin.find(key->name); first != loaded.origin.end()) {
      return InvalidArgumentError(place + ": " + key->name + ": given twice, first at " +
                                  first->second);
    }
    std::vector<std::string> texts = entry.texts;
    if (key->is_path && texts.size() == 1 && !texts[0].empty() && !model::IsUrl(texts[0]) &&
        fs::path(texts[0]).is_relative()) {
      texts[0] = (fs::path(path).parent_path() / texts[0]).string();
    }
    QUARRY_RETURN_IF_ERROR(SetKey(*key, texts, entry.is_list, place, loaded).Annotate(place));
  }
  loaded.file = path;
  return OkStatus();
}

Status ApplyEnvironment(const std::map<std::string, std::string>& environment,
                        LoadedConfig& loaded) {
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kPrefix) || variable == kFileVariable || value.empty()) continue;
    const auto key = std::find_if(ConfigKeys().begin(), ConfigKeys().end(),
                                  [&](const ConfigKey& k) { return k.Environment() == variable; });
    if (key != ConfigKeys().end()) {
      const auto texts = key->list ? SplitList(value) : std::vector<std::string>{value};
      QUARRY_RETURN_IF_ERROR(SetKey(*key, texts, false, variable, loaded).Annotate(variable));
      continue;
    }
    std::vector<std::string> known;
    for (const ConfigKey& one : ConfigKeys()) known.push_back(one.Environment());
    const std::vector<std::string_view> names(known.begin(), known.end());
    const std::string_view nearest = NearestName(variable, names);
    const std::string message = variable + ": unknown variable" +
                                (nearest.empty() ? "; `quarry config --keys` lists them"
                                                 : "; did you mean " + std::string(nearest) + "?");
    // Other programs may have variables of this prefix; one inside a section of ours is a mistake.
    if (IsInSectionOfEnvironment(variable)) return InvalidArgumentError(message);
    if (!nearest.empty()) loaded.warnings.push_back(message);
  }
  return OkStatus();
}

bool IsSamePath(const std::string& a, const std::string& b) {
  const auto normal = [](const std::string& path) {
    std::error_code error;
    fs::path absolute = fs::absolute(path, error).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();  // "e5/" is "e5"
  };
  return a == b || (!a.empty() && !b.empty() && normal(a) == normal(b));
}

// A prefix belongs to the model that it was written beside: where a flag names another model, those
// that no flag gives are the model's own.
void ForgetPrefixes(const std::vector<FlagValue>& flags, LoadedConfig& loaded) {
  const auto forget = [&](const std::string& key, std::string& prefix) {
    const auto gives = [&](const FlagValue& flag) { return flag.key == key; };
    if (std::any_of(flags.begin(), flags.end(), gives)) return;
    prefix.clear();
    loaded.origin.erase(key);
  };
  model::EmbedderFolder& folder = loaded.config.embedding.folder;
  forget("embedding.query_prefix", folder.query_prefix);
  forget("embedding.document_prefix", folder.document_prefix);
}

}  // namespace

Status UnknownKeyError(std::string_view name) {
  if (IsSection(name)) {
    std::string keys;
    for (const ConfigKey& key : ConfigKeys()) {
      if (key.name.starts_with(std::string(name) + "."))
        keys += (keys.empty() ? "" : ", ") + key.name;
    }
    return InvalidArgumentError(std::string(name) + ": is a section; its keys are " + keys);
  }
  // As other programs have it.
  const std::string section(name.substr(0, std::min(name.find('.'), name.size())));
  if (const std::string_view last = LastPart(name);
      FindConfigKey(section + ".model") != nullptr &&
      (last == "base_url" || last == "url" || last == "api_base" || last == "endpoint")) {
    return InvalidArgumentError(std::string(name) + ": unknown key; the address stands in " +
                                section + ".model: http://HOST:PORT/v1#NAME");
  }
  return InvalidArgumentError(std::string(name) + ": unknown key; did you mean " +
                              NearestKey(name).name + "?");
}

std::map<std::string, std::string> QuarryEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with(kPrefix)) continue;
    variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  return variables;
}

std::string LoadedConfig::OriginOf(const std::string& key) const {
  const auto found = origin.find(key);
  return found == origin.end() ? "default" : found->second;
}

Status Config::Validate() const {
  if (server.tls_certificate.empty() != server.tls_key.empty()) {
    return InvalidArgumentError("server.tls_certificate, server.tls_key: expected both or neither");
  }
  if (!chat_first_model.empty() && chat_model.empty()) {
    return InvalidArgumentError(
        "chat.first_model: expected chat.model too, which answers after it");
  }
  if (answer.best_of > 1 && answer.model.temperature <= 0) {
    return InvalidArgumentError(
        "chat.best_of, chat.temperature: several tries at temperature 0 are one; expected a "
        "temperature above 0, such as 0.7");
  }
  QUARRY_RETURN_IF_ERROR(chunking.Validate().Annotate("chunking"));
  QUARRY_RETURN_IF_ERROR(cache.Validate());
  return retrieval.Validate();
}

Result<LoadedConfig> LoadConfig(const ConfigSources& sources) {
  LoadedConfig loaded;
  std::optional<std::string> file = sources.file;
  std::string named_by = "--config";
  if (const auto variable = sources.environment.find(std::string(kFileVariable));
      !file && variable != sources.environment.end() && !variable->second.empty()) {
    file = variable->second;
    named_by = kFileVariable;
  }
  std::error_code error;
  if (file && !fs::exists(*file, error)) {
    return InvalidArgumentError(named_by + ": " + *file + ": no such file");
  }
  if (!file && fs::exists(sources.default_file, error)) file = sources.default_file;
  if (file) QUARRY_RETURN_IF_ERROR(ApplyFile(*file, loaded));
  QUARRY_RETURN_IF_ERROR(ApplyEnvironment(sources.environment, loaded));
  const std::string configured = loaded.config.embedding.folder.path;
  for (const FlagValue& flag : sources.flags) {
    const ConfigKey* key = FindConfigKey(flag.key);
    if (key == nullptr) return UnknownKeyError(flag.key).Annotate(flag.flag);
    QUARRY_RETURN_IF_ERROR(SetKey(*key, flag.texts, false, flag.flag, loaded).Annotate(flag.flag));
  }
  // A weight on the command line is meant for this run, whatever the collection.
  if (loaded.OriginOf("retrieval.dense_weight").starts_with("--") &&
      !loaded.OriginOf("retrieval.collection_dense_weights").starts_with("--")) {
    loaded.config.retrieval.collection_dense_weights.clear();
  }
  if (!IsSamePath(loaded.config.embedding.folder.path, configured)) {
    ForgetPrefixes(sources.flags, loaded);
  }
  QUARRY_RETURN_IF_ERROR(loaded.config.Validate());
  return loaded;
}

}  // namespace quarry::app
