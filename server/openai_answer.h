#pragma once

// What answers have in common on the OpenAI surface: where their markers stand, where these lead, and
// our own part, `quarry`.

#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "server/http_types.h"
#include "server/json_writer.h"

namespace quarry::server {

// One for each citation: "[2]" in the text, in code points (the indices of annotations), the end
// exclusive, so that text[start:end] is what a client makes a link of.
struct Marker {
  size_t start = 0;
  size_t end = 0;
  const Passage& passage;
};
// `answer` must outlive them.
std::vector<Marker> MarkersOf(const Answer& answer);

// The title of a passage for people: its document's, or the document's id.
const std::string& TitleOf(const Passage& passage);
// Where it can be read: its URI, or the document at this server, as `request` reached it.
std::string UrlOf(const Passage& passage, const std::string& collection, const Request& request);

// Our own part of an answer, in the names of POST /api/v1/answer.
// `id`: of the answer log; "" = it is not kept.
void WriteExtension(const Answer& answer, const std::string& collection, std::string_view id,
                    JsonWriter& json);

}  // namespace quarry::server
