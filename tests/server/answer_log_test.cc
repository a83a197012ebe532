#include "server/answer_log.h"

#include <algorithm>

#include "index/rocks_store.h"
#include "tests/testing/fault_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using testing::FaultStore;
using testing::MakeTemporaryDirectory;

TEST(AnswerLogTest, AFullDiskIsLoggedOnceAndNotWithEveryAnswer) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<index::Store> base,
                       index::OpenRocksStore(directory.path() + "/db", {}));
  FaultStore disk(*base);
  index::ObjectTable objects(disk);
  AnswerLog log(objects, 100);
  const auto keep = [&] {
    const std::string id = log.Keep("{}");
    log.Flush();
    return id;
  };
  ::testing::internal::CaptureStderr();
  for (int outage = 0; outage < 2; ++outage) {
    disk.FailWrite(1, FaultStore::When::kBefore, ResourceExhaustedError("the disk is full"));
    std::string lost;
    for (int i = 0; i < 3; ++i) lost = keep();
    EXPECT_FALSE(log.Get(lost).value().has_value());
    disk.Heal();
    EXPECT_TRUE(log.Get(keep()).value().has_value());
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "one for each time: " << text;
}

}  // namespace
}  // namespace quarry::server
