#include "server/dispatch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <random>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/log.h"
#include "server/content_coding.h"
#include "server/errors.h"
#include "server/json_writer.h"
#include "server/media_type.h"
#include "server/openapi.h"

namespace quarry::server {
namespace {

constexpr size_t kIngestThreads = 2;
constexpr size_t kIngestQueue = 64;
constexpr size_t kOperationsThreads = 1;
constexpr size_t kOperationsQueue = 64;
constexpr size_t kCommandThreads = 4;
constexpr size_t kCommandQueue = 16;
constexpr size_t kMaxIdBytes = 128;

uint64_t RandomSeed() {
  std::random_device random;
  return (uint64_t{random()} << 32) | random();
}

bool IsFitForLogs(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, [](char c) {
    return IsAsciiAlphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

Response Refusal(std::string_view path, int status, std::string message) {
  return ErrorResponse(SurfaceOf(path), DetailOf(HttpProblem{status, std::move(message)}));
}

// GET /api/v1: what there is.
Response ListRoutes(const Router& router, const std::string& version) {
  JsonWriter json;
  json.BeginObject().Key("name").String("quarry").Key("version").String(version);
  json.Key("routes").BeginArray();
  for (const Route& route : router.routes()) {
    json.BeginObject().Key("method").String(route.method).Key("path").String(route.pattern);
    json.Key("description").String(route.description).EndObject();
  }
  return {.body = json.EndArray().EndObject().Take()};
}

// What is wrong with the Content-Type (and Content-Encoding) of a request; "" if nothing is.
std::string MediaTypeProblem(const Route& route, const HeaderList& headers) {
  const std::string* encoding = FindHeader(headers, "Content-Encoding");
  if (encoding != nullptr && !EqualsIgnoringCase(*encoding, "identity")) {
    return "Content-Encoding " + *encoding + " is not understood; send the body as it is";
  }
  const std::string type = MediaTypeOf(headers);
  // Who meant a file finds no fault in its type, since it is curl that chose this one.
  const std::string by_whom = type == "application/x-www-form-urlencoded"
                                  ? " (curl's, unless -H 'Content-Type: ...' names another)"
                                  : "";
  const std::string said = "Content-Type " + type + by_whom;
  switch (route.body) {
    case BodyKind::kFile:
      if (IsDocumentMediaType(type)) return "";
      return said + " cannot be indexed; expected one of " + DocumentMediaTypes();
    case BodyKind::kLines:
      if (IsLinesMediaType(type)) return "";
      return said + " is not understood here; expected application/jsonl";
    case BodyKind::kForm:
      if (type == "multipart/form-data") return "";
      return said + " is not understood here; expected multipart/form-data";
    case BodyKind::kJson:
      if (type.empty() || type == "application/json") return "";
      return said + " is not understood here; expected application/json";
  }
  Fatal(__FILE__, __LINE__, "unknown BodyKind");
}

// A request as its handler is called for it. What models were asked for meanwhile is charged to its
// key, however it ends.
class MeteredCall {
 public:
  explicit MeteredCall(Exchange& exchange) : exchange_(exchange), context_(exchange.context()) {
    context_.usage = &usage_;
  }
  MeteredCall(const MeteredCall&) = delete;
  MeteredCall& operator=(const MeteredCall&) = delete;
  ~MeteredCall() {
    if (usage_.tokens() > 0) exchange_.request().caller.ChargeTokens(usage_.tokens());
  }

  Call call() { return {.request = exchange_.request(), .context = context_, .stream = exchange_}; }

 private:
  Exchange& exchange_;
  UsageMeter usage_;
  CallContext context_;
};

}  // namespace

RequestDispatcher::RequestDispatcher(const HandlerEnvironment& environment,
                                     std::vector<Route> routes, ServedCallers callers)
    : environment_(environment),
      callers_(callers),
      authenticator_(environment.keys, {.loopback_open = environment.options.loopback_open,
                                        .owner_token = environment.options.owner_token,
                                        .host = environment.options.host,
                                        .sites = environment.options.cors_origins}),
      id_seed_(RandomSeed()),
      connections_(
          environment.services.metrics.GetGauge("quarry_http_connections", "Open connections.")),
      in_flight_gauge_(environment.services.metrics.GetGauge(
          "quarry_http_requests_in_flight", "Requests that wait for a thread or are handled.")),
      wait_seconds_(environment.services.metrics.GetLatencyHistogram(
          "quarry_http_wait_seconds", "That a request waited until a thread took it up.")),
      ingest_lane_(kIngestThreads, kIngestQueue),
      operations_lane_(kOperationsThreads, kOperationsQueue),
      commands_lane_(kCommandThreads, kCommandQueue) {
  for (Route& route : routes) router_.Add(std::move(route));
  router_.Add(
      {.method = "GET",
       .pattern = "/api/v1",
       .description = "this list",
       .handler =
           [this](const Call&) { return ListRoutes(router_, environment_.services.version); },
       .scope = Scope::kOpen});
  router_.Add({.method = "GET",
               .pattern = "/openapi.json",
               .description = "this API, as OpenAPI 3.1 describes one",
               .handler =
                   [this](const Call&) {
                     return Response{
                         .body = OpenApiDocument(router_.routes(), environment_.services.version)};
                   },
               .scope = Scope::kOpen});
}

RequestDispatcher::~RequestDispatcher() { WaitUntilIdle(); }

void RequestDispatcher::WaitUntilIdle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return in_flight_ == 0; });
}

std::string RequestDispatcher::RequestId(const HeaderList& headers) {
  const std::string* given = FindHeader(headers, "X-Request-Id");
  if (given != nullptr && IsFitForLogs(*given)) return *given;
  return HashToHex(HashCombine(id_seed_, next_id_++));
}

Dispatcher::Admission RequestDispatcher::Admit(Request& request, std::string_view target) {
  Admission admission;
  const auto refuse = [&](int status, std::string message) {
    admission.refusal = Refusal(request.path, status, std::move(message));
    return admission;
  };
  OriginCheck origin = CheckOrigin(environment_.options.cors_origins, request.headers);
  if (!origin.problem.empty()) return refuse(403, std::move(origin.problem));
  admission.headers = std::move(origin.headers);
  Result<Router::Match> match = router_.Find(request.method, request.path);
  if (!match.ok()) return refuse(400, match.status().message());
  if (match->route == nullptr && match->allow.empty()) {
    return refuse(404, "there is no " + request.path + "; GET /api/v1 lists what there is");
  }
  if (match->route == nullptr) {
    admission.refusal = PreflightResponse(request.method, request.headers, match->allow);
    if (admission.refusal) return admission;
    refuse(405,
           request.path + " is not for " + request.method + "; expected one of " + match->allow);
    admission.refusal->headers.emplace_back("Allow", match->allow);
    return admission;
  }
  const Route& route = *match->route;
  admission.route = &route;
  admission.body_limit = route.body_limit != 0 ? route.body_limit : environment_.options.body_bytes;
  admission.seconds = route.seconds;
  Authenticator::Decision decision = authenticator_.Decide(route, request.headers, request.remote,
                                                           std::chrono::steady_clock::now());
  if (callers_ == ServedCallers::kOwner && !decision.is_owner) {
    return refuse(403, "this address is for the owner of the store, through the `quarry` program");
  }
  request.caller = std::move(decision.caller);
  std::ranges::move(decision.headers, std::back_inserter(admission.headers));
  if (decision.refusal) {
    admission.refusal = ErrorResponse(SurfaceOf(request.path), *decision.refusal);
    // The limiter knows better when to try again.
    if (FindHeader(admission.headers, "Retry-After") != nullptr) admission.refusal->headers.clear();
    return admission;
  }

  const std::string_view fragmentless = target.substr(0, target.find('#'));
  const size_t question = fragmentless.find('?');
  if (question != std::string_view::npos) {
    Result<std::map<std::string, std::string>> query =
        ParseQuery(fragmentless.substr(question + 1));
    if (!query.ok()) return refuse(400, query.status().message());
    request.query = *std::move(query);
  }
  if (route.method == "POST" || route.method == "PUT" || route.method == "PATCH") {
    std::string problem = MediaTypeProblem(route, request.headers);
    if (!problem.empty()) return refuse(415, std::move(problem));
  }
  request.params = std::move(match->params);
  return admission;
}

Status RequestDispatcher::Queue(Lane lane, TaskGate& gate, std::function<void()> task) {
  switch (lane) {
    case Lane::kRequest:
      return gate.TryRun(std::move(task));
    case Lane::kIngest:
      return ingest_lane_.TrySubmit(std::move(task));
    case Lane::kOperations:
      return operations_lane_.TrySubmit(std::move(task));
    case Lane::kCommands:
      return commands_lane_.TrySubmit(std::move(task));
    case Lane::kAtOnce:
      task();
      return OkStatus();
  }
  Fatal(__FILE__, __LINE__, "unknown Lane");
}

void RequestDispatcher::Dispatch(const Admission& admission, std::shared_ptr<Exchange> exchange,
                                 TaskGate& gate) {
  {
    const std::lock_guard lock(mutex_);
    ++in_flight_;
  }
  in_flight_gauge_.Add(1);
  const Route& route = *admission.route;
  const Lane lane = route.lane_of == nullptr ? route.lane : route.lane_of(exchange->request());
  const auto admitted = std::chrono::steady_clock::now();
  const Status queued = Queue(lane, gate, [this, &route, admitted, held = exchange]() mutable {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - admitted;
    wait_seconds_.Observe(waited.count());
    Serve(route, std::move(held));
  });
  if (queued.ok()) return;
  exchange->Finish(Refusal(exchange->request().path, 503,
                           "the server has as many requests as it can hold; try again"));
  Leave();
}

void RequestDispatcher::Serve(const Route& route, std::shared_ptr<Exchange> exchange) {
  // Whatever memory is short of: who stops the server waits for every request.
  try {
    Response response = Handle(route, *exchange);
    if (!exchange->begun()) CompressResponse(exchange->request().headers, response);
    exchange->Finish(std::move(response));
  } catch (...) {
    exchange->Finish({.status = 500, .content_type = ""});
  }
  exchange.reset();  // before Leave: nobody waits for it any longer
  Leave();
}

void RequestDispatcher::Leave() {
  in_flight_gauge_.Add(-1);
  const std::lock_guard lock(mutex_);
  if (--in_flight_ == 0) idle_.notify_all();
}

Response RequestDispatcher::Handle(const Route& route, Exchange& exchange) const {
  const Request& request = exchange.request();
  const Surface surface = SurfaceOf(request.path);
  // It may have waited in the queue for longer than its client did.
  if (const Status status = exchange.context().Check(); !status.ok()) {
    return ErrorResponse(surface, status);
  }
  std::string problem;
  try {
    MeteredCall metered(exchange);
    return route.handler(metered.call());
  } catch (const std::exception& error) {
    problem = error.what();
  } catch (...) {
    problem = "an exception of an unknown type";
  }
  LogError("request " + request.id + " " + route.method + " " + route.pattern + ": " + problem);
  return ErrorResponse(surface,
                       InternalError("an unexpected failure; the server's log has it under "
                                     "request id " +
                                     request.id));
}

Response RequestDispatcher::Refuse(const HttpProblem& problem, std::string_view path) {
  return ErrorResponse(SurfaceOf(path), DetailOf(problem));
}

void RequestDispatcher::ConnectionsChanged(int by) { connections_.Add(by); }

RequestDispatcher::ServedMetrics RequestDispatcher::MetricsOf(const Route* route, bool is_head,
                                                              int status) {
  const std::lock_guard lock(served_mutex_);
  ServedMetrics& metrics = served_metrics_[{route, is_head, status}];
  if (metrics.seconds != nullptr) return metrics;
  // Labels are those of the table: what a client makes up must not become a time series.
  const std::string pattern = route == nullptr ? "none" : route->pattern;
  std::string method = "none";
  if (route != nullptr) method = is_head ? "HEAD" : route->method;
  MetricsRegistry& registry = environment_.services.metrics;
  metrics.requests = &registry.GetCounter(
      "quarry_http_requests_total", "Requests answered.",
      {{"route", pattern}, {"method", method}, {"status", std::to_string(status)}});
  metrics.seconds = &registry.GetLatencyHistogram(
      "quarry_http_request_seconds",
      "From the first byte of a request to the last of its response.", {{"route", pattern}});
  return metrics;
}

void RequestDispatcher::Done(const Served& served) {
  const ServedMetrics metrics = MetricsOf(served.route, served.method == "HEAD", served.status);
  metrics.requests->Increment();
  metrics.seconds->Observe(served.seconds);

  const std::string_view route =
      served.route == nullptr ? "none" : std::string_view(served.route->pattern);
  JsonWriter json;
  json.BeginObject().Key("request").String(served.id);
  json.Key("remote").String(served.remote);
  if (!served.key.empty()) json.Key("key").String(served.key);
  json.Key("method").String(served.method).Key("path").String(served.path);
  json.Key("route").String(route).Key("status").Int(served.status);
  json.Key("received").Uint(served.bytes_received).Key("sent").Uint(served.bytes_sent);
  constexpr double kMillis = 1e3;
  constexpr double kDigits = 1e3;  // whole microseconds
  json.Key("ms").Double(std::round(served.seconds * kMillis * kDigits) / kDigits);
  LogInfo(json.EndObject().Take());
}

}  // namespace quarry::server
