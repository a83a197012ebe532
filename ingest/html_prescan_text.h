#pragma once

// How PrescanHtml writes text. Internal to ingest/.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quarry::ingest {

// Writes text so that the tree builder's tokeniser sees neither tags nor private characters in it:
// long runs as references (html_prescan.h), numeric character references resolved, "<" as "&lt;".
class PrescanTextWriter {
 public:
  // Keeps a view of `html`.
  PrescanTextWriter(std::string_view html, std::string* output) : html_(html), output_(output) {}

  // `text` is a part of `html`.
  void Write(std::string_view text, bool preformatted);

 private:
  void WriteRun(std::string_view run, bool preformatted);
  size_t WriteReference(std::string_view text);
  void WriteCodePoint(uint32_t code_point);

  const std::string_view html_;
  std::string* output_;
};

}  // namespace quarry::ingest
