// Commands that wait for the writer of a collection, and are interrupted meanwhile.

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/engine.h"
#include "index/index_writer.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

TEST(CancelledCommands, DeleteNothingOnceTheWriterIsFree) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  LoadedConfig loaded;
  loaded.config.store = directory.path() + "/store";
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Open(loaded.config, StoreAccess::kCreate));
  ASSERT_OK_AND_ASSIGN(const CollectionId collection, engine->FindOrCreateCollection());
  Console console(stdout, stderr, {});
  CommandContext context{.loaded = loaded, .console = console, .call = {}, .engine = engine.get()};
  context.call.cancel.Cancel();
  const auto end_of = [&](const std::function<Result<int>()>& command) {
    Result<index::IndexWriter> opened = engine->index().OpenWriter(collection);
    QUARRY_CHECK(opened.ok());
    std::optional<index::IndexWriter> writer(std::move(opened).value());
    std::future<Status> ended = std::async(std::launch::async, [&] { return command().status(); });
    // One that does not look at its call waits for as long as another writes.
    ended.wait_for(std::chrono::seconds(10));
    writer.reset();
    return ended.get().code();
  };
  EXPECT_EQ(end_of([&] { return RunDocsDelete({.ids = {"a.md"}}, context); }), Code::kCancelled);
  EXPECT_EQ(end_of([&] { return RunCollectionsDelete(loaded.config.collection, context); }),
            Code::kCancelled);
  EXPECT_TRUE(engine->FindCollection().ok());
}

}  // namespace
}  // namespace quarry::app
