#pragma once

// JsonWriter: JSON text, written front to back without a tree.
//
//   JsonWriter json;
//   json.BeginObject().Key("k").Int(10).Key("hits").BeginArray().EndArray().EndObject();
//   json.Take();  // {"k":10,"hits":[]}
//
// Strings are escaped; bytes that are not UTF-8 become U+FFFD. Numbers are written as the shortest
// text that reads back equal; those that are not finite become null. Not thread-safe.

#include <cstdint>
#include <string>
#include <string_view>

namespace quarry::server {

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  // REQUIRES: inside an object, a value follows.
  JsonWriter& Key(std::string_view name);

  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // Text that is JSON already.
  JsonWriter& Raw(std::string_view json);

  const std::string& text() const { return text_; }
  std::string Take() { return std::move(text_); }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();

  std::string text_;
  bool needs_comma_ = false;
};

// `text` as a JSON string, quotes included.
std::string JsonString(std::string_view text);

}  // namespace quarry::server
