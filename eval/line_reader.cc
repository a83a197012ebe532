#include "eval/line_reader.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace quarry::eval {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 18;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string SystemReason(int error) { return std::generic_category().message(error); }

}  // namespace

LineReader::LineReader(std::string path, std::FILE* file, size_t max_line_bytes)
    : path_(std::move(path)), file_(file), max_line_bytes_(max_line_bytes) {}

Result<LineReader> LineReader::Open(const std::string& path, size_t max_line_bytes) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) {
    const int error = errno;
    std::string message = path + ": " + SystemReason(error);
    if (error == ENOENT || error == ENOTDIR) return NotFoundError(std::move(message));
    return InvalidArgumentError(std::move(message));
  }
  LineReader reader(path, file, max_line_bytes);
  // Reads now: only reading tells a directory from a file.
  QUARRY_RETURN_IF_ERROR(reader.Fill());
  if (reader.buffer_.starts_with(kByteOrderMark)) reader.position_ = kByteOrderMark.size();
  return reader;
}

Status LineReader::Fill() {
  buffer_.erase(0, position_);
  position_ = 0;
  const size_t old_size = buffer_.size();
  buffer_.resize(old_size + kPieceBytes);
  const size_t read = std::fread(buffer_.data() + old_size, 1, kPieceBytes, file_.get());
  const int error = errno;
  buffer_.resize(old_size + read);
  if (read == kPieceBytes) return OkStatus();
  if (std::ferror(file_.get()) != 0) {
    std::string message = path_ + ": " + SystemReason(error);
    if (error == EISDIR) return InvalidArgumentError(std::move(message));
    return UnavailableError(std::move(message));
  }
  at_end_ = true;
  return OkStatus();
}

Result<bool> LineReader::NextRaw() {
  ++number_;
  size_t searched = position_;  // no line end before it
  size_t end;
  while ((end = buffer_.find('\n', searched)) == std::string::npos && !at_end_) {
    const size_t pending = buffer_.size() - position_;
    if (pending > max_line_bytes_) break;
    QUARRY_RETURN_IF_ERROR(Fill());
    searched = position_ + pending;
  }
  const size_t stop = std::min(end, buffer_.size());
  if (stop - position_ > max_line_bytes_) {
    return ResourceExhaustedError(Place() + ": the line is longer than " +
                                  std::to_string(max_line_bytes_) + " bytes");
  }
  if (end == std::string::npos && position_ == buffer_.size()) {
    line_ = {};
    return false;
  }
  line_ = std::string_view(buffer_).substr(position_, stop - position_);
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  position_ = std::min(stop + 1, buffer_.size());
  return true;
}

Result<bool> LineReader::Next() {
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, NextRaw());
    if (!more) return false;
    if (line_.find_first_not_of(" \t\v\f\r") != std::string_view::npos) return true;
  }
}

std::string LineReader::Place() const { return path_ + ":" + std::to_string(number_); }

}  // namespace quarry::eval
