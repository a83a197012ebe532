#include "server/http_body.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"

namespace quarry::server {
namespace {

// Reads past a token or a quoted string; false where there is neither.
bool SkipTokenOrQuoted(std::string_view& text) {
  if (!text.starts_with('"')) {
    size_t end = 0;
    while (end < text.size() && IsHttpToken(text.substr(end, 1))) ++end;
    text.remove_prefix(end);
    return end > 0;
  }
  for (size_t i = 1; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
    if (text[i] == '\\') {
      ++i;
      if (i < text.size() && static_cast<unsigned char>(text[i]) < 0x20) return false;
    } else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

// *( ";" name [ "=" value ] ), without the white space that RFC 9112 calls bad.
bool AreChunkExtensions(std::string_view text) {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    if (text.starts_with('"') || !SkipTokenOrQuoted(text)) return false;
    if (!text.starts_with('=')) continue;
    text.remove_prefix(1);
    if (!SkipTokenOrQuoted(text)) return false;
  }
  return true;
}

}  // namespace

BodyDecoder::BodyDecoder(const RequestHead& head, uint64_t limit) : limit_(limit) {
  if (head.chunked) {
    state_ = State::kChunkSize;
  } else if (const uint64_t length = head.content_length.value_or(0); length > limit) {
    Fail(413, "the body has " + std::to_string(length) + " bytes; at most " +
                  std::to_string(limit) + " are accepted");
  } else if (length > 0) {
    state_ = State::kFixed;
    left_ = length;
  }
}

void BodyDecoder::Fail(int status, std::string message) {
  problem_ = HttpProblem{status, std::move(message)};
}

size_t BodyDecoder::Consume(std::string_view bytes) {
  size_t consumed = 0;
  while (!problem_ && state_ != State::kDone && consumed < bytes.size()) {
    const std::string_view rest = bytes.substr(consumed);
    const bool in_data = state_ == State::kFixed || state_ == State::kChunkData;
    consumed += in_data ? ConsumeData(rest) : ConsumeLine(rest);
  }
  return consumed;
}

size_t BodyDecoder::ConsumeData(std::string_view bytes) {
  const auto size = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
  text_.append(bytes.substr(0, size));
  left_ -= size;
  if (left_ == 0) state_ = state_ == State::kFixed ? State::kDone : State::kChunkEnd;
  return size;
}

// Gathers one CRLF line and acts on it.
size_t BodyDecoder::ConsumeLine(std::string_view bytes) {
  const size_t feed = bytes.find('\n');
  const size_t size = feed == std::string_view::npos ? bytes.size() : feed + 1;
  if (line_.size() + size > (state_ == State::kTrailer ? kMaxTrailers : kMaxLine)) {
    Fail(400, "chunked body: a line is too long");
    return size;
  }
  line_.append(bytes.substr(0, size));
  if (state_ == State::kChunkEnd && !std::string_view("\r\n").starts_with(line_)) {
    Fail(400, "chunked body: a chunk is longer than its size says");
    return size;
  }
  if (feed == std::string_view::npos) return size;

  std::string_view line = line_;
  line.remove_suffix(1);
  if (!line.ends_with('\r')) {
    Fail(400, "chunked body: a line feed without carriage return");
    return size;
  }
  line.remove_suffix(1);
  switch (state_) {
    case State::kChunkSize:
      TakeChunkSize(line);
      break;
    case State::kChunkEnd:
      state_ = State::kChunkSize;
      break;
    case State::kTrailer:
      TakeTrailer(line);
      break;
    default:
      break;
  }
  line_.clear();
  return size;
}

void BodyDecoder::TakeChunkSize(std::string_view line) {
  // 2^60 needs 15 digits, more would only serve to overflow someone's integer. Leading zeros count.
  constexpr size_t kMaxDigits = 15;
  uint64_t size = 0;
  size_t digits = 0;
  for (; digits < line.size(); ++digits) {
    const int value = HexValue(line[digits]);
    if (value < 0) break;
    if (digits == kMaxDigits) return Fail(400, "chunked body: the size of a chunk is too long");
    size = size * 16 + static_cast<uint64_t>(value);
  }
  if (digits == 0) return Fail(400, "chunked body: expected the size of a chunk in hexadecimal");
  if (!AreChunkExtensions(line.substr(digits))) {
    return Fail(400, "chunked body: the size of a chunk is followed by what is no extension");
  }
  if (size > limit_ || text_.size() > limit_ - size) {
    return Fail(413, "the body is longer than " + std::to_string(limit_) + " bytes");
  }
  left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kChunkData;
}

void BodyDecoder::TakeTrailer(std::string_view line) {
  if (line.empty()) {
    state_ = State::kDone;
    return;
  }
  trailers_ += line.size() + 2;
  if (trailers_ > kMaxTrailers) return Fail(431, "chunked body: the trailers are too long");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsHttpToken(line.substr(0, colon))) {
    return Fail(400, "chunked body: a trailer is not \"name: value\"");
  }
  const bool controls = std::ranges::any_of(line, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
  if (controls) return Fail(400, "chunked body: a trailer holds a control character");
}

}  // namespace quarry::server
