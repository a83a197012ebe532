#pragma once

// The arguments of a call of a tool, read by the tool's schema. Plain values.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::generation {

class ToolArguments {
 public:
  // kInvalidArgument naming the place and what was expected.
  static Result<ToolArguments> Parse(std::string_view json, const std::string& schema);

  // Of a string, number or boolean, as JSON writes it, strings without quotes; nullopt where it is
  // absent.
  std::optional<std::string> Scalar(const std::string& name) const;
  std::string Text(const std::string& name) const { return Scalar(name).value_or(""); }
  // REQUIRES: the schema says that it is an integer of that range.
  uint64_t Integer(const std::string& name, uint64_t absent) const;
  const std::map<std::string, std::string>& scalars() const { return scalars_; }
  // As JSON, those that `without` names left out.
  std::string ToJson(const std::vector<std::string>& without = {}) const;

 private:
  std::string json_;
  std::map<std::string, std::string> scalars_;
};

}  // namespace quarry::generation
