#include <cstring>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

// Two ideographic spaces: how Chinese text marks a new paragraph where it has no empty lines.
constexpr std::string_view kIdeographicIndent = "\u3000\u3000";

// A first line this short may be a title.
constexpr size_t kMaxTitleCharacters = 80;

bool IsBlank(std::string_view line) {
  for (const char c : line) {
    if (!IsAscii(c)) return Trim(line).empty();
    if (c != ' ' && (c < '\t' || c > '\r')) return false;
  }
  return true;
}

// The level of the heading that `line` and `rule`, the line below it, are: 1 where it is underlined
// with "=", 2 with "-", to about its length; else 0. Columns that are apart are the head of a table.
uint32_t UnderlinedLevel(std::string_view line, std::string_view rule) {
  rule = Trim(rule);
  if (rule.size() < 3 || (rule[0] != '=' && rule[0] != '-')) return 0;
  if (rule.find_first_not_of(rule[0]) != std::string_view::npos) return 0;
  line = Trim(line);
  if (line.size() > 4 * kMaxTitleCharacters || line.find_first_of("\t|") != std::string_view::npos)
    return 0;
  if (line.find("  ") != std::string_view::npos || DetectLanguage(line).empty()) return 0;
  // Chinese characters are as wide as two signs; whoever draws the rule may count them or not.
  size_t characters = 0;
  size_t columns = 0;
  for (size_t offset = 0; offset < line.size(); ++characters) {
    columns += NextCodePoint(line, offset) >= 0x2E80 ? 2 : 1;
  }
  const size_t slack = 2 + columns / 8;
  if (rule.size() + slack < characters || rule.size() > columns + slack) return 0;
  return rule[0] == '=' ? 1 : 2;
}

// Whether the paragraph `line` reads as a title: one short line that has letters and does not end
// as a sentence or a list item does.
bool LooksLikeTitle(std::string_view line) {
  if (line.size() > 4 * kMaxTitleCharacters || line.find('\n') != std::string_view::npos)
    return false;
  if (DetectLanguage(line).empty()) return false;
  size_t characters = 0;
  char32_t last = 0;
  for (size_t offset = 0; offset < line.size(); ++characters) last = NextCodePoint(line, offset);
  if (characters > kMaxTitleCharacters) return false;
  if (line.starts_with("- ") || line.starts_with("* ")) return false;
  return std::u32string_view(U".,;:!。，；：！、").find(last) == std::u32string_view::npos;
}

class TextParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view text, const SourceInfo& source) const override {
    ParsedSource parsed;
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kPlainText));
    {
      document.text.reserve(text.size());
      DocumentBuilder builder(&document);
      AppendPlainText(text, &builder);
    }
    if (document.blocks.size() > 1 && document.blocks[0].kind == BlockKind::kParagraph &&
        LooksLikeTitle(document.TextOf(document.blocks[0]))) {
      document.blocks[0].kind = BlockKind::kHeading;
      document.blocks[0].level = 1;
      document.title = TitleLine(document.TextOf(document.blocks[0]));
    }
    return parsed;
  }
};

}  // namespace

void AppendPlainText(std::string_view text, DocumentBuilder* builder) {
  size_t paragraph = 0;  // where the open paragraph begins
  size_t line = 0;
  size_t next = 0;    // behind its end
  size_t before = 0;  // where the line before it begins
  uint32_t page = text.find('\f') == std::string_view::npos ? 0 : 1;
  if (page > 0) builder->set_page(page);
  const auto end_paragraph = [&](size_t end) {
    if (end > paragraph)
      builder->Add(BlockKind::kParagraph, 0, text.substr(paragraph, end - paragraph));
  };
  while (line < text.size()) {
    if (next <= line) {  // else a form feed ended a page within the line
      const void* newline = std::memchr(text.data() + line, '\n', text.size() - line);
      next = newline == nullptr
                 ? text.size()
                 : static_cast<size_t>(static_cast<const char*>(newline) - text.data()) + 1;
    }
    const std::string_view content = text.substr(line, next - line);
    if (page > 0) {
      // Pages end at form feeds, mostly but not always at the start of a line.
      if (const size_t feed = content.find('\f'); feed != std::string_view::npos) {
        end_paragraph(line + feed);
        builder->set_page(++page);
        paragraph = before = line = line + feed + 1;
        continue;
      }
    }
    const std::string_view above = text.substr(before, line - before);
    if (IsBlank(content)) {
      end_paragraph(line);
      paragraph = next;
    } else if (const uint32_t level = before == paragraph ? UnderlinedLevel(above, content) : 0;
               level > 0) {
      builder->Add(BlockKind::kHeading, level, above);
      paragraph = next;
    } else if (content.starts_with(kIdeographicIndent) && line > paragraph) {
      end_paragraph(line);
      paragraph = line;
    }
    before = line;
    line = next;
  }
  end_paragraph(text.size());
}

std::unique_ptr<Parser> MakeTextParser() { return std::make_unique<TextParser>(); }

}  // namespace quarry::ingest
