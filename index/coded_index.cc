#include "index/coded_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "index/faiss_hnsw.h"
#include "index/graph_search.h"
#include "index/number_set.h"
#include "index/top_rows.h"
#include "index/vector_math.h"

namespace quarry::index {
namespace {

// What a walk costs per candidate that it keeps, in vectors of a scan: it computes some ten
// distances for each, and each costs about three times as much, since the vectors lie anywhere.
constexpr double kScannedPerCandidate = 32;

// A walk that found too few is repeated once, this much wider, before everything is scanned.
constexpr size_t kWiden = 4;

// Vectors whose coarse scores are computed together in a scan.
constexpr size_t kScanBlock = 64;
// A caller that gave up is noticed after this many blocks (about a millisecond).
constexpr size_t kBlocksPerCheck = 512;

// What a walk for documents aims at beyond the rows that it seems to need, as a part of these: of the
// last of them it may have missed some, and exact scores may order them a little otherwise.
constexpr size_t kSpareShare = 4;

// How many of the best by coarse scores get exact ones, for k results.
size_t Shortlist(size_t k) { return std::max<size_t>(50, 2 * k + 30); }

// How many of the best rows are likely to bring what is asked for.
size_t FirstGuess(ResultLimit limit) {
  if (limit.unit == ResultLimit::Unit::kRows) return limit.count;
  return limit.count + limit.count * (limit.rows_a_document >= 2 ? 6 : 1) / 16;
}

bool Higher(const Candidate& a, const Candidate& b) { return a.score > b.score; }

// The `keep` best of what it is offered and whatever equals the last of them. Reused by a thread.
class BestCandidates {
 public:
  void Start(size_t keep) {
    keep_ = keep;
    threshold_ = -std::numeric_limits<float>::infinity();
    all_.clear();
  }
  float threshold() const { return threshold_; }
  // REQUIRES: candidate.score >= threshold().
  void Offer(Candidate candidate) {
    all_.push_back(candidate);
    if (all_.size() >= limit_ && all_.size() >= 4 * keep_) Cut();
  }
  std::vector<Candidate>& Finish() {
    Cut();
    return all_;
  }

 private:
  void Cut() {
    if (all_.size() > keep_) {
      const auto last = all_.begin() + static_cast<ptrdiff_t>(keep_ - 1);
      std::nth_element(all_.begin(), last, all_.end(), Higher);
      threshold_ = last->score;
      std::erase_if(all_, [&](const Candidate& c) { return c.score < threshold_; });
    }
    limit_ = 2 * all_.size();  // equal scores may be many: do not look at them again and again
  }

  size_t keep_ = 0;
  size_t limit_ = 0;
  float threshold_ = 0;
  std::vector<Candidate> all_;
};

// What one thread needs for a search, kept between searches.
struct Scratch {
  CodedQuery query;
  BestCandidates best;
  std::vector<Candidate> shortlist;
  NumberSet documents;
};

Scratch& ScratchOfThisThread() {
  thread_local Scratch scratch;
  return scratch;
}

class CodedIndex final : public VectorIndex {
 public:
  static Result<std::shared_ptr<const CodedIndex>> Open(const VectorFile& file, SharedBytes bytes,
                                                        std::vector<RowId> rows);

  VectorIndexKind kind() const override { return file_.kind; }
  uint32_t dimension() const override { return codes_.dimension(); }
  size_t size() const override { return rows_.size(); }
  std::span<const RowId> rows() const override { return rows_; }
  std::shared_ptr<const VectorIndex> WithRows(std::vector<RowId> rows) const override {
    QUARRY_CHECK(rows.size() == size());
    return std::shared_ptr<const VectorIndex>(
        new CodedIndex(file_, bytes_, codes_, links_, std::move(rows)));
  }
  uint64_t MemoryBytes() const override {
    return sizeof(*this) + bytes_.view.size() + rows_.capacity() * sizeof(RowId);
  }
  uint64_t MappedBytes() const override { return bytes_.mapped ? bytes_.view.size() : 0; }
  bool Holds(size_t position, std::span<const float> vector) const override;
  size_t CountReachable() const override {
    return kind() == VectorIndexKind::kHnsw ? quarry::index::CountReachable(links_) : size();
  }
  Result<SharedBytes> File() const override {
    if (file_.section(VectorSection::kChunks).size == 0 && !rows_.empty()) {
      return FailedPreconditionError("a vector index without chunks has no file");
    }
    return bytes_;
  }

  Result<std::vector<ScoredRow>> Search(std::span<const float> query, ResultLimit limit,
                                        const Bitmap* allowed, const RowTable& table,
                                        const VectorSearchOptions& options,
                                        const CallContext& context) const override;

  bool CanGrow(const VectorIndexOptions& options) const override {
    const bool is_linked = file_.kind == VectorIndexKind::kHnsw;
    return options.kind == VectorIndexKind::kHnsw && options.codes == file_.codes &&
           (!is_linked || (options.hnsw_links == links_.links && links_.size > 0));
  }
  const HnswLinks& links() const { return links_; }
  std::string_view section(VectorSection name) const {
    const VectorFile::Section& section = file_.section(name);
    return bytes_.view.substr(section.offset, section.size);
  }

  // The widths of walks that give `recall` for 10 and for 100 results, measured with vectors of the
  // index as queries (each without itself).
  Result<std::array<uint32_t, 2>> MeasureWidths(double recall, const CallContext& context) const;

 private:
  CodedIndex(const VectorFile& file, SharedBytes bytes, VectorCodes codes, HnswLinks links,
             std::vector<RowId> rows)
      : file_(file),
        bytes_(std::move(bytes)),
        codes_(codes),
        links_(links),
        rows_(std::move(rows)),
        gone_(static_cast<size_t>(std::count(rows_.begin(), rows_.end(), kNoRow))) {}

  bool IsAllowed(size_t position, const Bitmap* allowed) const {
    const RowId row = rows_[position];
    return row != kNoRow && (allowed == nullptr || allowed->Test(row));
  }
  size_t WidthFor(size_t k, const VectorSearchOptions& options) const;
  Result<std::vector<ScoredRow>> ScanAndScore(Scratch& scratch, ResultLimit limit,
                                              const Bitmap* allowed, const RowTable& table,
                                              const CallContext& context) const;
  Result<std::span<Candidate>> Scan(Scratch& scratch, size_t k, const Bitmap* allowed,
                                    const CallContext& context) const;
  std::span<const Candidate> ShortlistOf(Scratch& scratch, std::span<const Candidate> found,
                                         size_t k, const Bitmap* allowed) const;
  size_t RowsFor(Scratch& scratch, ResultLimit limit, std::span<const Candidate> sorted,
                 const RowTable& table) const;
  std::vector<ScoredRow> Score(const Scratch& scratch, std::span<const Candidate> shortlist,
                               ResultLimit limit, const RowTable& table) const;

  const VectorFile file_;
  const SharedBytes bytes_;
  const VectorCodes codes_;
  const HnswLinks links_;
  const std::vector<RowId> rows_;
  const size_t gone_;  // rows that are kNoRow
};

Result<std::shared_ptr<const CodedIndex>> CodedIndex::Open(const VectorFile& file,
                                                           SharedBytes bytes,
                                                           std::vector<RowId> rows) {
  const auto at = [&](VectorSection name) { return bytes.view.data() + file.section(name).offset; };
  const VectorCodes codes(file.codes, file.dimension, file.count, at(VectorSection::kCoarse),
                          at(VectorSection::kFine), at(VectorSection::kScales));
  HnswLinks links;
  if (file.kind == VectorIndexKind::kHnsw) {
    const VectorFile::Section& graph = file.section(VectorSection::kGraph);
    QUARRY_ASSIGN_OR_RETURN(
        links, ParseHnswLinks(bytes.view.substr(graph.offset, graph.size), file.count));
  }
  return std::shared_ptr<const CodedIndex>(
      new CodedIndex(file, std::move(bytes), codes, links, std::move(rows)));
}

bool CodedIndex::Holds(size_t position, std::span<const float> vector) const {
  const CodeLayout& layout = codes_.layout();
  std::string coded(layout.coarse + layout.fine + layout.scale, '\0');
  char* const coarse = coded.data();
  char* const fine = coarse + layout.coarse;
  char* const scale = fine + layout.fine;
  WriteCodes(codes_.kind(), vector, coarse, fine, scale);
  const auto same = [&](VectorSection name, const char* expected, size_t bytes) {
    return section(name).substr(position * bytes, bytes) == std::string_view(expected, bytes);
  };
  return same(VectorSection::kCoarse, coarse, layout.coarse) &&
         same(VectorSection::kFine, fine, layout.fine) &&
         same(VectorSection::kScales, scale, layout.scale);
}

// Exact scores for the shortlist; the best of it.
std::vector<ScoredRow> CodedIndex::Score(const Scratch& scratch,
                                         std::span<const Candidate> shortlist, ResultLimit limit,
                                         const RowTable& table) const {
  const std::unique_ptr<ResultCollector> top = ResultCollector::Make(table, limit);
  constexpr size_t kAhead = 4;
  for (size_t i = 0; i < std::min(kAhead, shortlist.size()); ++i) {
    scratch.query.FetchFine(codes_, shortlist[i].vertex);
  }
  for (size_t i = 0; i < shortlist.size(); ++i) {
    if (i + kAhead < shortlist.size()) {
      scratch.query.FetchFine(codes_, shortlist[i + kAhead].vertex);
    }
    const uint32_t position = shortlist[i].vertex;
    top->Offer({.row = rows_[position], .score = scratch.query.Score(codes_, position)});
  }
  return top->Take();
}

// The best by coarse scores, in no particular order: Shortlist(k) of them and what equals the last.
Result<std::span<Candidate>> CodedIndex::Scan(Scratch& scratch, size_t k, const Bitmap* allowed,
                                              const CallContext& context) const {
  uint32_t positions[kScanBlock];
  float scores[kScanBlock];
  scratch.best.Start(Shortlist(k));
  const bool all = allowed == nullptr && gone_ == 0;
  size_t at = 0;
  for (size_t block = 0; at < rows_.size(); ++block) {
    if (block % kBlocksPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
    size_t count = 0;
    if (all) {
      count = std::min(kScanBlock, rows_.size() - at);
      scratch.query.CoarseScoresOfRun(codes_, at, count, scores);
      for (size_t i = 0; i < count; ++i) positions[i] = static_cast<uint32_t>(at++);
    } else {
      const size_t end = std::min(rows_.size(), at + kScanBlock * kScanBlock);
      for (; at < end && count < kScanBlock; ++at) {
        positions[count] = static_cast<uint32_t>(at);
        count += IsAllowed(at, allowed);
      }
      scratch.query.CoarseScores(codes_, positions, count, scores);
    }
    for (size_t i = 0; i < count; ++i) {
      if (scores[i] < scratch.best.threshold()) continue;
      scratch.best.Offer({.score = scores[i], .vertex = positions[i]});
    }
  }
  return std::span<Candidate>(scratch.best.Finish());
}

// How many of the best bring what the limit asks for; where all together do not, an estimate, which
// is more than there are. REQUIRES: sorted, best first.
size_t CodedIndex::RowsFor(Scratch& scratch, ResultLimit limit, std::span<const Candidate> sorted,
                           const RowTable& table) const {
  if (limit.unit == ResultLimit::Unit::kRows) return limit.count;
  size_t documents = 0;
  scratch.documents.Clear(std::min(limit.count, sorted.size()));
  for (size_t i = 0; i < sorted.size(); ++i) {
    documents += scratch.documents.Insert(table.row(rows_[sorted[i].vertex]).document);
    if (documents == limit.count) return i + 1;
  }
  return std::max(sorted.size() + 1, sorted.size() * limit.count / std::max<size_t>(documents, 1));
}

// Looks at every vector that is allowed.
Result<std::vector<ScoredRow>> CodedIndex::ScanAndScore(Scratch& scratch, ResultLimit limit,
                                                        const Bitmap* allowed,
                                                        const RowTable& table,
                                                        const CallContext& context) const {
  size_t k = 2 * FirstGuess(limit) - limit.count;  // some more cost less than a second scan
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const std::span<Candidate> shortlist,
                            Scan(scratch, k, allowed, context));
    if (limit.unit == ResultLimit::Unit::kRows) return Score(scratch, shortlist, limit, table);
    std::sort(shortlist.begin(), shortlist.end(), Higher);
    const size_t needed = RowsFor(scratch, limit, shortlist, table);
    if (needed <= k || shortlist.size() < Shortlist(k)) {
      return Score(scratch, shortlist, limit, table);
    }
    k = std::clamp(needed + needed / 4, k + k / 2, 8 * k);
  }
}

// Of what a walk found, the best that are allowed: Shortlist(k) and what equals the last.
std::span<const Candidate> CodedIndex::ShortlistOf(Scratch& scratch,
                                                   std::span<const Candidate> found, size_t k,
                                                   const Bitmap* allowed) const {
  std::vector<Candidate>& shortlist = scratch.shortlist;
  shortlist.clear();
  const size_t most = Shortlist(k);
  for (const Candidate& candidate : found) {
    if (shortlist.size() >= most && candidate.score < shortlist.back().score) break;
    if (IsAllowed(candidate.vertex, allowed)) shortlist.push_back(candidate);
  }
  return shortlist;
}

// The widths for 10 and 100 results are measured; in between and above, on the line through them.
size_t CodedIndex::WidthFor(size_t k, const VectorSearchOptions& options) const {
  if (options.width > 0) return std::max<size_t>(options.width, k);
  const double slope = (static_cast<double>(file_.widths[1]) - file_.widths[0]) / 90;
  const double above = std::max(static_cast<double>(k) - 10, 0.0);
  return std::max(file_.widths[0] + static_cast<size_t>(slope * above), k);
}

Result<std::vector<ScoredRow>> CodedIndex::Search(std::span<const float> query, ResultLimit limit,
                                                  const Bitmap* allowed, const RowTable& table,
                                                  const VectorSearchOptions& options,
                                                  const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckVector(query, dimension(), "query vector"));
  if (limit.count == 0 || rows_.empty() || IsZero(query)) return std::vector<ScoredRow>();
  QUARRY_RETURN_IF_ERROR(context.Check());
  limit.count = std::min(limit.count, rows_.size());
  Scratch& scratch = ScratchOfThisThread();
  scratch.query.Set(codes_, query);
  if (links_.size == 0) return ScanAndScore(scratch, limit, allowed, table, context);

  // A filter does not steer the walk: it is made so much wider that as many allowed candidates are
  // kept as without one. Where that costs more than looking at every allowed vector, we do the
  // latter. How many rows bring the documents that are asked for shows on the way: then it goes on.
  // One candidate more than k shows whether the cut runs through a tie (below).
  const double size = static_cast<double>(rows_.size());
  const double kept = static_cast<double>(rows_.size() - gone_);
  const double may =
      allowed == nullptr ? kept : std::min(kept, static_cast<double>(allowed->Count()));
  GraphSearch& walk = GraphSearch::OfThisThread();
  const auto with_spare = [&](size_t rows) {
    return limit.unit == ResultLimit::Unit::kRows ? rows : rows + rows / kSpareShare;
  };
  size_t k = with_spare(FirstGuess(limit));
  size_t times = 1;
  for (bool goes_on = false;; goes_on = true) {
    const double wanted = static_cast<double>(times * (WidthFor(k, options) + 1));
    const double width = std::ceil(wanted * size / std::max(may, 1.0));
    if (may <= kScannedPerCandidate * width) break;
    QUARRY_RETURN_IF_ERROR(context.Check());
    const std::span<const Candidate> found =
        goes_on ? walk.Widen(codes_, links_, scratch.query, static_cast<size_t>(width))
                : walk.Walk(codes_, links_, scratch.query, static_cast<size_t>(width));
    const std::span<const Candidate> shortlist = ShortlistOf(scratch, found, k, allowed);
    const size_t needed = RowsFor(scratch, limit, shortlist, table);
    if (with_spare(needed) > k && shortlist.size() >= k) {
      k = with_spare(needed);
      continue;
    }
    // When equal scores reach the end of what the walk kept, there may be more of them outside, and
    // rows among those that precede.
    if (needed <= shortlist.size() && shortlist[needed - 1].score > found.back().score) {
      return Score(scratch, shortlist, limit, table);
    }
    if (times == kWiden) break;
    times = kWiden;
  }
  return ScanAndScore(scratch, limit, allowed, table, context);
}

Result<std::array<uint32_t, 2>> CodedIndex::MeasureWidths(double recall,
                                                          const CallContext& context) const {
  constexpr size_t kQueries = 100;
  constexpr uint32_t kWidest = 2048;
  constexpr size_t kResults[] = {10, 100};
  Scratch& scratch = ScratchOfThisThread();
  std::vector<float> vector(dimension());
  std::vector<float> scores;
  // The exact scores of what a scan or walk found, best first.
  const auto score = [&](std::span<const Candidate> shortlist) {
    scores.clear();
    for (const Candidate& candidate : shortlist) {
      scores.push_back(scratch.query.Score(codes_, candidate.vertex));
    }
    std::sort(scores.begin(), scores.end(), std::greater<>());
  };

  struct Sample {
    size_t position = 0;
    std::array<float, 2> last = {};  // score of the last wanted result
  };
  std::vector<Sample> samples(std::min(kQueries, size()));
  Random random(size());
  for (Sample& sample : samples) {
    sample.position = random.Below(size());
    codes_.Decode(sample.position, vector);
    scratch.query.Set(codes_, vector);
    QUARRY_ASSIGN_OR_RETURN(const std::span<const Candidate> best,
                            Scan(scratch, kResults[1] + 1, nullptr, context));
    score(best);
    for (size_t i = 0; i < 2; ++i) {
      sample.last[i] = scores[std::min(kResults[i], scores.size() - 1)];  // [0]: itself
    }
  }

  std::array<uint32_t, 2> widths;
  for (size_t i = 0; i < 2; ++i) {
    const size_t results = std::min(kResults[i], size());
    uint32_t width = static_cast<uint32_t>(results + results / 2);
    for (; width < kWidest; width += width / 4 + 1) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      size_t found = 0;
      for (const Sample& sample : samples) {
        codes_.Decode(sample.position, vector);
        scratch.query.Set(codes_, vector);
        score(ShortlistOf(scratch,
                          GraphSearch::OfThisThread().Walk(codes_, links_, scratch.query, width),
                          results + 1, nullptr));
        const auto end =
            std::find_if(scores.begin(), scores.end(), [&](float s) { return s < sample.last[i]; });
        const size_t hits = static_cast<size_t>(end - scores.begin());
        found += std::min(std::max<size_t>(hits, 1) - 1, results);
      }
      if (static_cast<double>(found) >=
          recall * static_cast<double>(std::min(results, size() - 1) * samples.size())) {
        break;
      }
    }
    widths[i] = width;
  }
  widths[1] = std::max(widths[0], widths[1]);
  return widths;
}

}  // namespace

Result<std::shared_ptr<const VectorIndex>> OpenCodedIndex(const VectorFile& file, SharedBytes bytes,
                                                          std::vector<RowId> rows) {
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const CodedIndex> index,
                          CodedIndex::Open(file, std::move(bytes), std::move(rows)));
  return std::shared_ptr<const VectorIndex>(std::move(index));
}

Result<std::shared_ptr<const VectorIndex>> BuildCodedIndex(const VectorIndexOptions& options,
                                                           VectorSource source,
                                                           const CallContext& context) {
  const size_t count = source.rows.size();
  if (source.dimension > kMaxDimension) {
    return InvalidArgumentError("dimension " + std::to_string(source.dimension) +
                                ": expected at most " + std::to_string(kMaxDimension));
  }
  if (count >= kNoRow / 2) return ResourceExhaustedError("more than 2^31 - 2 vectors");

  VectorFile file{
      .kind = options.kind, .codes = options.codes, .dimension = source.dimension, .count = count};
  const CodeLayout layout(options.codes, source.dimension);
  const uint64_t coarse = file.Place(VectorSection::kCoarse, count * layout.coarse);
  const uint64_t fine = file.Place(VectorSection::kFine, count * layout.fine);
  const uint64_t scales = file.Place(VectorSection::kScales, count * layout.scale);
  const uint64_t chunks =
      file.Place(VectorSection::kChunks, source.chunks.size() * sizeof(uint64_t));
  const auto* const base = dynamic_cast<const CodedIndex*>(source.base.get());
  std::optional<HnswGraphBuilder> graph;
  if (options.kind == VectorIndexKind::kHnsw) {
    QUARRY_ASSIGN_OR_RETURN(
        graph, HnswGraphBuilder::Start({.links = options.hnsw_links,
                                        .build_width = options.hnsw_build_width,
                                        .threads = options.build_threads,
                                        .seed = options.seed},
                                       count, base == nullptr ? nullptr : &base->links()));
    file.Place(VectorSection::kGraph, graph->FileBytes(), graph->NeighborsAt());
  }
  QUARRY_ASSIGN_OR_RETURN(HugeBuffer buffer, HugeBuffer::Allocate(file.FileBytes()));
  char* const to = buffer.data();

  size_t taken = 0;
  if (base != nullptr) {
    taken = base->size();
    const auto take = [&](VectorSection name, uint64_t offset) {
      const std::string_view bytes = base->section(name);
      std::memcpy(to + offset, bytes.data(), bytes.size());
    };
    take(VectorSection::kCoarse, coarse);
    take(VectorSection::kFine, fine);
    take(VectorSection::kScales, scales);
  }
  std::vector<float> vector(source.dimension);
  for (size_t i = taken; i < count; ++i) {
    if (i % 1024 == 0) QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_RETURN_IF_ERROR(source.read(i, vector));
    const Status status = CheckVector(vector, source.dimension, "vector");
    if (!status.ok()) return status.Annotate("entry " + std::to_string(i));
    WriteCodes(options.codes, vector, to + coarse + i * layout.coarse, to + fine + i * layout.fine,
               to + scales + i * layout.scale);
  }
  for (size_t i = 0; i < source.chunks.size(); ++i) {
    const uint64_t chunk = source.chunks[i].value;
    std::memcpy(to + chunks + i * sizeof(chunk), &chunk, sizeof(chunk));
  }
  if (graph) {
    const VectorCodes codes(options.codes, source.dimension, count, to + coarse, to + fine,
                            to + scales);
    QUARRY_RETURN_IF_ERROR(graph->Link(codes, context));
    graph->Write(to + file.section(VectorSection::kGraph).offset);
    graph.reset();
  }
  SharedBytes bytes = HugeBuffer::Share(std::move(buffer));
  if (file.kind == VectorIndexKind::kHnsw && count > 0) {
    QUARRY_ASSIGN_OR_RETURN(const auto unfinished, CodedIndex::Open(file, bytes, source.rows));
    QUARRY_ASSIGN_OR_RETURN(file.widths, unfinished->MeasureWidths(options.target_recall, context));
  }
  WriteVectorHeader(file, to);
  return OpenCodedIndex(file, std::move(bytes), std::move(source.rows));
}

}  // namespace quarry::index
