// kill -9 of a whole server at any moment, while clients write, search, ask, rate, converse and run suites:
// the next one opens, has all that was acknowledged and nothing in half, and finds by words what it has.
// QUARRY_SURVIVAL_SERVER_KILLS, QUARRY_SURVIVAL_SEED.

#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/random.h"
#include "tests/survival/survival_testing.h"
#include "tests/testing/http_client.h"

namespace quarry::testing {
namespace {

using std::chrono::microseconds;
using Json = nlohmann::json;

constexpr uint64_t kCyclesOfAServedStore = 200;  // then another is begun
constexpr uint64_t kCyclesToVerify = 25;         // between two `quarry verify`
constexpr uint64_t kDocumentsOfAWriter = 40;
constexpr uint64_t kLongestLife = 400'000;  // microseconds from ready to killed, ...
constexpr uint64_t kLongLife = 4'000'000;   // ... of every tenth: time to learn an embedder

// A word that stands for a document at one of its versions, and that no stemmer changes.
std::string WordOf(const std::string& document, uint64_t version) {
  static constexpr std::string_view kLetters = "bcdfghjkmnpqrtvwxz";
  std::string word = "zq";
  for (const char c : document) word += kLetters[static_cast<size_t>(c) % kLetters.size()];
  word += 's';
  for (const char digit : std::to_string(version))
    word += kLetters[static_cast<size_t>(digit - '0')];
  return word;
}

std::string TextOf(const std::string& document, uint64_t version) {
  const std::string word = WordOf(document, version);
  std::string text = "version " + std::to_string(version) + "\n\n";
  for (int i = 0; i < 12; ++i) {
    text += i % 2 == 0 ? "The " + word + " pump delivers " + std::to_string(version) + " litres. "
                       : "水泵" + word + "每秒输送" + std::to_string(version) + "升水。";
  }
  return text;
}

// A reply that did not come whole is none.
class Client {
 public:
  explicit Client(uint16_t port) : port_(port) { connection_.emplace(port); }

  std::optional<HttpReply> Call(const std::string& method, const std::string& target,
                                const std::string& body = "") {
    std::optional<HttpReply> reply = connection_->Ask(MakeRequest(
        method, target, body, body.empty() ? "" : "Content-Type: application/json\r\n"));
    if (reply && reply->Header("connection") == "close") connection_.emplace(port_);
    if (reply && reply->status >= 500 && reply->status != 503) {
      ADD_FAILURE() << method << ' ' << target << ": " << reply->status << ' ' << reply->body;
    }
    return reply;
  }
  // What is told; nullopt where that is no success, or did not come.
  std::optional<Json> Told(const std::string& method, const std::string& target,
                           const std::string& body = "") {
    const std::optional<HttpReply> reply = Call(method, target, body);
    if (!reply || reply->status >= 300) return std::nullopt;
    return Json::parse(reply->body, nullptr, false);
  }

 private:
  const uint16_t port_;
  std::optional<HttpConnection> connection_;
};

// Somebody who uses the server until it dies, and knows what was promised.
class User {
 public:
  explicit User(uint64_t seed) : random_(seed) {}
  virtual ~User() = default;

  // One request or some. False when the server is gone.
  virtual bool Act(Client& client) = 0;
  // Looks at what is there after a kill; "" if all is well.
  virtual std::string Check(Client& client) = 0;
  uint64_t acknowledged() const { return acknowledged_; }

 protected:
  Random random_;
  uint64_t acknowledged_ = 0;
};

// Writes and deletes documents that nobody else writes.
class Writer : public User {
 public:
  Writer(std::string name, uint64_t seed) : User(seed), name_(std::move(name)) {}

  bool Act(Client& client) override {
    std::optional<HttpReply> reply;
    if (random_.Below(4) == 0) {
      const std::string id = AnyId();
      pending_ = {{id, 0}};
      reply = client.Call("DELETE", "/api/v1/documents/" + id);
      if (reply && reply->status == 404) pending_.clear();
    } else {
      Json documents = Json::array();
      ++version_;
      for (uint64_t i = 0, many = 1 + random_.Below(8); i < many; ++i) {
        const std::string id = AnyId();
        if (pending_.emplace(id, version_).second) {
          documents.push_back({{"id", id}, {"text", TextOf(id, version_)}});
        }
      }
      reply = client.Call("PUT", "/api/v1/documents", Json{{"documents", documents}}.dump());
    }
    if (!reply) return false;
    if (reply->status < 300) {
      ++acknowledged_;
      for (const auto& [id, version] : pending_) documents_[id] = version;
    }
    pending_.clear();
    return true;
  }

  std::string Check(Client& client) override {
    std::optional<bool> done;  // whether the call that was not acknowledged took effect
    for (const auto& [id, version] : pending_) {
      const uint64_t seen = VersionOf(client, id);
      const bool changed = seen == version && seen != documents_[id];
      if (seen != version && seen != documents_[id]) return Wrong(id, seen);
      if (documents_[id] == version) continue;  // deleted twice
      if (done && *done != changed) return id + ": half of a call is there";
      done = changed;
    }
    if (done.value_or(false)) {
      for (const auto& [id, version] : pending_) documents_[id] = version;
    }
    std::set<std::string> looked_at;
    for (const auto& [id, version] : pending_) looked_at.insert(id);
    for (int i = 0; i < 6; ++i) looked_at.insert(AnyId());
    pending_.clear();
    for (const std::string& id : looked_at) {
      const uint64_t version = documents_[id];
      const uint64_t seen = VersionOf(client, id);
      if (seen != version) return Wrong(id, seen);
      if (version != 0 && Hits(client, id, version) != Json{id}) {
        return id + ": not found by the word of its version " + std::to_string(version);
      }
      for (uint64_t old = version > 3 ? version - 3 : 1; old <= version_; ++old) {
        if (old != version && !Hits(client, id, old).empty()) {
          return id + ": found by a word of its version " + std::to_string(old);
        }
        if (old >= version + 3) break;
      }
    }
    return "";
  }

  // All of them.
  std::string CheckAll(Client& client) {
    for (const auto& [id, version] : documents_) {
      const uint64_t seen = VersionOf(client, id);
      if (seen != version) return Wrong(id, seen);
    }
    return "";
  }

 private:
  std::string AnyId() { return name_ + std::to_string(random_.Below(kDocumentsOfAWriter)); }
  std::string Wrong(const std::string& id, uint64_t seen) {
    return id + " is at version " + std::to_string(seen) + ", acknowledged was " +
           std::to_string(documents_[id]);
  }
  // 0 = it is not there.
  static uint64_t VersionOf(Client& client, const std::string& id) {
    const auto told = client.Told("GET", "/api/v1/documents/" + id + "?text=true");
    if (!told) return 0;
    const std::string text = told->value("text", "");
    const size_t end = text.find('\n');
    const std::string first = text.substr(0, end);
    if (!first.starts_with("version ")) return UINT64_MAX;
    const uint64_t version = std::stoull(first.substr(8));
    return text.find(WordOf(id, version)) == text.npos ? UINT64_MAX : version;
  }
  // The documents that hold the word of a version.
  static Json Hits(Client& client, const std::string& id, uint64_t version) {
    const auto told =
        client.Told("POST", "/api/v1/search",
                    Json{{"query", WordOf(id, version)}, {"mode", "lexical"}, {"k", 5}}.dump());
    Json found = Json::array();
    if (!told) return found;
    for (const Json& hit : told->at("hits")) found.push_back(hit.at("document"));
    return found;
  }

  const std::string name_;
  std::map<std::string, uint64_t> documents_;  // as acknowledged; 0 = deleted
  std::map<std::string, uint64_t> pending_;    // of the call under way
  uint64_t version_ = 0;
};

// Asks, and says what it thinks of the answers.
class Reader : public User {
 public:
  using User::User;

  bool Act(Client& client) override {
    const std::string number = std::to_string(random_.Below(kDocumentsOfAWriter));
    const bool chinese = random_.Below(2) == 0;
    const Json query = {{"query", chinese ? "水泵" + WordOf("a" + number, 3) + "每秒输送多少升水？"
                                          : "How many litres does the pump deliver?"}};
    if (!client.Call("POST", "/api/v1/search", query.dump())) return false;
    const auto reply = client.Call("POST", "/api/v1/answer", query.dump());
    if (!reply || reply->status != 200) return reply.has_value();
    const Json rating = {{"question", query["query"]},
                         {"text", Json::parse(reply->body).at("answer")},
                         {"rating", random_.Below(2) == 0 ? "up" : "down"}};
    const auto rated = client.Call("POST", "/api/v1/feedback", rating.dump());
    if (!rated || rated->status >= 300) return rated.has_value();
    ++acknowledged_;
    newest_.insert(Json::parse(rated->body).at("id").get<std::string>());
    return true;
  }

  std::string Check(Client& client) override {
    const auto told = client.Told("GET", "/api/v1/feedback?limit=1000");
    if (!told) return "the list of feedback is not told";
    for (const Json& one : told->at("feedback")) newest_.erase(one.at("id").get<std::string>());
    if (!newest_.empty()) return "feedback " + *newest_.begin() + " is lost";
    return "";
  }

 private:
  std::set<std::string> newest_;  // acknowledged since the last look
};

// Holds one conversation after the other.
class Talker : public User {
 public:
  using User::User;

  bool Act(Client& client) override {
    if (id_.empty() || turns_ == 6) {
      const auto made = client.Call("POST", "/api/v1/conversations", R"({"title": "水 water"})");
      if (!made || made->status != 201) return made.has_value();
      id_ = Json::parse(made->body).at("id");
      turns_ = 0;
    }
    const Json query = {{"query", "How many litres? " + std::to_string(turns_)}};
    const auto told = client.Call("POST", "/api/v1/conversations/" + id_ + "/turns", query.dump());
    if (!told) return false;
    if (told->status < 300) {
      ++turns_;
      ++acknowledged_;
    }
    return true;
  }

  std::string Check(Client& client) override {
    if (id_.empty()) return "";
    const auto told = client.Told("GET", "/api/v1/conversations/" + id_);
    if (!told) return "conversation " + id_ + " is lost";
    const Json& turns = told->at("turns");
    if (turns.size() != turns_ && turns.size() != turns_ + 1) {
      return "conversation " + id_ + " has " + std::to_string(turns.size()) + " turns instead of " +
             std::to_string(turns_);
    }
    for (size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].at("question") != "How many litres? " + std::to_string(i)) {
        return "conversation " + id_ + " has another turn " + std::to_string(i + 1);
      }
    }
    turns_ = turns.size();
    return "";
  }

 private:
  std::string id_;
  size_t turns_ = 0;  // acknowledged
};

// Runs a suite of three cases, again and again.
class Evaluator : public User {
 public:
  using User::User;

  bool Act(Client& client) override {
    std::string cases;
    for (int i = 0; i < 3; ++i) {
      cases += Json{{"id", "c" + std::to_string(i)},
                    {"query", "How many litres does the pump deliver?"},
                    {"accept", {"litres"}}}
                   .dump() +
               "\n";
    }
    const auto begun = client.Call("POST", "/api/v1/runs?name=kill", cases);
    if (!begun) return false;
    if (begun->status == 202) {
      ++acknowledged_;
      runs_.push_back(Json::parse(begun->body).at("id"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return true;
  }

  std::string Check(Client& client) override {
    for (const std::string& run : runs_) {
      const auto told = client.Told("GET", "/api/v1/runs/" + run);
      if (!told) return "run " + run + " is lost";
    }
    runs_.clear();
    return "";
  }

 private:
  std::vector<std::string> runs_;  // acknowledged since the last look
};

// The users of a store.
struct Users {
  explicit Users(uint64_t seed)
      : a("a", seed), b("b", seed + 1), reader(seed + 2), talker(seed + 3), evaluator(seed + 4) {}

  std::vector<User*> all() { return {&a, &b, &reader, &talker, &evaluator}; }

  Writer a;
  Writer b;
  Reader reader;
  Talker talker;
  Evaluator evaluator;
};

// An embedder is learnt again and again, and every answer is stored.
std::vector<std::string> WithOptions(std::vector<std::string> arguments, const std::string& store) {
  for (const char* option :
       {"embedding.relearn_growth=1", "embedding.dimension=64", "vectors.kind=hnsw"}) {
    arguments.insert(arguments.end(), {"--set", option});
  }
  arguments.insert(arguments.end(), {"--store", store});
  return arguments;
}
QuarryCommand Serve(const std::string& store) {
  return {.arguments = WithOptions(
              {"serve", "--port", "0", "--json", "--set", "cache.min_cost_millis=0"}, store)};
}

// A store that is searched by words and by vectors.
void MakeStore(const std::string& store) {
  std::string lines;
  for (int i = 0; i < 60; ++i) {
    const std::string id = "base" + std::to_string(i);
    lines += Json{{"id", id}, {"text", TextOf(id, 1)}}.dump() + "\n";
  }
  const QuarryResult made =
      RunQuarryWith({.arguments = WithOptions({"index", "-"}, store), .input = lines});
  ASSERT_EQ(made.exit_code, 0) << made.error;
}

TEST(ServerKillTest, AtAnyMomentOfAServerNothingAcknowledgedIsLost) {
  const uint64_t cycles = NumberFromEnvironment("QUARRY_SURVIVAL_SERVER_KILLS", 25);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  const std::string store = directory.path() + "/store";
  Random random(seed);
  std::unique_ptr<Users> users;
  uint64_t acknowledged = 0;
  uint64_t while_opening = 0;
  uint64_t while_serving = 0;
  for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", cycle " + std::to_string(cycle));
    if (cycle % kCyclesOfAServedStore == 0) {
      if (users) {
        for (const User* user : users->all()) acknowledged += user->acknowledged();
      }
      std::filesystem::remove_all(store);
      ASSERT_NO_FATAL_FAILURE(MakeStore(store));
      users = std::make_unique<Users>(random.Next());
    } else if (cycle % kCyclesToVerify == 0) {
      const QuarryResult verified = RunQuarry({"verify", "--store", store});
      ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.error;
    }
    QuarryProcess server(Serve(store));
    if (random.Below(5) == 0) {
      EXPECT_FALSE(server.EndsWithin(microseconds(random.Below(60'000))));
      server.Signal(SIGKILL);
      ASSERT_EQ(server.Wait().exit_code, -SIGKILL);
      ++while_opening;
      continue;
    }
    const std::string ready = server.ReadFirstLine();
    if (ready.empty()) FAIL() << "the server did not start: " << server.Wait().error;
    const uint16_t port = Json::parse(ready).at("port").get<uint16_t>();
    {
      Client client(port);
      for (User* user : users->all()) ASSERT_EQ(user->Check(client), "");
    }
    std::vector<std::thread> threads;
    for (User* user : users->all()) {
      threads.emplace_back([user, port] {
        Client client(port);
        while (user->Act(client)) {
        }
      });
    }
    const uint64_t life = random.Below(cycle % 10 == 9 ? kLongLife : kLongestLife);
    const bool ended = server.EndsWithin(microseconds(life));
    server.Signal(SIGKILL);
    const QuarryResult result = server.Wait();
    for (std::thread& thread : threads) thread.join();
    ASSERT_FALSE(ended) << result.exit_code << ' ' << result.error;
    ASSERT_EQ(result.exit_code, -SIGKILL) << result.error;
    ++while_serving;
  }
  for (const User* user : users->all()) acknowledged += user->acknowledged();
  std::cout << "kills of a server " << cycles << " (seed " << seed << "): " << acknowledged
            << " requests to write acknowledged, " << while_opening << " killed while opening, "
            << "nothing lost\n";
  EXPECT_GT(acknowledged, while_serving);
  for (User* user : users->all()) EXPECT_GT(user->acknowledged(), 0u);

  QuarryProcess server(Serve(store));
  const std::string ready = server.ReadFirstLine();
  if (ready.empty()) FAIL() << "the server did not start: " << server.Wait().error;
  {
    Client client(Json::parse(ready).at("port").get<uint16_t>());
    for (User* user : users->all()) EXPECT_EQ(user->Check(client), "");
    EXPECT_EQ(users->a.CheckAll(client), "");
    EXPECT_EQ(users->b.CheckAll(client), "");
    const auto found = client.Told("POST", "/api/v1/search",
                                   Json{{"query", "pump"}, {"mode", "dense"}, {"k", 5}}.dump());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->at("hits").size(), 5u);
  }
  server.Signal(SIGTERM);
  const QuarryResult last = server.Wait();
  EXPECT_EQ(last.exit_code, 0) << last.error;
  EXPECT_EQ(RunQuarry({"verify", "--store", store}).exit_code, 0);
}

}  // namespace
}  // namespace quarry::testing
