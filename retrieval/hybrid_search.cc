#include "retrieval/hybrid_search.h"

#include <algorithm>
#include <utility>

#include "model/embedder_factory.h"
#include "retrieval/dense_leg.h"
#include "retrieval/lexical_leg.h"

namespace quarry::retrieval {
namespace {

// In a collection that holds no word of the question (CORI's default belief).
constexpr double kDefaultBelief = 0.4;

// Whether a search by words can go on without the vectors: what embeds the question is elsewhere and
// does not answer. A model that is not the one of the vectors is another matter.
bool IsUpstreamDown(const Status& failed, const index::Snapshot& snapshot,
                    const CallContext& context) {
  const bool is_remote = snapshot.generation()->embedder_kind == model::kRemoteKind;
  const bool is_down = failed.code() == Code::kUnavailable ||
                       failed.code() == Code::kResourceExhausted ||
                       failed.code() == Code::kDeadlineExceeded;
  return is_remote && is_down && context.Check().ok();
}

// The caller's, with half of the time that is left.
CallContext HalfOfTime(const CallContext& context) {
  CallContext half = context;
  if (context.deadline != CallContext::Clock::time_point::max()) {
    half.deadline -= (context.deadline - CallContext::Clock::now()) / 2;
  }
  return half;
}

// The range of all lists together.
template <typename ListOf>
LegScale ScaleOfAll(const std::vector<SearchPart>& parts, ListOf list_of) {
  std::vector<index::ScoredRow> ends;
  for (const SearchPart& part : parts) {
    const std::vector<index::ScoredRow>& list = list_of(part);
    if (list.empty()) continue;
    ends.push_back(list.front());
    ends.push_back(list.back());
  }
  return LegScale::Of(ends);
}

RankedHit ToHit(const FusedRow& row, uint32_t collection, const index::RowTable& table) {
  RankedHit ranked;
  ranked.collection = collection;
  ranked.row = row.row;
  ranked.hit.chunk = table.row(row.row).chunk;
  ranked.hit.score = row.score;
  ranked.hit.breakdown = {.lexical_rank = row.lexical_rank,
                          .dense_rank = row.dense_rank,
                          .lexical_score = row.lexical_score,
                          .dense_score = row.dense_score,
                          .lexical_part = row.lexical_part,
                          .dense_part = row.dense_part};
  return ranked;
}

}  // namespace

HybridSearch::HybridSearch(std::vector<SearchPart> parts, const RetrievalOptions& options,
                           model::EmbedderCache& embedders, size_t documents)
    : parts_(std::move(parts)), options_(options), embedders_(embedders), documents_(documents) {}

Status HybridSearch::SearchLexical(std::span<const index::QueryTerm> terms,
                                   const CallContext& context) {
  used_lexical_ = true;
  return RunLexical(terms, context);
}

Status HybridSearch::RunLexical(std::span<const index::QueryTerm> terms,
                                const CallContext& context) {
  for (SearchPart& part : parts_) {
    QUARRY_ASSIGN_OR_RETURN(
        part.lexical, SearchLexicalLeg(terms, documents_, *part.snapshot, part.allowed, context));
  }
  if (parts_.size() == 1) return OkStatus();
  StageTimer timer(context, "retrieve.merge");
  std::vector<const index::LexicalIndex*> indexes;
  for (const SearchPart& part : parts_) indexes.push_back(&part.snapshot->lexical());
  QUARRY_ASSIGN_OR_RETURN(statistics_, SharedStatistics::Of(indexes, terms, context));
  for (SearchPart& part : parts_) {
    std::vector<RowId> rows;
    for (const index::ScoredRow& found : part.lexical) rows.push_back(found.row);
    QUARRY_ASSIGN_OR_RETURN(auto contributions,
                            part.snapshot->lexical().Explain(terms, rows, context));
    for (size_t i = 0; i < rows.size(); ++i) {
      part.lexical[i].score = statistics_.Apply(contributions[i]);
    }
    std::sort(part.lexical.begin(), part.lexical.end(), [&](const auto& a, const auto& b) {
      return index::Better(part.snapshot->rows(), a, b);
    });
  }
  return OkStatus();
}

Status HybridSearch::SearchDense(const std::string& text, std::span<const index::QueryTerm> terms,
                                 const CallContext& context) {
  for (SearchPart& part : parts_) {
    if (!part.uses_dense) continue;
    const DenseLegOptions leg{.documents = documents_,
                              .search_width = options_.search_width,
                              .terms = terms,
                              .crosses_languages = part.only_other_language};
    Result<DenseList> list = SearchDenseLeg(text, leg, *part.snapshot, part.allowed, embedders_,
                                            used_lexical_ ? HalfOfTime(context) : context);
    if (!list.ok() && used_lexical_ && IsUpstreamDown(list.status(), *part.snapshot, context)) {
      part.uses_dense = false;
      part.dense.clear();  // of the text before
      part.crosses_languages = false;
      notes_.push_back("\"" + part.snapshot->collection().name +
                       "\" is searched by words alone: " + list.status().message());
      continue;
    }
    QUARRY_RETURN_IF_ERROR(list.status());
    used_dense_ = true;
    part.dense = std::move(list->rows);
    part.crosses_languages = list->crosses_languages;
  }
  return OkStatus();
}

Status HybridSearch::SearchBoth(std::span<const index::QueryTerm> terms, const std::string& text,
                                LegThreads& threads, const CallContext& context) {
  uint64_t chunks = 0;
  for (const SearchPart& part : parts_) {
    if (part.uses_dense) chunks += part.snapshot->live_chunks();
  }
  used_lexical_ = true;
  Trace traces[2];
  CallContext lexical_context = context;
  CallContext dense_context = context;
  if (context.trace != nullptr) {
    lexical_context.trace = &traces[0];
    dense_context.trace = &traces[1];
  }
  Status lexical;
  Status dense;
  threads.Run(
      chunks, [&] { dense = SearchDense(text, terms, dense_context); },
      [&] { lexical = RunLexical(terms, lexical_context); });
  for (const Trace& trace : traces) {
    for (const Trace::Stage& stage : trace.stages()) context.trace->Add(stage.name, stage.micros);
  }
  QUARRY_RETURN_IF_ERROR(lexical);
  return dense;
}

std::vector<HybridSearch::Scales> HybridSearch::MakeScales() const {
  std::vector<Scales> scales;
  for (const SearchPart& part : parts_) {
    scales.push_back({LegScale::Of(part.lexical), LegScale::Of(part.dense)});
  }
  if (parts_.size() == 1) return scales;
  const LegScale lexical = ScaleOfAll(
      parts_, [](const SearchPart& part) -> const auto& { return part.lexical; });
  const LegScale dense = ScaleOfAll(
      parts_, [](const SearchPart& part) -> const auto& { return part.dense; });
  const auto space_of = [](const SearchPart& part) {
    const auto& generation = part.snapshot->generation();
    return generation ? generation->space.fingerprint : std::string();
  };
  const bool one_space = std::all_of(parts_.begin(), parts_.end(), [&](const SearchPart& part) {
    return space_of(part) == space_of(parts_[0]);
  });
  const bool convex = options_.fusion.method == FusionMethod::kConvex;
  for (size_t i = 0; i < parts_.size(); ++i) {
    double fit = 1;
    if (lexical.maximum > 0) {
      const auto& found = parts_[i].lexical;
      const double best = found.empty() ? 0 : found.front().score / lexical.maximum;
      fit = kDefaultBelief + (1 - kDefaultBelief) * best;
    }
    if (convex) {
      scales[i].lexical = lexical;
      if (one_space) {
        scales[i].dense = dense;
      } else {
        scales[i].dense.factor = fit;
      }
    } else {
      scales[i].lexical.factor = scales[i].dense.factor = fit;
    }
  }
  return scales;
}

std::vector<RankedHit> HybridSearch::Fuse(const CallContext& context) const {
  StageTimer timer(context, "retrieve.fuse");
  const std::vector<Scales> scales = MakeScales();
  std::vector<RankedHit> hits;
  std::vector<const index::Snapshot*> snapshots;
  const bool one_leg = !used_lexical_ || !used_dense_;
  for (uint32_t i = 0; i < parts_.size(); ++i) {
    const SearchPart& part = parts_[i];
    snapshots.push_back(part.snapshot);
    FusionOptions fusion = options_.fusion;
    fusion.dense_weight = !part.uses_dense ? 0
                          : part.crosses_languages && !part.only_other_language
                              ? options_.cross_language_weight
                              : options_.DenseWeightOf(part.snapshot->collection().name);
    if (one_leg) fusion.dense_weight = used_dense_ ? 1 : 0;  // one alone is in its own order
    std::vector<FusedRow> fused = retrieval::Fuse(part.lexical, part.dense, scales[i].lexical,
                                                  scales[i].dense, fusion, part.snapshot->rows());
    hits.reserve(hits.size() + fused.size());
    for (FusedRow& row : fused) {
      if (one_leg) {
        row.score = used_dense_ ? row.dense_score : row.lexical_score;
        (used_dense_ ? row.dense_part : row.lexical_part) = row.score;
      }
      hits.push_back(ToHit(row, i, part.snapshot->rows()));
    }
  }
  // The lists of each collection are sorted; one leg's own scores keep their order.
  if (parts_.size() > 1) SortHits(snapshots, hits);
  return hits;
}

}  // namespace quarry::retrieval
