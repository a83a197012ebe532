#pragma once

// Status and Result: the one error channel of Quarry.
//
// A function that can fail returns Status or Result<T>; it never throws. Exceptions of libraries
// are caught where the library is called and turned into a Status there. Programming errors
// (reading the value of a failed Result, a violated REQUIRES) abort with a message.
//
// Messages are built outside in, each caller naming what it was doing:
//   open store /data/.quarry: manifest: embedder fingerprint mismatch: index=lsa:.. config=e5:..
//
//   Result<Document> ReadDocument(const std::string& path) {
//     QUARRY_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
//     QUARRY_RETURN_IF_ERROR(CheckUtf8(bytes).Annotate(path));
//     ...
//   }
//
// Both types are values: copy and move them freely; distinct objects may be used from distinct
// threads.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quarry {

// What kind of failure. InfoOf() (below) maps each to one name, one process exit code and one HTTP
// status; there is no other mapping anywhere.
enum class Code {
  kOk = 0,
  kInvalidArgument,     // the request, file or option is wrong, whatever the state
  kNotFound,            // the named thing does not exist
  kAlreadyExists,       // the named thing exists and must not
  kFailedPrecondition,  // right request, wrong state (other format version, other embedder)
  kDataLoss,            // stored bytes are damaged or missing
  kLocked,              // another process holds the store
  kUnavailable,         // an upstream or device does not answer; trying later may help
  kDeadlineExceeded,    // the caller's deadline passed
  kCancelled,           // the caller gave up
  kResourceExhausted,   // a limit of ours: queue, memory, disk, size
  kInternal,            // a bug or an unexpected failure of the system
};

// One row of the table of codes.
struct CodeInfo {
  Code code;
  const char* name;  // "INVALID_ARGUMENT"
  int exit_code;     // of the process
  int http_status;   // of the response
};

// The row of `code`.
const CodeInfo& InfoOf(Code code);

// A code and, unless ok, a message that names the input, the place in it and what was expected.
class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  // REQUIRES: code != kOk.
  Status(Code code, std::string message);

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // The same status with "context: " before its message; an ok status stays as it is.
  Status Annotate(std::string_view context) &&;
  Status Annotate(std::string_view context) const&;

  // "DATA_LOSS: manifest: ..." or "OK".
  std::string ToString() const;

  // Says in code, greppably, that an error here is of no consequence (say why beside it).
  void IgnoreError() const {}

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

inline Status OkStatus() { return Status(); }
Status InvalidArgumentError(std::string message);
Status NotFoundError(std::string message);
Status AlreadyExistsError(std::string message);
Status FailedPreconditionError(std::string message);
Status DataLossError(std::string message);
Status LockedError(std::string message);
Status UnavailableError(std::string message);
Status DeadlineExceededError(std::string message);
Status CancelledError(std::string message);
Status ResourceExhaustedError(std::string message);
Status InternalError(std::string message);

// Aborts the process with `message`. For broken invariants only, never for bad input.
[[noreturn]] void Fatal(const char* file, int line, std::string_view message);
#define QUARRY_CHECK(condition)                                                         \
  do {                                                                                  \
    if (!(condition)) ::quarry::Fatal(__FILE__, __LINE__, "check failed: " #condition); \
  } while (false)

// A T or the Status that explains why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return SomeError(..);` both read naturally.
  Result(T value)  // NOLINT(google-explicit-constructor)
      : value_(std::move(value)) {}
  // REQUIRES: !status.ok().
  Result(Status status)  // NOLINT(google-explicit-constructor)
      : status_(std::move(status)) {
    if (status_.ok()) Fatal(__FILE__, __LINE__, "Result made from an ok Status without a value");
  }

  bool ok() const { return status_.ok(); }
  const Status& status() const& { return status_; }
  Status status() && { return std::move(status_); }

  // REQUIRES: ok(); aborts with the status' message otherwise.
  T& value() & { return Checked(), *value_; }
  const T& value() const& { return Checked(), *value_; }
  // By value, so that `for (auto& x : Make().value())` keeps what it walks over alive.
  T value() && { return Checked(), std::move(*value_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void Checked() const {
    if (!status_.ok()) Fatal(__FILE__, __LINE__, status_.ToString());
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace quarry

#define QUARRY_CONCAT_INNER_(a, b) a##b
#define QUARRY_CONCAT_(a, b) QUARRY_CONCAT_INNER_(a, b)

// Returns the status of `expression` from this function if it is an error.
#define QUARRY_RETURN_IF_ERROR(expression)                                    \
  do {                                                                        \
    if (::quarry::Status quarry_status_ = (expression); !quarry_status_.ok()) \
      return quarry_status_;                                                  \
  } while (false)

// Evaluates a Result; returns its status from this function on error, else assigns its value to
// `left`.
#define QUARRY_ASSIGN_OR_RETURN(left, expression) \
  QUARRY_ASSIGN_OR_RETURN_(QUARRY_CONCAT_(quarry_result_, __LINE__), left, expression)
#define QUARRY_ASSIGN_OR_RETURN_(result, left, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return std::move(result).status();     \
  left = std::move(result).value()
