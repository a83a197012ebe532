// The bytes of docs/index_format.md, held against golden.txt: a name and hexadecimal digits per line.
// What differs cannot be read by a program of before, or no longer. Where that is meant, raise the
// version and write the file anew: QUARRY_WRITE_GOLDEN=1 index_test --gtest_filter='Golden*'

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "base/hex.h"
#include "index/cache_record.h"
#include "index/derived_files.h"
#include "index/keys.h"
#include "index/records.h"
#include "index/row_file.h"
#include "index/segment_view.h"
#include "index/vector_index.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

StoredDocument SomeDocument() {
  StoredDocument document;
  document.number = DocumentNumber(7);
  document.id = "a/manual.md";
  document.source = "a/manual.md";
  document.root = "/docs";
  document.uri = "file:///docs/a/manual.md";
  document.title = "Manual";
  document.media_type = "text/markdown";
  document.language = "en";
  document.metadata = {{"draft", false},
                       {"tags", std::vector<std::string>{"x", "y"}},
                       {"title", std::string("T")},
                       {"year", 2024.0}};
  document.access = {"ann", "team:docs"};
  document.source_hash = 0x0123456789abcdef;
  document.content_hash = 0xfedcba9876543210;
  document.pipeline = "p1";
  document.indexed_micros = 1'700'000'000'000'000;
  document.text_bytes = 1234;
  document.chunks = {ChunkId(100), ChunkId(101), ChunkId(40)};
  document.commit = CommitSequence(9);
  document.aliases = {"old.md"};
  return document;
}

StoredChunk SomeChunk() {
  StoredChunk chunk;
  chunk.id = ChunkId(100);
  chunk.document = DocumentNumber(7);
  chunk.ordinal = 1;
  chunk.span.begin = 10;
  chunk.span.end = 300;
  chunk.span.page = 2;
  chunk.span.heading_path = {"Manual", "Care"};
  chunk.token_count = 50;
  chunk.length = 33;
  chunk.text_hash = 1;
  chunk.input_hash = 2;
  chunk.text = "Oil the hinge.";
  chunk.blocks = {{.kind = BlockKind::kParagraph, .depth = 1, .begin = 0, .end = 14, .page = 2}};
  return chunk;
}

StoredGeneration SomeGeneration() {
  StoredGeneration generation;
  generation.id = GenerationId(3);
  generation.embedder_kind = "lsa";
  generation.space = {.fingerprint = "lsa:1:x",
                      .dimension = 256,
                      .metric = Metric::kInnerProduct,
                      .normalised = true};
  generation.blob_bytes = 2'000'000;
  generation.blob_hash = 77;
  generation.blob_parts = 2;
  generation.created_micros = 5;
  generation.learnt_chunks = 1000;
  return generation;
}

StoredChange SomeChange() {
  return {.sequence = CommitSequence(9),
          .document = DocumentNumber(7),
          .id = "a/manual.md",
          .kind = StoredChange::Kind::kPut,
          .added = {ChunkId(100), ChunkId(101)},
          .kept = {ChunkId(40)},
          .removed = {ChunkId(41)},
          .micros = 12};
}

StoredCacheEntry SomeCacheEntry() {
  StoredCacheEntry entry;
  entry.id = CacheEntryId(11);
  entry.scope = "any/hybrid/10";
  entry.question = "What is oiled?";
  entry.form = "what is oiled";
  entry.created_micros = 1'700'000'000'000'000;
  entry.commit = CommitSequence(9);
  entry.cost_micros = 2'000'000;
  entry.hits = 3;
  entry.used_micros = 1'700'000'000'000'001;
  entry.context_hash = 0x0123456789abcdef;
  entry.chunks = {ChunkId(100), ChunkId(40)};
  entry.answer = "bytes";
  entry.vector = {1.0f, -0.5f};
  return entry;
}

StoredCollection SomeCollection() {
  StoredCollection collection;
  collection.id = CollectionId(2);
  collection.name = "docs";
  collection.analyzer_fingerprint = "a";
  collection.created_micros = 6;
  collection.current_generation = GenerationId(3);
  collection.vectors = {.kind = VectorIndexKind::kFaissIvf,
                        .codes = VectorCodeKind::kBf16,
                        .hnsw_links = 24,
                        .hnsw_build_width = 300,
                        .target_recall = 0.5};
  return collection;
}

RowFile SomeRows() {
  RowFile file;
  file.commit = CommitSequence(42);
  file.generation = GenerationId(3);
  file.rows.Append(DocumentNumber(7), "manual.md", {ChunkId(100), ChunkId(101)});
  file.rows.Append(DocumentNumber(8), "faq.md", {ChunkId(200)});
  file.live = Bitmap(3, true);
  file.has_vector = Bitmap(3);
  file.has_vector.Set(2);
  file.positions.Put({{7, 0}, {8, 1}});
  file.chunk_rows.Put({{100, 0}, {101, 1}, {200, 2}});
  file.segments = {"0123456789abcdef"};
  return file;
}

// A list of more than one block, and short ones.
std::shared_ptr<const LexicalSegment> GoldenSegment() {
  SegmentBuilder builder({});
  for (RowId row = 0; row < 200; ++row) {
    std::vector<TermFrequency> terms = {{"every", 1 + row % 3}};
    if (row % 50 == 0) terms.push_back({"everyone", 1});
    if (row == 9) terms.push_back({"\xe6\x95\xb0\xe6\x8d\xae", 300});
    builder.Add(row + 5, terms);
  }
  return builder.Finish();
}

std::string SomeVectors(VectorIndexKind kind, VectorCodeKind codes) {
  VectorSource source{.dimension = 4};
  for (uint32_t i = 0; i < 12; ++i) {
    source.rows.push_back(i);
    source.chunks.push_back(ChunkId(100 + i));
  }
  source.read = [](size_t i, std::span<float> out) {
    for (size_t d = 0; d < out.size(); ++d) {
      out[d] = static_cast<float>((i * 7 + d * 3) % 11) / 16 - 0.25f;
    }
    return OkStatus();
  };
  VectorIndexOptions options;
  options.kind = kind;
  options.codes = codes;
  options.build_threads = 1;
  const auto index = BuildVectorIndex(options, std::move(source), CallContext()).value();
  return std::string(index->File().value().view);
}

std::map<std::string, std::string> Present() {
  const CollectionId collection(2);
  const std::vector<float> vector = {1.0f, -0.5f, 0.0f};
  const std::vector<TermFrequency> terms = {{"oil", 1}, {"oiled", 300}};
  std::map<std::string, std::string> bytes = {
      {"record.collection", EncodeCollection(SomeCollection())},
      {"record.document", EncodeDocument(SomeDocument())},
      {"record.chunk", EncodeChunk(SomeChunk())},
      {"record.generation", EncodeGeneration(SomeGeneration())},
      {"record.change", EncodeChange(SomeChange())},
      {"record.terms", EncodeTerms(terms)},
      {"record.integer", EncodeInteger(300)},
      {"record.vector", EncodeVector(vector)},
      {"key.meta", MetaKey(MetaField::kFormatVersion)},
      {"key.collection", CollectionKey(collection)},
      {"key.collection_name", CollectionNameKey("docs")},
      {"key.counter", CounterKey(collection, Counter::kLastCommit)},
      {"key.document_by_id", DocumentByExternalIdKey(collection, "a.md")},
      {"key.document", DocumentKey(collection, DocumentNumber(7))},
      {"key.document_text", DocumentTextKey(collection, DocumentNumber(7))},
      {"key.chunk", ChunkKey(collection, ChunkId(100))},
      {"key.chunk_terms", ChunkTermsKey(collection, ChunkId(100))},
      {"key.generation", GenerationKey(collection, GenerationId(3))},
      {"key.generation_blob", GenerationBlobKey(collection, GenerationId(3), 1)},
      {"key.vector",
       VectorKey(collection, SpaceHash(SomeGeneration().space), GenerationId(3), ChunkId(100))},
      {"key.change", ChangeLogKey(collection, CommitSequence(9))},
      {"key.principal", PrincipalKey(collection, "ann", DocumentNumber(7))},
      {"key.source", SourceKey(collection, "a.md", DocumentNumber(7))},
      {"key.alias", AliasKey(collection, "old.md", DocumentNumber(7))},
      {"key.content_hash", ContentHashKey(collection, 5, DocumentNumber(7))},
      {"record.cache_entry", EncodeCacheEntry(SomeCacheEntry())},
      {"key.cache_entry", CacheEntryKey(collection, CacheEntryId(11))},
      {"key.cache_question", CacheQuestionKey(collection, 5, 6, CacheEntryId(11))},
      {"key.cache_entry_chunk", CacheEntryChunkKey(collection, CacheEntryId(11), ChunkId(100))},
      {"key.chunk_cache_entry", ChunkCacheEntryKey(collection, ChunkId(100), CacheEntryId(11))},
      {"key.cache_tuning", CacheTuningKey(collection)},
      {"file.rows", EncodeRowFile(SomeRows())},
      {"file.segment", std::string(GoldenSegment()->bytes().view)},
      {"file.flat_int8", SomeVectors(VectorIndexKind::kFlat, VectorCodeKind::kInt8)},
      {"file.flat_bf16", SomeVectors(VectorIndexKind::kFlat, VectorCodeKind::kBf16)},
      {"file.hnsw_float", SomeVectors(VectorIndexKind::kHnsw, VectorCodeKind::kFloat)},
  };
  int number = 0;
  for (const std::string& key :
       MetadataIndexKeys(collection, SomeDocument().metadata, DocumentNumber(7))) {
    bytes["key.metadata" + std::to_string(number++)] = key;
  }
  Manifest manifest;
  manifest.format_version = kStoreFormatVersion;
  manifest.store_id = "0123456789abcdef";
  manifest.files["2/saved/rows"] = {.name = "x", .bytes = 1, .checksum = 2, .commit = 3};
  bytes["manifest"] = EncodeManifest(manifest);
  return bytes;
}

TEST(GoldenTest, BytesAreThoseOfTheFormat) {
  const std::string path = testing::SourceDirectory() + "/tests/index/golden.txt";
  const std::map<std::string, std::string> present = Present();
  if (std::getenv("QUARRY_WRITE_GOLDEN") != nullptr) {
    std::ofstream file(path);
    for (const auto& [name, bytes] : present) file << name << ' ' << ToHex(bytes) << '\n';
  }
  std::map<std::string, std::string> golden;
  std::ifstream file(path);
  for (std::string name, hex; file >> name >> hex;) golden[name] = hex;
  ASSERT_FALSE(golden.empty()) << path;
  for (const auto& [name, bytes] : present) EXPECT_EQ(ToHex(bytes), golden[name]) << name;
  EXPECT_EQ(golden.size(), present.size());
}

}  // namespace
}  // namespace quarry::index
