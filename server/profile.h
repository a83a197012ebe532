#pragma once

// What `model` names in a request of the OpenAI surface: a profile, which says how questions are
// answered. There is one, "quarry": the server's configuration.

#include <optional>
#include <string>
#include <string_view>

#include "server/errors.h"

namespace quarry::server {

inline constexpr std::string_view kProfile = "quarry";

// The answer to a request that names a model which is not there; nullopt where it is.
inline std::optional<Response> RefuseModel(const std::string& model) {
  if (model == kProfile) return std::nullopt;
  ErrorDetail detail = DetailOf(NotFoundError("there is no model \"" + model +
                                              "\"; expected one of: " + std::string(kProfile)));
  detail.param = "model";
  detail.code = "model_not_found";
  return ErrorResponse(Surface::kOpenAi, detail);
}

}  // namespace quarry::server
