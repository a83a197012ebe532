// The whole program on a small disk that somebody else fills: `index` is refused and says why, what
// only reads goes on, and room heals it.

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/testing/http_client.h"
#include "tests/testing/run_quarry.h"
#include "tests/testing/small_disk.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using testing::Fetch;
using testing::FillDisk;
using ::testing::HasSubstr;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::RunQuarry;
using Json = nlohmann::json;

constexpr uint64_t kDiskBytes = 32 << 20;
constexpr uint64_t kMinFree = 6 << 20;
constexpr int kNoRoom = 75;  // the exit code of RESOURCE_EXHAUSTED
constexpr const char* kQuestion = "How fast may the level of Upper Tarn be lowered?";

class Quarry {
 public:
  explicit Quarry(const std::string& disk)
      : store_(disk + "/store"), ballast_(disk + "/ballast"), docs_(elsewhere_.path() + "/docs") {
    fs::copy(testing::SourceDirectory() + "/examples/corpus", docs_, fs::copy_options::recursive);
  }

  std::vector<std::string> With(std::vector<std::string> arguments) const {
    for (const char* word :
         {"--set", "storage.write_buffer_bytes=1048576", "--set", "storage.min_free_bytes=6291456",
          "--json", "--store", store_.c_str()}) {
      arguments.emplace_back(word);
    }
    return arguments;
  }
  QuarryResult Run(std::vector<std::string> arguments) const {
    return RunQuarry(With(std::move(arguments)));
  }
  Json Hits(const std::string& query) const {
    return Json::parse(Run({"search", query}).out)["hits"];
  }
  QuarryResult Index() const { return Run({"index", docs_}); }
  void AddDocument() const {
    std::ofstream(docs_ + "/quokka.md") << "# Quokka\n\nThe quokka crossing opens at dawn.\n";
  }
  void ExpectReadable() const {
    const QuarryResult answer = Run({"ask", kQuestion});
    EXPECT_EQ(answer.exit_code, 0) << answer.error;
    EXPECT_THAT(answer.out, HasSubstr("0.30 m per day"));
    EXPECT_FALSE(Hits("drawdown of the reservoir").empty());
    const QuarryResult verified = Run({"verify"});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.error;
  }
  void Fill(uint64_t free) const { FillDisk(ballast_, free); }
  void MakeRoom() const { fs::remove(ballast_); }

 private:
  const std::string store_;
  const std::string ballast_;
  const TemporaryDirectory elsewhere_ = testing::MakeTemporaryDirectory();
  const std::string docs_;
};

TEST(DiskFull, IndexIsRefusedSearchAndAskGoOnAndRoomHealsIt) {
  const std::optional<std::string> disk = testing::SmallDisk(kDiskBytes);
  if (!disk) return;
  const Quarry quarry(*disk);
  const QuarryResult first = quarry.Index();
  ASSERT_EQ(first.exit_code, 0) << first.error;
  quarry.AddDocument();
  // Below what stays free, and down to the last byte.
  for (const uint64_t free : {kMinFree - (1 << 20), uint64_t{0}}) {
    SCOPED_TRACE(std::to_string(free) + " bytes free");
    quarry.Fill(free);
    const QuarryResult refused = quarry.Index();
    EXPECT_EQ(refused.exit_code, kNoRoom) << refused.out;
    EXPECT_THAT(refused.error, HasSubstr(free > 0 ? "disk full: " : "No space left on device"));
    EXPECT_THAT(refused.error, HasSubstr(*disk + "/store"));
    quarry.ExpectReadable();
    EXPECT_EQ(quarry.Hits("quokka").size(), 0u);
  }
  quarry.MakeRoom();
  const QuarryResult healed = quarry.Index();
  EXPECT_EQ(healed.exit_code, 0) << healed.error;
  EXPECT_EQ(Json::parse(healed.out)["documents"]["added"], 1);
  quarry.ExpectReadable();
  EXPECT_FALSE(quarry.Hits("quokka").empty());
}

TEST(DiskFull, AServerRefusesDocumentsAndAnswersUntilThereIsRoom) {
  const std::optional<std::string> disk = testing::SmallDisk(kDiskBytes);
  if (!disk) return;
  const Quarry quarry(*disk);
  ASSERT_EQ(quarry.Index().exit_code, 0);
  QuarryProcess server({.arguments = quarry.With({"serve", "--port", "0"})});
  const auto port = Json::parse(server.ReadFirstLine())["port"].get<uint16_t>();
  const auto send = [&](const char* method, const char* target, const Json& body) {
    const auto reply =
        Fetch(port, method, target, body.dump(), "Content-Type: application/json\r\n");
    EXPECT_TRUE(reply);
    return reply.value_or(testing::HttpReply());
  };
  const Json documents = {{"documents", {{{"id", "q"}, {"text", "The quokka crossing."}}}}};
  quarry.Fill(0);
  const auto refused = send("PUT", "/api/v1/documents", documents);
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("storage.min_free_bytes"));
  const auto answer = send("POST", "/api/v1/answer", {{"query", kQuestion}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("0.30 m per day"));
  quarry.MakeRoom();
  const auto taken = send("PUT", "/api/v1/documents", documents);
  EXPECT_EQ(taken.status, 201) << taken.body;
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait().exit_code, 0);
  quarry.ExpectReadable();
  EXPECT_FALSE(quarry.Hits("quokka").empty());
}

}  // namespace
}  // namespace quarry::app
