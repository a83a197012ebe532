#include "base/text.h"

namespace quarry {

Result<DecodedText> DecodeText(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const size_t invalid = FindInvalidUtf8(bytes);
  if (invalid != std::string_view::npos) {
    return InvalidArgumentError("invalid UTF-8 at byte " + std::to_string(invalid) +
                                " and no other charset fits");
  }
  return DecodedText{std::string(bytes), "UTF-8"};
}

}  // namespace quarry
