#include "index/row_filter.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "index/document_fields.h"
#include "index/index_rows.h"
#include "index/keys.h"
#include "index/snapshot.h"

namespace quarry::index {
namespace {

// Of all documents, for one filter.
constexpr uint32_t kMostReadings = 16;
// So many index rows are read between two looks at whether the result is still wanted.
constexpr uint32_t kRowsPerCheck = 1024;

// Sets of documents as bits over the positions in the snapshot's row table.
class DocumentSelector {
 public:
  DocumentSelector(const Snapshot& snapshot, const CallContext& context)
      : snapshot_(snapshot), context_(context), live_(snapshot.live_versions()) {}

  Result<Bitmap> Select(const Filter& filter) const {
    QUARRY_RETURN_IF_ERROR(context_.Check());
    if (IsBuiltInField(filter.field)) return SelectByBuiltInField(filter);
    switch (filter.op) {
      case Filter::Op::kAnd: {
        Bitmap all = live_;
        for (const Filter& child : filter.children) {
          if (all.Count() == 0) break;
          QUARRY_ASSIGN_OR_RETURN(const Bitmap some, Select(child));
          all.IntersectWith(some);
        }
        return all;
      }
      case Filter::Op::kOr: {
        Bitmap any(live_.size());
        for (const Filter& child : filter.children) {
          QUARRY_ASSIGN_OR_RETURN(const Bitmap some, Select(child));
          some.ForEachSet([&](size_t i) { any.Set(i); });
        }
        return any;
      }
      case Filter::Op::kNe:
      case Filter::Op::kNin: {
        Filter positive = filter;
        positive.op = Filter::Op::kIn;
        QUARRY_ASSIGN_OR_RETURN(const Bitmap equal, Select(positive));
        return Complement(equal);
      }
      case Filter::Op::kEq:
      case Filter::Op::kIn: {
        Bitmap any(live_.size());
        for (const MetadataValue& value : filter.values) {
          if (std::holds_alternative<std::vector<std::string>>(value)) continue;  // equals nothing
          Filter equal{
              .op = Filter::Op::kEq, .children = {}, .field = filter.field, .values = {value}};
          QUARRY_RETURN_IF_ERROR(
              Scan(MetadataIndexValuePrefix(collection(), filter.field, value), equal, any));
        }
        return any;
      }
      case Filter::Op::kGt:
      case Filter::Op::kGte:
      case Filter::Op::kLt:
      case Filter::Op::kLte: {
        Bitmap some(live_.size());
        const MetadataType type = std::holds_alternative<double>(filter.values[0])
                                      ? MetadataType::kNumber
                                      : MetadataType::kString;
        QUARRY_RETURN_IF_ERROR(
            Scan(MetadataIndexTypePrefix(collection(), filter.field, type), filter, some));
        return some;
      }
    }
    return InternalError("unknown filter operator");
  }

  // Documents that one of the names may read, and those without an access list.
  Result<Bitmap> Readable(const Principals& principals) const {
    QUARRY_ASSIGN_OR_RETURN(const Bitmap* restricted,
                            snapshot_.document_sets().restricted.Get([&] { return Restricted(); }));
    Bitmap readable = Complement(*restricted);
    for (const std::string& name : principals.names) {
      QUARRY_RETURN_IF_ERROR(ScanPrincipals(PrincipalPrefix(collection(), name), readable));
    }
    return readable;
  }

 private:
  CollectionId collection() const { return snapshot_.collection().id; }

  Bitmap Complement(const Bitmap& set) const {
    Bitmap rest(live_.size());
    live_.ForEachSet([&](size_t i) {
      if (!set.Test(i)) rest.Set(i);
    });
    return rest;
  }

  void Mark(DocumentNumber document, Bitmap& set) const {
    if (const std::optional<size_t> at = snapshot_.PositionOf(document)) set.Set(*at);
  }

  // Marks the documents of the index rows under `prefix` that satisfy `comparison`.
  Status Scan(const std::string& prefix, const Filter& comparison, Bitmap& set) const {
    Status status;
    const Status scanned =
        snapshot_.view().Scan(prefix, [&](std::string_view key, std::string_view) {
          status = CheckNow();
          if (!status.ok()) return false;
          Result<MetadataIndexParts> parts = ParseMetadataIndexKey(key);
          if (!parts.ok()) {
            status = std::move(parts).status();
            return false;
          }
          if (parts->cut) {
            status = MarkIfMatching(parts->document, comparison, set);
          } else if (quarry::Matches(comparison, {{comparison.field, std::move(parts->value)}})) {
            Mark(parts->document, set);
          }
          return status.ok();
        });
    QUARRY_RETURN_IF_ERROR(scanned);
    return status;
  }

  // The documents of the two languages that are told apart are kept: answers are looked for among
  // those of one again and again.
  Result<Bitmap> SelectByBuiltInField(const Filter& comparison) const {
    const DocumentSets& sets = snapshot_.document_sets();
    for (const auto& [language, kept] : {std::pair("en", &sets.english), {"zh", &sets.chinese}}) {
      if (!IsInLanguage(comparison, language)) continue;
      QUARRY_ASSIGN_OR_RETURN(const Bitmap* documents,
                              kept->Get([&] { return SelectByDocument(comparison); }));
      return *documents;
    }
    return SelectByDocument(comparison);
  }

  // No index rows hold the built-in fields: every document is asked.
  Result<Bitmap> SelectByDocument(const Filter& comparison) const {
    if (++readings_ > kMostReadings) {
      return InvalidArgumentError("filter: expected at most " + std::to_string(kMostReadings) +
                                  " comparisons of $type, $language and $year: each reads every "
                                  "document");
    }
    Bitmap set(live_.size());
    Status status;
    QUARRY_RETURN_IF_ERROR(snapshot_.ForEachDocument([&](const StoredDocument& document) {
      status = context_.Check();
      if (status.ok() && quarry::Matches(comparison, BuiltInFields(document))) {
        Mark(document.number, set);
      }
      return status.ok();
    }));
    QUARRY_RETURN_IF_ERROR(status);
    return set;
  }

  // The index holds only the start of a long string: ask the document itself.
  Status MarkIfMatching(DocumentNumber document, const Filter& comparison, Bitmap& set) const {
    const std::optional<size_t> at = snapshot_.PositionOf(document);
    if (!at) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(const StoredDocument record, snapshot_.ReadDocument(document));
    if (Matches(comparison, record)) set.Set(*at);
    return OkStatus();
  }

  Status ScanPrincipals(const std::string& prefix, Bitmap& set) const {
    Status status;
    QUARRY_RETURN_IF_ERROR(
        ForEachName(snapshot_.view(), prefix, Table::kPrincipal, [&](const NamedDocument& row) {
          status = CheckNow();
          if (status.ok()) Mark(row.document, set);
          return status.ok();
        }));
    return status;
  }

  Result<Bitmap> Restricted() const {
    Bitmap restricted(live_.size());
    QUARRY_RETURN_IF_ERROR(
        ScanPrincipals(TablePrefix(collection(), Table::kPrincipal), restricted));
    return restricted;
  }

  // Of every kRowsPerCheck index rows, the first asks the context.
  Status CheckNow() const {
    return index_rows_++ % kRowsPerCheck == 0 ? context_.Check() : OkStatus();
  }

  const Snapshot& snapshot_;
  const CallContext& context_;
  const Bitmap& live_;  // versions that are there
  mutable uint32_t readings_ = 0;
  mutable uint64_t index_rows_ = 0;
};

}  // namespace

Result<Bitmap> SelectRows(const Snapshot& snapshot, const Filter& filter,
                          const Principals& principals, const CallContext& context) {
  const DocumentSelector selector(snapshot, context);
  QUARRY_ASSIGN_OR_RETURN(Bitmap documents, selector.Select(filter));
  if (!principals.unrestricted) {
    QUARRY_ASSIGN_OR_RETURN(const Bitmap readable, selector.Readable(principals));
    documents.IntersectWith(readable);
  }
  const RowTable& table = snapshot.rows();
  Bitmap rows(table.rows());
  documents.ForEachSet([&](size_t i) {
    const DocumentEntry entry = table.document(i);
    for (uint32_t r = 0; r < entry.rows; ++r) rows.Set(entry.first_row + r);
  });
  return rows;
}

}  // namespace quarry::index
