#include "app/config_key_kinds.h"

#include <map>
#include <variant>

#include "base/numbers.h"

namespace quarry::app {
namespace {

bool ParseRetrievalValue(const std::string& text, bool& value) {
  value = text == "true";
  return value || text == "false";
}
bool ParseRetrievalValue(const std::string& text, std::string& value) {
  value = text;
  return true;
}
template <typename Number>
bool ParseRetrievalValue(const std::string& text, Number& value) {
  const std::optional<Number> number = ParseNumber<Number>(text);
  if (number) value = *number;
  return number.has_value();
}

}  // namespace

Status ExpectedValue(const std::string& type, const std::string& text) {
  return InvalidArgumentError("expected " + type + ", got " +
                              (text.empty() ? "nothing" : "\"" + text + "\""));
}

ConfigKey OfRetrieval(const RetrievalOption& option) {
  ConfigKey key;
  key.name = option.name;
  key.description = option.description;
  key.type = option.type;
  key.set = [&option](Config& config, const std::vector<std::string>& texts) {
    RetrievalValue value = option.get(config.retrieval);
    const bool whole =
        std::visit([&](auto& typed) { return ParseRetrievalValue(texts[0], typed); }, value);
    // The text itself is what was given.
    if (!whole || !option.set(config.retrieval, value).ok())
      return ExpectedValue(option.type, texts[0]);
    return OkStatus();
  };
  key.get = [&option](const Config& config) {
    return std::visit([](const auto& value) -> ConfigValue { return value; },
                      option.get(config.retrieval));
  };
  return key;
}

ConfigKey CollectionWeights() {
  ConfigKey key;
  key.name = "retrieval.collection_dense_weights";
  key.description = "dense_weight of single collections (quarry tune finds it)";
  key.type = "a list of NAME=WEIGHT, weights from 0 to 1";
  key.list = true;
  key.set = [type = key.type](Config& config, const std::vector<std::string>& texts) {
    std::map<std::string, double> weights;
    for (const std::string& text : texts) {
      const size_t equals = text.rfind('=');
      if (equals == std::string::npos || equals == 0) return ExpectedValue(type, text);
      const std::optional<double> weight = ParseNumber<double>(text.substr(equals + 1));
      if (!weight || !(*weight >= 0 && *weight <= 1)) return ExpectedValue(type, text);
      weights[text.substr(0, equals)] = *weight;
    }
    config.retrieval.collection_dense_weights = std::move(weights);
    return OkStatus();
  };
  key.get = [](const Config& config) -> ConfigValue {
    std::vector<std::string> texts;
    for (const auto& [collection, weight] : config.retrieval.collection_dense_weights) {
      texts.push_back(collection + "=" + FormatNumber(weight));
    }
    return texts;
  };
  return key;
}

}  // namespace quarry::app
