#include "server/profile.h"

#include "generation/profile_store.h"

namespace quarry::server {
namespace {

constexpr std::string_view kStored = "quarry/";

// The name of the stored profile that a model is; nullopt where it is none.
std::optional<std::string> StoredName(const std::string& model) {
  if (!model.starts_with(kStored)) return std::nullopt;
  return model.substr(kStored.size());
}

bool IsNone(Code code) { return code == Code::kNotFound || code == Code::kInvalidArgument; }

std::optional<Response> NoSuchModel(const std::string& problem) {
  ErrorDetail detail = DetailOf(NotFoundError(problem));
  detail.param = "model";
  detail.code = "model_not_found";
  return ErrorResponse(Surface::kOpenAi, detail);
}

Result<generation::StoredProfile> ProfileFor(const Services& services, const Caller& caller,
                                             const std::string& name) {
  const generation::ProfileStore profiles(services.index.objects());
  if (!caller.collections) return profiles.Get(name);
  return profiles.Get(
      name, [&](const generation::Profile& profile) { return IsToldOf(caller, profile); });
}

}  // namespace

bool IsToldOf(const Caller& caller, const generation::Profile& profile) {
  return profile.collection.empty() || caller.MayUse(profile.collection);
}

Status UseProfile(const Services& services, const Caller& caller, const std::string& name,
                  Question& question) {
  if (name.empty()) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const generation::StoredProfile stored,
                          ProfileFor(services, caller, name));
  generation::ApplyProfile(stored.profile, question.query);
  if (!stored.profile.collection.empty()) question.collection = stored.profile.collection;
  return OkStatus();
}

Status UseModel(const Services& services, const Caller& caller, const std::string& model,
                Question& question) {
  const std::optional<std::string> name = StoredName(model);
  if (!name || name->empty()) return OkStatus();
  const Status used = UseProfile(services, caller, *name, question);
  return IsNone(used.code()) ? OkStatus() : used;
}

std::optional<Response> RefuseModel(const Services& services, const Caller& caller,
                                    const std::string& model) {
  const std::optional<std::string> name = StoredName(model);
  if (!name) return RefuseModel(model);
  const Status found = ProfileFor(services, caller, *name).status();
  if (!IsNone(found.code())) return std::nullopt;
  return NoSuchModel("there is no model \"" + model + "\": " + found.message());
}

std::optional<Response> RefuseModel(const std::string& model) {
  if (model == kProfile) return std::nullopt;
  return NoSuchModel("there is no model \"" + model +
                     "\"; expected one of: " + std::string(kProfile));
}

}  // namespace quarry::server
