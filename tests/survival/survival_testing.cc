#include "tests/survival/survival_testing.h"

#include <sstream>
#include <utility>

namespace quarry::testing {
namespace {

// "ID=VERSION ..."
std::map<std::string, uint64_t> ParseVersions(std::istringstream& words) {
  std::map<std::string, uint64_t> versions;
  for (std::string word; words >> word && word != "|";) {
    const size_t equals = word.find('=');
    QUARRY_CHECK(equals != std::string::npos);
    versions[word.substr(0, equals)] = std::stoull(word.substr(equals + 1));
  }
  return versions;
}

void Merge(std::map<std::string, uint64_t>& documents,
           const std::map<std::string, uint64_t>& changes) {
  for (const auto& [id, version] : changes) {
    if (version == 0) {
      documents.erase(id);
    } else {
      documents[id] = version;
    }
  }
}

std::string Shown(const std::map<std::string, uint64_t>& documents) {
  std::string shown;
  for (const auto& [id, version] : documents) shown += " " + id + "=" + std::to_string(version);
  return shown;
}

}  // namespace

QuarryCommand StoreChild(std::vector<std::string> arguments,
                         std::map<std::string, std::string> environment) {
  environment["OPENBLAS_NUM_THREADS"] = "1";  // else it starts one per core, whatever it does
  return {.arguments = std::move(arguments),
          .environment = std::move(environment),
          .program = QUARRY_STORE_CHILD,
          .timeout = kChildTimeout};
}

Sight ParseSight(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string ready;
  Sight sight;
  words >> ready >> sight.generation >> sight.pending;
  QUARRY_CHECK(words && ready == "ready");
  sight.documents = ParseVersions(words);
  std::getline(words >> std::ws, sight.problems);
  return sight;
}

Ledger::Ledger(const Sight& sight)
    : documents_(sight.documents), generation_(sight.generation), pending_(sight.pending) {}

void Ledger::Read(std::string_view lines) {
  while (true) {
    const size_t end = lines.find('\n');
    if (end == std::string_view::npos) return;
    ReadLine(lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
}

void Ledger::ReadLine(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string what;
  words >> what;
  if (what == "ready") {
    const Sight sight = ParseSight(line);
    documents_ = sight.documents;
    generation_ = sight.generation;
    pending_ = sight.pending;
  } else if (what == "begin") {
    words >> begun_;
    if (begun_ == "documents") calls_.push_back({.documents = ParseVersions(words)});
  } else if (what == "done") {
    words >> generation_ >> pending_;
    if (begun_ == "documents") calls_.back().acknowledged = true;
    if (begun_ == "publish") publish_refused_ = false;
    begun_.clear();
    ++acknowledged_;
    Settle();
  } else if (what == "refused") {
    if (begun_ == "publish") publish_refused_ = true;
    // Refused before anything was written: it cannot be there.
    const bool untried =
        line.find("write store: disk full: ") != std::string_view::npos ||
        line.find("write store: refused until it is opened again: ") != std::string_view::npos;
    if (begun_ == "documents" && untried) calls_.pop_back();
    if (begun_ != "reopen") begun_.clear();
    ++refused_;
  }
}

void Ledger::Settle() {
  size_t settled = 0;
  for (; settled < calls_.size() && calls_[settled].acknowledged; ++settled) {
    Merge(documents_, calls_[settled].documents);
  }
  calls_.erase(calls_.begin(), calls_.begin() + static_cast<std::ptrdiff_t>(settled));
}

std::map<std::string, uint64_t> Ledger::After(uint64_t chosen) const {
  std::map<std::string, uint64_t> documents = documents_;
  size_t bit = 0;
  for (const Call& call : calls_) {
    if (call.acknowledged || ((chosen >> bit++) & 1) != 0) Merge(documents, call.documents);
  }
  return documents;
}

std::string Ledger::Compare(const Sight& sight) const {
  if (!sight.problems.empty()) return "problems: " + sight.problems;
  size_t open = 0;
  for (const Call& call : calls_) open += call.acknowledged ? 0 : 1;
  QUARRY_CHECK(open <= 16);
  bool found = false;
  for (uint64_t chosen = 0; chosen < (uint64_t{1} << open) && !found; ++chosen) {
    found = After(chosen) == sight.documents;
  }
  if (!found) {
    return "acknowledged:" + Shown(After(0)) + "\nfound:" + Shown(sight.documents);
  }
  const bool may_be_published = publish_refused_ || begun_ == "publish";
  if (may_be_published && sight.generation > generation_) return "";
  if (sight.generation != generation_) {
    return "generation " + std::to_string(sight.generation) + ", acknowledged was " +
           std::to_string(generation_);
  }
  if (open == 0 && sight.pending > pending_) {
    return std::to_string(sight.pending) + " chunks without a vector, acknowledged were all but " +
           std::to_string(pending_);
  }
  return "";
}

}  // namespace quarry::testing
