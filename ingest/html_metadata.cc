#include "ingest/html_metadata.h"

#include <gumbo.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/html_tokenizer.h"
#include "ingest/html_walk.h"
#include "ingest/read_json.h"

namespace quarry::ingest::html {
namespace {

constexpr const char* kTitle = "title";
constexpr size_t kMaxLinkedData = size_t{1} << 20;  // bytes of one script

// What <meta> names mean. The lower rank stands.
struct MetaField {
  std::string_view name;
  const char* field;
  int rank;
};
constexpr MetaField kMetaFields[] = {
    {"og:title", kTitle, 1},
    {"twitter:title", kTitle, 2},
    {"dc.title", kTitle, 2},
    {"author", "author", 1},
    {"article:author", "author", 1},
    {"dc.creator", "author", 3},
    {"parsely-author", "author", 3},
    {"description", "description", 1},
    {"og:description", "description", 1},
    {"article:published_time", "date", 1},
    {"article:published", "date", 1},
    {"date", "date", 1},
    {"dc.date", "date", 1},
    {"dc.date.issued", "date", 1},
    {"dcterms.created", "date", 3},
    {"datepublished", "date", 3},
    {"article:modified_time", "modified", 1},
    {"article:modified", "modified", 1},
    {"og:updated_time", "modified", 1},
    {"dcterms.modified", "modified", 3},
    {"datemodified", "modified", 3},
};
constexpr int kRankOfLinkedData = 2;
constexpr int kRankOfTime = 4;

// "2024-05-01", with or without a time.
bool BeginsAsIsoDate(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  if (text.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !IsAsciiDigit(text[i]) : text[i] != kForm[i]) return false;
  }
  return true;
}

bool IsUrl(std::string_view text) { return text.find("://") != text.npos; }

// A string, or the "name" of a person or of each of several.
std::string NamesOf(const JsonValue& value, int depth = 0) {
  if (value.IsString()) return std::string(Trim(value.text()));
  JsonValue name = value;
  if (value.IsObject()) return value.Find("name", &name) && name.IsString() ? NamesOf(name) : "";
  std::string names;
  if (!value.IsArray() || depth > 0) return names;
  value.ForEach([&](std::string_view, const JsonValue& item) {
    const std::string one = NamesOf(item, depth + 1);
    if (!names.empty() && !one.empty()) names += ", ";
    names += one;
  });
  return names;
}

bool HasType(const JsonValue& object, std::string_view suffix) {
  JsonValue type = object;
  if (!object.Find("@type", &type)) return false;
  bool found = type.IsString() && type.text().ends_with(suffix);
  type.ForEach([&](std::string_view, const JsonValue& item) {
    found = found || (item.IsString() && item.text().ends_with(suffix));
  });
  return found;
}

// The objects that a JSON-LD script describes: itself, the items of a list, of "@graph".
template <typename Visit>
void ForEachObject(const JsonValue& value, Visit visit) {
  const auto visit_items = [&](const JsonValue& list) {
    list.ForEach([&](std::string_view, const JsonValue& item) {
      if (item.IsObject()) visit(item);
    });
  };
  JsonValue graph = value;
  if (value.IsArray()) return visit_items(value);
  if (!value.IsObject()) return;
  visit(value);
  if (value.Find("@graph", &graph) && graph.IsArray()) visit_items(graph);
}

}  // namespace

void PageMetadata::Offer(const char* field, int rank, std::string_view value) {
  value = Trim(value);
  if (value.empty()) return;
  const auto found = fields_.find(field);
  if (found == fields_.end()) {
    fields_.emplace(field, std::pair(rank, std::string(value)));
  } else if (rank < found->second.first) {
    found->second = {rank, std::string(value)};
  }
}

void PageMetadata::OfferDate(const char* field, int rank, std::string_view value) {
  if (BeginsAsIsoDate(Trim(value))) Offer(field, rank, value);
}

void PageMetadata::ReadMeta(const Node& meta) {
  const char* content = AttributeOf(meta, "content");
  if (content == nullptr) return;
  for (const char* attribute : {"name", "property", "itemprop"}) {
    const char* name = AttributeOf(meta, attribute);
    if (name == nullptr) continue;
    const std::string lower = AsciiLower(name);
    if (lower == "keywords" && keywords_.empty()) {
      const std::string_view words = content;
      for (size_t begin = 0; begin < words.size();) {
        const size_t comma = std::min(words.find(',', begin), words.size());
        const std::string_view word = Trim(words.substr(begin, comma - begin));
        if (!word.empty()) keywords_.emplace_back(word);
        begin = comma + 1;
      }
    }
    for (const MetaField& field : kMetaFields) {
      if (lower != field.name) continue;
      // Networks have addresses for people.
      if (lower == "article:author" && IsUrl(content)) continue;
      Offer(field.field, field.rank, content);
    }
  }
}

void PageMetadata::ReadTime(const Node& time) {
  if (const char* value = AttributeOf(time, "datetime")) OfferDate("date", kRankOfTime, value);
}

void PageMetadata::ReadLinkedData(std::string_view html) {
  constexpr std::string_view kType = "application/ld+json";
  JsonTree tree;
  size_t end = 0;
  for (size_t at = html.find(kType); at != html.npos; at = html.find(kType, at)) {
    const size_t begin = html.find('>', at);
    if (begin == html.npos) break;
    if (end < begin) end = html.find("</", begin);
    if (end == html.npos) break;
    at = begin;  // what names the type before it means the same script
    if (end - begin > kMaxLinkedData) continue;
    if (!tree.Parse(html.substr(begin + 1, end - begin - 1)).ok()) continue;
    at = end;
    ForEachObject(tree.root(), [&](const JsonValue& object) {
      const bool article = HasType(object, "Article") || HasType(object, "Posting");
      if (!article && !HasType(object, "WebPage")) return;
      JsonValue value = object;
      const auto text = [&](const char* key) {
        return object.Find(key, &value) ? NamesOf(value) : std::string();
      };
      const int rank = kRankOfLinkedData + (article ? 0 : 1);
      OfferDate("date", rank, text("datePublished"));
      OfferDate("modified", rank, text("dateModified"));
      Offer(kTitle, rank, text("headline"));
      if (const std::string names = text("author"); !IsUrl(names)) Offer("author", rank, names);
    });
  }
}

std::string PageMetadata::title() const {
  const auto found = fields_.find(kTitle);
  return found == fields_.end() ? "" : found->second.second;
}

void PageMetadata::MoveTo(Document* document) {
  for (auto& [field, value] : fields_) {
    if (field != kTitle) document->metadata.emplace(field, std::move(value.second));
  }
  if (!keywords_.empty()) document->metadata.emplace("keywords", std::move(keywords_));
}

}  // namespace quarry::ingest::html
