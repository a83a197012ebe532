#include "index/keys.h"

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

Result<std::string> ParseString(std::string_view key, Table table, const char* name) {
  KeyParser parser(key, table, name);
  std::string text = parser.Rest();
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return text;
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

Result<Table> TableOf(std::string_view key) {
  RecordReader reader(key);
  const bool known_version = reader.Byte() == kKeyFormatVersion;
  reader.BigEndian32();
  const auto table = static_cast<Table>(reader.Byte());
  if (!reader.ok() || !known_version) {
    return DataLossError("key: too short or of another format version");
  }
  return table;
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

Result<CollectionId> ParseCollectionKey(std::string_view key) {
  return ParseId<CollectionId>(key, Table::kCollection, "collection");
}

Result<std::string> ParseCollectionNameKey(std::string_view key) {
  return ParseString(key, Table::kCollectionName, "collection name");
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
  std::string key = TablePrefix(collection, Table::kPrincipal);
  AppendEscaped(key, principal);
  return key;
}

std::string PrincipalKey(CollectionId collection, std::string_view principal,
                         DocumentNumber document) {
  std::string key = PrincipalPrefix(collection, principal);
  AppendBigEndian64(key, document.value);
  return key;
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

uint64_t SpaceHash(const EmbeddingSpace& space) {
  uint64_t hash = Hash64(space.fingerprint);
  hash = HashCombine(hash, space.dimension);
  hash = HashCombine(hash, static_cast<uint64_t>(space.metric));
  return HashCombine(hash, space.normalised ? 1 : 0);
}

Result<DocumentId> ParseDocumentByExternalIdKey(std::string_view key) {
  return ParseString(key, Table::kDocumentByExternalId, "document by external id");
}

Result<DocumentNumber> ParseDocumentKey(std::string_view key) {
  return ParseId<DocumentNumber>(key, Table::kDocument, "document");
}

Result<DocumentNumber> ParseDocumentTextKey(std::string_view key) {
  return ParseId<DocumentNumber>(key, Table::kDocumentText, "document text");
}

Result<ChunkId> ParseChunkKey(std::string_view key) {
  return ParseId<ChunkId>(key, Table::kChunk, "chunk");
}

Result<ChunkId> ParseChunkTermsKey(std::string_view key) {
  return ParseId<ChunkId>(key, Table::kChunkTerms, "chunk terms");
}

Result<GenerationId> ParseGenerationKey(std::string_view key) {
  return ParseId<GenerationId>(key, Table::kGeneration, "generation");
}

Result<GenerationBlobParts> ParseGenerationBlobKey(std::string_view key) {
  KeyParser parser(key, Table::kGenerationBlob, "generation blob");
  GenerationBlobParts parts;
  parts.generation = GenerationId(parser.Id32());
  parts.part = parser.reader().BigEndian32();
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
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

Result<CommitSequence> ParseChangeLogKey(std::string_view key) {
  return ParseId<CommitSequence>(key, Table::kChangeLog, "change log");
}

Result<PrincipalParts> ParsePrincipalKey(std::string_view key) {
  KeyParser parser(key, Table::kPrincipal, "principal");
  PrincipalParts parts;
  char end = 0;
  parser.Require(ReadEscaped(parser.reader(), parts.principal, end) && end == kStringEnd);
  parts.document = DocumentNumber(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

Result<ContentHashParts> ParseContentHashKey(std::string_view key) {
  KeyParser parser(key, Table::kContentHash, "content hash");
  ContentHashParts parts;
  parts.content_hash = parser.reader().BigEndian64();
  parts.document = DocumentNumber(parser.Id64());
  QUARRY_RETURN_IF_ERROR(parser.Finish());
  return parts;
}

}  // namespace quarry::index
