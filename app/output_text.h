#pragma once

// What the commands print for people. Texts of documents are shown on one line and without control
// characters (text_layout.h); styles and widths are the console's. Pure functions.

#include <string>
#include <vector>

#include "app/config.h"
#include "app/console.h"
#include "app/results.h"

namespace quarry::app {

std::string IndexText(const IndexResult& result, const Console& console);
std::string SearchText(const SearchResult& result, const Console& console);
// The answer to --why.
std::string AbsenceText(const SearchResult& result);
// What follows the streamed answer: sources with quotes, verdict, the context if it is asked for.
std::string AnswerSourcesText(const AnswerResult& result, const Console& console);
std::string DocumentListText(const DocumentList& list, const Console& console);
std::string DuplicateListText(const DuplicateList& list, const Console& console);
std::string DocumentViewText(const DocumentView& view, const Console& console);
std::string DeleteText(const DeleteResult& result);
std::string CollectionsText(const CollectionList& list, const Console& console);
std::string StatsText(const StoreStats& stats, const Console& console);
std::string VerifyText(const VerifyResult& result, const Console& console);
std::string BackupText(const BackupResult& result);
std::string CompactText(const index::CompactReport& report);
std::string GenerationsText(const GenerationList& list, const Console& console);
std::string EmbedderText(const EmbedderResult& result);
std::string ModelInfoText(const model::ModelInfo& info);
std::string ModelPullText(const ModelPullResult& result);
std::string RetrievalEvalText(const eval::RetrievalEvalReport& report, const Console& console);
std::string RetrievalDiffText(const eval::RetrievalDiffReport& report, const Console& console);
std::string TuningText(const eval::TuningReport& report, const Console& console);
std::string AnswerEvalText(const eval::AnswerEvalReport& report, const Console& console);
// A valid quarry.yaml with the origin of each value behind it.
std::string ConfigText(const LoadedConfig& loaded, const Console& console);
std::string ConfigKeysText(const Console& console);
std::string FindingsText(const std::vector<Finding>& findings, const Console& console);

// Rows of cells in columns that are as wide as their widest cell; the first row is the heading.
// Cells of columns in `right` stand to the right. The last column is cut to what the console
// leaves.
std::string Table(const std::vector<std::vector<std::string>>& rows,
                  const std::vector<size_t>& right, const Console& console);

}  // namespace quarry::app
