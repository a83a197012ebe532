#include "ingest/near_duplicates.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "base/resemblance.h"

namespace quarry::ingest {
namespace {

constexpr size_t kBands = 16;
constexpr size_t kBandRows = 4;
constexpr uint64_t kSeed = 0x6e656172;
// Of the documents that share a band each is compared with so many before it.
constexpr size_t kCompared = 8;
// Documents between two looks at the context.
constexpr size_t kWindow = 256;
constexpr size_t kKeptSets = 64;

using Shingles = std::vector<uint64_t>;  // ShingleHashes
using Bands = std::array<uint32_t, kBands>;

// Multiply-shift hash functions (Dietzfelbinger et al.: "A reliable randomized algorithm for the
// closest-pair problem", 1997).
class MinHash {
 public:
  MinHash() {
    Random random(kSeed);
    for (uint64_t& factor : factors_) factor = random.Next() | 1;
  }

  Bands BandsOf(const Shingles& shingles) const {
    std::array<uint64_t, kBands * kBandRows> minima;
    minima.fill(UINT64_MAX);
    for (const uint64_t shingle : shingles) {
      for (size_t i = 0; i < minima.size(); ++i) {
        const uint64_t product = shingle * factors_[i];
        minima[i] = std::min(minima[i], product ^ (product >> 32));
      }
    }
    Bands bands;
    for (size_t band = 0; band < kBands; ++band) {
      uint64_t hash = band;
      for (size_t row = 0; row < kBandRows; ++row) {
        hash = HashCombine(hash, minima[band * kBandRows + row]);
      }
      bands[band] = static_cast<uint32_t>(hash);
    }
    return bands;
  }

 private:
  std::array<uint64_t, kBands * kBandRows> factors_;
};

class DuplicateFinder {
 public:
  DuplicateFinder(const index::Snapshot& snapshot, const Analyzer& analyzer, ThreadPool& pool,
                  const index::Progress& progress, const CallContext& context)
      : snapshot_(snapshot),
        analyzer_(analyzer),
        pool_(pool),
        progress_(progress),
        context_(context) {}

  Result<std::vector<NearDuplicate>> Run(double similarity) {
    QUARRY_RETURN_IF_ERROR(snapshot_.ForEachDocument([&](const index::StoredDocument& document) {
      documents_.push_back({document.id, document.number});
      return true;
    }));
    // History does not show.
    std::sort(documents_.begin(), documents_.end(),
              [](const Named& a, const Named& b) { return a.id < b.id; });
    QUARRY_RETURN_IF_ERROR(Sign());
    const std::vector<Pair> pairs = Candidates();
    std::vector<NearDuplicate> found;
    for (size_t i = 0; i < pairs.size();) {
      QUARRY_RETURN_IF_ERROR(context_.Check());
      const uint32_t document = pairs[i].first;
      QUARRY_ASSIGN_OR_RETURN(const Shingles own, Read(document));
      double best = 0;
      uint32_t of = 0;
      for (; i < pairs.size() && pairs[i].first == document; ++i) {
        QUARRY_ASSIGN_OR_RETURN(const Shingles* other, ReadKept(pairs[i].second));
        const double one = Resemblance(own, *other);
        if (one > best) {
          best = one;
          of = pairs[i].second;
        }
      }
      if (best >= similarity) found.push_back({documents_[document].id, documents_[of].id, best});
    }
    return found;
  }

 private:
  struct Named {
    DocumentId id;
    DocumentNumber number;
  };
  // Places in documents_, the second before the first.
  using Pair = std::pair<uint32_t, uint32_t>;

  Result<Shingles> Read(size_t document) const {
    QUARRY_ASSIGN_OR_RETURN(const std::string text,
                            snapshot_.ReadText(documents_[document].number));
    return ShingleHashes(analyzer_, text);
  }

  // One document is often what many others are like.
  Result<const Shingles*> ReadKept(uint32_t document) {
    const auto kept = kept_.find(document);
    if (kept != kept_.end()) return &kept->second;
    if (kept_.size() == kKeptSets) kept_.clear();
    QUARRY_ASSIGN_OR_RETURN(Shingles shingles, Read(document));
    return &kept_.emplace(document, std::move(shingles)).first->second;
  }

  Status Sign() {
    const MinHash hash;
    bands_.resize(documents_.size());
    for (size_t begin = 0; begin < documents_.size(); begin += kWindow) {
      QUARRY_RETURN_IF_ERROR(context_.Check());
      if (progress_) progress_("comparing", begin, documents_.size());
      const size_t count = std::min(kWindow, documents_.size() - begin);
      std::vector<Status> statuses(count);
      ParallelFor(pool_, count, 4, [&](size_t i) {
        const Result<Shingles> shingles = Read(begin + i);
        statuses[i] = shingles.status();
        if (shingles.ok()) bands_[begin + i] = hash.BandsOf(*shingles);
      });
      for (const Status& status : statuses) QUARRY_RETURN_IF_ERROR(status);
    }
    return OkStatus();
  }

  // Sorted, each once.
  std::vector<Pair> Candidates() const {
    std::vector<Pair> pairs;
    std::vector<Pair> members;  // of all buckets of a band: hash, document
    for (size_t band = 0; band < kBands; ++band) {
      members.clear();
      for (uint32_t i = 0; i < bands_.size(); ++i) {
        members.emplace_back(bands_[i][band], i);
      }
      std::sort(members.begin(), members.end());
      for (size_t i = 0, first = 0; i < members.size(); ++i) {
        if (members[i].first != members[first].first) first = i;
        const size_t end = std::min(i, first + kCompared);
        for (size_t j = first; j < end; ++j) {
          pairs.emplace_back(members[i].second, members[j].second);
        }
      }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
  }

  const index::Snapshot& snapshot_;
  const Analyzer& analyzer_;
  ThreadPool& pool_;
  const index::Progress& progress_;
  const CallContext& context_;
  std::vector<Named> documents_;  // by id
  std::vector<Bands> bands_;
  std::unordered_map<uint32_t, Shingles> kept_;
};

}  // namespace

Result<std::vector<NearDuplicate>> FindNearDuplicates(const index::Snapshot& snapshot,
                                                      const Analyzer& analyzer, double similarity,
                                                      ThreadPool& pool,
                                                      const index::Progress& progress,
                                                      const CallContext& context) {
  QUARRY_CHECK(similarity > 0 && similarity <= 1);
  return DuplicateFinder(snapshot, analyzer, pool, progress, context).Run(similarity);
}

}  // namespace quarry::ingest
