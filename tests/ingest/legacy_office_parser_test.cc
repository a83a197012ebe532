#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/child_process.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LegacyOffice, AnExcelWorkbookIsReadRowByRow) {
  if (!FindProgram("xls2csv")) GTEST_SKIP() << "xls2csv is not installed";
  const auto path = quarry::testing::DataPath(std::string(testing::kMarkitdownFiles) + "test.xls");
  if (!path) GTEST_SKIP() << "no shared/data/" << testing::kMarkitdownFiles << "test.xls";
  const Document document = testing::ParseOne(Format::kXls, ReadFile(*path).value());
  EXPECT_THAT(document.text, HasSubstr("6ff4173b-42a5-4784-9b19-f49caff4d93d"));
  ASSERT_FALSE(document.blocks.empty());
  EXPECT_THAT(testing::Outline(document), StartsWith("h1|"));
  EXPECT_THAT(document.text, HasSubstr("09060124-b5e7-4717-9d07-3c046eb"));
}

TEST(LegacyOffice, SaysWhatToInstall) {
  const TemporaryDirectory empty = quarry::testing::MakeTemporaryDirectory();
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", empty.path().c_str(), 1);
  const auto error = [](Format format) {
    return ParserFor(format).Parse("x", {.id = "x", .path = "x"}).status().ToString();
  };
  EXPECT_EQ(error(Format::kDoc),
            "FAILED_PRECONDITION: catdoc is not installed (Debian package catdoc)");
  EXPECT_EQ(error(Format::kPpt),
            "FAILED_PRECONDITION: catppt is not installed (Debian package catdoc)");
  EXPECT_EQ(error(Format::kXls),
            "FAILED_PRECONDITION: xls2csv is not installed (Debian package catdoc)");
  ::setenv("PATH", before.c_str(), 1);
}

}  // namespace
}  // namespace quarry::ingest
