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
  EXPECT_EQ(PartiesOf("租赁协议\n出租方:东湖置业，地址：东湖路2号\n承租方名称：澜桥科技"),
            "东湖置业\n澜桥科技\n");
  EXPECT_EQ(PartiesOf("Service Agreement\nCustomer (the \"Buyer\"): Haversham Ltd, 2 Weir Lane\n"),
            "Haversham Ltd\n");
  EXPECT_EQ(PartiesOf("This agreement is made between Haversham Ltd and Weir Works. It holds."),
            "Haversham Ltd and Weir Works");
}

TEST(ContractPartiesTest, AreNotWhatClausesSayOfThem) {
  for (const char* text :
       {"甲方应在10个工作日内付款。", "负责人：周启明", "The relay stands between two pumps.",
        "Customer support answers within 2 hours.", "", "客户支持组组长：林晓彤",
        // Tickets, and clauses that end in a colon.
        "Customer: my invoice for the Halden printer is wrong", "Customer: Haversham Ltd",
        "Ticket 4711 on the contract\nCustomer: my invoice is wrong",
        "Ticket 4711 on the contract\nCustomer: The invoice for the Halden printer is wrong",
        "Contract\nSupplier pays for: Freight", "Contractor: Haversham Ltd",
        "工单\n供应商：未按时交货", "甲方应提供以下资料：营业执照", "甲方：____"}) {
    EXPECT_EQ(PartiesOf(text), "") << text;
  }
  EXPECT_EQ(PartiesOf(std::string(2000, 'x') + "\nCustomer: Haversham Ltd"), "");
}

}  // namespace
}  // namespace quarry::model
