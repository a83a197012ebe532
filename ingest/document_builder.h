#pragma once

// What all parsers share when they write a Document: blocks, table rows, lists of errors.
// Internal to ingest/.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "ingest/parser.h"

namespace quarry::ingest {

// Appends blocks to Document::text so that the promises of base/document.h hold: blocks in reading
// order, apart, trimmed, with an empty line between two of them. A block without text leaves no
// trace.
//
//   DocumentBuilder builder(&document);
//   builder.Add(BlockKind::kHeading, 1, "Installation");
//   builder.Begin(BlockKind::kParagraph, 0);
//   builder.out() += "Unpack and ";   // or piece by piece
//   builder.out() += "run.";
//   builder.End();
//
// REQUIRES: the last block is ended before the document is moved away. Not thread-safe.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(Document* document) : document_(document) {}
  DocumentBuilder(const DocumentBuilder&) = delete;
  DocumentBuilder& operator=(const DocumentBuilder&) = delete;

  void Add(BlockKind kind, uint32_t level, std::string_view text);

  // Ends the open block, if any, and opens one.
  void Begin(BlockKind kind, uint32_t level);
  bool IsOpen() const { return open_; }
  // Nothing but white space since Begin(). REQUIRES: IsOpen().
  bool IsBlank() const;
  // Where the text of the open block is appended. REQUIRES: IsOpen(); only append.
  std::string& out() { return document_->text; }
  // The text of the open block so far. REQUIRES: IsOpen().
  std::string_view OpenText() const {
    return std::string_view(document_->text).substr(block_.begin);
  }
  // Ends the open block: white space around it goes (of code only empty lines before and white
  // space behind), and the block too if nothing is left. Fine if none is open.
  void End();

  // Counts cells beyond kMaxRowCells, for NoteCellsLeftOut().
  void LeaveOutCells(uint64_t cells) { cells_left_out_ += cells; }
  uint64_t cells_left_out() const { return cells_left_out_; }

  // The page of blocks that begin from now on.
  void set_page(uint32_t page) { page_ = page; }

 private:
  Document* document_;
  Block block_;
  uint32_t page_ = 0;
  size_t text_before_ = 0;  // size of the text before Begin() added the separator
  bool open_ = false;
  uint64_t cells_left_out_ = 0;
};

// Appends running text with every run of white space as one space, none at the start of a block. A
// run that holds a line break and stands between two CJK characters is dropped: there it is only a
// wrapped line.
class RunningText {
 public:
  // `start` is where the block begins in `out`.
  RunningText(std::string* out, size_t start) : out_(out), start_(start) {}

  void Append(std::string_view text);
  // A space or line end of the source.
  void AppendBreak(bool newline) {
    space_ = true;
    newline_ = newline_ || newline;
  }
  // A line break that the reader sees.
  void AppendLineBreak();

 private:
  void WriteSpace(std::string_view next);

  std::string* out_;
  size_t start_;
  bool space_ = false;    // white space is due before the next character
  bool newline_ = false;  // and it held a line break
};

// Whether a line that ends with `before` and one that begins with `after` join without a space:
// both sides are CJK characters or CJK punctuation.
bool JoinsWithoutSpace(std::string_view before, std::string_view after);

// Characters of Chinese, Japanese and Korean with their punctuation, which are as wide as they are high.
bool IsCjkOrItsPunctuation(char32_t c);

// How much of a text are labels that its source has once and that stand before many values: not more
// than 16 MB or so and 8 times the values. Long labels of nearly empty values would blow it up.
class LabelLimit {
 public:
  // Whether a label of so many bytes may be written once more.
  bool Take(size_t label) {
    if (labels_ > kAlways + kPerValueByte * values_) return false;
    labels_ += label;
    return true;
  }
  void AddValue(size_t bytes) { values_ += bytes; }

 private:
  static constexpr uint64_t kAlways = uint64_t{16} << 20;
  static constexpr uint64_t kPerValueByte = 8;
  uint64_t labels_ = 0;
  uint64_t values_ = 0;
};

// Writes the rows of a table, a line each, so that each reads alone: "Model: VX-220; Power: 1.5
// kW". Empty cells are left out, and so are empty rows. A table that has a header and no rows
// becomes the line of its header.
//
// Header cells are cut after 120 bytes. Rows beyond LabelLimit are written without them.
class TableWriter {
 public:
  explicit TableWriter(DocumentBuilder* builder) : builder_(builder) {}

  void SetHeader(const std::vector<std::string_view>& cells);
  void AddRow(const std::vector<std::string_view>& cells);
  // Ends the block. REQUIRES: called last.
  void Finish();

 private:
  void WriteCell(std::string_view cell);

  DocumentBuilder* builder_;
  std::vector<std::string> labels_;  // "Power: "; "" where the header is empty
  bool has_rows_ = false;
  LabelLimit limit_;
};

// Views of the cells, which must outlive them.
std::vector<std::string_view> ViewsOf(const std::vector<std::string>& cells);

// Cells that are read of a table's row. Parsers tell the builder of others.
inline constexpr size_t kMaxRowCells = 1000;

// Adds an error if the builder was told of such.
void NoteCellsLeftOut(const DocumentBuilder& builder, std::vector<SourceError>* errors);

// Errors of one source. The first 100 are kept; the others are counted in one last entry.
class ErrorList {
 public:
  explicit ErrorList(std::vector<SourceError>* errors) : errors_(errors) {}
  ErrorList(const ErrorList&) = delete;
  ErrorList& operator=(const ErrorList&) = delete;

  void Add(std::string place, std::string reason);
  void AddLine(uint64_t line, std::string reason);
  // REQUIRES: called once, last.
  void Finish();

 private:
  std::vector<SourceError>* errors_;
  uint64_t left_out_ = 0;
};

// Paragraphs of plain text, separated by empty lines, a form feed or a line indented by ideographic
// spaces, as blocks of the builder; a line of its own that is underlined with "===" or "---" is a
// heading. Text with form feeds gets page numbers.
void AppendPlainText(std::string_view text, DocumentBuilder* builder);

// One line of at most 300 bytes, fit for a title: white space, no-break spaces too, runs as one space.
std::string TitleLine(std::string_view text);

// "manual" of "docs/manual.md", "v2.34-notes" of "docs/v2.34-notes": only the extension of a format
// goes.
std::string_view StemOf(std::string_view path);
// "md" of "docs/Manual.MD", in lower case; "" without one. Only letters and digits, at most 10.
std::string ExtensionOf(std::string_view path);

// A BCP 47 tag as `language` fields keep it: the primary subtag in lower case ("zh" of "zh-TW"); ""
// if it is none.
std::string PrimaryLanguage(std::string_view tag);

// A fresh document of `source`: id, uri and media type filled.
Document NewDocument(const SourceInfo& source, Format format);

}  // namespace quarry::ingest
