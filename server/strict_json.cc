#include "server/strict_json.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/names.h"
#include "base/text.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

// Line and column (both from 1, in characters of UTF-8) of a byte.
std::string PlaceOf(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(offset), '\n');
  const size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;  // npos + 1 = 0
  const size_t column = 1 + CountCodePoints(text.substr(begin, offset - begin));
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string Shown(std::string_view text) {
  constexpr size_t kShown = 60;
  return JsonString(text.size() <= kShown ? std::string(text)
                                          : std::string(TruncateUtf8(text, kShown)) + "...");
}

// Builds our tree from the events of the parser, which itself does not recurse.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, int max_depth)
      : text_(text), max_depth_(static_cast<size_t>(max_depth)) {}

  bool null() override { return Add({nullptr}); }
  bool boolean(bool value) override { return Add({value}); }
  bool number_integer(int64_t value) override { return Add({value}); }
  bool number_unsigned(uint64_t value) override {
    if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return Add({static_cast<int64_t>(value)});
    }
    return Add({value});
  }
  bool number_float(double value, const std::string&) override { return Add({value}); }
  bool string(std::string& value) override { return Add({std::move(value)}); }
  bool binary(binary_t&) override { return Fail("binary data"); }

  bool start_object(size_t) override { return Push({JsonValue::Object()}); }
  bool start_array(size_t) override { return Push({JsonValue::Array()}); }
  bool end_object() override { return Pop(); }
  bool end_array() override { return Pop(); }

  bool key(std::string& name) override {
    if (!open_.back().names.insert(name).second) {
      return Fail("field " + Shown(name) + " stands twice in one object");
    }
    open_.back().name = std::move(name);
    return true;
  }

  bool parse_error(size_t offset, const std::string& token,
                   const nlohmann::json::exception& error) override {
    if (error.id == 406) return Fail("number " + Shown(token) + " is out of range");
    return Fail(
        "not JSON: " + PlaceOf(text_, offset == 0 ? 0 : offset - 1) + ": unexpected " +
        (token.empty() || offset > text_.size() ? "end of text" : "text near " + Shown(token)));
  }

  JsonValue TakeTree() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  struct OpenValue {
    JsonValue value;
    std::string name;             // of the field whose value comes next
    std::set<std::string> names;  // of an object, so far
  };

  bool Fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool Add(JsonValue value) {
    if (++values_ > kMaxJsonValues) {
      return Fail("more than " + std::to_string(kMaxJsonValues) + " values; send it in parts");
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    OpenValue& parent = open_.back();
    if (auto* array = std::get_if<JsonValue::Array>(&parent.value.value)) {
      array->push_back(std::move(value));
    } else {
      std::get<JsonValue::Object>(parent.value.value)
          .push_back({std::move(parent.name), std::move(value)});
    }
    return true;
  }

  bool Push(JsonValue value) {
    if (open_.size() >= max_depth_) {
      return Fail("nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    open_.push_back({std::move(value), {}, {}});
    return true;
  }

  bool Pop() {
    JsonValue value = std::move(open_.back().value);
    open_.pop_back();
    return Add(std::move(value));
  }

  const std::string_view text_;
  const size_t max_depth_;
  std::vector<OpenValue> open_;  // outermost first
  JsonValue root_;
  size_t values_ = 0;
  std::string problem_;
};

void Write(const JsonValue& json, JsonWriter& out) {
  std::visit(
      [&](const auto& value) {
        using Type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Type, std::nullptr_t>) {
          out.Null();
        } else if constexpr (std::is_same_v<Type, bool>) {
          out.Bool(value);
        } else if constexpr (std::is_same_v<Type, int64_t>) {
          out.Int(value);
        } else if constexpr (std::is_same_v<Type, uint64_t>) {
          out.Uint(value);
        } else if constexpr (std::is_same_v<Type, double>) {
          out.Double(value);
        } else if constexpr (std::is_same_v<Type, std::string>) {
          out.String(value);
        } else if constexpr (std::is_same_v<Type, JsonValue::Array>) {
          out.BeginArray();
          for (const JsonValue& element : value) Write(element, out);
          out.EndArray();
        } else {
          out.BeginObject();
          for (const auto& [name, field] : value) Write(field, out.Key(name));
          out.EndObject();
        }
      },
      json.value);
}

}  // namespace

bool JsonValue::AsDouble(double& number) const {
  if (const auto* signed_value = std::get_if<int64_t>(&value)) {
    number = static_cast<double>(*signed_value);
  } else if (const auto* unsigned_value = std::get_if<uint64_t>(&value)) {
    number = static_cast<double>(*unsigned_value);
  } else if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
  } else {
    return false;
  }
  return true;
}

bool JsonValue::AsUint(uint64_t& number) const {
  if (const auto* signed_value = std::get_if<int64_t>(&value)) {
    if (*signed_value < 0) return false;
    number = static_cast<uint64_t>(*signed_value);
    return true;
  }
  const auto* unsigned_value = std::get_if<uint64_t>(&value);
  if (unsigned_value != nullptr) number = *unsigned_value;
  return unsigned_value != nullptr;
}

const JsonValue* JsonValue::Find(std::string_view field) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(*object, field, &JsonField::name);
  return found == object->end() ? nullptr : &found->value;
}

const char* JsonValue::TypeName() const {
  static constexpr const char* kNames[] = {"null",     "a boolean", "a number", "a number",
                                           "a number", "a string",  "a list",   "an object"};
  return kNames[value.index()];
}

Result<JsonValue> ParseJson(std::string_view text, int max_depth) {
  // The library takes it for the end of the text and would not see what follows.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return InvalidArgumentError("body: not JSON: " + PlaceOf(text, nul) + ": unexpected NUL");
  }
  TreeBuilder builder(text, max_depth);
  try {
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.TakeTree();
  } catch (const nlohmann::json::exception& error) {
    return InvalidArgumentError(std::string("body: not JSON: ") + error.what());
  }
  return InvalidArgumentError("body: " + builder.problem());
}

std::string ToJson(const JsonValue& value) {
  JsonWriter writer;
  Write(value, writer);
  return writer.Take();
}

ObjectReader::ObjectReader(const JsonValue& json, std::string place)
    : json_(json), place_(std::move(place)) {
  if (json_.AsObject() == nullptr) {
    Fail(place_.empty() ? "body" : place_,
         std::string("expected an object, not ") + json.TypeName());
  }
}

void ObjectReader::Fail(const std::string& place, std::string problem) {
  if (status_.ok()) status_ = InvalidArgumentError(place + ": " + problem);
}

ObjectReader::Field ObjectReader::Get(std::string_view name, bool required) {
  known_.push_back(name);
  std::string place = place_.empty() ? std::string(name) : place_ + '.' + std::string(name);
  const JsonValue* value = status_.ok() ? json_.Find(name) : nullptr;
  if (value != nullptr && value->IsNull() && !required) value = nullptr;
  if (value == nullptr && required && missing_.empty()) missing_ = place;
  return Field(*this, std::move(place), value);
}

ObjectReader::Field ObjectReader::Required(std::string_view name) { return Get(name, true); }
ObjectReader::Field ObjectReader::Optional(std::string_view name) { return Get(name, false); }

Status ObjectReader::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& [name, value] : *json_.AsObject()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const std::string expected = Join(known_, ", ");
    const std::string_view nearest = NearestName(name, known_);
    return InvalidArgumentError(
        (place_.empty() ? "body" : place_) + ": unknown field " + Shown(name) + "; " +
        (!nearest.empty() ? "did you mean \"" + std::string(nearest) + "\"?"
                          : "expected one of " + expected +
                                (missing_.empty() ? "" : "; " + missing_ + ": is missing")));
  }
  return FinishIgnoringUnknown();
}

Status ObjectReader::FinishIgnoringUnknown() {
  if (!status_.ok() || missing_.empty()) return status_;
  return InvalidArgumentError(missing_ + ": is missing");
}

void ObjectReader::Field::Expect(const char* what) {
  reader_.Fail(place_, std::string("expected ") + what + ", not " + value_->TypeName());
}

void ObjectReader::Field::String(std::string& out) {
  if (value_ == nullptr) return;
  if (const std::string* text = value_->AsString()) {
    out = *text;
  } else {
    Expect("a string");
  }
}

void ObjectReader::Field::Bool(bool& out) {
  if (value_ == nullptr) return;
  if (const bool* flag = value_->AsBool()) {
    out = *flag;
  } else {
    Expect("a boolean");
  }
}

void ObjectReader::Field::Uint(uint32_t& out, uint32_t min, uint32_t max) {
  if (value_ == nullptr) return;
  uint64_t number = 0;
  double real = 0;
  if (!value_->AsDouble(real)) return Expect("an integer");
  if (!value_->AsUint(number) || number < min || number > max) {
    reader_.Fail(place_, "expected an integer from " + std::to_string(min) + " to " +
                             std::to_string(max) + ", not " + ToJson(*value_));
    return;
  }
  out = static_cast<uint32_t>(number);
}

void ObjectReader::Field::Uint64(uint64_t& out) {
  if (value_ != nullptr && !value_->AsUint(out)) Expect("an integer that is not negative");
}

void ObjectReader::Field::Double(double& out) {
  if (value_ != nullptr && !value_->AsDouble(out)) Expect("a number");
}

void ObjectReader::Field::Strings(std::vector<std::string>& out) {
  if (value_ == nullptr) return;
  const JsonValue::Array* array = value_->AsArray();
  if (array == nullptr) return Expect("a list of strings");
  std::vector<std::string> strings;
  for (size_t i = 0; i < array->size(); ++i) {
    const std::string* text = (*array)[i].AsString();
    if (text == nullptr) {
      reader_.Fail(place_ + '[' + std::to_string(i) + ']',
                   std::string("expected a string, not ") + (*array)[i].TypeName());
      return;
    }
    strings.push_back(*text);
  }
  out = std::move(strings);
}

void ObjectReader::Field::Value(
    const std::function<Status(const JsonValue& value, const std::string& place)>& read) {
  if (value_ == nullptr) return;
  Status status = read(*value_, place_);
  if (reader_.status_.ok()) reader_.status_ = std::move(status);
}

}  // namespace quarry::server
