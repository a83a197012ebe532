#pragma once

// Counters, gauges and histograms, exposed in the Prometheus text format. A registry is made once
// in main and passed by reference; there is no global one.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace quarry {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Increment(double by = 1) = 0;  // REQUIRES: by >= 0
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double by) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

using MetricLabels = std::map<std::string, std::string>;

// Thread-safe. References that it returns live as long as the registry; the same (name, labels)
// gives the same metric. Names follow Prometheus: quarry_http_requests_total,
// quarry_search_seconds.
class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  Counter& GetCounter(const std::string& name, const std::string& help,
                      const MetricLabels& labels = {});
  Gauge& GetGauge(const std::string& name, const std::string& help,
                  const MetricLabels& labels = {});
  // Buckets in seconds from 50 us to 10 s.
  Histogram& GetLatencyHistogram(const std::string& name, const std::string& help,
                                 const MetricLabels& labels = {});

  // The text exposition format, version 0.0.4.
  std::string Expose() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry
