#include "ingest/member_name.h"

#include <utility>

#include "base/text.h"

namespace quarry::ingest {

bool DecodeMemberName(std::string* name) {
  if (IsValidUtf8(*name)) return true;
  Result<DecodedText> decoded = DecodeText(*name);
  if (!decoded.ok()) return false;
  *name = std::move(decoded->text);
  return true;
}

}  // namespace quarry::ingest
