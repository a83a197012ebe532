#pragma once

// OpenAI's description of its API (../shared/suites/openai-openapi), and whether a JSON value is what
// it says. The file is large: a schema or path is parsed when it is first asked for.

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::testing {

class OpenAiDescription {
 public:
  // nullptr where the file is absent.
  static const OpenAiDescription* Get();

  // Reads one from the text of a YAML file, laid out as OpenAI's: two spaces per level.
  explicit OpenAiDescription(const std::string& yaml);

  // What is wrong with `value` as the schema of that name: "data[0].id: expected string, not 5".
  // Empty = nothing.
  std::vector<std::string> Check(const std::string& schema, const nlohmann::json& value) const;

  // The name of the schema of a successful response to `method` ("GET") on `path` ("/files/file-1",
  // without /v1); nullopt where the path is not described, or has no body of that media type that a
  // schema names.
  std::optional<std::string> ResponseSchema(const std::string& method, const std::string& path,
                                            const std::string& media_type) const;

 private:
  using Slices = std::map<std::string, std::string, std::less<>>;

  struct Place {
    std::string path;
    const nlohmann::json* anchor = nullptr;  // what "$recursiveRef" leads to
  };
  using Problems = std::vector<std::string>;

  const nlohmann::json& Schema(const std::string& name) const;
  void Check(const nlohmann::json& schema, const nlohmann::json& value, Place place,
             Problems& problems) const;
  void CheckAlternatives(const nlohmann::json& schema, const char* keyword,
                         const nlohmann::json& value, const Place& place, Problems& problems) const;
  void CheckObject(const nlohmann::json& schema, const nlohmann::json& value, const Place& place,
                   Problems& problems) const;
  // Whether the property of `schema` may have that value; nullopt where it does not say.
  std::optional<bool> MayBe(const nlohmann::json& schema, const std::string& property,
                            const nlohmann::json& value) const;

  Slices schema_text_;
  Slices path_text_;
  mutable std::map<std::string, nlohmann::json> schemas_;
  mutable std::map<std::string, nlohmann::json> operations_;  // by path
};

}  // namespace quarry::testing
