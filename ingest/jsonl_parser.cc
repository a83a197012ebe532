#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "index/index_writer.h"
#include "ingest/document_builder.h"
#include "ingest/json_document.h"
#include "ingest/parsers.h"
#include "ingest/read_json.h"

namespace quarry::ingest {
namespace {

// The record's own id ("id" or "_id", a string or a number); "" if it has none that can be used.
std::string RecordId(JsonValue object) {
  for (const char* name : {"id", "_id"}) {
    JsonValue id = object;
    if (!object.Find(name, &id)) continue;
    if (id.IsString() || id.kind() == JsonKind::kNumber) return std::string(Trim(id.text()));
  }
  return "";
}

class JsonLinesParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    ErrorList errors(&parsed.errors);
    JsonTree tree;
    LabelLimit paths;
    std::unordered_map<std::string, size_t> line_of_id;
    size_t number = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = text.substr(begin, end - begin);
      begin = end + 1;
      ++number;
      if (Trim(line).empty()) continue;
      Document document = NewDocument(source, Format::kJsonLines);
      if (const Status status = ReadLine(line, &tree, &paths, &document); !status.ok()) {
        errors.AddLine(number, status.message());
        continue;
      }
      std::string id = RecordId(tree.root());
      if (source.id.size() + 1 + id.size() > index::kMaxDocumentIdBytes ||
          id.find('\0') != id.npos) {
        errors.AddLine(number, "id of " + std::to_string(id.size()) +
                                   " bytes: expected fewer, without NUL; the line number is used");
        id.clear();
      }
      if (id.empty()) id = std::to_string(number);
      const auto [first, is_new] = line_of_id.emplace(id, number);
      if (!is_new) {
        errors.AddLine(number, "id \"" + id + "\" was used in line " +
                                   std::to_string(first->second) +
                                   ": expected another; the record is left out");
        continue;
      }
      // Once: what writes such files misspells it in every line.
      if (parsed.skipped.empty()) {
        const std::string misspelt = MisspeltAccess(tree.root());
        if (!misspelt.empty()) {
          parsed.skipped.push_back(
              {"line " + std::to_string(number), MisspeltAccessText(misspelt)});
        }
      }
      document.source = source.id;
      document.id += '#' + id;
      parsed.documents.push_back(std::move(document));
    }
    errors.Finish();
    return parsed;
  }

 private:
  static Status ReadLine(std::string_view line, JsonTree* tree, LabelLimit* paths,
                         Document* document) {
    QUARRY_RETURN_IF_ERROR(tree->Parse(line, true).Annotate("expected a JSON object"));
    if (!tree->root().IsObject()) {
      return InvalidArgumentError(std::string("expected a JSON object: found ") +
                                  NameOf(tree->root().kind()));
    }
    QUARRY_RETURN_IF_ERROR(FillFromObject(tree->root(), paths, document));
    if (document->blocks.empty()) {
      return InvalidArgumentError("record without text: expected a \"text\" that is not empty");
    }
    return OkStatus();
  }
};

}  // namespace

std::unique_ptr<Parser> MakeJsonLinesParser() { return std::make_unique<JsonLinesParser>(); }

}  // namespace quarry::ingest
