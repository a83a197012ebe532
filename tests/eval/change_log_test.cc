#include "eval/change_log.h"

#include <gtest/gtest.h>

namespace quarry::eval {
namespace {

TEST(ChangeLog, HeadingsNameOneOrSpeakOfIt) {
  for (const char* heading :
       {"Changelog", "Weirkeeper changelog", "CHANGE LOG (since 2020)", "Revision history",
        "Appendix A – Revision history", "7. Version history of this handbook", "Release notes 4.3",
        "release-notes", "更新日志", "九、修订记录", "附录二：变更记录表", "修订历史（2020年起）",
        "系统更新日志", "更新日誌", "版本歷史"}) {
    EXPECT_TRUE(IsChangeLogHeading(heading)) << heading;
  }
  for (const char* heading :
       {"How we keep the change log", "Changelog retention", "Writing a changelog",
        "Changes of tariff", "History of the mill", "Revision", "更新日志的保存",
        "如何填写修订记录", "日志", "版本", "水库的历史"}) {
    EXPECT_FALSE(IsChangeLogHeading(heading)) << heading;
  }
}

TEST(ChangeLog, ARowHasADateAndWhatWasChanged) {
  EXPECT_TRUE(IsChangeRow({{"Version", "1.2"}, {"Date", "2024-03-01"}, {"Change", "Pump P-4."}}));
  EXPECT_TRUE(IsChangeRow({{"Version", "1.2"}, {"Changes", "Second pump house."}}));
  EXPECT_TRUE(IsChangeRow({{"Date", "1 March 2024"}, {"Note", "Added the second pump house."}}));
  EXPECT_TRUE(IsChangeRow({{"日期", "2024年3月1日"}, {"修订内容", "二号泵房。"}}));
  EXPECT_TRUE(IsChangeRow({{"版本", "V1.2"}, {"变更说明", "二号泵房。"}}));
  EXPECT_TRUE(IsChangeRow({{"日期", "2024-03-01"}, {"备注", "新增二号泵房的规定。"}}));

  EXPECT_FALSE(IsChangeRow({{"Holiday", "Spring bank holiday"}, {"Date", "2024-05-27"}}));
  EXPECT_FALSE(IsChangeRow({{"Share", "ACME"}, {"Date", "2024-03-01"}, {"Change", "+5 %"}}));
  EXPECT_FALSE(IsChangeRow({{"Property", "Mass"}, {"Value", "318 kg"}}));
  EXPECT_FALSE(IsChangeRow({{"Tariff", "Fixed"}, {"From", "2024-03-01"}}));
  EXPECT_FALSE(IsChangeRow({{"节日", "端午节"}, {"日期", "2024年6月10日"}}));
  EXPECT_FALSE(IsChangeRow({{"项目", "质量"}, {"数值", "318千克"}}));
}

std::string Marks(std::vector<std::string_view> lines) {
  std::string marks;
  for (const bool is_change : FindChangeLines(lines)) marks += is_change ? 'x' : '.';
  return marks;
}

TEST(ChangeLog, LinesBeginWithADateAndAWordOfChangeOrStandTogether) {
  EXPECT_EQ(Marks({"The pump weighs 318 kg.", "2024-03-01 fixed the report of the night flow.",
                   "It is red."}),
            ".x.");
  EXPECT_EQ(Marks({"4.2.3 (2024-10-09)", "Fixed: Chinese names were cut after 8 characters.",
                   "Changed: reset at the cabinet."}),
            "xxx");
  EXPECT_EQ(Marks({"Added a filter by district.", "Removed the old Java panel of 2019.",
                   "Improved the export to CSV files."}),
            "xxx");
  EXPECT_EQ(Marks({"水泵的质量为318千克。", "2024年3月1日修复夜间流量报表。", "它是红色的。"}),
            ".x.");
  EXPECT_EQ(Marks({"新增：按区域筛选报警。", "修复：站名显示不全。"}), "xx");
  EXPECT_EQ(Marks({"新增按区域筛选报警。", "删除旧的面板。", "优化导出速度。"}), "xxx");

  // A word of change is a word like others.
  EXPECT_EQ(Marks({"Fixed assets are written off over 5 years.", "Land is not written off.",
                   "Added sugar must not exceed 10 g."}),
            "...");
  EXPECT_EQ(Marks({"Fixed-price contracts end after 2 years.", "New members pay 20 euros.",
                   "New employees have 28 days of leave."}),
            "...");
  EXPECT_EQ(
      Marks({"2024-03-01 The dam was opened with 3 gates.", "2.5 m of water stand above it."}),
      "..");
  EXPECT_EQ(Marks({"新增用户不得超过100人。", "每人每月20元。", "更新日志保存90天。"}), "...");
  EXPECT_EQ(Marks({"2024年3月1日大坝建成，共3个闸门。"}), ".");
}

}  // namespace
}  // namespace quarry::eval
