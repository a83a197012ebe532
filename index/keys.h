#pragma once

// The keys of the Store. Every key that Quarry writes is made here, and nowhere else is one taken
// apart.
//
//   byte 0      format version of keys, kKeyFormatVersion
//   bytes 1-4   collection id, big-endian; 0 = the whole store
//   byte 5      Table
//   then        the parts given below. Integers are big-endian, so that keys sort by value. A string
//               in last place is raw; one that is followed by something else is escaped: 0x00
//               becomes 0x00 0xFF, the end is 0x00 0x01. Both keep the order of the bytes.
//
// So a collection is one range of keys (CollectionPrefix) and a table of it is one (TablePrefix).
//
// table                  parts of the key                  value
// ---------------------  --------------------------------  --------------------------------
// store-wide (collection 0)
//   kMeta                MetaField u8                      integer (records.h)
//   kCollection          collection id u32                 StoredCollection
//   kCollectionName      name                              integer: collection id
// per collection, written by every commit of a document
//   kCounter             Counter u8                        integer
//   kDocumentByExternalId  DocumentId                      integer: document number
//   kDocument            document u64                      StoredDocument
//   kDocumentText        document u64                      normalised text, raw
//   kChunk               chunk u64                         StoredChunk
//   kChunkTerms          chunk u64                         term list
//   kChangeLog           commit sequence u64               StoredChange
//   kMetadataIndex       field (escaped), type u8, value,  empty
//                        document u64
//   kPrincipal           principal (escaped), document u64 empty
//   kSource              source (escaped), document u64    empty
//   kAlias               alias (escaped), document u64     empty
//   kContentHash         content hash u64, document u64    empty
// per collection, written when vectors are made
//   kGeneration          generation u32                    StoredGeneration
//   kGenerationBlob      generation u32, part u32          <= 1 MiB of the embedder's table
//   kVector              space hash u64, generation u32,   vector (float32)
//                        chunk u64
// per collection, the answer cache (cache_table.h)
//   kCacheEntry          entry u64                         StoredCacheEntry
//   kCacheQuestion       scope hash u64, question hash     empty
//                        u64, entry u64
//   kCacheEntryChunk     entry u64, chunk u64              empty: what an entry rests on
//   kChunkCacheEntry     chunk u64, entry u64              empty: what falls with a chunk
//   kCacheTuning         -                                 what `quarry cache tune` found
// store-wide (collection 0), what users and programs leave (object_table.h)
//   kObject              ObjectKind u8, scope (escaped),   part 0: id and value; others: the bytes
//                        number u64, part u32
//   kObjectId            ObjectKind u8, scope (escaped),   integer: number
//                        id
//
// Free functions without state: thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/embedding.h"
#include "base/ids.h"
#include "base/status.h"

namespace quarry::index {

inline constexpr uint8_t kKeyFormatVersion = 0x01;

// The numbers are on disk: never change or reuse one.
enum class Table : uint8_t {
  kMeta = 1,
  kCollection = 2,
  kCollectionName = 3,

  kCounter = 16,
  kDocumentByExternalId = 17,
  kDocument = 18,
  kDocumentText = 19,
  kChunk = 20,
  kChunkTerms = 21,
  kGeneration = 22,
  kGenerationBlob = 23,
  kVector = 24,
  kChangeLog = 25,
  kMetadataIndex = 26,
  kPrincipal = 27,
  kContentHash = 28,
  kSource = 29,
  kAlias = 30,

  kCacheEntry = 64,
  kCacheQuestion = 65,
  kCacheEntryChunk = 66,
  kChunkCacheEntry = 67,
  kCacheTuning = 68,

  // 72 to 107 stood for other layouts of these, and were never written.
  kObject = 112,
  kObjectId = 113,
};

// Facts about the whole store. The numbers are on disk.
enum class MetaField : uint8_t {
  kFormatVersion = 1,   // reserved, never written: MANIFEST.json holds the version
  kNextCollection = 3,  // the CollectionId that the next collection gets
  kNextObject = 4,      // the number that the next object gets
};

// Numbers of one collection. "Next" is the id that is given out next. The numbers are on disk.
enum class Counter : uint8_t {
  kNextDocument = 1,
  kNextChunk = 2,
  kNextGeneration = 3,
  kLastCommit = 4,          // CommitSequence of the newest entry of the change log; 0 = none
  kPreviousGeneration = 5,  // kept beside the current one, to return to; 0 = none
};

// --- Ranges -------------------------------------------------------------------------------------

// Every key of a collection. Dropping it is DeleteRange(p, PrefixEnd(p)).
std::string CollectionPrefix(CollectionId collection);
// Every key of one table; the ids in it come back through the Parse functions.
std::string TablePrefix(CollectionId collection, Table table);

// --- Store-wide ---------------------------------------------------------------------------------

std::string MetaKey(MetaField field);
std::string CollectionKey(CollectionId collection);
std::string CollectionNameKey(std::string_view name);
std::string CollectionTablePrefix();  // all kCollection records, in order of their ids

// What an object is. The numbers are on disk: never change or reuse one.
enum class ObjectKind : uint8_t {
  kApiKey = 1,
  kFile = 2,
  kVectorStore = 3,      // what a collection does not say of itself
  kVectorStoreFile = 4,  // scope: the vector store
  kFileBatch = 5,        // scope: the vector store
  kResponse = 6,
  kConversation = 7,  // parts: its turns
  kFeedback = 8,
  kAnswer = 9,    // what an answer was made from, for replay
  kRun = 10,      // of an evaluation; parts: its cases
  kVerdict = 11,  // of a judge, to be asked once; id: the hash of what was judged
  kProfile = 12,
  kTask = 13,       // work in the background
  kEmbedding = 14,  // of a text by a published model; scope: its space, id: the text's digest
  kRelayed = 15,    // replies to a conversation; scope: who asked, id: its digest
  // What a sync keeps for the next one; scope: the number of the collection.
  kSource = 16,   // of a file
  kWebPage = 17,  // of a page of the web
};
std::string ObjectKey(ObjectKind kind, std::string_view scope, uint64_t number, uint32_t part);
std::string ObjectPrefix(ObjectKind kind, std::string_view scope);                   // of a scope
std::string ObjectPrefix(ObjectKind kind, std::string_view scope, uint64_t number);  // its parts
std::string ObjectIdKey(ObjectKind kind, std::string_view scope, std::string_view id);
std::string ObjectIdPrefix(ObjectKind kind, std::string_view scope);

// --- One collection -----------------------------------------------------------------------------

std::string CounterKey(CollectionId collection, Counter counter);
std::string DocumentByExternalIdKey(CollectionId collection, const DocumentId& id);
std::string DocumentKey(CollectionId collection, DocumentNumber document);
std::string DocumentTextKey(CollectionId collection, DocumentNumber document);
std::string ChunkKey(CollectionId collection, ChunkId chunk);
std::string ChunkTermsKey(CollectionId collection, ChunkId chunk);
std::string GenerationKey(CollectionId collection, GenerationId generation);
std::string GenerationBlobKey(CollectionId collection, GenerationId generation, uint32_t part);
std::string GenerationBlobPrefix(CollectionId collection, GenerationId generation);
std::string VectorKey(CollectionId collection, uint64_t space_hash, GenerationId generation,
                      ChunkId chunk);
std::string VectorPrefix(CollectionId collection, uint64_t space_hash, GenerationId generation);
std::string ChangeLogKey(CollectionId collection, CommitSequence sequence);
std::string PrincipalKey(CollectionId collection, std::string_view principal,
                         DocumentNumber document);
std::string PrincipalPrefix(CollectionId collection, std::string_view principal);
std::string SourceKey(CollectionId collection, std::string_view source, DocumentNumber document);
std::string SourcePrefix(CollectionId collection, std::string_view source);
std::string AliasKey(CollectionId collection, std::string_view alias, DocumentNumber document);
std::string AliasPrefix(CollectionId collection, std::string_view alias);
std::string ContentHashKey(CollectionId collection, uint64_t content_hash, DocumentNumber document);
std::string ContentHashPrefix(CollectionId collection, uint64_t content_hash);

std::string CacheEntryKey(CollectionId collection, CacheEntryId entry);
std::string CacheQuestionKey(CollectionId collection, uint64_t scope_hash, uint64_t question_hash,
                             CacheEntryId entry);
std::string CacheScopePrefix(CollectionId collection, uint64_t scope_hash);
std::string CacheQuestionPrefix(CollectionId collection, uint64_t scope_hash,
                                uint64_t question_hash);
std::string CacheEntryChunkKey(CollectionId collection, CacheEntryId entry, ChunkId chunk);
std::string CacheEntryChunkPrefix(CollectionId collection, CacheEntryId entry);
std::string ChunkCacheEntryKey(CollectionId collection, ChunkId chunk, CacheEntryId entry);
std::string ChunkCacheEntryPrefix(CollectionId collection, ChunkId chunk);
std::string CacheTuningKey(CollectionId collection);

// The part of a vector key that names the space: its fingerprint, dimension, metric and
// normalisation.
uint64_t SpaceHash(const EmbeddingSpace& space);

// A row of kCacheEntryChunk or kChunkCacheEntry.
struct CacheLink {
  CacheEntryId entry;
  ChunkId chunk;
};

struct ObjectParts {
  ObjectKind kind = {};
  std::string scope;
  uint64_t number = 0;
  uint32_t part = 0;
};
struct ObjectIdParts {
  ObjectKind kind = {};
  std::string scope;
  std::string id;
};

struct VectorParts {
  uint64_t space_hash = 0;
  GenerationId generation;
  ChunkId chunk;
};
// A row that names a document: kPrincipal, kSource, kAlias.
struct NamedDocument {
  std::string name;
  DocumentNumber document;
};

// The start of any key. kDataLoss when it is too short, or of another format version.
struct KeyHead {
  CollectionId collection;
  uint8_t table = 0;  // of a Table, if it is one
};
Result<KeyHead> ParseKeyHead(std::string_view key);
// The document of an index row (index_rows.h): their keys end with it, whatever the table.
Result<DocumentNumber> ParseIndexRowDocument(std::string_view key);

// Each takes a key of its own table and gives the parts after the table. kDataLoss naming the table
// when the key is of another table, too short or too long, or an id in it is 0.
Result<DocumentNumber> ParseDocumentKey(std::string_view key);
Result<DocumentNumber> ParseDocumentTextKey(std::string_view key);
Result<DocumentId> ParseDocumentByExternalIdKey(std::string_view key);
Result<ChunkId> ParseChunkKey(std::string_view key);
Result<ChunkId> ParseChunkTermsKey(std::string_view key);
Result<VectorParts> ParseVectorKey(std::string_view key);
Result<CacheEntryId> ParseCacheEntryKey(std::string_view key);
Result<CacheEntryId> ParseCacheQuestionKey(std::string_view key);
Result<CacheLink> ParseCacheEntryChunkKey(std::string_view key);
Result<CacheLink> ParseChunkCacheEntryKey(std::string_view key);
Result<ObjectParts> ParseObjectKey(std::string_view key);
Result<ObjectIdParts> ParseObjectIdKey(std::string_view key);
// `table` is kPrincipal, kSource or kAlias.
Result<NamedDocument> ParseNameKey(std::string_view key, Table table);

// --- Metadata index -----------------------------------------------------------------------------
//
// One row per scalar value and per element of a list, ordered by (field, type, value, document).
// Rows of one value are neighbours (equality: scan MetadataIndexValuePrefix), rows of one type are
// in order of the value (ranges: scan MetadataIndexTypePrefix from a value prefix). -0.0 is stored
// as 0.0. NaN, which equals and orders with nothing, and empty lists have no row.
//
// A string of more than kMaxIndexedStringBytes is cut there, and its rows say so (end 0x00 0x02):
// such a row is a candidate, whose document must be asked. Cut rows of a prefix sort after the
// whole string that equals it, so ranges stay complete.

inline constexpr size_t kMaxIndexedStringBytes = 512;

// The numbers are on disk and order the types of one field.
enum class MetadataType : uint8_t { kBool = 1, kNumber = 2, kString = 3 };

// All rows of a document, sorted, without duplicates.
std::vector<std::string> MetadataIndexKeys(CollectionId collection, const Metadata& metadata,
                                           DocumentNumber document);
std::string MetadataIndexFieldPrefix(CollectionId collection, std::string_view field);
std::string MetadataIndexTypePrefix(CollectionId collection, std::string_view field,
                                    MetadataType type);
// REQUIRES: `value` is not a list.
std::string MetadataIndexValuePrefix(CollectionId collection, std::string_view field,
                                     const MetadataValue& value);

struct MetadataIndexParts {
  std::string field;
  MetadataValue value;  // bool, double or string
  bool cut = false;     // `value` is only the start of the string
  DocumentNumber document;
};
Result<MetadataIndexParts> ParseMetadataIndexKey(std::string_view key);

}  // namespace quarry::index
