// Words that a question and the passages write differently: in one, in two, with a hyphen.

#include "retrieval/compounds.h"

#include <algorithm>

#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestEngine;
using testing::TextDocument;

class CompoundsTest : public ::testing::Test {
 protected:
  std::vector<std::string> TermsOf(std::string_view text) {
    const auto snapshot = engine_.snapshot();
    const index::Snapshot* const snapshots[] = {snapshot.get()};
    std::vector<index::QueryTerm> own;
    for (Token& token : analyzer_.Tokenize(text)) own.emplace_back(std::move(token.term));
    std::vector<std::string> terms;
    for (const index::QueryTerm& term : CompoundTerms(text, own, snapshots, analyzer_))
      terms.push_back(term.text);
    return terms;
  }

  Analyzer analyzer_;
  TestEngine engine_;
};

TEST_F(CompoundsTest, PairsThatStandSomewhereAsOneWordAreSearchedAsThat) {
  engine_.Add({TextDocument("a", "A", "A backup is made at night."),
               TextDocument("b", "B", "The Wi-Fi of the file system.")});
  EXPECT_THAT(TermsOf("How do I back up a store?"), ElementsAre("backup"));
  EXPECT_THAT(TermsOf("Is it backed up, backed up?"), ElementsAre("backup"));
  EXPECT_THAT(TermsOf("Who made up the night?"), IsEmpty());
}

TEST_F(CompoundsTest, AWordThatStandsNowhereIsSearchedByItsHalves) {
  engine_.Add({TextDocument("a", "A", "A backup is made at night."),
               TextDocument("b", "B", "The Wi-Fi of the file system.")});
  EXPECT_THAT(TermsOf("wifi"), ElementsAre("wi", "fi"));
  EXPECT_THAT(TermsOf("filesystems"), ElementsAre("file", "system"));
  EXPECT_THAT(TermsOf("backup"), IsEmpty());                       // it stands somewhere
  EXPECT_THAT(TermsOf("filesharing"), IsEmpty());                  // one half does not
  EXPECT_THAT(TermsOf("file filesystem"), ElementsAre("system"));  // asked for already
}

}  // namespace
}  // namespace quarry::retrieval
