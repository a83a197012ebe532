#include "server/message_content.h"

#include <algorithm>

#include "server/json_writer.h"

namespace quarry::server {

Status ReadContent(const JsonValue& content, const std::string& place,
                   std::span<const std::string_view> types, std::string& text) {
  if (content.AsString() != nullptr) {
    text = *content.AsString();
    return OkStatus();
  }
  if (content.AsArray() == nullptr) {
    return InvalidArgumentError(place + ": expected a string or a list of parts, not " +
                                content.TypeName());
  }
  for (size_t i = 0; i < content.AsArray()->size(); ++i) {
    const std::string part_place = place + '[' + std::to_string(i) + ']';
    std::string type;
    std::string part;
    ObjectReader reader((*content.AsArray())[i], part_place);
    reader.Required("type").String(type);
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
    if (std::ranges::find(types, type) == types.end()) {
      return InvalidArgumentError(part_place + ".type: " + JsonString(type) +
                                  " is not supported; expected " + JsonString(types.front()));
    }
    reader.Required("text").String(part);
    QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
    if (!text.empty()) text += '\n';
    text += part;
  }
  return OkStatus();
}

}  // namespace quarry::server
