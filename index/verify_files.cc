// Saved files against what is searched, and what belongs to no collection.

#include <map>
#include <set>
#include <unordered_map>

#include "base/hash.h"
#include "index/collection.h"
#include "index/derived_files.h"
#include "index/query_postings.h"
#include "index/verify.h"
#include "index/verify_scope.h"

namespace quarry::index {
namespace {

// Row by row of what opening the files would give.
void CompareRows(const Snapshot& saved, const Snapshot& now, ProblemList& problems) {
  const auto chunks_of = [](const Snapshot& snapshot, size_t position) {
    const DocumentEntry version = snapshot.rows().document(position);
    std::vector<ChunkId> chunks;
    for (RowId row = version.first_row; row < version.first_row + version.rows; ++row) {
      chunks.push_back(snapshot.rows().row(row).chunk);
    }
    return chunks;
  };
  if (saved.live_documents() != now.live_documents() || saved.live_chunks() != now.live_chunks()) {
    problems.Add("saved files: lead to " + std::to_string(saved.live_documents()) +
                 " documents and " + std::to_string(saved.live_chunks()) + " chunks, there are " +
                 std::to_string(now.live_documents()) + " and " +
                 std::to_string(now.live_chunks()));
  }
  saved.live_versions().ForEachSet([&](size_t position) {
    const DocumentEntry version = saved.rows().document(position);
    const std::optional<size_t> there = now.PositionOf(version.number);
    if (!there || now.rows().document(*there).id != version.id ||
        chunks_of(now, *there) != chunks_of(saved, position)) {
      problems.Add("saved files: document \"" + std::string(version.id) +
                   "\" is not what the store has");
    }
  });
}

Status ComparePostings(const LexicalIndex& saved, const LexicalIndex& now,
                       const CallContext& context, ProblemList& problems) {
  if (saved.live_rows() != now.live_rows() || saved.live_tokens() != now.live_tokens()) {
    problems.Add("saved files: postings of " + std::to_string(saved.live_rows()) + " rows and " +
                 std::to_string(saved.live_tokens()) + " tokens, there are " +
                 std::to_string(now.live_rows()) + " and " + std::to_string(now.live_tokens()));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> terms,
                          ExpandTerm(now.segments(), QueryTerm::Prefix("", ""), SIZE_MAX, context));
  for (const std::string& term : terms) {
    const uint64_t expected = now.DocumentFrequency(term);
    const uint64_t found = saved.DocumentFrequency(term);
    if (found == expected) continue;
    problems.Add("saved files: postings of \"" + term + "\": " + std::to_string(found) +
                 " rows, there are " + std::to_string(expected));
  }
  return OkStatus();
}

// Every vector of a graph's file is the one that the store has.
Status CompareGraph(const Snapshot& now, const StoredGeneration& generation, MappedFile file,
                    const std::string& where, const CallContext& context, ProblemList& problems) {
  const CollectionId collection = now.collection().id;
  std::vector<ChunkId> chunks;  // by the number that is given as their row
  Result<std::shared_ptr<const VectorIndex>> graph =
      ParseVectorIndex(MappedFile::Share(std::move(file)), [&](ChunkId chunk) {
        chunks.push_back(chunk);
        return static_cast<RowId>(chunks.size() - 1);
      });
  if (!graph.ok() || (*graph)->dimension() != generation.space.dimension) {
    problems.Add(
        where + ": " +
        (graph.ok() ? "another dimension than its generation's" : graph.status().message()));
    return OkStatus();
  }
  std::vector<float> vector(generation.space.dimension);
  for (size_t i = 0; i < (*graph)->size(); ++i) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const ChunkId chunk = chunks[(*graph)->rows()[i]];
    QUARRY_ASSIGN_OR_RETURN(
        const std::optional<std::string> bytes,
        now.view().Get(VectorKey(collection, SpaceHash(generation.space), generation.id, chunk)));
    // Chunks that were removed since are dead in the graph.
    if (!bytes || !DecodeVector(*bytes, vector).ok() || (*graph)->Holds(i, vector)) continue;
    problems.Add(where + ": holds other values than the store for chunk " +
                 std::to_string(chunk.value));
  }
  return OkStatus();
}

const StoredGeneration* GenerationOf(const Snapshot& now, const std::string& number) {
  for (const auto* generation : {&now.generation(), &now.previous_generation()}) {
    if (*generation && std::to_string((*generation)->id.value) == number) return &**generation;
  }
  return nullptr;
}

}  // namespace

Status VerifySavedFiles(const Collection& collection, const DerivedFiles& derived,
                        const CallContext& context, VerifyReport& report) {
  ProblemList problems;
  const std::shared_ptr<const Snapshot> now = collection.snapshot();
  Result<SnapshotParts> saved = collection.ReadSavedFiles();
  if (saved.ok()) {
    const Snapshot read(*std::move(saved));
    CompareRows(read, *now, problems);
    QUARRY_RETURN_IF_ERROR(ComparePostings(read.lexical(), now->lexical(), context, problems));
  } else if (saved.status().code() != Code::kNotFound) {
    problems.AddError(saved.status(), "saved files");
  }
  std::set<uint64_t> searched;  // hashes of files that are searched, so checked already
  for (const std::shared_ptr<const VectorIndex>& index : now->vectors()) {
    const Result<SharedBytes> file = index->File();
    if (file.ok()) searched.insert(Hash64(file->view));
  }
  const std::string prefix = std::to_string(now->collection().id.value) + "/";
  for (const auto& [role, file] : derived.files()) {
    if (!role.starts_with(prefix)) continue;
    const std::string where = "derived file " + file.name + " (" + role + ")";
    const std::string embedder = prefix + "saved/embedder-";
    if (role.starts_with(embedder)) {
      const StoredGeneration* generation = GenerationOf(*now, role.substr(embedder.size()));
      if (generation != nullptr && generation->blob_hash != file.checksum) {
        problems.Add(where + ": is not the embedder that the store has");
      }
    } else if (role.ends_with("/graph")) {
      const std::string number = role.substr(prefix.size(), role.rfind('/') - prefix.size());
      const StoredGeneration* generation = GenerationOf(*now, number);
      if (generation == nullptr) continue;  // of interrupted learning
      const bool is_current = now->generation() && generation->id == now->generation()->id;
      if (is_current && searched.contains(file.checksum)) continue;
      Result<MappedFile> mapped = derived.Load(role);
      if (!mapped.ok()) continue;  // told with the checksums
      QUARRY_RETURN_IF_ERROR(
          CompareGraph(*now, *generation, *std::move(mapped), where, context, problems));
    }
  }
  for (std::string& problem : problems.Take()) report.problems.push_back(std::move(problem));
  return OkStatus();
}

namespace {

// Records and names of collections, both ways.
Status CheckCollections(const StoreView& view, std::set<CollectionId>& known,
                        ProblemList& problems) {
  std::map<std::string, uint64_t> numbers;  // by name
  QUARRY_RETURN_IF_ERROR(
      view.Scan(CollectionTablePrefix(), [&](std::string_view key, std::string_view value) {
        const Result<StoredCollection> record = DecodeCollection(value);
        if (!record.ok()) {
          problems.AddError(record.status(), "collection");
          return true;
        }
        if (key != CollectionKey(record->id)) {
          problems.Add("collection \"" + record->name + "\": stands under another key");
        }
        known.insert(record->id);
        numbers[record->name] = record->id.value;
        return true;
      }));
  const std::string names = CollectionNameKey("");
  std::set<std::string> named;
  QUARRY_RETURN_IF_ERROR(view.Scan(names, [&](std::string_view key, std::string_view value) {
    const std::string name(key.substr(names.size()));
    const Result<uint64_t> number = DecodeInteger(value);
    const auto record = numbers.find(name);
    if (!number.ok() || record == numbers.end() || record->second != *number) {
      problems.Add("collection name \"" + name + "\": leads to no collection of that name");
    }
    named.insert(name);
    return true;
  }));
  for (const auto& [name, number] : numbers) {
    if (!named.contains(name)) problems.Add("collection \"" + name + "\": its name leads nowhere");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(MetaKey(MetaField::kNextCollection)));
  const Result<uint64_t> next = bytes ? DecodeInteger(*bytes) : Result<uint64_t>(1);
  problems.AddError(next.status(), "counter of collections");
  if (next.ok() && !known.empty() && *next <= known.rbegin()->value) {
    problems.Add("counter of collections: gives " + std::to_string(*next) + " next, number " +
                 std::to_string(known.rbegin()->value) + " is used");
  }
  return OkStatus();
}

// Objects against their ids, both ways, and parts against objects.
Status CheckObjects(const StoreView& view, ProblemList& problems) {
  std::map<std::string, uint64_t> owners;  // prefix of the parts of an object -> its number
  std::map<std::string, uint64_t> ids;     // key of an id -> the number that it should have
  uint64_t largest = 0;
  QUARRY_RETURN_IF_ERROR(
      view.Scan(TablePrefix(CollectionId(), Table::kObject),
                [&](std::string_view key, std::string_view value) {
                  const Result<ObjectParts> parts = ParseObjectKey(key);
                  if (!parts.ok()) {
                    problems.AddError(parts.status(), "objects");
                    return true;
                  }
                  const std::string where = "object number " + std::to_string(parts->number);
                  const std::string prefix = ObjectPrefix(parts->kind, parts->scope, parts->number);
                  if (parts->part != 0) {
                    if (!owners.contains(prefix)) problems.Add(where + ": a part without a record");
                    return true;
                  }
                  owners.clear();  // the parts of an object follow it at once
                  owners[prefix] = parts->number;
                  largest = std::max(largest, parts->number);
                  const Result<Object> object = DecodeObject(*parts, value);
                  if (!object.ok()) {
                    problems.AddError(object.status(), where);
                    return true;
                  }
                  ids[ObjectIdKey(parts->kind, parts->scope, object->id)] = parts->number;
                  return true;
                }));
  QUARRY_RETURN_IF_ERROR(
      view.Scan(TablePrefix(CollectionId(), Table::kObjectId),
                [&](std::string_view key, std::string_view value) {
                  const Result<ObjectIdParts> parts = ParseObjectIdKey(key);
                  const Result<uint64_t> number = DecodeInteger(value);
                  const auto expected = ids.find(std::string(key));
                  if (!parts.ok()) {
                    problems.AddError(parts.status(), "ids of objects");
                  } else if (!number.ok() || expected == ids.end() || expected->second != *number) {
                    problems.Add("object id \"" + parts->id + "\": leads to no object of that id");
                  } else {
                    ids.erase(expected);
                  }
                  return true;
                }));
  for (const auto& [key, number] : ids) {
    problems.Add("object number " + std::to_string(number) + ": its id leads elsewhere");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(MetaKey(MetaField::kNextObject)));
  const Result<uint64_t> next = bytes ? DecodeInteger(*bytes) : Result<uint64_t>(1);
  problems.AddError(next.status(), "counter of objects");
  if (next.ok() && *next <= largest) {
    problems.Add("counter of objects: gives " + std::to_string(*next) + " next, number " +
                 std::to_string(largest) + " is used");
  }
  return OkStatus();
}

bool IsWritten(uint8_t table) {
  const auto between = [&](Table first, Table last) {
    return table >= static_cast<uint8_t>(first) && table <= static_cast<uint8_t>(last);
  };
  return between(Table::kMeta, Table::kCollectionName) || between(Table::kCounter, Table::kAlias) ||
         between(Table::kCacheEntry, Table::kCacheTuning) ||
         between(Table::kObject, Table::kObjectId);
}

// From the first key of a table to that of the next: few reads, however many keys there are.
Status CheckTables(const StoreView& view, const std::set<CollectionId>& known,
                   ProblemList& problems) {
  std::string from;
  while (true) {
    std::optional<std::string> first;
    QUARRY_RETURN_IF_ERROR(view.Scan("", from, [&](std::string_view key, std::string_view) {
      first = std::string(key);
      return false;
    }));
    if (!first) return OkStatus();
    const Result<KeyHead> head = ParseKeyHead(*first);
    if (!head.ok()) {
      problems.AddError(head.status(), "database");
      return OkStatus();  // where the next table begins is not known
    }
    const std::string where = "keys of collection number " +
                              std::to_string(head->collection.value) + ", table " +
                              std::to_string(head->table);
    if (!IsWritten(head->table)) {
      problems.Add(where + ": nothing writes that table");
    } else if (head->collection && !known.contains(head->collection)) {
      problems.Add(where + ": there is no such collection");
    }
    from = PrefixEnd(TablePrefix(head->collection, static_cast<Table>(head->table)));
  }
}

}  // namespace

Result<std::vector<std::string>> VerifyStoreWide(const Store& store, const DerivedFiles& derived,
                                                 const CallContext& context) {
  ProblemList problems;
  problems.AddError(store.VerifyChecksums(), "store");
  for (const auto& [role, file] : derived.files()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const Status loaded = derived.Load(role).status();
    if (loaded.ok()) continue;
    const std::map<std::string, DerivedFile> now = derived.files();
    const auto same = now.find(role);
    // Else it was replaced since the list was made.
    if (same != now.end() && same->second.name == file.name) {
      problems.AddError(loaded, "derived file");
    }
  }
  const std::shared_ptr<const StoreView> view = store.GetView();
  std::set<CollectionId> known;
  QUARRY_RETURN_IF_ERROR(CheckCollections(*view, known, problems));
  QUARRY_RETURN_IF_ERROR(CheckObjects(*view, problems));
  QUARRY_RETURN_IF_ERROR(CheckTables(*view, known, problems));
  return problems.Take();
}

}  // namespace quarry::index
