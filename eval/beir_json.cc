#include <nlohmann/json.hpp>
#include <optional>

#include "eval/beir_line.h"

namespace quarry::eval {
namespace {

// Picks the three strings out of the events of the parser. No tree is built: the metadata of a line
// may be many times larger than what we read, and nested as deep as its author likes.
class LineHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<std::string> text;
  bool is_impossible = false;
  std::string error;

  explicit LineHandler(size_t line_bytes) : line_bytes_(line_bytes) {}

  bool null() override {
    // Collections without titles write null as well as "".
    if (depth_ == 1 && field_ == &title) return true;
    return Value("null");
  }
  bool boolean(bool value) override {
    if (at_is_impossible_) is_impossible = value;
    return Value("a boolean");
  }
  bool number_integer(number_integer_t) override { return Value("a number"); }
  bool number_unsigned(number_unsigned_t) override { return Value("a number"); }
  bool number_float(number_float_t, const string_t&) override { return Value("a number"); }
  bool binary(binary_t&) override { return Value("bytes"); }

  bool string(string_t& value) override {
    if (depth_ != 1 || field_ == nullptr) return Value("a string");
    if (field_->has_value()) return Fail("key \"" + name_ + "\" stands twice");
    *field_ = std::move(value);
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 0) return Enter();
    return Value("an object") && Enter();
  }
  bool start_array(std::size_t) override { return Value("an array") && Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& name) override {
    at_is_impossible_ = name == "is_impossible" && (depth_ == 1 || (depth_ == 2 && in_metadata_));
    if (depth_ != 1) return true;
    in_metadata_ = name == "metadata";
    field_ = name == "_id" ? &id : name == "title" ? &title : name == "text" ? &text : nullptr;
    if (field_ != nullptr) name_ = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    if (position > line_bytes_) return Fail("not valid JSON: the line ends too early");
    return Fail("not valid JSON: unexpected input at byte " + std::to_string(position));
  }

 private:
  static constexpr int kMaxDepth = 64;

  // A value that is not a string we look for: wrong as the line itself or as one of our fields, of
  // no interest elsewhere.
  bool Value(const char* kind) {
    if (depth_ == 0) return Fail(std::string("expected a JSON object, found ") + kind);
    if (depth_ == 1 && field_ != nullptr) {
      return Fail("\"" + name_ + "\" must be a string, found " + kind);
    }
    return true;
  }
  bool Enter() {
    if (++depth_ > kMaxDepth) return Fail("nested deeper than 64 levels");
    return true;
  }
  bool Leave() {
    --depth_;
    return true;
  }
  bool Fail(std::string message) {
    error = std::move(message);
    return false;
  }

  size_t line_bytes_;
  int depth_ = 0;
  // The member at depth 1 that is being read, if ours, and its key.
  std::optional<std::string>* field_ = nullptr;
  std::string name_;
  bool in_metadata_ = false;  // of depth 1
  bool at_is_impossible_ = false;
};

}  // namespace

Result<BeirLine> ParseBeirLine(std::string_view line) {
  LineHandler handler(line.size());
  if (!nlohmann::json::sax_parse(line.begin(), line.end(), &handler)) {
    return InvalidArgumentError(std::move(handler.error));
  }
  if (!handler.id) return InvalidArgumentError("\"_id\" is missing");
  if (handler.id->empty()) return InvalidArgumentError("\"_id\" is empty");
  if (!handler.text) return InvalidArgumentError("\"text\" is missing");
  return BeirLine{
      {std::move(*handler.id), std::move(handler.title).value_or(""), std::move(*handler.text)},
      handler.is_impossible};
}

}  // namespace quarry::eval
