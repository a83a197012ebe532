#include "ingest/crash_note.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/hash.h"
#include "tests/testing/short_memory.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kBuild = "build 1";

SourceInfo PlainText() { return {.id = "a.txt", .path = "a.txt", .uri = ""}; }

// A process that gets a fault while it parses `text`: whether it had not come to its end before.
bool CrashesWhileParsing(const std::string& text, const std::string& notes) {
  const uint64_t hash = Hash64(text);  // which takes as long as the first fault does to come
  const pid_t child = ::fork();
  QUARRY_CHECK(child >= 0);
  if (child == 0) {
    WatchForCrashes(notes, kBuild);
    std::thread([parser = ::pthread_self()] {
      while (true) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ::pthread_kill(parser, SIGSEGV);
      }
    }).detach();
    ParseWatched(text, hash, PlainText(), {}).status().IgnoreError();
    ::_exit(0);
  }
  int ended = 0;
  QUARRY_CHECK(::waitpid(child, &ended, 0) == child);
  return !(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

TEST(CrashNoteTest, ACrashIsNotedWithWhatWasParsed) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string notes = directory.path() + "/CRASHES";
  std::string text;
  while (text.size() < (40u << 20)) text += "The valve 阀门 is open. It was closed before.\n\n";
  // The first fault may come before it begins, and the last line of it be over.
  std::set<uint64_t> crashed;
  for (int attempt = 0; attempt < 20 && crashed.empty(); ++attempt) {
    if (CrashesWhileParsing(text, notes)) crashed = ReadCrashNotes(notes, kBuild);
  }
  EXPECT_THAT(crashed, ElementsAre(Hash64(text)));
  EXPECT_THAT(ReadCrashNotes(notes, "build 2"), IsEmpty());
  const Status status = ParseWatched(text, Hash64(text), PlainText(), crashed).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("crashed while it read it"));
}

TEST(CrashNoteTest, WithoutACrashOfAParserThereIsNoNote) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string notes = directory.path() + "/CRASHES";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WatchForCrashes(notes, kBuild);
    ParseWatched("text", 1, PlainText(), {}).status().IgnoreError();
    ::kill(::getpid(), SIGABRT);
    std::this_thread::sleep_for(std::chrono::seconds(10));
    ::_exit(0);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFSIGNALED(ended));
  EXPECT_THAT(ReadCrashNotes(notes, kBuild), IsEmpty());
  EXPECT_NE(::access(notes.c_str(), F_OK), 0);
}

TEST(CrashNoteTest, ALineThatIsCutIsPassedOver) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string notes = directory.path() + "/CRASHES";
  const std::string build = HashToHex(Hash64("b"));
  std::ofstream(notes) << "0000000000000007 " << build << "\n00000000000 " << build << "\n\nx\n"
                       << "000000000000zz07 " << build << "\n00000000000000ff " << build;
  EXPECT_THAT(ReadCrashNotes(notes, "b"), ElementsAre(7u, 255u));
  EXPECT_THAT(ReadCrashNotes(directory.path() + "/none", "b"), IsEmpty());
}

#ifndef QUARRY_TEST_SANITIZED
TEST(CrashNoteTest, AFileThatTakesMoreMemoryThanThereIsFails) {
  const std::string text(100u << 20, 'a');
  EXPECT_TRUE(testing::HoldsWithShortMemory([&] {
    return ParseWatched(text, 1, PlainText(), {}).status().code() == Code::kUnavailable;
  }));
}
#endif

}  // namespace
}  // namespace quarry::ingest
