#pragma once

// Reading the query of a request ("?limit=20&text=true"), as ObjectReader reads its body.
//
//   QueryParameters parameters(call.request.query);
//   uint32_t limit = 20;
//   parameters.Uint("limit", limit, 1, 1000);
//   QUARRY_RETURN_IF_ERROR(parameters.Finish());  // the first error; unknown parameters are one
//
// Errors are kInvalidArgument: "query parameter \"limit\": expected an integer from 1 to 1000, not
// \"x\"". Not thread-safe.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::server {

class QueryParameters {
 public:
  // `query` must outlive this.
  explicit QueryParameters(const std::map<std::string, std::string>& query) : query_(query) {}

  // Each leaves `out` alone where the parameter is absent or wrong.
  void String(std::string_view name, std::string& out);
  void Bool(std::string_view name, bool& out);  // true, false; present without a value is true
  void Uint(std::string_view name, uint32_t& out, uint32_t min, uint32_t max);

  Status Finish();

 private:
  const std::string* Find(std::string_view name);
  void Fail(std::string_view name, const std::string& expected, const std::string& value);

  const std::map<std::string, std::string>& query_;
  std::vector<std::string_view> known_;
  Status status_;
};

}  // namespace quarry::server
