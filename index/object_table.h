#pragma once

// ObjectTable: what users and programs leave in a store beside documents: keys, uploaded files,
// conversations, feedback, runs of evaluations. What the bytes mean is the caller's business.
//
// An object has a kind, an id that is unique in its kind and scope, a value, and parts: turns of a
// conversation, cases of a run, pieces of a file. A scope is the id of what it belongs to (the vector
// store of a file), or "". Objects are listed in the order in which they were made.
//
// Thread-safe. Must not outlive its Index. Where the store is open for reading only, what writes gives
// kFailedPrecondition.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/keys.h"
#include "index/store.h"

namespace quarry::index {

struct ObjectName {
  ObjectKind kind = {};
  std::string id;  // 1 to kMaxObjectIdBytes bytes
  std::string scope = {};
};
inline constexpr size_t kMaxObjectIdBytes = 512;
// Of a value or a part: what is larger is cut into parts.
inline constexpr size_t kMaxObjectBytes = 4 << 20;

struct Object {
  std::string id;
  std::string scope;
  std::string value;
  uint64_t number = 0;  // larger = made later; kept when the value changes
};

// Changes that happen together or not at all.
class ObjectBatch {
 public:
  // Makes the object, or replaces its value; its parts stay.
  void Put(ObjectName name, std::string value);
  // Adds or replaces a part. The object must exist, or be put earlier in the batch. REQUIRES: part >= 1
  void PutPart(ObjectName name, uint32_t part, std::string bytes);
  // Takes out the object and its parts. One that does not exist is ignored.
  void Delete(ObjectName name);
  // Takes out every object of a kind in a scope.
  void DeleteScope(ObjectKind kind, std::string scope);

 private:
  friend class ObjectTable;
  struct Operation {
    enum class What : uint8_t { kPut, kPutPart, kDelete, kDeleteScope };
    What what;
    ObjectName name;
    uint32_t part = 0;
    std::string bytes;
  };
  std::vector<Operation> operations_;
};

struct ObjectListing {
  std::string after;   // the id to begin behind; "" = from the start
  std::string before;  // the id to end before; "" = to the end
  uint32_t limit = 100;
  bool newest_first = false;
};
struct ObjectPage {
  std::vector<Object> objects;
  bool has_more = false;        // behind the last of them
  std::vector<Status> damaged;  // kDataLoss: why a record between them is left out, naming it
};

class ObjectTable {
 public:
  // `store` must outlive the table.
  explicit ObjectTable(Store& store) : store_(store) {}
  ObjectTable(const ObjectTable&) = delete;
  ObjectTable& operator=(const ObjectTable&) = delete;

  // On disk when it returns ok. kNotFound: a part of no object. kInvalidArgument: an id is empty or too
  // long, or there are too many bytes.
  Status Write(const ObjectBatch& batch);
  // The same together with changes of other tables, all or none.
  Status WriteWith(const ObjectBatch& batch, WriteBatch others);
  // For one object.
  Status Put(ObjectName name, std::string value);
  Status Delete(ObjectName name);
  // All objects of a kind, those too whose records are damaged.
  Status DeleteKind(ObjectKind kind);
  // Makes an object; kAlreadyExists.
  Status Create(ObjectName name, std::string value);
  // Replaces the value by what `change` makes of it, with no other write between. kNotFound, and the
  // errors of `change`, which must not call the table.
  Status Update(const ObjectName& name,
                const std::function<Result<std::string>(std::string value)>& change);

  Result<std::optional<Object>> Get(const ObjectName& name) const;
  Result<std::optional<std::string>> GetPart(const ObjectName& name, uint32_t part) const;
  // The parts from `from` on in order, until visit returns false; none where there is no object.
  Status ForEachPart(const ObjectName& name, uint32_t from,
                     const std::function<bool(uint32_t part, std::string_view bytes)>& visit) const;

  // A record that is damaged hides no other. kNotFound: `after` or `before` names no object.
  Result<ObjectPage> List(ObjectKind kind, std::string_view scope,
                          const ObjectListing& listing = {}) const;
  // The objects of a kind in all scopes, by scope and age, until visit returns false. Those whose records are
  // damaged are left out where `damaged` takes why; else the first of them ends it.
  Status ForEach(ObjectKind kind, const std::function<bool(const Object&)>& visit,
                 std::vector<Status>* damaged = nullptr) const;

  // How many writes there were of this kind since the store was opened. What was read at a number holds
  // as long as the number does.
  uint64_t Changes(ObjectKind kind) const { return changes_[static_cast<uint8_t>(kind)]; }

 private:
  Status WriteLocked(const ObjectBatch& batch, WriteBatch others = {});

  Store& store_;
  std::mutex writing_;
  std::array<std::atomic<uint64_t>, 256> changes_ = {};  // by kind
};

// The object of a record under the key of these parts. kDataLoss.
Result<Object> DecodeObject(const ObjectParts& parts, std::string_view record);

// A new id: the prefix and 24 random characters of [0-9a-z], which nobody can guess.
std::string NewObjectId(std::string_view prefix);

}  // namespace quarry::index
