#include "ingest/crash_note.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/hash.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Markdown that takes a second and more.
std::string LongMarkdown() {
  std::string text;
  while (text.size() < (40u << 20))
    text += "# 阀门 valve\n\nSome *text* with `code` and [a](b).\n\n";
  return text;
}

TEST(CrashNoteTest, ACrashIsNotedWithWhatWasParsed) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string notes = directory.path() + "/CRASHES";
  const std::string text = LongMarkdown();
  const uint64_t hash = Hash64(text);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WatchForCrashes(notes, "build 1");
    const pthread_t parser = ::pthread_self();
    // As a fault in the middle of it.
    std::thread([parser] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      while (true) {
        ::pthread_kill(parser, SIGSEGV);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }).detach();
    ParseWatched(text, hash, {.id = "a.md", .path = "a.md", .uri = ""}, {}).status().IgnoreError();
    ::_exit(0);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_FALSE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  EXPECT_THAT(ReadCrashNotes(notes, "build 1"), ElementsAre(hash));
  EXPECT_THAT(ReadCrashNotes(notes, "build 2"), IsEmpty());
  const std::set<uint64_t> crashed = ReadCrashNotes(notes, "build 1");
  const Status status =
      ParseWatched(text, hash, {.id = "a.md", .path = "a.md", .uri = ""}, crashed).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("crashed while it read it"));
}

TEST(CrashNoteTest, WithoutACrashOfAParserThereIsNoNote) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string notes = directory.path() + "/CRASHES";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WatchForCrashes(notes, "build 1");
    ParseWatched("text", 1, {.id = "a.txt", .path = "a.txt", .uri = ""}, {}).status().IgnoreError();
    ::kill(::getpid(), SIGABRT);
    std::this_thread::sleep_for(std::chrono::seconds(10));
    ::_exit(0);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFSIGNALED(ended));
  EXPECT_THAT(ReadCrashNotes(notes, "build 1"), IsEmpty());
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

}  // namespace
}  // namespace quarry::ingest
