#include "server/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "base/text.h"

namespace quarry::server {
namespace {

constexpr int kGzipWindow = 15 + 16;  // 32 KiB, with the header of gzip
constexpr int kLevel = 5;             // most of what 9 saves, at half its time
constexpr int kMemory = 8;

bool IsText(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.starts_with("text/") || type == "application/json" ||
         type == "application/javascript" || type == "image/svg+xml";
}

// nullopt where memory is short.
std::optional<std::string> Gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string out;
  try {
    out.resize(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  } catch (const std::bad_alloc&) {
    deflateEnd(&stream);
    return std::nullopt;
  }
  // zlib does not write to what it reads, and takes no pointer to const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return out;
}

// Whether "gzip;q=0.5" has a weight above 0.
bool IsWanted(std::string_view parameters) {
  const size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return true;
  const std::string_view weight = parameters.substr(at + 2);
  return weight.find_first_of("123456789") != std::string_view::npos;
}

}  // namespace

bool AcceptsGzip(const HeaderList& request_headers) {
  std::optional<bool> named;
  bool any = false;
  for (const auto& [name, value] : request_headers) {
    if (!EqualsIgnoringCase(name, "Accept-Encoding")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      const size_t semicolon = std::min(item.find(';'), item.size());
      const std::string_view coding = Trim(item.substr(0, semicolon));
      const bool wanted = IsWanted(item.substr(semicolon));
      if (EqualsIgnoringCase(coding, "gzip")) named = wanted;
      if (coding == "*") any = wanted;
    }
  }
  return named.value_or(any);
}

void CompressResponse(const HeaderList& request_headers, Response& response) {
  constexpr size_t kMost = size_t{1} << 30;  // what one call of zlib takes
  const bool is_whole = response.status == 200 || response.status == 201;
  if (!is_whole || !IsText(response.content_type) || response.body.size() < kCompressFrom ||
      response.body.size() > kMost || FindHeader(response.headers, "Content-Encoding") != nullptr) {
    return;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request_headers)) return;
  std::optional<std::string> packed = Gzip(response.body);
  if (!packed) return;
  response.body = *std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace quarry::server
