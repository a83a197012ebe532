#include "server/store_search.h"

#include <algorithm>
#include <utility>

#include "server/json_writer.h"

namespace quarry::server {
namespace {

constexpr uint32_t kMaxResults = 50;
constexpr size_t kMaxAttributes = 16;
constexpr size_t kMaxAttributeBytes = 512;

Status ReadRanking(const JsonValue& value, const std::string& place, const ServerOptions& options,
                   StoreQuery& query) {
  ObjectReader reader(value, place);
  std::string ranker = "auto";
  reader.Optional("ranker").String(ranker);
  reader.Optional("score_threshold").Double(query.score_threshold);
  reader.Optional("hybrid_search").Value([&](const JsonValue& weights, const std::string& at) {
    double embedding = 0;
    double text = 0;
    ObjectReader fields(weights, at);
    fields.Required("embedding_weight").Double(embedding);
    fields.Required("text_weight").Double(text);
    QUARRY_RETURN_IF_ERROR(fields.Finish());
    if (embedding < 0 || text < 0 || embedding + text <= 0) {
      return InvalidArgumentError(at + ": expected weights of at least 0, and one above it");
    }
    query.query.options = options.default_retrieval;
    query.query.options->collection_dense_weights.clear();
    query.query.options->fusion.dense_weight = embedding / (embedding + text);
    return OkStatus();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (query.score_threshold < 0 || query.score_threshold > 1) {
    return InvalidArgumentError(place + ".score_threshold: expected a number from 0 to 1");
  }
  if (ranker == "none") {
    if (!query.query.options) query.query.options = options.default_retrieval;
    query.query.options->rerank.enabled = false;
  } else if (ranker != "auto" && ranker != "default-2024-11-15") {
    return InvalidArgumentError(place + ".ranker: expected auto, none or default-2024-11-15, not " +
                                JsonString(ranker));
  }
  return OkStatus();
}

}  // namespace

Metadata AttributesOf(const Metadata& metadata) {
  Metadata attributes;
  for (const auto& [name, value] : metadata) {
    if (attributes.size() == kMaxAttributes) break;
    if (std::holds_alternative<std::vector<std::string>>(value)) continue;
    const std::string* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->size() <= kMaxAttributeBytes) attributes[name] = value;
  }
  return attributes;
}

void ReadStoreQuery(ObjectReader& reader, const ServerOptions& options, StoreQuery& query) {
  query.query.mode = options.default_mode;
  query.query.k = options.default_k;
  reader.Optional("max_num_results").Uint(query.query.k, 1, kMaxResults);
  reader.Optional("filters").Value([&](const JsonValue& value, const std::string&) -> Status {
    QUARRY_ASSIGN_OR_RETURN(query.query.filter, ParseFilter(ToJson(value)));
    return OkStatus();
  });
  reader.Optional("ranking_options").Value([&](const JsonValue& value, const std::string& place) {
    return ReadRanking(value, place, options, query);
  });
}

Result<FileReference> FileReferences::Of(const Passage& passage) {
  const DocumentId& document = passage.chunk.document;
  // An attached file's id has no '#', and a record of it is "id#record".
  const std::string file = document.substr(0, document.find('#'));
  if (const auto known = known_.find(file); known != known_.end()) return known->second;
  const Result<AttachedFile> attached = GetAttached(objects_, store_, file);
  if (attached.status().code() == Code::kNotFound) {
    return FileReference{document, document, AttributesOf(passage.metadata)};
  }
  QUARRY_RETURN_IF_ERROR(attached.status());
  FileReference reference{file, file, attached->attributes};
  const Result<UploadedFile> uploaded = GetFile(objects_, file);
  if (uploaded.status().code() != Code::kNotFound) {
    QUARRY_RETURN_IF_ERROR(uploaded.status());
    reference.filename = uploaded->filename;
  }
  return known_[file] = std::move(reference);
}

double ShareOfBest(double score, double best) {
  return best > 0 ? std::clamp(score / best, 0.0, 1.0) : 0.0;
}

Result<std::vector<FoundPassage>> SearchStore(const Services& services, const VectorStore& store,
                                              const std::vector<std::string>& questions,
                                              const StoreQuery& query, const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(store.collection.id));
  std::vector<retrieval::RankedHit> hits;
  std::map<ChunkId, size_t> place_of;
  for (const std::string& question : questions) {
    Query one = query.query;
    one.text = question;
    QUARRY_ASSIGN_OR_RETURN(retrieval::Retrieved retrieved,
                            services.retriever.Retrieve(one, *snapshot, context));
    double best = 0;
    for (const retrieval::RankedHit& hit : retrieved.hits) best = std::max(best, hit.hit.score);
    for (retrieval::RankedHit& hit : retrieved.hits) {
      hit.hit.score = ShareOfBest(hit.hit.score, best);
      if (hit.hit.score < query.score_threshold) continue;
      const auto [place, is_new] = place_of.emplace(hit.hit.chunk, hits.size());
      if (is_new) {
        hits.push_back(std::move(hit));
      } else {
        double& score = hits[place->second].hit.score;
        score = std::max(score, hit.hit.score);
      }
    }
  }
  // Of equal scores those of earlier questions, and of one question the better ranked, come first.
  std::ranges::stable_sort(hits, [](const retrieval::RankedHit& a, const retrieval::RankedHit& b) {
    return a.hit.score > b.hit.score;
  });
  if (hits.size() > query.query.k) hits.resize(query.query.k);
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Passage> passages,
                          retrieval::ReadPassages(*snapshot, hits));
  FileReferences references(services.index.objects(), store.id());
  std::vector<FoundPassage> found;
  for (size_t i = 0; i < passages.size(); ++i) {
    QUARRY_ASSIGN_OR_RETURN(FileReference file, references.Of(passages[i]));
    found.push_back({std::move(file), passages[i].chunk.text, hits[i].hit.score});
  }
  return found;
}

}  // namespace quarry::server
