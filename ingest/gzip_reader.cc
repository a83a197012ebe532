#include "ingest/gzip_reader.h"

#include <zlib.h>

#include <algorithm>

namespace quarry::ingest {
namespace {

constexpr size_t kStep = 256 * 1024;
constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header around the data

}  // namespace

struct GzipReader::Stream {
  z_stream z = {};
  int state = Z_OK;
  ~Stream() { inflateEnd(&z); }
};

GzipReader::GzipReader(std::string_view bytes, ParseBudget* budget)
    : bytes_(bytes), budget_(budget), stream_(std::make_unique<Stream>()) {
  // zlib's input is not const, and not written to. Files are at most 1 GiB.
  stream_->z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_->z.avail_in = static_cast<uInt>(bytes.size());
  stream_->state = inflateInit2(&stream_->z, kGzipWindow);
}

GzipReader::~GzipReader() = default;

Status GzipReader::Read(size_t most, std::string* out) {
  z_stream& z = stream_->z;
  if (stream_->state != Z_OK) return InternalError("zlib cannot be used");
  const size_t end = out->size() + most;
  while (out->size() < end && !is_at_end_) {
    const size_t before = out->size();
    const size_t step = std::min(kStep, end - before);
    out->resize(before + step);
    z.next_out = reinterpret_cast<Bytef*>(out->data() + before);
    z.avail_out = static_cast<uInt>(step);
    const int result = inflate(&z, Z_NO_FLUSH);
    const size_t got = step - z.avail_out;
    out->resize(before + got);
    QUARRY_RETURN_IF_ERROR(budget_->TakeBytes(got, 0));
    const std::string place = std::to_string(bytes_.size() - z.avail_in);
    if (result == Z_STREAM_END) {
      // Further members follow one another (RFC 1952, 2.2); what is no member is padding.
      const bool has_more = z.avail_in > 2 && z.next_in[0] == 0x1F && z.next_in[1] == 0x8B;
      is_at_end_ = !has_more || inflateReset(&z) != Z_OK;
    } else if (result == Z_BUF_ERROR || (result == Z_OK && got == 0 && z.avail_in == 0)) {
      return InvalidArgumentError("cut off at byte " + place);
    } else if (result != Z_OK) {
      return InvalidArgumentError(std::string("not gzip: ") +
                                  (z.msg == nullptr ? "broken data" : z.msg) + " at byte " + place);
    }
  }
  return OkStatus();
}

}  // namespace quarry::ingest
