#include "index/field_mismatch.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/names.h"
#include "index/document_fields.h"
#include "index/snapshot.h"

namespace quarry::index {
namespace {

constexpr MetadataType kMetadataTypes[] = {MetadataType::kBool, MetadataType::kNumber,
                                           MetadataType::kString};
constexpr size_t kMostFieldsCompared = 1000;

MetadataType TypeOf(const MetadataValue& value) {
  if (std::holds_alternative<bool>(value)) return MetadataType::kBool;
  return std::holds_alternative<double>(value) ? MetadataType::kNumber : MetadataType::kString;
}

// Whether a live document has a value of the type in the field.
Result<bool> IsHeld(const Snapshot& snapshot, std::string_view field, MetadataType type) {
  bool held = false;
  Status status;
  QUARRY_RETURN_IF_ERROR(
      snapshot.view().Scan(MetadataIndexTypePrefix(snapshot.collection().id, field, type),
                           [&](std::string_view key, std::string_view) {
                             const Result<MetadataIndexParts> parts = ParseMetadataIndexKey(key);
                             if (!parts.ok()) {
                               status = parts.status();
                               return false;
                             }
                             const std::optional<size_t> at = snapshot.PositionOf(parts->document);
                             held = at && snapshot.live_versions().Test(*at);
                             return !held;
                           }));
  QUARRY_RETURN_IF_ERROR(status);
  return held;
}

Result<std::vector<MetadataType>> HeldTypes(std::span<const Snapshot* const> snapshots,
                                            std::string_view field) {
  std::vector<MetadataType> types;
  for (const MetadataType type : kMetadataTypes) {
    for (const Snapshot* snapshot : snapshots) {
      QUARRY_ASSIGN_OR_RETURN(const bool held, IsHeld(*snapshot, field, type));
      if (!held) continue;
      types.push_back(type);
      break;
    }
  }
  return types;
}

// The fields that have rows, by one seek for each.
Status AddFields(const Snapshot& snapshot, std::set<std::string, std::less<>>& fields) {
  const CollectionId collection = snapshot.collection().id;
  const std::string table = TablePrefix(collection, Table::kMetadataIndex);
  std::string from = table;
  for (bool found = true; found && fields.size() < kMostFieldsCompared;) {
    found = false;
    Status status;
    QUARRY_RETURN_IF_ERROR(
        snapshot.view().Scan(table, from, [&](std::string_view key, std::string_view) {
          Result<MetadataIndexParts> parts = ParseMetadataIndexKey(key);
          if (!parts.ok()) {
            status = std::move(parts).status();
            return false;
          }
          // No type is as large: behind all rows of the field.
          from = MetadataIndexFieldPrefix(collection, parts->field) + '\xff';
          fields.insert(std::move(parts->field));
          found = true;
          return false;
        }));
    QUARRY_RETURN_IF_ERROR(status);
  }
  return OkStatus();
}

Result<std::string> NearestField(std::span<const Snapshot* const> snapshots,
                                 std::string_view field) {
  std::set<std::string, std::less<>> fields;
  for (const Snapshot* snapshot : snapshots) {
    QUARRY_RETURN_IF_ERROR(AddFields(*snapshot, fields));
  }
  const std::vector<std::string_view> known(fields.begin(), fields.end());
  std::string nearest(NearestName(field, known));
  if (nearest.empty()) return nearest;
  // The rows may be those of deleted documents.
  QUARRY_ASSIGN_OR_RETURN(const std::vector<MetadataType> held, HeldTypes(snapshots, nearest));
  return held.empty() ? std::string() : nearest;
}

void AddComparisons(const Filter& filter, std::vector<const Filter*>& comparisons) {
  for (const Filter& child : filter.children) AddComparisons(child, comparisons);
  switch (filter.op) {
    case Filter::Op::kAnd:
    case Filter::Op::kOr:
    case Filter::Op::kNe:
    case Filter::Op::kNin:
      return;
    default:
      if (!filter.values.empty() && !IsBuiltInField(filter.field)) comparisons.push_back(&filter);
  }
}

}  // namespace

Result<std::vector<FieldMismatch>> FindFieldMismatches(std::span<const Snapshot* const> snapshots,
                                                       const Filter& filter,
                                                       const CallContext& context) {
  std::vector<const Filter*> comparisons;
  AddComparisons(filter, comparisons);
  std::vector<FieldMismatch> mismatches;
  for (const Filter* comparison : comparisons) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const std::string& field = comparison->field;
    if (std::ranges::find(mismatches, field, &FieldMismatch::field) != mismatches.end()) continue;
    QUARRY_ASSIGN_OR_RETURN(std::vector<MetadataType> held, HeldTypes(snapshots, field));
    if (std::ranges::any_of(comparison->values, [&](const MetadataValue& value) {
          return std::ranges::find(held, TypeOf(value)) != held.end();
        })) {
      continue;
    }
    FieldMismatch& mismatch = mismatches.emplace_back();
    mismatch.field = field;
    mismatch.given = TypeOf(comparison->values[0]);
    if (held.empty()) {
      QUARRY_ASSIGN_OR_RETURN(mismatch.nearest, NearestField(snapshots, field));
    }
    mismatch.held = std::move(held);
  }
  return mismatches;
}

}  // namespace quarry::index
