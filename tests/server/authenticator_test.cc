// Who is let in, without a server: what no client of a test on this machine can send.

#include "index/keys.h"
#include "server/auth.h"
#include "tests/testing/engine_testing.h"

namespace quarry::server {
namespace {

using testing::TestEngine;

const KeyMeter::Time kAsked{std::chrono::hours(1000)};
constexpr const char* kNear = "127.0.0.1:51324";
constexpr const char* kFar = "10.0.0.7:51324";

class AuthenticatorTest : public ::testing::Test {
 protected:
  CreatedKey Create(const KeyGrant& grant) { return keys_.Create(grant).value(); }
  static HeaderList Bearing(const std::string& key) {
    return {{"Host", "localhost:8080"}, {"Authorization", "Bearer " + key}};
  }
  // The status that it refuses with; 0 = let in.
  static int RefusalOf(const Authenticator::Decision& decision) {
    return decision.refusal ? decision.refusal->status : 0;
  }

  TestEngine engine_;
  ApiKeys keys_{engine_.index->objects(), engine_.clock};
  const Route query_{.scope = Scope::kQuery, .is_bounded = true};
};

TEST_F(AuthenticatorTest, AnExpiredKeyIsToldSo) {
  Authenticator authenticator(keys_, {});
  const CreatedKey key = Create({.name = "k", .expires_at = "2023-11-15T00:00:00Z"});
  EXPECT_EQ(RefusalOf(authenticator.Decide(query_, Bearing(key.key), kNear, kAsked)), 0);
  engine_.clock.Advance(std::chrono::hours(24));
  const auto late = authenticator.Decide(query_, Bearing(key.key), kNear, kAsked);
  ASSERT_EQ(RefusalOf(late), 401);
  EXPECT_EQ(late.refusal->message, "the key has expired");
  EXPECT_EQ(late.caller.key, key.record.id);
}

TEST_F(AuthenticatorTest, AKeyThatCannotBeReadLetsNobodyIn) {
  Authenticator authenticator(keys_, {});
  const CreatedKey key = Create({.name = "k"});
  testing::DamageRecord(engine_.index->objects(),
                        {.kind = index::ObjectKind::kApiKey, .id = key.record.id});
  const auto refused = authenticator.Decide(query_, Bearing(key.key), kNear, kAsked);
  ASSERT_EQ(RefusalOf(refused), 503);
  EXPECT_THAT(refused.refusal->message,
              ::testing::HasSubstr("the keys of the store cannot be read: object \"" +
                                   key.record.id + "\": "));
  EXPECT_EQ(refused.caller.key, "");
}

// Whether there are keys is not known: nobody is let in as if there were none.
TEST_F(AuthenticatorTest, ATableOfKeysThatCannotBeReadLetsNobodyIn) {
  Authenticator authenticator(keys_, {});
  EXPECT_EQ(RefusalOf(authenticator.Decide(query_, {}, kNear, kAsked)), 0);
  index::WriteBatch damage;
  damage.Put(index::ObjectPrefix(index::ObjectKind::kApiKey, "") + "x", "");
  ASSERT_OK(engine_.index->objects().WriteWith(index::ObjectBatch(), std::move(damage)));
  const ApiKeys opened(engine_.index->objects(), engine_.clock);
  Authenticator again(opened, {.loopback_open = true});
  const auto refused = again.Decide(query_, {}, kNear, kAsked);
  ASSERT_EQ(RefusalOf(refused), 503);
  EXPECT_THAT(refused.refusal->message,
              ::testing::HasSubstr("the keys of the store cannot be read: "));
}

TEST_F(AuthenticatorTest, WhatIsOpenOnThisMachineIsOpenToNoOtherAndToNoOthersName) {
  Authenticator authenticator(keys_, {.loopback_open = true, .owner_token = "qo-0123456789"});
  const Route owners{.scope = Scope::kOwner};
  Create({.name = "k"});
  struct Case {
    const char* remote;
    const char* host;
    int expected;
  };
  for (const Case& one : {Case{kNear, "localhost:8080", 0},
                          {"[::1]:9", "localhost:8080", 0},
                          {kFar, "localhost:8080", 401},
                          {kNear, "example.com", 401}}) {
    EXPECT_EQ(RefusalOf(authenticator.Decide(query_, {{"Host", one.host}}, one.remote, kAsked)),
              one.expected)
        << one.remote << ' ' << one.host;
  }
  // What a proxy on this machine hands on is of others, whatever name it gives.
  for (const char* header :
       {"X-Forwarded-For", "x-forwarded-proto", "Forwarded", "X-Real-IP", "Via"}) {
    const HeaderList headers = {{"Host", "localhost:8080"}, {header, "1.1 proxy"}};
    EXPECT_EQ(RefusalOf(authenticator.Decide(query_, headers, kNear, kAsked)), 401) << header;
  }
  EXPECT_TRUE(authenticator.Decide(owners, Bearing("qo-0123456789"), kNear, kAsked).is_owner);
  const auto far = authenticator.Decide(owners, Bearing("qo-0123456789"), kFar, kAsked);
  EXPECT_FALSE(far.is_owner);
  EXPECT_EQ(RefusalOf(far), 403);
}

TEST_F(AuthenticatorTest, AttemptsThatAreNotAnsweredMakeTheWaitNoLonger) {
  Authenticator authenticator(keys_, {});
  std::string wrong = Create({.name = "k"}).key;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(RefusalOf(authenticator.Decide(query_, Bearing(wrong), kNear, kAsked)), 401);
  }
  for (int i = 0; i < 100; ++i) {
    const auto blocked = authenticator.Decide(query_, Bearing(wrong), kNear, kAsked);
    ASSERT_EQ(RefusalOf(blocked), 429);
    EXPECT_EQ(*FindHeader(blocked.headers, "Retry-After"), "6");
  }
  const auto later = kAsked + std::chrono::seconds(6);
  EXPECT_EQ(RefusalOf(authenticator.Decide(query_, Bearing(wrong), kNear, later)), 401);
}

TEST_F(AuthenticatorTest, EachLimitAloneIsKept) {
  Authenticator authenticator(keys_, {});
  const KeyLimits limits[] = {{.requests_per_minute = 1},
                              {.requests_per_day = 1},
                              {.tokens_per_minute = 1},
                              {.tokens_per_day = 1}};
  const char* const names[] = {"1 requests per minute", "1 requests per day", "1 tokens per minute",
                               "1 tokens per day"};
  for (size_t i = 0; i < std::size(limits); ++i) {
    const CreatedKey key = Create({.name = "k", .limits = limits[i]});
    const auto first = authenticator.Decide(query_, Bearing(key.key), kNear, kAsked);
    ASSERT_EQ(RefusalOf(first), 0) << names[i];
    ASSERT_NE(first.caller.meter, nullptr) << names[i];
    first.caller.meter->ChargeTokens(1, kAsked);
    const auto second = authenticator.Decide(query_, Bearing(key.key), kNear, kAsked);
    ASSERT_EQ(RefusalOf(second), 429) << names[i];
    EXPECT_EQ(second.refusal->message,
              "this key is for " + std::string(names[i]) + ", and they are used up");
  }
  const CreatedKey free = Create({.name = "k"});
  EXPECT_EQ(authenticator.Decide(query_, Bearing(free.key), kNear, kAsked).caller.meter, nullptr);
}

TEST(RemoteAddressTest, OfAnotherFormIsNoLoopback) {
  EXPECT_EQ(AddressOf("[::1:80"), "[::1");
  EXPECT_FALSE(IsLoopbackAddress(AddressOf("[::1:80")));
}

}  // namespace
}  // namespace quarry::server
