// Jupyter notebooks, nbformat 3 and 4: cells of Markdown and of code in one document.

#include <string>
#include <utility>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/markdown_text.h"
#include "ingest/parsers.h"
#include "ingest/read_json.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxOutputBytes = 4096;  // of a cell: a reader looks at its first screen

// A string, or lines in an array, as one text.
std::string Joined(JsonValue value) {
  if (value.IsString()) return std::string(value.text());
  std::string text;
  value.ForEach([&](std::string_view, JsonValue line) { text += line.text(); });
  return text;
}

std::string Member(JsonValue object, std::string_view name) {
  JsonValue value = object;
  return object.Find(name, &value) ? Joined(value) : "";
}

// The text that a cell printed; pictures and widgets have none.
std::string OutputOf(JsonValue output) {
  std::string text = Member(output, "text");
  JsonValue data = output;
  if (text.empty() && output.Find("data", &data)) {
    text = Member(data, "text/markdown");
    if (text.empty()) text = Member(data, "text/plain");
  }
  if (Member(output, "output_type") == "error") {
    text = Member(output, "ename") + ": " + Member(output, "evalue");
  }
  return text;
}

class NotebookWriter {
 public:
  explicit NotebookWriter(Document* document) : builder_(document) {}

  void WriteCells(JsonValue cells) {
    cells.ForEach([&](std::string_view, JsonValue cell) { WriteCell(cell); });
  }

 private:
  void WriteCell(JsonValue cell) {
    const std::string type = Member(cell, "cell_type");
    const std::string source =
        Member(cell, type == "code" && Member(cell, "source").empty() ? "input"  // nbformat 3
                                                                      : "source");
    if (type == "markdown") {
      AppendMarkdown(source, &builder_);
    } else if (type == "heading") {  // nbformat 3
      builder_.Add(BlockKind::kHeading, 1, source);
    } else if (type == "raw") {
      AppendPlainText(source, &builder_);
    } else {
      builder_.Add(BlockKind::kCode, 0, source);
    }
    JsonValue outputs = cell;
    if (!cell.Find("outputs", &outputs)) return;
    std::string printed;
    outputs.ForEach([&](std::string_view, JsonValue output) {
      if (printed.size() < kMaxOutputBytes) printed += OutputOf(output);
    });
    if (printed.size() > kMaxOutputBytes) {
      printed.resize(TruncateUtf8(printed, kMaxOutputBytes).size());
      printed += "…";
    }
    builder_.Add(BlockKind::kCode, 0, printed);
  }

  DocumentBuilder builder_;
};

class NotebookParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    JsonTree tree;
    QUARRY_RETURN_IF_ERROR(tree.Parse(text));
    const JsonValue root = tree.root();
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kNotebook));
    JsonValue value = root;
    if (root.Find("metadata", &value)) ReadMetadata(value, &document);
    NotebookWriter writer(&document);
    if (root.Find("cells", &value)) {
      writer.WriteCells(value);
    } else if (root.Find("worksheets", &value)) {  // nbformat 3
      value.ForEach([&](std::string_view, JsonValue sheet) {
        JsonValue cells = sheet;
        if (sheet.Find("cells", &cells)) writer.WriteCells(cells);
      });
    } else {
      return InvalidArgumentError("broken notebook: expected an object with \"cells\"");
    }
    return parsed;
  }

 private:
  static void ReadMetadata(JsonValue metadata, Document* document) {
    document->title = TitleLine(Member(metadata, "title"));
    JsonValue value = metadata;
    std::string language;
    if (metadata.Find("language_info", &value)) language = Member(value, "name");
    if (language.empty() && metadata.Find("kernelspec", &value))
      language = Member(value, "language");
    if (!language.empty()) document->metadata["programming_language"] = TitleLine(language);
    if (!metadata.Find("authors", &value)) return;
    std::vector<std::string> authors;
    value.ForEach([&](std::string_view, JsonValue author) {
      if (std::string name = Member(author, "name"); !name.empty())
        authors.push_back(std::move(name));
    });
    if (!authors.empty()) document->metadata["author"] = std::move(authors);
  }
};

}  // namespace

std::unique_ptr<Parser> MakeNotebookParser() { return std::make_unique<NotebookParser>(); }

}  // namespace quarry::ingest
