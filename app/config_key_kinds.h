#pragma once

// The kinds of options: how a value of each is read from text, checked, and shown. `field` is a generic
// lambda that returns a reference into a Config or const Config. Pure functions.

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/config.h"
#include "base/numbers.h"

namespace quarry::app {

// The error for a text that is no such value.
Status ExpectedValue(const std::string& type, const std::string& text);

// A key that neither sets nor gets yet.
inline ConfigKey NewKey(std::string name, std::string description, std::string type) {
  ConfigKey key;
  key.name = std::move(name);
  key.description = std::move(description);
  key.type = std::move(type);
  return key;
}

template <typename Field>
ConfigKey Integer(std::string name, std::string description, Field field, uint64_t min,
                  uint64_t max) {
  using Value = std::remove_reference_t<std::invoke_result_t<Field, Config&>>;
  ConfigKey key = NewKey(std::move(name), std::move(description),
                         "an integer from " + std::to_string(min) + " to " + std::to_string(max));
  key.set = [field, min, max, type = key.type](Config& config,
                                               const std::vector<std::string>& texts) {
    const std::optional<uint64_t> value = ParseNumber<uint64_t>(texts[0]);
    if (!value || *value < min || *value > max) return ExpectedValue(type, texts[0]);
    field(config) = static_cast<Value>(*value);
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue {
    return static_cast<uint64_t>(field(config));
  };
  return key;
}

template <typename Field>
ConfigKey Number(std::string name, std::string description, Field field, double min, double max) {
  ConfigKey key = NewKey(std::move(name), std::move(description),
                         "a number from " + FormatNumber(min) + " to " + FormatNumber(max));
  key.set = [field, min, max, type = key.type](Config& config,
                                               const std::vector<std::string>& texts) {
    const std::optional<double> value = ParseNumber<double>(texts[0]);
    if (!value || !(*value >= min && *value <= max)) return ExpectedValue(type, texts[0]);
    field(config) = *value;
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue { return double{field(config)}; };
  return key;
}

template <typename Field>
ConfigKey Boolean(std::string name, std::string description, Field field) {
  ConfigKey key = NewKey(std::move(name), std::move(description), "true or false");
  key.set = [field, type = key.type](Config& config, const std::vector<std::string>& texts) {
    if (texts[0] != "true" && texts[0] != "false") return ExpectedValue(type, texts[0]);
    field(config) = texts[0] == "true";
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue { return bool{field(config)}; };
  return key;
}

template <typename Field>
ConfigKey Text(std::string name, std::string description, Field field) {
  ConfigKey key = NewKey(std::move(name), std::move(description), "a text");
  key.set = [field, type = key.type](Config& config, const std::vector<std::string>& texts) {
    if (texts[0].empty()) return ExpectedValue(type, texts[0]);
    field(config) = texts[0];
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue { return std::string(field(config)); };
  return key;
}

// A text that may be empty.
template <typename Field>
ConfigKey OptionalText(std::string name, std::string description, Field field) {
  ConfigKey key = Text(std::move(name), std::move(description), field);
  key.set = [field](Config& config, const std::vector<std::string>& texts) {
    field(config) = texts[0];
    return OkStatus();
  };
  return key;
}

// The same key as one that names a file or directory.
inline ConfigKey Path(ConfigKey key) {
  key.is_path = true;
  return key;
}

// A text that may be empty and is never shown.
template <typename Field>
ConfigKey Secret(std::string name, std::string description, Field field) {
  ConfigKey key = OptionalText(std::move(name), std::move(description), field);
  key.secret = true;
  return key;
}

template <typename Field>
ConfigKey Milliseconds(std::string name, std::string description, Field field) {
  constexpr uint64_t kMax = 3'600'000;
  ConfigKey key = NewKey(std::move(name), std::move(description),
                         "an integer from 1 to " + std::to_string(kMax));
  key.set = [field, type = key.type](Config& config, const std::vector<std::string>& texts) {
    const std::optional<uint64_t> value = ParseNumber<uint64_t>(texts[0]);
    if (!value || *value == 0 || *value > kMax) return ExpectedValue(type, texts[0]);
    field(config) = std::chrono::milliseconds(*value);
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue {
    return static_cast<uint64_t>(field(config).count());
  };
  return key;
}

template <typename Field>
ConfigKey List(std::string name, std::string description, Field field) {
  ConfigKey key = NewKey(std::move(name), std::move(description), "a list of texts");
  key.list = true;
  key.set = [field](Config& config, const std::vector<std::string>& texts) {
    field(config) = texts;
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue {
    return std::vector<std::string>(field(config));
  };
  return key;
}

// Numbers of ports.
template <typename Field>
ConfigKey Ports(std::string name, std::string description, Field field) {
  ConfigKey key =
      NewKey(std::move(name), std::move(description), "a list of integers from 1 to 65535");
  key.list = true;
  key.set = [field, type = key.type](Config& config, const std::vector<std::string>& texts) {
    std::vector<uint16_t> ports;
    for (const std::string& text : texts) {
      const std::optional<uint16_t> port = ParseNumber<uint16_t>(text);
      if (!port || *port == 0) return ExpectedValue(type, text);
      ports.push_back(*port);
    }
    field(config) = std::move(ports);
    return OkStatus();
  };
  key.get = [field](const Config& config) -> ConfigValue {
    std::vector<std::string> texts;
    for (const uint16_t port : field(config)) texts.push_back(std::to_string(port));
    return texts;
  };
  return key;
}

// An enumerator by its name.
template <typename Field, typename Parse, typename Name>
ConfigKey Choice(std::string name, std::string description, Field field, const std::string& choices,
                 Parse parse, Name name_of) {
  ConfigKey key = NewKey(std::move(name), std::move(description), "one of " + choices);
  key.set = [field, parse, type = key.type](Config& config, const std::vector<std::string>& texts) {
    auto value = parse(texts[0]);
    if (!value.ok()) return ExpectedValue(type, texts[0]);
    field(config) = *value;
    return OkStatus();
  };
  key.get = [field, name_of](const Config& config) -> ConfigValue {
    return std::string(name_of(field(config)));
  };
  return key;
}

// An option of retrieval (base/retrieval_options.h). `option` must outlive the key.
ConfigKey OfRetrieval(const RetrievalOption& option);

// "manuals=0.2": the weight of the dense list in one collection.
ConfigKey CollectionWeights();

}  // namespace quarry::app
