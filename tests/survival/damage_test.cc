// Damage of every kind to every kind of file of a store: it is detected, or everything is right all
// the same; never a crash, a hang, a wrong answer, a silent loss. One exception: what a cut of the
// log takes away is what a crash would have taken, and cannot be told from it
// (docs/failure-modes.md). QUARRY_SURVIVAL_DAMAGES (per kind of file), QUARRY_SURVIVAL_SEED.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "base/random.h"
#include "tests/survival/survival_testing.h"
#include "tests/testing/test_data.h"

namespace quarry::testing {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;  // bytes by path inside the store
using Answers = std::map<std::string, std::string>;

// --- Kinds of damage ---

constexpr const char* kDamages[] = {"bit flip", "overwrite", "truncation", "extension",
                                    "swap",     "exchange",  "zeros",      "deletion"};

// Changes `bytes`; `others` are files of the same kind.
void Damage(size_t damage, const std::vector<std::string>& others, Random& random,
            std::string& bytes) {
  const size_t size = bytes.size();
  const auto somewhere = [&] { return random.Below(std::max<size_t>(size, 1)); };
  switch (damage) {
    case 0:
      if (size == 0) return;
      bytes[somewhere()] ^= static_cast<char>(1 << random.Below(8));
      return;
    case 1: {
      const size_t at = somewhere();
      const size_t count = std::min(size - at, 1 + random.Below(random.Below(2) == 0 ? 8 : 300));
      bytes.replace(at, count, RandomBytes(random, count));
      return;
    }
    case 2:
      bytes.resize(somewhere());
      return;
    case 3: {
      const size_t more = 1 + random.Below(random.Below(2) == 0 ? 16 : 9000);
      bytes += random.Below(2) == 0 ? RandomBytes(random, more) : std::string(more, '\0');
      return;
    }
    case 4: {
      if (size < 2) return;
      const size_t count = 1 + random.Below(size / 2);
      const size_t a = random.Below(size - 2 * count + 1);
      const size_t b = a + count + random.Below(size - a - 2 * count + 1);
      std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(a),
                       bytes.begin() + static_cast<std::ptrdiff_t>(a + count),
                       bytes.begin() + static_cast<std::ptrdiff_t>(b));
      return;
    }
    case 5:
      if (!others.empty()) bytes = others[random.Below(others.size())];
      return;
    case 6: {
      const size_t at = somewhere() / 4096 * 4096;
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  std::min<size_t>(4096, size - at), '\0');
      return;
    }
    default:
      QUARRY_CHECK(false);  // a deletion is no change of bytes
  }
}

// --- The store ---

Files ReadAll(const std::string& store) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().string().substr(store.size() + 1)] = ReadFile(entry.path().string()).value();
  }
  return files;
}

void WriteAll(const std::string& store, const Files& files) {
  fs::remove_all(store);
  for (const char* folder : {"/db", "/derived"}) fs::create_directories(store + folder);
  for (const auto& [path, bytes] : files) {
    std::ofstream(store + "/" + path, std::ios::binary) << bytes;
  }
}

// Which file is of what kind.
std::map<std::string, std::string> Kinds(const Files& files) {
  std::map<std::string, std::string> kinds;
  for (const auto& [path, bytes] : files) {
    const std::string name = fs::path(path).filename().string();
    for (const char* kind : {"MANIFEST.json", "LOCK", "CURRENT", "IDENTITY", "WATERMARK"}) {
      if (name == kind) kinds[path] = path;
    }
    for (const char* kind : {"MANIFEST-", "OPTIONS-"}) {
      if (name.starts_with(kind)) kinds[path] = std::string("db/") + kind + "N";
    }
    for (const char* kind : {".log", ".sst"}) {
      if (name.ends_with(kind)) kinds[path] = std::string("db/N") + kind;
    }
  }
  const auto manifest = nlohmann::json::parse(files.at("MANIFEST.json"));
  for (const auto& [role, file] : manifest["files"].items()) {
    const std::string path = "derived/" + file["name"].get<std::string>();
    std::string kind = "derived segment";
    if (role.ends_with("/rows")) kind = "derived rows";
    if (role.ends_with("/graph")) kind = "derived graph";
    if (role.find("/embedder-") != role.npos) kind = "derived embedder";
    kinds[path] = kind;
  }
  return kinds;
}

struct Examined {
  Answers answers;     // digests
  std::string errors;  // what was said
  std::string broken;  // "" = the child came to its end
};

Examined Examine(const std::string& store, bool read_only) {
  const QuarryResult result =
      RunQuarryWith(StoreChild({read_only ? "probe" : "probe-and-write", store}));
  Examined examined;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string probe;
    std::string name;
    std::string how;
    words >> probe >> name >> how >> std::ws;
    std::string rest;
    std::getline(words, rest);
    if (how == "ok") examined.answers[name] = rest;
    if (how == "error") examined.errors += name + ": " + rest + "\n";
  }
  if (result.timed_out) examined.broken = "hangs";
  if (result.exit_code != 0) examined.broken = "ends with " + std::to_string(result.exit_code);
  if (!examined.broken.empty()) examined.broken += ": " + result.error;
  return examined;
}

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    const QuarryResult built = RunQuarryWith(StoreChild({"build", Path("first"), "1"}));
    QUARRY_CHECK(built.exit_code == 0);
    std::istringstream lines(built.out);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("log ")) ends_.push_back(std::stoull(line.substr(4)));
    }
    QUARRY_CHECK(RunQuarryWith(StoreChild({"build", Path("second"), "1000"})).exit_code == 0);
    files_ = ReadAll(Path("first"));
    kinds_ = Kinds(files_);
    const Files second = ReadAll(Path("second"));
    for (const auto& [path, kind] : Kinds(second)) others_[kind].push_back(second.at(path));
    for (const auto& [path, kind] : kinds_) {
      others_[kind].push_back(files_.at(path));
      of_kind_[kind].push_back(path);
    }
    // What is right after each batch of the log, and before.
    const std::string log = of_kind_.at("db/N.log").back();
    for (size_t batches = 0; batches <= ends_.size(); ++batches) {
      Files cut = files_;
      cut[log].resize(batches == 0 ? 0 : ends_[batches - 1]);
      WriteAll(Path("store"), cut);
      states_.push_back(Examine(Path("store"), true).answers);
    }
  }

  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  const Answers& right() const { return states_.back(); }

  // "right", "detected", "as a crash", or what may not be.
  std::string Outcome(const std::string& path, const Files& damaged, const Examined& found) const {
    if (!found.broken.empty()) return "BROKEN";
    bool right_as_far = true;
    for (const auto& [name, digest] : found.answers) right_as_far &= right().at(name) == digest;
    const bool all = found.answers.size() == right().size();
    if (right_as_far) return all ? "right" : "detected";
    if (!all || !path.ends_with(".log")) return "WRONG";
    // How many batches stand before the damage.
    const std::string& before = files_.at(path);
    const auto at = damaged.find(path);
    const std::string now = at == damaged.end() ? "" : at->second;
    const size_t damage =
        std::mismatch(before.begin(), before.end(), now.begin(), now.end()).first - before.begin();
    const size_t whole = std::upper_bound(ends_.begin(), ends_.end(), damage) - ends_.begin();
    return found.answers == states_[whole] ? "as a crash" : "WRONG";
  }

  const TemporaryDirectory directory_ = MakeTemporaryDirectory();
  Files files_;
  std::map<std::string, std::string> kinds_;                 // by path
  std::map<std::string, std::vector<std::string>> of_kind_;  // paths
  std::map<std::string, std::vector<std::string>> others_;   // bytes of files of that kind
  std::vector<size_t> ends_;                                 // of the batches in the log
  std::vector<Answers> states_;                              // after so many of them
};

TEST_F(DamageTest, IsDetectedOrHarmless) {
  const uint64_t damages = NumberFromEnvironment("QUARRY_SURVIVAL_DAMAGES", 16);
  const uint64_t seed = NumberFromEnvironment("QUARRY_SURVIVAL_SEED", 1);
  ASSERT_EQ(right().size(), 12u);
  for (const char* kind : {"db/N.log", "db/N.sst", "derived rows", "derived segment",
                           "derived embedder", "derived graph"}) {
    ASSERT_TRUE(of_kind_.contains(kind)) << kind;
  }
  std::map<std::string, std::map<std::string, uint64_t>> table;
  for (const auto& [kind, paths] : of_kind_) {
    Random random(seed + Hash64(kind));
    for (uint64_t i = 0; i < damages; ++i) {
      const std::string& path = paths[random.Below(paths.size())];
      const size_t damage = i % std::size(kDamages);
      Files damaged = files_;
      if (damage + 1 == std::size(kDamages)) {
        damaged.erase(path);
      } else {
        Damage(damage, others_.at(kind), random, damaged[path]);
      }
      const bool read_only = random.Below(2) == 0;
      WriteAll(Path("store"), damaged);
      const Examined found = Examine(Path("store"), read_only);
      const std::string outcome = Outcome(path, damaged, found);
      ++table[kind][outcome];
      if (outcome == "detected" || outcome == "right" || outcome == "as a crash") continue;
      ADD_FAILURE() << outcome << ": " << kDamages[damage] << " of " << path << ", seed " << seed
                    << ", number " << i << (read_only ? ", reading\n" : ", writing\n")
                    << found.broken << found.errors;
    }
  }
  std::cout << damages << " damages of each kind of file (seed " << seed << ")\n";
  for (const auto& [kind, outcomes] : table) {
    std::cout << std::setw(20) << std::left << kind;
    for (const auto& [outcome, count] : outcomes) std::cout << "  " << outcome << " " << count;
    std::cout << "\n";
  }
}

}  // namespace
}  // namespace quarry::testing
