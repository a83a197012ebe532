// RTF 1.9: groups in braces, control words, bytes in the code page of the font. Whatever is not
// text is a group that begins with a word known for it, or with \* before a word that is not known.
//
// Mail programs write HTML as RTF (\fromhtml, MS-OXRTFEX): its tags stand in groups, and what only
// readers of RTF are to see between \htmlrtf and \htmlrtf0. Of these the HTML is put together again,
// which says more of headings, lists and tables.

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_convert.h"
#include "ingest/document_builder.h"
#include "ingest/html_text.h"
#include "ingest/parsers.h"
#include "ingest/rtf_words.h"
#include "ingest/rtf_writer.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxGroupDepth = 500;

// What a group inherits and loses again at its end.
struct State {
  RtfTarget target = RtfTarget::kBody;
  int font = -1;
  int skip_after_unicode = 1;  // \ucN
  bool hidden = false;
  bool rtf_only = false;  // \htmlrtf: a stand-in for tags
};

class RtfReader {
 public:
  RtfReader(std::string_view rtf, Document* document)
      : rtf_(rtf), document_(document), writer_(document) {}

  // What was left out goes into `errors`.
  Status Read(std::vector<SourceError>* errors) {
    while (at_ < rtf_.size()) {
      const char c = rtf_[at_++];
      if (c == '{') {
        if (stack_.size() >= kMaxGroupDepth) {
          return InvalidArgumentError("broken RTF at byte " + std::to_string(at_ - 1) +
                                      ": groups more than " + std::to_string(kMaxGroupDepth) +
                                      " deep");
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
    if (from_html_) writer_.WriteHtml(html_);
    writer_.Finish(errors);
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
    if (!IsAsciiLetter(c)) {
      ++at_;
      ReadSymbol(c);
      return;
    }
    const size_t begin = at_;
    while (at_ < rtf_.size() && IsAsciiLetter(rtf_[at_]) && at_ - begin < 32) ++at_;
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
    if (const std::optional<RtfTarget> target = RtfTargetOf(word)) {
      // What is inside a group that is passed over is passed over.
      const bool is_seen = state_.target != RtfTarget::kSkipped;
      if (is_seen) state_.target = *target;
      if (*target == RtfTarget::kMarkup && !from_html_) state_.target = RtfTarget::kSkipped;
      if (*target == RtfTarget::kListMark) writer_.list_mark().clear();
      return;
    }
    if (starred_ && !IsRtfTextBehindStar(word)) state_.target = RtfTarget::kSkipped;
  }

  // The group that ends here: what it gathered is used.
  void EndGroup() {
    const RtfTarget outer = stack_.empty() ? RtfTarget::kBody : stack_.back().target;
    if (state_.target == RtfTarget::kStyles) {
      std::string_view name = Trim(style_name_);
      if (name.ends_with(';')) name.remove_suffix(1);
      if (const uint32_t level = RtfHeadingLevelOf(Trim(name)); level > 0) {
        writer_.SetHeading(style_, level);
      }
      style_name_.clear();
      style_ = 0;
    }
    if (state_.target == RtfTarget::kNote && outer != RtfTarget::kNote) writer_.note() += '\n';
    if (state_.target == RtfTarget::kCreated && date_[0] > 0) {
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
    if (state_.target == RtfTarget::kFonts) {
      if (word == "fcharset") {
        FlushBytes();
        fonts_[state_.font] = parameter;
      }
      return;
    }
    if (state_.target == RtfTarget::kStyles) {
      if (word == "s" && style_name_.empty()) style_ = parameter;
      if (word == "outlinelevel" && parameter < 6) {
        writer_.SetHeading(style_, static_cast<uint32_t>(std::max(parameter, 0)) + 1);
      }
      return;
    }
    if (state_.target == RtfTarget::kCreated) {
      static constexpr std::string_view kParts[] = {"yr", "mo", "dy", "hr", "min"};
      for (size_t i = 0; i < std::size(kParts); ++i) {
        if (word == kParts[i]) date_[i] = std::max(parameter, 0);
      }
      return;
    }
    if (word == "fromhtml") {
      from_html_ = parameter == 1;
    } else if (word == "htmlrtf") {
      FlushBytes();
      state_.rtf_only = !has_parameter || parameter != 0;
    } else if (word == "par" && from_html_) {
      EndParagraph();
    } else if (word == "ansicpg") {
      code_page_ = parameter;
    } else if (word == "mac") {
      code_page_ = 10000;
    } else if (word == "v" || word == "deleted") {
      FlushBytes();
      state_.hidden = !has_parameter || parameter != 0;
    } else if (word == "plain") {
      FlushBytes();
      state_.hidden = false;
    } else if (const char* symbol = RtfSymbol(word)) {
      AddText(symbol);
    } else {
      if (state_.target == RtfTarget::kNote) {
        if (word == "par") AddText("\n");
      } else if (state_.target == RtfTarget::kBody && !from_html_) {
        FlushBytes();
        writer_.ReadWord(word, parameter);
      }
    }
  }

  void EndParagraph() {
    FlushBytes();
    if (from_html_) return Append("\n");
    writer_.EndParagraph();
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
    const bool is_ascii = std::all_of(bytes.begin(), bytes.end(), IsAscii);
    if (charset == kRtfSymbolCharset && !is_ascii) return Append("•");
    if (is_ascii) return Append(bytes);
    const int page = RtfCodePageOf(charset) != 0 ? RtfCodePageOf(charset) : code_page_;
    std::optional<std::string> text;
    if (page == 65001) text = ConvertToUtf8(bytes, "utf-8");
    for (const char* prefix : {"windows-", "cp", "ibm-"}) {
      if (!text) text = ConvertToUtf8(bytes, prefix + std::to_string(page));
    }
    if (!text) text = ConvertToUtf8(bytes, "windows-1252");
    if (text) Append(*text);
  }

  // Between tags "<" is one of the text; in them it is their own.
  void AppendToHtml(std::string_view text) {
    if (state_.target == RtfTarget::kBody && state_.rtf_only) return;
    if (state_.target == RtfTarget::kBody) return AppendHtmlText(text, &html_);
    html_ += text;
  }

  void Append(std::string_view text) {
    const bool is_html = state_.target == RtfTarget::kBody || state_.target == RtfTarget::kMarkup;
    if (from_html_ && is_html) return AppendToHtml(text);
    if (state_.hidden) return;
    std::string* to = &writer_.text();
    switch (state_.target) {
      case RtfTarget::kBody:
        break;
      case RtfTarget::kNote:
        to = &writer_.note();
        break;
      case RtfTarget::kListMark:
        to = &writer_.list_mark();
        break;
      case RtfTarget::kStyles:
        to = &style_name_;
        break;
      case RtfTarget::kTitle:
        to = &info_["title"];
        break;
      case RtfTarget::kAuthor:
        to = &info_["author"];
        break;
      case RtfTarget::kSubject:
        to = &info_["subject"];
        break;
      case RtfTarget::kKeywords:
        to = &info_["keywords"];
        break;
      case RtfTarget::kFonts:
      case RtfTarget::kCreated:
      case RtfTarget::kMarkup:
      case RtfTarget::kSkipped:
        return;
    }
    for (const char c : text) {
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') *to += c;
    }
  }

  const std::string_view rtf_;
  size_t at_ = 0;
  Document* document_;
  RtfWriter writer_;

  std::vector<State> stack_;
  State state_;
  bool group_begins_ = false;
  bool starred_ = false;
  int skip_ = 0;  // characters to pass over behind a \u
  uint32_t high_surrogate_ = 0;
  int code_page_ = 1252;
  std::map<int, int> fonts_;  // number -> charset
  int style_ = 0;             // that is being read in the style sheet
  std::string style_name_;
  std::array<int, 5> date_ = {};
  std::map<std::string, std::string> info_;

  std::string bytes_;  // of the font's code page, not decoded yet

  bool from_html_ = false;
  std::string html_;
};

class RtfParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    if (!bytes.starts_with("{\\rtf")) {
      return InvalidArgumentError("broken RTF at byte 0: expected \"{\\rtf\"");
    }
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kRtf));
    QUARRY_RETURN_IF_ERROR(RtfReader(bytes, &document).Read(&parsed.errors));
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeRtfParser() { return std::make_unique<RtfParser>(); }

}  // namespace quarry::ingest
