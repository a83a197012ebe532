#include "base/metrics.h"

#include <prometheus/check_names.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <sstream>
#include <utility>

#include "base/status.h"

namespace quarry {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Increment(double by) override { counter_.Increment(by); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double by) override { gauge_.Increment(by); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3,
      50e-3, 100e-3, 250e-3, 500e-3, 1.0,  2.5,    5.0,  10.0};
  return buckets;
}

template <typename Metric>
using MetricMap = std::map<std::pair<std::string, MetricLabels>, std::unique_ptr<Metric>>;

}  // namespace

struct MetricsRegistry::Impl {
  // The metric of (name, labels); `make` registers it with Prometheus on first use. A bad name, or
  // one that is taken by a metric of another kind, is a mistake in the program.
  template <typename Metric, typename Make>
  Metric& Get(MetricMap<Metric>& metrics, const std::string& name, const MetricLabels& labels,
              Make make) {
    const std::lock_guard lock(mutex);
    std::unique_ptr<Metric>& metric = metrics[{name, labels}];
    if (metric == nullptr) {
      if (!prometheus::CheckMetricName(name)) {
        Fatal(__FILE__, __LINE__, "\"" + name + "\" is not a metric name");
      }
      try {
        metric = make();
      } catch (const std::exception& error) {
        Fatal(__FILE__, __LINE__, "metric " + name + ": " + error.what());
      }
    }
    return *metric;
  }

  prometheus::Registry registry;  // before the maps, which refer into it
  std::mutex mutex;
  MetricMap<Counter> counters;      // guarded by mutex
  MetricMap<Gauge> gauges;          // guarded by mutex
  MetricMap<Histogram> histograms;  // guarded by mutex
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::GetCounter(const std::string& name, const std::string& help,
                                     const MetricLabels& labels) {
  return impl_->Get(impl_->counters, name, labels, [&] {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<PrometheusCounter>(family.Add(labels));
  });
}

Gauge& MetricsRegistry::GetGauge(const std::string& name, const std::string& help,
                                 const MetricLabels& labels) {
  return impl_->Get(impl_->gauges, name, labels, [&] {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<PrometheusGauge>(family.Add(labels));
  });
}

Histogram& MetricsRegistry::GetLatencyHistogram(const std::string& name, const std::string& help,
                                                const MetricLabels& labels) {
  return impl_->Get(impl_->histograms, name, labels, [&] {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
    return std::make_unique<PrometheusHistogram>(family.Add(labels, LatencyBuckets()));
  });
}

std::string MetricsRegistry::Expose() const {
  std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
  // Prometheus keeps them in hash tables; a reader (and a test) wants them in one order.
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  for (prometheus::MetricFamily& family : families) {
    std::ranges::sort(family.metric, std::less<>(), &prometheus::ClientMetric::label);
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace quarry
