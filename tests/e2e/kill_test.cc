// Nothing that was acknowledged is lost: `quarry index` is killed at moments spread over its whole
// run while the folder keeps changing, and the store always comes back whole.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using ::testing::HasSubstr;
using testing::QuarryCommand;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::RunQuarry;
using testing::RunQuarryWith;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kKills = 54;
constexpr size_t kFreshKills = 10;  // of them while the store is made
constexpr int kDocuments = 240;
constexpr int kEdits = 40;  // per cycle

// A folder of generated documents, English and Chinese by turns.
class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path) {
    fs::create_directories(path + "/en");
    fs::create_directories(path + "/zh");
    for (int i = 0; i < kDocuments; ++i) Write(next_++);
  }
  const std::string& path() const { return path_; }

  // Edits, adds and removes.
  void Change() {
    for (int i = 0; i < kEdits; ++i) Write(Any());
    for (int i = 0; i < 4; ++i) Write(next_++);
    for (int i = 0; i < 4; ++i) {
      const int gone = Any();
      fs::remove(NameOf(gone));
      live_.erase(gone);
    }
  }

 private:
  uint32_t Random(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  int Any() { return *std::next(live_.begin(), Random(static_cast<uint32_t>(live_.size()))); }
  std::string NameOf(int number) const {
    return path_ + (number % 2 == 0 ? "/en/" : "/zh/") + std::to_string(number) + ".md";
  }

  void Write(int number) {
    static constexpr const char* kEnglish[] = {"pump",  "valve",  "pressure", "bearing", "level",
                                               "river", "turbid", "motor",    "gasket",  "flow"};
    static constexpr const char* kChinese[] = {"水泵", "阀门", "压力", "轴承", "水位",
                                               "河水", "浊度", "电机", "垫片", "流量"};
    const bool english = number % 2 == 0;
    std::string text = (english ? "# Unit " : "# 机组 ") + std::to_string(number) + "\n\n";
    const uint32_t paragraphs = 2 + Random(10);
    for (uint32_t p = 0; p < paragraphs; ++p) {
      for (int s = 0; s < 6; ++s) {
        const char* a = english ? kEnglish[Random(10)] : kChinese[Random(10)];
        const char* b = english ? kEnglish[Random(10)] : kChinese[Random(10)];
        const std::string n = std::to_string(Random(1000));
        text += english
                    ? "The " + std::string(a) + " of unit " + n + " sets the " + b + " to " +
                          std::to_string(Random(90)) + " units. "
                    : "机组" + n + "的" + a + "把" + b + "调到" + std::to_string(Random(90)) + "。";
      }
      text += "\n\n";
    }
    std::ofstream(NameOf(number), std::ios::binary) << text;
    live_.insert(number);
  }

  const std::string path_;
  std::mt19937_64 random_{20240611};
  std::set<int> live_;
  int next_ = 0;
};

// Small commits, and an embedder that is learnt on every run: a kill may fall between any of them.
std::vector<std::string> IndexArguments(const std::string& folder, const std::string& store) {
  return {"index",   folder,
          "--prune", "--json",
          "--store", store,
          "--set",   "ingest.batch_documents=12",
          "--set",   "embedding.relearn_growth=1",
          "--set",   "embedding.batch=64",
          "--set",   "embedding.dimension=128",
          "--set",   "vectors.kind=hnsw"};
}

Json ParsedOutput(const std::vector<std::string>& arguments) {
  return Json::parse(RunQuarry(arguments).out);
}

// The documents without what history decides: commits and times.
Json DocumentsOf(const std::string& store) {
  Json list = ParsedOutput({"docs", "ls", "--limit", "100000", "--json", "--store", store});
  Json documents = Json::object();
  for (Json& document : list["documents"]) {
    document.erase("commit");
    document.erase("indexed_at");
    const std::string id = document["id"];
    documents[id] = std::move(document);
  }
  return documents;
}

// Everything about the hits of a lexical search but the numbers of chunks.
Json LexicalHits(const std::string& store, const std::string& question) {
  Json result = ParsedOutput(
      {"search", question, "--mode", "lexical", "-k", "1000", "--json", "--store", store});
  for (Json& hit : result["hits"]) hit.erase("chunk");
  return result["hits"];
}

TEST(Kill, AtAnyMomentLeavesAWholeStoreThatEqualsAFreshOneInTheEnd) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  Folder folder(directory.path() + "/docs");
  const std::string store = directory.path() + "/store";
  const QuarryCommand index{.arguments = IndexArguments(folder.path(), store)};
  std::mt19937_64 random(7);

  // One moment in every 1/kKills of the run, in random order.
  std::vector<double> moments;
  for (int i = 0; i < kKills; ++i) {
    moments.push_back((i + static_cast<double>(random() % 1000) / 1000) / kKills);
  }
  std::shuffle(moments.begin(), moments.end(), random);

  int runs_to_their_end = 0;
  microseconds whole{0};    // of an uninterrupted run
  int while_reading = 0;    // kills that left documents to do
  int while_embedding = 0;  // kills after all documents were in
  for (size_t i = 0; i < moments.size();) {
    SCOPED_TRACE("cycle " + std::to_string(i));
    const bool fresh = i < kFreshKills;
    if (fresh) fs::remove_all(store);
    folder.Change();
    const Clock::time_point start = Clock::now();
    QuarryProcess run(index);
    const bool measured = whole.count() > 0;
    const microseconds moment =
        measured
            ? microseconds(static_cast<int64_t>(static_cast<double>(whole.count()) * moments[i]))
            : microseconds(std::chrono::minutes(1));
    if (!run.EndsWithin(moment)) run.Signal(SIGKILL);
    const int exit_code = run.Wait().exit_code;
    if (exit_code == 0) {
      // The first of its kind, or faster than the one before: the next one is timed by it.
      whole = duration_cast<microseconds>(Clock::now() - start);
      ASSERT_LT(++runs_to_their_end, kKills);
      continue;
    }
    ASSERT_EQ(exit_code, -SIGKILL);

    const QuarryResult verified = RunQuarry({"verify", "--store", store});
    if (fresh && verified.exit_code == 1) {
      // Before there was a store.
      ASSERT_THAT(verified.error, HasSubstr("no store there"));
    } else {
      ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.error;
    }
    const QuarryResult again = RunQuarryWith(index);
    ASSERT_EQ(again.exit_code, 0) << again.error;
    const Json documents = Json::parse(again.out)["documents"];
    const bool was_done = documents["added"] == 0 && documents["changed"] == 0;
    ++(was_done ? while_embedding : while_reading);
    if (++i == kFreshKills) whole = microseconds{0};  // from here on runs are shorter
  }
  EXPECT_GE(while_reading, 5);
  EXPECT_GE(while_embedding, 5);

  ASSERT_EQ(RunQuarry({"verify", "--store", store}).exit_code, 0);
  const std::string fresh_store = directory.path() + "/fresh";
  ASSERT_EQ(RunQuarry(IndexArguments(folder.path(), fresh_store)).exit_code, 0);
  const Json documents = DocumentsOf(fresh_store);
  EXPECT_EQ(DocumentsOf(store), documents);
  EXPECT_EQ(documents.size(), size_t{kDocuments});
  for (const char* question :
       {"pump pressure", "bearing of unit 512", "river level flow", "turbid", "units", "水泵的压力",
        "机组88的流量", "浊度", "unit 机组 motor 电机", "gasket valve 阀门 垫片"}) {
    const Json hits = LexicalHits(fresh_store, question);
    EXPECT_FALSE(hits.empty()) << question;
    EXPECT_EQ(LexicalHits(store, question), hits) << question;
  }
}

// A change of embedder is there or not: killed at any moment, the store answers with one of both.
TEST(Kill, WhileTheEmbedderChangesLeavesTheOldOneOrTheNewOne) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const Folder folder(directory.path() + "/docs");
  const std::string store = directory.path() + "/store";
  ASSERT_EQ(RunQuarry(IndexArguments(folder.path(), store)).exit_code, 0);
  const auto generations = [&] {
    return ParsedOutput({"embedder", "ls", "--json", "--store", store})["generations"];
  };
  const auto change = [&](const char* what) {
    return QuarryCommand{.arguments = {"embedder", what, "--json", "--store", store, "--set",
                                       "embedding.dimension=128", "--set", "embedding.batch=64",
                                       "--set", "vectors.kind=hnsw"}};
  };
  ASSERT_EQ(RunQuarryWith(change("learn")).exit_code, 0);
  for (const char* what : {"learn", "revert", "learn", "revert"}) {
    const Clock::time_point start = Clock::now();
    ASSERT_EQ(RunQuarryWith(change(what)).exit_code, 0);
    const auto whole = duration_cast<microseconds>(Clock::now() - start);
    for (const int percent : {15, 40, 60, 75, 85, 95}) {
      SCOPED_TRACE(std::string(what) + " at " + std::to_string(percent) + " %");
      const Json before = generations();
      QuarryProcess run(change(what));
      if (!run.EndsWithin(whole * percent / 100)) run.Signal(SIGKILL);
      run.Wait();
      const QuarryResult verified = RunQuarry({"verify", "--store", store});
      ASSERT_EQ(verified.exit_code, 0) << verified.out << verified.error;
      const Json after = generations();
      ASSERT_EQ(after.size(), 2u);
      const bool changed = after[0]["id"] != before[0]["id"];
      if (changed) {
        EXPECT_EQ(after[1]["id"], before[0]["id"]);
      } else {
        EXPECT_EQ(after[1]["id"], before[1]["id"]);
      }
      EXPECT_EQ(after[0]["chunks"], before[0]["chunks"]);
      const Json found =
          ParsedOutput({"search", "pump pressure", "--mode", "dense", "--json", "--store", store});
      EXPECT_EQ(found["hits"].size(), 10u);
    }
  }
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    const Folder folder(directory_.path() + "/docs");
    const QuarryResult result = RunQuarry(IndexArguments(folder.path(), store()));
    QUARRY_CHECK(result.exit_code == 0);
  }
  std::string store() const { return directory_.path() + "/store"; }
  QuarryResult Verify() const { return RunQuarry({"verify", "--store", store()}); }

  // The largest file of a folder of the store whose name ends so.
  std::string Largest(const std::string& folder, const std::string& suffix) const {
    std::string largest;
    for (const auto& entry : fs::directory_iterator(store() + "/" + folder)) {
      const std::string path = entry.path().string();
      if (!path.ends_with(suffix)) continue;
      if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = path;
    }
    return largest;
  }

 private:
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

void FlipByte(const std::string& path, uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ 0x10));
  QUARRY_CHECK(file.good());
}

TEST_F(StoreTest, ASearchGivesTheSameScoresAgainAndAfterTheStoreWasWrittenTo) {
  for (const char* mode : {"lexical", "dense", "hybrid"}) {
    for (const char* question : {"pump pressure", "水泵的压力", "unit 7 机组"}) {
      const auto search = [&] {
        Json result =
            ParsedOutput({"search", question, "--mode", mode, "--json", "--store", store()});
        EXPECT_FALSE(result["hits"].empty());
        result.erase("timings_us");
        return result;
      };
      const Json first = search();
      EXPECT_EQ(search(), first);
      ASSERT_EQ(RunQuarry({"collections", "create", "other", "--store", store()}).exit_code, 0);
      EXPECT_EQ(search(), first);
      ASSERT_EQ(RunQuarry({"collections", "delete", "other", "--store", store()}).exit_code, 0);
    }
  }
}

TEST_F(StoreTest, VerifyFindsAFlippedByteOfTheDatabase) {
  const std::string path = Largest("db", ".sst");
  ASSERT_NE(path, "");
  const uint64_t size = fs::file_size(path);
  for (const double part : {0.01, 0.3, 0.5, 0.8}) {
    const auto offset = static_cast<uint64_t>(static_cast<double>(size) * part);
    FlipByte(path, offset);
    const QuarryResult result = Verify();
    EXPECT_EQ(result.exit_code, 3) << "byte " << offset << " of " << size;
    EXPECT_THAT(result.out + result.error, HasSubstr(fs::path(path).filename().string()));
    FlipByte(path, offset);
    EXPECT_EQ(Verify().exit_code, 0);
  }
}

TEST_F(StoreTest, VerifyFindsAFlippedByteOfTheVectors) {
  const std::string path = Largest("derived", "");
  ASSERT_NE(path, "");
  FlipByte(path, fs::file_size(path) / 2);
  const QuarryResult result = Verify();
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out + result.error, HasSubstr(fs::path(path).filename().string()));
}

TEST_F(StoreTest, VerifyFindsAMissingFileOfTheDatabase) {
  const std::string path = Largest("db", ".sst");
  fs::remove(path);
  const QuarryResult result = Verify();
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out + result.error, HasSubstr(fs::path(path).stem().string()));
}

}  // namespace
}  // namespace quarry::app
