#include "generation/toolbox.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "generation/calculate_tool.h"
#include "generation/document_tools.h"
#include "generation/http_tool.h"
#include "generation/summary_tool.h"
#include "generation/table_tool.h"

namespace quarry::generation {
namespace {

std::vector<std::shared_ptr<const Tool>> MakeBuiltIn(const retrieval::Retriever& retriever,
                                                     PageReader read_page) {
  return {MakeSearchTool(retriever), MakeFetchTool(std::move(read_page)),
          MakeSummaryTool(retriever.analyzer()), MakeCalculateTool(), MakeTableTool()};
}

ToolboxOptions WithEnvironment(ToolboxOptions options) {
  if (options.environment == nullptr) {
    options.environment = [](const std::string& name) -> std::optional<std::string> {
      const char* value = std::getenv(name.c_str());
      return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
  }
  return options;
}

}  // namespace

const std::vector<std::string_view>& BuiltInToolNames() {
  static const std::vector<std::string_view> names = {"search", "fetch", "summarize", "calculate",
                                                      "query_table"};
  return names;
}

Toolbox::Toolbox(const retrieval::Retriever& retriever, const model::HttpClient* http,
                 ToolboxOptions options)
    : built_in_(MakeBuiltIn(retriever, options.read_page)),
      http_(http),
      options_(WithEnvironment(std::move(options))) {}

std::shared_ptr<const Tool> Toolbox::Find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(built_in_, [&](const auto& tool) { return tool->spec().name == name; });
  return found == built_in_.end() ? nullptr : *found;
}

std::vector<std::shared_ptr<const Tool>> Toolbox::ToolsFor(const AnswerGuide* guide) const {
  std::vector<std::shared_ptr<const Tool>> tools;
  if (guide == nullptr) return tools;
  for (const std::string& name : guide->tools) {
    if (std::shared_ptr<const Tool> tool = Find(name)) tools.push_back(std::move(tool));
  }
  for (const HttpTool& tool : guide->http_tools) {
    tools.push_back(MakeHttpTool(tool, http_, options_));
  }
  return tools;
}

}  // namespace quarry::generation
