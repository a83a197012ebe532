#include "ingest/package_properties.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/text.h"
#include "ingest/document_builder.h"

namespace quarry::ingest {
namespace {

// Keys of the metadata by the names of the elements.
constexpr std::pair<std::string_view, const char*> kTexts[] = {
    {"subject", "subject"},
    {"description", "description"},
    {"publisher", "publisher"},
    {"identifier", "identifier"},
};
constexpr std::pair<std::string_view, const char*> kTimes[] = {
    {"created", "created"},
    {"creation-date", "created"},
    {"modified", "modified"},
    {"date", "date"},
};

bool IsMadeUp(std::string_view title) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "PowerPoint Presentation",
      "PowerPoint-Präsentation",
      "Présentation PowerPoint",
      "PowerPoint 演示文稿",
      "PowerPoint プレゼンテーション",
      "Word Document",
      "Untitled",
      "Slide 1",
  };
  return std::ranges::find(kNames, title) != kNames.end() ||
         title.starts_with("Microsoft Word - ") || title.starts_with("Microsoft PowerPoint - ");
}

// "2024", "2024-01-31", "2024-01-31T12:30:00Z": as W3CDTF has it.
bool IsTime(std::string_view text) {
  if (text.size() < 4 || text.size() > 40) return false;
  for (size_t i = 0; i < 4; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return text.size() == 4 || text[4] == '-';
}

std::vector<std::string> SplitKeywords(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(",;"), text.size());
    if (const std::string_view word = Trim(text.substr(0, end)); !word.empty())
      words.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

void ReadPackageProperties(xml::Node properties, Document* document) {
  std::vector<std::string> authors;
  std::vector<std::string> keywords;
  std::string first_author;  // of an ODF file, whose creator is who saved it last
  for (const xml::Node node : properties.children()) {
    const std::string_view name = xml::NameOf(node);
    std::string text;
    RunningText(&text, 0).Append(xml::TextOf(node));
    text = Trim(text);
    if (text.empty()) continue;
    if (name == "title") {
      if (document->title.empty() && !IsMadeUp(text)) document->title = TitleLine(text);
    } else if (name == "creator") {
      authors.push_back(text);
    } else if (name == "initial-creator") {
      first_author = text;
    } else if (name == "language") {
      if (document->language.empty()) document->language = PrimaryLanguage(text);
    } else if (name == "keywords" || name == "keyword") {
      for (std::string& word : SplitKeywords(text)) keywords.push_back(std::move(word));
    }
    for (const auto& [element, key] : kTexts) {
      if (name == element) document->metadata.emplace(key, text);
    }
    for (const auto& [element, key] : kTimes) {
      if (name == element && IsTime(text)) document->metadata.emplace(key, text);
    }
  }
  if (!first_author.empty()) authors = {first_author};
  if (authors.size() == 1) document->metadata["author"] = authors[0];
  if (authors.size() > 1) document->metadata["author"] = std::move(authors);
  if (!keywords.empty()) document->metadata["keywords"] = std::move(keywords);
}

std::string_view FolderOf(std::string_view part) {
  const size_t slash = part.rfind('/');
  return slash == part.npos ? std::string_view() : part.substr(0, slash + 1);
}

std::string ResolvePartName(std::string_view folder, std::string_view target) {
  target = target.substr(0, target.find('#'));
  const std::string decoded = DecodeHexEscapes(target, '%');
  const std::string path = decoded.starts_with('/') ? decoded : std::string(folder) + decoded;
  std::vector<std::string_view> parts;
  for (std::string_view rest = path; !rest.empty();) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string name;
  for (const std::string_view part : parts) {
    if (!name.empty()) name += '/';
    name += part;
  }
  return name;
}

}  // namespace quarry::ingest
