#include "retrieval/facets.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "index/document_fields.h"

namespace quarry::retrieval {
namespace {

// A key's values with the documents that have them.
using Counts = std::map<MetadataValue, uint32_t>;

void CountValue(const MetadataValue& value, Counts& counts) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (list == nullptr) {
    ++counts[value];
    return;
  }
  for (const std::string& one : std::set<std::string>(list->begin(), list->end())) ++counts[one];
}

Facet FacetOf(std::string key, const Counts& counts) {
  Facet facet{.key = std::move(key), .values = {}};
  for (const auto& [value, documents] : counts) {
    facet.values.push_back({.value = value, .documents = documents});
  }
  std::ranges::stable_sort(facet.values, std::ranges::greater(), &FacetValue::documents);
  if (facet.values.size() > kFacetValues) facet.values.resize(kFacetValues);
  return facet;
}

}  // namespace

Result<std::vector<Facet>> CountFacets(const Retrieved& retrieved, Snapshots snapshots,
                                       const CallContext& context) {
  std::set<std::pair<uint32_t, DocumentNumber>> documents;
  const auto add = [&](const RankedHit& hit) {
    const index::RowTable& rows = snapshots[hit.collection]->rows();
    documents.emplace(hit.collection, rows.DocumentOf(hit.row).number);
  };
  std::ranges::for_each(retrieved.hits, add);
  std::ranges::for_each(retrieved.cut, add);
  std::ranges::for_each(retrieved.collapsed, add, &CollapsedHit::hit);
  std::map<std::string, Counts> counts;
  for (const auto& [collection, number] : documents) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const index::StoredDocument document,
                            snapshots[collection]->ReadDocument(number));
    for (const auto& [key, value] : index::FieldsOf(document)) CountValue(value, counts[key]);
  }
  std::vector<std::pair<uint32_t, Facet>> found;  // with the documents that have the key
  for (const auto& [key, values] : counts) {
    uint32_t all = 0;
    uint32_t most = 0;
    for (const auto& [value, number] : values) {
      all += number;
      most = std::max(most, number);
    }
    // Every document has a type: one that all share narrows nothing down.
    const bool is_one = index::IsBuiltInField(key) && values.size() == 1;
    if (most > 1 && !is_one) found.emplace_back(all, FacetOf(key, values));
  }
  std::ranges::stable_sort(found, std::ranges::greater(),
                           [](const auto& one) { return one.first; });
  if (found.size() > kFacets) found.resize(kFacets);
  std::vector<Facet> facets;
  for (auto& [all, facet] : found) facets.push_back(std::move(facet));
  std::ranges::sort(facets, {}, &Facet::key);
  return facets;
}

}  // namespace quarry::retrieval
