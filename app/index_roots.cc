#include "app/index_roots.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "ingest/web_url.h"

namespace quarry::app {

namespace fs = std::filesystem;

Result<std::vector<ingest::FileList>> ListRoots(const std::vector<std::string>& paths,
                                                const Config& config) {
  ingest::FileSelection selection = config.ingest.files;
  std::error_code error;
  selection.left_out = fs::weakly_canonical(config.store, error).string();
  std::vector<ingest::FileList> lists;
  std::map<std::string, std::string> root_of;  // document id -> the root that brings it
  for (const std::string& path : paths) {
    QUARRY_ASSIGN_OR_RETURN(ingest::FileList list, ingest::ListFiles(path, selection));
    for (size_t i = 0; i < list.items.size() && paths.size() > 1; ++i) {
      const std::string id(list.items.id(i));
      const auto [other, is_new] = root_of.emplace(id, list.root);
      if (is_new || other->second == list.root) continue;
      return InvalidArgumentError("\"" + id + "\" is below " + other->second + " and below " +
                                  list.root +
                                  ", and a document has one source; index their common parent, or "
                                  "each into a collection of its own (--collection)");
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

Result<IndexRoots> SplitRoots(const std::vector<std::string>& given, const Config& config) {
  IndexRoots roots;
  for (const std::string& root : given) {
    if (!model::IsUrl(root)) {
      roots.paths.push_back(root);
      continue;
    }
    Result<model::Url> url = ingest::WebUrl(root);
    QUARRY_RETURN_IF_ERROR(url.status());
    if (!config.web.enabled) {
      return FailedPreconditionError(
          url->Shown() +
          ": reading from the web is off; web.enabled turns it on (--set "
          "web.enabled=true)");
    }
    std::string address = ingest::UrlText(*url);
    if (std::find(roots.addresses.begin(), roots.addresses.end(), address) !=
        roots.addresses.end()) {
      return InvalidArgumentError(url->Shown() + ": is given twice");
    }
    roots.addresses.push_back(std::move(address));
  }
  return roots;
}

Status CheckRoots(const ingest::FileList& list, const index::Snapshot& snapshot) {
  for (size_t i = 0; i < list.items.size(); ++i) {
    const DocumentId id(list.items.id(i));
    const Result<index::StoredDocument> stored = snapshot.ReadDocument(id);
    if (!stored.ok() || stored->root.empty() || stored->root == list.root) continue;
    std::error_code error;
    const fs::path there = fs::is_directory(stored->root, error)
                               ? fs::path(stored->root) / stored->id
                               : fs::path(stored->root);
    if (there == fs::path(list.items.path(i)) || !fs::exists(there, error)) continue;
    return FailedPreconditionError("\"" + id + "\" would replace " + there.string() +
                                   ", which the collection holds under the same name; index their "
                                   "common parent, or each into a collection of its own "
                                   "(--collection)");
  }
  return OkStatus();
}

}  // namespace quarry::app
