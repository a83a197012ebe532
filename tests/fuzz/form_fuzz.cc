// Bodies of uploads. Parts lie within the body, in its order, and are found again in a body that is
// written from them.

#include "server/multipart.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {

constexpr const char* kType = "multipart/form-data; boundary=xyz";

std::vector<std::string> Seeds() {
  return {
      "--xyz\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n"
      "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".txt\"\r\n"
      "Content-Type: text/plain\r\n\r\nThe pump.\r\n--xy\r\n--xyz--\r\n",
      "--xyz\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n--xyz--",
      "--xyz--",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  const std::string_view body = fuzz::View(data, size);
  // As a Content-Type too: both are the client's.
  if (const auto parts = server::ParseMultipart(body, body); !parts.ok()) {
    QUARRY_CHECK(!parts.status().message().empty());
  }
  const Result<std::vector<server::FormPart>> parts = server::ParseMultipart(fuzz::kType, body);
  if (!parts.ok()) {
    QUARRY_CHECK(!parts.status().message().empty());
    return 0;
  }
  const char* end = body.data();
  std::string written;
  for (const server::FormPart& part : *parts) {
    QUARRY_CHECK(part.body.data() >= end);
    end = part.body.data() + part.body.size();
    written += "--xyz\r\nContent-Disposition: form-data; name=x\r\n\r\n";
    written.append(part.body).append("\r\n");
  }
  QUARRY_CHECK(end <= body.data() + body.size());
  written += "--xyz--";
  const Result<std::vector<server::FormPart>> again = server::ParseMultipart(fuzz::kType, written);
  QUARRY_CHECK(again.ok() && again->size() == parts->size());
  for (size_t i = 0; i < parts->size(); ++i) QUARRY_CHECK((*again)[i].body == (*parts)[i].body);
  return 0;
}
