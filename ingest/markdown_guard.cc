#include "ingest/markdown_guard.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/ascii.h"
#include "base/status.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxMarkers = 100;
constexpr size_t kMaxIndent = 200;
constexpr size_t kMaxPipeColumns = 256;
constexpr size_t kMaxMissingCells = size_t{1} << 20;
constexpr size_t kMaxReadAgain = size_t{16} << 20;
constexpr size_t kMaxReadOfParagraph = size_t{1} << 20;
constexpr size_t kFewReadOfParagraph = 1024;  // the head of a table that somebody wrote
constexpr size_t kMaxImages = 2000;
constexpr size_t kMaxPointed = 200;

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

size_t SkipBlanks(std::string_view line, size_t at) {
  while (at < line.size() && IsBlank(line[at])) ++at;
  return at;
}

// The size of the container marker at `at`; 0 if there is none.
size_t MarkerSize(std::string_view line, size_t at) {
  const char c = line[at];
  if (c == '>') return 1;
  size_t end = at;
  if (c == '-' || c == '+' || c == '*') {
    end = at + 1;
  } else {
    while (end < line.size() && end - at < 9 && IsAsciiDigit(line[end])) ++end;
    if (end == at || end == line.size() || (line[end] != '.' && line[end] != ')')) return 0;
    ++end;
  }
  return end == line.size() || IsBlank(line[end]) ? end - at : 0;
}

// A row like "|---|:-:|", also inside quotes.
bool IsDelimiterRow(std::string_view line) {
  return line.find('-') != std::string_view::npos &&
         line.find_first_not_of("|:- \t>") == std::string_view::npos;
}

// A line "# Heading": there no paragraph goes on, whatever it stands in.
bool IsHeadingLine(std::string_view line) {
  const size_t text = line.find_first_not_of('#');
  return text != line.npos && text > 0 && text <= 6 && IsBlank(line[text]);
}

class Guard {
 public:
  Guard(std::string_view text, std::string* storage) : text_(text), storage_(storage) {}

  std::string_view Run() {
    CountOpeners();
    for (size_t begin = 0; begin < text_.size();) {
      const size_t newline = std::min(text_.find('\n', begin), text_.size());
      GuardLine(begin, text_.substr(begin, newline - begin));
      begin = newline + 1;
    }
    if (copied_ == 0 && storage_->empty()) return text_;
    storage_->append(text_.substr(copied_));
    return *storage_;
  }

 private:
  // They are looked at line by line only where there are many at all.
  void CountOpeners() {
    size_t openers = 0;
    for (const std::string_view opener : {"![", "<?", "<!"}) {
      for (size_t at = text_.find(opener); at != text_.npos && openers <= kMaxPointed;
           at = text_.find(opener, at + 2)) {
        ++openers;
      }
    }
    many_openers_ = openers > kMaxPointed;
  }

  // Puts `with` in the place of the bytes [begin, end). REQUIRES: called in the order of the text.
  void Replace(size_t begin, size_t end, std::string_view with) {
    QUARRY_CHECK(begin >= copied_);
    storage_->append(text_.substr(copied_, begin - copied_));
    storage_->append(with);
    copied_ = end;
  }

  void GuardLine(size_t begin, std::string_view line) {
    const size_t indent = SkipBlanks(line, 0);
    if (indent == line.size()) {
      columns_ = images_ = pointed_ = 0;
      BeginParagraph(begin + line.size());
      return;
    }
    if (IsHeadingLine(line)) BeginParagraph(begin + line.size());
    // Each changes what stands behind that of the one before it: an empty line above the line, its
    // markers, a "|", which no marker holds.
    const bool delimiter = IsDelimiterRow(line);
    if (columns_ > 0 && !delimiter) GuardRow(begin, line);
    GuardMarkers(begin, line, indent);
    if (delimiter) GuardDelimiterRow(begin, line);
    if (many_openers_) GuardOpeners(begin, line);
  }

  void GuardOpeners(size_t begin, std::string_view line) {
    for (size_t at = line.find_first_of("!<"); at != line.npos;
         at = line.find_first_of("!<", at + 1)) {
      const char next = at + 1 < line.size() ? line[at + 1] : '\0';
      const size_t behind = begin + at + 1;
      if (line[at] == '!') {
        const bool is_excess = next == '[' && ++images_ > kMaxImages;
        if (is_excess && behind > copied_) Replace(behind - 1, behind, "");
      } else if (next == '?' || next == '!') {
        const bool is_excess = ++pointed_ > kMaxPointed;
        if (is_excess && behind > copied_) Replace(behind, behind, " ");
      }
    }
  }

  void GuardMarkers(size_t begin, std::string_view line, size_t indent) {
    size_t at = indent;
    size_t markers = 0;
    size_t excess = 0;  // where the first marker beyond the limit begins
    while (at < line.size()) {
      const size_t size = MarkerSize(line, at);
      if (size == 0) break;
      if (++markers == kMaxMarkers + 1) excess = at;
      at = SkipBlanks(line, at + size);
    }
    if (markers > 0 && indent > kMaxIndent) Replace(begin + kMaxIndent, begin + indent, "");
    if (excess > 0) Replace(begin + excess, begin + at, "");
  }

  static size_t CountPipes(std::string_view line) {
    return static_cast<size_t>(std::count(line.begin(), line.end(), '|'));
  }

  void GuardRow(size_t begin, std::string_view line) {
    const size_t pipes = CountPipes(line);
    if (pipes >= columns_) return;
    missing_ += columns_ - pipes;
    if (missing_ <= kMaxMissingCells) return;
    Replace(begin, begin, "\n");
    columns_ = images_ = pointed_ = 0;
    BeginParagraph(begin);
  }

  void BeginParagraph(size_t begin) {
    paragraph_ = begin;
    read_of_paragraph_ = 0;
  }

  void GuardDelimiterRow(size_t begin, std::string_view line) {
    // Without either it underlines a heading, or is a ruler.
    const size_t mark = line.find_first_of("|:");
    if (mark == line.npos) return;
    const size_t pipes = CountPipes(line);
    const size_t read = begin - paragraph_;
    const size_t most = read_again_ > kMaxReadAgain ? kFewReadOfParagraph : kMaxReadOfParagraph;
    if (pipes > kMaxPipeColumns || read_of_paragraph_ + read > most) {
      Replace(begin + mark, begin + mark, "\\");
      return;
    }
    read_of_paragraph_ += read;
    read_again_ += read;
    if (pipes > 0) columns_ = std::max(columns_, pipes);
  }

  const std::string_view text_;
  std::string* storage_;
  size_t copied_ = 0;  // bytes of text_ that are in storage_ or left out
  bool many_openers_ = false;
  size_t images_ = 0;             // "![" since the last empty line
  size_t pointed_ = 0;            // "<?" and "<!" likewise
  size_t columns_ = 0;            // pipes of the widest delimiter row since the last empty line
  size_t missing_ = 0;            // cells that rows of the document lack
  size_t paragraph_ = 0;          // where it begins, or something before
  size_t read_of_paragraph_ = 0;  // bytes before each of its delimiter rows
  size_t read_again_ = 0;         // of all paragraphs
};

}  // namespace

std::string_view GuardMarkdown(std::string_view text, std::string* storage) {
  storage->clear();
  return Guard(text, storage).Run();
}

}  // namespace quarry::ingest
