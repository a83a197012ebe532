// Calls of a chat model of every kind, one after the other: none leaves a socket or a thread behind.

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "model/remote_chat_model.h"
#include "tests/testing/chat_chunks.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using testing::HttpUpstream;
using testing::UpstreamCall;
using namespace std::chrono_literals;

// What this process holds open, and its threads.
struct Held {
  size_t files = 0;
  size_t threads = 0;

  static Held Now() {
    const auto count = [](const char* directory) {
      return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory),
                                               std::filesystem::directory_iterator()));
    };
    return {count("/proc/self/fd"), count("/proc/self/task")};
  }
};

// A stream with a tool call in pieces or with words; every seventh is odd in some way.
void AnswerOddly(UpstreamCall& call) {
  const std::string words =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Nine bar [1].\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  const std::string tool =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\","
      "\"function\":{\"name\":\"search\",\"arguments\":\"{\\\"q\"}}]}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
      "\"function\":{\"arguments\":\"\\\":1}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";
  const std::string done = testing::kDoneEvent;
  const size_t number = call.number();
  switch (number % 7 == 0 ? number / 7 % 9 : 9) {
    case 0:
      return call.Reply(500, "ill");
    case 1:
      return call.Reply(429, R"({"error": {"message": "slow down"}})");
    case 2:
      return call.Close(/*reset=*/true);
    case 3:
      call.Write("no HTTP\r\n\r\n");
      return call.Close();
    case 4:  // half an event, then gone
      call.BeginChunks("text/event-stream");
      call.Chunk(words.substr(0, 40));
      return call.Close();
    case 5:  // no [DONE]
      call.BeginChunks("text/event-stream");
      call.Chunk(words);
      return call.EndChunks();
    case 6:
      call.BeginChunks("text/event-stream");
      call.Chunk("data: {not json\n\n");
      return call.EndChunks();
    case 7:  // byte by byte
      call.BeginChunks("text/event-stream");
      for (const char c : words + done) call.Chunk(std::string_view(&c, 1));
      return call.EndChunks();
    case 8:  // silent until the caller gives up
      call.ClientCloses(10s);
      return call.Close();
    default:
      call.BeginChunks("text/event-stream");
      call.Chunk((number % 2 == 0 ? words : tool) + done);
      return call.EndChunks();
  }
}

TEST(ChatCallsTest, LeakNoSocketAndNoThread) {
  size_t wanted = 500;
  if (const char* calls = std::getenv("QUARRY_CHAT_CALLS")) wanted = std::stoul(calls);
  constexpr size_t kThreads = 4;
  const Held before = Held::Now();
  std::atomic<size_t> replies = 0;
  std::atomic<size_t> errors = 0;
  {
    HttpUpstream upstream(AnswerOddly);
    const HttpClient http{{}};
    const FakeClock clock(1'700'000'000'000'000);
    const PriceTable prices = PriceTable::Parse({"*=1/1"}).value();
    Budget budget{{}};
    RemoteOptions options;
    options.retry.attempts = 1;
    options.breaker = {.failures = 1'000'000, .open_for = 60s};
    const RemoteName name = ParseRemoteName(upstream.url() + "/v1#scripted").value();
    const RemoteChatModel chat(std::make_shared<RemoteEndpoint>(http, name.base_url, "", options),
                               name, options, {prices, budget, clock});
    std::atomic<size_t> most_files = 0;
    const auto call = [&](size_t number) {
      ChatRequest request;
      request.messages = {{.role = ChatRole::kUser, .content = "How many bar?"}};
      // Every eleventh reader leaves at the first word.
      const bool leaves = number % 11 == 0;
      const ChatSink sink = [&](std::string_view) { return !leaves; };
      const Result<ChatReply> reply = chat.Complete(request, sink, CallContext::WithTimeout(500ms));
      ++(reply.ok() ? replies : errors);
      if (number % 50 == 0) most_files = std::max<size_t>(most_files, Held::Now().files);
    };
    std::vector<std::thread> threads;
    for (size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = t; i < wanted; i += kThreads) call(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
    // Both ends of each connection are in this process: those in use, and those that are kept.
    EXPECT_LE(most_files, before.files + 8 + 2 * (kThreads + 8) + 8);
    EXPECT_EQ(replies + errors, wanted);
    EXPECT_GT(replies, wanted * 3 / 4);
    EXPECT_GT(errors, wanted / 20);
  }
  testing::Eventually([&] {
    const Held now = Held::Now();
    return now.files <= before.files && now.threads <= before.threads;
  });
  const Held after = Held::Now();
  EXPECT_LE(after.files, before.files);
  EXPECT_LE(after.threads, before.threads);
  std::cout << wanted << " calls, " << replies << " replies, " << errors << " errors; files "
            << before.files << " -> " << after.files << ", threads " << before.threads << " -> "
            << after.threads << "\n";
}

}  // namespace
}  // namespace quarry::model
