#include "tests/ingest/document_testing.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include "base/child_process.h"
#include "base/text.h"

namespace quarry::ingest::testing {

ParsedSource ParseAs(Format format, std::string_view text) {
  Result<ParsedSource> parsed =
      ParserFor(format).Parse(text, {.id = "doc", .path = "doc", .uri = ""});
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok()) return {};
  for (const Document& document : parsed->documents) CheckDocument(document);
  return std::move(parsed).value();
}

Document ParseOne(Format format, std::string_view text) {
  ParsedSource parsed = ParseAs(format, text);
  EXPECT_EQ(parsed.documents.size(), 1u);
  for (const SourceError& error : parsed.errors)
    ADD_FAILURE() << error.place << ": " << error.reason;
  return parsed.documents.empty() ? Document() : std::move(parsed.documents[0]);
}

ParsedSource ParseFile(const std::string& name, std::string_view bytes) {
  Result<ParsedSource> parsed = ParseSource(bytes, {.id = name, .path = name});
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  if (!parsed.ok()) return {};
  for (const Document& document : parsed->documents) CheckDocument(document);
  return *std::move(parsed);
}

std::string MetadataText(const Document& document, const std::string& key) {
  const auto value = document.metadata.find(key);
  return value == document.metadata.end() ? "" : std::get<std::string>(value->second);
}

void ExpectQuickParse(Format format, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    SCOPED_TRACE(input.substr(0, 40));
    const auto start = std::chrono::steady_clock::now();
    ParseAs(format, input);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
}

std::string Outline(const Document& document) {
  static constexpr const char* kNames[] = {"p", "h", "l", "t", "c", "q"};
  std::string outline;
  for (const Block& block : document.blocks) {
    if (!outline.empty()) outline += '\n';
    outline += kNames[static_cast<size_t>(block.kind)];
    if (block.level > 0) outline += std::to_string(block.level);
    outline += '|';
    for (const char c : document.TextOf(block)) {
      if (c == '\n') {
        outline += "\\n";
      } else {
        outline += c;
      }
    }
  }
  return outline;
}

void CheckDocument(const Document& document) {
  const std::string_view text = document.text;
  EXPECT_EQ(FindInvalidUtf8(text), text.npos);
  size_t at = 0;
  for (const Block& block : document.blocks) {
    ASSERT_LE(at, block.begin);
    ASSERT_LT(block.begin, block.end);
    ASSERT_LE(block.end, text.size());
    EXPECT_EQ(Trim(text.substr(at, block.begin - at)), "");
    EXPECT_TRUE(at == 0 || text.substr(at, block.begin - at) == "\n\n");
    const std::string_view content = document.TextOf(block);
    EXPECT_FALSE(Trim(content).empty());
    EXPECT_TRUE(IsValidUtf8(content));
    EXPECT_EQ(Trim(content).end(), content.end());
    if (block.kind != BlockKind::kCode) {
      EXPECT_EQ(Trim(content).size(), content.size());
    }
    at = block.end;
  }
  EXPECT_EQ(Trim(text.substr(at)), "");
}

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  repeated.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string RandomSentences(Random* random, size_t sentences) {
  static constexpr const char* kWords[] = {"pump",     "valve", "the",      "station",
                                           "pressure", "of",    "meter",    "reading",
                                           "night",    "works", "PPR-9087", "1.5"};
  static constexpr const char* kChinese[] = {"水泵", "压力", "读数", "夜间", "表", "阀门"};
  std::string text;
  for (size_t i = 0; i < sentences; ++i) {
    const size_t words = 3 + random->Below(15);
    if (random->Below(4) == 0) {
      for (size_t word = 0; word < words; ++word)
        text += kChinese[random->Below(std::size(kChinese))];
      text += "。";
      continue;
    }
    text += "Sentence " + std::to_string(random->Below(100000));
    for (size_t word = 0; word < words; ++word) {
      text += ' ';
      text += kWords[random->Below(std::size(kWords))];
    }
    text += ". ";
  }
  return text;
}

std::string RandomMarkup(Random* random, size_t pieces) {
  static constexpr const char* kPieces[] = {"#",
                                            "# ",
                                            "## H",
                                            "\n",
                                            "\n\n",
                                            "- ",
                                            "* ",
                                            "1. ",
                                            "> ",
                                            "```\n",
                                            "    ",
                                            "\t",
                                            "|",
                                            "|-|",
                                            "| a | b |",
                                            "[",
                                            "](",
                                            ")",
                                            "![",
                                            "`",
                                            "**",
                                            "~~",
                                            "_",
                                            "<",
                                            ">",
                                            "<div>",
                                            "</div>",
                                            "<p>",
                                            "<table>",
                                            "<tr>",
                                            "<td>",
                                            "<th>",
                                            "</table>",
                                            "<ul>",
                                            "<li>",
                                            "</ul>",
                                            "<pre>",
                                            "</pre>",
                                            "<script>",
                                            "</script>",
                                            "<!--",
                                            "-->",
                                            "<title>",
                                            "</title>",
                                            "<a href='x'>",
                                            "</a>",
                                            "<b>",
                                            "<svg>",
                                            "</svg>",
                                            "<select>",
                                            "<h1>",
                                            "</h1>",
                                            "<br>",
                                            "<img alt=\"x\">",
                                            "&amp;",
                                            "&#65;",
                                            "&#2;",
                                            "&#x100000;",
                                            "&lt;",
                                            "&",
                                            "&nbsp;",
                                            "{",
                                            "}",
                                            "\"",
                                            ":",
                                            ",",
                                            "\"a\":1",
                                            "[1,2]",
                                            "null",
                                            "\\",
                                            "\\u00e9",
                                            "-1.5e3",
                                            ";",
                                            "a,b,c",
                                            "\"\"",
                                            "---",
                                            "---\n",
                                            "key: value\n",
                                            "...\n",
                                            "word",
                                            "Two words.",
                                            "é",
                                            "水泵",
                                            "。",
                                            "\u3000",
                                            "\u00A0",
                                            "\U00100000\U000F0001\U000F0002",
                                            "😀",
                                            "e\u0301",
                                            "\f",
                                            "\x02",
                                            "x{#y}",
                                            "{#y~~}\n",
                                            "\u00B6",
                                            "<main>",
                                            "<article>",
                                            "<nav>",
                                            "</nav>",
                                            "<span hidden>",
                                            "</span>",
                                            "<dl><dt>",
                                            "<blockquote>",
                                            "<details><summary>",
                                            "<template>",
                                            "<noscript>",
                                            "<textarea>",
                                            "<math>",
                                            "===",
                                            "***"};
  std::string text;
  for (size_t i = 0; i < pieces; ++i) text += kPieces[random->Below(std::size(kPieces))];
  return text;
}

double WordRecall(std::string_view expected, std::string_view text) {
  const auto words = [](std::string_view from) {
    std::multiset<std::string> found;
    std::string word;
    for (const char c : std::string(from) + " ") {
      if (c != ' ' && c != '\n') {
        word += c;
      } else if (!word.empty()) {
        found.insert(std::exchange(word, {}));
      }
    }
    return found;
  };
  std::multiset<std::string> have = words(text);
  size_t all = 0;
  size_t hits = 0;
  for (const std::string& word : words(expected)) {
    ++all;
    if (const auto at = have.find(word); at != have.end()) {
      have.erase(at);
      ++hits;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(all);
}

OnlyPrograms::OnlyPrograms(const std::vector<std::string>& programs)
    : directory_(quarry::testing::MakeTemporaryDirectory()), before_(std::getenv("PATH")) {
  for (const std::string& program : programs) {
    std::filesystem::create_symlink(FindProgram(program).value(),
                                    directory_.path() + "/" + program);
  }
  ::setenv("PATH", directory_.path().c_str(), 1);
}

OnlyPrograms::~OnlyPrograms() { ::setenv("PATH", before_.c_str(), 1); }

}  // namespace quarry::ingest::testing
