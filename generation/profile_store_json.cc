#include <nlohmann/json.hpp>
#include <utility>

#include "generation/profile_store.h"

namespace quarry::generation {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kProfileVersion = 1;
constexpr size_t kNamesTold = 20;

std::string ProfileValue(const std::string& yaml) {
  return Json{{"version", kProfileVersion}, {"yaml", yaml}}.dump();
}

Result<StoredProfile> DecodeProfile(const index::Object& object) {
  const auto damage = [&](const std::string& what) {
    return DataLossError("profile " + object.id + ": " + what);
  };
  const Json json = Json::parse(object.value, nullptr, /*allow_exceptions=*/false);
  const bool is_record = json.is_object() && json.size() == 2 && json.contains("yaml") &&
                         json["yaml"].is_string() &&
                         json.value("version", Json()) == kProfileVersion;
  if (!is_record) return damage("its record is none of version 1");
  StoredProfile stored{.yaml = json["yaml"].get<std::string>()};
  Result<Profile> parsed = ParseProfile(stored.yaml, object.id, object.id);
  if (!parsed.ok()) return damage(parsed.status().message());
  stored.profile = *std::move(parsed);
  return stored;
}

index::ObjectName ObjectOf(const std::string& name) {
  return {.kind = index::ObjectKind::kProfile, .id = name};
}

}  // namespace

Result<Profile> ProfileStore::Put(const std::string& name, const std::string& yaml,
                                  const std::string& file) const {
  QUARRY_ASSIGN_OR_RETURN(Profile profile, ParseProfile(yaml, name, file));
  QUARRY_RETURN_IF_ERROR(objects_.Put(ObjectOf(name), ProfileValue(yaml)));
  return profile;
}

Result<StoredProfile> ProfileStore::Get(
    const std::string& name, const std::function<bool(const Profile& profile)>& is_told) const {
  QUARRY_RETURN_IF_ERROR(CheckProfileName(name));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, objects_.Get(ObjectOf(name)));
  if (object) {
    QUARRY_ASSIGN_OR_RETURN(StoredProfile stored, DecodeProfile(*object));
    if (is_told == nullptr || is_told(stored.profile)) return stored;
  }
  std::string names;
  size_t told = 0;
  std::vector<Status> damaged;  // they have no names
  const auto tell = [&](const index::Object& other) {
    if (is_told != nullptr) {
      const Result<StoredProfile> decoded = DecodeProfile(other);
      if (!decoded.ok() || !is_told(decoded->profile)) return true;
    }
    names += (names.empty() ? "" : ", ") + other.id;
    return ++told < kNamesTold;
  };
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(index::ObjectKind::kProfile, tell, &damaged));
  return NotFoundError("there is no profile \"" + name + "\"; " +
                       (names.empty() ? "there are none" : "there are: " + names));
}

Result<std::vector<StoredProfile>> ProfileStore::List(std::vector<Status>* damaged) const {
  std::vector<StoredProfile> profiles;
  Status status;
  const auto add = [&](const index::Object& object) {
    Result<StoredProfile> stored = DecodeProfile(object);
    if (stored.ok()) {
      profiles.push_back(*std::move(stored));
    } else if (damaged != nullptr) {
      damaged->push_back(stored.status());
    } else {
      status = stored.status();
    }
    return status.ok();
  };
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(index::ObjectKind::kProfile, add, damaged));
  QUARRY_RETURN_IF_ERROR(status);
  return profiles;
}

Status ProfileStore::Delete(const std::string& name) const {
  QUARRY_RETURN_IF_ERROR(CheckProfileName(name));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, objects_.Get(ObjectOf(name)));
  if (!object) return NotFoundError("there is no profile \"" + name + "\"");
  return objects_.Delete(ObjectOf(name));
}

}  // namespace quarry::generation
