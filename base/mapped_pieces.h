#pragma once

// Going once through bytes that may be a mapped file larger than is to be in memory.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry {

// Calls visit for the bytes, in order, some MB at a time, until it fails. Of a mapped file the memory of
// each piece is given back behind it: what others read of it comes from the system's cache again.
Status ForEachPiece(const SharedBytes& bytes, const std::function<Status(std::string_view)>& visit);

// Hash64 of all of them.
uint64_t HashOfPieces(const SharedBytes& bytes);

// WriteFileAtomically of file.h.
Status WritePiecesAtomically(const std::string& path, const SharedBytes& bytes);

}  // namespace quarry
