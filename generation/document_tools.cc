#include "generation/document_tools.h"

#include <utility>

#include "generation/tool_arguments.h"
#include "generation/tool_gate.h"

namespace quarry::generation {
namespace {

constexpr uint32_t kMostFound = 10;
constexpr uint32_t kFoundByDefault = 5;
constexpr uint32_t kFetchTokens = 3'000;

class SearchTool final : public Tool {
 public:
  explicit SearchTool(const retrieval::Retriever& retriever) : retriever_(retriever) {}

  const model::ChatTool& spec() const override { return spec_; }
  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    Query query = context.query;
    query.text = given.Text("query");
    query.k = static_cast<uint32_t>(given.Integer("k", kFoundByDefault));
    QUARRY_ASSIGN_OR_RETURN(const retrieval::Retrieved retrieved,
                            retriever_.Retrieve(query, context.snapshot, context.call));
    ToolResult result;
    QUARRY_ASSIGN_OR_RETURN(result.passages,
                            retrieval::ReadPassages(context.snapshot, retrieved.hits));
    if (result.passages.empty()) result.text = "Nothing was found.";
    return result;
  }

 private:
  const retrieval::Retriever& retriever_;
  const model::ChatTool spec_ = {
      "search",
      "Searches the documents. Use it where the passages so far do not answer the question, with "
      "other words than those of the question.",
      R"({"type":"object","properties":{"query":{"type":"string","minLength":1,"maxLength":1000},)"
      R"("k":{"type":"integer","minimum":1,"maximum":10,"description":"passages wanted; 5 if it is left out"}},)"
      R"("required":["query"],"additionalProperties":false})"};
};

class FetchTool final : public Tool {
 public:
  explicit FetchTool(PageReader read_page) : read_page_(std::move(read_page)) {}

  const model::ChatTool& spec() const override { return spec_; }
  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    const std::string id = given.Text("document");
    const index::Snapshot& snapshot = context.snapshot;
    const Result<index::StoredDocument> document = FindReadable(id, context);
    const bool is_address = id.starts_with("http://") || id.starts_with("https://");
    if (is_address && document.status().code() == Code::kNotFound) return FetchPage(id, context);
    QUARRY_RETURN_IF_ERROR(document.status());
    const std::optional<size_t> position = snapshot.PositionOf(document->number);
    if (!position) return NotFoundError("document \"" + id + "\" was replaced meanwhile");
    const uint64_t begin = given.Integer("begin", 0);
    ToolResult result;
    uint32_t tokens = 0;
    const index::DocumentEntry entry = snapshot.rows().document(*position);
    for (RowId row = entry.first_row; row < entry.first_row + entry.rows; ++row) {
      QUARRY_RETURN_IF_ERROR(context.call.Check());
      QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshot.ReadPassage(row));
      if (passage.chunk.span.end <= begin) continue;
      tokens += passage.chunk.token_count;
      if (tokens > kFetchTokens && !result.passages.empty()) {
        result.text = "The document goes on: begin " + std::to_string(passage.chunk.span.begin) +
                      " of " + std::to_string(document->text_bytes) + '.';
        return result;
      }
      result.passages.push_back(std::move(passage));
    }
    if (result.passages.empty()) result.text = "The document ends before that.";
    return result;
  }

 private:
  // A page whose address the user typed: one that a document names may be there to be told something.
  Result<ToolResult> FetchPage(const std::string& url, const ToolCallContext& context) const {
    if (read_page_ == nullptr) {
      return FailedPreconditionError("pages of the web are not read here (web.enabled)");
    }
    if (!NamesAddress(OwnWords(context.query), url)) {
      return FailedPreconditionError("only addresses that the user wrote are read");
    }
    QUARRY_ASSIGN_OR_RETURN(const WebDocument page, read_page_(url, context.call));
    ToolResult result;
    uint32_t tokens = 0;
    for (const std::string& text : page.passages) {
      Passage passage = MakeResultPassage("fetch", page.title, text);
      passage.uri = page.url;
      tokens += passage.chunk.token_count;
      if (tokens > kFetchTokens && !result.passages.empty()) {
        result.text = "The page goes on; this is its beginning.";
        break;
      }
      result.passages.push_back(std::move(passage));
    }
    if (result.passages.empty()) result.text = "The page holds no text.";
    return result;
  }

  const PageReader read_page_;
  const model::ChatTool spec_ = {
      "fetch",
      "Reads a document, whole or from a byte of its text on, or a page of the web whose address "
      "the "
      "user wrote. Use it where a passage is cut off or what stands around it matters.",
      R"({"type":"object","properties":{"document":{"type":"string","minLength":1,)"
      R"("description":"its name, as passages give it, or the address"},"begin":{"type":"integer","minimum":0}},)"
      R"("required":["document"],"additionalProperties":false})"};
};

}  // namespace

std::unique_ptr<Tool> MakeSearchTool(const retrieval::Retriever& retriever) {
  return std::make_unique<SearchTool>(retriever);
}

std::unique_ptr<Tool> MakeFetchTool(PageReader read_page) {
  return std::make_unique<FetchTool>(std::move(read_page));
}

}  // namespace quarry::generation
