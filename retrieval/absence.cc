#include "retrieval/absence.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "index/document_fields.h"
#include "retrieval/dense_leg.h"
#include "retrieval/lexical_leg.h"
#include "retrieval/nearest_ids.h"

namespace quarry::retrieval {
namespace {

// The document that is asked about, in the first collection where it may be read; where it may be read
// in none, in the first that has it.
struct Sought {
  uint32_t collection = 0;
  index::StoredDocument record;
};

Result<std::optional<Sought>> Find(Snapshots snapshots, const std::string& id,
                                   const Principals& principals) {
  std::optional<Sought> first;
  for (uint32_t i = 0; i < snapshots.size(); ++i) {
    Result<index::StoredDocument> found = snapshots[i]->FindDocument(id);
    if (found.status().code() == Code::kNotFound) continue;
    if (!found.ok()) return found.status();
    const bool is_readable = principals.MayRead(found->access);
    if (is_readable || !first) first = Sought{i, *std::move(found)};
    if (is_readable) break;
  }
  return first;
}

std::string NamesOf(Snapshots snapshots) {
  std::string names;
  for (const index::Snapshot* snapshot : snapshots) {
    names += (names.empty() ? "\"" : ", \"") + snapshot->collection().name + '"';
  }
  return (snapshots.size() == 1 ? "collection " : "collections ") + names;
}

// Looks at one document that may be found.
class Inspector {
 public:
  Inspector(const Retriever& retriever, const Query& query, const index::Snapshot& snapshot,
            const Retrieved& retrieved, const index::StoredDocument& record,
            const CallContext& context)
      : retriever_(retriever),
        query_(query),
        snapshot_(snapshot),
        retrieved_(retrieved),
        context_(context),
        document_(snapshot.rows().document(*snapshot.PositionOf(record.number))) {}

  // The conditions of the query that no chunk of the document satisfies.
  Result<std::vector<std::string>> FailedConditions() const {
    std::vector<std::string> failed;
    for (const bool excludes : {false, true}) {
      const auto& conditions = excludes ? retrieved_.lexical.excluded : retrieved_.lexical.required;
      for (const index::WordCondition& condition : conditions) {
        index::LexicalQuery one;
        (excludes ? one.excluded : one.required) = {condition};
        QUARRY_ASSIGN_OR_RETURN(const bool holds, AnyRow(one));
        if (!holds) failed.push_back((excludes ? "-" : "+") + condition.name);
      }
    }
    QUARRY_ASSIGN_OR_RETURN(const bool all, AnyRow(retrieved_.lexical));
    if (!all && failed.empty()) failed.emplace_back("all of them in one chunk");
    return failed;
  }

  Status LookIntoLegs(Absence& absence) const {
    QUARRY_ASSIGN_OR_RETURN(index::AllowedRows allowed,
                            snapshot_.Allow(query_.filter, query_.principals, context_));
    QUARRY_ASSIGN_OR_RETURN(allowed, snapshot_.Restrict(std::move(allowed), retrieved_.lexical,
                                                        retriever_.analyzer(), context_));
    const RetrievalOptions& options = retriever_.OptionsOf(query_);
    const uint32_t brought = std::max(options.leg_documents, query_.k);
    if (retrieved_.used_lexical) {
      QUARRY_ASSIGN_OR_RETURN(const auto rows, SearchLexicalLeg(retrieved_.lexical.terms, kMaxK,
                                                                snapshot_, allowed, context_));
      absence.lexical = PlaceIn(rows, brought);
      QUARRY_RETURN_IF_ERROR(ExplainBestChunk(absence));
    }
    if (retrieved_.used_dense && snapshot_.generation()) {
      const DenseLegOptions leg{.documents = kMaxK,
                                .search_width = options.search_width,
                                .terms = retrieved_.lexical.terms};
      QUARRY_ASSIGN_OR_RETURN(const DenseList list,
                              SearchDenseLeg(retrieved_.text, leg, snapshot_, allowed,
                                             retriever_.embedders(), context_));
      absence.dense = PlaceIn(list.rows, brought);
    }
    return OkStatus();
  }

 private:
  std::vector<RowId> Rows() const {
    std::vector<RowId> rows;
    for (uint32_t i = 0; i < document_.rows; ++i) rows.push_back(document_.first_row + i);
    return rows;
  }

  Result<bool> AnyRow(const index::LexicalQuery& conditions) const {
    if (!conditions.HasConditions()) return true;
    Bitmap rows(snapshot_.rows().rows());
    for (const RowId row : Rows()) rows.Set(row);
    QUARRY_ASSIGN_OR_RETURN(const index::AllowedRows left,
                            snapshot_.Restrict(index::AllowedRows(std::move(rows)), conditions,
                                               retriever_.analyzer(), context_));
    return left->Count() > 0;
  }

  LegPlace PlaceIn(const std::vector<index::ScoredRow>& rows, uint32_t brought) const {
    LegPlace place{.searched = true, .brought = brought};
    std::unordered_set<uint32_t> before;
    for (const index::ScoredRow& row : rows) {
      if (row.row >= document_.first_row && row.row < document_.first_row + document_.rows) {
        place.rank = static_cast<uint32_t>(before.size()) + 1;
        place.score = row.score;
        break;
      }
      before.insert(snapshot_.rows().row(row.row).document);
    }
    return place;
  }

  Status ExplainBestChunk(Absence& absence) const {
    QUARRY_ASSIGN_OR_RETURN(auto contributions, snapshot_.lexical().Explain(
                                                    retrieved_.lexical.terms, Rows(), context_));
    double best = -1;
    for (std::vector<index::TermContribution>& one : contributions) {
      double score = 0;
      if (!retrieved_.statistics.empty()) retrieved_.statistics.Apply(one);
      for (const index::TermContribution& term : one) score += term.score;
      if (score <= best) continue;
      best = score;
      absence.terms = std::move(one);
    }
    return OkStatus();
  }

  const Retriever& retriever_;
  const Query& query_;
  const index::Snapshot& snapshot_;
  const Retrieved& retrieved_;
  const CallContext& context_;
  const index::DocumentEntry document_;
};

// "by words it is document 130, behind the 100 that are looked at".
std::string LegText(const std::string& how, const LegPlace& place, bool has_terms) {
  if (!place.searched) return how + " nothing was searched";
  if (!has_terms) return how + " it has none of the question's words";
  if (place.rank == 0) return how + " it is not among the best " + std::to_string(kMaxK);
  return how + " it is document " + std::to_string(place.rank) +
         (place.rank > place.brought
              ? ", behind the " + std::to_string(place.brought) + " that are looked at"
              : "");
}

// The rank, from 1, of the best hit of a document in `hits`; 0 where there is none.
uint32_t RankIn(const std::vector<RankedHit>& hits, Snapshots snapshots, uint32_t collection,
                const DocumentId& document) {
  for (size_t i = 0; i < hits.size(); ++i) {
    if (hits[i].collection == collection &&
        snapshots[collection]->rows().DocumentOf(hits[i].row).id == document) {
      return static_cast<uint32_t>(i + 1);
    }
  }
  return 0;
}

}  // namespace

const char* AbsenceReasonName(Absence::Reason reason) {
  switch (reason) {
    case Absence::Reason::kNotInCollection:
      return "not_in_collection";
    case Absence::Reason::kNotReadable:
      return "not_readable";
    case Absence::Reason::kFiltered:
      return "filtered";
    case Absence::Reason::kOperators:
      return "operators";
    case Absence::Reason::kNotInLegs:
      return "not_in_legs";
    case Absence::Reason::kCollapsed:
      return "collapsed";
    case Absence::Reason::kBeyondK:
      return "beyond_k";
    case Absence::Reason::kFound:
      return "found";
  }
  Fatal(__FILE__, __LINE__, "unknown Reason");
}

Result<Absence> WhyAbsent(const Retriever& retriever, const Query& query, Snapshots snapshots,
                          const Retrieved& retrieved, const std::string& document,
                          const AbsenceOptions& options, const CallContext& context) {
  Absence absence{.document = document};
  const auto is = [&absence](Absence::Reason reason, std::string text) {
    absence.reason = reason;
    absence.text = std::move(text);
    return absence;
  };
  QUARRY_ASSIGN_OR_RETURN(const std::optional<Sought> sought,
                          Find(snapshots, document, query.principals));
  const bool readable = sought && query.principals.MayRead(sought->record.access);
  if (!sought || (!readable && !options.tell_unreadable)) {
    QUARRY_ASSIGN_OR_RETURN(absence.nearest,
                            NearestIds(snapshots, document, query.principals, context));
    return is(
        Absence::Reason::kNotInCollection,
        "there is no such document in " + NamesOf(snapshots) +
            (query.principals.unrestricted ? "" : " that these principals may read") +
            (absence.nearest.empty() ? ""
                                     : "; did you mean " + Join(absence.nearest, " or ") + "?"));
  }
  absence.document = sought->record.id;
  if (!readable) {
    return is(Absence::Reason::kNotReadable,
              "its access list names none of the principals: " + Join(sought->record.access, ", "));
  }
  if (!Matches(query.filter, sought->record)) {
    return is(Absence::Reason::kFiltered, "its fields do not satisfy the filter");
  }
  const Inspector inspector(retriever, query, *snapshots[sought->collection], retrieved,
                            sought->record, context);
  QUARRY_ASSIGN_OR_RETURN(absence.conditions, inspector.FailedConditions());
  if (!absence.conditions.empty()) {
    return is(Absence::Reason::kOperators,
              "it does not satisfy " + Join(absence.conditions, ", ") + " of the question");
  }
  QUARRY_RETURN_IF_ERROR(inspector.LookIntoLegs(absence));
  const uint32_t found = RankIn(retrieved.hits, snapshots, sought->collection, absence.document);
  const uint32_t cut = RankIn(retrieved.cut, snapshots, sought->collection, absence.document);
  if (found != 0) {
    absence.rank = found;
    absence.steps = retrieved.hits[found - 1].steps;
    return is(Absence::Reason::kFound, "it is there, at rank " + std::to_string(found));
  }
  const auto collapsed = std::ranges::find_if(retrieved.collapsed, [&](const CollapsedHit& one) {
    return one.hit.collection == sought->collection &&
           snapshots[one.hit.collection]->rows().DocumentOf(one.hit.row).id == absence.document;
  });
  if (collapsed != retrieved.collapsed.end()) {
    absence.steps = collapsed->hit.steps;
    return is(Absence::Reason::kCollapsed, CollapsedText(snapshots, *collapsed));
  }
  if (cut != 0) {
    absence.rank = query.k + cut;
    absence.steps = retrieved.cut[cut - 1].steps;
    return is(Absence::Reason::kBeyondK, "it has rank " + std::to_string(absence.rank) +
                                             ", behind the " + std::to_string(query.k) +
                                             " that were asked for");
  }
  const bool has_terms = std::any_of(absence.terms.begin(), absence.terms.end(),
                                     [](const auto& term) { return term.count > 0; });
  std::string text = LegText("by words", absence.lexical, has_terms);
  if (absence.dense.searched) text += "; " + LegText("by meaning", absence.dense, true);
  return is(Absence::Reason::kNotInLegs, std::move(text));
}

}  // namespace quarry::retrieval
