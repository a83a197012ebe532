#include "base/compound_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quarry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Joined(std::string_view text) {
  const Analyzer analyzer;
  std::vector<std::string> all;
  for (const WordPair& pair : WordPairs(text)) {
    for (std::string& term : JoinedTerms(pair, text, analyzer)) all.push_back(std::move(term));
  }
  return all;
}

TEST(CompoundWords, TwoWordsMayBeOne) {
  EXPECT_THAT(Joined("back up"), ElementsAre("backup"));
  EXPECT_THAT(Joined("Wi-Fi"), ElementsAre("wifi"));
  EXPECT_THAT(Joined("files are backed up"), ElementsAre("backedup", "backup"));
  EXPECT_THAT(Joined("the file systems"), ElementsAre("filesystem"));
}

TEST(CompoundWords, WhatJoinsOrCountsMakesNone) {
  EXPECT_THAT(Joined("of the file"), IsEmpty());
  EXPECT_THAT(Joined("file, system"), IsEmpty());
  EXPECT_THAT(Joined("file  system"), IsEmpty());
  EXPECT_THAT(Joined("a4 paper2 x"), IsEmpty());
  EXPECT_THAT(Joined("don't log"), IsEmpty());
  EXPECT_THAT(Joined("备份 文件"), IsEmpty());
  EXPECT_THAT(Joined(""), IsEmpty());
}

TEST(CompoundWords, AWordAndTheNextMakeATerm) {
  const std::string_view text = "is backed up; file systems, log in, file-system";
  EXPECT_TRUE(MakesWithNext("backup", "back", text, 9));
  EXPECT_TRUE(MakesWithNext("filesystem", "file", text, 18));
  EXPECT_TRUE(MakesWithNext("login", "log", text, 31));
  EXPECT_TRUE(MakesWithNext("filesystem", "file", text, 40));
  EXPECT_FALSE(MakesWithNext("backupper", "back", text, 9));
  EXPECT_FALSE(MakesWithNext("back", "back", text, 9));
  EXPECT_FALSE(MakesWithNext("filesystem", "file", text, text.size()));
}

}  // namespace
}  // namespace quarry
