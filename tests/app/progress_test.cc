#include "app/progress.h"

#include <cstdlib>

#include "app/text_layout.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Progress, ALineHasCountShareRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine({.stage = "reading", .done = 1300, .total = 2500, .seconds = 3.25}),
            "reading: 1,300 of 2,500 (52 %), 400/s, 3.0 s left");
  EXPECT_EQ(ProgressLine({.stage = "reading", .done = 5, .total = 10, .seconds = 0.1}),
            "reading: 5 of 10 (50 %)");
  EXPECT_EQ(ProgressLine({.stage = "linking"}), "linking");
  // Of files, what was read and made of them.
  EXPECT_EQ(ProgressLine({.stage = "reading",
                          .done = 1300,
                          .total = 2500,
                          .bytes = 12'600'000,
                          .chunks = 13'000,
                          .seconds = 3.25}),
            "reading: 1,300 of 2,500 files (52 %), 12 MB, 4,000 chunks/s, 3.0 s left");
  EXPECT_EQ(ProgressLine({.stage = "reading", .done = 3, .bytes = 1'000, .seconds = 0.1}),
            "reading: 3 files, 0.0 MB");
}

TEST(Progress, ABarFitsAnyWidthAndLeavesTheBarOutFirst) {
  const ProgressState state{.stage = "reading", .done = 1300, .total = 2500, .seconds = 3.25};
  EXPECT_EQ(ProgressBar(state, 80),
            "reading    [===============>             ]  52 %  1,300/2,500  400/s  3.0 s left");
  EXPECT_EQ(ProgressBar(state, 48), "reading    52 %  1,300/2,500  400/s  3.0 s left");
  const ProgressState files{.stage = "reading",
                            .done = 1300,
                            .total = 2500,
                            .bytes = 1'260'000,
                            .chunks = 13'000,
                            .seconds = 3.25};
  EXPECT_EQ(
      ProgressBar(files, 85),
      "reading    [=====>     ]  52 %  1,300/2,500 files  1.3 MB  4,000 chunks/s  3.0 s left");
  for (size_t columns = 1; columns < 120; ++columns) {
    EXPECT_LE(DisplayWidth(ProgressBar(state, columns)), columns);
  }
}

// What a printer writes to standard error.
std::string Printed(bool is_terminal) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  {
    Console console(stdout, stream, {.error_is_terminal = is_terminal, .columns = 60});
    ProgressPrinter progress(console);
    progress.Show({.stage = "reading", .done = 1, .total = 2});
    progress.Show({.stage = "reading", .done = 2, .total = 2});
  }
  std::fclose(stream);
  std::string printed(text, size);
  std::free(text);
  return printed;
}

TEST(Progress, ATerminalGetsABarThatIsTakenAway) {
  const std::string printed = Printed(true);
  EXPECT_THAT(printed, StartsWith("\r\x1b[Kreading "));
  EXPECT_THAT(printed, HasSubstr("100 %"));
  EXPECT_TRUE(printed.ends_with("\r\x1b[K"));
}

TEST(Progress, ShortWorkPrintsNothingWhereThereIsNoTerminal) { EXPECT_EQ(Printed(false), ""); }

}  // namespace
}  // namespace quarry::app
