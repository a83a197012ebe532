// Records that come through a pipe: what was read of it is written, whatever becomes of the run.

#include "app/index_records.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/testing/engine_testing.h"

namespace quarry::app {
namespace {

class IndexRecordsTest : public ::testing::Test {
 protected:
  IndexRecordsTest() { QUARRY_CHECK(::pipe(ends_) == 0); }
  ~IndexRecordsTest() override {
    ::close(ends_[0]);
    CloseInput();
  }

  void Send(const std::string& text) {
    QUARRY_CHECK(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void CloseInput() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // Whether `condition` holds within ten seconds.
  template <typename Condition>
  static bool Becomes(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  bool AllIsRead() const {
    int left = 0;
    QUARRY_CHECK(::ioctl(ends_[0], FIONREAD, &left) == 0);
    return left == 0;
  }
  uint64_t Documents() { return engine_.snapshot()->live_documents(); }

  Status Index(const CallContext& context) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    ingest::IngestOptions options;
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, options);
    LineInput input(ends_[0]);
    return IndexRecords(input, pipeline, writer, options, nullptr, context, report_);
  }

  testing::TestEngine engine_;
  ingest::IngestReport report_;
  int ends_[2] = {-1, -1};
};

TEST_F(IndexRecordsTest, WhatWasReadIsWrittenWhenTheRunIsInterrupted) {
  Send("{\"id\":\"a\",\"text\":\"The pump.\"}\n{\"id\":\"b\",\"text\":\"水泵。\"}\n{\"id\":\"c\"");
  CallContext context;
  std::thread user([&] {
    Becomes([&] { return AllIsRead(); });
    context.cancel.Cancel();
  });
  EXPECT_EQ(Index(context).code(), Code::kCancelled);
  user.join();
  EXPECT_EQ(Documents(), 2u);
  EXPECT_EQ(report_.documents_added, 2u);
}

TEST_F(IndexRecordsTest, WhatWasReadIsWrittenWhileNothingMoreComes) {
  Send("{\"id\":\"a\",\"text\":\"The pump.\"}\n{\"id\":\"b\",\"text\":\"水泵。\"}\n");
  bool were_written = false;
  std::thread producer([&] {
    were_written = Becomes([&] { return Documents() == 2; });
    CloseInput();
  });
  const Status status = Index(CallContext());
  producer.join();
  EXPECT_OK(status);
  EXPECT_TRUE(were_written);
}

}  // namespace
}  // namespace quarry::app
