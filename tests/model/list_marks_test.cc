#include "model/list_marks.h"

#include <gtest/gtest.h>

namespace quarry::model {
namespace {

TEST(ListMarksTest, NumbersOfItemsAreTold) {
  EXPECT_EQ(ListNumberBytes("3. Pull it"), 3u);
  EXPECT_EQ(ListNumberBytes("12)  Pull it"), 5u);
  EXPECT_EQ(ListNumberBytes("(4) Pull it"), 4u);
  EXPECT_EQ(ListNumberBytes("5、拉取"), 4u);
  EXPECT_EQ(ListNumberBytes("（六）拉取"), 9u);
  EXPECT_EQ(ListNumberBytes("第七步：拉取"), 12u);
}

TEST(ListMarksTest, OtherNumbersAreNone) {
  for (const char* text : {"", "3", "3.5 bar", "2025. A year", "30 days", "三天", "第七章：拉取",
                           "(4)", "四月", "Pull it", "\xE4\xB8"}) {
    EXPECT_EQ(ListNumberBytes(text), 0u) << text;
  }
}

TEST(ListMarksTest, BoxesToTickAreTold) {
  EXPECT_EQ(TickBoxBytes("[ ] Order it"), 4u);
  EXPECT_EQ(TickBoxBytes("[x] Order it"), 4u);
  EXPECT_EQ(TickBoxBytes("[1] Order it"), 0u);
}

}  // namespace
}  // namespace quarry::model
