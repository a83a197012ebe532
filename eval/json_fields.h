#pragma once

// Structs as JSON objects, both ways, from one list of their fields:
//
//   template <typename Visitor>
//   void Fields(Visitor& visit, ExpectedFact& fact) {
//     visit.Required("id", fact.id);
//     visit("must", fact.must, true);   // left out where it is as by default
//   }
//   std::string line = WriteJson(fact);
//   QUARRY_ASSIGN_OR_RETURN(ExpectedFact fact, ReadJson<ExpectedFact>(line));
//
// Members are strings, bools, numbers, ids (base/ids.h), structs with Fields, and vectors, optionals
// and maps by name of these. Reading is strict: an unknown or repeated key, a null and a value of
// another type are errors that name the place: "gold_spans[1].doc: expected a string, found a number".
// Internal to eval/*_json.cc.

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/names.h"
#include "base/status.h"

namespace quarry::eval {

using Json = nlohmann::ordered_json;

inline constexpr int kMaxJsonDepth = 32;

// Bytes that are no UTF-8 become U+FFFD.
inline std::string DumpJson(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// kInvalidArgument for anything but one JSON value without repeated keys: "not valid JSON: it ends
// too early", "not valid JSON: unexpected input at byte 17" (from 1: where that input ends).
inline Result<Json> ParseJson(std::string_view text) {
  std::string fault;
  std::vector<std::vector<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (depth > kMaxJsonDepth) fault = "nested deeper than " + std::to_string(kMaxJsonDepth);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end && !keys.empty()) keys.pop_back();
    if (event == Event::key && fault.empty()) {
      const std::string name = parsed.get<std::string>();
      std::vector<std::string>& known = keys.back();
      if (std::find(known.begin(), known.end(), name) != known.end()) {
        fault = "key \"" + name + "\" stands twice";
      }
      known.push_back(name);
    }
    return fault.empty();
  };
  Json json;
  std::string broken;
  try {
    json = Json::parse(text, check);
  } catch (const Json::parse_error& error) {
    broken = error.byte > text.size() ? "it ends too early"
                                      : "unexpected input at byte " + std::to_string(error.byte);
  } catch (const Json::exception&) {
    broken = "a number is beyond a double";
  }
  if (!fault.empty()) return InvalidArgumentError(fault);
  if (!broken.empty()) return InvalidArgumentError("not valid JSON: " + broken);
  return json;
}

class JsonWriter {
 public:
  template <typename T>
  void operator()(const char* name, T& value, const std::type_identity_t<T>& otherwise = {}) {
    if constexpr (requires { value.empty(); }) {
      if (value.empty()) return;
    } else if constexpr (requires { value.has_value(); }) {
      if (!value.has_value()) return;
    } else if constexpr (requires { value == otherwise; }) {
      if (value == otherwise) return;
    }
    json_[name] = Of(value);
  }
  template <typename T>
  void Required(const char* name, T& value) {
    json_[name] = Of(value);
  }
  // What is written in its own way.
  void Raw(const char* name, Json value) { json_[name] = std::move(value); }
  // An enumeration by its names.
  template <typename T, typename Name, typename Parse>
  void Named(const char* name, T& value, Name name_of, Parse) {
    json_[name] = name_of(value);
  }

  Json Take() { return std::move(json_); }

 private:
  template <typename T>
  static Json Of(T& value) {
    using U = std::remove_const_t<T>;
    if constexpr (std::is_arithmetic_v<U> || std::is_same_v<U, std::string>) {
      return value;
    } else if constexpr (requires { value.has_value(); }) {
      return Of(*value);
    } else if constexpr (requires { typename U::mapped_type; }) {
      Json object = Json::object();
      for (auto& [name, member] : value) object[name] = Of(member);
      return object;
    } else if constexpr (requires { value.push_back(value[0]); }) {
      Json array = Json::array();
      for (auto& element : value) array.push_back(Of(element));
      return array;
    } else if constexpr (requires { typename U::rep; }) {
      return value.value;
    } else {
      JsonWriter writer;
      Fields(writer, value);
      return writer.Take();
    }
  }

  Json json_ = Json::object();
};

// Keeps the first error.
class JsonReader {
 public:
  JsonReader(const Json& json, std::string place, Status& status)
      : json_(json), place_(std::move(place)), status_(status) {
    if (!json_.is_object()) Fail("", "expected an object, found " + TypeOf(json_));
  }

  template <typename T>
  void operator()(const char* name, T& value, const std::type_identity_t<T>& otherwise = {}) {
    if (const Json* member = Take(name)) {
      Read(*member, Place(name), value);
    } else if constexpr (requires { value = otherwise; }) {
      value = otherwise;
    }
  }
  template <typename T>
  void Required(const char* name, T& value) {
    if (const Json* member = Take(name)) {
      Read(*member, Place(name), value);
      if constexpr (std::is_same_v<T, std::string>) {
        if (status_.ok() && value.empty()) Fail(name, "is empty");
      }
    } else if (missing_.empty()) {
      missing_ = name;  // an error of Finish(): its name may be there with a slip
    }
  }
  template <typename T, typename Name, typename Parse>
  void Named(const char* name, T& value, Name, Parse parse) {
    std::string text;
    Required(name, text);
    if (!status_.ok() || text.empty()) return;
    const Result<T> parsed = parse(text);
    if (!parsed.ok()) return Fail(name, parsed.status().message());
    value = *parsed;
  }
  // Of a member that is read in its own way; null where there is none.
  const Json* Take(const char* name) {
    known_.push_back(name);
    if (!status_.ok()) return nullptr;
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  void Fail(const std::string& name, const std::string& message) {
    if (status_.ok()) {
      const std::string place = Place(name);
      status_ = InvalidArgumentError(place.empty() ? message : place + ": " + message);
    }
  }
  // What is left over is an error, and so is what is missing.
  void Finish() {
    if (!status_.ok()) return;
    for (const auto& [name, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const std::string_view nearest = NearestName(name, known_);
      return Fail(
          name, "unknown key" + (nearest.empty() ? std::string()
                                                 : "; did you mean " + std::string(nearest) + "?"));
    }
    if (!missing_.empty()) Fail(missing_, "is missing");
  }

  template <typename T>
  void Read(const Json& json, const std::string& place, T& value) {
    if (!status_.ok()) return;
    if constexpr (std::is_same_v<T, std::string>) {
      if (!json.is_string()) return Expected(place, "a string", json);
      value = json.get<std::string>();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_boolean()) return Expected(place, "true or false", json);
      value = json.get<bool>();
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!json.is_number()) return Expected(place, "a number", json);
      value = json.get<T>();
    } else if constexpr (std::is_integral_v<T>) {
      const bool fits =
          std::is_unsigned_v<T>
              ? json.is_number_unsigned() && json.get<uint64_t>() <= std::numeric_limits<T>::max()
              : json.is_number_integer() && json.get<int64_t>() >= std::numeric_limits<T>::min() &&
                    json.get<int64_t>() <= std::numeric_limits<T>::max();
      if (!fits) return Expected(place, "an integer that fits", json);
      value = json.get<T>();
    } else if constexpr (requires { value.has_value(); }) {
      Read(json, place, value.emplace());
    } else if constexpr (requires { typename T::mapped_type; }) {
      if (!json.is_object()) return Expected(place, "an object", json);
      for (const auto& [name, member] : json.items()) {
        Read(member, place + "." + name, value[name]);
      }
    } else if constexpr (requires { value.emplace_back(); }) {
      if (!json.is_array()) return Expected(place, "a list", json);
      value.clear();
      for (const Json& element : json) {
        Read(element, place + "[" + std::to_string(value.size()) + "]", value.emplace_back());
      }
    } else if constexpr (requires { typename T::rep; }) {
      Read(json, place, value.value);
    } else {
      JsonReader reader(json, place, status_);
      if (!status_.ok()) return;
      Fields(reader, value);
      reader.Finish();
    }
  }

 private:
  static std::string TypeOf(const Json& json) {
    if (json.is_null()) return "null";
    if (json.is_boolean()) return "true or false";
    if (json.is_number()) return "the number " + json.dump();
    return json.is_string() ? "a string" : json.is_array() ? "a list" : "an object";
  }
  std::string Place(const std::string& name) const {
    return place_.empty() ? name : name.empty() ? place_ : place_ + "." + name;
  }
  void Expected(const std::string& place, const std::string& what, const Json& json) {
    const std::string message = "expected " + what + ", found " + TypeOf(json);
    if (status_.ok()) {
      status_ = InvalidArgumentError(place.empty() ? message : place + ": " + message);
    }
  }

  const Json& json_;
  const std::string place_;
  Status& status_;
  std::vector<std::string_view> known_;
  std::string missing_;  // the first that is required and not there
};

template <typename T>
std::string WriteJson(const T& value) {
  JsonWriter writer;
  Fields(writer, const_cast<T&>(value));  // a writer changes nothing
  return DumpJson(writer.Take());
}

template <typename T>
Result<T> ReadJson(std::string_view text) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  T value;
  Status status;
  JsonReader(json, "", status).Read(json, "", value);
  QUARRY_RETURN_IF_ERROR(status);
  return value;
}

}  // namespace quarry::eval
