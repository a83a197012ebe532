#include "base/call_context.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(CallContextTest, WithoutDeadlineItNeverExpires) { EXPECT_OK(CallContext().Check()); }

TEST(CallContextTest, APassedDeadlineIsReported) {
  const CallContext context = CallContext::WithTimeout(std::chrono::milliseconds(-1));
  EXPECT_EQ(context.Check(), DeadlineExceededError("the deadline of the call has passed"));
}

TEST(CallContextTest, CopiesShareTheCancelFlag) {
  const CallContext context;
  const CallContext copy = context;
  context.cancel.Cancel();
  EXPECT_EQ(copy.Check(), CancelledError("cancelled by the caller"));
}

TEST(CallContextTest, StageTimersRecordInTheOrderInWhichTheyEnd) {
  Trace trace;
  CallContext context;
  context.trace = &trace;
  {
    const StageTimer outer(context, "outer");
    const StageTimer inner(context, "inner");
  }
  ASSERT_EQ(trace.stages().size(), 2u);
  EXPECT_EQ(trace.stages()[0].name, "inner");
  EXPECT_EQ(trace.stages()[1].name, "outer");
  EXPECT_LE(trace.stages()[0].micros, trace.stages()[1].micros);
}

TEST(CallContextTest, StageTimersDoNothingWithoutATrace) {
  const StageTimer timer(CallContext(), "unseen");
}

TEST(TraceTest, TimesOfOneStageAddUp) {
  Trace trace;
  trace.Add("a", 1);
  trace.Add("b", 5);
  trace.Add("a", 2);
  ASSERT_EQ(trace.stages().size(), 2u);
  EXPECT_EQ(trace.stages()[0].name, "a");
  EXPECT_EQ(trace.stages()[0].micros, 3);
}

}  // namespace
}  // namespace quarry
