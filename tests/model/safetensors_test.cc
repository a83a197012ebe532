#include "model/safetensors.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <string>

#include "base/coding.h"
#include "base/random.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

class SafetensorsTest : public ::testing::Test {
 protected:
  // A file of that header and so many bytes of values.
  Result<Safetensors> Open(const std::string& header, const std::string& values) {
    std::string bytes;
    AppendFixed64(bytes, header.size());
    return OpenBytes(bytes + header + values);
  }
  Result<Safetensors> OpenBytes(const std::string& bytes) {
    testing::WriteText(folder_.path(), "x.safetensors", bytes);
    return Safetensors::Open(path_);
  }
  // Without the path.
  std::string ErrorOf(const Result<Safetensors>& result) {
    if (result.ok()) return "";
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    const std::string& message = result.status().message();
    EXPECT_TRUE(message.starts_with(path_ + ": ")) << message;
    return message.substr(std::min(message.size(), path_.size() + 2));
  }

  const TemporaryDirectory folder_ = testing::MakeTemporaryDirectory();
  const std::string path_ = folder_.path() + "/x.safetensors";
};

std::string Floats(std::initializer_list<float> values) {
  std::string bytes;
  for (const float value : values) AppendFixed32(bytes, std::bit_cast<uint32_t>(value));
  return bytes;
}

TEST_F(SafetensorsTest, ReadsFloatsAndConvertsHalves) {
  const std::string header = R"({"__metadata__":{"format":"pt"},)"
                             R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},)"
                             R"("c":{"dtype":"F16","shape":[4],"data_offsets":[12,20]}})";
  // 1.0 and -2.5 as bfloat16; 1.0, -2.0, 2^-24 and 65504 as half.
  const std::string halves("\x80\x3f\x20\xc0\x00\x3c\x00\xc0\x01\x00\xff\x7b", 12);
  ASSERT_OK_AND_ASSIGN(const Safetensors file, Open(header, Floats({1.5f, -3.0f}) + halves));
  ASSERT_OK_AND_ASSIGN(const FloatTensor a, file.Floats("a", {2, 1}));
  EXPECT_THAT(a.values, ::testing::ElementsAre(1.5f, -3.0f));
  ASSERT_OK_AND_ASSIGN(const FloatTensor b, file.Floats("b", {2}));
  EXPECT_THAT(b.values, ::testing::ElementsAre(1.0f, -2.5f));
  ASSERT_OK_AND_ASSIGN(const FloatTensor c, file.Floats("c", {4}));
  EXPECT_THAT(c.values, ::testing::ElementsAre(1.0f, -2.0f, 0x1.0p-24f, 65504.0f));
  EXPECT_EQ(file.Values(), 8u);
  EXPECT_EQ(file.ShapeText("a"), "[2, 1]");
}

TEST_F(SafetensorsTest, ReadsFloatsThatAreNotAligned) {
  const std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                             R"("b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}})";
  ASSERT_OK_AND_ASSIGN(const Safetensors file, Open(header, "x" + Floats({0.5f, 7.0f})));
  ASSERT_OK_AND_ASSIGN(const FloatTensor b, file.Floats("b", {2}));
  EXPECT_THAT(b.values, ::testing::ElementsAre(0.5f, 7.0f));
  EXPECT_EQ(file.Floats("a", {1}).status().message(),
            path_ + ": tensor \"a\": dtype U8; expected F32, F16 or BF16");
}

TEST_F(SafetensorsTest, LengthsThatDoNotFitAreRefused) {
  EXPECT_EQ(ErrorOf(OpenBytes("\x08")), "1 bytes; expected a safetensors file");
  EXPECT_EQ(ErrorOf(OpenBytes(std::string("\0\0\0\0\0\0\0\x80", 8) + "{}")),
            "a header of 9223372036854775808 bytes; expected at most 2");
  EXPECT_EQ(ErrorOf(OpenBytes(std::string(8, '\xff'))),
            "a header of 18446744073709551615 bytes; expected at most 0");
  EXPECT_EQ(ErrorOf(Open("[1]", "")), "the header is no JSON object");
  EXPECT_EQ(ErrorOf(Open("{\"a\":", "")), "the header is no JSON object");
}

TEST_F(SafetensorsTest, WhatIsNotAccountedForIsRefused) {
  const auto tensor = [](const char* name, const char* shape, const char* offsets) {
    return std::string("\"") + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
  };
  const std::string two = Floats({1, 2});
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[3]", "[0,12]") + "}", two)),
            "tensor \"a\": bytes 0 to 12 of 8: the file is cut short or damaged");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[3]", "[0,8]") + "}", two)),
            "tensor \"a\": shape [3] of F32 in 8 bytes");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[4611686018427387904,4]", "[0,8]") + "}", two)),
            "tensor \"a\": shape [4611686018427387904, 4] of F32 in 8 bytes");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[1]", "[4,8]") + "}", two)),
            "tensors overlap or leave a hole at byte 0");
  EXPECT_EQ(ErrorOf(Open(
                "{" + tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[1]", "[4,8]") + "}", two)),
            "tensors overlap or leave a hole at byte 4");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[1]", "[0,4]") + "}", two)),
            "4 bytes belong to no tensor");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[1]", "[8,4]") + "}", two)),
            "tensor \"a\": bytes 8 to 4 of 8: the file is cut short or damaged");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[-2]", "[0,8]") + "}", two)),
            "tensor \"a\": shape: expected up to 8 sizes");
  EXPECT_EQ(ErrorOf(Open("{" + tensor("a", "[2]", "[0]") + "}", two)),
            "tensor \"a\": data_offsets: expected two numbers");
  EXPECT_EQ(ErrorOf(Open(
                "{" + tensor("a", "[1]", "[0,4]") + "," + tensor("a", "[1]", "[4,8]") + "}", two)),
            "the header has a name twice");
  EXPECT_EQ(ErrorOf(Open(R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", "1234")),
            "tensor \"a\": dtype \"F33\" is not known");
}

TEST_F(SafetensorsTest, AValueThatIsNotFiniteIsNamed) {
  const std::string header = R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})";
  ASSERT_OK_AND_ASSIGN(const Safetensors file,
                       Open(header, Floats({1, 2, std::numeric_limits<float>::quiet_NaN()})));
  EXPECT_EQ(file.Floats("a", {3}).status().message(),
            path_ + ": tensor \"a\": value 2 is not finite");
}

TEST_F(SafetensorsTest, DamagedBytesAreRefusedOrRead) {
  const std::string good =
      testing::RandomTensors({.hidden = 8, .heads = 2, .intermediate = 8}).Bytes();
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = good;
    if (random.Below(4) == 0) bytes.resize(random.Below(bytes.size()));
    for (uint64_t n = random.Below(4); n > 0 && !bytes.empty(); --n) {
      bytes[random.Below(std::min<size_t>(bytes.size(), 600))] = static_cast<char>(random.Next());
    }
    const Result<Safetensors> read = OpenBytes(bytes);
    if (bytes == good) {
      EXPECT_OK(read.status());
    } else if (read.ok() && read->Has("embeddings.LayerNorm.bias")) {
      (void)read->Floats("embeddings.LayerNorm.bias", {8}).ok();  // whatever it is: no crash
    }
  }
}

}  // namespace
}  // namespace quarry::model
