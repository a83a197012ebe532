#include "index/keys.h"

#include <algorithm>

#include "base/coding.h"
#include "base/hash.h"
#include "index/key_coding.h"

namespace quarry::index {
namespace {

using namespace key_coding;

constexpr CollectionId kWholeStore;

std::string Key64(CollectionId collection, Table table, uint64_t value) {
  std::string key = TablePrefix(collection, table);
  AppendBigEndian64(key, value);
  return key;
}

std::string NamePrefix(CollectionId collection, Table table, std::string_view name) {
  std::string key = TablePrefix(collection, table);
  AppendEscaped(key, name);
  return key;
}

std::string NameKey(CollectionId collection, Table table, std::string_view name,
                    DocumentNumber document) {
  std::string key = NamePrefix(collection, table, name);
  AppendBigEndian64(key, document.value);
  return key;
}

template <typename Id>
Result<Id> ParseId(std::string_view key, Table table, const char* name) {
  KeyParser parser(key, table, name);
  Id id;
  if constexpr (sizeof(typename Id::rep) == sizeof(uint64_t)) {
    id = Id(parser.Id64());
  } else {
    id = Id(parser.Id32());
  }
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return id;
}

}  // namespace

std::string CollectionPrefix(CollectionId collection) {
  std::string key(1, static_cast<char>(kKeyFormatVersion));
  AppendBigEndian32(key, collection.value);
  return key;
}

std::string TablePrefix(CollectionId collection, Table table) {
  std::string key = CollectionPrefix(collection);
  AppendEnum(key, table);
  return key;
}

std::string MetaKey(MetaField field) {
  std::string key = TablePrefix(kWholeStore, Table::kMeta);
  AppendEnum(key, field);
  return key;
}

std::string CollectionTablePrefix() { return TablePrefix(kWholeStore, Table::kCollection); }

std::string CollectionKey(CollectionId collection) {
  std::string key = CollectionTablePrefix();
  AppendBigEndian32(key, collection.value);
  return key;
}

std::string CollectionNameKey(std::string_view name) {
  return TablePrefix(kWholeStore, Table::kCollectionName).append(name);
}

std::string ObjectPrefix(ObjectKind kind, std::string_view scope) {
  std::string key = TablePrefix(kWholeStore, Table::kObject);
  AppendEnum(key, kind);
  AppendEscaped(key, scope);
  return key;
}

std::string ObjectPrefix(ObjectKind kind, std::string_view scope, uint64_t number) {
  std::string key = ObjectPrefix(kind, scope);
  AppendBigEndian64(key, number);
  return key;
}

std::string ObjectKey(ObjectKind kind, std::string_view scope, uint64_t number, uint32_t part) {
  std::string key = ObjectPrefix(kind, scope, number);
  AppendBigEndian32(key, part);
  return key;
}

std::string ObjectIdPrefix(ObjectKind kind, std::string_view scope) {
  std::string key = TablePrefix(kWholeStore, Table::kObjectId);
  AppendEnum(key, kind);
  AppendEscaped(key, scope);
  return key;
}

std::string ObjectIdKey(ObjectKind kind, std::string_view scope, std::string_view id) {
  return ObjectIdPrefix(kind, scope).append(id);
}

std::string CounterKey(CollectionId collection, Counter counter) {
  std::string key = TablePrefix(collection, Table::kCounter);
  AppendEnum(key, counter);
  return key;
}

std::string DocumentByExternalIdKey(CollectionId collection, const DocumentId& id) {
  return TablePrefix(collection, Table::kDocumentByExternalId).append(id);
}

std::string DocumentKey(CollectionId collection, DocumentNumber document) {
  return Key64(collection, Table::kDocument, document.value);
}

std::string DocumentTextKey(CollectionId collection, DocumentNumber document) {
  return Key64(collection, Table::kDocumentText, document.value);
}

std::string ChunkKey(CollectionId collection, ChunkId chunk) {
  return Key64(collection, Table::kChunk, chunk.value);
}

std::string ChunkTermsKey(CollectionId collection, ChunkId chunk) {
  return Key64(collection, Table::kChunkTerms, chunk.value);
}

std::string GenerationKey(CollectionId collection, GenerationId generation) {
  std::string key = TablePrefix(collection, Table::kGeneration);
  AppendBigEndian32(key, generation.value);
  return key;
}

std::string GenerationBlobPrefix(CollectionId collection, GenerationId generation) {
  std::string key = TablePrefix(collection, Table::kGenerationBlob);
  AppendBigEndian32(key, generation.value);
  return key;
}

std::string GenerationBlobKey(CollectionId collection, GenerationId generation, uint32_t part) {
  std::string key = GenerationBlobPrefix(collection, generation);
  AppendBigEndian32(key, part);
  return key;
}

std::string VectorPrefix(CollectionId collection, uint64_t space_hash, GenerationId generation) {
  std::string key = Key64(collection, Table::kVector, space_hash);
  AppendBigEndian32(key, generation.value);
  return key;
}

std::string VectorKey(CollectionId collection, uint64_t space_hash, GenerationId generation,
                      ChunkId chunk) {
  std::string key = VectorPrefix(collection, space_hash, generation);
  AppendBigEndian64(key, chunk.value);
  return key;
}

std::string ChangeLogKey(CollectionId collection, CommitSequence sequence) {
  return Key64(collection, Table::kChangeLog, sequence.value);
}

std::string PrincipalPrefix(CollectionId collection, std::string_view principal) {
  return NamePrefix(collection, Table::kPrincipal, principal);
}

std::string PrincipalKey(CollectionId collection, std::string_view principal,
                         DocumentNumber document) {
  return NameKey(collection, Table::kPrincipal, principal, document);
}

std::string SourcePrefix(CollectionId collection, std::string_view source) {
  return NamePrefix(collection, Table::kSource, source);
}

std::string SourceKey(CollectionId collection, std::string_view source, DocumentNumber document) {
  return NameKey(collection, Table::kSource, source, document);
}

std::string AliasPrefix(CollectionId collection, std::string_view alias) {
  return NamePrefix(collection, Table::kAlias, alias);
}

std::string AliasKey(CollectionId collection, std::string_view alias, DocumentNumber document) {
  return NameKey(collection, Table::kAlias, alias, document);
}

std::string ContentHashPrefix(CollectionId collection, uint64_t content_hash) {
  return Key64(collection, Table::kContentHash, content_hash);
}

std::string ContentHashKey(CollectionId collection, uint64_t content_hash,
                           DocumentNumber document) {
  std::string key = ContentHashPrefix(collection, content_hash);
  AppendBigEndian64(key, document.value);
  return key;
}

std::string CacheEntryKey(CollectionId collection, CacheEntryId entry) {
  return Key64(collection, Table::kCacheEntry, entry.value);
}

std::string CacheScopePrefix(CollectionId collection, uint64_t scope_hash) {
  return Key64(collection, Table::kCacheQuestion, scope_hash);
}

std::string CacheQuestionPrefix(CollectionId collection, uint64_t scope_hash,
                                uint64_t question_hash) {
  std::string key = CacheScopePrefix(collection, scope_hash);
  AppendBigEndian64(key, question_hash);
  return key;
}

std::string CacheQuestionKey(CollectionId collection, uint64_t scope_hash, uint64_t question_hash,
                             CacheEntryId entry) {
  std::string key = CacheQuestionPrefix(collection, scope_hash, question_hash);
  AppendBigEndian64(key, entry.value);
  return key;
}

std::string CacheEntryChunkPrefix(CollectionId collection, CacheEntryId entry) {
  return Key64(collection, Table::kCacheEntryChunk, entry.value);
}

std::string CacheEntryChunkKey(CollectionId collection, CacheEntryId entry, ChunkId chunk) {
  std::string key = CacheEntryChunkPrefix(collection, entry);
  AppendBigEndian64(key, chunk.value);
  return key;
}

std::string ChunkCacheEntryPrefix(CollectionId collection, ChunkId chunk) {
  return Key64(collection, Table::kChunkCacheEntry, chunk.value);
}

std::string ChunkCacheEntryKey(CollectionId collection, ChunkId chunk, CacheEntryId entry) {
  std::string key = ChunkCacheEntryPrefix(collection, chunk);
  AppendBigEndian64(key, entry.value);
  return key;
}

std::string CacheTuningKey(CollectionId collection) {
  return TablePrefix(collection, Table::kCacheTuning);
}

uint64_t SpaceHash(const EmbeddingSpace& space) {
  uint64_t hash = Hash64(space.fingerprint);
  hash = HashCombine(hash, space.dimension);
  hash = HashCombine(hash, static_cast<uint64_t>(space.metric));
  return HashCombine(hash, space.normalised ? 1 : 0);
}

Result<DocumentNumber> ParseDocumentKey(std::string_view key) {
  return ParseId<DocumentNumber>(key, Table::kDocument, "document");
}

Result<DocumentNumber> ParseDocumentTextKey(std::string_view key) {
  return ParseId<DocumentNumber>(key, Table::kDocumentText, "document text");
}

Result<DocumentId> ParseDocumentByExternalIdKey(std::string_view key) {
  const size_t head = TablePrefix(kWholeStore, Table::kDocumentByExternalId).size();
  QUARRY_ASSIGN_OR_RETURN(const KeyHead parsed, ParseKeyHead(key));
  if (parsed.table != static_cast<uint8_t>(Table::kDocumentByExternalId) || key.size() == head) {
    return DataLossError("document id key: malformed, or of another table");
  }
  return DocumentId(key.substr(head));
}

Result<KeyHead> ParseKeyHead(std::string_view key) {
  RecordReader reader(key);
  const bool known = reader.Byte() == kKeyFormatVersion;
  KeyHead head;
  head.collection = CollectionId(reader.BigEndian32());
  head.table = reader.Byte();
  if (!reader.ok() || !known) return DataLossError("key: too short, or of another format version");
  return head;
}

Result<DocumentNumber> ParseIndexRowDocument(std::string_view key) {
  QUARRY_RETURN_IF_ERROR(ParseKeyHead(key).status());
  RecordReader reader(key.substr(key.size() - std::min(key.size(), sizeof(uint64_t))));
  const DocumentNumber document(reader.BigEndian64());
  if (!reader.ok() || !document) return DataLossError("index row key: names no document");
  return document;
}

Result<ChunkId> ParseChunkKey(std::string_view key) {
  return ParseId<ChunkId>(key, Table::kChunk, "chunk");
}

Result<ChunkId> ParseChunkTermsKey(std::string_view key) {
  return ParseId<ChunkId>(key, Table::kChunkTerms, "chunk terms");
}

Result<VectorParts> ParseVectorKey(std::string_view key) {
  KeyParser parser(key, Table::kVector, "vector");
  VectorParts parts;
  parts.space_hash = parser.reader().BigEndian64();
  parts.generation = GenerationId(parser.Id32());
  parts.chunk = ChunkId(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

Result<ObjectParts> ParseObjectKey(std::string_view key) {
  KeyParser parser(key, Table::kObject, "object");
  ObjectParts parts;
  parts.kind = static_cast<ObjectKind>(parser.reader().Byte());
  char end = 0;
  parser.Require(ReadEscaped(parser.reader(), parts.scope, end) && end == kStringEnd);
  parts.number = parser.Id64();
  parts.part = parser.reader().BigEndian32();
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

Result<ObjectIdParts> ParseObjectIdKey(std::string_view key) {
  KeyParser parser(key, Table::kObjectId, "object id");
  ObjectIdParts parts;
  parts.kind = static_cast<ObjectKind>(parser.reader().Byte());
  char end = 0;
  parser.Require(ReadEscaped(parser.reader(), parts.scope, end) && end == kStringEnd);
  while (!parser.reader().AtEnd()) parts.id.push_back(static_cast<char>(parser.reader().Byte()));
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

Result<CacheEntryId> ParseCacheEntryKey(std::string_view key) {
  return ParseId<CacheEntryId>(key, Table::kCacheEntry, "cache entry");
}

Result<CacheEntryId> ParseCacheQuestionKey(std::string_view key) {
  KeyParser parser(key, Table::kCacheQuestion, "cache question");
  parser.reader().BigEndian64();
  parser.reader().BigEndian64();
  const CacheEntryId entry(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return entry;
}

Result<CacheLink> ParseCacheEntryChunkKey(std::string_view key) {
  KeyParser parser(key, Table::kCacheEntryChunk, "cache entry chunk");
  CacheLink link;
  link.entry = CacheEntryId(parser.Id64());
  link.chunk = ChunkId(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return link;
}

Result<CacheLink> ParseChunkCacheEntryKey(std::string_view key) {
  KeyParser parser(key, Table::kChunkCacheEntry, "chunk cache entry");
  CacheLink link;
  link.chunk = ChunkId(parser.Id64());
  link.entry = CacheEntryId(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return link;
}

Result<NamedDocument> ParseNameKey(std::string_view key, Table table) {
  const char* what = table == Table::kPrincipal ? "principal"
                     : table == Table::kSource  ? "source"
                                                : "alias";
  KeyParser parser(key, table, what);
  NamedDocument row;
  char end = 0;
  parser.Require(ReadEscaped(parser.reader(), row.name, end) && end == kStringEnd);
  row.document = DocumentNumber(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return row;
}

}  // namespace quarry::index
