#pragma once

// The body of a request: Content-Length or chunked, decoded strictly and under a limit.
//
// Chunk sizes are hexadecimal digits and nothing else; extensions are read as RFC 9112 writes them
// and ignored; line ends are CRLF; trailers are checked and dropped. What two parsers could read
// differently is an error, after which the connection must be closed. See http_guard.h for the
// reasons.
//
//   BodyDecoder body(head, limit);
//   while (!body.done()) {
//     ... append what arrives to `buffer` ...
//     buffer.erase(0, body.Consume(buffer));
//     if (body.problem()) ...
//   }
//
// Not thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_guard.h"

namespace quarry::server {

class BodyDecoder {
 public:
  // Longest chunk-size line and longest trailer section that are accepted.
  static constexpr size_t kMaxLine = 1024;
  static constexpr size_t kMaxTrailers = 4096;

  // A Content-Length above `limit` is a problem (413) at once.
  BodyDecoder(const RequestHead& head, uint64_t limit);

  // Takes bytes of the body from the front of `bytes` and returns how many; what belongs to the
  // next request is left. Nothing is taken after done() or problem().
  size_t Consume(std::string_view bytes);

  bool done() const { return state_ == State::kDone; }
  const std::optional<HttpProblem>& problem() const { return problem_; }
  const std::string& text() const { return text_; }
  std::string Take() { return std::move(text_); }

 private:
  enum class State : uint8_t { kFixed, kChunkSize, kChunkData, kChunkEnd, kTrailer, kDone };

  size_t ConsumeData(std::string_view bytes);
  size_t ConsumeLine(std::string_view bytes);
  void TakeChunkSize(std::string_view line);
  void TakeTrailer(std::string_view line);
  void Fail(int status, std::string message);

  const uint64_t limit_;
  State state_ = State::kDone;
  uint64_t left_ = 0;    // bytes of the fixed body or of the chunk that are still to come
  size_t trailers_ = 0;  // bytes of trailers seen
  std::string line_;     // of a chunk size or trailer, as far as it has come
  std::string text_;
  std::optional<HttpProblem> problem_;
};

}  // namespace quarry::server
