#include "index/log_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/coding.h"
#include "base/file.h"
#include "base/numbers.h"

namespace quarry::index {
namespace {

constexpr size_t kBlockSize = 32768;
constexpr size_t kHeaderSize = 7;
constexpr size_t kBatchHeaderSize = 12;
constexpr uint64_t kMaxCurrentBytes = 256;

enum FragmentType : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// CRC-32C (Castagnoli), four bytes at a time ("slicing by 4").
class Crc32c {
 public:
  static uint32_t Of(std::string_view bytes) {
    static const Crc32c instance;
    uint32_t crc = ~uint32_t{0};
    size_t i = 0;
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(bytes[at]); };
    for (; i + 4 <= bytes.size(); i += 4) {
      crc ^= uint32_t{byte(i)} | uint32_t{byte(i + 1)} << 8 | uint32_t{byte(i + 2)} << 16 |
             uint32_t{byte(i + 3)} << 24;
      crc = instance.tables_[3][crc & 0xFF] ^ instance.tables_[2][(crc >> 8) & 0xFF] ^
            instance.tables_[1][(crc >> 16) & 0xFF] ^ instance.tables_[0][crc >> 24];
    }
    for (; i < bytes.size(); ++i) crc = instance.tables_[0][(crc ^ byte(i)) & 0xFF] ^ (crc >> 8);
    return ~crc;
  }

 private:
  Crc32c() {
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
      tables_[0][i] = crc;
    }
    for (size_t t = 1; t < tables_.size(); ++t) {
      for (size_t i = 0; i < 256; ++i) {
        const uint32_t last = tables_[t - 1][i];
        tables_[t][i] = tables_[0][last & 0xFF] ^ (last >> 8);
      }
    }
  }

  std::array<std::array<uint32_t, 256>, 4> tables_;
};

uint32_t Masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

struct Fragment {
  uint8_t type;
  std::string_view payload;
};

// The fragment of a record that starts at `offset`, nullopt if there is none that is whole and
// intact.
std::optional<Fragment> FragmentAt(std::string_view bytes, size_t offset) {
  const size_t block_end = std::min(bytes.size(), (offset / kBlockSize + 1) * kBlockSize);
  if (block_end - offset < kHeaderSize) return std::nullopt;
  const auto type = static_cast<uint8_t>(bytes[offset + 6]);
  if (type < kFull || type > kLast) return std::nullopt;
  RecordReader header(bytes.substr(offset, kHeaderSize));
  const uint32_t checksum = header.Fixed32();
  size_t length = header.Byte();
  length |= size_t{header.Byte()} << 8;
  if (length > block_end - offset - kHeaderSize) return std::nullopt;
  // The checksum covers the type and the payload, which are neighbours.
  if (checksum != Masked(Crc32c::Of(bytes.substr(offset + 6, 1 + length)))) return std::nullopt;
  return Fragment{type, bytes.substr(offset + kHeaderSize, length)};
}

// Whether a batch follows the damage at `offset`, which then was whole when that was written. What a
// power cut leaves of one batch may have holes: its later fragments alone prove nothing, a beginning
// or a second end does. Fragments are looked for at every byte.
bool RecordFollows(std::string_view bytes, size_t offset) {
  size_t ends = 0;
  for (size_t at = offset + 1; at < bytes.size();) {
    const std::optional<Fragment> fragment = FragmentAt(bytes, at);
    if (!fragment) {
      ++at;
      continue;
    }
    if (fragment->type == kFull || fragment->type == kFirst) return true;
    if (fragment->type == kLast && ++ends > 1) return true;
    at += kHeaderSize + fragment->payload.size();
  }
  return false;
}

// Calls visit with the first bytes (at most kBatchHeaderSize) of every whole record of the log, put
// together from its fragments. Whether the log ends with the last of them; the error of
// SummarizeWal.
template <typename Visit>
Result<bool> ReadLog(std::string_view bytes, const Visit& visit) {
  std::string head;
  bool in_record = false;
  size_t offset = 0;
  while (offset < bytes.size()) {
    const size_t block_left = kBlockSize - offset % kBlockSize;
    if (block_left < kHeaderSize) {  // padding: a header does not fit
      offset += block_left;
      continue;
    }
    const std::optional<Fragment> fragment = FragmentAt(bytes, offset);
    const bool starts = fragment && (fragment->type == kFull || fragment->type == kFirst);
    if (!fragment || starts == in_record) {
      if (!fragment && !RecordFollows(bytes, offset)) return false;
      return DataLossError("damaged at offset " + std::to_string(offset) +
                           ", intact records follow");
    }
    if (starts) head.clear();
    head.append(fragment->payload.substr(0, kBatchHeaderSize - head.size()));
    in_record = fragment->type == kFirst || fragment->type == kMiddle;
    if (!in_record) visit(head);
    offset += kHeaderSize + fragment->payload.size();
  }
  return !in_record;
}

struct WalFile {
  uint64_t number;
  std::string path;
};

// The logs of a directory in the order in which they were written.
Result<std::vector<WalFile>> ListWals(const std::string& directory) {
  std::vector<WalFile> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const auto number = ParseNumber<uint64_t>(it->path().stem().string());
    if (number && it->path().extension() == ".log") {
      files.push_back({*number, it->path().string()});
    }
  }
  if (error) return UnavailableError("list " + directory + ": " + error.message());
  std::sort(files.begin(), files.end(),
            [](const WalFile& a, const WalFile& b) { return a.number < b.number; });
  return files;
}

}  // namespace

Result<WalSummary> SummarizeWal(std::string_view bytes) {
  WalSummary summary;
  uint64_t short_batches = 0;
  Result<bool> whole = ReadLog(bytes, [&](std::string_view head) {
    RecordReader batch(head);
    const uint64_t sequence = batch.Fixed64();
    const uint32_t count = batch.Fixed32();
    if (!batch.ok()) ++short_batches;
    if (summary.batches++ == 0) summary.first_sequence = sequence;
    summary.next_sequence = sequence + count;
  });
  QUARRY_RETURN_IF_ERROR(whole.status());
  if (short_batches != 0) return DataLossError("a batch is shorter than its header");
  summary.torn = !*whole;
  return summary;
}

Status CheckManifest(const std::string& directory) {
  const std::string current_path = directory + "/CURRENT";
  Result<std::string> current = ReadFile(current_path, kMaxCurrentBytes);
  if (current.status().code() == Code::kResourceExhausted) {
    return DataLossError(current.status().message());
  }
  QUARRY_ASSIGN_OR_RETURN(std::string name, std::move(current));
  constexpr std::string_view kName = "MANIFEST-";
  const bool ends = name.ends_with('\n');
  if (ends) name.pop_back();
  // A number alone: no other byte may lead to a file elsewhere, or to none that a path can name.
  if (!ends || !name.starts_with(kName) || !ParseNumber<uint64_t>(name.substr(kName.size()))) {
    return DataLossError(current_path + ": does not name a manifest");
  }
  const std::string path = directory + "/" + name;
  Result<MappedFile> mapped = MappedFile::Open(path);
  if (!mapped.ok() && mapped.status().code() == Code::kNotFound) {
    return DataLossError(path + ": missing");
  }
  QUARRY_RETURN_IF_ERROR(mapped.status());
  Result<bool> whole = ReadLog(mapped->bytes(), [](std::string_view) {});
  return whole.status().Annotate(path);
}

Result<uint64_t> CheckWals(const std::string& directory, uint64_t first_live) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<WalFile> files, ListWals(directory));
  std::erase_if(files, [&](const WalFile& file) { return file.number < first_live; });
  // Its number need not be `first_live`: after a recovery that is one more than what was recovered.
  if (first_live != 0 && files.empty()) {
    return DataLossError(directory + ": no log from " + std::to_string(first_live) +
                         " on is there");
  }
  const WalFile* last = nullptr;
  uint64_t expected = 0;
  for (const WalFile& file : files) {
    QUARRY_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::Open(file.path));
    Result<WalSummary> summary = SummarizeWal(mapped.bytes());
    if (!summary.ok()) return std::move(summary).status().Annotate(file.path);
    if (summary->batches == 0) continue;
    if (last != nullptr && summary->first_sequence > expected) {
      return DataLossError(last->path + ": " + std::to_string(summary->first_sequence - expected) +
                           " changes are missing between its end and " + file.path);
    }
    last = &file;
    expected = summary->next_sequence;
  }
  return last == nullptr ? 0 : expected - 1;
}

}  // namespace quarry::index
