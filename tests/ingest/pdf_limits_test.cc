// PDF files that ask for more than they are worth, and good ones: what the programs that read them
// take, each child by itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/child_process.h"
#include "base/file.h"
#include "tests/ingest/document_testing.h"
#include "tests/ingest/pdf_testing.h"
#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using testing::PdfOf;
using testing::Repeat;

// Of a child (ChildLimits), which the kernel stops at its next tick; and what starts beside it takes a little.
constexpr double kSeconds = 10 + 1;
constexpr double kMegabytes = 512;

struct Cost {
  double seconds = 0;          // until the file was read or refused
  double child_seconds = 0;    // processor time of all its children
  double child_megabytes = 0;  // resident, of the largest
  bool was_read = false;
};

// Reads `bytes` in a process of its own, whose children are those of this file alone.
Cost CostOf(const std::string& bytes) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const auto start = std::chrono::steady_clock::now();
    Cost cost;
    cost.was_read = ParseSource(bytes, {.id = "a.pdf", .path = "a.pdf", .uri = ""}).ok();
    cost.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    rusage usage = {};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    cost.child_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    cost.child_megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    const bool written = ::write(ends[1], &cost, sizeof cost) == sizeof cost;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  Cost cost;
  EXPECT_EQ(::read(ends[0], &cost, sizeof cost), static_cast<ssize_t>(sizeof cost));
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  return cost;
}

void ExpectWithinLimits(const std::string& name, const Cost& cost) {
  std::printf("  %-44s %5.2f s, children %5.2f s and %4.0f MB, %s\n", name.c_str(), cost.seconds,
              cost.child_seconds, cost.child_megabytes, cost.was_read ? "read" : "refused");
  EXPECT_LE(cost.child_seconds, kSeconds);
  EXPECT_LE(cost.child_megabytes, kMegabytes);
}

std::string Stream(const std::string& dictionary, const std::string& bytes) {
  return "<< " + dictionary + " /Length " + std::to_string(bytes.size()) + " >>\nstream\n" + bytes +
         "\nendstream";
}

// A page with this box, these resources and this content; further objects from 5 on.
std::string OnePage(const std::string& box, const std::string& resources,
                    const std::string& content, std::vector<std::string> more = {}) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>",
                                      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                                      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 " + box +
                                          "] /Contents 4 0 R /Resources << " + resources + " >> >>",
                                      content};
  objects.insert(objects.end(), more.begin(), more.end());
  return PdfOf(objects);
}

// What zlib makes of it, as FlateDecode reads it: gzip's frame taken off, zlib's put around.
std::string Deflated(const std::string& bytes) {
  const std::string gzip = quarry::testing::MakeGzip(bytes);
  uint32_t a = 1;
  uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  std::string zlib = "\x78\xDA" + gzip.substr(10, gzip.size() - 18);
  for (const uint32_t half : {b, a}) {
    zlib += static_cast<char>(half >> 8);
    zlib += static_cast<char>(half);
  }
  return zlib;
}

// Files that run into the limits, 10 s each; without it they are smaller.
bool IsAtScale() { return std::getenv("QUARRY_PDF_LIMITS") != nullptr; }

TEST(PdfLimits, HostileFilesTakeNoMoreThanTheirLimits) {
  if (!FindProgram("pdftotext")) GTEST_SKIP() << "pdftotext is not installed";
  const std::string font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
  const std::string words = "BT /F1 9 Tf 72 700 Td (words on a page) Tj ET\n";
  const size_t scale = IsAtScale() ? 1 : 20;
  const std::string side = std::to_string(60'000 / scale);
  const std::string step = IsAtScale() ? "0.01" : "9";
  const std::string big = "612 792";
  const std::pair<const char*, std::string> files[] = {
      {"pages that hold themselves",
       PdfOf({"<< /Type /Catalog /Pages 2 0 R >>",
              "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>"})},
      {"2,000 times one page",
       PdfOf({"<< /Type /Catalog /Pages 2 0 R >>",
              "<< /Type /Pages /Count 2000 /Kids [" + Repeat("3 0 R ", 2'000) + "] >>",
              "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << " +
                  font + " >> >>",
              Stream("", words)})},
      {"arrays in arrays", OnePage(big, "/X " + Repeat("[", 200'000), Stream("", words))},
      {"a content of 200 MB in 200 KB (or 10 MB)",
       OnePage(big, font, Stream("/Filter /FlateDecode", Deflated(std::string((200u << 20) / scale, ' '))))},
      {"a million words (or 10,000)",  // all in one place: pdftotext is quadratic in them
       OnePage(big, font,
               Stream("/Filter /FlateDecode", Deflated(Repeat(words, IsAtScale() ? 1'000'000 : 10'000))))},
      {"deflated a hundred times",
       [&] {
         std::string bytes = words;
         std::string filters;
         for (int i = 0; i < 100; ++i) {
           bytes = Deflated(bytes);
           filters += "/FlateDecode ";
         }
         return OnePage(big, font, Stream("/Filter [" + filters + "]", bytes));
       }()},
      {"a form that draws itself",
       OnePage(big, "/XObject << /X 5 0 R >>", Stream("", "/X Do"),
               {Stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X "
                       "5 0 R >> >>",
                       "/X Do /X Do")})},
      {"a page of a kilometre", OnePage("2834645 2834645", font, Stream("", ""))},
      {"a picture of 60,000 by 60,000 (or 3,000)",
       OnePage(big, "/XObject << /X 5 0 R >>", Stream("", "612 0 0 792 0 0 cm /X Do"),
               {Stream("/Type /XObject /Subtype /Image /Width " + side + " /Height " + side + " "
                       "/BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode",
                       Deflated(std::string(1u << 20, '\x7F')))})},
      {"a length that lies", OnePage(big, font, "<< /Length 999999999999 >>\nstream\nBT\nendstream")},
      {"a table that leads to itself",
       "%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /Root 1 0 R /Prev 9 "
       ">>\nstartxref\n9\n%%EOF\n"},
      {"a pattern in itself",
       OnePage(big, "/Pattern << /P 5 0 R >>",
               Stream("", "/Pattern cs /P scn 0 0 612 792 re f"),
               {Stream("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep " +
                           step + " /YStep " + step + " /Resources << /Pattern << /P 5 0 R >> >>",
                       "/Pattern cs /P scn 0 0 1 1 re f")})}};
  for (const auto& [name, bytes] : files) {
    SCOPED_TRACE(name);
    ExpectWithinLimits(name, CostOf(bytes));
  }
}

TEST(PdfLimits, TheSampleFilesTakeLittle) {
  if (!FindProgram("pdftotext")) GTEST_SKIP() << "pdftotext is not installed";
  // Those of markitdown are scanned, mostly.
  const std::string folder = IsAtScale() ? "documents" : "documents/pdf_samples";
  const auto documents = quarry::testing::DataPath(folder);
  if (!documents) GTEST_SKIP() << "no shared/data/" << folder;
  for (const auto& entry : fs::recursive_directory_iterator(*documents)) {
    if (entry.path().extension() != ".pdf") continue;
    const std::string name = entry.path().filename().string();
    SCOPED_TRACE(name);
    ExpectWithinLimits(name, CostOf(ReadFile(entry.path().string()).value()));
  }
}

TEST(PdfLimits, AFileThatAPasswordClosesIsRefusedAtOnceAndOneThatItDoesNotIsRead) {
  if (!FindProgram("pdftotext")) GTEST_SKIP() << "pdftotext is not installed";
  if (!FindProgram("qpdf")) GTEST_SKIP() << "qpdf is not installed";
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  const std::string font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
  const std::string plain = directory.path() + "/plain.pdf";
  ASSERT_OK(WriteFileAtomically(
      plain,
      OnePage("612 792", font,
              Stream("", "BT /F1 9 Tf 72 700 Td (The pump stands in the lower hall) Tj ET"))));
  for (const auto& [arguments, is_read] :
       {std::pair("--allow-weak-crypto --encrypt user owner 40 --", false),
        std::pair("--allow-weak-crypto --encrypt user owner 128 --", false),
        std::pair("--encrypt user owner 256 --", false),
        std::pair("--encrypt '' owner 256 --", true)}) {
    SCOPED_TRACE(arguments);
    const std::string locked = directory.path() + "/locked.pdf";
    const std::string command =
        "qpdf " + std::string(arguments) + " " + plain + " " + locked + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string bytes = ReadFile(locked).value();
    const Cost cost = CostOf(bytes);
    ExpectWithinLimits(arguments, cost);
    EXPECT_EQ(cost.was_read, is_read);
    if (is_read) continue;
    EXPECT_EQ(ParseSource(bytes, {.id = "a.pdf", .path = "a.pdf"}).status().message(),
              "encrypted: it opens with a password only; save it without one");
  }
}

}  // namespace
}  // namespace quarry::ingest
