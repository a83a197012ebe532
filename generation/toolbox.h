#pragma once

// Toolbox: the tools that there are, by name, and those of a profile. Thread-safe; what it is made from
// must outlive it.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/answer_guide.h"
#include "generation/document_tools.h"
#include "generation/tool.h"
#include "model/http_client.h"
#include "retrieval/retriever.h"

namespace quarry::generation {

struct ToolboxOptions {
  // Hosts ("api.example.com", with ":8443" where it is no usual port) that tools of profiles may ask.
  std::vector<std::string> http_hosts;
  // A variable for the headers of such a tool; by default those of the process.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  PageReader read_page;  // for "fetch"; null: no page of the web is read
};

// "search", "fetch", "summarize", "calculate", "query_table": what a profile may list under `tools`.
const std::vector<std::string_view>& BuiltInToolNames();

class Toolbox {
 public:
  // `http` may be null: tools of profiles fail.
  Toolbox(const retrieval::Retriever& retriever, const model::HttpClient* http,
          ToolboxOptions options);

  // Those that a guide lists; none for no guide. A name that is none's is left out: profiles are
  // checked when they are read.
  std::vector<std::shared_ptr<const Tool>> ToolsFor(const AnswerGuide* guide) const;
  // Null for a name that is none's.
  std::shared_ptr<const Tool> Find(std::string_view name) const;

 private:
  const std::vector<std::shared_ptr<const Tool>> built_in_;
  const model::HttpClient* const http_;
  const ToolboxOptions options_;
};

}  // namespace quarry::generation
