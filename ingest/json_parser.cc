#include "ingest/document_builder.h"
#include "ingest/json_document.h"
#include "ingest/parsers.h"
#include "ingest/read_json.h"

namespace quarry::ingest {
namespace {

class JsonParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    JsonTree tree;
    QUARRY_RETURN_IF_ERROR(tree.Parse(text));
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kJson));
    LabelLimit paths;
    if (tree.root().IsObject()) {
      QUARRY_RETURN_IF_ERROR(FillFromObject(tree.root(), &paths, &document));
      const std::string misspelt = MisspeltAccess(tree.root());
      if (!misspelt.empty()) parsed.skipped.push_back({"field", MisspeltAccessText(misspelt)});
    } else {
      DocumentBuilder builder(&document);
      FlattenJson(tree.root(), &paths, &builder);
    }
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeJsonParser() { return std::make_unique<JsonParser>(); }

}  // namespace quarry::ingest
