#include "ingest/learning_pairs.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/read_json.h"

namespace quarry::ingest {
namespace {

constexpr uint64_t kMaxPairBytes = uint64_t{256} << 20;

Result<model::LearningPair> ParsePair(std::string_view line, JsonTree& tree) {
  QUARRY_RETURN_IF_ERROR(tree.Parse(line, /*single_line=*/true));
  model::LearningPair pair;
  for (const auto& [key, value] :
       {std::pair("query", &pair.question), std::pair("text", &pair.text)}) {
    JsonValue found = tree.root();
    if (!tree.root().Find(key, &found) || !found.IsString() || TrimBlanks(found.text()).empty()) {
      return InvalidArgumentError("expected {\"query\": \"...\", \"text\": \"...\"}; \"" +
                                  std::string(key) + "\" is no text");
    }
    *value = found.text();
  }
  return pair;
}

}  // namespace

Result<std::vector<model::LearningPair>> ReadLearningPairs(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxPairBytes));
  std::vector<model::LearningPair> pairs;
  JsonTree tree;
  std::string_view rest = bytes;
  for (size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (TrimBlanks(line).empty()) continue;
    Result<model::LearningPair> pair = ParsePair(line, tree);
    if (!pair.ok()) return pair.status().Annotate(path + ":" + std::to_string(number));
    pairs.push_back(*std::move(pair));
  }
  return pairs;
}

Status WriteLearningPairs(const std::vector<model::LearningPair>& pairs, const std::string& path) {
  std::string bytes;
  for (const model::LearningPair& pair : pairs) {
    nlohmann::ordered_json line;
    line["query"] = pair.question;
    line["text"] = pair.text;
    bytes += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  return WriteFileAtomically(path, bytes);
}

}  // namespace quarry::ingest
