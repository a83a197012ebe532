#include "ingest/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace quarry::ingest {
namespace {

TEST(Glob, AQuestionMarkIsACharacter) {
  EXPECT_TRUE(MatchesGlob("指?.md", "a/指南.md"));
  EXPECT_FALSE(MatchesGlob("?.md", "指南.md"));
  EXPECT_FALSE(MatchesGlob("a?b", "ab"));
}

TEST(Glob, StarsStayInsideANameAndTwoOfThemDoNot) {
  EXPECT_TRUE(MatchesGlob("**/x/*.md", "a/b/x/y.md"));
  EXPECT_TRUE(MatchesGlob("**/x/*.md", "x/y.md"));
  EXPECT_FALSE(MatchesGlob("x/*.md", "a/x/y.md"));
  EXPECT_FALSE(MatchesGlob("a/*", "a/b/c"));
  EXPECT_TRUE(MatchesGlob("a/**/d", "a/d"));
  EXPECT_TRUE(MatchesGlob("a/**/d", "a/b/c/d"));
  EXPECT_FALSE(MatchesGlob("a/**/d", "ad"));
  EXPECT_TRUE(MatchesGlob("a/**", "a/b/c"));
  EXPECT_FALSE(MatchesGlob("a/**", "a"));
}

TEST(Glob, WithoutASlashTheLastNameIsMeantUnlessTheWholePathIsAskedFor) {
  EXPECT_TRUE(MatchesGlob("*.md", "a/b.md"));
  EXPECT_FALSE(MatchesPath("*.md", "a/b.md"));
  EXPECT_TRUE(MatchesPath("*.md", "b.md"));
}

TEST(Glob, AClassIsOneOfItsCharacters) {
  EXPECT_TRUE(MatchesGlob("[a-c]x", "bx"));
  EXPECT_FALSE(MatchesGlob("[a-c]x", "dx"));
  EXPECT_TRUE(MatchesGlob("[!a-c]x", "dx"));
  EXPECT_FALSE(MatchesGlob("[^a-c]x", "bx"));
  EXPECT_TRUE(MatchesGlob("[]x]y", "]y"));
  EXPECT_TRUE(MatchesGlob("[x-]y", "-y"));
  EXPECT_TRUE(MatchesGlob("[一-龥]", "指"));
  EXPECT_FALSE(MatchesGlob("[一-龥]", "x"));
  EXPECT_TRUE(MatchesGlob("*[0-9].md", "chapter12.md"));
}

TEST(Glob, AClassWithoutEndAndAnEscapedSignAreThemselves) {
  EXPECT_TRUE(MatchesGlob("a[b", "a[b"));
  EXPECT_FALSE(MatchesGlob("a[b", "ab"));
  EXPECT_TRUE(MatchesGlob("a\\*b", "a*b"));
  EXPECT_FALSE(MatchesGlob("a\\*b", "axb"));
  EXPECT_TRUE(MatchesGlob("a\\", "a\\"));
}

TEST(Glob, ManyStarsAreNoTrap) {
  EXPECT_TRUE(MatchesGlob("*a*a*a*b", std::string(2000, 'a') + "b"));
  EXPECT_FALSE(MatchesGlob("*a*a*a*a*a*a*a*c", std::string(2000, 'a') + "b"));
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "a/";
  EXPECT_FALSE(MatchesGlob("**/a/**/a/**/a/**/b", deep + "c"));
}

}  // namespace
}  // namespace quarry::ingest
