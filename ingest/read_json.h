#pragma once

// JSON as a flat, read-only tree. Internal to ingest/; read_json.cc is the only file here that sees
// the JSON library.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::ingest {

enum class JsonKind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
// "a number", "an object": for messages.
const char* NameOf(JsonKind kind);

class JsonTree;

// One value of a tree: a view, cheap to copy, valid until the tree parses again or goes.
class JsonValue {
 public:
  JsonKind kind() const;
  bool IsObject() const { return kind() == JsonKind::kObject; }
  bool IsArray() const { return kind() == JsonKind::kArray; }
  bool IsString() const { return kind() == JsonKind::kString; }
  bool IsScalar() const { return !IsObject() && !IsArray(); }

  // A string's content; a number as written (an integer in its shortest form); "true", "false",
  // "null";
  // "" for arrays and objects.
  std::string_view text() const;
  double number() const;  // REQUIRES: kind() == kNumber
  bool boolean() const { return text() == "true"; }

  // Members of an object, items of an array, else 0.
  size_t size() const;
  // Calls visit(key, value) for each member or item in order; `key` is "" for items.
  template <typename Visit>
  void ForEach(Visit visit) const;
  // The member `name`; the last one where it is repeated, as other readers have it. Not set, with
  // false, if there is none or this is no object.
  bool Find(std::string_view name, JsonValue* found) const;

 private:
  friend class JsonTree;
  JsonValue(const JsonTree* tree, size_t index) : tree_(tree), index_(index) {}

  const JsonTree* tree_;
  size_t index_;
};

// All values of one text in document order, in two allocations rather than one for each value. May
// be used for many texts, one after the other. Not thread-safe while it parses.
class JsonTree {
 public:
  static constexpr int kMaxDepth = 64;
  static constexpr size_t kMaxValues = size_t{16} << 20;
  static constexpr size_t kMaxBytes = size_t{512} << 20;

  // Errors: kInvalidArgument with line and column and what was expected there; kResourceExhausted
  // beyond the limits, which are checked while parsing. `single_line`: the text is one line of a
  // larger file, so only the column is named.
  Status Parse(std::string_view text, bool single_line = false);

  // REQUIRES: the last Parse() was ok.
  JsonValue root() const { return JsonValue(this, 0); }

 private:
  friend class JsonValue;
  class Handler;
  // A value, or the key before one.
  struct Node {
    JsonKind kind = JsonKind::kNull;
    uint32_t size = 0;  // of a scalar's text in bytes; else members or items
    uint64_t begin =
        0;  // of a scalar: where its text begins in text_; else the index behind its content
  };

  size_t Behind(size_t index) const {
    const Node& node = nodes_[index];
    return node.kind >= JsonKind::kArray ? node.begin : index + 1;
  }
  std::string_view TextOf(const Node& node) const {
    return std::string_view(text_).substr(node.begin, node.size);
  }

  std::vector<Node> nodes_;
  std::string text_;
};

inline JsonKind JsonValue::kind() const { return tree_->nodes_[index_].kind; }

inline std::string_view JsonValue::text() const {
  return IsScalar() ? tree_->TextOf(tree_->nodes_[index_]) : std::string_view();
}

inline size_t JsonValue::size() const { return IsScalar() ? 0 : tree_->nodes_[index_].size; }

template <typename Visit>
void JsonValue::ForEach(Visit visit) const {
  if (IsScalar()) return;
  const size_t end = tree_->Behind(index_);
  for (size_t at = index_ + 1; at < end; at = tree_->Behind(at)) {
    std::string_view key;
    if (IsObject()) key = tree_->TextOf(tree_->nodes_[at++]);
    visit(key, JsonValue(tree_, at));
  }
}

}  // namespace quarry::ingest
