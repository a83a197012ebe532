#pragma once

// Runs the real `quarry` program, or another, as a child process: what a user would see of it.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::testing {

// The user nobody, whom `as_nobody` makes it.
constexpr uid_t kNobody = 65534;

struct QuarryCommand {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment = {};  // besides PATH, HOME, where coverage goes
  std::string input = {};                               // standard input
  std::string directory = {};                           // to run in; "" = that of the test
  std::string program = {};                             // "" = quarry
  bool as_nobody = false;                               // root only: gives up its rights first
  std::chrono::seconds timeout{60};                     // then it is killed
};

struct QuarryResult {
  int exit_code = -1;  // -N when signal N ended it
  std::string out;
  std::string error;
  uint64_t peak_memory = 0;  // bytes resident
  bool timed_out = false;
};

// A program that runs beside the test; killed when the object goes. Used by one thread.
class QuarryProcess {
 public:
  explicit QuarryProcess(const QuarryCommand& command);
  ~QuarryProcess();
  QuarryProcess(const QuarryProcess&) = delete;
  QuarryProcess& operator=(const QuarryProcess&) = delete;

  void Signal(int signal) const;
  // What it printed to standard output up to and with the first line end; less if it ended before.
  std::string ReadFirstLine();
  // Whether it ended within `time`; its output is taken meanwhile.
  bool EndsWithin(std::chrono::microseconds time);
  // Waits for its end; kills it when the timeout is over. Once.
  QuarryResult Wait();

 private:
  // Takes what is there, waiting for at most `time`. False when both streams have ended.
  bool Pump(std::chrono::microseconds time);

  pid_t pid_ = -1;
  int input_ = -1;
  int out_ = -1;
  int error_ = -1;
  const std::string to_write_;
  size_t written_ = 0;
  QuarryResult result_;
  std::chrono::steady_clock::time_point deadline_;
};

// Runs it to its end.
QuarryResult RunQuarry(std::vector<std::string> arguments);
QuarryResult RunQuarryWith(const QuarryCommand& command);

// Whether quarry runs for one who has no rights of root: where the test has them, for nobody, who may not come to where
// it was built.
bool RunsWithoutRights();

}  // namespace quarry::testing
