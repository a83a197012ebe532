#include "retrieval/hops.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "retrieval/names.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kKept = 10;   // hits of a search for a name
constexpr size_t kMost = 100;  // names that one question follows in all

// A name of a passage that may be followed.
struct Lead {
  std::string name;
  uint64_t frequency = UINT64_MAX;  // of its rarest term
};

// The names of `passage` that the question lacks, the rarest first.
std::vector<Lead> LeadsOf(const Passage& passage, const index::Snapshot& snapshot,
                          const Analyzer& analyzer, const std::unordered_set<std::string>& asked) {
  std::vector<Lead> leads;
  for (std::string& name : NamesIn(passage.title + "\n\n" + passage.chunk.text)) {
    Lead lead{.name = std::move(name)};
    bool is_new = false;
    for (const Token& token : analyzer.Tokenize(lead.name)) {
      is_new = is_new || !asked.contains(token.term);
      lead.frequency = std::min(lead.frequency, snapshot.lexical().DocumentFrequency(token.term));
    }
    // What one chunk alone holds leads nowhere.
    if (is_new && lead.frequency > 1) leads.push_back(std::move(lead));
  }
  std::stable_sort(leads.begin(), leads.end(),
                   [](const Lead& a, const Lead& b) { return a.frequency < b.frequency; });
  return leads;
}

// The hits of all searches so far, each once.
class HitList {
 public:
  HitList(Snapshots snapshots, std::vector<RankedHit>& hits)
      : snapshots_(snapshots), hits_(hits), followed_(hits.size()) {
    for (size_t i = 0; i < hits.size(); ++i) places_[{hits[i].collection, hits[i].row}] = i;
  }

  // Notes that the name at place `hop` gives `hit` this score.
  void Offer(RankedHit hit, double score, uint32_t hop) {
    const auto [it, is_new] = places_.try_emplace({hit.collection, hit.row}, hits_.size());
    if (is_new) {
      hit.hit.score = 0;
      hit.hit.breakdown = {};  // of another question
      hits_.push_back(std::move(hit));
      followed_.push_back({});
    }
    Followed& followed = followed_[it->second];
    if (score > followed.score) followed = {score, hop};
  }

  void Finish() {
    for (size_t i = 0; i < hits_.size(); ++i) {
      if (followed_[i].score <= hits_[i].hit.score) continue;
      hits_[i].hit.score = followed_[i].score;
      hits_[i].hop = followed_[i].hop;
    }
    SortHits(snapshots_, hits_);
  }

 private:
  struct Followed {
    double score = 0;
    uint32_t hop = 0;
  };
  const Snapshots snapshots_;
  std::vector<RankedHit>& hits_;
  std::vector<Followed> followed_;  // of each hit
  std::map<std::pair<uint32_t, RowId>, size_t> places_;
};

}  // namespace

Status FollowNames(const std::string& question, Snapshots snapshots, const Analyzer& analyzer,
                   const HopOptions& options, const SearchText& search, const CallContext& context,
                   std::vector<RankedHit>& hits, std::vector<Hop>& followed) {
  StageTimer timer(context, "retrieve.hops");
  std::unordered_set<std::string> asked;
  for (Token& token : analyzer.Tokenize(question)) asked.insert(std::move(token.term));
  std::set<std::string> names;
  for (uint32_t hop = 2; hop <= options.hops; ++hop) {
    if (hits.empty() || hits.front().hit.score <= 0) break;
    const std::vector<RankedHit> sources(
        hits.begin(), hits.begin() + std::min<ptrdiff_t>(options.passages, std::ssize(hits)));
    HitList list(snapshots, hits);
    for (const RankedHit& source : sources) {
      const index::Snapshot& snapshot = *snapshots[source.collection];
      QUARRY_ASSIGN_OR_RETURN(const Passage passage, snapshot.ReadPassage(source.row));
      uint32_t taken = 0;
      for (const Lead& lead : LeadsOf(passage, snapshot, analyzer, asked)) {
        if (taken == options.names || followed.size() == kMost) break;
        if (!names.insert(lead.name).second) continue;
        ++taken;
        QUARRY_RETURN_IF_ERROR(context.Check());
        followed.push_back({hop, lead.name, passage.chunk.document});
        // Twice: what is sought is about the name, and the question says which of its sides.
        QUARRY_ASSIGN_OR_RETURN(std::vector<RankedHit> found,
                                search(lead.name + " " + lead.name + " " + question));
        if (found.size() > kKept) found.resize(kKept);
        const double top = found.empty() ? 0 : found.front().hit.score;
        for (RankedHit& hit : found) {
          const bool is_source =
              hit.collection == source.collection &&
              snapshot.rows().row(hit.row).document == snapshot.rows().row(source.row).document;
          if (is_source || top <= 0) continue;
          const double score = options.weight * source.hit.score * hit.hit.score / top;
          list.Offer(std::move(hit), score, static_cast<uint32_t>(followed.size()));
        }
      }
    }
    list.Finish();
  }
  // Hits that the question did not find have no step of fusion.
  RecordStep(ScoreStep::Stage::kHops, hits);
  return OkStatus();
}

}  // namespace quarry::retrieval
