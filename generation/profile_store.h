#pragma once

// ProfileStore: the profiles of a store, each under its name: objects of kind kProfile. What is kept is
// the YAML as it was written, comments and all.
//
//   ProfileStore profiles(index.objects());
//   QUARRY_ASSIGN_OR_RETURN(const Profile profile, profiles.Get("support"));
//
// The value, JSON: {"version": 1, "yaml"}. Nothing is held in memory: a change holds from the next
// question on. Thread-safe.

#include <functional>
#include <string>
#include <vector>

#include "generation/profile.h"
#include "index/object_table.h"

namespace quarry::generation {

struct StoredProfile {
  Profile profile;
  std::string yaml;
};

class ProfileStore {
 public:
  // `objects` must outlive it.
  explicit ProfileStore(index::ObjectTable& objects) : objects_(objects) {}

  // Makes it, or replaces the one of that name. On disk when it returns. Errors: those of ParseProfile,
  // nothing being changed.
  Result<Profile> Put(const std::string& name, const std::string& yaml,
                      const std::string& file) const;
  // kNotFound tells what there is; kDataLoss names the profile. One that `is_told` does not want is
  // as one that is not there; null wants all.
  Result<StoredProfile> Get(
      const std::string& name,
      const std::function<bool(const Profile& profile)>& is_told = nullptr) const;
  // By age. Those whose records are damaged are left out where `damaged` takes why.
  Result<std::vector<StoredProfile>> List(std::vector<Status>* damaged = nullptr) const;
  // kNotFound.
  Status Delete(const std::string& name) const;

 private:
  index::ObjectTable& objects_;
};

}  // namespace quarry::generation
