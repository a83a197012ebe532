#include "ingest/html_tokenizer.h"

#include <algorithm>
#include <cstring>

namespace quarry::ingest {

bool html::EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

std::string_view HtmlTokenizer::SkipText() {
  const size_t begin = at_;
  while (at_ < html_.size()) {
    const void* found = std::memchr(html_.data() + at_, '<', html_.size() - at_);
    if (found == nullptr) break;
    at_ = static_cast<size_t>(static_cast<const char*>(found) - html_.data());
    if (at_ + 1 == html_.size()) break;
    const char next = html_[at_ + 1];
    if (html::IsLetter(next) || next == '/' || next == '!' || next == '?') {
      return html_.substr(begin, at_ - begin);
    }
    ++at_;
  }
  at_ = html_.size();
  return html_.substr(begin);
}

bool HtmlTokenizer::ReadMarkup() {
  const char next = html_[at_ + 1];
  if (next == '!' || next == '?') {
    SkipComment();
    return false;
  }
  is_end_ = next == '/';
  const size_t begin = at_ + (is_end_ ? 2 : 1);
  if (begin == html_.size() || !html::IsLetter(html_[begin])) {
    SkipComment();
    return false;
  }
  at_ = begin;
  while (at_ < html_.size() && !html::IsSpace(html_[at_]) && html_[at_] != '/' &&
         html_[at_] != '>') {
    ++at_;
  }
  name_size_ = at_ - begin;
  const bool fits = name_size_ <= kMaxName;
  if (fits) std::transform(html_.data() + begin, html_.data() + at_, name_, html::Lower);
  attributes_.clear();
  while (ReadAttribute()) {
  }
  return fits && html_[at_ - 1] == '>';
}

void HtmlTokenizer::SkipComment() {
  size_t end = html_.npos;
  const std::string_view rest = html_.substr(at_);
  if (rest.starts_with("<!--") && !rest.starts_with("<!-->") && !rest.starts_with("<!--->")) {
    end = html_.find("--", at_ + 4);
    while (end != html_.npos && !html_.substr(end + 2).starts_with(">") &&
           !html_.substr(end + 2).starts_with("!>")) {
      end = html_.find("--", end + 1);
    }
    if (end != html_.npos) end = html_.find('>', end);
  } else {
    end = html_.find('>', at_);
  }
  at_ = end == html_.npos ? html_.size() : end + 1;
}

void HtmlTokenizer::SkipSpaces() {
  while (at_ < html_.size() && html::IsSpace(html_[at_])) ++at_;
}

// Reads the attribute at at_; false behind the tag's ">" and at the end of the file.
bool HtmlTokenizer::ReadAttribute() {
  while (at_ < html_.size() && (html::IsSpace(html_[at_]) || html_[at_] == '/')) ++at_;
  if (at_ == html_.size()) return false;
  if (html_[at_] == '>') {
    ++at_;
    return false;
  }
  size_t begin = at_++;  // whatever it is, it begins a name
  while (at_ < html_.size() && !html::IsSpace(html_[at_]) && html_[at_] != '/' &&
         html_[at_] != '>' && html_[at_] != '=') {
    ++at_;
  }
  Attribute attribute{.name = html_.substr(begin, at_ - begin), .value = {}};
  SkipSpaces();
  if (at_ < html_.size() && html_[at_] == '=') {
    ++at_;
    SkipSpaces();
    if (at_ == html_.size()) return false;
    const char quote = html_[at_];
    if (quote == '"' || quote == '\'') {
      begin = at_ + 1;
      at_ = std::min(html_.find(quote, begin), html_.size());
      attribute.value = html_.substr(begin, at_ - begin);
      if (at_ < html_.size()) ++at_;
    } else {
      begin = at_;
      while (at_ < html_.size() && !html::IsSpace(html_[at_]) && html_[at_] != '>') ++at_;
      attribute.value = html_.substr(begin, at_ - begin);
    }
  }
  if (attributes_.size() < 100) attributes_.push_back(attribute);
  return true;
}

bool HtmlTokenizer::SkipRaw(std::string_view name, std::string_view* content) {
  for (size_t end = html_.find("</", at_); end != html_.npos; end = html_.find("</", end + 2)) {
    const size_t behind = end + 2 + name.size();
    if (behind >= html_.size()) break;
    if (!html::EqualsIgnoringCase(html_.substr(end + 2, name.size()), name)) continue;
    if (!html::IsSpace(html_[behind]) && html_[behind] != '/' && html_[behind] != '>') continue;
    *content = html_.substr(at_, end - at_);
    at_ = std::min(html_.find('>', behind), html_.size() - 1) + 1;
    return true;
  }
  return false;
}

}  // namespace quarry::ingest
