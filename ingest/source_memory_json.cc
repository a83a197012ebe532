#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "ingest/source_memory.h"

namespace quarry::ingest {
namespace {

using MemoryJson = nlohmann::json;

constexpr int kMemoryVersion = 1;

// Takes the members of an object; the first that is missing or of another type is remembered.
class MemoryReader {
 public:
  explicit MemoryReader(const std::string& bytes)
      : json_(MemoryJson::parse(bytes, nullptr, /*allow_exceptions=*/false)) {
    if (!json_.is_object()) {
      wrong_ = "a JSON object";
    } else if (const auto version = json_.find("version");
               version == json_.end() || *version != kMemoryVersion) {
      wrong_ = "version " + std::to_string(kMemoryVersion);
    }
  }

  void Take(const char* name, std::string& text) {
    if (const MemoryJson* member = Member(name, "a text", &MemoryJson::is_string)) {
      text = member->get<std::string>();
    }
  }
  void Take(const char* name, bool& flag) {
    if (const MemoryJson* member = Member(name, "true or false", &MemoryJson::is_boolean)) {
      flag = member->get<bool>();
    }
  }
  void Take(const char* name, uint64_t& number) {
    if (const MemoryJson* member = Member(name, "a number", &MemoryJson::is_number_unsigned)) {
      number = member->get<uint64_t>();
    }
  }
  void Take(const char* name, std::vector<std::string>& texts) {
    const MemoryJson* member = Member(name, "a list of texts", &MemoryJson::is_array);
    if (member == nullptr) return;
    for (const MemoryJson& item : *member) {
      if (!item.is_string()) {
        wrong_ = std::string(name) + ": a list of texts";
        return;
      }
      texts.push_back(item.get<std::string>());
    }
  }

  // Ok if all was there and nothing else.
  Status Finish(const char* what, const std::string& id) const {
    if (wrong_.empty() && json_.size() == taken_ + 1) return OkStatus();
    return DataLossError(std::string(what) + " of \"" + id + "\": expected " +
                         (wrong_.empty() ? "no other members" : wrong_));
  }

 private:
  const MemoryJson* Member(const char* name, const char* expected,
                           bool (MemoryJson::*is_it)() const noexcept) {
    if (!wrong_.empty()) return nullptr;
    const auto member = json_.find(name);
    if (member == json_.end() || !((*member).*is_it)()) {
      wrong_ = std::string(name) + ": " + expected;
      return nullptr;
    }
    ++taken_;
    return &*member;
  }

  const MemoryJson json_;
  size_t taken_ = 0;
  std::string wrong_;
};

void PutObject(index::ObjectName name, MemoryJson json, index::ObjectBatch& batch) {
  json["version"] = kMemoryVersion;
  std::string bytes = json.dump(-1, ' ', false, MemoryJson::error_handler_t::replace);
  if (bytes.size() > index::kMaxObjectBytes) {
    batch.Delete(std::move(name));
  } else {
    batch.Put(std::move(name), std::move(bytes));
  }
}

}  // namespace

uint64_t HashOfStored(const DocumentId& id, uint64_t source_hash) {
  return HashCombine(Hash64(id), source_hash);
}

SourceMemory::SourceMemory(index::ObjectTable& objects, CollectionId collection)
    : objects_(objects), scope_(std::to_string(collection.value)) {}

// Ids of documents may be longer than those of objects; the value holds the id itself.
index::ObjectName SourceMemory::NameOf(index::ObjectKind kind, const std::string& id) const {
  return {.kind = kind,
          .id = HashToHex(Hash64(id)) + HashToHex(Hash64(id, /*seed=*/1)),
          .scope = scope_};
}

Result<std::optional<RememberedSource>> SourceMemory::FindSource(const DocumentId& source) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects_.Get(NameOf(index::ObjectKind::kSource, source)));
  std::optional<RememberedSource> found;
  if (!object) return found;
  found.emplace();
  MemoryReader reader(object->value);
  reader.Take("source", found->source);
  reader.Take("root", found->root);
  reader.Take("hash", found->hash);
  reader.Take("pipeline", found->pipeline);
  reader.Take("documents", found->documents);
  reader.Take("failed", found->failed);
  reader.Take("skipped", found->skipped);
  QUARRY_RETURN_IF_ERROR(reader.Finish("what is kept", source));
  if (found->source != source) found.reset();
  return found;
}

Result<std::optional<RememberedPage>> SourceMemory::FindPage(const std::string& url) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          objects_.Get(NameOf(index::ObjectKind::kWebPage, url)));
  std::optional<RememberedPage> found;
  if (!object) return found;
  found.emplace();
  MemoryReader reader(object->value);
  reader.Take("url", found->url);
  reader.Take("etag", found->etag);
  reader.Take("last_modified", found->last_modified);
  reader.Take("indexed", found->indexed);
  reader.Take("links", found->links.links);
  reader.Take("canonical", found->links.canonical);
  reader.Take("index", found->links.index);
  reader.Take("follow", found->links.follow);
  QUARRY_RETURN_IF_ERROR(reader.Finish("what is kept", url));
  if (found->url != url) found.reset();
  return found;
}

void SourceMemory::Put(const RememberedSource& source, index::ObjectBatch& batch) const {
  PutObject(NameOf(index::ObjectKind::kSource, source.source),
            {{"source", source.source},
             {"root", source.root},
             {"hash", source.hash},
             {"pipeline", source.pipeline},
             {"documents", source.documents},
             {"failed", source.failed},
             {"skipped", source.skipped}},
            batch);
}

void SourceMemory::Put(const RememberedPage& page, index::ObjectBatch& batch) const {
  PutObject(NameOf(index::ObjectKind::kWebPage, page.url),
            {{"url", page.url},
             {"etag", page.etag},
             {"last_modified", page.last_modified},
             {"indexed", page.indexed},
             {"links", page.links.links},
             {"canonical", page.links.canonical},
             {"index", page.links.index},
             {"follow", page.links.follow}},
            batch);
}

void SourceMemory::ForgetSource(const DocumentId& source, index::ObjectBatch& batch) const {
  batch.Delete(NameOf(index::ObjectKind::kSource, source));
}

}  // namespace quarry::ingest
