#pragma once

// How the parts of records are written and read. For records.cc and cache_record.cc only.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/coding.h"
#include "index/records.h"

namespace quarry::index::record_coding {

// --- Writing
// --------------------------------------------------------------------------------------

inline std::string NewRecord(uint8_t version = kRecordVersion) {
  return std::string(1, static_cast<char>(version));
}

// Times before 1970 are odd but legal; as two's complement they take ten bytes.
inline void AppendSigned(std::string& out, int64_t value) {
  AppendVarint(out, static_cast<uint64_t>(value));
}

inline void AppendStrings(std::string& out, const std::vector<std::string>& strings) {
  AppendVarint(out, strings.size());
  for (const std::string& text : strings) AppendBytes(out, text);
}

// Ids of one document mostly follow each other: differences (modulo 2^64) make them a byte each.
inline void AppendChunkIds(std::string& out, const std::vector<ChunkId>& chunks) {
  AppendVarint(out, chunks.size());
  uint64_t last = 0;
  for (const ChunkId chunk : chunks) {
    AppendVarint(out, chunk.value - last);
    last = chunk.value;
  }
}

enum class ValueType : uint8_t { kBool = 1, kNumber = 2, kString = 3, kList = 4 };

inline void AppendValue(std::string& out, const MetadataValue& value) {
  const auto type = [&](ValueType t) { out.push_back(static_cast<char>(t)); };
  if (const auto* flag = std::get_if<bool>(&value)) {
    type(ValueType::kBool);
    out.push_back(*flag ? '\x01' : '\x00');
  } else if (const auto* number = std::get_if<double>(&value)) {
    type(ValueType::kNumber);
    AppendDouble(out, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    type(ValueType::kString);
    AppendBytes(out, *text);
  } else {
    type(ValueType::kList);
    AppendStrings(out, std::get<std::vector<std::string>>(value));
  }
}

inline void AppendMetadata(std::string& out, const Metadata& metadata) {
  AppendVarint(out, metadata.size());
  for (const auto& [field, value] : metadata) {
    AppendBytes(out, field);
    AppendValue(out, value);
  }
}

inline void AppendSpan(std::string& out, const SourceSpan& span) {
  AppendVarint(out, span.begin);
  AppendVarint(out, span.end - span.begin);
  AppendVarint(out, span.page);
  AppendStrings(out, span.heading_path);
}

// Blocks follow each other: the gap before each and its length.
inline void AppendBlocks(std::string& out, const std::vector<ChunkBlock>& blocks) {
  AppendVarint(out, blocks.size());
  uint64_t last = 0;
  for (const ChunkBlock& block : blocks) {
    out.push_back(static_cast<char>(block.kind));
    AppendVarint(out, block.depth);
    AppendVarint(out, block.begin - last);
    AppendVarint(out, block.end - block.begin);
    AppendVarint(out, block.page);
    last = block.end;
  }
}

// --- Reading
// --------------------------------------------------------------------------------------

// A record being decoded. Remembers the first thing that is wrong with its values; lengths are the
// RecordReader's business.
class Decoder {
 public:
  // Reads the versions 1 to `newest`.
  Decoder(std::string_view bytes, const char* name, uint8_t newest = kRecordVersion)
      : reader_(bytes), name_(name), version_(reader_.Byte()) {
    const bool is_known = version_ >= 1 && version_ <= newest;
    Require(is_known || !reader_.ok(), "version " + std::to_string(version_) +
                                           ", this program reads version " +
                                           (newest == 1 ? "1" : "1 to " + std::to_string(newest)));
  }

  uint8_t version() const { return version_; }
  RecordReader& reader() { return reader_; }
  bool ok() const { return reader_.ok() && problem_.empty(); }

  void Require(bool condition, std::string_view problem) {
    if (!condition && problem_.empty()) problem_ = problem;
  }

  // A number of things that take at least `least` bytes each, so that a wrong one allocates
  // nothing.
  size_t Count(size_t least) {
    const uint64_t count = reader_.Varint();
    if (count <= reader_.remaining() / least) return static_cast<size_t>(count);
    Require(!reader_.ok(), "a list is longer than the record");
    return 0;
  }

  std::string String() { return std::string(reader_.Bytes()); }
  int64_t Signed() { return static_cast<int64_t>(reader_.Varint()); }

  std::vector<std::string> Strings() {
    std::vector<std::string> strings(Count(1));
    for (std::string& text : strings) text = reader_.Bytes();
    return strings;
  }

  template <typename Id>
  Id AnyId() {
    if constexpr (sizeof(typename Id::rep) == sizeof(uint32_t)) {
      return Id(reader_.Varint32());
    } else {
      return Id(reader_.Varint());
    }
  }

  template <typename Id>
  Id ValidId(std::string_view problem) {
    const Id id = AnyId<Id>();
    Require(static_cast<bool>(id), problem);
    return id;
  }

  std::vector<ChunkId> ChunkIds() {
    std::vector<ChunkId> chunks(Count(1));
    uint64_t last = 0;
    for (ChunkId& chunk : chunks) {
      chunk = ChunkId(last += reader_.Varint());
      Require(static_cast<bool>(chunk), "chunk id is 0");
    }
    return chunks;
  }

  bool Bool() {
    const uint8_t flag = reader_.Byte();
    Require(flag <= 1, "a truth value is neither 0 nor 1");
    return flag == 1;
  }

  MetadataValue Value() {
    switch (static_cast<ValueType>(reader_.Byte())) {
      case ValueType::kBool:
        return Bool();
      case ValueType::kNumber:
        return reader_.Double();
      case ValueType::kString:
        return String();
      case ValueType::kList:
        return Strings();
    }
    Require(false, "unknown type of a metadata value");
    return false;
  }

  Metadata Fields() {
    Metadata metadata;
    const size_t count = Count(3);  // length of the name, type, value
    for (size_t i = 0; i < count && ok(); ++i) {
      std::string field = String();
      Require(metadata.empty() || metadata.rbegin()->first < field,
              "metadata fields are out of order");
      metadata.emplace_hint(metadata.end(), std::move(field), Value());
    }
    return metadata;
  }

  SourceSpan Span() {
    SourceSpan span;
    span.begin = reader_.Varint();
    span.end = span.begin + reader_.Varint();
    Require(span.end >= span.begin, "span ends before it begins");
    span.page = reader_.Varint32();
    span.heading_path = Strings();
    return span;
  }

  // Of a chunk of `text_bytes` bytes.
  std::vector<ChunkBlock> Blocks(uint64_t text_bytes) {
    std::vector<ChunkBlock> blocks(Count(5));
    uint64_t last = 0;
    for (ChunkBlock& block : blocks) {
      const uint8_t kind = reader_.Byte();
      Require(kind <= static_cast<uint8_t>(BlockKind::kQuote), "unknown kind of block");
      block.kind = static_cast<BlockKind>(kind);
      block.depth = reader_.Varint32();
      const uint64_t gap = reader_.Varint();
      const uint64_t length = reader_.Varint();
      block.page = reader_.Varint32();
      const bool inside = gap <= text_bytes - last && length <= text_bytes - last - gap;
      Require(inside, "a block reaches beyond the text");
      if (!inside) break;
      block.begin = last + gap;
      block.end = last = block.begin + length;
    }
    return blocks;
  }

  // What is wrong, lengths first: values behind a short read are zeros and say nothing.
  Status Finish() const {
    const std::string what = std::string(name_) + " record";
    if (reader_.ok() && !problem_.empty()) return DataLossError(what + ": " + problem_);
    return reader_.Finish(what);
  }

 private:
  RecordReader reader_;
  const char* name_;
  uint8_t version_;
  std::string problem_;
};

}  // namespace quarry::index::record_coding
