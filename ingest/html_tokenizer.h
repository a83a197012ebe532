#pragma once

// The lexical half of PrescanHtml: where tags, attributes and comments of HTML begin and end, as
// the HTML standard's tokeniser finds them. Internal to ingest/.

#include <cstddef>
#include <string_view>
#include <vector>

namespace quarry::ingest {

// Walks over `html` from tag to tag. The views it gives point into `html`, except the tag's name,
// which holds until the next tag is read. Not thread-safe.
class HtmlTokenizer {
 public:
  struct Attribute {
    std::string_view name;   // as written
    std::string_view value;  // without quotes, character references not resolved
  };

  explicit HtmlTokenizer(std::string_view html) : html_(html) {}

  // Moves to the next "<" that begins a tag, comment or declaration, or to the end. Returns the
  // text that was passed.
  std::string_view SkipText();

  // Reads what begins at position() and moves behind it. True for a whole tag; name(), is_end() and
  // attributes() tell of it then. False for a comment or declaration, a tag that the end of the
  // file cuts off, one whose name has more than 40 bytes. REQUIRES: SkipText() stopped before the
  // end.
  bool ReadMarkup();

  // Behind a start tag whose content holds no tags (script): moves behind its end tag and returns
  // what is between, with true; or stays, with false, if there is none.
  bool SkipRaw(std::string_view name, std::string_view* content);

  std::string_view name() const { return {name_, name_size_}; }  // lower case
  bool is_end() const { return is_end_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }  // the first 100

  size_t position() const { return at_; }
  void set_position(size_t position) { at_ = position; }
  void SkipToEnd() { at_ = html_.size(); }
  bool AtEnd() const { return at_ == html_.size(); }

 private:
  static constexpr size_t kMaxName = 40;

  void SkipComment();
  bool IsNameAt(size_t at, std::string_view name) const;
  size_t FindRawEnd(std::string_view name) const;
  bool ReadAttribute();
  void SkipSpaces();

  const std::string_view html_;
  size_t at_ = 0;
  char name_[kMaxName] = {};
  size_t name_size_ = 0;
  bool is_end_ = false;
  std::vector<Attribute> attributes_;
};

}  // namespace quarry::ingest
