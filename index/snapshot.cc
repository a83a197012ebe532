#include "index/snapshot.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "index/index_rows.h"
#include "index/indexed_texts.h"
#include "index/keys.h"
#include "index/row_filter.h"
#include "index/top_rows.h"
#include "index/word_filter.h"

namespace quarry::index {
namespace {

// The value under `key`; kDataLoss naming `what` when it is missing.
Result<std::string> GetExisting(const StoreView& view, const std::string& key,
                                const std::string& what) {
  QUARRY_ASSIGN_OR_RETURN(std::optional<std::string> value, view.Get(key));
  if (!value) return DataLossError(what + ": missing in the store");
  return *std::move(value);
}

}  // namespace

Snapshot::Snapshot(SnapshotParts parts)
    : parts_(std::move(parts)),
      live_chunks_(parts_.live.Count()),
      all_live_(live_chunks_ == parts_.live.size()) {}

HeldLanguages Snapshot::languages() const {
  if (const auto known = languages_.Get()) return *known;
  const HeldLanguages held = FindHeldLanguages(lexical());
  languages_.Set(held);
  return held;
}

Result<HeldLanguages> Snapshot::DocumentLanguages() const {
  if (const auto known = document_languages_.Get()) return *known;
  HeldLanguages held;
  QUARRY_RETURN_IF_ERROR(ForEachDocument([&](const StoredDocument& document) {
    held.english = held.english || document.language == "en";
    held.chinese = held.chinese || document.language == "zh";
    return !held.english || !held.chinese;
  }));
  document_languages_.Set(held);
  return held;
}

std::optional<size_t> Snapshot::PositionOf(DocumentNumber document) const {
  const std::optional<uint32_t> position = parts_.positions.Find(document.value);
  if (!position || !parts_.live_versions.Test(*position)) return std::nullopt;
  return *position;
}

Result<AllowedRows> Snapshot::Allow(const Filter& filter, const Principals& principals,
                                    const CallContext& context) const {
  if (filter.IsTrue() && principals.unrestricted) return AllowedRows();
  QUARRY_RETURN_IF_ERROR(ValidateFilter(filter));
  QUARRY_ASSIGN_OR_RETURN(Bitmap rows, SelectRows(*this, filter, principals, context));
  return AllowedRows(std::move(rows));
}

Result<AllowedRows> Snapshot::Restrict(AllowedRows allowed, const LexicalQuery& query,
                                       const Analyzer& analyzer, const CallContext& context) const {
  if (!query.HasConditions()) return allowed;
  Bitmap rows = allowed ? *std::move(allowed) : parts_.live;
  QUARRY_RETURN_IF_ERROR(FilterByWords(*this, query, analyzer, context, rows));
  return AllowedRows(std::move(rows));
}

Result<std::vector<ScoredRow>> Snapshot::SearchLexical(std::span<const QueryTerm> terms,
                                                       ResultLimit limit,
                                                       const AllowedRows& allowed,
                                                       const CallContext& context) const {
  return parts_.lexical->Search(terms, limit, allowed ? &*allowed : nullptr, parts_.rows, context);
}

Result<std::vector<ScoredRow>> Snapshot::SearchDense(std::span<const float> query,
                                                     ResultLimit limit, const AllowedRows& allowed,
                                                     const VectorSearchOptions& options,
                                                     const CallContext& context) const {
  if (!parts_.generation) {
    return FailedPreconditionError("collection \"" + parts_.collection.name + "\" has no vectors");
  }
  // A vector index knows nothing of deletions: rows that died are masked here.
  const Bitmap* mask = allowed ? &*allowed : (all_live_ ? nullptr : &parts_.live);
  if (parts_.live_documents > 0) {
    limit.rows_a_document =
        static_cast<double>(live_chunks_) / static_cast<double>(parts_.live_documents);
  }
  if (parts_.vectors.size() == 1) {
    return parts_.vectors[0]->Search(query, limit, mask, parts_.rows, options, context);
  }
  const std::unique_ptr<ResultCollector> best = ResultCollector::Make(parts_.rows, limit);
  for (const std::shared_ptr<const VectorIndex>& index : parts_.vectors) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<ScoredRow> found,
                            index->Search(query, limit, mask, parts_.rows, options, context));
    for (const ScoredRow& row : found) best->Offer(row);
  }
  return best->Take();
}

Result<Passage> Snapshot::ReadPassage(RowId row) const {
  QUARRY_CHECK(row < parts_.rows.rows());
  const RowEntry& entry = parts_.rows.row(row);
  const DocumentEntry owner = parts_.rows.DocumentOf(row);
  QUARRY_ASSIGN_OR_RETURN(StoredChunk chunk, ReadChunk(entry.chunk));
  QUARRY_ASSIGN_OR_RETURN(StoredDocument document, ReadDocument(owner.number));

  Passage passage;
  passage.chunk.id = chunk.id;
  passage.chunk.document = std::move(document.id);
  passage.chunk.ordinal = chunk.ordinal;
  passage.chunk.text = std::move(chunk.text);
  passage.chunk.span = std::move(chunk.span);
  passage.chunk.blocks = std::move(chunk.blocks);
  passage.chunk.token_count = chunk.token_count;
  passage.chunk.text_hash = chunk.text_hash;
  passage.chunk.input_hash = chunk.input_hash;
  passage.title = std::move(document.title);
  passage.uri = std::move(document.uri);
  passage.language = std::move(document.language);
  passage.metadata = std::move(document.metadata);
  return passage;
}

Result<std::vector<TermFrequency>> Snapshot::ReadTerms(RowId row) const {
  const ChunkId chunk = parts_.rows.row(row).chunk;
  const std::string what = "terms of chunk " + std::to_string(chunk.value);
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes,
                          GetExisting(view(), ChunkTermsKey(parts_.collection.id, chunk), what));
  Result<std::vector<TermFrequency>> terms = DecodeTerms(bytes);
  if (!terms.ok()) return std::move(terms).status().Annotate(what);
  return terms;
}

Result<StoredDocument> Snapshot::ReadDocument(std::string_view id) const {
  const CollectionId collection = parts_.collection.id;
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> number_bytes,
                          view().Get(DocumentByExternalIdKey(collection, std::string(id))));
  if (!number_bytes) {
    return NotFoundError("no document \"" + std::string(id) + "\" in collection \"" +
                         parts_.collection.name + "\"");
  }
  Result<uint64_t> number = DecodeInteger(*number_bytes);
  Result<StoredDocument> document =
      number.ok() ? ReadDocument(DocumentNumber(*number)) : Result<StoredDocument>(number.status());
  if (!document.ok()) {
    return std::move(document).status().Annotate("document \"" + std::string(id) + "\"");
  }
  return document;
}

Result<StoredDocument> Snapshot::ReadDocument(DocumentNumber document) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes,
                          GetExisting(view(), DocumentKey(parts_.collection.id, document),
                                      "document number " + std::to_string(document.value)));
  return DecodeDocument(bytes);
}

Result<StoredDocument> Snapshot::FindDocument(std::string_view id) const {
  Result<StoredDocument> document = ReadDocument(id);
  if (document.status().code() != Code::kNotFound) return document;
  DocumentNumber now;
  QUARRY_RETURN_IF_ERROR(ForEachName(view(), AliasPrefix(parts_.collection.id, id), Table::kAlias,
                                     [&](const NamedDocument& row) {
                                       now = row.document;
                                       return true;
                                     }));
  return now.value == 0 ? std::move(document) : ReadDocument(now);
}

Result<std::vector<DocumentId>> Snapshot::RecordsOf(const DocumentId& source) const {
  std::vector<DocumentNumber> numbers;
  QUARRY_RETURN_IF_ERROR(ForEachName(view(), SourcePrefix(parts_.collection.id, source),
                                     Table::kSource, [&](const NamedDocument& row) {
                                       numbers.push_back(row.document);
                                       return true;
                                     }));
  std::vector<DocumentId> ids;
  for (const DocumentNumber number : numbers) {
    QUARRY_ASSIGN_OR_RETURN(StoredDocument document, ReadDocument(number));
    ids.push_back(std::move(document.id));
  }
  return ids;
}

Result<std::string> Snapshot::ReadText(DocumentNumber document) const {
  return GetExisting(view(), DocumentTextKey(parts_.collection.id, document),
                     "text of document number " + std::to_string(document.value));
}

Result<StoredChunk> Snapshot::ReadChunk(ChunkId chunk) const {
  const std::string what = "chunk " + std::to_string(chunk.value);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view().Get(ChunkKey(parts_.collection.id, chunk)));
  if (!bytes) return NotFoundError(what + ": not in the store");
  Result<StoredChunk> record = DecodeChunk(*bytes);
  if (!record.ok()) return std::move(record).status().Annotate(what);
  return record;
}

Status Snapshot::ForEachDocument(const std::function<bool(const StoredDocument&)>& visit) const {
  Status decoded;
  const Status scanned = view().Scan(TablePrefix(parts_.collection.id, Table::kDocument),
                                     [&](std::string_view, std::string_view value) {
                                       Result<StoredDocument> document = DecodeDocument(value);
                                       decoded = document.status();
                                       return decoded.ok() && visit(*document);
                                     });
  QUARRY_RETURN_IF_ERROR(scanned);
  return decoded;
}

Status Snapshot::ForEachIndexedText(
    const std::function<bool(ChunkId chunk, std::string_view text)>& visit) const {
  return ForEachIndexedTextBehind(
      view(), parts_.collection.id, ChunkId(), [](ChunkId) { return true; },
      [&](ChunkId chunk, std::string text) { return visit(chunk, text); });
}

Result<SharedBytes> Snapshot::ReadEmbedderBlob() const {
  const StoredGeneration& generation = *parts_.generation;
  if (parts_.embedder && parts_.embedder->view.size() == generation.blob_bytes &&
      Hash64(parts_.embedder->view) == generation.blob_hash) {
    return *parts_.embedder;
  }
  return ReadEmbedderBlob(generation);
}

Result<SharedBytes> Snapshot::ReadEmbedderBlob(const StoredGeneration& generation) const {
  std::string blob;
  blob.reserve(generation.blob_bytes);
  for (uint32_t part = 0; part < generation.blob_parts; ++part) {
    QUARRY_ASSIGN_OR_RETURN(
        const std::string bytes,
        GetExisting(view(), GenerationBlobKey(parts_.collection.id, generation.id, part),
                    "embedder table part " + std::to_string(part)));
    blob += bytes;
  }
  if (blob.size() != generation.blob_bytes || Hash64(blob) != generation.blob_hash) {
    return DataLossError("embedder table of generation " + std::to_string(generation.id.value) +
                         ": checksum mismatch");
  }
  return ShareString(std::move(blob));
}

}  // namespace quarry::index
