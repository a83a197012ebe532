#include "eval/case_formats.h"

#include <filesystem>
#include <set>

#include "base/file.h"
#include "eval/beir.h"
#include "eval/line_reader.h"

namespace quarry::eval {
namespace {

constexpr uint64_t kMaxCasesBytes = uint64_t{1} << 30;

constexpr CaseFormat kFormats[] = {CaseFormat::kBeir, CaseFormat::kSquad, CaseFormat::kRgb,
                                   CaseFormat::kRagas, CaseFormat::kPromptfoo};

Result<ImportedSuite> ImportBeir(const std::string& directory) {
  QUARRY_ASSIGN_OR_RETURN(const BeirQueries queries, ReadBeirQueries(directory, "test"));
  ImportedSuite imported;
  imported.warnings = queries.warnings;
  std::error_code error;
  if (std::filesystem::exists(directory + "/corpus.jsonl", error)) {
    imported.warnings.push_back(
        "the documents are not copied; for this suite `quarry eval retrieval --beir " + directory +
        " --store DIR` indexes them");
  }
  for (const BeirQuery& query : queries.queries) {
    Case one{.id = query.id, .query = query.text};
    const auto grades = queries.qrels.find(query.id);
    if (grades != queries.qrels.end()) {
      for (const auto& [document, grade] : grades->second) one.gold_docs[document] = grade;
    }
    imported.cases.push_back(std::move(one));
  }
  for (const BeirQuery& query : queries.unanswerable) {
    imported.cases.push_back({.id = query.id, .query = query.text, .answerable = false});
  }
  return imported;
}

void Append(ImportedSuite part, ImportedSuite& all) {
  const auto move = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move(part.cases, all.cases);
  move(part.documents, all.documents);
  move(part.warnings, all.warnings);
}

template <typename Parse>
Result<ImportedSuite> ImportLines(const std::string& path, Parse parse) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  ImportedSuite imported;
  for (size_t number = 1;; ++number) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return imported;
    Result<ImportedSuite> part = parse(reader.line(), number);
    if (!part.ok()) return part.status().Annotate(reader.Place());
    Append(*std::move(part), imported);
  }
}

Result<ImportedSuite> ImportAny(CaseFormat format, const std::string& path) {
  if (format == CaseFormat::kBeir) return ImportBeir(path);
  if (format == CaseFormat::kRgb) return ImportLines(path, ParseRgbLine);
  if (format == CaseFormat::kRagas) return ImportLines(path, ParseRagasLine);
  QUARRY_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxCasesBytes));
  if (format == CaseFormat::kPromptfoo) return ParsePromptfoo(text, path);
  Result<ImportedSuite> imported = ParseSquad(text);
  if (!imported.ok()) return imported.status().Annotate(path);
  return imported;
}

}  // namespace

const char* CaseFormatName(CaseFormat format) {
  switch (format) {
    case CaseFormat::kBeir:
      return "beir";
    case CaseFormat::kSquad:
      return "squad";
    case CaseFormat::kRgb:
      return "rgb";
    case CaseFormat::kRagas:
      return "ragas";
    case CaseFormat::kPromptfoo:
      return "promptfoo";
  }
  Fatal(__FILE__, __LINE__, "unknown CaseFormat");
}

Result<CaseFormat> ParseCaseFormat(std::string_view name) {
  for (const CaseFormat format : kFormats) {
    if (name == CaseFormatName(format)) return format;
  }
  return InvalidArgumentError("expected beir, squad, rgb, ragas or promptfoo, got \"" +
                              std::string(name) + "\"");
}

Result<ImportedSuite> ImportCases(CaseFormat format, const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(ImportedSuite imported, ImportAny(format, path));
  if (imported.cases.empty()) {
    return InvalidArgumentError(path + ": expected a question at least, as " +
                                CaseFormatName(format) + " has them");
  }
  return imported;
}

Status WriteImported(const ImportedSuite& imported, const std::string& name,
                     const std::string& directory) {
  std::error_code error;
  if (std::filesystem::exists(directory + "/cases.jsonl", error)) {
    return AlreadyExistsError(directory + "/cases.jsonl: is there already");
  }
  Suite suite{.directory = directory, .name = name, .cases = imported.cases};
  // A file's ids need not be unique; ours are.
  std::set<std::string> ids;
  for (Case& one : suite.cases) {
    const std::string id = one.id;
    for (int i = 2; !ids.insert(one.id).second; ++i) one.id = id + "-" + std::to_string(i);
  }
  if (!imported.documents.empty()) {
    suite.corpus = directory + "/corpus";
    QUARRY_RETURN_IF_ERROR(CreateDirectories(suite.corpus));
    for (const auto& [document, text] : imported.documents) {
      QUARRY_RETURN_IF_ERROR(WriteFileAtomically(suite.corpus + "/" + document, text));
    }
  }
  return WriteSuite(suite);
}

Result<std::string> TrecRunOf(const Run& run) {
  RankedRun ranked;
  for (const RunRecord& record : run.records) {
    if (record.repeat > 0) continue;
    std::vector<RankedDocument>& ranking = ranked[record.case_id];
    std::set<DocumentId> seen;
    for (const RunCandidate& candidate : record.candidates) {
      if (!seen.insert(candidate.document).second) continue;
      // The order is the run's, ties included.
      ranking.push_back({candidate.document, static_cast<double>(kRunDepth - ranking.size())});
    }
  }
  const RunManifest& manifest = run.manifest;
  if (manifest.name.empty()) return FormatTrecRun(ranked, "quarry");
  const bool is_tag = CheckTrecColumn("tag", manifest.name).ok();
  return FormatTrecRun(ranked, is_tag ? manifest.name : manifest.id);
}

Result<std::string> TrecQrelsOf(const std::vector<Case>& cases) {
  std::string lines;
  for (const Case& one : cases) {
    if (one.draft) continue;
    for (const auto& [document, grade] : GoldGradesOf(one)) {
      QUARRY_RETURN_IF_ERROR(CheckTrecColumn("query id", one.id));
      QUARRY_RETURN_IF_ERROR(CheckTrecColumn("document id", document));
      lines += one.id + " 0 " + document + " " + std::to_string(grade) + "\n";
    }
  }
  return lines;
}

BeirQueries BeirQueriesOf(const std::vector<Case>& cases) {
  BeirQueries queries;
  for (const Case& one : cases) {
    if (one.draft) continue;
    if (!one.answerable) {
      queries.unanswerable.push_back({one.id, one.query});
    } else if (std::map<DocumentId, int> grades = GoldGradesOf(one); !grades.empty()) {
      queries.queries.push_back({one.id, one.query});
      queries.qrels[one.id] = std::move(grades);
    }
  }
  return queries;
}

}  // namespace quarry::eval
