#pragma once

// Whether a reply is the JSON that was asked for.

#include <string>

#include "model/chat_model.h"

namespace quarry::model {

// kInvalidArgument for a schema that is not JSON or uses what is not checked here: of JSON Schema
// type, enum, const, properties, required, additionalProperties, items, minItems, maxItems, minLength,
// maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, anyOf, oneOf, allOf, not and $ref
// into the schema itself are; titles, descriptions, defaults, examples and formats say nothing. Also for
// a $ref to nothing, and for one in a circle that no value ends (passing no properties or items).
Status CheckSchema(const std::string& schema);

// kUnavailable, naming the place in the reply and what was expected, where `content` is not as
// `format` wants it. kInvalidArgument also for a schema by which that takes more than 100,000 steps. Ok
// for text.
Status CheckFormat(const ResponseFormat& format, const std::string& content);

}  // namespace quarry::model
