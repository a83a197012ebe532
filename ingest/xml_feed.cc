#include "ingest/xml_feed.h"

#include <utility>

#include "base/text.h"
#include "ingest/html_text.h"
#include "ingest/xml_markup.h"

namespace quarry::ingest {

void XmlFeedHandler::Start(const std::string& name, std::string_view tag) {
  if (stack_.empty()) document_->language = PrimaryLanguage(XmlAttribute(tag, "lang"));
  // Atom with XHTML: the markup is the content.
  if (content_depth_ > 0) text_ += tag;
  const bool holds_markup = XmlAttribute(tag, "type") == "xhtml";
  stack_.push_back(name);
  if (content_depth_ == 0) text_.clear();
  if (holds_markup && content_depth_ == 0) content_depth_ = stack_.size();
  if (name == "item" || name == "entry") {
    in_article_ = true;
    article_ = {};
  }
}

void XmlFeedHandler::Text(std::string_view text) {
  if (content_depth_ > 0) return AppendHtmlText(text, &text_);  // between the tags that are kept
  text_ += text;
}

void XmlFeedHandler::End(const std::string& name) {
  if (stack_.empty()) return;
  if (content_depth_ == stack_.size()) content_depth_ = 0;
  stack_.pop_back();
  if (content_depth_ > 0) {
    text_ += "</" + name + ">";
    return;
  }
  if (name == "item" || name == "entry") {
    Write();
    in_article_ = false;
    return;
  }
  const std::string text = std::exchange(text_, {});
  const bool in_author = !stack_.empty() && stack_.back() == "author";
  if (name == "title") {
    std::string& title = in_article_ ? article_.title : document_->title;
    if (title.empty()) title = TitleLine(HtmlInlineText(text));
    if (!in_article_ && !started_) WriteTitle();
  } else if (name == "language" && !in_article_) {
    document_->language = PrimaryLanguage(text);
  } else if (!in_article_) {
    if ((name == "description" || name == "subtitle") && stack_.size() <= 2)
      AppendHtmlFragment(text, &builder_);
  } else if (name == "pubdate" || name == "updated" || name == "published" || name == "date") {
    if (article_.date.empty()) article_.date = TitleLine(text);
  } else if (name == "creator" || (name == "author" && !Trim(text).empty()) ||
             (name == "name" && in_author)) {
    article_.author = TitleLine(text);
  } else if (name == "description" || name == "summary") {
    article_.summary = text;
  } else if (name == "encoded" || name == "content") {
    article_.content = text;
  }
}

void XmlFeedHandler::WriteTitle() {
  started_ = true;
  builder_.Add(BlockKind::kHeading, 1, document_->title);
}

void XmlFeedHandler::Write() {
  builder_.Add(BlockKind::kHeading, 2, article_.title);
  std::string line = article_.author;
  if (!article_.date.empty()) line += (line.empty() ? "" : ", ") + article_.date;
  builder_.Add(BlockKind::kParagraph, 0, line);
  AppendHtmlFragment(article_.content.empty() ? article_.summary : article_.content, &builder_);
}

}  // namespace quarry::ingest
