#include "base/mapped_pieces.h"

#include <sys/mman.h>

#include <algorithm>

#include "base/hash.h"

namespace quarry {
namespace {

constexpr size_t kPieceBytes = 4u << 20;

}  // namespace

Status ForEachPiece(const SharedBytes& bytes,
                    const std::function<Status(std::string_view)>& visit) {
  for (size_t begin = 0; begin < bytes.view.size(); begin += kPieceBytes) {
    const std::string_view piece = bytes.view.substr(begin, kPieceBytes);
    QUARRY_RETURN_IF_ERROR(visit(piece));
    // A mapping begins at a page, so a piece does.
    if (bytes.mapped) ::madvise(const_cast<char*>(piece.data()), piece.size(), MADV_DONTNEED);
  }
  return OkStatus();
}

uint64_t HashOfPieces(const SharedBytes& bytes) {
  StreamingHash hash;
  ForEachPiece(bytes, [&](std::string_view piece) {
    hash.Update(piece);
    return OkStatus();
  }).IgnoreError();  // nothing in it can fail
  return hash.Finish();
}

}  // namespace quarry
