// The sample files of markitdown with the strings that its own tests expect of them. What it writes
// as Markdown is text and structure here, so marks are stripped on both sides.

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "ingest/parser.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using nlohmann::json;

constexpr char kStrings[] = "documents/markitdown_files/expected_strings.json";

// Without the marks of Markdown, without the targets of links, white space as single spaces.
std::string Plain(std::string_view markdown) {
  std::string text;
  for (size_t i = 0; i < markdown.size(); ++i) {
    if (markdown.substr(i).starts_with("](")) {
      i = std::min(markdown.find(')', i), markdown.size());
      continue;
    }
    const char c = markdown[i];
    if (c == '|' || c == '\n') {
      text += ' ';
    } else if (std::string_view("*_#>![]`").find(c) == std::string_view::npos) {
      text += c;
    }
  }
  std::string tidy;
  for (const char c : text) {
    if (c != ' ' || (!tidy.empty() && tidy.back() != ' ')) tidy += c;
  }
  while (tidy.ends_with(' ')) tidy.pop_back();
  return tidy;
}

std::string TextOf(const MetadataValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string joined;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& element : *list) joined += element + ", ";
  }
  return joined;
}

// Everything that is known of the file: a reader of the index sees titles and metadata as well.
std::string AllTextOf(const ParsedSource& parsed) {
  std::string all;
  for (const Document& document : parsed.documents) {
    all += document.title + '\n';
    for (const auto& [key, value] : document.metadata) all += TextOf(value) + '\n';
    all += document.text + '\n';
  }
  return all;
}

// Strings that are its own words, or that stand for structure that we keep otherwise.
std::optional<std::string> Expected(const std::string& file, const std::string& string) {
  if (string.starts_with("data:") || Plain(string).empty()) return std::nullopt;
  // A table row of the expected output: here each cell stands under its header.
  if (file == "test_mskanji.csv" && string.starts_with("| ")) {
    return string.find("30") != std::string::npos
               ? std::optional("名前: 佐藤太郎; 年齢: 30; 住所: 東京")
               : std::nullopt;
  }
  if (string == "**Authors:** Test Author") return "Test Author";
  // A list of links beside the results of a search page: left out with the rest of its navigation.
  if (file == "test_serp.html" && string.starts_with("1995")) return std::nullopt;
  for (const char* field : {"**From:** ", "**To:** "}) {
    if (string.starts_with(field)) return string.substr(std::string_view(field).size());
  }
  if (string == "# Email Message" || string == "## Content") return std::nullopt;
  if (string == "**Subject:** Test Email Message") return "Test Email Message";
  return string;
}

TEST(Markitdown, ItsExpectedStringsAreFound) {
  const auto strings = quarry::testing::DataPath(kStrings);
  if (!strings) GTEST_SKIP() << "no shared/data/" << kStrings;
  const json expected = json::parse(std::ifstream(*strings));
  for (const json& vector : expected.at("GENERAL_TEST_VECTORS")) {
    const std::string name = vector.at("filename");
    SCOPED_TRACE(name);
    const auto path = quarry::testing::DataPath(testing::kMarkitdownFiles + name);
    if (!path) {
      std::printf("  %-24s absent\n", name.c_str());
      continue;
    }
    ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(*path, 100u << 20));
    const std::optional<Format> format = DetectBinaryFormat(bytes, name);
    if (format && !IsRead(*format)) {
      std::printf("  %-24s not read: %s\n", name.c_str(), InfoOf(*format).name);
      continue;
    }
    const Result<ParsedSource> parsed = ParseSource(bytes, {.id = name, .path = name, .uri = ""});
    if (parsed.status().code() == Code::kFailedPrecondition) {  // needs a helper program
      std::printf("  %-24s not read: %s\n", name.c_str(), parsed.status().message().c_str());
      continue;
    }
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    for (const Document& document : parsed->documents) testing::CheckDocument(document);
    const std::string all = AllTextOf(*parsed);
    const std::string text = Plain(all);
    int found = 0;
    int wanted = 0;
    for (const json& entry : vector.at("must_include")) {
      const std::optional<std::string> string = Expected(name, entry);
      if (!string) continue;
      ++wanted;
      const bool has = text.find(Plain(*string)) != std::string::npos;
      EXPECT_TRUE(has) << "missing: " << Plain(*string);
      found += has;
    }
    for (const json& entry : vector.at("must_not_include")) {
      EXPECT_EQ(all.find(entry.get<std::string>()), std::string::npos) << entry;
    }
    std::printf("  %-24s %d of %d strings, %zu bytes of text\n", name.c_str(), found, wanted,
                all.size());
  }
}

}  // namespace
}  // namespace quarry::ingest
