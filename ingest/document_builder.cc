#include "ingest/document_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxTitleBytes = 300;
constexpr size_t kMaxErrors = 100;

char32_t LastCodePoint(std::string_view text) {
  size_t begin = CharacterBegin(text, text.size() - 1);
  return NextCodePoint(text, begin);
}

// Without the empty lines at its start and the white space at its end.
std::string_view TrimCode(std::string_view text) {
  size_t begin = 0;
  for (size_t i = 0; i < text.size() && IsAsciiSpace(text[i]); ++i) {
    if (text[i] == '\n') begin = i + 1;
  }
  const std::string_view trimmed = Trim(text.substr(begin));
  if (trimmed.empty()) return trimmed;
  const auto end = static_cast<size_t>(trimmed.data() - text.data()) + trimmed.size();
  return text.substr(begin, end - begin);
}

}  // namespace

void DocumentBuilder::Add(BlockKind kind, uint32_t level, std::string_view text) {
  text = kind == BlockKind::kCode ? TrimCode(text) : Trim(text);
  Begin(kind, level);
  out().append(text);
  End();
}

void DocumentBuilder::Begin(BlockKind kind, uint32_t level) {
  End();
  std::string& text = document_->text;
  text_before_ = text.size();
  if (!text.empty()) text += "\n\n";
  block_ = Block{.kind = kind, .level = level, .begin = text.size(), .end = 0, .page = page_};
  open_ = true;
}

bool DocumentBuilder::IsBlank() const { return Trim(OpenText()).empty(); }

void DocumentBuilder::End() {
  if (!open_) return;
  open_ = false;
  std::string& text = document_->text;
  const std::string_view whole = OpenText();
  const std::string_view kept = block_.kind == BlockKind::kCode ? TrimCode(whole) : Trim(whole);
  if (kept.empty()) {
    text.resize(text_before_);
    return;
  }
  const auto lead = static_cast<size_t>(kept.data() - whole.data());
  const size_t size = kept.size();
  text.resize(block_.begin + lead + size);
  if (lead > 0) text.erase(block_.begin, lead);
  block_.end = block_.begin + size;
  document_->blocks.push_back(block_);
}

bool IsCjkOrItsPunctuation(char32_t c) {
  return IsCjk(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF60);
}

bool JoinsWithoutSpace(std::string_view before, std::string_view after) {
  // ASCII on either side is by far the most common case.
  if (before.empty() || after.empty()) return false;
  if (IsAscii(before.back())) return false;
  if (static_cast<unsigned char>(after.front()) < 0xE2) return false;
  size_t offset = 0;
  return IsCjkOrItsPunctuation(LastCodePoint(before)) &&
         IsCjkOrItsPunctuation(NextCodePoint(after, offset));
}

void RunningText::WriteSpace(std::string_view next) {
  const bool newline = std::exchange(newline_, false);
  space_ = false;
  if (out_->size() == start_ || out_->back() == '\n') return;
  const std::string_view before = std::string_view(*out_).substr(start_);
  if (newline && JoinsWithoutSpace(before, next)) return;
  *out_ += ' ';
}

void RunningText::Append(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (IsAsciiSpace(c)) {
      AppendBreak(c == '\n');
      ++i;
      continue;
    }
    if (space_) WriteSpace(text.substr(i));
    // A run up to white space that is not a single space between two words.
    size_t end = i + 1;
    while (end < text.size()) {
      const char next = text[end];
      if (IsAsciiSpace(next) &&
          (next != ' ' || end + 1 == text.size() || IsAsciiSpace(text[end + 1]))) {
        break;
      }
      ++end;
    }
    out_->append(text, i, end - i);
    i = end;
  }
}

void RunningText::AppendLineBreak() {
  space_ = newline_ = false;
  if (out_->size() > start_) *out_ += '\n';
}

std::vector<std::string_view> ViewsOf(const std::vector<std::string>& cells) {
  return {cells.begin(), cells.end()};
}

void TableWriter::SetHeader(const std::vector<std::string_view>& cells) {
  constexpr size_t kMaxLabelBytes = 120;
  labels_.clear();
  for (std::string_view cell : cells) {
    std::string label;
    RunningText(&label, 0).Append(cell);
    while (!label.empty() && (label.back() == ':' || label.back() == ' ')) label.pop_back();
    if (label.size() > kMaxLabelBytes) {
      label.resize(TruncateUtf8(label, kMaxLabelBytes).size());
      label += "…";
    }
    if (!label.empty()) label += ": ";
    labels_.push_back(std::move(label));
  }
}

void TableWriter::WriteCell(std::string_view cell) {
  // Cells of one word or one line are the rule and need no second look.
  std::string& out = builder_->out();
  const size_t start = out.size();
  RunningText(&out, start).Append(cell);
  limit_.AddValue(out.size() - start);
}

void TableWriter::AddRow(const std::vector<std::string_view>& cells) {
  if (!has_rows_) builder_->Begin(BlockKind::kTable, 0);
  has_rows_ = true;
  std::string& out = builder_->out();
  bool first = true;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = Trim(cells[i]);
    if (cell.empty()) continue;
    if (!first) {
      out += "; ";
    } else if (!builder_->OpenText().empty()) {
      out += '\n';
    }
    first = false;
    if (i < labels_.size() && limit_.Take(labels_[i].size())) out += labels_[i];
    WriteCell(cell);
  }
}

void TableWriter::Finish() {
  if (!has_rows_) {
    builder_->Begin(BlockKind::kTable, 0);
    bool first = true;
    for (const std::string& label : labels_) {
      if (label.empty()) continue;
      if (!first) builder_->out() += "; ";
      first = false;
      builder_->out().append(label, 0, label.size() - 2);
    }
  }
  builder_->End();
}

void NoteCellsLeftOut(const DocumentBuilder& builder, std::vector<SourceError>* errors) {
  if (builder.cells_left_out() == 0) return;
  errors->push_back({"tables", std::to_string(builder.cells_left_out()) +
                                   " cells left out: expected at most " +
                                   std::to_string(kMaxRowCells) + " in a row"});
}

void ErrorList::Finish() {
  if (left_out_ == 0) return;
  errors_->push_back({"further places", std::to_string(left_out_) + " more errors"});
}

void ErrorList::Add(std::string place, std::string reason) {
  if (errors_->size() >= kMaxErrors) {
    ++left_out_;
    return;
  }
  errors_->push_back({std::move(place), std::move(reason)});
}

void ErrorList::AddLine(uint64_t line, std::string reason) {
  Add("line " + std::to_string(line), std::move(reason));
}

std::string TitleLine(std::string_view text) {
  // A no-break space looks like any other, and a title is compared with headings.
  constexpr std::string_view kNoBreakSpace = "\u00A0";
  // More than the limit, because white space goes; the text may be a whole book.
  text = TruncateUtf8(Trim(text), 4 * kMaxTitleBytes);
  std::string line;
  RunningText running(&line, 0);
  for (size_t space = text.find(kNoBreakSpace); space != text.npos;
       space = text.find(kNoBreakSpace)) {
    running.Append(text.substr(0, space));
    running.AppendBreak(false);
    text.remove_prefix(space + kNoBreakSpace.size());
  }
  running.Append(text);
  if (line.size() > kMaxTitleBytes) {
    line.resize(TruncateUtf8(line, kMaxTitleBytes - 3).size());
    line += "…";
  }
  return line;
}

std::string_view StemOf(std::string_view path) {
  const size_t slash = path.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return FormatOfExtension(ExtensionOf(name)) ? name.substr(0, name.rfind('.')) : name;
}

std::string ExtensionOf(std::string_view path) {
  const size_t slash = path.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > 11) return "";
  const std::string extension = AsciiLower(name.substr(dot + 1));
  const bool is_plain = std::all_of(extension.begin(), extension.end(),
                                    [](char c) { return IsAsciiLower(c) || IsAsciiDigit(c); });
  return is_plain ? extension : "";
}

std::string PrimaryLanguage(std::string_view tag) {
  std::string primary;
  for (const char c : Trim(tag)) {
    if (c == '-' || c == '_') break;
    if (!IsAsciiLetter(c)) return "";
    primary += AsciiLower(c);
    if (primary.size() > 3) return "";
  }
  return primary.size() >= 2 ? primary : "";
}

Document NewDocument(const SourceInfo& source, Format format) {
  Document document;
  document.id = source.id;
  document.uri = source.uri;
  document.media_type = MediaTypeOf(format);
  return document;
}

}  // namespace quarry::ingest
