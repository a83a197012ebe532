#pragma once

// RequestDispatcher: from a checked request to the handler that answers it, and the record of what
// became of it.
//
//   Admit      origin, route, key (auth.h), query, body limit, Content-Type; refusing costs no
//              thread
//   Dispatch   the lane of the route: requests (the transport's gate), ingest, operations, commands,
//              or none. A full lane is answered 503 with Retry-After, at once
//   Done       one line of the access log, in JSON; metrics
//
// Metrics: quarry_http_requests_total{route,method,status}, quarry_http_request_seconds{route},
// quarry_http_connections, quarry_http_requests_in_flight.

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "server/auth.h"
#include "server/handlers.h"
#include "server/origin.h"
#include "server/router.h"
#include "server/transport.h"

namespace quarry::server {

// Whom a dispatcher serves: everybody whom the authenticator lets in, or the store's owner alone.
enum class ServedCallers : uint8_t { kAll, kOwner };

// Thread-safe as Dispatcher says. The environment must outlive it.
class RequestDispatcher final : public Dispatcher {
 public:
  RequestDispatcher(const HandlerEnvironment& environment, std::vector<Route> routes,
                    ServedCallers callers = ServedCallers::kAll);
  // Waits for every request that was dispatched.
  ~RequestDispatcher() override;

  std::string RequestId(const HeaderList& headers) override;
  Admission Admit(Request& request, std::string_view target) override;
  void Dispatch(const Admission& admission, std::shared_ptr<Exchange> exchange,
                TaskGate& gate) override;
  Response Refuse(const HttpProblem& problem, std::string_view path) override;
  void ConnectionsChanged(int by) override;
  void Done(const Served& served) override;

  // Returns when no request is under way.
  void WaitUntilIdle();

 private:
  // Has `task` run in the lane.
  Status Queue(Lane lane, TaskGate& gate, std::function<void()> task);
  Response Handle(const Route& route, Exchange& exchange) const;
  // Handles and answers one request that waited, and leaves.
  void Serve(const Route& route, std::shared_ptr<Exchange> exchange);
  void Leave();

  // What is counted of requests of one route, method and status. Looking metrics up by their names takes longer
  // than all else that is done for a request that was answered.
  struct ServedMetrics {
    Counter* requests = nullptr;
    Histogram* seconds = nullptr;
  };
  // `route`: nullptr = none.
  ServedMetrics MetricsOf(const Route* route, bool is_head, int status);

  const HandlerEnvironment& environment_;
  const ServedCallers callers_;
  Router router_;
  Authenticator authenticator_;
  const uint64_t id_seed_;
  std::atomic<uint64_t> next_id_ = 0;
  Gauge& connections_;
  Gauge& in_flight_gauge_;
  Histogram& wait_seconds_;

  std::mutex mutex_;
  std::condition_variable idle_;
  size_t in_flight_ = 0;  // guarded by mutex_

  std::mutex served_mutex_;
  std::map<std::tuple<const Route*, bool, int>, ServedMetrics>
      served_metrics_;  // guarded by served_mutex_

  // Writing waits for the one writer of a collection: more threads would only wait with it.
  ThreadPool ingest_lane_;
  ThreadPool operations_lane_;
  ThreadPool commands_lane_;
};

}  // namespace quarry::server
