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

TEST(ChangeLog, ALineBeginsWithADateAndAWordOfChange) {
  for (const char* line :
       {"2024-03-01 fixed the report of the night flow.", "- 2024-03-01: Added a filter.",
        "4.2.3 (2024-10-09) Changed: reset at the cabinet.",
        "1 March 2024 – removed the old panel.", "2024年3月1日修复夜间流量报表。",
        "2024-03-01 新增：按区域筛选报警。"}) {
    EXPECT_TRUE(IsChangeLine(line)) << line;
  }
  for (const char* line :
       {"The pump weighs 318 kg.", "2024-03-01 The dam was opened with 3 gates.",
        "2.5 m of water stand above it.", "4.2.3 (2024-10-09)", "水泵的质量为318千克。",
        "2024年3月1日大坝建成，共3个闸门。", "2024年3月1日"}) {
    EXPECT_FALSE(IsChangeLine(line)) << line;
  }
}

TEST(ChangeLog, AWordOfChangeIsAWordLikeOthersHoweverManyLinesBeginWithOne) {
  for (const char* line :
       {"Fixed assets are written off over 5 years.", "Added sugar must not exceed 10 g.",
        "Updated firmware takes 5 minutes to start.", "Fixed: 20 euros a month.",
        "New: members pay 20 euros.", "Security: 2 guards at each gate.", "新增用户不得超过100人。",
        "调整时间不超过2小时。", "删除的数据保留30天。", "更新频率为每5分钟。",
        "更新日志保存90天。", "安全：每个门有2名警卫。", "修改：须经2人批准。"}) {
    EXPECT_FALSE(IsChangeLine(line)) << line;
  }
}

}  // namespace
}  // namespace quarry::eval
