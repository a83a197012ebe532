#include "ingest/read_json.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace quarry::ingest {
namespace {

// Offset of the bracket that opens the level below `depth`.
size_t FindDepth(std::string_view text, int depth) {
  int open = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++open > depth) return i;
    } else if (c == ']' || c == '}') {
      --open;
    }
  }
  return text.size();
}

// "line 3, column 14", both counted from 1, columns in bytes.
std::string PlaceOf(std::string_view text, size_t offset, bool single_line) {
  size_t line = 1;
  size_t begin = 0;
  for (size_t newline = text.find('\n'); newline < offset; newline = text.find('\n', begin)) {
    ++line;
    begin = newline + 1;
  }
  std::string place = single_line ? "" : "line " + std::to_string(line) + ", ";
  return place + "column " + std::to_string(offset - begin + 1);
}

// "[json.exception.parse_error.101] parse error at line 1, column 7: syntax error while parsing
// value - unexpected '}'; expected ..." -> "broken JSON while parsing value: unexpected '}';
// expected ...".
std::string ReasonOf(std::string_view what) {
  constexpr std::string_view kSyntax = ": syntax error ";
  const size_t syntax = what.find(kSyntax);
  std::string reason = "broken JSON";
  if (syntax == what.npos) {
    reason += ": " + std::string(what.substr(std::min(what.find("] ") + 2, what.size())));
  } else {
    std::string detail(what.substr(syntax + kSyntax.size()));
    if (const size_t dash = detail.find(" - "); dash != std::string::npos)
      detail.replace(dash, 3, ": ");
    // The library quotes all it has read of a token, which may be megabytes.
    constexpr size_t kMaxToken = 40;
    const size_t token = detail.find("last read: '");
    const size_t end = token == std::string::npos ? token : detail.rfind('\'');
    if (end != std::string::npos && end > token + 12 + kMaxToken) {
      size_t cut = end - kMaxToken;
      while (cut < end && (static_cast<unsigned char>(detail[cut]) & 0xC0) == 0x80) ++cut;
      detail.replace(token + 12, cut - token - 12, "...");
    }
    reason += ' ' + detail;
  }
  if (reason.find("expected ", reason.find("unexpected ") + 1) == std::string::npos &&
      reason.find("; expected") == std::string::npos) {
    reason += "; expected a JSON value";
  }
  return reason;
}

}  // namespace

const char* NameOf(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBool:
      return "a boolean";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
  }
  return "a value";
}

// What the library's parser reports to; it builds no tree of its own then and does not recurse.
class JsonTree::Handler {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Handler(JsonTree* tree, std::string_view input, bool single_line)
      : tree_(tree), input_(input), single_line_(single_line) {}

  bool null() { return Scalar(JsonKind::kNull, "null"); }
  bool boolean(bool value) { return Scalar(JsonKind::kBool, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) { return Integer(value); }
  bool number_unsigned(number_unsigned_t value) { return Integer(value); }
  bool number_float(number_float_t, const string_t& written) {
    return Scalar(JsonKind::kNumber, written);
  }
  bool string(string_t& value) { return Scalar(JsonKind::kString, value); }
  bool binary(binary_t&) { return false; }  // not in JSON text
  bool start_object(size_t) { return Open(JsonKind::kObject); }
  bool start_array(size_t) { return Open(JsonKind::kArray); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(string_t& name) { return Append(JsonKind::kString, name); }

  bool parse_error(size_t offset, const std::string&, const nlohmann::json::exception& error) {
    const size_t at = offset == 0 ? 0 : offset - 1;
    status_ =
        InvalidArgumentError(PlaceOf(input_, at, single_line_) + ": " + ReasonOf(error.what()));
    return false;
  }

  Status status() && { return std::move(status_); }

 private:
  template <typename T>
  bool Integer(T value) {
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
    return error == std::errc() && Scalar(JsonKind::kNumber, {digits, end});
  }

  bool Scalar(JsonKind kind, std::string_view text) {
    CountItem();
    return Append(kind, text);
  }

  bool Append(JsonKind kind, std::string_view text) {
    if (!CheckSize()) return false;
    tree_->nodes_.push_back(
        {.kind = kind, .size = static_cast<uint32_t>(text.size()), .begin = tree_->text_.size()});
    tree_->text_ += text;
    return true;
  }

  bool Open(JsonKind kind) {
    CountItem();
    if (open_.size() == kMaxDepth) {
      status_ = ResourceExhaustedError(PlaceOf(input_, FindDepth(input_, kMaxDepth), single_line_) +
                                       ": JSON nested too deep: expected at most " +
                                       std::to_string(kMaxDepth) + " levels");
      return false;
    }
    if (!CheckSize()) return false;
    open_.push_back(tree_->nodes_.size());
    tree_->nodes_.push_back({.kind = kind, .size = 0, .begin = 0});
    return true;
  }

  bool Close() {
    tree_->nodes_[open_.back()].begin = tree_->nodes_.size();
    open_.pop_back();
    return true;
  }

  void CountItem() {
    if (!open_.empty()) ++tree_->nodes_[open_.back()].size;
  }

  bool CheckSize() {
    if (tree_->nodes_.size() < kMaxValues) return true;
    status_ = ResourceExhaustedError("JSON with too many values: expected at most " +
                                     std::to_string(kMaxValues));
    return false;
  }

  JsonTree* tree_;
  const std::string_view input_;
  const bool single_line_;
  std::vector<size_t> open_;
  Status status_;
};

Status JsonTree::Parse(std::string_view text, bool single_line) {
  nodes_.clear();
  text_.clear();
  if (text.size() > kMaxBytes) {
    return ResourceExhaustedError("JSON of " + std::to_string(text.size()) +
                                  " bytes: expected at most " + std::to_string(kMaxBytes));
  }
  Handler handler(this, text, single_line);
  const bool ok = nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &handler);
  return ok ? OkStatus() : std::move(handler).status();
}

double JsonValue::number() const {
  const std::string_view written = text();
  double value = 0;
  std::from_chars(written.data(), written.data() + written.size(), value);
  return value;
}

bool JsonValue::Find(std::string_view name, JsonValue* found) const {
  bool any = false;
  if (!IsObject()) return false;
  ForEach([&](std::string_view key, JsonValue value) {
    if (key != name) return;
    *found = value;
    any = true;
  });
  return any;
}

}  // namespace quarry::ingest
