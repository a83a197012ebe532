// How something is done: questions for instructions, sentences that give them, code and entries of a reference.

#include <algorithm>
#include <string>
#include <vector>

#include "model/passage_reading.h"
#include "model/told_way.h"
#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

TEST(ToldWay, QuestionsForInstructionsAreTold) {
  for (const char* question : {"How do I add a key?", "how can we add a key", "How to add a key",
                               "How should it be added?", "What do I do when a key is lost?",
                               "What to do if a key is lost", "怎么添加密钥？", "如何添加密钥",
                               "请问密钥怎样添加？", "密钥丢了怎么办"}) {
    EXPECT_TRUE(AsksHowTo(question)) << question;
  }
  for (const char* question : {"How does a pump work?", "How long does it take?",
                               "How many keys are there?", "What do keys do?", "What is a key?",
                               "味道怎么样？", "这是怎么回事？", "多少把钥匙？", ""}) {
    EXPECT_FALSE(AsksHowTo(question)) << question;
  }
}

TEST(ToldWay, SentencesThatGiveInstructionsAreTold) {
  for (const char* sentence :
       {"Use vault clean to remove them.", "vault-clean - Remove files that nobody asked for",
        "To remove a key, open the list and press Delete.", "First, run the installer.",
        "You can add a key in the settings.", "Keys can be added in the settings.",
        "This is done by adding a line to the file.", "vault add --force KEY",
        "运行以下命令添加密钥。", "可以在设置中添加密钥。"}) {
    EXPECT_TRUE(TellsWay(sentence)) << sentence;
  }
  for (const char* sentence :
       {"Documents written since have no vector of it.", "The key is kept for 30 days.",
        "Keys were lost by the old program.", "密钥保存30天。", ""}) {
    EXPECT_FALSE(TellsWay(sentence)) << sentence;
  }
}

TEST_F(ExtractiveAnswererTest, ASentenceThatTellsTheWayComesBeforeOneThatTellsOfIt) {
  const std::vector<Passage> passages = {
      MakePassage("Deleting old snapshots deletes the files of old snapshots that no other has. "
                  "Use vault prune to delete old snapshots.",
                  9, "Vault", {"Vault", "Keeping"})};
  EXPECT_EQ(First("How do I delete old snapshots?", passages),
            "Use vault prune to delete old snapshots.");
  EXPECT_EQ(First("What does deleting old snapshots delete?", passages),
            "Deleting old snapshots deletes the files of old snapshots that no other has.");
}

TEST_F(ExtractiveAnswererTest, BelowAHeadingThatIsTheQuestionTheWayIsTold) {
  const std::vector<Passage> passages = {
      MakePassage(
          "A branch is a line of work. Branches are cheap. Run vault fork NAME. It starts at "
          "the current state.",
          9, "Guide", {"Guide", "Creating a branch"}),
      MakePassage("The importer can create a branch for each release that it finds.", 8.9,
                  "Importer", {"Importer", "Options"})};
  const ExtractiveDraft draft = ExtractAnswer("How do I create a branch?", passages, analyzer_, {});
  ASSERT_FALSE(draft.declined);
  EXPECT_EQ(Quote(draft.sentences[0], passages), "Run vault fork NAME.");
}

// An entry of a list of questions: its answer has none of their words, and need not have the form that is asked for.
TEST_F(ExtractiveAnswererTest, BelowAQuestionStandsItsAnswer) {
  const auto said = [&](const char* question, const std::vector<Passage>& passages) {
    ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, {});
    std::ranges::stable_sort(draft.sentences, {}, &ExtractedSentence::place);
    std::string text;
    for (const ExtractedSentence& sentence : draft.sentences)
      text += Quote(sentence, passages) + '|';
    return draft.declined ? "" : text;
  };
  Passage where = MakePassage("", 9, "FAQ", {"FAQ", "日志写在哪里？"});
  AddBlock(where, BlockKind::kParagraph, "标准错误输出。每个请求是一行JSON。");
  const Passage other = MakePassage("日志在哪里轮换由日志轮换程序决定。", 8.5, "日志", {"日志"});
  EXPECT_EQ(said("日志在哪里？", {where, other}), "标准错误输出。|每个请求是一行JSON。|");

  Passage how = MakePassage("", 9, "FAQ", {"FAQ", "How do I see the cache?"});
  AddBlock(how, BlockKind::kCode, "vault cache ls");
  AddBlock(how, BlockKind::kParagraph, "lists what is stored.");
  EXPECT_EQ(said("How do I see the cache?", {how}), "vault cache ls|lists what is stored.|");
}

TEST_F(ExtractiveAnswererTest, WhatStandsBelowTheQuestionComesBeforeWhatHasItsWords) {
  Passage asked = MakePassage("", 9, "FAQ", {"FAQ", "How do I remove a document?"});
  AddBlock(asked, BlockKind::kCode, "vault drop ID");
  const std::vector<Passage> passages = {
      asked, MakePassage("Run vault sync --prune to remove each document whose file is gone.", 8.9,
                         "FAQ", {"FAQ", "How do I follow a folder?"})};
  EXPECT_EQ(First("How do I remove a document?", passages), "vault drop ID");
}

// The heading has all words of the question and asks something else.
TEST_F(ExtractiveAnswererTest, BelowAnotherQuestionStandsAnotherAnswer) {
  const auto is_declined = [&](const char* question, const char* heading, const char* text) {
    const std::vector<Passage> passages = {MakePassage(text, 9, "FAQ", {"FAQ", heading})};
    return ExtractAnswer(question, passages, analyzer_, {}).declined;
  };
  EXPECT_TRUE(is_declined("When does the courier park?", "Where does the courier park?",
                          "Behind the second building, near the gate."));
  EXPECT_TRUE(is_declined("When is the printer offline?", "Why is the printer offline?",
                          "Its cable was damaged by a cart."));
  EXPECT_TRUE(is_declined("How many couriers park?", "Where does the courier park?",
                          "Behind the building, near the gate."));
  EXPECT_TRUE(is_declined("日志何时写入？", "日志写入哪里？", "标准错误输出。"));
  EXPECT_FALSE(is_declined("Where does the courier park?", "Where does the courier park?",
                           "Behind the second building, near the gate."));
}

// What says when a thing is done has more of the question's words than the steps.
TEST_F(ExtractiveAnswererTest, StepsAreToldWhereTheWayIsAskedFor) {
  const auto lines = [&](const char* question, const std::vector<std::string>& steps) {
    Passage passage = MakePassage("", 9, "Runbook: first pump down, failover",
                                  {"Runbook: first pump down, failover"});
    AddBlock(passage, BlockKind::kParagraph,
             "The alert rings when the first pump is down for a minute.");
    for (const std::string& step : steps) AddBlock(passage, BlockKind::kListItem, step);
    return ExtractAnswer(question, {passage}, analyzer_, {}).sentences.size();
  };
  const std::vector<std::string> steps = {"1. Open the second valve.", "2. Press the red button.",
                                          "3. Lower the pressure."};
  EXPECT_EQ(lines("What should I do when the first pump is down?", steps), 3u);
  EXPECT_EQ(lines("How do I handle it when the first pump is down?", steps), 3u);
  EXPECT_EQ(lines("When does the alert of the pump ring?", steps), 1u);
  // No instructions: what happens.
  EXPECT_EQ(lines("What should I do when the first pump is down?",
                  {"1. The second valve opens.", "2. The lamp is lit.", "3. The pressure falls."}),
            1u);
}

TEST_F(ExtractiveAnswererTest, WhatCodeShowsTheSentenceAboveItSays) {
  Passage passage = MakePassage("", 9, "Guide", {"Guide", "Installing"});
  AddBlock(passage, BlockKind::kParagraph, "There is an image, too:");
  AddBlock(passage, BlockKind::kCode, "docker run vault");
  const std::vector<Passage> passages = {passage};
  EXPECT_EQ(First("Is there a Docker image?", passages), "There is an image, too:");
}

TEST_F(ExtractiveAnswererTest, AnEntryOfAReferenceIsSaidBehindItsName) {
  const std::vector<Passage> passages = {
      MakePassage("remove documents at once", 9, "Commands", {"Commands", "vault docs delete ID"})};
  const ExtractiveDraft draft =
      ExtractAnswer("How do I remove documents?", passages, analyzer_, {});
  ASSERT_FALSE(draft.declined);
  EXPECT_EQ(draft.sentences[0].item_term, "vault docs delete ID");
  const std::vector<Passage> prose = {
      MakePassage("Documents are removed at once.", 9, "Commands", {"Commands", "vault docs"})};
  EXPECT_EQ(
      ExtractAnswer("How are documents removed?", prose, analyzer_, {}).sentences[0].item_term, "");
}

TEST_F(ExtractiveAnswererTest, WordsAreTheSameInOneAndInTwo) {
  const auto covers = [&](const char* question, const char* text) {
    const std::vector<Passage> passages = {MakePassage(text, 9)};
    const PassageReading reading(question, passages, analyzer_, 160);
    return reading.Coverage(reading.sentences()[0]) > 0.99;
  };
  EXPECT_TRUE(covers("What is the wifi password?", "The Wi-Fi password is harbour-42."));
  EXPECT_TRUE(covers("What is the Wi-Fi password?", "The wifi password is harbour-42."));
  EXPECT_TRUE(covers("When are file systems backed up?", "Backup of filesystems is at night."));
  EXPECT_TRUE(covers("When is the backup?", "All is backed up at night."));
  EXPECT_FALSE(covers("When is the backup?", "All is back, up and running."));
  EXPECT_FALSE(covers("What is the file format?", "The filesystem has a format."));
}

}  // namespace
}  // namespace quarry::model
