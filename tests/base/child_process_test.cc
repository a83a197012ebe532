#include "base/child_process.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ChildCommand Shell(std::string script) {
  return {.program = "sh", .arguments = {"-c", std::move(script)}, .package = "dash"};
}

std::string Output(const std::string& script, std::string_view input = "") {
  Result<std::string> out = RunChild(Shell(script), input);
  EXPECT_TRUE(out.ok()) << out.status().ToString();
  return out.ok() ? *out : "";
}

Status FailureOf(const std::string& script, const ChildLimits& limits = {}) {
  Result<std::string> out = RunChild(Shell(script), "", limits);
  EXPECT_FALSE(out.ok());
  return out.ok() ? OkStatus() : out.status();
}

TEST(ChildProcess, GivesWhatTheProgramMakesOfTheInputHoweverItReadsIt) {
  const std::string input(300'000, 'x');
  EXPECT_EQ(Output("cat", input), input);
  EXPECT_EQ(Output(std::string("cat ") + kInputPath, input), input);
  EXPECT_EQ(Output("exit 0", input), "");
}

TEST(ChildProcess, AProgramThatIsAbsentIsItsOwnErrorAndNamesThePackage) {
  const Result<std::string> out = RunChild(
      {.program = "quarry-no-such-program", .arguments = {}, .package = "the-package"}, "");
  EXPECT_EQ(out.status().ToString(),
            "FAILED_PRECONDITION: quarry-no-such-program is not installed (Debian package "
            "the-package)");
  EXPECT_EQ(FindProgram("quarry-no-such-program"), std::nullopt);
  EXPECT_THAT(FindProgram("sh").value_or(""), ::testing::EndsWith("/sh"));
}

TEST(ChildProcess, ErrorsSayHowItEndedAndItsLastWord) {
  EXPECT_EQ(FailureOf("echo first >&2; echo 'no such page' >&2; exit 3").ToString(),
            "INVALID_ARGUMENT: sh ended with status 3: no such page");
  EXPECT_THAT(FailureOf("kill -SEGV $$").ToString(),
              StartsWith("INVALID_ARGUMENT: sh was ended by signal 11 ("));
  // As the system does it where memory ends: no limit of time.
  EXPECT_EQ(FailureOf("echo busy >&2; kill -KILL $$").ToString(),
            "RESOURCE_EXHAUSTED: sh was killed (out of memory?): busy");
  EXPECT_EQ(FailureOf("printf 'a\\001\\377b' >&2; exit 1").message(),
            "sh ended with status 1: a?\uFFFDb");
}

TEST(ChildProcess, TheDeadlineEndsItWithAllThatItStarted) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const auto start = std::chrono::steady_clock::now();
  // The process left behind holds the pipes open.
  const Status status =
      FailureOf("sleep 100 & echo $! >&2; sleep 100", {.wall = std::chrono::milliseconds(300)});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(), StartsWith("sh was stopped after 300 ms: "));
  const int pid = std::stoi(status.message().substr(status.message().rfind(' ')));
  for (int i = 0; i < 1000 && ::kill(pid, 0) == 0; ++i) {
    // Killed, but it is for process 1 to reap it: a zombie will do.
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string id, name, state;
    if (stat >> id >> name >> state && state == "Z") return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(ChildProcess, AProcessLeftBehindIsNotWaitedFor) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Output("sleep 100 & echo done"), "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
}

TEST(ChildProcess, OutputIsCapped) {
  EXPECT_EQ(FailureOf("yes", {.output_bytes = 1 << 20}).ToString(),
            "RESOURCE_EXHAUSTED: sh wrote more than 1048576 bytes");
  const auto wrote_too_much = [](const std::string& script, const ChildLimits& limits) {
    bool did = true;
    RunChild(Shell(script), "", limits, &did).status().IgnoreError();
    return did;
  };
  EXPECT_TRUE(wrote_too_much("yes", {.output_bytes = 1 << 20}));
  EXPECT_FALSE(wrote_too_much("yes", {.wall = std::chrono::milliseconds(0)}));
  EXPECT_FALSE(wrote_too_much("kill -9 $$", {}));
  EXPECT_FALSE(wrote_too_much("echo done", {}));
}

TEST(ChildProcess, LimitsAndSurroundingsAreThoseOfTheHeader) {
  EXPECT_EQ(Output("ulimit -t; ulimit -v; ulimit -f; ulimit -c; ulimit -n"),
            "10\n524288\n0\n0\n64\n");
  EXPECT_EQ(Output("pwd"), "/\n");
  ::setenv("QUARRY_SECRET", "x", 1);
  EXPECT_THAT(Output("env"), ::testing::Not(HasSubstr("QUARRY_SECRET")));
  ::unsetenv("QUARRY_SECRET");
  EXPECT_THAT(Output("env"), HasSubstr("LANG=C.UTF-8\n"));
  // 3 is the directory that ls itself reads.
  EXPECT_EQ(Output("ls /proc/self/fd"), "0\n1\n2\n3\n");
}

TEST(ChildProcess, ProcessorTimeIsLimited) {
  const Status status = FailureOf("while :; do :; done", {.cpu_seconds = 1});
  EXPECT_EQ(status.ToString(), "RESOURCE_EXHAUSTED: sh was stopped after 1 s of processor time");
}

TEST(ChildProcess, RunsInManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> outputs(8);
  for (size_t i = 0; i < outputs.size(); ++i) {
    threads.emplace_back([&outputs, i] {
      outputs[i] = Output("cat", std::string(100'000, 'a' + static_cast<char>(i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i], std::string(100'000, 'a' + static_cast<char>(i)));
  }
}

TEST(ChildProcess, NoTemporaryFileIsLeft) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const char* old = std::getenv("TMPDIR");
  const std::string before = old == nullptr ? "" : old;
  ::setenv("TMPDIR", directory.path().c_str(), 1);
  EXPECT_EQ(Output("cat", "x"), "x");
  if (old == nullptr) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", before.c_str(), 1);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace quarry
