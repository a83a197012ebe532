#pragma once

// The shadow audit of the answer cache: a share of the hits is answered anew and compared.

#include <cstdint>
#include <mutex>

#include "base/answer.h"
#include "base/metrics.h"

namespace quarry::retrieval {

// Whether two answers to one question say the same as far as rules can tell: both or neither decline;
// the same numbers and negations; and where they cite, a passage in common. The words may differ, as those of a
// model do. Pure.
bool AnswersAgree(const Answer& served, const Answer& fresh);

// The 95 % interval of a share (Wilson, "Probable inference, the law of succession, and statistical
// inference", 1927). 0 to 1 for no trial.
struct Interval {
  double low = 0;
  double high = 1;
};
Interval WilsonInterval(uint64_t events, uint64_t trials);

// Counts what audits found. Thread-safe.
class CacheAudit {
 public:
  // `share` of the hits is chosen, the same ones every time: of n hits floor(n * share).
  CacheAudit(double share, MetricsRegistry& metrics);

  // Whether the next hit is to be audited.
  bool Choose();
  void Record(bool agrees);

 private:
  const double share_;
  Counter& audited_metric_;
  Counter& false_metric_;
  Gauge& rate_metric_;
  Gauge& low_metric_;
  Gauge& high_metric_;
  std::mutex mutex_;
  uint64_t hits_ = 0;        // guarded by mutex_
  uint64_t audited_ = 0;     // guarded by mutex_
  uint64_t false_hits_ = 0;  // guarded by mutex_
};

}  // namespace quarry::retrieval
