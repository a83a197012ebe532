#include "index/object_table.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "base/coding.h"
#include "index/record_coding.h"
#include "index/records.h"

namespace quarry::index {
namespace {

using record_coding::Decoder;
using record_coding::NewRecord;

std::string Describe(const ObjectName& name) {
  return "object \"" + name.id + "\"" + (name.scope.empty() ? "" : " of \"" + name.scope + "\"");
}

std::string EncodeObject(std::string_view id, std::string_view value) {
  std::string record = NewRecord();
  AppendBytes(record, id);
  AppendBytes(record, value);
  return record;
}

Result<std::optional<uint64_t>> FindNumber(const StoreView& view, const ObjectName& name) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(ObjectIdKey(name.kind, name.scope, name.id)));
  if (!bytes) return std::optional<uint64_t>();
  QUARRY_ASSIGN_OR_RETURN(const uint64_t number, DecodeInteger(*bytes));
  return std::optional(number);
}

Status CheckSize(const ObjectName& name, size_t bytes) {
  if (name.id.empty() || name.id.size() > kMaxObjectIdBytes) {
    return InvalidArgumentError("an id of " + std::to_string(name.id.size()) +
                                " bytes: expected 1 to " + std::to_string(kMaxObjectIdBytes));
  }
  if (bytes > kMaxObjectBytes) {
    return InvalidArgumentError(Describe(name) + ": " + std::to_string(bytes) +
                                " bytes, expected at most " + std::to_string(kMaxObjectBytes));
  }
  return OkStatus();
}

// For messages: "file".
const char* NameOfKind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kApiKey:
      return "API key";
    case ObjectKind::kFile:
      return "file";
    case ObjectKind::kVectorStore:
      return "vector store";
    case ObjectKind::kVectorStoreFile:
      return "file of a vector store";
    case ObjectKind::kFileBatch:
      return "batch of files";
    case ObjectKind::kResponse:
      return "response";
    case ObjectKind::kConversation:
      return "conversation";
    case ObjectKind::kFeedback:
      return "feedback";
    case ObjectKind::kAnswer:
      return "answer";
    case ObjectKind::kRun:
      return "run";
    case ObjectKind::kVerdict:
      return "verdict";
    case ObjectKind::kProfile:
      return "profile";
    case ObjectKind::kTask:
      return "task";
    case ObjectKind::kEmbedding:
      return "embedding";
    case ObjectKind::kRelayed:
      return "relayed reply";
    case ObjectKind::kSource:
      return "source";
    case ObjectKind::kWebPage:
      return "web page";
  }
  return "of another version";  // of bytes
}

// As DecodeObject; errors name the object, of which the id is not known.
Result<Object> DecodeNumbered(const ObjectParts& parts, std::string_view record) {
  Result<Object> object = DecodeObject(parts, record);
  if (object.ok()) return object;
  return object.status().Annotate("object number " + std::to_string(parts.number) + " (" +
                                  NameOfKind(parts.kind) +
                                  (parts.scope.empty() ? "" : ", \"" + parts.scope + '"') + ")");
}

// Of `table`: all of a kind, whatever their scopes.
std::string KindPrefix(Table table, ObjectKind kind) {
  return TablePrefix(CollectionId(), table) + static_cast<char>(kind);
}

// Calls visit for the records of objects with keys that begin with `prefix`, from the key `from` on
// or, backwards, before it ("" = from the end), until it returns false. Their parts, which may be
// megabytes each, lie between them and are passed over: of each object at most one is read.
Status ForEachRecord(const StoreView& view, const std::string& prefix, std::string from,
                     bool backwards,
                     const std::function<bool(const ObjectParts& parts, std::string_view)>& visit) {
  while (true) {
    std::string next;  // behind the parts that were met
    Status parsed;
    const auto step = [&](std::string_view key, std::string_view value) {
      const Result<ObjectParts> parts = ParseObjectKey(key);
      parsed = parts.status();
      if (!parsed.ok()) return false;
      if (parts->part == 0) return visit(*parts, value);
      next = backwards ? ObjectKey(parts->kind, parts->scope, parts->number, 1)
                       : PrefixEnd(ObjectPrefix(parts->kind, parts->scope, parts->number));
      return false;
    };
    QUARRY_RETURN_IF_ERROR(backwards ? view.ScanBackward(prefix, from, step)
                                     : view.Scan(prefix, from, step));
    QUARRY_RETURN_IF_ERROR(parsed);
    if (next.empty()) return OkStatus();
    from = std::move(next);
  }
}

// Resolves the operations of a batch against the store and what the batch did before. They come
// behind `others`, changes of other tables.
class BatchWriter {
 public:
  BatchWriter(const StoreView& view, WriteBatch others) : view_(view), batch_(std::move(others)) {}

  Status Load() {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            view_.Get(MetaKey(MetaField::kNextObject)));
    if (!bytes) return OkStatus();
    QUARRY_ASSIGN_OR_RETURN(next_, DecodeInteger(*bytes));
    return OkStatus();
  }

  Status Put(const ObjectName& name, const std::string& value) {
    QUARRY_RETURN_IF_ERROR(CheckSize(name, value.size()));
    QUARRY_ASSIGN_OR_RETURN(std::optional<uint64_t> number, Number(name));
    if (!number) {
      number = next_++;
      batch_.Put(MetaKey(MetaField::kNextObject), EncodeInteger(next_));
      batch_.Put(ObjectIdKey(name.kind, name.scope, name.id), EncodeInteger(*number));
      changed_[Key(name)] = number;
    }
    batch_.Put(ObjectKey(name.kind, name.scope, *number, 0), EncodeObject(name.id, value));
    return OkStatus();
  }

  Status PutPart(const ObjectName& name, uint32_t part, const std::string& bytes) {
    QUARRY_RETURN_IF_ERROR(CheckSize(name, bytes.size()));
    QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, Number(name));
    if (!number) return NotFoundError(Describe(name) + " does not exist");
    batch_.Put(ObjectKey(name.kind, name.scope, *number, part), bytes);
    return OkStatus();
  }

  Status Delete(const ObjectName& name) {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, Number(name));
    if (!number) return OkStatus();
    DeleteRange(ObjectPrefix(name.kind, name.scope, *number));
    batch_.Delete(ObjectIdKey(name.kind, name.scope, name.id));
    changed_[Key(name)] = std::nullopt;
    return OkStatus();
  }

  void DeleteScope(ObjectKind kind, const std::string& scope) {
    DeleteRange(ObjectPrefix(kind, scope));
    DeleteRange(ObjectIdPrefix(kind, scope));
    emptied_.emplace(kind, scope);
    std::erase_if(changed_, [&](const auto& entry) {
      return std::get<0>(entry.first) == kind && std::get<1>(entry.first) == scope;
    });
  }

  const WriteBatch& batch() const { return batch_; }

 private:
  using NameKey = std::tuple<ObjectKind, std::string, std::string>;

  static NameKey Key(const ObjectName& name) { return {name.kind, name.scope, name.id}; }
  void DeleteRange(const std::string& prefix) { batch_.DeleteRange(prefix, PrefixEnd(prefix)); }

  Result<std::optional<uint64_t>> Number(const ObjectName& name) const {
    const auto changed = changed_.find(Key(name));
    if (changed != changed_.end()) return changed->second;
    if (emptied_.contains({name.kind, name.scope})) return std::optional<uint64_t>();
    return FindNumber(view_, name);
  }

  const StoreView& view_;
  WriteBatch batch_;
  uint64_t next_ = 1;
  std::map<NameKey, std::optional<uint64_t>> changed_;  // nullopt: deleted
  std::set<std::pair<ObjectKind, std::string>> emptied_;
};

}  // namespace

void ObjectBatch::Put(ObjectName name, std::string value) {
  operations_.push_back({Operation::What::kPut, std::move(name), 0, std::move(value)});
}
void ObjectBatch::PutPart(ObjectName name, uint32_t part, std::string bytes) {
  operations_.push_back({Operation::What::kPutPart, std::move(name), part, std::move(bytes)});
}
void ObjectBatch::Delete(ObjectName name) {
  operations_.push_back({Operation::What::kDelete, std::move(name), 0, {}});
}
void ObjectBatch::DeleteScope(ObjectKind kind, std::string scope) {
  operations_.push_back(
      {Operation::What::kDeleteScope, {.kind = kind, .id = {}, .scope = std::move(scope)}, 0, {}});
}

Status ObjectTable::Write(const ObjectBatch& batch) {
  const std::lock_guard lock(writing_);
  return WriteLocked(batch);
}

Status ObjectTable::WriteWith(const ObjectBatch& batch, WriteBatch others) {
  const std::lock_guard lock(writing_);
  return WriteLocked(batch, std::move(others));
}

Status ObjectTable::WriteLocked(const ObjectBatch& batch, WriteBatch others) {
  using What = ObjectBatch::Operation::What;
  const std::shared_ptr<const StoreView> view = store_.GetView();
  BatchWriter writer(*view, std::move(others));
  QUARRY_RETURN_IF_ERROR(writer.Load());
  for (const ObjectBatch::Operation& operation : batch.operations_) {
    switch (operation.what) {
      case What::kPut:
        QUARRY_RETURN_IF_ERROR(writer.Put(operation.name, operation.bytes));
        break;
      case What::kPutPart:
        QUARRY_RETURN_IF_ERROR(writer.PutPart(operation.name, operation.part, operation.bytes));
        break;
      case What::kDelete:
        QUARRY_RETURN_IF_ERROR(writer.Delete(operation.name));
        break;
      case What::kDeleteScope:
        writer.DeleteScope(operation.name.kind, operation.name.scope);
        break;
    }
  }
  if (writer.batch().empty()) return OkStatus();
  Status status = store_.Write(writer.batch());
  // A write that failed may have been done all the same.
  for (const ObjectBatch::Operation& operation : batch.operations_) {
    ++changes_[static_cast<uint8_t>(operation.name.kind)];
  }
  return status;
}

Status ObjectTable::Put(ObjectName name, std::string value) {
  ObjectBatch batch;
  batch.Put(std::move(name), std::move(value));
  return Write(batch);
}

Status ObjectTable::Delete(ObjectName name) {
  ObjectBatch batch;
  batch.Delete(std::move(name));
  return Write(batch);
}

Status ObjectTable::DeleteKind(ObjectKind kind) {
  WriteBatch batch;
  for (const Table table : {Table::kObject, Table::kObjectId}) {
    const std::string prefix = KindPrefix(table, kind);
    batch.DeleteRange(prefix, PrefixEnd(prefix));
  }
  const std::lock_guard lock(writing_);
  Status status = store_.Write(batch);
  ++changes_[static_cast<uint8_t>(kind)];  // a write that failed may have been done all the same
  return status;
}

Status ObjectTable::Create(ObjectName name, std::string value) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<Object> found, Get(name));
  if (found) return AlreadyExistsError(Describe(name) + " exists already");
  ObjectBatch batch;
  batch.Put(std::move(name), std::move(value));
  return WriteLocked(batch);
}

Status ObjectTable::Update(const ObjectName& name,
                           const std::function<Result<std::string>(std::string value)>& change) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(std::optional<Object> found, Get(name));
  if (!found) return NotFoundError(Describe(name) + " does not exist");
  QUARRY_ASSIGN_OR_RETURN(std::string value, change(std::move(found->value)));
  ObjectBatch batch;
  batch.Put(name, std::move(value));
  return WriteLocked(batch);
}

Result<std::optional<Object>> ObjectTable::Get(const ObjectName& name) const {
  const std::shared_ptr<const StoreView> view = store_.GetView();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, FindNumber(*view, name));
  if (!number) return std::optional<Object>();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                          view->Get(ObjectKey(name.kind, name.scope, *number, 0)));
  if (!record) return DataLossError(Describe(name) + " has an id and no record");
  Result<Object> object =
      DecodeObject({.kind = name.kind, .scope = name.scope, .number = *number}, *record);
  if (!object.ok()) return object.status().Annotate(Describe(name));
  return std::optional(*std::move(object));
}

Result<std::optional<std::string>> ObjectTable::GetPart(const ObjectName& name,
                                                        uint32_t part) const {
  const std::shared_ptr<const StoreView> view = store_.GetView();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, FindNumber(*view, name));
  if (!number || part == 0) return std::optional<std::string>();
  return view->Get(ObjectKey(name.kind, name.scope, *number, part));
}

Status ObjectTable::ForEachPart(
    const ObjectName& name, uint32_t from,
    const std::function<bool(uint32_t part, std::string_view bytes)>& visit) const {
  const std::shared_ptr<const StoreView> view = store_.GetView();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, FindNumber(*view, name));
  if (!number) return OkStatus();
  Status parsed;
  QUARRY_RETURN_IF_ERROR(
      view->Scan(ObjectPrefix(name.kind, name.scope, *number),
                 ObjectKey(name.kind, name.scope, *number, std::max(from, uint32_t{1})),
                 [&](std::string_view key, std::string_view bytes) {
                   const Result<ObjectParts> parts = ParseObjectKey(key);
                   parsed = parts.status();
                   return parsed.ok() && visit(parts->part, bytes);
                 }));
  return parsed;
}

Result<ObjectPage> ObjectTable::List(ObjectKind kind, std::string_view scope,
                                     const ObjectListing& listing) const {
  const std::shared_ptr<const StoreView> view = store_.GetView();
  const auto number_of = [&](const std::string& id) -> Result<uint64_t> {
    if (id.empty()) return uint64_t{0};
    const ObjectName name{.kind = kind, .id = id, .scope = std::string(scope)};
    QUARRY_ASSIGN_OR_RETURN(const std::optional<uint64_t> number, FindNumber(*view, name));
    if (!number) return NotFoundError(Describe(name) + " does not exist");
    return *number;
  };
  QUARRY_ASSIGN_OR_RETURN(const uint64_t after, number_of(listing.after));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t before, number_of(listing.before));

  ObjectPage page;
  const auto visit = [&](const ObjectParts& parts, std::string_view record) {
    if (parts.number == before) return false;
    if (page.objects.size() == listing.limit) {
      page.has_more = true;
      return false;
    }
    Result<Object> object = DecodeNumbered(parts, record);
    if (object.ok()) {
      page.objects.push_back(*std::move(object));
    } else {
      page.damaged.push_back(object.status());
    }
    return true;
  };
  std::string from;
  if (!listing.newest_first) {
    from = ObjectKey(kind, scope, after + 1, 0);
  } else if (after != 0) {
    from = ObjectKey(kind, scope, after, 0);
  }
  QUARRY_RETURN_IF_ERROR(ForEachRecord(*view, ObjectPrefix(kind, scope), std::move(from),
                                       listing.newest_first, visit));
  return page;
}

Status ObjectTable::ForEach(ObjectKind kind, const std::function<bool(const Object&)>& visit,
                            std::vector<Status>* damaged) const {
  const std::string prefix = KindPrefix(Table::kObject, kind);
  Status decoded;
  const auto step = [&](const ObjectParts& parts, std::string_view record) {
    const Result<Object> object = DecodeNumbered(parts, record);
    if (object.ok()) return visit(*object);
    if (damaged != nullptr) {
      damaged->push_back(object.status());
      return true;
    }
    decoded = object.status();
    return false;
  };
  QUARRY_RETURN_IF_ERROR(
      ForEachRecord(*store_.GetView(), prefix, prefix, /*backwards=*/false, step));
  return decoded;
}

Result<Object> DecodeObject(const ObjectParts& parts, std::string_view record) {
  Object object{.scope = parts.scope, .number = parts.number};
  Decoder decoder(record, "object");
  object.id = decoder.String();
  object.value = decoder.String();
  QUARRY_RETURN_IF_ERROR(decoder.Finish());
  return object;
}

std::string NewObjectId(std::string_view prefix) {
  static constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::random_device device;  // getrandom(2)
  std::uniform_int_distribution<size_t> letter(0, kLetters.size() - 1);
  std::string id(prefix);
  for (int i = 0; i < 24; ++i) id.push_back(kLetters[letter(device)]);
  return id;
}

}  // namespace quarry::index
