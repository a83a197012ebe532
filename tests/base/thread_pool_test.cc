#include "base/thread_pool.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

// Holds tasks until it is opened.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // For tasks.
  void Pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // For the test: until `count` tasks stand before the gate.
  void AwaitArrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
};

TEST(ThreadPoolTest, RunsEveryTask) {
  std::atomic<int> sum = 0;
  ThreadPool pool(3, 4);
  EXPECT_EQ(pool.threads(), 3u);
  for (int i = 1; i <= 1000; ++i) pool.Submit([&sum, i] { sum += i; });
  pool.Wait();
  EXPECT_EQ(sum, 500500);
}

TEST(ThreadPoolTest, TheThreadThatWasBusyLastTakesTheNextTask) {
  constexpr int kThreads = 4;
  ThreadPool pool(kThreads, 8);
  Gate gate;
  for (int i = 0; i < kThreads; ++i) pool.Submit([&] { gate.Pass(); });
  gate.AwaitArrivals(kThreads);
  gate.Open();
  pool.Wait();  // all have begun, and sleep
  std::set<std::thread::id> ran;
  for (int i = 0; i < 100; ++i) {
    std::thread::id id;
    pool.Submit([&] { id = std::this_thread::get_id(); });
    pool.Wait();
    ran.insert(id);
  }
  EXPECT_EQ(ran.size(), 1u);
}

TEST(ThreadPoolTest, TrySubmitRefusesWhenTheQueueIsFull) {
  Gate gate;
  std::atomic<int> ran = 0;
  ThreadPool pool(1, 2);
  pool.Submit([&] { gate.Pass(); });
  gate.AwaitArrivals(1);  // it runs, so the queue is empty
  EXPECT_OK(pool.TrySubmit([&] { ++ran; }));
  EXPECT_OK(pool.TrySubmit([&] { ++ran; }));
  EXPECT_EQ(pool.TrySubmit([&] { ++ran; }),
            ResourceExhaustedError("the queue is full: 2 tasks are waiting"));
  gate.Open();
  pool.Wait();
  EXPECT_EQ(ran, 2);
  EXPECT_OK(pool.TrySubmit([&] { ++ran; }));
}

TEST(ThreadPoolTest, SubmitWaitsForAPlace) {
  Gate gate;
  ThreadPool pool(1, 1);
  pool.Submit([&] { gate.Pass(); });
  gate.AwaitArrivals(1);
  pool.Submit([] {});  // fills the queue
  std::atomic<bool> submitted = false;
  std::thread producer([&] {
    pool.Submit([] {});
    submitted = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(submitted);
  gate.Open();
  producer.join();
  EXPECT_TRUE(submitted);
}

TEST(ThreadPoolTest, DestructionRunsWhatIsQueued) {
  std::atomic<int> ran = 0;
  {
    Gate gate;
    ThreadPool pool(2, 100);
    for (int i = 0; i < 2; ++i) pool.Submit([&] { gate.Pass(); });
    for (int i = 0; i < 50; ++i) pool.Submit([&] { ++ran; });
    gate.AwaitArrivals(2);
    gate.Open();
    pool.Wait();
    for (int i = 0; i < 50; ++i) pool.Submit([&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST(ThreadPoolTest, WhatATaskCapturedIsGoneAfterWait) {
  ThreadPool pool(2, 10);
  auto shared = std::make_shared<int>(1);
  for (int i = 0; i < 5; ++i) pool.Submit([shared] { EXPECT_EQ(*shared, 1); });
  pool.Wait();
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(ThreadPoolTest, AThrowingTaskIsLoggedAndHarmsNoOther) {
  ::testing::internal::CaptureStderr();
  bool ran = false;
  {
    ThreadPool pool(1, 10);
    pool.Submit([] { throw std::runtime_error("out of ideas"); });
    pool.Submit([] { throw 42; });
    pool.Submit([&] { ran = true; });
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "error a task of a thread pool threw: out of ideas\n"
            "error a task of a thread pool threw something that is no std::exception\n");
  EXPECT_TRUE(ran);
}

TEST(ThreadPoolTest, ManyProducersLoseNothing) {
  std::atomic<int> ran = 0;
  ThreadPool pool(3, 2);
  std::vector<std::thread> producers;
  for (int i = 0; i < 4; ++i) {
    producers.emplace_back([&] {
      for (int j = 0; j < 200; ++j) pool.Submit([&] { ++ran; });
    });
  }
  for (std::thread& producer : producers) producer.join();
  pool.Wait();
  EXPECT_EQ(ran, 800);
}

TEST(ParallelForTest, CoversEachIndexOnce) {
  ThreadPool pool(4, 8);
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const size_t count = random.Below(500);
    const size_t grain = 1 + random.Below(60);
    // Plain ints: a race between two calls for one index is seen by ThreadSanitizer.
    std::vector<int> calls(count, 0);
    ParallelFor(pool, count, grain, [&](size_t i) { ++calls[i]; });
    ASSERT_EQ(calls, std::vector<int>(count, 1)) << count << " by " << grain;
  }
}

TEST(ParallelForTest, HandlesHugeGrainsAndNothingToDo) {
  ThreadPool pool(2, 2);
  int calls = 0;
  ParallelFor(pool, 0, 1, [&](size_t) { ++calls; });
  EXPECT_EQ(calls, 0);
  ParallelFor(pool, 3, SIZE_MAX, [&](size_t) { ++calls; });
  EXPECT_EQ(calls, 3);
}

TEST(ParallelForTest, DoesItsWorkWhileThePoolIsBusy) {
  Gate gate;
  ThreadPool pool(1, 1);
  pool.Submit([&] { gate.Pass(); });
  gate.AwaitArrivals(1);
  pool.Submit([] {});  // the queue is full as well
  std::vector<int> calls(100, 0);
  ParallelFor(pool, calls.size(), 7, [&](size_t i) { ++calls[i]; });
  EXPECT_EQ(calls, std::vector<int>(100, 1));
  gate.Open();
}

TEST(ParallelForTest, MayBeCalledFromATaskOfTheSamePool) {
  ThreadPool pool(2, 4);
  std::atomic<int> calls = 0;
  for (int i = 0; i < 4; ++i) {
    pool.Submit([&] { ParallelFor(pool, 100, 3, [&](size_t) { ++calls; }); });
  }
  pool.Wait();
  EXPECT_EQ(calls, 400);
}

TEST(ParallelForTest, WhatABodyThrowsComesOutOfTheCall) {
  ThreadPool pool(3, 8);
  for (size_t bad = 0; bad < 50; ++bad) {
    std::string caught;
    try {
      ParallelFor(pool, 50, 1, [&](size_t i) {
        if (i == bad) throw std::runtime_error("index " + std::to_string(i));
      });
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    ASSERT_EQ(caught, "index " + std::to_string(bad));
  }
}

}  // namespace
}  // namespace quarry
