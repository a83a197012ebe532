#include "ingest/rtf_writer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/html_text.h"

namespace quarry::ingest {

void RtfWriter::ReadWord(std::string_view word, int parameter) {
  if (word == "par" || word == "sect" || word == "page") {
    EndParagraph();
  } else if (word == "pard") {
    paragraph_ = {};
  } else if (word == "s") {
    paragraph_.style = parameter;
  } else if (word == "outlinelevel") {
    paragraph_.heading = parameter >= 0 && parameter < 6 ? static_cast<uint32_t>(parameter) + 1 : 0;
  } else if (word == "ls") {
    if (paragraph_.list == 0) paragraph_.list = 1;
  } else if (word == "ilvl") {
    paragraph_.list = static_cast<uint32_t>(std::clamp(parameter, 0, 8)) + 1;
  } else if (word == "intbl") {
    paragraph_.in_table = true;
  } else if (word == "cell") {
    if (cells_.size() < kMaxRowCells) {
      cells_.push_back(std::exchange(text_, {}));
    } else {
      builder_.LeaveOutCells(1);
    }
    text_.clear();
    paragraph_.in_table = true;
  } else if (word == "trowd") {
    header_row_ = false;
  } else if (word == "trhdr") {
    header_row_ = true;
  } else if (word == "row") {
    EndRow();
  }
}

void RtfWriter::EndParagraph() {
  if (paragraph_.in_table) {
    if (!text_.empty()) text_ += ' ';  // of several in one cell
    return;
  }
  EndTable();
  uint32_t heading = paragraph_.heading;
  if (const auto style = headings_.find(paragraph_.style);
      heading == 0 && style != headings_.end()) {
    heading = style->second;
  }
  // "1.\t": a bullet says nothing that the kind of the block does not.
  std::string mark = std::exchange(list_mark_, {});
  const bool numbered = std::any_of(mark.begin(), mark.end(), IsAsciiAlphanumeric);
  const bool is_item = paragraph_.list > 0 || !mark.empty();
  std::string text = std::exchange(text_, {});
  if (numbered && !Trim(text).empty()) text = std::string(Trim(mark)) + ' ' + text;
  const BlockKind kind = heading > 0 ? BlockKind::kHeading
                         : is_item   ? BlockKind::kListItem
                                     : BlockKind::kParagraph;
  const uint32_t level = heading > 0 ? heading : is_item ? std::max(paragraph_.list, 1u) : 0;
  Write(kind, level, text);
  const std::string note = std::exchange(note_, {});
  Write(BlockKind::kParagraph, 0, note);
}

void RtfWriter::WriteHtml(std::string_view html) {
  AppendHtmlFragment(html, &builder_);
  builder_.End();
}

void RtfWriter::Write(BlockKind kind, uint32_t level, std::string_view text) {
  if (Trim(text).empty()) return;
  builder_.Begin(kind, level);
  RunningText running(&builder_.out(), builder_.out().size());
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) running.AppendLineBreak();
    running.Append(text.substr(begin, end - begin));
    begin = end + 1;
  }
  builder_.End();
}

void RtfWriter::EndRow() {
  if (!Trim(text_).empty() && paragraph_.in_table) cells_.push_back(std::exchange(text_, {}));
  text_.clear();
  if (cells_.empty()) return;
  const std::vector<std::string_view> cells(cells_.begin(), cells_.end());
  const bool is_first = !std::exchange(in_table_, true);
  if (is_first && header_row_) {
    table_.SetHeader(cells);
  } else {
    table_.AddRow(cells);
  }
  cells_.clear();
}

void RtfWriter::EndTable() {
  if (!std::exchange(in_table_, false)) return;
  table_.Finish();
  // A TableWriter writes one table.
  table_ = TableWriter(&builder_);
}

void RtfWriter::Finish(std::vector<SourceError>* errors) {
  EndParagraph();
  EndRow();
  EndTable();
  NoteCellsLeftOut(builder_, errors);
}

}  // namespace quarry::ingest
