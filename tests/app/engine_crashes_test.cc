// Where a process notes what a parser crashed on.

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "app/build_info.h"
#include "app/engine.h"
#include "base/hash.h"
#include "ingest/crash_note.h"
#include "tests/testing/test_environment.h"

namespace quarry::app {
namespace {

// The end of a process of the store `own` that has opened `other` beside it and gets a fault while it parses.
void CrashWhileParsing(const std::string& text, const std::string& own, const std::string& other) {
  const pid_t child = ::fork();
  QUARRY_CHECK(child >= 0);
  if (child == 0) {
    Config config;
    config.store = own;
    const auto engine = Engine::Open(config, StoreAccess::kCreate).value();
    engine->WatchForCrashes();
    config.store = other;
    Engine::Open(config, StoreAccess::kCreate).status().IgnoreError();
    std::thread([parser = ::pthread_self()] {
      while (true) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ::pthread_kill(parser, SIGSEGV);
      }
    }).detach();
    ingest::ParseWatched(text, Hash64(text), {.id = "a.txt", .path = "a.txt", .uri = ""}, {})
        .status()
        .IgnoreError();
    ::_exit(0);
  }
  int ended = 0;
  QUARRY_CHECK(::waitpid(child, &ended, 0) == child);
}

// As a server that does a dry run for a command: its own notes must not go to a folder that is deleted.
TEST(EngineCrashes, AreNotedInTheStoreOfTheProcessWhateverIsOpenedBesideIt) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string own = directory.path() + "/own";
  const std::string other = directory.path() + "/other";
  std::string text;
  while (text.size() < (20u << 20)) text += "The valve 阀门 is open. It was closed before.\n\n";
  std::set<uint64_t> crashed;
  for (int attempt = 0; attempt < 20 && crashed.empty(); ++attempt) {
    CrashWhileParsing(text, own, other);
    crashed = ingest::ReadCrashNotes(own + "/CRASHES", BuildName());
    ASSERT_TRUE(ingest::ReadCrashNotes(other + "/CRASHES", BuildName()).empty());
  }
  EXPECT_EQ(crashed, std::set<uint64_t>{Hash64(text)});
}

}  // namespace
}  // namespace quarry::app
