#include "base/filter.h"

#include <algorithm>

namespace quarry {
namespace {

template <typename T>
bool Ordered(Filter::Op op, const T& left, const T& right) {
  switch (op) {
    case Filter::Op::kGt:
      return left > right;
    case Filter::Op::kGte:
      return left >= right;
    case Filter::Op::kLt:
      return left < right;
    case Filter::Op::kLte:
      return left <= right;
    default:
      return left == right;
  }
}

// Whether `have op want`, where op is kEq or an order.
bool Compare(Filter::Op op, const MetadataValue& have, const MetadataValue& want) {
  if (const auto* string = std::get_if<std::string>(&want)) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&have)) {
      return std::ranges::any_of(
          *list, [&](const std::string& element) { return Ordered(op, element, *string); });
    }
    const auto* other = std::get_if<std::string>(&have);
    return other != nullptr && Ordered(op, *other, *string);
  }
  if (const auto* number = std::get_if<double>(&want)) {
    const auto* other = std::get_if<double>(&have);
    return other != nullptr && Ordered(op, *other, *number);
  }
  if (const auto* boolean = std::get_if<bool>(&want)) {
    const auto* other = std::get_if<bool>(&have);
    return op == Filter::Op::kEq && other != nullptr && *other == *boolean;
  }
  return false;  // lists are no values to compare with
}

bool EqualsAny(const MetadataValue& have, const std::vector<MetadataValue>& values) {
  return std::ranges::any_of(
      values, [&](const MetadataValue& want) { return Compare(Filter::Op::kEq, have, want); });
}

Status Validate(const Filter& filter, int depth) {
  if (depth > Filter::kMaxDepth) {
    return InvalidArgumentError("filter: nested deeper than " + std::to_string(Filter::kMaxDepth) +
                                " levels");
  }
  if (filter.op == Filter::Op::kAnd || filter.op == Filter::Op::kOr) {
    if (!filter.field.empty() || !filter.values.empty()) {
      return InvalidArgumentError("filter: \"and\" and \"or\" take filters, not field \"" +
                                  filter.field + "\" or values");
    }
    for (const Filter& child : filter.children) {
      QUARRY_RETURN_IF_ERROR(Validate(child, depth + 1));
    }
    return OkStatus();
  }
  if (filter.field.empty()) {
    return InvalidArgumentError("filter: a comparison names no field");
  }
  const auto error = [&](const std::string& reason) {
    return InvalidArgumentError("filter on \"" + filter.field + "\": " + reason);
  };
  if (!filter.children.empty()) return error("a comparison has no filters of its own");
  const bool set = filter.op == Filter::Op::kIn || filter.op == Filter::Op::kNin;
  if (!set && filter.values.size() != 1) {
    return error("a comparison takes one value, not " + std::to_string(filter.values.size()));
  }
  const bool ordered = !set && filter.op != Filter::Op::kEq && filter.op != Filter::Op::kNe;
  for (const MetadataValue& value : filter.values) {
    if (std::holds_alternative<std::vector<std::string>>(value)) {
      return error("a list is no value to compare with; expected a string, a number or a boolean");
    }
    if (ordered && std::holds_alternative<bool>(value)) {
      return error("a boolean has no order; expected a number or a string");
    }
  }
  return OkStatus();
}

}  // namespace

bool Matches(const Filter& filter, const Metadata& metadata) {
  const auto matches = [&](const Filter& child) { return Matches(child, metadata); };
  if (filter.op == Filter::Op::kAnd) return std::ranges::all_of(filter.children, matches);
  if (filter.op == Filter::Op::kOr) return std::ranges::any_of(filter.children, matches);

  const bool negated = filter.op == Filter::Op::kNe || filter.op == Filter::Op::kNin;
  const auto field = metadata.find(filter.field);
  if (field == metadata.end()) return negated;
  if (negated) return !EqualsAny(field->second, filter.values);
  if (filter.op == Filter::Op::kEq || filter.op == Filter::Op::kIn) {
    return EqualsAny(field->second, filter.values);
  }
  return !filter.values.empty() && Compare(filter.op, field->second, filter.values.front());
}

Status ValidateFilter(const Filter& filter) { return Validate(filter, 1); }

bool Principals::MayRead(const std::vector<std::string>& access) const {
  if (unrestricted || access.empty()) return true;
  return std::ranges::any_of(access, [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  });
}

}  // namespace quarry
