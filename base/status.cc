#include "base/status.h"

#include <cstdio>
#include <cstdlib>

namespace quarry {
namespace {

// Exit codes: 0 done, 1 something asked for was not found (or a gate failed, or some files could
// not be indexed), 2 usage or configuration, 3 data damaged, 5 store locked, 69 (EX_UNAVAILABLE)
// upstream, 70 (EX_SOFTWARE) our fault, 75 (EX_TEMPFAIL) a limit was reached, 130 interrupted.
constexpr CodeInfo kCodes[] = {
    {Code::kOk, "OK", 0, 200},
    {Code::kInvalidArgument, "INVALID_ARGUMENT", 2, 400},
    {Code::kNotFound, "NOT_FOUND", 1, 404},
    {Code::kAlreadyExists, "ALREADY_EXISTS", 2, 409},
    {Code::kFailedPrecondition, "FAILED_PRECONDITION", 2, 412},
    {Code::kDataLoss, "DATA_LOSS", 3, 500},
    {Code::kLocked, "LOCKED", 5, 503},
    {Code::kUnavailable, "UNAVAILABLE", 69, 503},
    {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", 69, 504},
    {Code::kCancelled, "CANCELLED", 130, 499},
    {Code::kResourceExhausted, "RESOURCE_EXHAUSTED", 75, 429},
    {Code::kInternal, "INTERNAL", 70, 500},
};

}  // namespace

const CodeInfo& InfoOf(Code code) {
  const auto row = static_cast<size_t>(code);
  QUARRY_CHECK(row < std::size(kCodes) && kCodes[row].code == code);
  return kCodes[row];
}

Status::Status(Code code, std::string message) : code_(code), message_(std::move(message)) {
  QUARRY_CHECK(code != Code::kOk);
}

Status Status::Annotate(std::string_view context) && {
  if (!ok()) message_.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

Status Status::Annotate(std::string_view context) const& {
  Status copy = *this;
  return std::move(copy).Annotate(context);
}

std::string Status::ToString() const {
  if (ok()) return "OK";
  return std::string(InfoOf(code_).name) + ": " + message_;
}

Status InvalidArgumentError(std::string message) {
  return {Code::kInvalidArgument, std::move(message)};
}
Status NotFoundError(std::string message) { return {Code::kNotFound, std::move(message)}; }
Status AlreadyExistsError(std::string message) {
  return {Code::kAlreadyExists, std::move(message)};
}
Status FailedPreconditionError(std::string message) {
  return {Code::kFailedPrecondition, std::move(message)};
}
Status DataLossError(std::string message) { return {Code::kDataLoss, std::move(message)}; }
Status LockedError(std::string message) { return {Code::kLocked, std::move(message)}; }
Status UnavailableError(std::string message) { return {Code::kUnavailable, std::move(message)}; }
Status DeadlineExceededError(std::string message) {
  return {Code::kDeadlineExceeded, std::move(message)};
}
Status CancelledError(std::string message) { return {Code::kCancelled, std::move(message)}; }
Status ResourceExhaustedError(std::string message) {
  return {Code::kResourceExhausted, std::move(message)};
}
Status InternalError(std::string message) { return {Code::kInternal, std::move(message)}; }

void Fatal(const char* file, int line, std::string_view message) {
  std::fprintf(stderr, "quarry: fatal: %s:%d: %.*s\n", file, line, static_cast<int>(message.size()),
               message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace quarry
