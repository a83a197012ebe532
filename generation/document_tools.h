#pragma once

// The tools that read the store: search, and fetch of a document or a part of it. They see what the
// answer's question may see: its collection, filter and principals.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "generation/tool.h"
#include "retrieval/retriever.h"

namespace quarry::generation {

// {"query", "k"}: passages, best first. `retriever` outlives it.
std::unique_ptr<Tool> MakeSearchTool(const retrieval::Retriever& retriever);

// A page of the web as it is read for an answer.
struct WebDocument {
  std::string url;  // that answered
  std::string title;
  std::vector<std::string> passages;
};
// Reads a page under the guards of whoever made it. Thread-safe. Errors: what the model is told.
using PageReader =
    std::function<Result<WebDocument>(const std::string& url, const CallContext& context)>;

// {"document", "begin"}: the passages of a document from that byte of its text on, some thousand
// tokens, and where it goes on. To who may not read a document there is none. The address of a page of the
// web that the user's own words name is read by `read_page`; null: none is.
std::unique_ptr<Tool> MakeFetchTool(PageReader read_page);

}  // namespace quarry::generation
