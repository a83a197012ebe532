#include "index/id_map.h"

#include <algorithm>
#include <utility>

#include "index/aligned.h"

namespace quarry::index {
namespace {

using Entry = IdMap::Entry;

bool Before(const Entry& a, const Entry& b) { return a.id < b.id; }

// Both ascend; of an id in both, that of `newer` is taken.
std::vector<Entry> Merge(std::span<const Entry> older, std::span<const Entry> newer) {
  std::vector<Entry> merged;
  merged.reserve(older.size() + newer.size());
  auto a = older.begin();
  for (const Entry& entry : newer) {
    for (; a != older.end() && a->id < entry.id; ++a) merged.push_back(*a);
    if (a != older.end() && a->id == entry.id) ++a;
    merged.push_back(entry);
  }
  merged.insert(merged.end(), a, older.end());
  return merged;
}

}  // namespace

IdMap IdMap::FromBytes(std::string_view entries, std::shared_ptr<const void> owner) {
  IdMap map;
  if (entries.size() < sizeof(Entry)) return map;  // wherever nothing begins
  const std::span run(AlignedAs<Entry>(entries.data()), entries.size() / sizeof(Entry));
  map.runs_.push_back({run, std::move(owner)});
  return map;
}

void IdMap::Put(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), Before);
  std::vector<Entry> run;
  for (const Entry& entry : entries) {
    if (!run.empty() && run.back().id == entry.id) run.pop_back();
    run.push_back(entry);
  }
  if (run.empty()) return;
  while (!runs_.empty() && runs_.back().entries.size() < 2 * run.size()) {
    run = Merge(runs_.back().entries, run);
    runs_.pop_back();
  }
  const auto owner = std::make_shared<const std::vector<Entry>>(std::move(run));
  runs_.push_back({*owner, owner});
}

std::optional<uint32_t> IdMap::Find(uint64_t id) const {
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    const auto at =
        std::lower_bound(run->entries.begin(), run->entries.end(), Entry{.id = id}, Before);
    if (at != run->entries.end() && at->id == id) return at->value;
  }
  return std::nullopt;
}

std::vector<IdMap::Entry> IdMap::Entries() const {
  std::vector<Entry> all;
  for (const Run& run : runs_) all = Merge(all, run.entries);
  return all;
}

}  // namespace quarry::index
