#pragma once

// Whether a reply is the JSON that was asked for.

#include <string>

#include "model/chat_model.h"

namespace quarry::model {

// kInvalidArgument for a schema that is not JSON or uses what is not checked here: of JSON Schema
// type, enum, const, properties, required, additionalProperties, items, minItems, maxItems, minLength,
// maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, anyOf, oneOf, allOf, not and $ref
// into the schema itself are; titles, descriptions, defaults, examples and formats say nothing.
Status CheckSchema(const std::string& schema);

// kUnavailable, naming the place in the reply and what was expected, where `content` is not as
// `format` wants it. Ok for text.
Status CheckFormat(const ResponseFormat& format, const std::string& content);

}  // namespace quarry::model
