#include "server/api_keys.h"

#include "tests/testing/engine_testing.h"

namespace quarry::server {
namespace {

using State = KeyCheck::State;
using testing::TestEngine;

class ApiKeysTest : public ::testing::Test {
 protected:
  CreatedKey Create(const KeyGrant& grant) {
    Result<CreatedKey> created = keys_.Create(grant);
    QUARRY_CHECK(created.ok());
    return *std::move(created);
  }
  State StateOf(std::string_view key) { return keys_.Check(key).value().state; }

  TestEngine engine_;
  ApiKeys keys_{engine_.index->objects(), engine_.clock};
};

TEST_F(ApiKeysTest, AKeyIsFoundByItselfAndNothingLikeIt) {
  EXPECT_FALSE(keys_.Any().value());
  const CreatedKey created = Create({.name = "ci"});
  EXPECT_TRUE(keys_.Any().value());
  EXPECT_TRUE(created.key.starts_with("qk-"));
  EXPECT_EQ(IdOfKey(created.key), created.record.id);
  EXPECT_EQ(StateOf(created.key), State::kGood);

  std::string wrong = created.key;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(StateOf(wrong), State::kWrongSecret);
  for (const std::string& other :
       {std::string(), std::string("qk-"), created.key + "a", created.key.substr(1),
        "sk-" + created.key.substr(3), "qk-" + std::string(73, 'a'), std::string(76, '\xff')}) {
    EXPECT_EQ(StateOf(other), State::kUnknown) << other;
  }
}

TEST_F(ApiKeysTest, TheSecretIsNotInTheStore) {
  const CreatedKey created = Create({.name = "ci"});
  const std::string secret = created.key.substr(created.key.rfind('-') + 1);
  EXPECT_EQ(secret.size(), 48u);
  size_t seen = 0;
  ASSERT_TRUE(engine_.index->objects()
                  .ForEach(index::ObjectKind::kApiKey,
                           [&](const index::Object& object) {
                             ++seen;
                             EXPECT_EQ(object.value.find(secret), std::string::npos);
                             return true;
                           })
                  .ok());
  EXPECT_EQ(seen, 1u);
}

TEST_F(ApiKeysTest, EqualSecretsOfTwoKeysAreNotStoredAlike) {
  EXPECT_NE(Create({.name = "a"}).key, Create({.name = "a"}).key);
}

TEST_F(ApiKeysTest, WhatAKeyIsForComesBack) {
  const KeyGrant grant{.name = "reader",
                       .scopes = {Scope::kQuery},
                       .collections = {{"default", "manuals"}},
                       .principals = {{"ann"}},
                       .expires_at = "2030-01-01",
                       .limits = {.requests_per_minute = 5, .tokens_per_day = 9}};
  const CreatedKey created = Create(grant);
  const ApiKey key = keys_.List().value().at(0);
  EXPECT_EQ(key.id, created.record.id);
  EXPECT_EQ(key.grant.name, "reader");
  EXPECT_EQ(key.grant.collections, grant.collections);
  EXPECT_EQ(key.grant.principals, grant.principals);
  EXPECT_EQ(key.grant.expires_at, "2030-01-01");
  EXPECT_EQ(key.grant.limits, grant.limits);
  EXPECT_TRUE(key.Has(Scope::kQuery));
  EXPECT_FALSE(key.Has(Scope::kIngest));
  EXPECT_FALSE(key.Has(Scope::kAdmin));
  const ApiKey admin = Create({.name = "root", .scopes = {Scope::kAdmin}}).record;
  EXPECT_TRUE(admin.Has(Scope::kIngest));
}

TEST_F(ApiKeysTest, ARevokedKeyIsRefusedAndStaysOnRecord) {
  const CreatedKey created = Create({.name = "ci"});
  ASSERT_TRUE(keys_.Revoke(created.record.id).ok());
  EXPECT_EQ(StateOf(created.key), State::kRevoked);
  EXPECT_TRUE(keys_.Any().value());
  const std::string when = keys_.List().value().at(0).revoked_at;
  EXPECT_FALSE(when.empty());
  engine_.clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(keys_.Revoke(created.record.id).value().revoked_at, when);
  EXPECT_EQ(keys_.Revoke("key_none").status(),
            NotFoundError("no key \"key_none\"; `quarry keys ls` lists them"));
}

TEST_F(ApiKeysTest, AKeyExpiresAtItsTime) {
  const CreatedKey created = Create({.name = "ci", .expires_at = "2023-11-15T00:00:00Z"});
  EXPECT_EQ(StateOf(created.key), State::kGood);
  engine_.clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(StateOf(created.key), State::kExpired);
}

TEST_F(ApiKeysTest, WhatMakesNoSenseIsRefused) {
  const auto message = [&](const KeyGrant& grant) {
    return keys_.Create(grant).status().message();
  };
  EXPECT_EQ(message({.name = ""}), "name: expected 1 to 100 bytes, got 0");
  EXPECT_EQ(message({.name = "x", .scopes = {}}),
            "scopes: expected some of query, ingest, metrics, admin");
  EXPECT_EQ(message({.name = "x", .collections = std::vector<std::string>()}),
            "collections: expected 1 to 100 names, got 0");
  EXPECT_EQ(message({.name = "x", .collections = {{"../x"}}}),
            "collections: collection name \"../x\": expected 1 to 64 letters, digits, '-', '_', "
            "'.', starting with a letter or digit");
  EXPECT_EQ(message({.name = "x", .scopes = {Scope::kIngest}, .principals = {{"ann"}}}),
            "principals: bind what a key reads; one that writes, or administers, has none");
  EXPECT_EQ(message({.name = "x", .expires_at = "2001-01-01"}),
            "expires_at: expected a time to come, as 2027-01-31T12:00:00Z, got \"2001-01-01\"");
  EXPECT_EQ(message({.name = std::string(101, 'x')}), "name: expected 1 to 100 bytes, got 101");
  EXPECT_EQ(message({.name = "x", .collections = std::vector<std::string>(101, "c")}),
            "collections: expected 1 to 100 names, got 101");
  EXPECT_EQ(message({.name = "x", .principals = {{"ann", ""}}}), "principals: a name is empty");
  EXPECT_EQ(message({.name = "x", .instructions = std::string(kMaxInstructionBytes + 1, 'i')}),
            "instructions: expected at most 4000 bytes, got 4001");
  EXPECT_FALSE(keys_.Any().value());
  EXPECT_EQ(ParseScope("root").status().message(),
            "expected query, ingest, metrics or admin, got \"root\"");
}

TEST_F(ApiKeysTest, ScopesAreAListOfNamesEachOnce) {
  const auto read = [](const std::string& scopes, KeyGrant& grant) {
    const JsonValue json = ParseJson(R"({"name": "x", "scopes": )" + scopes + "}").value();
    ObjectReader reader(json, "");
    ReadGrant(reader, grant);
    return reader.Finish();
  };
  KeyGrant grant;
  EXPECT_EQ(read(R"("query")", grant).message(), "scopes: expected a list of scopes, not a string");
  EXPECT_EQ(read(R"(["query", "root"])", grant).message(),
            "scopes: expected query, ingest, metrics or admin, got \"root\"");
  EXPECT_EQ(read("[1]", grant).message(),
            "scopes: expected query, ingest, metrics or admin, got \"a number\"");
  ASSERT_OK(read(R"(["ingest", "query", "ingest"])", grant));
  EXPECT_EQ(grant.scopes, (std::vector<Scope>{Scope::kIngest, Scope::kQuery}));
}

// Kept by damage alone: such a time is refused where a key is made.
TEST_F(ApiKeysTest, AKeyWhoseTimeCannotBeReadHasExpired) {
  const CreatedKey created = Create({.name = "ci", .expires_at = "2030-01-01"});
  ASSERT_OK(engine_.index->objects().Update(
      {.kind = index::ObjectKind::kApiKey, .id = created.record.id},
      [](std::string value) -> Result<std::string> {
        return value.replace(value.find("2030-01-01"), 10, "2030-99-99");
      }));
  EXPECT_EQ(StateOf(created.key), State::kExpired);
}

TEST_F(ApiKeysTest, ADamagedRecordIsSaid) {
  const CreatedKey created = Create({.name = "ci"});
  ASSERT_TRUE(engine_.index->objects()
                  .Put({.kind = index::ObjectKind::kApiKey, .id = created.record.id}, "{\"v\":7}")
                  .ok());
  const Status status = keys_.Check(created.key).status();
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_EQ(status.message(),
            "key " + created.record.id + ": v: expected an integer from 1 to 1, not 7");
  EXPECT_EQ(keys_.List().status().code(), Code::kDataLoss);
  Create({.name = "other"});
  std::vector<Status> damaged;
  const std::vector<ApiKey> listed = keys_.List(&damaged).value();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].grant.name, "other");
  ASSERT_EQ(damaged.size(), 1u);
  EXPECT_EQ(damaged[0].message(), status.message());
}

TEST_F(ApiKeysTest, ThatTheOnlyKeyIsDamagedOpensAServerToNobody) {
  const CreatedKey created = Create({.name = "ci"});
  testing::DamageRecord(engine_.index->objects(),
                        {.kind = index::ObjectKind::kApiKey, .id = created.record.id});
  const ApiKeys opened(engine_.index->objects(), engine_.clock);
  EXPECT_TRUE(opened.Any().value());
  EXPECT_EQ(opened.Check(created.key).status().code(), Code::kDataLoss);
}

TEST(EqualSecretsTest, ComparesWhole) {
  EXPECT_TRUE(EqualSecrets("", ""));
  EXPECT_TRUE(EqualSecrets("abc", "abc"));
  EXPECT_FALSE(EqualSecrets("abc", "abd"));
  EXPECT_FALSE(EqualSecrets("abc", "ab"));
  EXPECT_FALSE(EqualSecrets("abc", ""));
}

}  // namespace
}  // namespace quarry::server
