#include "generation/summary_tool.h"

#include <set>
#include <utility>

#include "generation/quoted_documents.h"
#include "generation/tool_arguments.h"

namespace quarry::generation {
namespace {

class SummaryTool final : public Tool {
 public:
  explicit SummaryTool(const Analyzer& analyzer) : analyzer_(analyzer) {}

  const model::ChatTool& spec() const override { return spec_; }
  Result<ToolResult> Run(std::string_view arguments,
                         const ToolCallContext& context) const override {
    QUARRY_ASSIGN_OR_RETURN(const ToolArguments given,
                            ToolArguments::Parse(arguments, spec_.parameters));
    const std::string id = given.Text("document");
    QUARRY_RETURN_IF_ERROR(FindReadable(id, context).status());
    const WholeDocumentRequest request{
        .documents = {id}, .focus = given.Text("focus"), .principals = context.query.principals};
    QUARRY_ASSIGN_OR_RETURN(const Reading reading,
                            ReadWhole(request, context.snapshot, context.call));
    ToolResult result;
    std::set<uint32_t> shown;
    for (const model::ExtractedSentence& one : QuoteSummary(reading, request, analyzer_)) {
      const Passage& passage = reading.passages[one.passage];
      result.text += result.text.empty() ? "The sentences that say most of it:\n- " : "\n- ";
      result.text += std::string_view(passage.chunk.text)
                         .substr(one.range.begin, one.range.end - one.range.begin);
      if (shown.insert(one.passage).second) result.passages.push_back(passage);
    }
    if (result.text.empty()) result.text = "Nothing of it can be quoted.";
    return result;
  }

 private:
  const Analyzer& analyzer_;
  const model::ChatTool spec_ = {
      "summarize",
      "Gives the sentences that say most of a document, where its whole matters and not one "
      "passage. "
      "Several documents: one call for each.",
      R"({"type":"object","properties":{"document":{"type":"string","minLength":1,)"
      R"("description":"its name, as passages give it"},"focus":{"type":"string","maxLength":500,)"
      R"("description":"what the summary is to be about; all if it is left out"}},)"
      R"("required":["document"],"additionalProperties":false})"};
};

}  // namespace

std::unique_ptr<Tool> MakeSummaryTool(const Analyzer& analyzer) {
  return std::make_unique<SummaryTool>(analyzer);
}

}  // namespace quarry::generation
