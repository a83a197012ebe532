#include "ingest/xml_scanner.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace quarry::ingest::xml {
namespace {

// Char of XML 1.0, 2.2.
bool IsXmlCharacter(uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

}  // namespace

bool Scanner::Fail(size_t at, std::string problem) {
  status_ = InvalidArgumentError("broken XML at byte " + std::to_string(offset_ + at) + ": " +
                                 std::move(problem));
  return false;
}

bool Scanner::Next() {
  if (!status_.ok()) return false;
  while (at_ < xml_.size()) {
    const size_t open = std::min(xml_.find('<', at_), xml_.size());
    if (open > at_) {
      ++texts_;
      if (!CheckReferences(at_, open)) return false;
    }
    at_ = begin_ = open;
    if (open == xml_.size()) break;
    const std::string_view rest = xml_.substr(open);
    if (rest.starts_with("<!--")) {
      if (!SkipTo("-->", "comment")) return false;
    } else if (rest.starts_with("<![CDATA[")) {
      ++texts_;
      if (!SkipTo("]]>", "CDATA section")) return false;
    } else if (rest.starts_with("<?")) {
      if (!SkipTo("?>", "processing instruction")) return false;
    } else if (rest.starts_with("<!")) {
      if (!SkipDoctype()) return false;
    } else {
      return ReadTag();
    }
  }
  if (depth_ > 0) return Fail(xml_.size(), "an element is not closed");
  return false;
}

bool Scanner::SkipTo(std::string_view close, const char* what) {
  const size_t end = xml_.find(close, at_ + 2);
  if (end == xml_.npos) return Fail(at_, std::string(what) + " without end");
  at_ = end + close.size();
  return true;
}

bool Scanner::SkipDoctype() {
  const size_t end = xml_.find('>', at_);
  if (end == xml_.npos) return Fail(at_, "DOCTYPE without end");
  if (xml_.substr(at_, end - at_).find('[') != xml_.npos || !xml_.substr(at_).starts_with("<!DOC"))
    return Fail(at_, "declarations are not read, expected a document without");
  at_ = end + 1;
  return true;
}

bool Scanner::ReadTag() {
  const bool is_end = at_ + 1 < xml_.size() && xml_[at_ + 1] == '/';
  const size_t name = at_ + (is_end ? 2 : 1);
  size_t end = std::min(xml_.find_first_of(" \t\r\n/>", name), xml_.size());
  name_ = xml_.substr(name, end - name);
  if (name_.empty()) return Fail(at_, "expected the name of an element behind '<'");
  while (end < xml_.size() && xml_[end] != '>') {
    const char c = xml_[end];
    if (c == '<') return Fail(at_, "tag without end");
    if (c == '"' || c == '\'') {
      end = std::min(xml_.find(c, end + 1), xml_.size());
      if (end == xml_.size()) break;
      ++attributes_;
    }
    ++end;
  }
  if (end == xml_.size()) return Fail(at_, "tag without end");
  if (!CheckReferences(at_, end)) return false;
  at_ = end + 1;
  if (is_end) {
    kind_ = Kind::kEnd;
    if (depth_ == 0) return Fail(begin_, "an end tag without its start");
    --depth_;
    return true;
  }
  ++elements_;
  kind_ = xml_[end - 1] == '/' ? Kind::kEmpty : Kind::kStart;
  if (kind_ == Kind::kStart && ++depth_ > kMaxDepth) {
    return Fail(begin_, "elements more than " + std::to_string(kMaxDepth) + " deep");
  }
  return true;
}

bool Scanner::CheckReferences(size_t begin, size_t end) {
  const std::string_view part = xml_.substr(begin, end - begin);
  for (size_t at = part.find("&#"); at != part.npos; at = part.find("&#", at + 2)) {
    const bool is_hex = part.substr(at + 2).starts_with('x');
    const char* first = part.data() + at + (is_hex ? 3 : 2);
    const char* last = part.data() + part.size();
    uint32_t character = 0;
    const auto [stop, error] = std::from_chars(first, last, character, is_hex ? 16 : 10);
    if (error != std::errc() || stop == last || *stop != ';' || !IsXmlCharacter(character)) {
      return Fail(begin + at, "expected a reference to a character, such as &#65;");
    }
  }
  return true;
}

}  // namespace quarry::ingest::xml
