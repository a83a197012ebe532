#include "retrieval/absence.h"

#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AbsenceTest : public ::testing::Test {
 protected:
  AbsenceTest() {
    std::vector<Document> documents = testing::SmallCorpus();
    Document secret = testing::TextDocument("hr/secret", "", "The bronze valve project Osprey.");
    secret.access = {"board"};
    secret.metadata = {{"team", std::string("pumps")}};
    documents.push_back(std::move(secret));
    engine_.Add(std::move(documents));
  }
  Absence Why(Query query, const std::string& document, bool tell = false) {
    const auto snapshot = engine_.snapshot();
    const index::Snapshot* const all[] = {snapshot.get()};
    const Retrieved retrieved = engine_.retriever.RetrieveAcross(query, all, CallContext()).value();
    return WhyAbsent(engine_.retriever, query, all, retrieved, document, {.tell_unreadable = tell},
                     CallContext())
        .value();
  }
  testing::TestEngine engine_;
};

TEST_F(AbsenceTest, ADocumentThatIsNotThereIsNamedWithTheCollection) {
  const Absence why = Why({.text = "valve"}, "hr/none");
  EXPECT_EQ(why.reason, Absence::Reason::kNotInCollection);
  EXPECT_EQ(why.text, "there is no such document in collection \"default\"");
}

TEST_F(AbsenceTest, OfAnIdThatIsNotThereTheNearestAreNamed) {
  engine_.Add({testing::TextDocument("制度/请假.md", "", "员工每年有二十八天假。"),
               testing::TextDocument("hr/leave.md", "", "Leave is 28 days."),
               testing::TextDocument("it/leave.md", "", "Leave the room locked.")});
  const auto nearest = [&](const std::string& id) { return Why({.text = "valve"}, id).nearest; };
  EXPECT_THAT(nearest("Leave.md"), ElementsAre("hr/leave.md", "it/leave.md"));
  EXPECT_THAT(nearest("hr/leve.md"), ElementsAre("hr/leave.md", "it/leave.md"));
  EXPECT_THAT(nearest("leave.m"), ElementsAre("hr/leave.md", "it/leave.md"));
  EXPECT_THAT(nearest("请假.md"), ElementsAre("制度/请假.md"));
  EXPECT_THAT(nearest("制度/清假.md"), ElementsAre("制度/请假.md"));
  EXPECT_THAT(Why({.text = "valve"}, "请假.md").text,
              HasSubstr("in collection \"default\"; did you mean 制度/请假.md?"));
  // What a caller may not read is not named to them.
  Query bound{.text = "Osprey"};
  bound.principals = {.unrestricted = false, .names = {"staff"}};
  EXPECT_THAT(Why(bound, "secret").nearest, ElementsAre());
  bound.principals.names = {"board"};
  EXPECT_THAT(Why(bound, "secret").nearest, ElementsAre("hr/secret"));
}

TEST_F(AbsenceTest, WhatACallerMayNotReadIsNotThereForThem) {
  Query query{.text = "Osprey"};
  query.principals = {.unrestricted = false, .names = {"staff"}};
  const Absence hidden = Why(query, "hr/secret");
  const Absence none = Why(query, "hr/nothing");
  EXPECT_EQ(hidden.reason, Absence::Reason::kNotInCollection);
  EXPECT_EQ(hidden.text, none.text);
  const Absence told = Why(query, "hr/secret", true);
  EXPECT_EQ(told.reason, Absence::Reason::kNotReadable);
  EXPECT_EQ(told.text, "its access list names none of the principals: board");
}

TEST_F(AbsenceTest, FiltersAndOperatorsAreNamed) {
  Query filtered{.text = "Osprey"};
  filtered.filter = ParseFilter(R"({"type": "eq", "key": "team", "value": "valves"})").value();
  EXPECT_EQ(Why(filtered, "hr/secret").reason, Absence::Reason::kFiltered);
  const Absence operators =
      Why({.text = "Osprey +motor -valve \"bronze valve\"", .has_operators = true}, "hr/secret");
  EXPECT_EQ(operators.reason, Absence::Reason::kOperators);
  EXPECT_THAT(operators.conditions, ElementsAre("+\"motor\"", "-\"valve\""));
}

TEST_F(AbsenceTest, RanksBehindTheCutAreTold) {
  const Query query{.text = "valve made of bronze", .mode = SearchMode::kLexical, .k = 2};
  const auto snapshot = engine_.snapshot();
  const Retrieved all =
      engine_.retriever.Retrieve({.text = query.text, .mode = query.mode, .k = 50}, *snapshot, {})
          .value();
  const std::string fifth(snapshot->rows().DocumentOf(all.hits[4].row).id);
  const Absence why = Why(query, fifth);
  EXPECT_EQ(why.reason, Absence::Reason::kBeyondK);
  EXPECT_EQ(why.rank, 5u);
  EXPECT_EQ(why.lexical.rank, 5u);
  EXPECT_EQ(why.text, "it has rank 5, behind the 2 that were asked for");
  EXPECT_EQ(why.lexical.score, all.hits[4].hit.breakdown.lexical_score);
  double sum = 0;
  for (const index::TermContribution& term : why.terms) sum += term.score;
  EXPECT_DOUBLE_EQ(sum, why.lexical.score);
  const std::string first(snapshot->rows().DocumentOf(all.hits[0].row).id);
  EXPECT_EQ(Why(query, first).reason, Absence::Reason::kFound);
}

TEST_F(AbsenceTest, WhatNoLegBroughtSaysWhereEachHasIt) {
  const Absence words = Why({.text = "bicycles", .mode = SearchMode::kLexical, .k = 1}, "pumps/p3");
  EXPECT_EQ(words.reason, Absence::Reason::kNotInLegs);
  EXPECT_EQ(words.text, "by words it has none of the question's words");
  Query narrow{.text = "bronze valve", .k = 1, .options = RetrievalOptions()};
  narrow.options->leg_documents = 1;
  const Absence both = Why(narrow, "hr/leave");
  EXPECT_EQ(both.reason, Absence::Reason::kNotInLegs);
  EXPECT_THAT(both.text, HasSubstr("by words it has none of the question's words; by meaning it is "
                                   "document "));
  EXPECT_THAT(both.text, HasSubstr(", behind the 1 that are looked at"));
  EXPECT_GT(both.dense.rank, 1u);
}

}  // namespace
}  // namespace quarry::retrieval
