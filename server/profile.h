#pragma once

// What `model` names in a request of the OpenAI surface: a profile, which says how questions are
// answered. "quarry" is the server's configuration, "quarry/NAME" a profile of the store
// (generation/profile_store.h); "profile": "NAME" names the same one on our own surface.

#include <optional>
#include <string>
#include <string_view>

#include "generation/profile.h"
#include "server/errors.h"
#include "server/question.h"

namespace quarry::server {

inline constexpr std::string_view kProfile = "quarry";

// Whether the caller is told of a profile: it names no collection, or one that the caller may use.
// Below, any other is as one that is not there.
bool IsToldOf(const Caller& caller, const generation::Profile& profile);

// Makes the question one to the profile of the store; "" leaves it as it is. What the request itself
// says is read after it. kNotFound, kInvalidArgument, kDataLoss.
Status UseProfile(const Services& services, const Caller& caller, const std::string& name,
                  Question& question);
// The same for a model of a request; one that is not there is left to RefuseModel.
Status UseModel(const Services& services, const Caller& caller, const std::string& model,
                Question& question);

// The answer to a request that names a model which is not there; nullopt where it is.
std::optional<Response> RefuseModel(const Services& services, const Caller& caller,
                                    const std::string& model);
// Likewise, of what no profile changes: embeddings and reranking.
std::optional<Response> RefuseModel(const std::string& model);

}  // namespace quarry::server
