#include "server/task_gate.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace quarry::server {
namespace {

// Tasks are run by hand.
class TaskGateTest : public ::testing::Test {
 protected:
  Status Try(TaskGate& gate, char name) {
    return gate.TryRun([this, name] { ran_ += name; });
  }
  void RunNext() {
    const TaskGate::Task task = std::move(started_.front());
    started_.erase(started_.begin());
    task();
  }
  TaskGate::Start start() {
    return [this](TaskGate::Task task) { started_.push_back(std::move(task)); };
  }

  std::string ran_;
  std::vector<TaskGate::Task> started_;
};

TEST_F(TaskGateTest, StartsAsManyAsMayRunAndQueuesTheOthersInOrder) {
  TaskGate gate(2, 2, start());
  for (const char name : {'a', 'b', 'c', 'd'}) EXPECT_TRUE(Try(gate, name).ok());
  EXPECT_EQ(started_.size(), 2u);
  const Status full = Try(gate, 'e');
  EXPECT_EQ(full.code(), Code::kResourceExhausted);
  EXPECT_EQ(full.message(), "the queue is full: 2 tasks are waiting");

  RunNext();
  EXPECT_EQ(ran_, "a");
  EXPECT_EQ(started_.size(), 2u);  // b and c
  EXPECT_TRUE(Try(gate, 'f').ok());
  while (!started_.empty()) RunNext();
  EXPECT_EQ(ran_, "abcdf");
  EXPECT_TRUE(Try(gate, 'g').ok());
  EXPECT_EQ(started_.size(), 1u);
}

TEST_F(TaskGateTest, ATaskThatThrowsGivesItsPlaceBack) {
  TaskGate gate(1, 1, start());
  EXPECT_TRUE(gate.TryRun([] { throw std::runtime_error("broken"); }).ok());
  EXPECT_TRUE(Try(gate, 'a').ok());
  RunNext();
  RunNext();
  EXPECT_EQ(ran_, "a");
  EXPECT_TRUE(Try(gate, 'b').ok());
  EXPECT_EQ(started_.size(), 1u);
}

}  // namespace
}  // namespace quarry::server
