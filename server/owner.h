#pragma once

// Owner: whose a stored object is, and OwnerQuota: how much each may leave in the store.
//
// Conversations, responses, feedback, files, uploads and kept answers belong to the key that made them.
// Another key is told that there are none; administrators, and who needs no key, see all of them
// (Caller::MaySee). In the object's value it is the field "owner": {"key": id, "bytes": n}, absent of
// what was made without a key.
//
//   QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, quota.Reserve(caller, owner));
//   QUARRY_RETURN_IF_ERROR(objects.Create(name, value));   // the room is given back on errors
//   room.Keep();
//   ...
//   QUARRY_ASSIGN_OR_RETURN(const bool was_there, quota.Delete(objects, name));

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "index/object_table.h"
#include "server/caller.h"
#include "server/json_writer.h"
#include "server/strict_json.h"

namespace quarry::server {

struct Owner {
  std::string key;     // its id; "" = none was needed
  uint64_t bytes = 0;  // that count against it
};
// The field "owner" of an object that is open; none where there is no key.
void WriteOwner(const Owner& owner, JsonWriter& json);
void ReadOwner(ObjectReader& reader, Owner& owner);
// Of an object with that value; nobody's where it is damaged: whoever reads the object says so.
Owner OwnerOf(std::string_view value);

// What each key has stored, in memory; who needs no key is not bounded, nor are administrators.
// Thread-safe.
class OwnerQuota {
 public:
  // Of one key. 0 = no bound.
  struct Limits {
    uint64_t objects = 0;
    uint64_t bytes = 0;
  };
  explicit OwnerQuota(Limits limits) : limits_(limits) {}
  OwnerQuota(const OwnerQuota&) = delete;
  OwnerQuota& operator=(const OwnerQuota&) = delete;

  // Adds up what the store holds. Once, before the first request.
  Status Load(const index::ObjectTable& objects);

  // Room that was taken; given back unless it is kept. Must not outlive the quota.
  class Room {
   public:
    Room(Room&& other) noexcept;
    Room& operator=(Room&&) = delete;
    ~Room();
    void Keep() { quota_ = nullptr; }

   private:
    friend class OwnerQuota;
    Room(OwnerQuota& quota, Owner owner, uint64_t objects)
        : quota_(&quota), owner_(std::move(owner)), objects_(objects) {}

    OwnerQuota* quota_;
    Owner owner_;
    uint64_t objects_;
  };
  // Room for objects of `owner`, whoever of those that see them adds to them. kResourceExhausted naming
  // the limit.
  Result<Room> Reserve(const Caller& caller, const Owner& owner, uint64_t objects = 1);
  // Has an object written in the place of one of `before`: `after` needs room for what is more
  // only, and what is less is given back once it is written. Errors: those of Reserve and of
  // `write`, nothing being changed. REQUIRES: nobody else replaces or removes the object meanwhile.
  Status Replace(const Caller& caller, const Owner& before, const Owner& after,
                 const std::function<Status()>& write);
  // Removes an object and gives back what it took. Of several that do so at once one is told that it
  // was there.
  Result<bool> Delete(index::ObjectTable& objects, const index::ObjectName& name);
  // Gives back what was removed otherwise, by its only remover.
  void Return(const Owner& owner, uint64_t objects);

 private:
  struct Held {
    uint64_t objects = 0;
    uint64_t bytes = 0;
  };

  const Limits limits_;
  std::mutex deleting_;  // held from finding an object to its end
  std::mutex mutex_;
  std::map<std::string, Held> held_;  // guarded by mutex_; by key
};

}  // namespace quarry::server
