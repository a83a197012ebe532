#include "base/metrics.h"

#include <thread>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, CountersAndGaugesAreExposedInOrderOfNameAndLabels) {
  MetricsRegistry registry;
  registry.GetGauge("quarry_queue_length", "Tasks that wait.").Set(7);
  registry.GetGauge("quarry_queue_length", "Tasks that wait.").Add(-3);
  registry.GetCounter("quarry_http_requests_total", "Requests.", {{"path", "/search"}}).Increment();
  registry.GetCounter("quarry_http_requests_total", "Requests.", {{"path", "/answer"}})
      .Increment(2.5);
  EXPECT_EQ(registry.Expose(),
            "# HELP quarry_http_requests_total Requests.\n"
            "# TYPE quarry_http_requests_total counter\n"
            "quarry_http_requests_total{path=\"/answer\"} 2.5\n"
            "quarry_http_requests_total{path=\"/search\"} 1\n"
            "# HELP quarry_queue_length Tasks that wait.\n"
            "# TYPE quarry_queue_length gauge\n"
            "quarry_queue_length 4\n");
}

TEST(MetricsTest, TheSameNameAndLabelsGiveTheSameMetric) {
  MetricsRegistry registry;
  Counter& first = registry.GetCounter("c_total", "help", {{"a", "1"}});
  EXPECT_EQ(&first, &registry.GetCounter("c_total", "help", {{"a", "1"}}));
  EXPECT_NE(&first, &registry.GetCounter("c_total", "help", {{"a", "2"}}));
}

TEST(MetricsTest, HistogramsCountIntoBucketsUpToTenSeconds) {
  MetricsRegistry registry;
  Histogram& histogram = registry.GetLatencyHistogram("quarry_search_seconds", "Search.");
  histogram.Observe(0.0004);
  histogram.Observe(0.2);
  histogram.Observe(60);
  const std::string text = registry.Expose();
  EXPECT_THAT(text, HasSubstr("# TYPE quarry_search_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("quarry_search_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("quarry_search_seconds_bucket{le=\"0.25\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("quarry_search_seconds_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("quarry_search_seconds_bucket{le=\"+Inf\"} 3\n"));
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  MetricsRegistry registry;
  registry.GetCounter("c_total", "help", {{"a", "x\"\\\ny"}}).Increment();
  EXPECT_THAT(registry.Expose(), HasSubstr("c_total{a=\"x\\\"\\\\\\ny\"} 1\n"));
}

TEST(MetricsTest, ThreadsCanCountWhileItIsExposed) {
  MetricsRegistry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&registry, i] {
      for (int j = 0; j < 500; ++j) {
        registry.GetCounter("c_total", "help", {{"thread", std::to_string(i % 2)}}).Increment();
        registry.GetLatencyHistogram("h_seconds", "help").Observe(0.001);
      }
    });
  }
  for (int i = 0; i < 20; ++i) registry.Expose();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(registry.Expose(), HasSubstr("c_total{thread=\"0\"} 1000\n"));
  EXPECT_THAT(registry.Expose(), HasSubstr("h_seconds_count 2000\n"));
}

TEST(MetricsDeathTest, ANameIsOfOneKind) {
  MetricsRegistry registry;
  registry.GetCounter("c_total", "help");
  EXPECT_DEATH(registry.GetGauge("c_total", "help"), "metric c_total: ");
  EXPECT_DEATH(registry.GetCounter("not a name", "help"), "\"not a name\" is not a metric name");
}

}  // namespace
}  // namespace quarry
