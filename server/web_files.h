#pragma once

// The files of the web page (web/), which are part of the program. The table is made when it is built:
// cmake/embed_web.cmake.

#include <span>
#include <string_view>

namespace quarry::server {

struct WebFile {
  std::string_view name;  // "app.js"
  const char* begin;
  const char* end;

  std::string_view bytes() const { return {begin, static_cast<size_t>(end - begin)}; }
};

// By name.
std::span<const WebFile> WebFiles();

}  // namespace quarry::server
