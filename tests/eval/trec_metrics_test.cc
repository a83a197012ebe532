// Holds eval/metrics against tests/tools/trec_metrics.py, which was written from trec_eval's
// definitions without this code: random runs and qrels, every measure of every query, both ways of
// averaging.

#include <sys/wait.h>

#include <cstdio>
#include <random>
#include <set>
#include <sstream>

#include "base/analyzer.h"
#include "eval/beir.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

// measure -> query ("all" for the mean) -> value.
using Figures = std::map<std::string, std::map<std::string, double>>;

// Standard output of a shell command; fails the test if it does not exit with 0.
std::string OutputOf(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr) << command;
  if (pipe == nullptr) return "";
  std::string output;
  char piece[4096];
  for (size_t read; (read = std::fread(piece, 1, sizeof piece, pipe)) > 0;) {
    output.append(piece, read);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

bool HasPython() { return std::system("python3 --version >/dev/null 2>&1") == 0; }

Figures FiguresOfScript(const std::string& qrels, const std::string& run, uint32_t k,
                        Averaging averaging) {
  const std::string flag = averaging == Averaging::kAllJudged ? " -c" : "";
  std::istringstream lines(OutputOf("python3 '" + quarry::testing::SourceDirectory() +
                                    "/tests/tools/trec_metrics.py' --digits 12 --k " +
                                    std::to_string(k) + flag + " '" + qrels + "' '" + run + "'"));
  Figures figures;
  std::string measure;
  std::string query;
  for (double value; lines >> measure >> query >> value;) figures[measure][query] = value;
  return figures;
}

void Add(const QueryMetrics& metrics, const std::string& query, uint32_t k, Figures& figures) {
  const std::string cut = "_" + std::to_string(k);
  figures["ndcg_cut" + cut][query] = metrics.ndcg_at_k;
  figures["recall" + cut][query] = metrics.recall_at_k;
  figures["recall_at_100"][query] = metrics.recall_at_100;
  figures["P" + cut][query] = metrics.precision_at_k;
  figures["recip_rank_cut" + cut][query] = metrics.reciprocal_rank_at_k;
  figures["recip_rank"][query] = metrics.reciprocal_rank;
  figures["map"][query] = metrics.average_precision;
}

Figures OurFigures(const RankedRun& run, const Qrels& qrels, uint32_t k, Averaging averaging) {
  const RunMetrics metrics = MeasureRun(run, qrels, k, averaging);
  Figures figures;
  Add(metrics.mean, "all", k, figures);
  for (const auto& [query, figure] : metrics.per_query) Add(figure, query, k, figures);
  return figures;
}

struct Trial {
  RankedRun run;
  Qrels qrels;
};

// Small ranges on purpose: many ties, unjudged documents, grades from -1 to 3, queries of every
// sort (judged only, ranked only, without a relevant document), rankings shorter and longer than
// the cuts.
Trial RandomTrial(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t bound) { return random() % bound; };
  // Ids of one to four bytes, non-ASCII among them, so that byte order differs from length and
  // number.
  const auto document = [](uint64_t number) {
    const char* prefixes[] = {"", "d", "D", "é", "文"};
    return prefixes[number % 5] + std::to_string(number);
  };
  Trial trial;
  for (uint64_t q = 0; q < 40; ++q) {
    const std::string query = "q" + std::to_string(q);
    const uint64_t pool = 5 + below(250);
    if (below(8) != 0) {
      auto& ranking = trial.run[query];
      const uint64_t share = 1 + below(4);
      for (uint64_t d = 0; d < pool; ++d) {
        if (below(4) >= share) continue;
        // A third of the scores need all 17 digits; the others are few and tie.
        const double score = below(3) == 0 ? static_cast<double>(random()) / 1e18
                                           : static_cast<double>(below(20)) - 4;
        ranking.push_back({document(d), score});
      }
      if (ranking.empty()) trial.run.erase(query);  // a TREC file cannot say "no results"
    }
    if (below(8) != 0) {
      const bool has_relevant = below(6) != 0;
      auto& grades = trial.qrels[query];
      grades.emplace(document(0), 0);
      for (uint64_t d = 0; d < pool + 10; ++d) {
        if (below(2) != 0) continue;
        const int grade = static_cast<int>(below(5)) - 1;
        grades.emplace(document(d), has_relevant ? grade : std::min(grade, 0));
      }
    }
  }
  return trial;
}

std::string FormatQrels(const Qrels& qrels) {
  std::string text;
  for (const auto& [query, grades] : qrels) {
    for (const auto& [document, grade] : grades) {
      text += query + " 0 " + document + " " + std::to_string(grade) + "\n";
    }
  }
  return text;
}

class SecondImplementationTest : public ::testing::TestWithParam<Averaging> {};

TEST_P(SecondImplementationTest, AgreesOnRandomRuns) {
  if (!HasPython()) GTEST_SKIP() << "python3 is not installed";
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  const std::string run_path = directory.path() + "/run";
  const std::string qrels_path = directory.path() + "/qrels";
  for (const uint64_t seed : {1, 2, 3, 4}) {
    const Trial trial = RandomTrial(seed);
    ASSERT_OK_AND_ASSIGN(const std::string run_text, FormatTrecRun(trial.run, "random"));
    ASSERT_OK(WriteFileAtomically(run_path, run_text));
    ASSERT_OK(WriteFileAtomically(qrels_path, FormatQrels(trial.qrels)));
    for (const uint32_t k : {1u, 10u, 500u}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " k " + std::to_string(k));
      const Figures expected = FiguresOfScript(qrels_path, run_path, k, GetParam());
      const Figures actual = OurFigures(trial.run, trial.qrels, k, GetParam());
      ASSERT_EQ(actual.size(), 7u);
      ASSERT_EQ(expected.size(), actual.size());
      for (const auto& [measure, by_query] : actual) {
        ASSERT_TRUE(expected.contains(measure)) << measure;
        ASSERT_EQ(expected.at(measure).size(), by_query.size()) << measure;
        for (const auto& [query, value] : by_query) {
          ASSERT_TRUE(expected.at(measure).contains(query)) << measure << " " << query;
          // Far tighter than the fourth decimal: only the order of additions may differ.
          EXPECT_NEAR(value, expected.at(measure).at(query), 1e-10) << measure << " " << query;
        }
      }
      EXPECT_GT(actual.at("ndcg_cut_" + std::to_string(k)).at("all"), 0);
    }
  }
}

// A run of a public collection by the number of terms that question and document share: whole
// numbers, so that most ranks are ties; most documents are not judged; every ninth question finds
// nothing.
RankedRun SharedTermsRun(const std::string& directory, const BeirQueries& queries) {
  constexpr size_t kDepth = 150;
  const Analyzer analyzer;
  std::vector<std::string> ids;
  std::map<std::string, std::vector<uint32_t>> documents_of;  // by term
  EXPECT_OK(ReadBeirCorpus(directory, [&](BeirDocument document) {
    std::set<std::string> terms;
    for (const Token& token : analyzer.Tokenize(document.title + "\n" + document.text)) {
      terms.insert(token.term);
    }
    for (const std::string& term : terms) {
      documents_of[term].push_back(static_cast<uint32_t>(ids.size()));
    }
    ids.push_back(document.id);
    return OkStatus();
  }));
  RankedRun run;
  for (size_t q = 0; q < queries.queries.size(); ++q) {
    if (q % 9 == 8) continue;
    std::vector<uint32_t> shared(ids.size(), 0);
    std::set<std::string> terms;
    for (const Token& token : analyzer.Tokenize(queries.queries[q].text)) terms.insert(token.term);
    for (const std::string& term : terms) {
      const auto found = documents_of.find(term);
      if (found == documents_of.end()) continue;
      for (const uint32_t document : found->second) ++shared[document];
    }
    std::vector<RankedDocument> ranking;
    for (uint32_t i = 0; i < ids.size(); ++i) {
      if (shared[i] > 0) ranking.push_back({ids[i], static_cast<double>(shared[i])});
    }
    SortRanking(ranking);
    if (ranking.size() > kDepth) ranking.resize(kDepth);
    if (!ranking.empty()) run[queries.queries[q].id] = std::move(ranking);
  }
  return run;
}

TEST_P(SecondImplementationTest, AgreesOnCranfieldAndScifact) {
  if (!HasPython()) GTEST_SKIP() << "python3 is not installed";
  for (const char* name : {"cranfield", "scifact"}) {
    SCOPED_TRACE(name);
    const auto collection = quarry::testing::DataPath(std::string("retrieval/") + name);
    if (!collection) GTEST_SKIP() << "no retrieval/" << name << " in the data";
    ASSERT_OK_AND_ASSIGN(const BeirQueries queries, ReadBeirQueries(*collection, "test"));
    const RankedRun run = SharedTermsRun(*collection, queries);
    uint64_t ties = 0;
    for (const auto& [query, ranking] : run) {
      for (size_t i = 1; i < ranking.size(); ++i) ties += ranking[i].score == ranking[i - 1].score;
    }
    EXPECT_GT(ties, 20'000u);
    EXPECT_LT(run.size(), queries.qrels.size());
    const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
    const std::string run_path = directory.path() + "/run";
    const std::string qrels_path = directory.path() + "/qrels";
    ASSERT_OK_AND_ASSIGN(const std::string run_text, FormatTrecRun(run, "terms"));
    ASSERT_OK(WriteFileAtomically(run_path, run_text));
    ASSERT_OK(WriteFileAtomically(qrels_path, FormatQrels(queries.qrels)));
    const Figures expected = FiguresOfScript(qrels_path, run_path, 10, GetParam());
    const Figures actual = OurFigures(run, queries.qrels, 10, GetParam());
    ASSERT_EQ(expected.size(), actual.size());
    for (const auto& [measure, by_query] : actual) {
      ASSERT_EQ(expected.at(measure).size(), by_query.size()) << measure;
      for (const auto& [query, value] : by_query) {
        EXPECT_NEAR(value, expected.at(measure).at(query), 1e-10) << measure << " " << query;
      }
    }
    EXPECT_GT(actual.at("map").at("all"), 0.05);
  }
}

INSTANTIATE_TEST_SUITE_P(Averaging, SecondImplementationTest,
                         ::testing::Values(Averaging::kAllJudged, Averaging::kJudgedWithResults),
                         [](const auto& test) {
                           return test.param == Averaging::kAllJudged ? "AllJudged"
                                                                      : "JudgedWithResults";
                         });

}  // namespace
}  // namespace quarry::eval
