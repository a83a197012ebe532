#include "ingest/zip_reader.h"

#include <zip.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "ingest/member_name.h"

namespace quarry::ingest {
namespace {

constexpr size_t kUnpackStep = 256 * 1024;  // unpacked between two looks at the budget

std::string MessageOf(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string message = zip_error_strerror(&error);
  zip_error_fini(&error);
  return message;
}

// A name is UTF-8, or what its charset shows; else code page 437 as the format says (APPNOTE
// 4.4.17, appendix D).
std::string NameOf(zip_t* zip, uint64_t index) {
  const char* raw = zip_get_name(zip, index, ZIP_FL_ENC_RAW);
  std::string name = raw == nullptr ? "" : raw;
  if (!DecodeMemberName(&name)) {
    const char* guessed = zip_get_name(zip, index, ZIP_FL_ENC_GUESS);
    name = guessed == nullptr || !IsValidUtf8(guessed) ? "entry " + std::to_string(index) : guessed;
  }
  std::replace(name.begin(), name.end(), '\\', '/');
  return name;
}

// libzip takes memory for every entry of the directory before it can be asked how many there are.
uint64_t CountDirectoryHeaders(std::string_view bytes, uint64_t most) {
  uint64_t count = 0;
  for (size_t at = bytes.find("PK\x01\x02"); at != bytes.npos && count <= most;
       at = bytes.find("PK\x01\x02", at + 4)) {
    ++count;
  }
  return count;
}

// Whether entries begin it, and the record is missing that ends every zip file (APPNOTE 4.3.16), before
// a comment of at most 64 KB.
bool IsTruncated(std::string_view bytes) {
  constexpr size_t kEndAndComment = 22 + 65'535;
  const std::string_view end = bytes.substr(bytes.size() - std::min(bytes.size(), kEndAndComment));
  return bytes.starts_with("PK\x03\x04") && bytes.size() > 30 && end.find("PK\x05\x06") == end.npos;
}

}  // namespace

struct ZipReader::Archive {
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

ZipReader::ZipReader(std::unique_ptr<Archive> archive, ParseBudget* budget)
    : archive_(std::move(archive)), budget_(budget) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::Open(std::string_view bytes, ParseBudget* budget,
                                  RepeatedNames repeated) {
  const uint64_t headers = CountDirectoryHeaders(bytes, budget->entries_left());
  QUARRY_RETURN_IF_ERROR(budget->TakeEntries(headers));
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* zip = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  if (zip == nullptr) {
    std::string message = std::string("not a zip: ") + zip_error_strerror(&error);
    if (IsTruncated(bytes)) {
      message = "truncated: its end is missing, where it says what is in it; get the whole file";
    }
    if (source != nullptr) zip_source_free(source);
    zip_error_fini(&error);
    return InvalidArgumentError(std::move(message));
  }
  zip_error_fini(&error);
  auto archive = std::make_unique<Archive>();
  archive->zip = zip;
  ZipReader reader(std::move(archive), budget);
  const auto count = static_cast<uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(zip, 0), 0));
  std::unordered_set<std::string> names;
  for (uint64_t i = 0; i < count; ++i) {
    Entry entry{.name = NameOf(zip, i), .index = i};
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(zip, i, 0, &stat) != 0) {
      return InvalidArgumentError("entry " + entry.name + ": " + zip_strerror(zip));
    }
    if ((stat.valid & ZIP_STAT_SIZE) != 0) entry.size = stat.size;
    entry.is_encrypted =
        (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
    if (repeated == RepeatedNames::kRefused && !names.insert(entry.name).second) {
      return InvalidArgumentError("entry " + entry.name + ": twice in the file");
    }
    reader.entries_.push_back(std::move(entry));
  }
  return reader;
}

const ZipReader::Entry* ZipReader::Find(std::string_view name) const {
  const auto exact = std::ranges::find(entries_, name, &Entry::name);
  if (exact != entries_.end()) return &*exact;
  const auto folded = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return EqualsIgnoringCase(entry.name, name); });
  return folded == entries_.end() ? nullptr : &*folded;
}

Result<std::string> ZipReader::Read(const Entry& entry) const {
  Result<std::string> bytes = Unpack(entry);
  if (!bytes.ok()) return std::move(bytes).status().Annotate("entry " + entry.name);
  return bytes;
}

Result<std::string> ZipReader::Unpack(const Entry& entry) const {
  if (entry.is_encrypted) return InvalidArgumentError("encrypted");
  // What is declared is refused before it is unpacked, and what is not is not unpacked.
  QUARRY_RETURN_IF_ERROR(budget_->TakeBytes(entry.size, entry.size));
  zip_file_t* file = zip_fopen_index(archive_->zip, entry.index, 0);
  if (file == nullptr) return InvalidArgumentError(zip_strerror(archive_->zip));
  const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> closer(
      file, [](zip_file_t* opened) { zip_fclose(opened); });
  std::string bytes;
  while (true) {
    QUARRY_RETURN_IF_ERROR(budget_->Check());
    const size_t before = bytes.size();
    const size_t step = std::min<uint64_t>(kUnpackStep, entry.size - before + 1);
    bytes.resize(before + step);
    const zip_int64_t read = zip_fread(file, bytes.data() + before, step);
    if (read < 0) {
      return InvalidArgumentError(MessageOf(zip_error_code_zip(zip_file_get_error(file))));
    }
    bytes.resize(before + static_cast<size_t>(read));
    if (read == 0) break;
    if (bytes.size() > entry.size) {
      return InvalidArgumentError("holds more than the " + std::to_string(entry.size) +
                                  " bytes that it declares");
    }
  }
  if (bytes.size() != entry.size) {
    return InvalidArgumentError("holds " + std::to_string(bytes.size()) + " bytes, expected " +
                                std::to_string(entry.size));
  }
  return bytes;
}

}  // namespace quarry::ingest
