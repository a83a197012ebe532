// A suite asked of a small real engine, killed, continued, written out and read back.

#include "eval/suite_run.h"

#include <fstream>
#include <stdexcept>

#include "eval/corpus_change.h"
#include "eval/run_scores.h"
#include "eval/scorecard.h"
#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Case MakeCase(const std::string& id, const std::string& query) {
  Case one;
  one.id = id;
  one.query = query;
  return one;
}

class SuiteRunTest : public ::testing::Test {
 protected:
  SuiteRunTest() {
    engine_.Add(
        {testing::TextDocument("pump.md", "Pump", "The red pump delivers ten litres."),
         testing::TextDocument("valve.md", "Valve", "The bronze valve closes within two seconds."),
         testing::TextDocument("zh.md", "水厂", "青砚水厂的取水口位于河的左岸。")});
    snapshot_ = engine_.snapshot();
    suite_.name = "small";
    suite_.cases = {MakeCase("pump", "What does the red pump deliver?"),
                    MakeCase("valve", "Within how many seconds does the bronze valve close?"),
                    MakeCase("zh", "青砚水厂的取水口位于哪里？"),
                    MakeCase("no", "Who painted the town hall of Antwerp?"),
                    MakeCase("draft", "Not asked")};
    suite_.cases[0].gold_spans = {{.document = "pump.md", .quote = "ten litres"}};
    suite_.cases[1].gold_spans = {{.document = "valve.md", .quote = "within three seconds"}};
    suite_.cases[3].answerable = false;
    suite_.cases[4].draft = true;
  }

  RunParts Parts() { return {engine_.retriever, *engine_.cached_answerer, *snapshot_}; }
  RunManifest Describe() { return DescribeRun(suite_, Parts(), settings_).value(); }

  testing::TestEngine engine_;
  std::shared_ptr<const index::Snapshot> snapshot_;
  Suite suite_;
  RunSettings settings_{.jobs = 2};
};

TEST_F(SuiteRunTest, ARecordHoldsWhatWasFoundAndSaid) {
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[0], 0, Parts(), settings_, CallContext()));
  EXPECT_EQ(record.error, "");
  ASSERT_THAT(record.candidates, ::testing::Not(IsEmpty()));
  EXPECT_EQ(record.candidates[0].document, "pump.md");
  EXPECT_EQ(record.candidates[0].lexical_rank, 1u);
  EXPECT_TRUE(record.candidates[0].within_k);
  ASSERT_THAT(record.passages, ::testing::Not(IsEmpty()));
  EXPECT_EQ(record.passages[0].text, "The red pump delivers ten litres.");
  EXPECT_EQ(record.passages[0].heading, "Pump");
  EXPECT_THAT(record.answer, HasSubstr("ten litres"));
  ASSERT_THAT(record.citations, SizeIs(1));
  EXPECT_EQ(record.citations[0].document, "pump.md");
  ASSERT_THAT(record.gold_spans, SizeIs(1));
  EXPECT_TRUE(record.gold_spans[0].present);
  EXPECT_EQ(record.gold_spans[0].span.begin, 22u);
  const CaseScores scores = ScoreRecord(suite_.cases[0], record, {});
  EXPECT_EQ(scores.values.at("spans.cited"), 1);
  EXPECT_EQ(scores.values.at("citation.valid"), 1);
  // As stored, and read back.
  ASSERT_OK_AND_ASSIGN(const RunRecord read, ParseRecord(RecordLine(record)));
  EXPECT_EQ(RecordLine(read), RecordLine(record));
}

TEST_F(SuiteRunTest, WhatIsAskedStandsAloneAfterWhatWasSaidBefore) {
  Case english = MakeCase("en", "And its weight?");
  english.messages = {{"user", "What is the rated power of the HY-300?"}, {"assistant", "4.2 kW"}};
  Case chinese = MakeCase("zh", "那晚餐呢？");
  chinese.messages = {{"user", "东岸食堂午餐多少钱一份？"}, {"assistant", "3.50谷元"}};
  settings_.query.k = 7;
  ASSERT_OK_AND_ASSIGN(const Query query,
                       StandaloneQuery(english, Parts(), settings_, CallContext()));
  EXPECT_EQ(query.text, "What is the weight of the HY-300?");
  EXPECT_EQ(query.k, 7u);
  EXPECT_EQ(StandaloneQuery(chinese, Parts(), settings_, CallContext()).value().text,
            "东岸食堂晚餐多少钱一份？");
}

// As a user is answered: what is declined is asked again with words that are there.
TEST_F(SuiteRunTest, AQuestionIsAskedAgainForItsSpelling) {
  engine_.Add(
      {testing::TextDocument("destinations.txt", "Destinations",
                             "A paused destination receives nothing until somebody "
                             "resumes it with the resume command."),
       testing::TextDocument("服务.txt", "服务手册", "运行 restart 命令可以重启同步服务。")});
  snapshot_ = engine_.snapshot();
  const auto ask = [&](const std::string& question) {
    return AskCase(MakeCase("c", question), 0, Parts(), settings_, CallContext()).value();
  };
  const RunRecord english = ask("How do I resme it?");
  EXPECT_FALSE(english.abstained) << english.answer;
  EXPECT_EQ(english.question, "How do I resumes it?");
  const RunRecord chinese = ask("如何 restrat？");
  EXPECT_FALSE(chinese.abstained) << chinese.answer;
  EXPECT_EQ(chinese.question, "如何 restart？");
  const std::string corrects = Describe().answerer;

  settings_.correct = false;
  EXPECT_TRUE(ask("How do I resme it?").abstained);
  EXPECT_EQ(ask("如何 restrat？").question, "如何 restrat？");
  EXPECT_NE(Describe().answerer, corrects) << "it is another configuration";
}

// As a user is answered: a short question is about what was asked before where the documents say so.
TEST_F(SuiteRunTest, OfTwoReadingsTheOneIsAskedThatTheCorpusSpeaksOf) {
  engine_.Add({testing::TextDocument("xr.md", "XR-10", "The XR-10 has a warranty of 36 months."),
               testing::TextDocument("hy.md", "HY-300", "HY-300的保修期为三年。")});
  snapshot_ = engine_.snapshot();
  const auto asked = [&](const std::string& before, const std::string& message) {
    Case one = MakeCase("c", message);
    one.messages = {{"user", before}, {"assistant", "52 m"}};
    const RunRecord record = AskCase(one, 0, Parts(), settings_, CallContext()).value();
    EXPECT_EQ(record.question, ParseRecord(RecordLine(record)).value().question);
    EXPECT_EQ(record.question, QuestionOf(record));
    return record.question;
  };
  EXPECT_EQ(asked("What is the rated head of the XR-10?", "How long is the warranty?"),
            "How long is the warranty (XR-10)?");
  EXPECT_EQ(asked("What is the rated head of the XR-10?", "Where is the intake?"),
            "Where is the intake?");
  EXPECT_EQ(asked("HY-300的额定功率是多少？", "保修期是多久？"), "HY-300的保修期是多久？");
}

TEST_F(SuiteRunTest, ASpanThatTheCorpusLostIsSaidSo) {
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[1], 0, Parts(), settings_, CallContext()));
  ASSERT_THAT(record.gold_spans, SizeIs(1));
  EXPECT_FALSE(record.gold_spans[0].present);
}

TEST_F(SuiteRunTest, WhatGoesWrongIsARecordWithAnError) {
  suite_.cases[0].filters = R"({"type":"eq","key":"lang","value":"xx"})";
  ASSERT_OK_AND_ASSIGN(const RunRecord nothing,
                       AskCase(suite_.cases[0], 0, Parts(), settings_, CallContext()));
  EXPECT_EQ(nothing.error, "");
  settings_.query.k = 0;
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[0], 0, Parts(), settings_, CallContext()));
  EXPECT_THAT(record.error, HasSubstr("k: expected 1 to"));
  CallContext cancelled;
  cancelled.cancel.Cancel();
  EXPECT_EQ(AskCase(suite_.cases[0], 0, Parts(), settings_, cancelled).status().code(),
            Code::kCancelled);
}

// Finds the fact in the answer, or not; or is not there, or broken.
class MoodyJudge final : public Judge {
 public:
  enum class Mood { kFinds, kMisses, kSilent, kThrows };
  explicit MoodyJudge(Mood mood) : mood_(mood) {}
  const std::string& fingerprint() const override { return fingerprint_; }
  Result<ClaimMatrix> JudgeAnswer(const JudgedCase& judged, const CallContext&) const override {
    if (mood_ == Mood::kThrows) throw std::runtime_error("out of its mind");
    if (mood_ == Mood::kSilent) return UnavailableError("nobody answers");
    const Judgement found{.verdict = mood_ == Mood::kFinds ? ClaimVerdict::kEntailed
                                                           : ClaimVerdict::kNeutral};
    ClaimMatrix matrix;
    matrix.reference = {{.id = "f", .text = judged.expected_facts.at(0).text}};
    matrix.reference_by_passage = {std::vector<Judgement>(judged.passages.size(), found)};
    matrix.reference_by_answer = {found};
    matrix.judge = fingerprint_;
    return matrix;
  }
  Result<PairJudgement> Compare(const JudgedCase&, const JudgedCase&,
                                const CallContext&) const override {
    return UnavailableError("not asked");
  }

 private:
  const Mood mood_;
  const std::string fingerprint_ = "moody";
};

TEST_F(SuiteRunTest, AJudgeThatIsAskedAgainIsAPartOfTheVariance) {
  using Mood = MoodyJudge::Mood;
  const MoodyJudge finds(Mood::kFinds);
  const MoodyJudge misses(Mood::kMisses);
  suite_.cases = {suite_.cases[0], suite_.cases[2]};
  for (Case& one : suite_.cases) one.expected_facts = {{"f", "ten litres", true}};
  RunParts parts = Parts();
  parts.judge = &finds;
  parts.judges_again = {&misses, &finds, &misses};
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(RunManifest manifest, DescribeRun(suite_, parts, settings_));
  EXPECT_EQ(manifest.judgements, 4u);
  ASSERT_OK_AND_ASSIGN(manifest, store.Create(manifest));
  ASSERT_OK(RunCases(suite_.cases, manifest, parts, settings_, store, nullptr, CallContext()));
  ASSERT_OK_AND_ASSIGN(const eval::Run run, store.Read(manifest.id));
  ASSERT_THAT(run.records, SizeIs(2));
  EXPECT_THAT(run.records[0].rejudged, SizeIs(3));
  const RunScores scores = ScoreRun(run);
  EXPECT_EQ(scores.verdicts, scores.judged);
  // Each answer passes by half of its judgements, whose variance is 1/3; the answers do not differ.
  EXPECT_EQ(scores.cases[0].values.at("pass"), 0.5);
  EXPECT_NEAR(scores.cases[0].spreads.at("pass").judgements, 1.0 / 3, 1e-12);
  const Scorecard card = MakeScorecard(scores, 1);
  ASSERT_THAT(card.variance, ::testing::Not(IsEmpty()));
  EXPECT_NEAR(*card.variance[0].judge, 1.0 / 3 / 4 / 2, 1e-12);
  EXPECT_EQ(card.variance[0].question, 0);

  // A repeat that failed was not judged, and does not hide how often the others were.
  eval::Run repeated = run;
  repeated.manifest.repeats = 2;
  for (const RunRecord& record : run.records) {
    repeated.records.push_back(record);
    repeated.records.back().repeat = 1;
  }
  for (size_t i = 0; i < run.records.size(); ++i) {
    repeated.records[i].error = "UNAVAILABLE: nobody answers";
    repeated.records[i].matrix.reset();
    repeated.records[i].rejudged.clear();
  }
  const RunScores half = ScoreRun(repeated);
  EXPECT_EQ(half.cases[0].judgements, 4u);
  EXPECT_NEAR(half.cases[0].spreads.at("pass").judgements, 1.0 / 3 / 2, 1e-12);
  const Scorecard half_card = MakeScorecard(half, 1);
  ASSERT_TRUE(half_card.variance.at(0).judge);
  EXPECT_NEAR(*half_card.variance[0].judge, 1.0 / 3 / 2 / 4 / 2 / 2, 1e-12);

  // A run that was judged once is another.
  EXPECT_EQ(store.FindUnfinished(Describe()).value(), "");

  // Whom one of the judgements is missing of counts as not judged, and is asked again.
  const MoodyJudge silent(Mood::kSilent);
  parts.judges_again = {&finds, &silent};
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[0], 0, parts, settings_, CallContext()));
  EXPECT_THAT(record.judge_error, HasSubstr("nobody answers"));
  EXPECT_FALSE(record.matrix);
  EXPECT_THAT(record.rejudged, IsEmpty());
}

// A model whose library throws.
class ThrowingModel final : public model::ChatModel {
 public:
  const std::string& name() const override { return name_; }
  Result<model::ChatReply> Complete(const model::ChatRequest& request, const model::ChatSink&,
                                    const CallContext&) const override {
    const std::string& asked = request.messages.back().content;
    if (asked.find("bronze valve close") != asked.npos) throw std::length_error("too long");
    return UnavailableError("no upstream");
  }

 private:
  const std::string name_ = "throwing";
};

TEST_F(SuiteRunTest, WhatIsThrownIsAnErrorOfItsCase) {
  const ThrowingModel throwing;
  const generation::Prompts prompts;
  const generation::Answerer answerer(engine_.analyzer, engine_.retriever, engine_.token_counter,
                                      {}, generation::AnswerModel{throwing, prompts});
  const generation::CachedAnswerer asked(answerer, *engine_.index, nullptr, engine_.metrics);
  const MoodyJudge judge(MoodyJudge::Mood::kThrows);
  const RunParts parts{engine_.retriever, asked, *snapshot_};
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(RunManifest manifest, DescribeRun(suite_, parts, settings_));
  ASSERT_OK_AND_ASSIGN(manifest, store.Create(manifest));
  ASSERT_OK(RunCases(suite_.cases, manifest, parts, settings_, store, nullptr, CallContext()));
  ASSERT_OK_AND_ASSIGN(const eval::Run run, store.Read(manifest.id));
  ASSERT_THAT(run.records, SizeIs(4));
  EXPECT_EQ(run.records[1].case_id, "valve");
  EXPECT_EQ(run.records[1].error, "INTERNAL: exception: too long");
  EXPECT_EQ(ScoreRun(run).errors, 3u) << "with the two that no model answered";

  RunParts judged = Parts();
  judged.judge = &judge;
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[0], 0, judged, settings_, CallContext()));
  EXPECT_EQ(record.error, "");
  EXPECT_EQ(record.judge_error, "INTERNAL: exception: out of its mind");
}

TEST_F(SuiteRunTest, ARunKeepsTheHashesOfTheTextsThatItWasAskedOf) {
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(const RunManifest before, store.Create(Describe()));
  EXPECT_THAT(before.content_hashes, SizeIs(3));
  ASSERT_OK_AND_ASSIGN(const eval::Run read, store.Read(before.id));
  EXPECT_EQ(read.manifest.content_hashes, before.content_hashes);
  ASSERT_OK_AND_ASSIGN(const std::vector<RunManifest> runs, store.List(10));
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].content_hashes, IsEmpty()) << "a thousand runs are listed at once";
  engine_.Add({testing::TextDocument("valve.md", "Valve", "The bronze valve closes at once."),
               testing::TextDocument("tank.md", "Tank", "The tank is empty.")});
  snapshot_ = engine_.snapshot();
  const CorpusChange change = CompareCorpora(before, Describe());
  EXPECT_EQ(change.changed, std::vector<DocumentId>{"valve.md"});
  EXPECT_EQ(change.added, std::vector<DocumentId>{"tank.md"});
  EXPECT_THAT(change.removed, IsEmpty());
}

TEST_F(SuiteRunTest, ARunOfAnotherBuildIsNotContinued) {
  RunStore store(engine_.index->objects());
  RunManifest manifest = Describe();
  EXPECT_NE(manifest.build, "");
  ASSERT_OK(store.Create(manifest).status());
  EXPECT_NE(store.FindUnfinished(manifest).value(), "");
  manifest.build = "00";
  EXPECT_EQ(store.FindUnfinished(manifest).value(), "");
}

TEST_F(SuiteRunTest, AKilledRunGoesOnWithWhatIsMissing) {
  suite_.repeats = 2;
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(const RunManifest manifest, store.Create(Describe()));
  // What a process that was killed behind its third record leaves.
  for (uint32_t part : {1u, 2u, 5u}) {
    ASSERT_OK_AND_ASSIGN(
        const RunRecord record,
        AskCase(suite_.cases[(part - 1) / 2], (part - 1) % 2, Parts(), settings_, CallContext()));
    ASSERT_OK(store.Append(manifest.id, part, record));
  }
  ASSERT_OK_AND_ASSIGN(const std::string unfinished, store.FindUnfinished(Describe()));
  EXPECT_EQ(unfinished, manifest.id);
  uint64_t least = 100;
  uint64_t most = 0;
  ASSERT_OK(RunCases(
      suite_.cases, manifest, Parts(), settings_, store,
      [&](const char*, uint64_t done, uint64_t total) {
        least = std::min(least, done);
        most = std::max(most, done);
        EXPECT_EQ(total, 8u);
      },
      CallContext()));
  EXPECT_EQ(least, 4u);
  EXPECT_EQ(most, 8u);
  ASSERT_OK_AND_ASSIGN(const std::vector<uint32_t> parts, store.Parts(manifest.id));
  EXPECT_EQ(parts, (std::vector<uint32_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  ASSERT_OK_AND_ASSIGN(const std::string none, store.FindUnfinished(Describe()));
  EXPECT_EQ(none, "");

  ASSERT_OK_AND_ASSIGN(const eval::Run run, store.Read(manifest.id));
  const RunScores scores = ScoreRun(run);
  EXPECT_EQ(scores.expected, 8u);
  EXPECT_EQ(scores.records, 8u);
  EXPECT_EQ(scores.errors, 0u);
  EXPECT_EQ(scores.gold, 2u);
  EXPECT_THAT(scores.missing_gold, SizeIs(1));
}

TEST_F(SuiteRunTest, WhatWentWrongIsAskedAgain) {
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(const RunManifest manifest, store.Create(Describe()));
  for (uint32_t part = 1; part <= 4; ++part) {
    RunRecord record{.case_id = suite_.cases[part - 1].id, .asked = suite_.cases[part - 1]};
    record.error = "UNAVAILABLE: no upstream";
    ASSERT_OK(store.Append(manifest.id, part, record));
  }
  // It is whole, and says nothing.
  ASSERT_OK_AND_ASSIGN(const std::string unfinished, store.FindUnfinished(Describe()));
  EXPECT_EQ(unfinished, manifest.id);
  ASSERT_OK(RunCases(suite_.cases, manifest, Parts(), settings_, store, nullptr, CallContext()));
  ASSERT_OK_AND_ASSIGN(const eval::Run run, store.Read(manifest.id));
  EXPECT_THAT(run.records, SizeIs(4));
  EXPECT_EQ(ScoreRun(run).errors, 0u);
  ASSERT_OK_AND_ASSIGN(const std::string none, store.FindUnfinished(Describe()));
  EXPECT_EQ(none, "");
}

TEST_F(SuiteRunTest, RepeatsAreTimedApart) {
  suite_.repeats = 2;
  RunStore store(engine_.index->objects());
  ASSERT_OK_AND_ASSIGN(const RunManifest manifest, store.Create(Describe()));
  ASSERT_OK(RunCases(suite_.cases, manifest, Parts(), settings_, store, nullptr, CallContext()));
  ASSERT_OK_AND_ASSIGN(const eval::Run run, store.Read(manifest.id));
  const RunScores scores = ScoreRun(run);
  EXPECT_THAT(scores.latencies_ms, SizeIs(4));
  EXPECT_THAT(scores.warm_latencies_ms, SizeIs(4));
}

TEST_F(SuiteRunTest, ARunOfAnotherSuiteIsNotContinued) {
  RunStore store(engine_.index->objects());
  ASSERT_OK(store.Create(Describe()).status());
  suite_.cases[0].query += "?";
  ASSERT_OK_AND_ASSIGN(const std::string none, store.FindUnfinished(Describe()));
  EXPECT_EQ(none, "");
}

TEST_F(SuiteRunTest, RunsAreFoundByIdNameAndAge) {
  RunStore store(engine_.index->objects());
  EXPECT_EQ(store.FindId("latest").status().message(),
            "run \"latest\": there is none of that id or name; the store holds none");
  RunManifest described = Describe();
  described.name = "nightly";
  ASSERT_OK_AND_ASSIGN(const RunManifest first, store.Create(described));
  described.name = "";
  ASSERT_OK_AND_ASSIGN(const RunManifest second, store.Create(described));
  EXPECT_EQ(store.FindId("latest").value(), second.id);
  EXPECT_EQ(store.FindId("latest", second.id).value(), first.id) << "that which goes on";
  EXPECT_EQ(store.FindId("nightly").value(), first.id);
  EXPECT_EQ(store.FindId(first.id.substr(0, 12)).value(), first.id);
  EXPECT_EQ(store.FindId("run_").status().message(), "run \"run_\": begins the ids of several");
  ASSERT_OK_AND_ASSIGN(const std::vector<RunManifest> runs, store.List(10));
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].id, second.id);
}

TEST_F(SuiteRunTest, TheLatestOfASuiteIsFoundBehindThoseOfOthers) {
  RunStore store(engine_.index->objects());
  RunManifest described = Describe();
  described.suite = "ours";
  ASSERT_OK_AND_ASSIGN(const RunManifest first, store.Create(described));
  ASSERT_OK_AND_ASSIGN(const RunManifest second, store.Create(described));
  described.suite = "theirs";
  described.name = "nightly";
  ASSERT_OK_AND_ASSIGN(const RunManifest other, store.Create(described));
  EXPECT_EQ(store.FindId("latest").value(), other.id);
  EXPECT_EQ(store.FindId("latest", "", "ours").value(), second.id);
  EXPECT_EQ(store.FindId("latest", second.id, "ours").value(), first.id);
  EXPECT_EQ(store.FindId("nightly", "", "ours").value(), other.id) << "it was named";
  EXPECT_EQ(store.FindBaseline("latest", second)->manifest.id, first.id);
  EXPECT_EQ(store.FindBaseline(second.id, second)->manifest.id, second.id) << "it was named";
  EXPECT_EQ(store.FindBaseline("latest", other).status().message(),
            "run \"latest\": the store holds none of the suite \"theirs\" besides " + other.id);
  EXPECT_EQ(store.FindId("latest", "", "nosuch").status().message(),
            "run \"latest\": the store holds none of the suite \"nosuch\"");
}

TEST_F(SuiteRunTest, ARunThatIsDamagedHidesNoOther) {
  index::ObjectTable& objects = engine_.index->objects();
  RunStore store(objects);
  ASSERT_OK_AND_ASSIGN(const RunManifest good, store.Create(Describe()));
  ASSERT_OK(objects.Create({.kind = index::ObjectKind::kRun, .id = index::NewObjectId("run_")},
                           R"({"version":2,"id":"x"})"));
  EXPECT_EQ(store.List(10).status().code(), Code::kDataLoss);
  std::vector<Status> damaged;
  ASSERT_OK_AND_ASSIGN(const std::vector<RunManifest> runs, store.List(10, &damaged));
  EXPECT_THAT(runs, SizeIs(1));
  ASSERT_THAT(damaged, SizeIs(1));
  EXPECT_THAT(damaged[0].message(), HasSubstr("version: expected 1, found 2"));
  EXPECT_EQ(store.FindId("latest").value(), good.id);
  EXPECT_EQ(store.FindUnfinished(Describe()).value(), good.id);
}

TEST_F(SuiteRunTest, AFileHoldsARunAndDamageIsNamed) {
  eval::Run run;
  run.manifest = Describe();
  run.manifest.id = "run_1";
  run.manifest.config = {{"retrieval.k", "5"}};
  ASSERT_OK_AND_ASSIGN(const RunRecord record,
                       AskCase(suite_.cases[2], 0, Parts(), settings_, CallContext()));
  run.records = {record};
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/run.jsonl";
  ASSERT_OK(WriteFileAtomically(path, RunLines(run)));
  ASSERT_OK_AND_ASSIGN(const eval::Run read, ReadRunFile(path));
  EXPECT_EQ(RunLines(read), RunLines(run));

  std::ofstream(path, std::ios::app) << R"({"case_id":"x","answr":"y"})"
                                     << "\n";
  const Status damaged = ReadRunFile(path).status();
  EXPECT_EQ(damaged.code(), Code::kDataLoss);
  EXPECT_EQ(damaged.message(),
            path + ":3: record of a run: answr: unknown key; did you mean answer?");
  std::ofstream(path) << R"({"version":2,"id":"run_1"})"
                      << "\n";
  EXPECT_EQ(ReadRunFile(path).status().message(),
            path + ":1: manifest of a run: version: expected 1, found 2");
}

TEST(RunRecordTest, AMatrixThatIsNotWholeIsDamage) {
  RunRecord record{.case_id = "a"};
  record.matrix.emplace().answer.push_back({.id = "a1"});
  EXPECT_EQ(ParseRecord(RecordLine(record)).status().message(),
            "record of a run: matrix: is not whole");
}

// What was asked and what is replayed are judged by the same headings.
TEST(RunRecordTest, APassageKeepsItsTitleAndHeadings) {
  Answer answer;
  answer.text = "It weighs 80 kg [1].";
  Passage& passage = answer.context.passages.emplace_back();
  passage.title = "Pump";
  passage.chunk.text = "80 kg";
  passage.chunk.span.heading_path = {"Pump", "Motor"};
  RunRecord record;
  TakeAnswer(answer, record);
  ASSERT_THAT(record.passages, SizeIs(1));
  EXPECT_EQ(record.passages[0].heading, "Pump > Motor");
  EXPECT_EQ(record.answer, "It weighs 80 kg [1].");
}

TEST(RunRecordTest, ACaseThatIsNotThatOfItsRecordIsDamage) {
  RunRecord record{.case_id = "a"};
  EXPECT_EQ(ParseRecord(RecordLine(record)).status().message(),
            "record of a run: case: expected that of case_id \"a\", found none");
  record.asked = MakeCase("b", "How heavy is the pump?");
  EXPECT_EQ(ParseRecord(RecordLine(record)).status().message(),
            "record of a run: case: expected that of case_id \"a\", found \"b\"");
  record.asked.id = "a";
  ASSERT_OK(ParseRecord(RecordLine(record)).status());
}

}  // namespace
}  // namespace quarry::eval
