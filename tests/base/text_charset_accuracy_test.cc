// How often the charset of real text is told: whole texts, and pieces of 200 bytes. What counts is
// that the text comes back; two charsets that agree on it are both right. The table stands in
// docs/benchmarks.md.

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/text_folding.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

constexpr size_t kPiece = 200;

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// The passages of a collection, one behind the other, about `bytes` of them.
std::string ReadCorpus(const std::string& path, size_t bytes) {
  std::ifstream file(path + "/corpus.jsonl");
  std::string line;
  std::string text;
  while (text.size() < bytes && std::getline(file, line)) {
    text += nlohmann::json::parse(line)["text"].get<std::string>() + "\n";
  }
  return text;
}

// With Traditional characters for Simplified ones, as far as one stands for one.
std::string ToTraditional(const std::string& text) {
  std::map<char32_t, char32_t> traditional;
  const std::string_view pairs = text_internal::kHanVariants;
  for (size_t offset = 0; offset < pairs.size();) {
    const char32_t from = NextCodePoint(pairs, offset);
    traditional.emplace(NextCodePoint(pairs, offset), from);
  }
  std::string result;
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextCodePoint(text, offset);
    const auto found = traditional.find(c);
    AppendCodePoint(result, found == traditional.end() ? c : found->second);
  }
  return result;
}

// The characters of `text` that `charset` has, as bytes and as UTF-8.
struct Encoded {
  std::string utf8;
  std::string bytes;
};

class Encoder {
 public:
  explicit Encoder(const char* charset) {
    UErrorCode error = U_ZERO_ERROR;
    converter_.reset(ucnv_open(charset, &error));
    EXPECT_TRUE(U_SUCCESS(error)) << charset;
    ucnv_setFromUCallBack(converter_.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                          &error);
  }

  // False if the charset lacks the character.
  bool Append(std::string_view character, Encoded* to) const {
    UErrorCode error = U_ZERO_ERROR;
    const auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(character.data(), static_cast<int32_t>(character.size())));
    char bytes[16];
    const int32_t size = ucnv_fromUChars(converter_.get(), bytes, sizeof(bytes), text.getBuffer(),
                                         text.length(), &error);
    if (U_FAILURE(error)) return false;
    to->utf8 += character;
    to->bytes.append(bytes, static_cast<size_t>(size));
    return true;
  }

 private:
  struct Close {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };
  std::unique_ptr<UConverter, Close> converter_;
};

// Cuts `text` into stretches of about `limit` encoded bytes.
std::vector<Encoded> EncodePieces(const std::string& text, const char* charset, size_t limit) {
  const Encoder encoder(charset);
  std::vector<Encoded> pieces(1);
  for (size_t offset = 0; offset < text.size();) {
    size_t next = offset;
    NextCodePoint(text, next);
    if (text[offset] != '\r')
      encoder.Append(std::string_view(text).substr(offset, next - offset), &pieces.back());
    offset = next;
    if (pieces.back().bytes.size() >= limit) pieces.emplace_back();
  }
  if (pieces.back().bytes.size() < limit / 2) pieces.pop_back();
  return pieces;
}

bool ComesBack(const Encoded& piece) {
  const auto decoded = DecodeText(piece.bytes);
  return decoded.ok() && decoded->text == piece.utf8;
}

struct Case {
  const char* language;
  const char* charset;
  double floor;  // of the share of pieces
};

TEST(CharsetAccuracy, OfWholeTextsAndOfShortPieces) {
  const auto texts = testing::DataPath("text/unicode_breaks/benches/texts");
  const auto cmrc = testing::DataPath("retrieval/cmrc2018_dev");
  const auto dureader = testing::DataPath("retrieval/dureader_robust_dev");
  if (!texts || !cmrc || !dureader) GTEST_SKIP() << "../shared/data is absent";
  const std::string chinese = ReadCorpus(*cmrc, 100'000) + ReadCorpus(*dureader, 100'000);
  const std::map<std::string, std::string> by_language = {
      {"zh-Hans", chinese},
      {"zh-Hant", ToTraditional(chinese)},
      {"en", ReadText(*texts + "/english.txt")},
      {"ja", ReadText(*texts + "/japanese.txt")},
      {"ko", ReadText(*texts + "/korean.txt")},
      {"ru", ReadText(*texts + "/russian.txt")},
      {"ar", ReadText(*texts + "/arabic.txt")},
  };
  const Case cases[] = {
      {"zh-Hans", "UTF-8", 1},       {"zh-Hans", "GB18030", 0.99},  {"zh-Hans", "GBK", 0.99},
      {"zh-Hans", "UTF-16LE", 0.99}, {"zh-Hans", "UTF-16BE", 0.99}, {"zh-Hans", "UTF-32LE", 0.99},
      {"zh-Hant", "Big5", 0.99},     {"zh-Hant", "GB18030", 0.99},  {"en", "UTF-8", 1},
      {"en", "windows-1252", 0.96},  {"en", "UTF-16LE", 0.99},      {"en", "UTF-16BE", 0.99},
      {"en", "UTF-32BE", 0.99},      {"ja", "Shift_JIS", 0.95},     {"ja", "EUC-JP", 0.95},
      {"ja", "UTF-16LE", 0.95},      {"ko", "windows-949", 0.95},   {"ru", "windows-1251", 0.95},
      {"ru", "KOI8-R", 0.95},        {"ru", "ISO-8859-5", 0.5},     {"ar", "windows-1256", 0.5},
  };
  std::cout << "| language | charset | whole text | pieces of 200 bytes |\n|---|---|---|---|\n";
  for (const Case& test : cases) {
    const std::string& text = by_language.at(test.language);
    const std::vector<Encoded> pieces = EncodePieces(text, test.charset, kPiece);
    Encoded all;
    for (const Encoded& piece : pieces) {
      all.utf8 += piece.utf8;
      all.bytes += piece.bytes;
    }
    size_t right = 0;
    for (const Encoded& piece : pieces) right += ComesBack(piece) ? 1 : 0;
    const double share = static_cast<double>(right) / static_cast<double>(pieces.size());
    const bool whole_right = ComesBack(all);
    std::cout << "| " << test.language << " | " << test.charset << " | "
              << (whole_right ? "right" : "wrong") << " | " << std::fixed << std::setprecision(4)
              << share << " (" << pieces.size() << ") |\n";
    EXPECT_TRUE(whole_right || test.floor < 0.9) << test.language << " " << test.charset;
    EXPECT_GE(share, test.floor) << test.language << " " << test.charset;
  }
}

// Real text is not reported as garbled.
TEST(CharsetAccuracy, NoTextOfTheCollectionsIsTakenForGarbled) {
  size_t texts = 0;
  for (const char* name : {"cmrc2018_dev", "dureader_robust_dev", "scifact", "hotpotqa_train100"}) {
    const auto folder = testing::DataPath(std::string("retrieval/") + name);
    if (!folder) GTEST_SKIP() << "retrieval/" << name << " is absent";
    std::ifstream file(*folder + "/corpus.jsonl");
    std::string line;
    while (std::getline(file, line)) {
      const std::string text = nlohmann::json::parse(line)["text"];
      const auto decoded = DecodeText(text);
      ASSERT_TRUE(decoded.ok()) << name << ": " << decoded.status().ToString() << "\n" << text;
      ++texts;
    }
  }
  EXPECT_GT(texts, 8000u);
}

}  // namespace
}  // namespace quarry
