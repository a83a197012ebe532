#pragma once

// Metadata filters and principals: who may see a document, and which documents a query wants. Both
// act inside the legs of retrieval, never on a finished top-k list.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/status.h"

namespace quarry {

// A predicate tree over document metadata.
//
// Meaning: types do not coerce, so a value of another type is neither equal nor less nor greater
// (and kNe and kNin hold); a field that is missing matches kNe and kNin only; a list field matches
// if any element does (kNe and kNin: if none equals). Strings, and so times, are ordered by their
// bytes. kAnd of nothing is true, kOr of nothing is false. Depth, a lone comparison being 1, is at
// most kMaxDepth.
struct Filter {
  enum class Op : uint8_t { kAnd, kOr, kEq, kNe, kGt, kGte, kLt, kLte, kIn, kNin };
  static constexpr int kMaxDepth = 16;

  Op op = Op::kAnd;
  std::vector<Filter> children;       // kAnd, kOr
  std::string field;                  // comparisons
  std::vector<MetadataValue> values;  // comparisons: one; kIn, kNin: any number

  bool IsTrue() const { return op == Op::kAnd && children.empty(); }
};

// Whether `metadata` satisfies `filter`: the reference that every index must agree with.
bool Matches(const Filter& filter, const Metadata& metadata);

// Checks depth, arity and types: values are strings, numbers or booleans, not lists, and ordered
// comparisons have no booleans. Error: kInvalidArgument naming the field.
Status ValidateFilter(const Filter& filter);

// Parses the OpenAI attribute-filter shape, which is also what the CLI and our API take:
//   {"type":"and","filters":[{"type":"eq","key":"lang","value":"zh"}, ...]}
// What it returns is valid. At most 64 KiB; unknown or repeated keys are refused.
// Error: kInvalidArgument naming the place ("filter.filters[1].type: ...").
Result<Filter> ParseFilter(std::string_view json);

// The name of an operator in that shape: "and", "gte".
const char* FilterOpName(Filter::Op op);

// On whose behalf a query runs. An unrestricted caller (the local CLI, an admin key) sees every
// document; others see documents without an access list and those that name one of `names`.
struct Principals {
  bool unrestricted = true;
  std::vector<std::string> names;

  bool MayRead(const std::vector<std::string>& access) const;
};

}  // namespace quarry
