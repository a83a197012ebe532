#pragma once

// Reading requests in JSON: a tree of our own and a reader of objects that explains what it
// refuses.
//
//   QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
//   ObjectReader reader(json, "");
//   std::string query;
//   reader.Required("query").String(query);
//   reader.Optional("k").Uint(k, 1, 10'000);
//   QUARRY_RETURN_IF_ERROR(reader.Finish());   // the first error; unknown fields are one
//
// Errors are kInvalidArgument, beginning with the place: "messages[0].role: expected a string, not
// null".

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"

namespace quarry::server {

inline constexpr int kMaxJsonDepth = 64;
// Of what is stored: it may hold the body of a request, some levels down.
inline constexpr int kMaxStoredJsonDepth = kMaxJsonDepth + 8;
// A value takes some 40 bytes of memory however short it is: a body of the largest size that is full of
// small ones would take twenty times its size.
inline constexpr size_t kMaxJsonValues = 1'000'000;

struct JsonField;

// A JSON value. Objects keep the order of their fields.
struct JsonValue {
  using Array = std::vector<JsonValue>;
  using Object = std::vector<JsonField>;
  // Integers that fit are integers; all other numbers are doubles.
  std::variant<std::nullptr_t, bool, int64_t, uint64_t, double, std::string, Array, Object> value;

  bool IsNull() const { return std::holds_alternative<std::nullptr_t>(value); }
  const std::string* AsString() const { return std::get_if<std::string>(&value); }
  const Array* AsArray() const { return std::get_if<Array>(&value); }
  const Object* AsObject() const { return std::get_if<Object>(&value); }
  const bool* AsBool() const { return std::get_if<bool>(&value); }
  // False unless it is a number.
  bool AsDouble(double& number) const;
  // False unless it is an integer that is not negative.
  bool AsUint(uint64_t& number) const;

  // nullptr where this is no object or has no such field.
  const JsonValue* Find(std::string_view field) const;
  // "a string", "null", ...: for messages.
  const char* TypeName() const;
};

struct JsonField {
  std::string name;
  JsonValue value;
};

// One JSON text. Refused: what RFC 8259 does not allow (trailing commas, comments, NaN), text that
// is not UTF-8, nesting deeper than `max_depth` or more than kMaxJsonValues values (both found while
// parsing), a field that stands twice in one object, numbers beyond a double. Messages: "body: not JSON: line 1, column 8: ...".
Result<JsonValue> ParseJson(std::string_view text, int max_depth = kMaxJsonDepth);

// kInvalidArgument "messages[0].content: expected ...": of a value of a request.
inline Status WrongValue(const std::string& place, const std::string& problem) {
  return InvalidArgumentError(place + ": " + problem);
}

// The same value as JSON text.
std::string ToJson(const JsonValue& value);

// Reads the fields of one object. Holds the first error; after it nothing is read. Not thread-safe.
class ObjectReader {
 public:
  // A field that was asked for. The readers leave `out` alone where the field is absent or null
  // (null counts as absent) and where there is an error.
  class Field {
   public:
    void String(std::string& out);
    void Bool(bool& out);
    void Uint(uint32_t& out, uint32_t min, uint32_t max);
    void Uint64(uint64_t& out);  // any that is not negative
    void Double(double& out);
    void Strings(std::vector<std::string>& out);
    // Has `read(value, place)` do it.
    void Value(const std::function<Status(const JsonValue& value, const std::string& place)>& read);
    bool present() const { return value_ != nullptr; }

   private:
    friend class ObjectReader;
    Field(ObjectReader& reader, std::string place, const JsonValue* value)
        : reader_(reader), place_(std::move(place)), value_(value) {}
    void Expect(const char* what);

    ObjectReader& reader_;
    const std::string place_;
    const JsonValue* value_;  // nullptr: absent, or there is an error already
  };

  // `place` is what messages call the object: "" for the body itself. `json` must outlive the
  // reader.
  ObjectReader(const JsonValue& json, std::string place);

  Field Required(std::string_view name);
  Field Optional(std::string_view name);

  // The first error; else a field that was never asked for, naming the nearest known one; else a
  // required one that is missing (a misspelt field is both, and its name says more).
  Status Finish();
  // Likewise, but unknown fields are of no interest.
  Status FinishIgnoringUnknown();

 private:
  Field Get(std::string_view name, bool required);
  void Fail(const std::string& place, std::string problem);

  const JsonValue& json_;
  const std::string place_;
  std::vector<std::string_view> known_;
  Status status_;
  std::string missing_;  // the first required field that is not there
};

}  // namespace quarry::server
