#include "model/contract_parties.h"

#include <gtest/gtest.h>

#include <string>

namespace quarry::model {
namespace {

TEST(ContractPartiesTest, StandInTheLinesAtTheBeginning) {
  EXPECT_EQ(
      PartiesOf("服务合同\n甲方（采购方）：海川物流有限公司（以下简称甲方）\n乙方：澜桥科技。"),
      "海川物流有限公司\n澜桥科技\n");
  EXPECT_EQ(PartiesOf("Contract 12\n\nCustomer: Haversham Ltd\nSupplier: Weir Works; Leeds\n"),
            "Haversham Ltd\nWeir Works\n");
  EXPECT_EQ(PartiesOf("This agreement is made between Haversham Ltd and Weir Works. It holds."),
            "Haversham Ltd and Weir Works");
}

TEST(ContractPartiesTest, AreNotWhatClausesSayOfThem) {
  for (const char* text :
       {"甲方应在10个工作日内付款。", "负责人：周启明", "The relay stands between two pumps.",
        "Customer support answers within 2 hours.", "", "客户支持组组长：林晓彤"}) {
    EXPECT_EQ(PartiesOf(text), "") << text;
  }
  EXPECT_EQ(PartiesOf(std::string(2000, 'x') + "\nCustomer: Haversham Ltd"), "");
}

}  // namespace
}  // namespace quarry::model
