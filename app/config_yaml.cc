// The configuration file. The only file here that reads YAML with yaml-cpp, whose exceptions end here.

#include <yaml-cpp/yaml.h>

#include "app/config.h"
#include "generation/yaml_errors.h"

namespace quarry::app {
namespace {

class FileParser {
 public:
  explicit FileParser(const std::string& name) : name_(name) {}

  Result<std::vector<FileEntry>> Parse(const std::string& yaml) {
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
      if (documents.empty() || documents[0].IsNull()) return std::move(entries_);
      if (documents.size() > 1) return Fail(documents[1], "expected one document");
      const YAML::Node& root = documents[0];
      if (!root.IsMap()) return Fail(root, "expected \"key: value\" lines");
      QUARRY_RETURN_IF_ERROR(ReadMap(root, ""));
      return std::move(entries_);
    } catch (const YAML::Exception& error) {
      return generation::YamlError(name_, error);
    }
  }

 private:
  Status Fail(const YAML::Node& node, const std::string& message) const {
    return generation::YamlError(name_, node.Mark(), message);
  }

  // One level of sections: what lies deeper is no key of ours and is reported by its path.
  Status ReadMap(const YAML::Node& map, const std::string& prefix) {
    for (const auto& pair : map) {
      if (!pair.first.IsScalar()) return Fail(pair.first, "expected a key");
      const std::string key = prefix + pair.first.Scalar();
      const YAML::Node& value = pair.second;
      if (value.IsMap() && prefix.empty()) {
        QUARRY_RETURN_IF_ERROR(ReadMap(value, key + "."));
        continue;
      }
      FileEntry entry;
      entry.key = key;
      entry.line = static_cast<size_t>(pair.first.Mark().line) + 1;
      if (value.IsSequence()) {
        entry.is_list = true;
        for (const YAML::Node& element : value) {
          if (!element.IsScalar()) return Fail(element, key + ": expected a list of texts");
          entry.texts.push_back(element.Scalar());
        }
      } else if (value.IsMap()) {
        return Fail(pair.first, UnknownKeyError(key).message());
      } else if (value.IsNull() && IsSection(key)) {
        continue;  // its keys are all commented out
      } else {
        entry.texts.push_back(value.IsScalar() ? value.Scalar() : "");
      }
      entries_.push_back(std::move(entry));
    }
    return OkStatus();
  }

  const std::string& name_;
  std::vector<FileEntry> entries_;
};

}  // namespace

Result<std::vector<FileEntry>> ParseConfigFile(const std::string& yaml, const std::string& name) {
  return FileParser(name).Parse(yaml);
}

}  // namespace quarry::app
