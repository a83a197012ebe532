// Records that come through a pipe: what was read of it is written, whatever becomes of the run.

#include "app/index_records.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/index/index_testing.h"
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
    testing::Eventually([&] { return AllIsRead(); });
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
    were_written = testing::Eventually([&] { return Documents() == 2; });
    CloseInput();
  });
  const Status status = Index(CallContext());
  producer.join();
  EXPECT_OK(status);
  EXPECT_TRUE(were_written);
}

// Where the maintenance is far behind, a writer waits for it; interrupted then, it has read what
// nobody sends again.
class FarBehindTest : public index::IndexTest {
 protected:
  void OpenFarBehind() {
    index::IndexOptions options;
    options.vectors.hnsw_from = 100;
    options.vectors.hnsw_build_width = 100'000;  // linking takes longer than a test
    options.vectors.build_threads = 1;
    options.maintain = false;
    ASSERT_OK(Open(options));
    PutSome("old", 150);
    {
      index::IndexWriter writer = index_->OpenWriter(TestCollection()).value();
      const GenerationId generation =
          writer.BeginGeneration("test", {.fingerprint = "t", .dimension = 8}, "x", 1).value();
      while (writer.PendingCount(generation) > 0) Embed(writer, generation, 8);
      ASSERT_OK(writer.PrepareGeneration(generation)(CallContext()));
      ASSERT_OK(writer.PublishGeneration(generation, CallContext()));
    }
    PutSome("new", 6'000);
    {
      index::IndexWriter writer = index_->OpenWriter(TestCollection()).value();
      const GenerationId generation = TestSnapshot()->generation()->id;
      while (writer.PendingCount(generation) > 0) Embed(writer, generation, 8);
    }
    options.maintain = true;
    ASSERT_OK(Open(options));
  }

 private:
  void PutSome(const std::string& prefix, size_t count) {
    std::vector<index::DocumentDraft> drafts;
    for (size_t i = 0; i < count; ++i) {
      const std::string id = prefix + std::to_string(i);
      drafts.push_back(index::MakeDraft(id, {"Common text of " + id + "."}));
    }
    Put(std::move(drafts));
  }
};

TEST_F(FarBehindTest, WhatWasReadIsWrittenWhenTheWaitForTheMaintenanceIsInterrupted) {
  OpenFarBehind();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string_view lines =
      "{\"id\":\"a\",\"text\":\"The pump.\"}\n{\"op\":\"delete\",\"id\":\"old1\"}\n"
      "{\"id\":\"b\",\"text\":\"水泵。\"}\n";
  ASSERT_EQ(::write(ends[1], lines.data(), lines.size()), static_cast<ssize_t>(lines.size()));
  CallContext context;
  std::thread user([&] {
    int left = 1;
    for (int i = 0; i < 1000 && left > 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      QUARRY_CHECK(::ioctl(ends[0], FIONREAD, &left) == 0);
    }
    context.cancel.Cancel();
  });
  ThreadPool pool(2, 64);
  model::EmbedderCache embedders;
  ingest::IngestReport report;
  {
    index::IndexWriter writer = index_->OpenWriter(TestCollection(), context).value();
    ingest::Pipeline pipeline(writer, index::TestAnalyzer(), pool, embedders, {});
    LineInput input(ends[0]);
    EXPECT_EQ(IndexRecords(input, pipeline, writer, {}, nullptr, context, report).code(),
              Code::kCancelled);
  }
  user.join();
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(report.documents_added, 2u);
  EXPECT_EQ(report.documents_removed, 1u);
  EXPECT_OK(TestSnapshot()->ReadDocument("b").status());
  EXPECT_EQ(TestSnapshot()->ReadDocument("old1").status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace quarry::app
