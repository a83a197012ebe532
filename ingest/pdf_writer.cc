// Paragraphs from lines. A line goes on with the paragraph before it unless something says that it
// does not: a gap, another type size, an indent, a list mark, or room left on the line before for
// the first word of this one.

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/pdf_layout.h"
#include "ingest/pdf_table.h"

namespace quarry::ingest {
namespace {

constexpr float kLargerType = 1.15f;  // times the usual size: a heading
constexpr size_t kHeadingSizes = 3;
constexpr size_t kMaxPdfHeadingBytes = 150;

bool IsWordByte(char c) { return IsAsciiLetter(c) || !IsAscii(c); }

bool EndsSentence(std::string_view text) {
  while (text.ends_with('"') || text.ends_with(')')) text.remove_suffix(1);
  for (const std::string_view mark :
       {".", "?", "!", ":", ";", "。", "？", "！", "：", "；", "”", "」"}) {
    if (text.ends_with(mark)) return true;
  }
  return false;
}

std::string_view FirstWord(std::string_view text) { return text.substr(0, text.find(' ')); }

// "1.", "(a)", "•" and a space: a list item begins.
bool BeginsWithMark(std::string_view text) {
  const std::string_view word = FirstWord(text);
  if (word.size() == text.size() || !IsPdfLabel(word)) return false;
  return !IsAsciiDigit(word.back()) && word != "o";
}

// The depth of a section number that begins a line: "2.1 Pumps" 2, "第三章 水泵" 1; 0 if there is none.
uint32_t NumberDepth(std::string_view text) {
  if (text.starts_with("第")) {
    const size_t end = std::min<size_t>(text.size(), 18);
    for (const std::string_view unit : {"章", "篇", "部分"}) {
      if (text.substr(0, end).find(unit) != text.npos) return 1;
    }
    if (text.substr(0, end).find("节") != text.npos) return 2;
    return 0;
  }
  const std::string_view number = FirstWord(text);
  if (number.empty() || number.size() == text.size() || number.size() > 8) return 0;
  if (!IsAsciiDigit(number[0])) return 0;
  uint32_t depth = 1;
  for (size_t i = 0; i < number.size(); ++i) {
    if (number[i] == '.') {
      depth += i + 1 < number.size() ? 1 : 0;
    } else if (!IsAsciiDigit(number[i]) || (depth == 1 && i > 1)) {
      return 0;  // years, amounts
    }
  }
  const std::string_view rest = text.substr(number.size() + 1);
  if (rest.empty()) return 0;
  return IsAsciiUpper(rest[0]) || static_cast<unsigned char>(rest[0]) >= 0xE3 ? depth : 0;
}

std::vector<std::string> WordsOf(const std::vector<PdfPage>& pages) {
  std::vector<std::string> words;
  for (const PdfPage& page : pages) {
    bool is_half = false;  // the word before ended its line with a hyphen
    for (const PdfLine& line : page.lines) {
      const std::string_view text = line.text;
      for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find(' ', begin), text.size());
        std::string_view word = text.substr(begin, end - begin);
        begin = end + 1;
        while (!word.empty() && !IsWordByte(word.front())) word.remove_prefix(1);
        const bool ends_in_hyphen = word.ends_with('-');
        while (!word.empty() && !IsWordByte(word.back())) word.remove_suffix(1);
        const bool was_half = std::exchange(is_half, ends_in_hyphen && end == text.size());
        if (!was_half && !is_half && word.size() > 1) words.push_back(AsciiLower(word));
      }
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

struct PdfWriter::Paragraph {
  std::string text;
  PdfLine last;      // without its text
  float right = 0;   // of the block of the last line
  float height = 0;  // of the first line
  size_t lines = 0;
};

PdfWriter::PdfWriter(const std::vector<PdfPage>& pages, DocumentBuilder* builder)
    : builder_(builder), words_(WordsOf(pages)) {
  std::map<long, size_t> sizes;  // half points -> bytes of text
  size_t total = 0;
  for (const PdfPage& page : pages) {
    for (const PdfLine& line : page.lines) {
      sizes[std::lround(line.height() * 2)] += line.text.size();
      total += line.text.size();
    }
  }
  const auto usual = std::max_element(
      sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (usual == sizes.end()) return;
  body_height_ = static_cast<float>(usual->first) / 2;
  if (usual->second * 2 < total) return;  // no size is the usual one: a form, a poster
  for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
    const float height = static_cast<float>(size->first) / 2;
    if (height < kLargerType * body_height_) break;
    // Sizes of one heading differ by a little where fonts do.
    if (heading_heights_.empty() || heading_heights_.back() > 1.1f * height) {
      heading_heights_.push_back(height);
    }
  }
}

bool PdfWriter::KeepsHyphen(std::string_view before, std::string_view after) const {
  const auto knows = [&](const std::string& word) {
    return std::binary_search(words_.begin(), words_.end(), word);
  };
  if (before.empty() || after.empty() || !IsAsciiLower(before.back()) ||
      !IsAsciiLower(after.front())) {
    return true;
  }
  const std::string left = AsciiLower(before);
  const std::string right = AsciiLower(after);
  if (knows(left + '-' + right)) return true;
  if (knows(left + right)) return false;
  return knows(left) && knows(right);
}

void PdfWriter::Append(Paragraph* paragraph, const PdfLine& line) const {
  std::string& text = paragraph->text;
  if (paragraph->lines > 0) {
    const size_t word = text.find_last_of(" \n") + 1;  // npos + 1 = 0
    std::string_view next = FirstWord(line.text);
    while (!next.empty() && !IsWordByte(next.back())) next.remove_suffix(1);
    const PdfLine& last = paragraph->last;
    const size_t characters = std::max<size_t>(line.text.size(), 1);
    const float first_word = (line.x1 - line.x0) * static_cast<float>(FirstWord(line.text).size()) /
                             static_cast<float>(characters);
    if (text.ends_with("\u00AD")) {
      text.resize(text.size() - 2);
    } else if (text.ends_with('-') && word + 1 < text.size()) {
      std::string_view before = std::string_view(text).substr(word, text.size() - word - 1);
      while (!before.empty() && !IsWordByte(before.front())) before.remove_prefix(1);
      if (!KeepsHyphen(before, next)) text.pop_back();
    } else if (line.block == last.block &&
               last.x1 + first_word + line.height() < paragraph->right) {
      text += '\n';  // there was room: the author broke the line
    } else if (!JoinsWithoutSpace(text, line.text)) {
      text += ' ';
    }
  }
  text += line.text;
  paragraph->last = {.x0 = line.x0,
                     .x1 = line.x1,
                     .y0 = line.y0,
                     .y1 = line.y1,
                     .block = line.block,
                     .words = line.words,
                     .text = ""};
  ++paragraph->lines;
}

bool PdfWriter::Continues(const Paragraph& paragraph, const PdfLine& line) const {
  if (paragraph.lines == 0) return true;
  const PdfLine& last = paragraph.last;
  const float height = std::max(paragraph.height, 1.0f);
  const bool full = last.x1 > paragraph.right - 2 * height;
  if (std::abs(line.height() - height) > 0.25f * height) return false;
  // A number in running text may come to stand at the start of a line.
  const bool inside = full && paragraph.lines > 1 && std::abs(line.x0 - last.x0) < 1;
  if (BeginsWithMark(line.text) && !inside) return false;
  if (line.block != last.block) {
    // A paragraph that goes on in the next column.
    const bool open = full && !EndsSentence(paragraph.text) && paragraph.lines > 1;
    return open && (IsAsciiLower(line.text[0]) || JoinsWithoutSpace(paragraph.text, line.text));
  }
  if (line.middle() - last.middle() > 1.7f * height) return false;
  if (!full && EndsSentence(paragraph.text)) return false;
  if (paragraph.lines == 1) return true;  // an indent of the first line, or of the others
  return std::abs(line.x0 - last.x0) < 0.7f * height;
}

uint32_t PdfWriter::HeadingLevel(const Paragraph& paragraph) const {
  if (paragraph.lines > 2 || paragraph.text.size() > kMaxPdfHeadingBytes) return 0;
  if (DetectLanguage(paragraph.text).empty()) return 0;
  const bool sentence = EndsSentence(paragraph.text) || paragraph.text.ends_with(',');
  for (size_t i = 0; i < heading_heights_.size() && !sentence; ++i) {
    if (paragraph.height > 0.95f * heading_heights_[i]) {
      return static_cast<uint32_t>(std::min(i + 1, kHeadingSizes));
    }
  }
  if (sentence || paragraph.lines > 1 || paragraph.height < 0.85f * body_height_) return 0;
  const uint32_t depth = NumberDepth(paragraph.text);
  if (depth == 0) return 0;
  return std::min<uint32_t>(depth + (heading_heights_.empty() ? 0 : 1), 6);
}

void PdfWriter::Write(const Paragraph& paragraph) {
  if (paragraph.lines == 0) return;
  if (const uint32_t level = HeadingLevel(paragraph); level > 0) {
    builder_->Add(BlockKind::kHeading, level, paragraph.text);
  } else if (BeginsWithMark(paragraph.text)) {
    builder_->Add(BlockKind::kListItem, 1, paragraph.text);
  } else {
    builder_->Add(BlockKind::kParagraph, 0, paragraph.text);
  }
}

namespace {

// Whether the first row names the columns: every one, and none with a number.
bool HasHeader(const PdfTable& table) {
  if (table.columns < 3 || table.rows.size() < 2) return false;
  for (const std::string& cell : table.rows[0]) {
    if (cell.empty() || std::any_of(cell.begin(), cell.end(), IsAsciiDigit)) return false;
  }
  return std::any_of(table.rows.begin() + 1, table.rows.end(), [](const auto& row) {
    return std::any_of(row.begin(), row.end(), [](const std::string& cell) {
      return std::any_of(cell.begin(), cell.end(), IsAsciiDigit);
    });
  });
}

void WriteTable(const PdfTable& table, DocumentBuilder* builder) {
  TableWriter writer(builder);
  const bool header = HasHeader(table);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& row = table.rows[i];
    if (i == 0 && header) {
      writer.SetHeader({row.begin(), row.end()});
    } else if (table.columns == 2 && row[0].ends_with(':')) {
      writer.AddRow({row[0] + ' ' + row[1]});
    } else {
      writer.AddRow({row.begin(), row.end()});
    }
  }
  writer.Finish();
}

}  // namespace

void PdfWriter::WritePage(const PdfPage& page) {
  const PdfRows rows = FindTables(page);
  std::map<uint32_t, float> right;  // of each block
  for (const PdfLine& line : rows.lines) {
    float& block = right[line.block];
    block = std::max(block, line.x1);
  }
  Paragraph paragraph;
  size_t table = 0;
  for (size_t i = 0; i <= rows.lines.size(); ++i) {
    for (; table < rows.tables.size() && rows.tables[table].first == i; ++table) {
      Write(std::exchange(paragraph, {}));
      WriteTable(rows.tables[table], builder_);
    }
    if (i == rows.lines.size()) break;
    const PdfLine& line = rows.lines[i];
    if (!Continues(paragraph, line)) Write(std::exchange(paragraph, {}));
    if (paragraph.lines == 0) {
      paragraph.height = line.height();
    }
    paragraph.right = right[line.block];
    Append(&paragraph, line);
  }
  Write(paragraph);
}

}  // namespace quarry::ingest
