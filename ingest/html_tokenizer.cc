#include "ingest/html_tokenizer.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"

namespace quarry::ingest {

std::string_view HtmlTokenizer::SkipText() {
  const size_t begin = at_;
  while (at_ < html_.size()) {
    const void* found = std::memchr(html_.data() + at_, '<', html_.size() - at_);
    if (found == nullptr) break;
    at_ = static_cast<size_t>(static_cast<const char*>(found) - html_.data());
    if (at_ + 1 == html_.size()) break;
    const char next = html_[at_ + 1];
    if (IsAsciiLetter(next) || next == '/' || next == '!' || next == '?') {
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
  if (begin == html_.size() || !IsAsciiLetter(html_[begin])) {
    SkipComment();
    return false;
  }
  at_ = begin;
  while (at_ < html_.size() && !IsAsciiSpace(html_[at_]) && html_[at_] != '/' &&
         html_[at_] != '>') {
    ++at_;
  }
  name_size_ = at_ - begin;
  const bool fits = name_size_ <= kMaxName;
  if (fits)
    std::transform(html_.data() + begin, html_.data() + at_, name_,
                   [](char c) { return AsciiLower(c); });
  attributes_.clear();
  while (ReadAttribute()) {
  }
  return fits && html_[at_ - 1] == '>';
}

void HtmlTokenizer::SkipComment() {
  size_t end = html_.npos;  // NOLINT(clang-analyzer-deadcode.DeadStores)
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
  while (at_ < html_.size() && IsAsciiSpace(html_[at_])) ++at_;
}

// Reads the attribute at at_; false behind the tag's ">" and at the end of the file.
bool HtmlTokenizer::ReadAttribute() {
  while (at_ < html_.size() && (IsAsciiSpace(html_[at_]) || html_[at_] == '/')) ++at_;
  if (at_ == html_.size()) return false;
  if (html_[at_] == '>') {
    ++at_;
    return false;
  }
  size_t begin = at_++;  // whatever it is, it begins a name
  while (at_ < html_.size() && !IsAsciiSpace(html_[at_]) && html_[at_] != '/' &&
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
      while (at_ < html_.size() && !IsAsciiSpace(html_[at_]) && html_[at_] != '>') ++at_;
      attribute.value = html_.substr(begin, at_ - begin);
    }
  }
  if (attributes_.size() < 100) attributes_.push_back(attribute);
  return true;
}

// Whether `name` stands at `at` as the name of a tag.
bool HtmlTokenizer::IsNameAt(size_t at, std::string_view name) const {
  const size_t behind = at + name.size();
  if (behind >= html_.size()) return false;
  if (!EqualsIgnoringCase(html_.substr(at, name.size()), name)) return false;
  return IsAsciiSpace(html_[behind]) || html_[behind] == '/' || html_[behind] == '>';
}

// Where the "</" stands that ends the content of `name`. Inside "<!--" a script may hold a script
// with its end tag (the standard's "script data double escaped" states).
size_t HtmlTokenizer::FindRawEnd(std::string_view name) const {
  const bool script = name == "script";
  bool escaped = false;
  bool twice = false;
  for (size_t at = at_; at < html_.size(); ++at) {
    at = escaped ? html_.find_first_of("<-", at) : html_.find('<', at);
    if (at == html_.npos) break;
    const std::string_view rest = html_.substr(at);
    if (rest[0] == '-') {
      if (rest.starts_with("-->")) escaped = twice = false;
    } else if (rest.starts_with("</") && IsNameAt(at + 2, name)) {
      if (!twice) return at;
      twice = false;
    } else if (script && rest.starts_with("<!--")) {
      // Its own dashes may be those of "-->": "<!-->" is a whole comment.
      escaped = true;
      at += 1;
    } else if (escaped && IsNameAt(at + 1, name)) {
      twice = true;
    }
  }
  return html_.npos;
}

bool HtmlTokenizer::SkipRaw(std::string_view name, std::string_view* content) {
  const size_t end = FindRawEnd(name);
  if (end == html_.npos) return false;
  *content = html_.substr(at_, end - at_);
  at_ = end + 2 + name.size();
  while (ReadAttribute()) {
  }
  return true;
}

}  // namespace quarry::ingest
