// RTF 1.9: groups in braces, control words, bytes in the code page of the font. Whatever is not
// text is a group that begins with a word known for it, or with \* before a word that is not known.

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/text_convert.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxDepth = 500;
constexpr size_t kMaxCells = 1000;  // of a row

// Where the text of a group goes.
enum class Target : uint8_t {
  kBody,
  kNote,      // a footnote: behind its paragraph
  kListMark,  // the number or bullet that stands before an item
  kFonts,
  kStyles,
  kTitle,
  kAuthor,
  kSubject,
  kKeywords,
  kCreated,
  kSkipped,
};

// What a group inherits and loses again at its end.
struct State {
  Target target = Target::kBody;
  int font = -1;
  int skip_after_unicode = 1;  // \ucN
  bool hidden = false;
};

struct Paragraph {
  uint32_t heading = 0;  // by its outline level
  int style = -1;
  uint32_t list = 0;  // depth, 0 = none
  bool in_table = false;
};

// The code page of a font's \fcharset; 0 = that of the document.
int CodePageOf(int charset) {
  static constexpr std::pair<int, int> kPages[] = {
      {77, 10000}, {128, 932},  {129, 949},  {134, 936},  {136, 950},  {161, 1253}, {162, 1254},
      {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}};
  for (const auto& [known, page] : kPages) {
    if (charset == known) return page;
  }
  return 0;
}
constexpr int kSymbolCharset = 2;

// The level of a style by its name: "heading 2", "标题 2"; 0 for others.
uint32_t HeadingLevelOf(std::string_view name) {
  for (const std::string_view prefix : {"heading ", "Heading ", "标题 ", "标题"}) {
    if (!name.starts_with(prefix) || name.size() != prefix.size() + 1) continue;
    const char digit = name.back();
    if (digit >= '1' && digit <= '9')
      return std::min<uint32_t>(static_cast<uint32_t>(digit - '0'), 6);
  }
  return name == "Title" || name == "title" ? 1 : 0;
}

struct Symbol {
  std::string_view word;
  const char* text;
};
constexpr Symbol kSymbols[] = {
    {"tab", "\t"},    {"emdash", "—"},    {"endash", "–"},    {"bullet", "•"},   {"lquote", "‘"},
    {"rquote", "’"},  {"ldblquote", "“"}, {"rdblquote", "”"}, {"emspace", " "},  {"enspace", " "},
    {"qmspace", " "}, {"line", "\n"},     {"lbr", "\n"},      {"nestcell", " "}, {"nestrow", "\n"}};

struct Destination {
  std::string_view word;
  Target target;
};
constexpr Destination kDestinations[] = {
    {"fonttbl", Target::kFonts},      {"stylesheet", Target::kStyles},
    {"title", Target::kTitle},        {"author", Target::kAuthor},
    {"subject", Target::kSubject},    {"keywords", Target::kKeywords},
    {"creatim", Target::kCreated},    {"footnote", Target::kNote},
    {"listtext", Target::kListMark},  {"pntext", Target::kListMark},
    {"colortbl", Target::kSkipped},   {"pict", Target::kSkipped},
    {"objdata", Target::kSkipped},    {"objclass", Target::kSkipped},
    {"header", Target::kSkipped},     {"headerl", Target::kSkipped},
    {"headerr", Target::kSkipped},    {"headerf", Target::kSkipped},
    {"footer", Target::kSkipped},     {"footerl", Target::kSkipped},
    {"footerr", Target::kSkipped},    {"footerf", Target::kSkipped},
    {"fldinst", Target::kSkipped},    {"nonshppict", Target::kSkipped},
    {"listtable", Target::kSkipped},  {"listoverridetable", Target::kSkipped},
    {"rsidtbl", Target::kSkipped},    {"filetbl", Target::kSkipped},
    {"themedata", Target::kSkipped},  {"datastore", Target::kSkipped},
    {"xe", Target::kSkipped},         {"tc", Target::kSkipped},
    {"rxe", Target::kSkipped},        {"sp", Target::kSkipped},
    {"annotation", Target::kSkipped}, {"atnid", Target::kSkipped},
    {"atnauthor", Target::kSkipped},  {"revtim", Target::kSkipped},
    {"printim", Target::kSkipped},    {"buptim", Target::kSkipped},
    {"operator", Target::kSkipped},   {"doccomm", Target::kSkipped},
    {"company", Target::kSkipped},    {"category", Target::kSkipped},
    {"manager", Target::kSkipped},    {"comment", Target::kSkipped},
    {"hlinkbase", Target::kSkipped},  {"falt", Target::kSkipped},
    {"ftnsep", Target::kSkipped},     {"ftnsepc", Target::kSkipped},
    {"private", Target::kSkipped},    {"bkmkstart", Target::kSkipped},
    {"bkmkend", Target::kSkipped},    {"levelnumbers", Target::kSkipped},
    {"leveltext", Target::kSkipped},  {"pnseclvl", Target::kSkipped}};

// Words behind \* whose groups hold text all the same: text boxes.
bool IsTextBehindStar(std::string_view word) { return word == "shpinst" || word == "shptxt"; }

class RtfReader {
 public:
  RtfReader(std::string_view rtf, Document* document)
      : rtf_(rtf), document_(document), builder_(document), table_(&builder_) {}

  Status Read() {
    while (at_ < rtf_.size()) {
      const char c = rtf_[at_++];
      if (c == '{') {
        if (stack_.size() >= kMaxDepth) {
          return InvalidArgumentError("broken RTF at byte " + std::to_string(at_ - 1) +
                                      ": groups more than " + std::to_string(kMaxDepth) + " deep");
        }
        FlushBytes();
        group_begins_ = true;
        starred_ = false;
        skip_ = 0;
        stack_.push_back(state_);
      } else if (c == '}') {
        FlushBytes();
        EndGroup();
        if (stack_.empty()) break;  // what is behind the document is not of it
        state_ = stack_.back();
        stack_.pop_back();
        skip_ = 0;
        if (stack_.empty()) break;
      } else if (c == '\\') {
        ReadControl();
      } else if (c != '\r' && c != '\n' && c != '\0') {
        AddByte(c);
      }
    }
    FlushBytes();
    EndParagraph();
    EndRow();
    EndTable();
    for (const auto& [key, value] : info_) document_->metadata.emplace(key, TitleLine(value));
    if (const auto title = document_->metadata.find("title"); title != document_->metadata.end()) {
      document_->title = std::get<std::string>(title->second);
      document_->metadata.erase(title);
    }
    return OkStatus();
  }

 private:
  // --- control words ---

  void ReadControl() {
    if (at_ >= rtf_.size()) return;
    const char c = rtf_[at_];
    if (!IsLetter(c)) {
      ++at_;
      ReadSymbol(c);
      return;
    }
    const size_t begin = at_;
    while (at_ < rtf_.size() && IsLetter(rtf_[at_]) && at_ - begin < 32) ++at_;
    const std::string_view word = rtf_.substr(begin, at_ - begin);
    int parameter = 0;
    const auto [end, error] =
        std::from_chars(rtf_.data() + at_, rtf_.data() + rtf_.size(), parameter);
    bool has_parameter = false;
    if (error == std::errc()) {
      at_ = static_cast<size_t>(end - rtf_.data());
      has_parameter = true;
    }
    if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
    const bool begins_group = std::exchange(group_begins_, false);
    // The stand-in of a \u may be a control word.
    if (skip_ > 0 && word != "u" && word != "bin") {
      --skip_;
      return;
    }
    if (begins_group) BeginGroup(word);
    ReadWord(word, parameter, has_parameter);
  }

  static bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  void ReadSymbol(char c) {
    if (c == '*' && group_begins_) {
      starred_ = true;  // and the word that follows still begins the group
      return;
    }
    group_begins_ = false;
    if (c == '\'') {
      const std::string_view digits = rtf_.substr(at_, 2);
      unsigned value = 0;
      const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      at_ += static_cast<size_t>(result.ptr - digits.data());
      if (result.ptr != digits.data()) AddByte(static_cast<char>(value));
    } else if (c == '~') {
      AddText(" ");
    } else if (c == '_') {
      AddText("-");
    } else if (c == '\r' || c == '\n') {
      EndParagraph();
    } else if (c == '\\' || c == '{' || c == '}') {
      AddByte(c);
    }
  }

  // `word` is the first of its group.
  void BeginGroup(std::string_view word) {
    for (const Destination& destination : kDestinations) {
      if (word != destination.word) continue;
      // What is inside a group that is passed over is passed over.
      if (state_.target != Target::kSkipped) state_.target = destination.target;
      if (destination.target == Target::kListMark) list_mark_.clear();
      return;
    }
    if (starred_ && !IsTextBehindStar(word)) state_.target = Target::kSkipped;
  }

  // The group that ends here: what it gathered is used.
  void EndGroup() {
    const Target outer = stack_.empty() ? Target::kBody : stack_.back().target;
    if (state_.target == Target::kStyles) {
      std::string_view name = Trim(style_name_);
      if (name.ends_with(';')) name.remove_suffix(1);
      if (const uint32_t level = HeadingLevelOf(Trim(name)); level > 0) headings_[style_] = level;
      style_name_.clear();
      style_ = 0;
    }
    if (state_.target == Target::kNote && outer != Target::kNote) note_ += '\n';
    if (state_.target == Target::kCreated && date_[0] > 0) {
      char text[32];
      std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:00", date_[0] % 10000,
                    date_[1] % 100, date_[2] % 100, date_[3] % 100, date_[4] % 100);
      info_["created"] = text;
      date_ = {};
    }
  }

  void ReadWord(std::string_view word, int parameter, bool has_parameter) {
    if (word == "bin") {
      // Raw bytes, braces included.
      if (parameter > 0) at_ = std::min(rtf_.size(), at_ + static_cast<size_t>(parameter));
      return;
    }
    if (word == "u") return AddUnicode(parameter);
    if (word == "uc") {
      state_.skip_after_unicode = std::clamp(parameter, 0, 100);
      return;
    }
    if (word == "f") return SetFont(parameter);
    if (state_.target == Target::kFonts) {
      if (word == "fcharset") {
        FlushBytes();
        fonts_[state_.font] = parameter;
      }
      return;
    }
    if (state_.target == Target::kStyles) {
      if (word == "s" && style_name_.empty()) style_ = parameter;
      if (word == "outlinelevel" && parameter < 6) {
        headings_[style_] = static_cast<uint32_t>(std::max(parameter, 0)) + 1;
      }
      return;
    }
    if (state_.target == Target::kCreated) {
      static constexpr std::string_view kParts[] = {"yr", "mo", "dy", "hr", "min"};
      for (size_t i = 0; i < std::size(kParts); ++i) {
        if (word == kParts[i]) date_[i] = std::max(parameter, 0);
      }
      return;
    }
    if (word == "ansicpg") {
      code_page_ = parameter;
    } else if (word == "mac") {
      code_page_ = 10000;
    } else if (word == "v" || word == "deleted") {
      FlushBytes();
      state_.hidden = !has_parameter || parameter != 0;
    } else if (word == "plain") {
      FlushBytes();
      state_.hidden = false;
    } else {
      for (const Symbol& symbol : kSymbols) {
        if (word == symbol.word) return AddText(symbol.text);
      }
      if (state_.target == Target::kNote) {
        if (word == "par") AddText("\n");
      } else if (state_.target == Target::kBody) {
        ReadParagraphWord(word, parameter);
      }
    }
  }

  void ReadParagraphWord(std::string_view word, int parameter) {
    if (word == "par" || word == "sect" || word == "page") {
      EndParagraph();
    } else if (word == "pard") {
      FlushBytes();
      paragraph_ = {};
    } else if (word == "s") {
      paragraph_.style = parameter;
    } else if (word == "outlinelevel") {
      paragraph_.heading =
          parameter >= 0 && parameter < 6 ? static_cast<uint32_t>(parameter) + 1 : 0;
    } else if (word == "ls") {
      if (paragraph_.list == 0) paragraph_.list = 1;
    } else if (word == "ilvl") {
      paragraph_.list = static_cast<uint32_t>(std::clamp(parameter, 0, 8)) + 1;
    } else if (word == "intbl") {
      paragraph_.in_table = true;
    } else if (word == "cell") {
      FlushBytes();
      if (cells_.size() < kMaxCells) cells_.push_back(std::exchange(text_, {}));
      text_.clear();
      paragraph_.in_table = true;
    } else if (word == "trowd") {
      header_row_ = false;
    } else if (word == "trhdr") {
      header_row_ = true;
    } else if (word == "row") {
      FlushBytes();
      EndRow();
    }
  }

  void SetFont(int number) {
    FlushBytes();
    state_.font = number;
  }

  // --- characters ---

  // Bytes are gathered while the font stays: a character may have two, each written as \'hh.
  void AddByte(char c) {
    group_begins_ = false;
    if (skip_ > 0) {
      --skip_;
      return;
    }
    bytes_ += c;
  }

  void AddUnicode(int value) {
    FlushBytes();
    skip_ = state_.skip_after_unicode;
    const auto unit = static_cast<uint32_t>(value) & 0xFFFF;  // written as a signed number
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_surrogate_ = unit;
      return;
    }
    char32_t character = unit;
    if (unit >= 0xDC00 && unit < 0xE000) {
      if (high_surrogate_ == 0) return;
      character = 0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00);
    }
    high_surrogate_ = 0;
    if (character < 0x20) return;
    std::string text;
    // Symbol fonts put theirs into the private area.
    AppendCodePoint(text, character >= 0xF000 && character <= 0xF0FF ? U'•' : character);
    Append(text);
  }

  void AddText(std::string_view text) {
    FlushBytes();
    if (skip_ > 0) {
      --skip_;
      return;
    }
    Append(text);
  }

  void FlushBytes() {
    if (bytes_.empty()) return;
    const std::string bytes = std::exchange(bytes_, {});
    const auto font = fonts_.find(state_.font);
    const int charset = font == fonts_.end() ? 0 : font->second;
    const bool is_ascii = std::none_of(
        bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (charset == kSymbolCharset && !is_ascii) return Append("•");
    if (is_ascii) return Append(bytes);
    const int page = CodePageOf(charset) != 0 ? CodePageOf(charset) : code_page_;
    std::optional<std::string> text;
    if (page == 65001) text = ConvertToUtf8(bytes, "utf-8");
    for (const char* prefix : {"windows-", "cp", "ibm-"}) {
      if (!text) text = ConvertToUtf8(bytes, prefix + std::to_string(page));
    }
    if (!text) text = ConvertToUtf8(bytes, "windows-1252");
    if (text) Append(*text);
  }

  void Append(std::string_view text) {
    if (state_.hidden) return;
    std::string* to = &text_;
    switch (state_.target) {
      case Target::kBody:
        break;
      case Target::kNote:
        to = &note_;
        break;
      case Target::kListMark:
        to = &list_mark_;
        break;
      case Target::kStyles:
        to = &style_name_;
        break;
      case Target::kTitle:
        to = &info_["title"];
        break;
      case Target::kAuthor:
        to = &info_["author"];
        break;
      case Target::kSubject:
        to = &info_["subject"];
        break;
      case Target::kKeywords:
        to = &info_["keywords"];
        break;
      case Target::kFonts:
      case Target::kCreated:
      case Target::kSkipped:
        return;
    }
    for (const char c : text) {
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') *to += c;
    }
  }

  // --- blocks ---

  void EndParagraph() {
    FlushBytes();
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
    const bool numbered = std::any_of(mark.begin(), mark.end(),
                                      [](char c) { return IsLetter(c) || (c >= '0' && c <= '9'); });
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

  void Write(BlockKind kind, uint32_t level, std::string_view text) {
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

  void EndRow() {
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

  void EndTable() {
    if (!std::exchange(in_table_, false)) return;
    table_.Finish();
    // A TableWriter writes one table.
    table_ = TableWriter(&builder_);
  }

  const std::string_view rtf_;
  size_t at_ = 0;
  Document* document_;
  DocumentBuilder builder_;
  TableWriter table_;

  std::vector<State> stack_;
  State state_;
  bool group_begins_ = false;
  bool starred_ = false;
  int skip_ = 0;  // characters to pass over behind a \u
  uint32_t high_surrogate_ = 0;
  int code_page_ = 1252;
  std::map<int, int> fonts_;          // number -> charset
  std::map<int, uint32_t> headings_;  // style -> level
  int style_ = 0;                     // that is being read in the style sheet
  std::string style_name_;
  std::array<int, 5> date_ = {};
  std::map<std::string, std::string> info_;

  std::string bytes_;  // of the font's code page, not decoded yet
  Paragraph paragraph_;
  std::string text_;  // of the paragraph or cell
  std::string note_;
  std::string list_mark_;
  std::vector<std::string> cells_;
  bool header_row_ = false;
  bool in_table_ = false;
};

class RtfParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    if (!bytes.starts_with("{\\rtf")) {
      return InvalidArgumentError("broken RTF at byte 0: expected \"{\\rtf\"");
    }
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kRtf));
    QUARRY_RETURN_IF_ERROR(RtfReader(bytes, &document).Read());
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeRtfParser() { return std::make_unique<RtfParser>(); }

}  // namespace quarry::ingest
