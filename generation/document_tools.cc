#include "generation/document_tools.h"

#include <utility>

#include "base/answer_guide.h"
#include "generation/tool_arguments.h"

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

// Whether the question that is answered would find the document.
bool MayRead(const Query& query, const index::StoredDocument& document) {
  return query.principals.MayRead(document.access) && Matches(query.filter, document.metadata);
}

class FetchTool final : public Tool {
 public:
  const model::ChatTool& spec() const override { return spec_; }
  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    const std::string id = given.Text("document");
    const index::Snapshot& snapshot = context.snapshot;
    const Result<index::StoredDocument> document = snapshot.FindDocument(id);
    const bool is_there = document.ok() && MayRead(context.query, *document);
    if (!is_there && (document.ok() || document.status().code() == Code::kNotFound)) {
      return NotFoundError("there is no document \"" + id + "\"; search gives the names");
    }
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
  const model::ChatTool spec_ = {
      "fetch",
      "Reads a document, whole or from a byte of its text on. Use it where a passage is cut off or "
      "what stands around it matters.",
      R"({"type":"object","properties":{"document":{"type":"string","minLength":1,)"
      R"("description":"its name, as passages give it"},"begin":{"type":"integer","minimum":0}},)"
      R"("required":["document"],"additionalProperties":false})"};
};

}  // namespace

std::unique_ptr<Tool> MakeSearchTool(const retrieval::Retriever& retriever) {
  return std::make_unique<SearchTool>(retriever);
}

std::unique_ptr<Tool> MakeFetchTool() { return std::make_unique<FetchTool>(); }

}  // namespace quarry::generation
