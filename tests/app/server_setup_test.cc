#include "app/server_setup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace quarry::app {
namespace {

TEST(ServerSetup, AServerHasAThreadForEachCoreAndMoreWhereRequestsWaitForModels) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  Config config;
  EXPECT_EQ(ServerOptionsOf(config).threads, cores);
  config.embedding.folder.path = "/models/e5";
  EXPECT_EQ(ServerOptionsOf(config).threads, cores);

  config.embedding.folder.path = "https://example.org/v1#e5";
  EXPECT_EQ(ServerOptionsOf(config).threads, std::max<size_t>(cores, 16));
  config.embedding.folder.path.clear();
  config.rerank_model = "http://127.0.0.1:8080";
  EXPECT_EQ(ServerOptionsOf(config).threads, std::max<size_t>(cores, 16));
  config.rerank_model.clear();
  config.chat_model = "gpt-4o-mini";
  EXPECT_EQ(ServerOptionsOf(config).threads, std::max<size_t>(cores, 16));

  config.server_threads = 3;
  EXPECT_EQ(ServerOptionsOf(config).threads, 3u);
}

}  // namespace
}  // namespace quarry::app
