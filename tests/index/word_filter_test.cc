#include "index/word_filter.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/index/index_testing.h"
#include "tests/index/lexical_testing.h"

namespace quarry::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

WordCondition Phrase(const std::string& text) {
  WordCondition condition{.name = text, .phrase = {}, .prefix = {}};
  for (const Token& token : TestAnalyzer().Tokenize(text)) {
    condition.phrase.push_back({token.term, token.position});
  }
  const uint32_t first = condition.phrase.empty() ? 0 : condition.phrase[0].position;
  for (PhraseTerm& term : condition.phrase) term.position -= first;
  return condition;
}

WordCondition PrefixOf(const std::string& prefix) {
  return {.name = prefix, .phrase = {}, .prefix = QueryTerm::Prefix(prefix, "")};
}

class WordFilterTest : public IndexTest {
 protected:
  void SetUp() override { ASSERT_OK(Open()); }

  // "document#ordinal" of the rows that are left, by row.
  std::vector<std::string> Left(const LexicalQuery& query, const AllowedRows& allowed = {}) {
    const auto snapshot = TestSnapshot();
    const AllowedRows rows =
        snapshot->Restrict(allowed, query, TestAnalyzer(), CallContext()).value();
    std::vector<std::string> left;
    for (RowId row = 0; row < snapshot->rows().rows(); ++row) {
      if (rows ? !rows->Test(row) : !snapshot->IsLive(row)) continue;
      left.push_back(std::string(snapshot->rows().DocumentOf(row).id) + "#" +
                     std::to_string(snapshot->rows().row(row).ordinal));
    }
    return left;
  }
  std::vector<std::string> With(WordCondition condition) {
    return Left({.terms = {}, .required = {std::move(condition)}, .excluded = {}});
  }
  std::vector<std::string> Without(WordCondition condition) {
    return Left({.terms = {}, .required = {}, .excluded = {std::move(condition)}});
  }
};

TEST_F(WordFilterTest, APhraseStandsInOrderAndInOneField) {
  Put({MakeDraft("a", {"The valve torque is 9.", "torque valve", "valve with torque"}),
       MakeDraft("b", {"VALVES: torques", "valve", "torque"})});
  EXPECT_THAT(With(Phrase("valve torque")), ElementsAre("a#0", "b#0"));
  EXPECT_THAT(Without(Phrase("valve torque")), ElementsAre("a#1", "a#2", "b#1", "b#2"));
  EXPECT_THAT(With(Phrase("valve")), ElementsAre("a#0", "a#1", "a#2", "b#0", "b#1"));
  EXPECT_THAT(With(Phrase("valve pump")), IsEmpty());
  // "Title of b" is followed by "valve" in the indexed text, and is a field of its own.
  EXPECT_THAT(With(Phrase("b valve")), IsEmpty());
  EXPECT_THAT(With(Phrase("title of b")), ElementsAre("b#0", "b#1", "b#2"));
}

TEST_F(WordFilterTest, AHeadingIsAField) {
  DocumentDraft draft = MakeDraft("a", {"the power is off", "the rest"});
  Chunk& chunk = draft.chunks[0].chunk;
  chunk.span.heading_path = {"Manual", "Power supply"};
  chunk.input_hash = Hash64(IndexedText(draft.document.title, chunk));
  draft.chunks[0].terms =
      IndexedTerms(TestAnalyzer(), draft.document.title, chunk, IndexOptions().title_weight);
  Put({draft});
  EXPECT_THAT(With(Phrase("power supply")), ElementsAre("a#0"));
  EXPECT_THAT(With(Phrase("manual power")), IsEmpty());
  EXPECT_THAT(With(Phrase("supply the power")), IsEmpty());
}

TEST_F(WordFilterTest, AStopWordLeavesAGapThatAnyWordFills) {
  Put({MakeDraft("a", {"state of the art", "state an art art", "state art", "state of art"})});
  EXPECT_THAT(With(Phrase("state of the art")), ElementsAre("a#0", "a#1"));
  EXPECT_THAT(With(Phrase("state art")), ElementsAre("a#2"));
}

TEST_F(WordFilterTest, CodesAndChineseArePhrasesToo) {
  Put({MakeDraft("a", {"coupling VX-220 bolts", "VX 220", "水泵压力是多少", "压力水泵", "C++ code",
                       "C code"})});
  EXPECT_THAT(With(Phrase("vx-220")), ElementsAre("a#0"));
  EXPECT_THAT(With(Phrase("vx-220 bolts")), ElementsAre("a#0"));
  EXPECT_THAT(With(Phrase("vx 220")), ElementsAre("a#1"));
  EXPECT_THAT(With(Phrase("水泵压力")), ElementsAre("a#2"));
  EXPECT_THAT(With(Phrase("压力水泵")), ElementsAre("a#3"));
  EXPECT_THAT(With(Phrase("c++ code")), ElementsAre("a#4"));
  EXPECT_THAT(With(Phrase("c code")), ElementsAre("a#4", "a#5"));
}

TEST_F(WordFilterTest, APrefixHoldsForAllItsTerms) {
  std::vector<std::string> paragraphs;
  for (int i = 0; i < 100; ++i) paragraphs.push_back("x" + std::to_string(i) + "y");
  paragraphs.push_back("other");
  Put({MakeDraft("a", paragraphs)});
  EXPECT_EQ(With(PrefixOf("x")).size(), 100u);  // more than are scored
  EXPECT_THAT(Without(PrefixOf("x")), ElementsAre("a#100"));
  EXPECT_THAT(With(PrefixOf("x9")).size(), 11u);
}

TEST_F(WordFilterTest, WithoutConditionsNothingIsRestricted) {
  Put({MakeDraft("a", {"x"})});
  EXPECT_FALSE(TestSnapshot()->Restrict({}, {}, TestAnalyzer(), CallContext())->has_value());
}

TEST_F(WordFilterTest, ACallThatWasGivenUpSaysSo) {
  Put({MakeDraft("a", {"valve torque"})});
  CallContext context;
  context.cancel.Cancel();
  const LexicalQuery query{.terms = {}, .required = {Phrase("valve torque")}, .excluded = {}};
  EXPECT_EQ(TestSnapshot()->Restrict({}, query, TestAnalyzer(), context).status().code(),
            Code::kCancelled);
}

// The oracle knows neither postings nor rows: it reads every chunk for every condition.
class WordOracle {
 public:
  static bool Holds(const std::vector<std::string>& fields, const WordCondition& condition) {
    return std::any_of(fields.begin(), fields.end(), [&](const std::string& field) {
      std::map<uint32_t, std::set<std::string>> at;
      for (const Token& token : TestAnalyzer().Tokenize(field)) {
        at[token.position].insert(token.term);
      }
      if (condition.prefix) {
        return std::any_of(at.begin(), at.end(), [&](const auto& place) {
          return std::any_of(place.second.begin(), place.second.end(), [&](const auto& term) {
            return term.starts_with(condition.prefix->text);
          });
        });
      }
      for (uint32_t base = 0; base < 100; ++base) {
        bool all = true;
        for (const PhraseTerm& term : condition.phrase) {
          const auto place = at.find(base + term.position);
          all = all && place != at.end() && place->second.contains(term.term);
        }
        if (all) return true;
      }
      return false;
    });
  }
};

TEST_F(WordFilterTest, AgreesWithReadingEverythingAfterAnyHistory) {
  constexpr const char* kWords[] = {"valve", "valves", "torque", "pump", "the",      "of",  "a-b",
                                    "vx-7",  "vx",     "水泵",   "压力", "水泵压力", "c++", "c"};
  const auto random_text = [&](Random& random, uint64_t most) {
    std::string text;
    for (uint64_t words = 1 + random.Below(most); words > 0; --words) {
      text += kWords[random.Below(std::size(kWords))];
      // Chinese runs on.
      if (random.Below(4) != 0) text += random.Below(5) == 0 ? ". " : " ";
    }
    return text;
  };
  for (const uint64_t seed : {21u, 22u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    ASSERT_OK(Open());
    std::map<DocumentId, std::vector<std::string>> model;
    for (int commit = 0; commit < 60; ++commit) {
      const DocumentId id = "d" + std::to_string(random.Below(25));
      if (random.Below(4) == 0) {
        Delete(id);
        model.erase(id);
        continue;
      }
      std::vector<std::string>& paragraphs = model[id];
      paragraphs.clear();
      for (uint64_t i = 1 + random.Below(4); i > 0; --i) {
        paragraphs.push_back(random_text(random, 12));
      }
      Put({MakeDraft(id, paragraphs)});
    }
    const auto snapshot = TestSnapshot();
    ASSERT_GT(snapshot->lexical().segments().size(), 1u);
    std::map<DocumentId, Bags> bags;
    for (const auto& [id, paragraphs] : model) {
      for (const std::string& paragraph : paragraphs) {
        Chunk chunk;
        chunk.text = paragraph;
        auto& bag = bags[id].emplace_back();
        for (const TermFrequency& term :
             IndexedTerms(TestAnalyzer(), "Title of " + id, chunk, IndexOptions().title_weight)) {
          bag[term.term] = term.count;
        }
      }
    }
    const LexicalOracle oracle(bags, {});
    for (int i = 0; i < 150; ++i) {
      LexicalQuery query;
      query.terms = Terms(random_text(random, 3));
      const auto random_condition = [&] {
        if (random.Below(4) != 0) return Phrase(random_text(random, 3));
        return PrefixOf(std::string(kWords[random.Below(3)]).substr(0, 1 + random.Below(4)));
      };
      const auto add = [&](std::vector<WordCondition>& to) {
        WordCondition condition = random_condition();
        if (condition.prefix || !condition.phrase.empty()) to.push_back(std::move(condition));
      };
      for (uint64_t n = random.Below(3); n > 0; --n) add(query.required);
      for (uint64_t n = random.Below(3); n > 0; --n) add(query.excluded);
      query.terms.push_back(QueryTerm::Prefix("v", ""));

      const AllowedRows rows = snapshot->Restrict({}, query, TestAnalyzer(), CallContext()).value();
      std::vector<ChunkHit> expected;
      for (const ChunkHit& hit : oracle.Search(query.terms, 1000)) {
        const std::vector<std::string> fields = {"Title of " + hit.id,
                                                 model.at(hit.id)[hit.ordinal]};
        const auto holds = [&](const WordCondition& condition) {
          return WordOracle::Holds(fields, condition);
        };
        if (std::all_of(query.required.begin(), query.required.end(), holds) &&
            std::none_of(query.excluded.begin(), query.excluded.end(), holds)) {
          expected.push_back(hit);
        }
      }
      const size_t k = 1 + random.Below(40);
      if (expected.size() > k) expected.resize(k);
      std::vector<ChunkHit> found;
      for (const ScoredRow& row :
           snapshot->SearchLexical(query.terms, k, rows, CallContext()).value()) {
        found.push_back({DocumentId(snapshot->rows().DocumentOf(row.row).id),
                         snapshot->rows().row(row.row).ordinal, row.score});
      }
      EXPECT_EQ(found, expected) << i;
    }
    for (const auto& [id, paragraphs] : model) Delete(id);
  }
}

}  // namespace
}  // namespace quarry::index
