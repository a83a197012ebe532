#include "app/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace quarry::app {
namespace {

constexpr size_t kMinColumns = 40;
constexpr size_t kMaxColumns = 160;  // longer lines are hard to read
constexpr size_t kDefaultColumns = 100;

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

size_t Columns(int fd) {
  size_t columns = 0;
  const std::string_view given = Variable("COLUMNS");
  std::from_chars(given.data(), given.data() + given.size(), columns);
  winsize size{};
  if (columns == 0 && ::ioctl(fd, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  if (columns == 0) columns = kDefaultColumns;
  return std::min(std::max(columns, kMinColumns), kMaxColumns);
}

const char* CodeOf(Style style) {
  switch (style) {
    case Style::kBold:
      return "1";
    case Style::kDim:
      return "2";
    case Style::kMatch:
      return "1;33";
    case Style::kTitle:
      return "1;36";
    case Style::kGood:
      return "32";
    case Style::kWarning:
      return "33";
    case Style::kBad:
      return "31";
  }
  return "0";
}

}  // namespace

Console Console::OfProcess(bool json) {
  Options options;
  options.json = json;
  options.out_is_terminal = ::isatty(STDOUT_FILENO) != 0;
  options.error_is_terminal = ::isatty(STDERR_FILENO) != 0;
  options.colour = options.out_is_terminal && !json && Variable("NO_COLOR").empty() &&
                   Variable("TERM") != "dumb";
  options.columns = Columns(options.out_is_terminal ? STDOUT_FILENO : STDERR_FILENO);
  return Console(stdout, stderr, options);
}

std::string Console::Styled(Style style, std::string_view text) const {
  if (!options_.colour || text.empty()) return std::string(text);
  return std::string("\x1b[") + CodeOf(style) + "m" + std::string(text) + "\x1b[0m";
}

void Console::Print(std::string_view text) {
  errno = 0;
  const bool is_taken = std::fwrite(text.data(), 1, text.size(), out_) == text.size();
  if (!is_taken && print_error_ == 0) print_error_ = errno;
}

void Console::Note(std::string_view text) {
  PrintError("quarry: ");
  PrintError(text);
  PrintError("\n");
}

void Console::PrintError(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), error_);
}

Status Console::Flush() {
  errno = 0;
  if (std::fflush(out_) == 0 && std::ferror(out_) == 0) return OkStatus();
  const int error = print_error_ != 0 ? print_error_ : errno;
  return UnavailableError(std::string("standard output: ") +
                          (error != 0 ? std::strerror(error) : "not everything was written"));
}

}  // namespace quarry::app
