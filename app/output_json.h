#pragma once

// What `--json` prints: one object per command, on one line. Keys are stable: scripts read them.
// Bytes that are not UTF-8 (paths may hold any) become U+FFFD. Pure functions.

#include <string>
#include <vector>

#include "app/config.h"
#include "app/results.h"

namespace quarry::app {

// {"error": {"code": "NOT_FOUND", "message": ".."}}
std::string ErrorJson(const Status& status);
std::string IndexJson(const IndexResult& result);
std::string SearchJson(const SearchResult& result);
std::string AnswerJson(const AnswerResult& result);
std::string DocumentListJson(const DocumentList& list);
std::string DuplicateListJson(const DuplicateList& list);
std::string DocumentViewJson(const DocumentView& view);
std::string DeleteJson(const DeleteResult& result);
std::string CollectionsJson(const CollectionList& list);
// {"<verb>": name}: "created", "deleted".
std::string CollectionChangedJson(const std::string& verb, const std::string& name);
std::string StatsJson(const StoreStats& stats);
std::string VerifyJson(const VerifyResult& result);
std::string BackupJson(const BackupResult& result);
std::string CompactJson(const index::CompactReport& report);
std::string GenerationsJson(const GenerationList& list);
std::string EmbedderJson(const EmbedderResult& result);
std::string ModelInfoJson(const model::ModelInfo& info);
std::string ModelPullJson(const ModelPullResult& result);
std::string ServingJson(const std::string& url, uint16_t port);
std::string RetrievalEvalJson(const eval::RetrievalEvalReport& report);
std::string RetrievalDiffJson(const eval::RetrievalDiffReport& report);
std::string TuningJson(const eval::TuningReport& report);
std::string AnswerEvalJson(const eval::AnswerEvalReport& report);
std::string ConfigJson(const LoadedConfig& loaded);
std::string ConfigKeysJson();
std::string FindingsJson(const std::vector<Finding>& findings);

}  // namespace quarry::app
