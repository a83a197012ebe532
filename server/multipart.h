#pragma once

// multipart/form-data (RFC 7578): the parts of a body that a form or an SDK uploads.
//
// Read strictly: the body begins with the boundary and ends with its closing form; a part has one
// Content-Disposition of form-data with a name, and none that stands twice. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::server {

struct FormPart {
  std::string name;
  std::optional<std::string> filename;  // of a file
  std::string media_type;               // as it was sent; "" for none
  std::string_view body;                // into the body that was parsed
};

// `content_type` is that of the request, with its boundary. Errors: kInvalidArgument, naming the part
// and what was expected.
Result<std::vector<FormPart>> ParseMultipart(std::string_view content_type, std::string_view body);

}  // namespace quarry::server
