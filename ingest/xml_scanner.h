#pragma once

// Walks over XML from tag to tag without building anything, and is strict where a tree would be
// dear. Internal to ingest/.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::ingest::xml {

constexpr size_t kMaxDepth = 100;

// "t" of "w:t".
inline std::string_view LocalName(std::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

//   Scanner scanner(xml);
//   while (scanner.Next()) Use(scanner.kind(), scanner.name());
//   QUARRY_RETURN_IF_ERROR(scanner.status());
//
// Passes over comments, processing instructions, and a DOCTYPE that declares nothing itself. Errors
// (kInvalidArgument): a DOCTYPE with declarations, since entities can grow without bound; elements
// more than kMaxDepth deep; references to what is no character; what is not closed.
class Scanner {
 public:
  enum class Kind { kStart, kEnd, kEmpty };  // <a>, </a>, <a/>

  // `offset`: of `xml` in the file, from which errors count. REQUIRES: `xml` is UTF-8 and outlives
  // the scanner.
  explicit Scanner(std::string_view xml, size_t offset = 0) : xml_(xml), offset_(offset) {}

  bool Next();

  // Of the tag read last.
  Kind kind() const { return kind_; }
  std::string_view name() const { return name_; }
  size_t begin() const { return begin_; }  // of its '<'
  size_t end() const { return at_; }       // behind its '>'
  size_t depth() const { return depth_; }  // open elements behind it

  const Status& status() const { return status_; }

  // What a tree of all that was read so far is made of.
  uint64_t elements() const { return elements_; }
  uint64_t attributes() const { return attributes_; }
  uint64_t texts() const { return texts_; }

 private:
  bool Fail(size_t at, std::string problem);
  bool SkipTo(std::string_view close, const char* what);
  bool SkipDoctype();
  bool ReadTag();
  bool CheckReferences(size_t begin, size_t end);

  const std::string_view xml_;
  const size_t offset_;
  size_t at_ = 0;
  size_t begin_ = 0;
  size_t depth_ = 0;
  Kind kind_ = Kind::kStart;
  std::string_view name_;
  Status status_;
  uint64_t elements_ = 0;
  uint64_t attributes_ = 0;
  uint64_t texts_ = 0;
};

}  // namespace quarry::ingest::xml
