#pragma once

// Searching a vector store: what requests may say of it, on every surface that has it, and what is
// found, with the files that it is of.

#include <map>
#include <string>
#include <vector>

#include "base/query.h"
#include "server/handlers.h"
#include "server/store_requests.h"
#include "server/strict_json.h"

namespace quarry::server {

// Besides the question.
struct StoreQuery {
  Query query;
  double score_threshold = 0;
};

// Reads max_num_results, filters and ranking_options.
void ReadStoreQuery(ObjectReader& reader, const ServerOptions& options, StoreQuery& query);

// The file that a passage is of. A document that was not attached is one of its own.
struct FileReference {
  std::string id;
  std::string filename;
  Metadata attributes;
};

// Of a document's metadata what an attribute can be.
Metadata AttributesOf(const Metadata& metadata);

// Looks each file up once. Not thread-safe.
class FileReferences {
 public:
  FileReferences(const index::ObjectTable& objects, std::string store)
      : objects_(objects), store_(std::move(store)) {}
  Result<FileReference> Of(const Passage& passage);

 private:
  const index::ObjectTable& objects_;
  const std::string store_;
  std::map<std::string, FileReference> known_;
};

struct FoundPassage {
  FileReference file;
  std::string text;
  double score = 0;  // ShareOfBest
};

// A score as both surfaces tell it: 1 of the best one of its question, at least 0. What legs and
// rerankers give lies on scales of their own (a fusion by ranks stays below 0.04), which no
// threshold could be chosen for.
double ShareOfBest(double score, double best);

// The best passages for any of the questions; of one that several find, the best score counts.
Result<std::vector<FoundPassage>> SearchStore(const Services& services, const VectorStore& store,
                                              const std::vector<std::string>& questions,
                                              const StoreQuery& query, const CallContext& context);

}  // namespace quarry::server
