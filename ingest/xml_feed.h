#pragma once

// Feeds (RSS, Atom). Internal to ingest/.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document_builder.h"

namespace quarry::ingest {

// Given the tags and texts of a feed in order, writes its articles: title, author and date, content.
class XmlFeedHandler {
 public:
  explicit XmlFeedHandler(Document* document) : document_(document), builder_(document) {}

  void Start(const std::string& name, std::string_view tag);
  void Text(std::string_view text);
  void End(const std::string& name);
  // Once, behind the last tag.
  void Finish() {
    if (in_article_) Write();
  }

 private:
  struct Article {
    std::string title;
    std::string date;
    std::string author;
    std::string summary;  // HTML, mostly
    std::string content;  // likewise
  };

  void WriteTitle();
  void Write();

  Document* document_;
  DocumentBuilder builder_;
  std::vector<std::string> stack_;
  std::string text_;
  size_t content_depth_ = 0;  // of the element whose markup is its content; 0 = none
  bool in_article_ = false;
  bool started_ = false;
  Article article_;
};

}  // namespace quarry::ingest
