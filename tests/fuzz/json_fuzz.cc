// Bodies of requests and metadata filters. What is accepted can be written and read again.

#include "base/filter.h"
#include "server/document_body.h"
#include "server/strict_json.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {

std::vector<std::string> Seeds() {
  return {
      R"({"query": "pump", "k": 3, "mode": "hybrid", "principals": ["a"], "explain": true})",
      R"({"documents":[{"id":"a","text":"水泵。","metadata":{"y":1.5e3,"t":["x"],"b":false}}]})",
      R"({"id":"a","text":"# T\n\nx","media_type":"text/markdown","access":["hr"],"uri":null})",
      R"({"type":"and","filters":[{"type":"eq","key":"lang","value":"zh"},)"
      R"({"type":"in","key":"year","value":[1,2]}]})",
      R"([1,-0.0,1e308,"\u0041\ud83d\ude00",null,{"":[]}])",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  const std::string_view text = fuzz::View(data, size);
  const Result<Filter> filter = ParseFilter(text);
  if (filter.ok()) {
    QUARRY_CHECK(ValidateFilter(*filter).ok());
    Matches(*filter, {{"lang", std::string("zh")}, {"year", 1.0}});
  }
  const Result<server::JsonValue> json = server::ParseJson(text);
  if (!json.ok()) {
    QUARRY_CHECK(!json.status().message().empty());
    return 0;
  }
  // Settled from the second writing on: -0.0 is written "-0", which reads as the integer 0.
  const std::string written = server::ToJson(server::ParseJson(server::ToJson(*json)).value());
  QUARRY_CHECK(server::ToJson(server::ParseJson(written).value()) == written);
  const Result<std::vector<Document>> documents = server::ParseRecords(*json);
  if (documents.ok()) QUARRY_CHECK(!documents->empty());
  return 0;
}
