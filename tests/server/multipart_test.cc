#include "server/multipart.h"

#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=\"b 1\"";

std::string ErrorOf(const std::string& type, const std::string& body) {
  const Result<std::vector<FormPart>> parts = ParseMultipart(type, body);
  EXPECT_FALSE(parts.ok()) << body;
  return parts.status().message();
}

TEST(Multipart, PartsAreTheBytesBetweenTheBoundaries) {
  const std::string body =
      "--b 1\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n--b 1\r\n"
      "Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"f\"; "
      "filename=\"x \\\"y\\\".txt\"\r\n\r\n\r\n--b\r\n\r\n--b 1--\r\n";
  const auto parts = ParseMultipart(kType, body).value();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].name, "a");
  EXPECT_EQ(parts[0].filename, std::nullopt);
  EXPECT_EQ(parts[0].body, "");
  EXPECT_EQ(parts[1].name, "f");
  EXPECT_EQ(parts[1].filename, "x \"y\".txt");
  EXPECT_EQ(parts[1].media_type, "text/plain");
  EXPECT_EQ(parts[1].body, "\r\n--b\r\n");
}

TEST(Multipart, ErrorsSayWhatWasExpected) {
  EXPECT_EQ(ErrorOf("multipart/form-data", ""),
            "Content-Type: expected a boundary of 1 to 70 characters");
  EXPECT_EQ(ErrorOf(kType, "x"), "body: expected --b 1 at its beginning");
  EXPECT_EQ(ErrorOf(kType, "--b 1x"), "body: expected a line end behind the boundary");
  EXPECT_EQ(ErrorOf(kType, "--b 1\r\nA: b"),
            "body: part 1: its header does not end within 4096 bytes");
  EXPECT_EQ(ErrorOf(kType, "--b 1\r\nA: b\r\n\r\n\r\n--b 1--"),
            "body: part 1: has no Content-Disposition");
  EXPECT_EQ(ErrorOf(kType, "--b 1\r\nContent-Disposition: form-data\r\n\r\n\r\n--b 1--"),
            "body: part 1: Content-Disposition gives no name");
  EXPECT_EQ(ErrorOf(kType, "--b 1\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx"),
            "body: part 1: a quoted value does not end");
  EXPECT_EQ(ErrorOf(kType, "--b 1\r\nContent-Disposition: form-data; name=a\r\n\r\nx"),
            "body: part \"a\" does not end with the boundary");
}

// Cut anywhere, it is an error and never read past its end.
TEST(Multipart, ABodyThatIsCutOffIsAnError) {
  const std::string body =
      "--b 1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nabc\r\n--b 1--";
  ASSERT_TRUE(ParseMultipart(kType, body).ok());
  for (size_t size = 0; size < body.size(); ++size) {
    const std::string cut = body.substr(0, size);
    EXPECT_FALSE(ParseMultipart(kType, cut).ok()) << cut;
  }
}

}  // namespace
}  // namespace quarry::server
