#include "index/store_directory.h"

#include <filesystem>
#include <string_view>

#include "base/coding.h"
#include "base/file.h"
#include "base/hash.h"

namespace quarry::index {
namespace {

constexpr char kWatermarkName[] = "WATERMARK";
constexpr std::string_view kWatermarkMagic = "QWM1";
constexpr uint64_t kMaxWatermarkBytes = 64;

std::string WatermarkPath(const std::string& directory) { return directory + "/" + kWatermarkName; }

// The rest of a creation that was cut short: the first manifest comes before CURRENT, the first log
// after it.
bool IsFromCreation(std::string_view name) {
  return name == "LOCK" || name == "IDENTITY" || name == "MANIFEST-000001" ||
         name.ends_with(".dbtmp");
}

bool IsOfStore(std::string_view name) {
  return name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST-") ||
         name.starts_with("OPTIONS-") || name == kWatermarkName;
}

}  // namespace

Result<DirectoryContent> InspectDirectory(const std::string& directory) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(directory, error);
  if (status.type() == std::filesystem::file_type::not_found) return DirectoryContent::kNothing;
  if (error) return UnavailableError(error.message());
  if (status.type() != std::filesystem::file_type::directory) {
    return InvalidArgumentError("not a directory");
  }
  std::string of_store;
  std::string foreign;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name == "CURRENT") return DirectoryContent::kStore;
    if (!IsFromCreation(name)) (IsOfStore(name) ? of_store : foreign) = name;
  }
  if (error) return UnavailableError("list directory: " + error.message());
  if (!of_store.empty()) return DataLossError("CURRENT is missing, but " + of_store + " is there");
  if (!foreign.empty()) return FailedPreconditionError("not a Quarry store: it holds " + foreign);
  return DirectoryContent::kNothing;
}

Status CheckFreeSpace(const std::string& directory, uint64_t bytes, uint64_t floor) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  if (error || (space.available >= floor && space.available - floor >= bytes)) return OkStatus();
  return ResourceExhaustedError(
      "disk full: " + directory + " has " + std::to_string(space.available >> 10) + " KiB free; " +
      std::to_string(bytes >> 10) + " KiB are needed, and " + std::to_string(floor >> 10) +
      " KiB stay free (storage.min_free_bytes)");
}

Result<uint64_t> ReadWatermark(const std::string& directory) {
  const std::string path = WatermarkPath(directory);
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxWatermarkBytes));
  RecordReader reader(bytes);
  const std::string_view magic = reader.Bytes();
  const uint64_t sequence = reader.Fixed64();
  const uint64_t hash = reader.Fixed64();
  QUARRY_RETURN_IF_ERROR(reader.Finish(path));
  if (magic != kWatermarkMagic || hash != Hash64(bytes.substr(0, bytes.size() - sizeof hash))) {
    return DataLossError(path + ": damaged");
  }
  return sequence;
}

Status WriteWatermark(const std::string& directory, uint64_t sequence) {
  std::string bytes;
  AppendBytes(bytes, kWatermarkMagic);
  AppendFixed64(bytes, sequence);
  AppendFixed64(bytes, Hash64(bytes));
  return WriteFileAtomically(WatermarkPath(directory), bytes);
}

void RemoveHalfWritten(const std::string& directory) {
  RemoveTemporaries(WatermarkPath(directory));
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code vanished;
    if (it->path().extension() == ".dbtmp") std::filesystem::remove(it->path(), vanished);
  }
}

}  // namespace quarry::index
