#include "model/asked_measure.h"

#include <gtest/gtest.h>

namespace quarry::model {
namespace {

TEST(AskedMeasureTest, TheQuestionSaysWhatIsMeasured) {
  EXPECT_EQ(MeasureAsked("How long is the bridge?"), Measure::kLengthOrTime);
  EXPECT_EQ(MeasureAsked("how deep is the well"), Measure::kLength);
  EXPECT_EQ(MeasureAsked("大桥有多长？"), Measure::kLengthOrTime);
  EXPECT_EQ(MeasureAsked("鷺井有多深？"), Measure::kLength);
  EXPECT_EQ(MeasureAsked("水泵有多重？"), Measure::kMass);
  EXPECT_EQ(MeasureAsked("Tell me how long a warranty is."), Measure::kLengthOrTime);
  EXPECT_EQ(MeasureAsked("多长时间内付款？"), Measure::kTime);
  for (const char* question :
       {"How high is the pressure?", "How many bridges are long?", "多重身份验证怎么设置？",
        "压力有多高？", "How deep learning works", "How far along is the work?",
        "许多长椅放在哪里？", "更多远程设备怎么添加？", "安全有多重要？", "员工有多重身份吗？",
        ""}) {
    EXPECT_EQ(MeasureAsked(question), Measure::kNone) << question;
  }
}

TEST(AskedMeasureTest, OnlyANumberOfItIsOne) {
  for (const char* text :
       {"It is 164 m long.", "164 metres", "a depth of fourteen metres", "全长164米", "井深十四米",
        "长度（米）: 164", "Length (m): 164", "5英里", "12 feet"}) {
    EXPECT_TRUE(HoldsMeasure(Measure::kLength, text)) << text;
  }
  for (const char* text : {"09:37", "built in 1936", "25 m²", "限速10 km/h", "36 months",
                           "25平方米", "Length (m)", "七孔", "3 buses"}) {
    EXPECT_FALSE(HoldsMeasure(Measure::kLength, text)) << text;
  }
  EXPECT_TRUE(HoldsMeasure(Measure::kLengthOrTime, "36 months from delivery"));
  EXPECT_TRUE(HoldsMeasure(Measure::kLengthOrTime, "保修三年"));
  EXPECT_FALSE(HoldsMeasure(Measure::kLengthOrTime, "2023年7月19日"));
  EXPECT_TRUE(HoldsMeasure(Measure::kLengthOrTime, "A password has at least 12 characters."));
  EXPECT_TRUE(HoldsMeasure(Measure::kLengthOrTime, "密码至少12位"));
  EXPECT_TRUE(HoldsMeasure(Measure::kTime, "收到发票后15日内付款"));
  EXPECT_FALSE(HoldsMeasure(Measure::kTime, "全长164米"));
  EXPECT_TRUE(HoldsMeasure(Measure::kMass, "质量: 318千克"));
  EXPECT_FALSE(HoldsMeasure(Measure::kMass, "质量: 48米"));
  EXPECT_TRUE(HoldsMeasure(Measure::kNone, ""));
}

}  // namespace
}  // namespace quarry::model
