// What a damaged disk may give back: records, keys, logs, derived files. What is accepted is a
// fixed point: written and read again it is the same. The first byte chooses the kind.

#include "index/derived_files.h"
#include "index/keys.h"
#include "index/log_check.h"
#include "index/records.h"
#include "index/vector_file.h"
#include "index/vector_index.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {
namespace {

using namespace index;

template <typename Value>
void RoundTrip(const Result<Value>& value, std::string (*encode)(const Value&),
               Result<Value> (*decode)(std::string_view)) {
  if (!value.ok()) {
    QUARRY_CHECK(value.status().code() == Code::kDataLoss);
    return;
  }
  const Result<Value> again = decode(encode(*value));
  QUARRY_CHECK(again.ok());
  QUARRY_CHECK(encode(*again) == encode(*value));
}

StoredDocument ADocument() {
  StoredDocument document;
  document.number = DocumentNumber(3);
  document.id = "a.md";
  document.metadata = {{"y", 1.0}, {"t", std::vector<std::string>{"x"}}, {"b", true}};
  document.access = {"hr"};
  document.chunks = {ChunkId(4), ChunkId(9)};
  document.commit = CommitSequence(7);
  document.aliases = {"b.md"};
  return document;
}

StoredChunk AChunk() {
  StoredChunk chunk;
  chunk.id = ChunkId(4);
  chunk.document = DocumentNumber(3);
  chunk.text = "One. Two.";
  chunk.span = {.begin = 0, .end = 9, .page = 2, .heading_path = {"A", "B"}};
  chunk.blocks = {{.kind = BlockKind::kParagraph, .begin = 0, .end = 9}};
  return chunk;
}

// A file behind its checksum: whatever it says, no search leaves its arrays.
void SearchVectors(std::string_view bytes) {
  const auto header = ReadVectorHeader(bytes);
  if (!header.ok() || header->kind > VectorIndexKind::kHnsw) return;  // FAISS believes its bytes
  HugeBuffer buffer = HugeBuffer::Allocate(bytes.size()).value();
  std::copy(bytes.begin(), bytes.end(), buffer.data());
  const auto index = ParseVectorIndex(HugeBuffer::Share(std::move(buffer)), [](ChunkId chunk) {
    return chunk.value < 4 ? static_cast<RowId>(chunk.value) : kNoRow;
  });
  if (!index.ok() || (*index)->dimension() != 2) return;
  RowTable table;
  for (uint64_t i = 0; i < 4; ++i) table.Append(DocumentNumber(i), std::to_string(i), {ChunkId(i)});
  const float query[] = {1, 2};
  for (const uint32_t width : {0u, 2u}) {
    (*index)->Search(query, 2, nullptr, table, {.width = width}, {}).status().IgnoreError();
  }
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto seed = [](char kind, const std::string& bytes) { return kind + bytes; };
  StoredCollection collection;
  collection.id = CollectionId(1);
  collection.name = "c";
  StoredGeneration generation;
  generation.id = GenerationId(2);
  generation.space = {"lsa:1", 8, Metric::kInnerProduct, true};
  StoredChange change;
  change.sequence = CommitSequence(1);
  change.document = DocumentNumber(3);
  change.id = "a.md";
  change.added = {ChunkId(4)};
  const std::vector<TermFrequency> terms = {{"alpha", 2}, {"beta", 1}};
  const CollectionId c(1);
  const Metadata metadata = {{"f", std::string("v")}};
  VectorSource source{.dimension = 2, .rows = {0, 1, 2}};
  source.chunks = {ChunkId(1), ChunkId(2), ChunkId(3)};
  source.read = [](size_t i, std::span<float> out) {
    out[0] = i == 1 ? 0.0f : 1.0f;
    out[1] = i == 0 ? 0.0f : 1.0f;
    return OkStatus();
  };
  VectorIndexOptions options;
  options.kind = VectorIndexKind::kHnsw;
  options.build_threads = 1;
  const auto graph = BuildVectorIndex(options, std::move(source), CallContext()).value();
  return {seed(0, EncodeDocument(ADocument())),
          seed(1, EncodeChunk(AChunk())),
          seed(2, EncodeCollection(collection)),
          seed(3, EncodeGeneration(generation)),
          seed(4, EncodeChange(change)),
          seed(5, EncodeTerms(terms)),
          seed(6, MetadataIndexKeys(c, metadata, DocumentNumber(1))[0]),
          seed(6, PrincipalKey(c, "p", DocumentNumber(1))),
          seed(7, std::string(graph->File().value().view)),
          seed(8, EncodeManifest({})),
          seed(9, std::string(64, '\1'))};
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  using namespace quarry::index;
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::View(data + 1, size - 1);
  switch (data[0]) {
    case 0:
      fuzz::RoundTrip<StoredDocument>(DecodeDocument(bytes), EncodeDocument, DecodeDocument);
      break;
    case 1:
      fuzz::RoundTrip<StoredChunk>(DecodeChunk(bytes), EncodeChunk, DecodeChunk);
      break;
    case 2:
      fuzz::RoundTrip<StoredCollection>(DecodeCollection(bytes), EncodeCollection,
                                        DecodeCollection);
      break;
    case 3:
      fuzz::RoundTrip<StoredGeneration>(DecodeGeneration(bytes), EncodeGeneration,
                                        DecodeGeneration);
      break;
    case 4:
      fuzz::RoundTrip<StoredChange>(DecodeChange(bytes), EncodeChange, DecodeChange);
      break;
    case 5:
      if (const auto terms = DecodeTerms(bytes); terms.ok()) {
        QUARRY_CHECK(DecodeTerms(EncodeTerms(*terms)).value() == *terms);
      }
      break;
    case 6:
      ParseMetadataIndexKey(bytes).status().IgnoreError();
      ParseNameKey(bytes, Table::kPrincipal).status().IgnoreError();
      ParseVectorKey(bytes).status().IgnoreError();
      break;
    case 7:
      fuzz::SearchVectors(bytes);
      break;
    case 8:
      if (const auto manifest = DecodeManifest(bytes); manifest.ok()) {
        const std::string written = EncodeManifest(*manifest);
        QUARRY_CHECK(EncodeManifest(DecodeManifest(written).value()) == written);
      }
      break;
    default:
      SummarizeWal(bytes).status().IgnoreError();
  }
  return 0;
}
