#include "model/remote_endpoint.h"

#include <atomic>
#include <thread>

#include "model/remote_name.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::Not;
using ::testing::SizeIs;
using testing::UpstreamCall;
using namespace std::chrono_literals;

TEST(RemoteNameTest, SaysWhereAndWhich) {
  const RemoteName name =
      ParseRemoteName("https://Api.openai.com:443/v1/?dimensions=256&api-version=2#text-3").value();
  EXPECT_EQ(name.base_url, "https://api.openai.com/v1?api-version=2");
  EXPECT_EQ(name.model, "text-3");
  EXPECT_EQ(name.dimensions, 256u);
  EXPECT_EQ(name.ToString(), "https://api.openai.com/v1?api-version=2&dimensions=256#text-3");
  EXPECT_EQ(ParseRemoteName(name.ToString()).value().ToString(), name.ToString());
  EXPECT_EQ(ParseRemoteName("http://localhost:8080").value().ToString(), "http://localhost:8080");
}

TEST(RemoteNameTest, RefusesKeysInItAndWrongDimensions) {
  for (const char* with_key : {"http://a/v1?api-key=secret#m", "http://a/v1?secret#m"}) {
    EXPECT_THAT(
        ParseRemoteName(with_key).status().message(),
        AllOf(HasSubstr("http://a/v1: expected no other parameters"), Not(HasSubstr("secret"))));
  }
  const Status key = ParseRemoteName("https://me:secret@a/v1#m").status();
  EXPECT_THAT(key.message(),
              AllOf(HasSubstr("expected no name and password"), Not(HasSubstr("secret"))));
  for (const char* wrong : {"0", "-1", "x", "99999999", ""}) {
    EXPECT_THAT(ParseRemoteName(std::string("http://a?dimensions=") + wrong).status().message(),
                HasSubstr("dimensions: expected an integer from 1 to 65536"))
        << wrong;
  }
}

TEST(RemoteNameTest, AnAddressWithoutItsSchemeIsNoName) {
  EXPECT_EQ(AddressMeant("localhost:11434#llama3"), "http://localhost:11434/v1#llama3");
  EXPECT_EQ(AddressMeant("localhost:11434"), "http://localhost:11434/v1#NAME");
  EXPECT_EQ(AddressMeant("10.0.0.7:8080/v1#m"), "http://10.0.0.7:8080/v1#m");
  EXPECT_EQ(AddressMeant("localhost/v1"), "http://localhost/v1#NAME");
  EXPECT_EQ(AddressMeant("api.example.org/v1#m"), "https://api.example.org/v1#m");
  EXPECT_EQ(AddressMeant("host#m"), "https://host/v1#m");
  EXPECT_EQ(AddressMeant("htp://host/v1#m"), "https://HOST/v1#m");
  for (const char* name : {"gpt-4o-mini", "gpt-3.5-turbo", "llama3", "llama3:8b", "org/model:tag",
                           "meta/llama-3.1-70b", "ft:gpt-4o-mini-2024-07-18:me::7p4lURel",
                           "http://localhost:11434/v1#llama3"}) {
    EXPECT_EQ(AddressMeant(name), "") << name;
  }
}

RemoteOptions Quick() {
  RemoteOptions options;
  options.retry.initial = 1ms;
  options.limits.first_byte = 2s;
  return options;
}

class RemoteEndpointTest : public ::testing::Test {
 protected:
  Result<HttpResponse> Post(RemoteEndpoint& endpoint, const HttpSink& sink = {},
                            const CallContext& context = CallContext::WithTimeout(10s)) {
    return endpoint.Post("/x", "{}", sink, context);
  }
  const HttpClient http_{{}};
};

TEST_F(RemoteEndpointTest, SendsTheKeyAndNeverTellsIt) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.Reply(401, R"({"error": {"message": "Incorrect\n API key: sk-12345."}})");
  });
  RemoteEndpoint endpoint(http_, upstream.url() + "/v1", "sk-12345", Quick());
  const Status status = Post(endpoint).status();
  EXPECT_EQ(upstream.requests().at(0).Header("authorization"), "Bearer sk-12345");
  EXPECT_EQ(upstream.requests().at(0).target, "/v1/x");
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.message(),
            "POST " + upstream.url() + "/v1/x: status 401: Incorrect API key: ***.");
  EXPECT_THAT(upstream.requests(), SizeIs(1)) << "a refusal is not asked for twice";
}

TEST_F(RemoteEndpointTest, NothingOfTheKeyIsToldWhereACutGoesThroughItOrASinkFails) {
  const std::string key = "sk-0123456789abcdef";
  HttpUpstream upstream([&](UpstreamCall& call) {
    const bool is_whole = call.request().target.starts_with("/whole");
    call.Reply(is_whole ? 200 : 400, std::string(285, 'x') + key);
  });
  RemoteEndpoint endpoint(http_, upstream.url(), key, Quick());
  const std::string cut = Post(endpoint).status().message();
  EXPECT_THAT(cut, AllOf(HasSubstr("xxx***"), Not(HasSubstr("sk-0"))));
  const HttpSink echoes{nullptr, [](std::string_view piece) {
                          return InvalidArgumentError("got " + std::string(piece));
                        }};
  EXPECT_THAT(endpoint.Post("/whole", "{}", {}, {}).value().body, HasSubstr(key));
  RemoteEndpoint whole(http_, upstream.url() + "/whole", key, Quick());
  EXPECT_THAT(Post(whole, echoes).status().message(),
              AllOf(HasSubstr("xxx***"), Not(HasSubstr("sk-0"))));
}

TEST_F(RemoteEndpointTest, WhatFailedIsToldAlsoWhereTheNextAttemptIsNotMade) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(500, "ill"); });
  RemoteOptions options = Quick();
  options.breaker = {.failures = 1, .open_for = 60s};
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  EXPECT_THAT(Post(endpoint).status().message(), HasSubstr("status 500: ill"));
  EXPECT_EQ(endpoint.sent(), 1u);
}

TEST_F(RemoteEndpointTest, AnAnswerThatHasAllThatIsWantedIsNoFailureHoweverItEnds) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk("data: x\n\n");
    if (call.number() == 0) return call.Close();
    call.ClientCloses(5s);
  });
  RemoteOptions options = Quick();
  options.breaker = {.failures = 1, .open_for = 60s};
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  const HttpSink sink{nullptr, [](std::string_view) { return OkStatus(); },
                      [] { return std::optional(50ms); }};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_OK(Post(endpoint, sink).status());
  EXPECT_OK(Post(endpoint, sink).status());
  EXPECT_FALSE(endpoint.is_open());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(RemoteEndpointTest, CallsThatAreRefusedTakeNoTurnOfOthers) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, "{}"); });
  RemoteOptions options = Quick();
  options.requests_per_minute = 60;
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  ASSERT_OK(Post(endpoint).status());
  for (int i = 0; i < 20; ++i) {
    const Status refused = Post(endpoint, {}, CallContext::WithTimeout(100ms)).status();
    EXPECT_EQ(refused.code(), Code::kResourceExhausted) << "the caller has time left";
    EXPECT_THAT(refused.message(), HasSubstr("its turn comes after the deadline"));
  }
  EXPECT_OK(Post(endpoint, {}, CallContext::WithTimeout(3s)).status());
}

TEST_F(RemoteEndpointTest, OneThatWaitsForItsNextAttemptKeepsNobodyFromAsking) {
  testing::Gate refused;
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.number() > 0) return call.Reply(200, "{}");
    call.Reply(429, "later", "Retry-After: 2\r\n");
    refused.Open();
  });
  RemoteOptions options = Quick();
  options.concurrency = 1;
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  std::thread waiting([&] { EXPECT_OK(Post(endpoint).status()); });
  refused.Wait();
  EXPECT_OK(Post(endpoint, {}, CallContext::WithTimeout(1s)).status());
  waiting.join();
}

TEST_F(RemoteEndpointTest, OverloadIsAskedAgainAfterWhatItAsksFor) {
  HttpUpstream upstream([](UpstreamCall& call) {
    if (call.number() == 0) return call.Reply(429, "slow down", "Retry-After: 1\r\n");
    if (call.number() == 1) return call.Close();
    call.Reply(200, "{}");
  });
  RemoteEndpoint endpoint(http_, upstream.url(), "", Quick());
  const auto start = std::chrono::steady_clock::now();
  ASSERT_OK(Post(endpoint).status());
  EXPECT_GE(std::chrono::steady_clock::now() - start, 1s);
  EXPECT_THAT(upstream.requests(), SizeIs(3));
}

TEST_F(RemoteEndpointTest, TheLastErrorIsToldWhenAttemptsOrTimeAreUsedUp) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.Reply(503, R"({"detail": "loading"})",
               call.request().target == "/late/x" ? "Retry-After: 50\r\n" : "");
  });
  RemoteEndpoint endpoint(http_, upstream.url(), "", Quick());
  EXPECT_THAT(Post(endpoint).status().message(), HasSubstr("status 503: loading"));
  EXPECT_EQ(endpoint.sent(), 3u);
  RemoteEndpoint late(http_, upstream.url() + "/late", "", Quick());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(Post(late).status().message(), HasSubstr("status 503: loading"));
  EXPECT_EQ(late.sent(), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(RemoteEndpointTest, NothingIsSentAgainOnceTheAnswerHasBegun) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk("data: x\n\n");
    call.Close();
  });
  RemoteEndpoint endpoint(http_, upstream.url(), "", Quick());
  std::string taken;
  const HttpSink sink{nullptr, [&](std::string_view piece) {
                        taken += piece;
                        return OkStatus();
                      }};
  EXPECT_THAT(Post(endpoint, sink).status().message(), HasSubstr("its answer was cut off"));
  EXPECT_EQ(taken, "data: x\n\n");
  EXPECT_EQ(endpoint.sent(), 1u);
}

TEST_F(RemoteEndpointTest, OneThatDoesNotAnswerIsLeftAlone) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(500, "ill"); });
  RemoteOptions options = Quick();
  options.breaker = {.failures = 3, .open_for = 60s};
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  EXPECT_FALSE(Post(endpoint).ok());
  EXPECT_TRUE(endpoint.is_open());
  const Status status = Post(endpoint).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("not asked: it failed 3 times in a row"));
  EXPECT_THAT(upstream.requests(), SizeIs(3));
}

TEST_F(RemoteEndpointTest, NoMoreThanSoManyRequestsRunAtATime) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  HttpUpstream upstream([&](UpstreamCall& call) {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(5ms);
    --running;
    call.Reply(200, "{}");
  });
  RemoteOptions options = Quick();
  options.concurrency = 2;
  RemoteEndpoint endpoint(http_, upstream.url(), "", options);
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { answered += Post(endpoint).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 8);
  EXPECT_EQ(most, 2);
}

TEST_F(RemoteEndpointTest, ACancelledCallWaitsForNothing) {
  HttpUpstream upstream(
      [](UpstreamCall& call) { call.Reply(429, "later", "Retry-After: 30\r\n"); });
  RemoteEndpoint endpoint(http_, upstream.url(), "", Quick());
  CallContext context;
  std::thread canceller([&] {
    std::this_thread::sleep_for(50ms);
    context.cancel.Cancel();
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Post(endpoint, {}, context).status().code(), Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 200ms);
  canceller.join();
}

TEST(UpstreamMessageTest, IsTheMessageOfWhateverShape) {
  EXPECT_EQ(UpstreamMessage(R"({"error": {"message": "a"}})"), "a");
  EXPECT_EQ(UpstreamMessage(R"({"error": "b"})"), "b");
  EXPECT_EQ(UpstreamMessage(R"({"message": "c"})"), "c");
  EXPECT_EQ(UpstreamMessage(R"({"detail": [{"loc": 1}]})"), R"([{"loc":1}])");
  EXPECT_EQ(UpstreamMessage("<html>\n <b>Bad</b>\r\n"), "<html> <b>Bad</b>");
  EXPECT_EQ(UpstreamMessage("\xff\xfe"), "(not UTF-8)");
  EXPECT_EQ(UpstreamMessage(std::string(1000, 'x')).size(), 300u);
  EXPECT_EQ(UpstreamMessage(std::string(100'000, '[')).substr(0, 2), "[[");
}

}  // namespace
}  // namespace quarry::model
