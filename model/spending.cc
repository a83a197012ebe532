#include "model/spending.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

namespace quarry::model {
namespace {

constexpr std::string_view kSpendingMagic = "quarry-spending 1 ";
constexpr double kMicros = 1e6;
constexpr size_t kMostSpendingBytes = 128;

struct DaySpending {
  int64_t day = 0;
  int64_t micros = 0;
};

// nullopt: damaged.
std::optional<DaySpending> ParseSpending(std::string_view text) {
  DaySpending spending;
  if (text.empty()) return spending;
  if (!text.starts_with(kSpendingMagic) || !text.ends_with('\n')) return std::nullopt;
  const char* const end = text.data() + text.size() - 1;
  const auto day = std::from_chars(text.data() + kSpendingMagic.size(), end, spending.day);
  if (day.ec != std::errc() || day.ptr == end || *day.ptr != ' ') return std::nullopt;
  const auto micros = std::from_chars(day.ptr + 1, end, spending.micros);
  if (micros.ec != std::errc() || micros.ptr != end || spending.micros < 0) return std::nullopt;
  return spending;
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

Result<double> SpendingFile::Add(int64_t day, double cost) {
  const std::lock_guard lock(mutex_);
  const auto failed = [&](const char* what) {
    return FailedPreconditionError(path_ + ": " + what + ": " + std::strerror(errno));
  };
  const OpenFile file(path_);
  if (file.fd() < 0) return failed("cannot be opened");
  int locked = 0;
  do locked = ::flock(file.fd(), LOCK_EX);
  while (locked != 0 && errno == EINTR);
  if (locked != 0) return failed("cannot be locked");
  char bytes[kMostSpendingBytes];
  const ssize_t read = ::pread(file.fd(), bytes, sizeof(bytes), 0);
  if (read < 0) return failed("cannot be read");
  std::optional<DaySpending> spending =
      ParseSpending(std::string_view(bytes, static_cast<size_t>(read)));
  if (!spending) {
    return DataLossError(path_ +
                         ": damaged; expected \"quarry-spending 1 DAY MICROS\". Removing it "
                         "forgets what today cost");
  }
  // A clock that is set back opens no second day; one that was wrong by more counts for nothing.
  if (day > spending->day || spending->day > day + 1) *spending = {.day = day, .micros = 0};
  if (cost > 0) {
    spending->micros += static_cast<int64_t>(std::ceil(cost * kMicros));
    const std::string line = std::string(kSpendingMagic) + std::to_string(spending->day) + ' ' +
                             std::to_string(spending->micros) + '\n';
    const ssize_t written = ::pwrite(file.fd(), line.data(), line.size(), 0);
    if (written != static_cast<ssize_t>(line.size()) ||
        ::ftruncate(file.fd(), static_cast<off_t>(line.size())) != 0 ||
        ::fdatasync(file.fd()) != 0) {
      return failed("cannot be written");
    }
  }
  return static_cast<double>(spending->micros) / kMicros;
}

}  // namespace quarry::model
