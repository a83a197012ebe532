#include <algorithm>

#include "eval/json_fields.h"
#include "eval/run.h"

namespace quarry::eval {
namespace {

constexpr uint32_t kVersion = 1;  // of manifests and records

Result<CacheKind> ParseCacheKind(std::string_view name) {
  for (uint8_t i = 0; i <= static_cast<uint8_t>(CacheKind::kSemantic); ++i) {
    const auto kind = static_cast<CacheKind>(i);
    if (name == CacheKindName(kind)) return kind;
  }
  return InvalidArgumentError("unknown kind of cache \"" + std::string(name) + "\"");
}

Result<Gate::Kind> ParseGateKind(std::string_view name) {
  if (const std::optional<Gate::Kind> kind = FindGateKind(name)) return *kind;
  return InvalidArgumentError("unknown kind of gate \"" + std::string(name) + "\"");
}

}  // namespace

template <typename Visitor>
void Fields(Visitor& visit, TextRange& range) {
  visit("begin", range.begin);
  visit("end", range.end);
}

template <typename Visitor>
void Fields(Visitor& visit, Usage& usage) {
  visit("prompt_tokens", usage.prompt_tokens);
  visit("completion_tokens", usage.completion_tokens);
  visit("cost", usage.cost);
}

template <typename Visitor>
void Fields(Visitor& visit, Trace::Stage& stage) {
  visit.Required("name", stage.name);
  visit("micros", stage.micros);
}

template <typename Visitor>
void Fields(Visitor& visit, CacheReport& cache) {
  visit.Named("kind", cache.kind, CacheKindName, ParseCacheKind);
  visit("reason", cache.reason);
  visit("entry", cache.entry);
  visit("question", cache.question);
  visit("similarity", cache.similarity);
  visit("age_seconds", cache.age_seconds);
  visit("verified_by", cache.verified_by);
}

template <typename Visitor>
void Fields(Visitor& visit, Judgement& judgement) {
  visit.Named("verdict", judgement.verdict, ClaimVerdictName, ParseClaimVerdict);
  visit("score", judgement.score);
  visit("reason", judgement.reason);
}

template <typename Visitor>
void Fields(Visitor& visit, Claim& claim) {
  visit.Required("id", claim.id);
  visit("text", claim.text);
  visit("must", claim.must, true);
  visit.Required("span", claim.span);
  visit("citations", claim.citations);
}

template <typename Visitor>
void Fields(Visitor& visit, CitationJudgement& judgement) {
  visit.Required("together", judgement.together);
  visit("alone", judgement.alone);
  visit("without", judgement.without);
}

template <typename Visitor>
void Fields(Visitor& visit, ClaimMatrix& matrix) {
  visit("answer", matrix.answer);
  visit("reference", matrix.reference);
  visit("answer_by_passage", matrix.answer_by_passage);
  visit("answer_by_reference", matrix.answer_by_reference);
  visit("reference_by_passage", matrix.reference_by_passage);
  visit("reference_by_answer", matrix.reference_by_answer);
  visit("citations", matrix.citations);
  visit("judge", matrix.judge);
  visit("calls", matrix.calls);
  visit("cached_calls", matrix.cached_calls);
  visit.Required("usage", matrix.usage);
}

template <typename Visitor>
void Fields(Visitor& visit, ResolvedSpan& resolved) {
  visit.Required("doc", resolved.span.document);
  visit("start", resolved.span.begin);
  visit("end", resolved.span.end);
  visit("quote", resolved.span.quote);
  visit("fact", resolved.span.fact);
  visit("present", resolved.present);
}

template <typename Visitor>
void Fields(Visitor& visit, FailureLabel& failure) {
  visit.Required("label", failure.label);
  visit("evidence", failure.evidence);
}

template <typename Visitor>
void Fields(Visitor& visit, RunCandidate& candidate) {
  visit("chunk", candidate.chunk);
  visit.Required("document", candidate.document);
  visit("begin", candidate.begin);
  visit("end", candidate.end);
  visit("score", candidate.score);
  visit("lexical_rank", candidate.lexical_rank);
  visit("dense_rank", candidate.dense_rank);
  visit("lexical_score", candidate.lexical_score);
  visit("dense_score", candidate.dense_score);
  visit("within_k", candidate.within_k);
}

template <typename Visitor>
void Fields(Visitor& visit, RunPassage& passage) {
  visit("chunk", passage.chunk);
  visit.Required("document", passage.document);
  visit("begin", passage.begin);
  visit("end", passage.end);
  visit("heading", passage.heading);
  visit("text", passage.text);
}

template <typename Visitor>
void Fields(Visitor& visit, RunDropped& dropped) {
  visit("chunk", dropped.chunk);
  visit.Required("document", dropped.document);
  visit("why", dropped.why);
}

template <typename Visitor>
void Fields(Visitor& visit, RunCitation& citation) {
  visit("passage", citation.passage);
  visit.Required("document", citation.document);
  visit("begin", citation.begin);
  visit("end", citation.end);
  visit("quote", citation.quote);
  visit.Required("span", citation.span);
}

template <typename Visitor>
void Fields(Visitor& visit, RunSentence& sentence) {
  visit.Required("span", sentence.span);
  visit("supported", sentence.supported);
  visit("score", sentence.score);
}

template <typename Visitor>
void Fields(Visitor& visit, Gate& gate) {
  visit.Named("kind", gate.kind, GateKindName, ParseGateKind);
  visit("metric", gate.metric);
  visit("slice", gate.slice);
  visit("tag", gate.tag);
  visit("value", gate.value);
}

template <typename Visitor>
void Fields(Visitor& visit, RunManifest& manifest) {
  uint32_t version = kVersion;
  visit.Required("version", version);
  visit.Required("id", manifest.id);
  visit("name", manifest.name);
  visit("suite", manifest.suite);
  visit("suite_hash", manifest.suite_hash);
  visit("cases", manifest.cases);
  visit("repeats", manifest.repeats, 1u);
  visit("judgements", manifest.judgements, 1u);
  visit("seed", manifest.seed);
  visit("max_words", manifest.max_words);
  visit("gates", manifest.gates);
  visit("config_hash", manifest.config_hash);
  visit("config", manifest.config);
  visit("collection", manifest.collection);
  visit("commit", manifest.commit);
  visit("documents", manifest.documents);
  visit("chunks", manifest.chunks);
  visit("content_hashes", manifest.content_hashes);
  visit("answerer", manifest.answerer);
  visit("embedder", manifest.embedder);
  visit("judge", manifest.judge);
  visit("created_micros", manifest.created_micros);
  visit("program", manifest.program);
  visit("build", manifest.build);
  if constexpr (std::is_same_v<Visitor, JsonReader>) {
    if (version != kVersion) {
      visit.Fail("version",
                 "expected " + std::to_string(kVersion) + ", found " + std::to_string(version));
    }
  }
}

template <typename Visitor>
void Fields(Visitor& visit, RunRecord& record) {
  visit.Required("case_id", record.case_id);
  if constexpr (std::is_same_v<Visitor, JsonWriter>) {
    if (!record.asked.id.empty()) {
      visit.Raw("case", Json::parse(CaseLine(record.asked), nullptr, false));
    }
  } else if (const Json* asked = visit.Take("case")) {
    Result<Case> parsed = ParseCase(DumpJson(*asked));
    if (!parsed.ok()) return visit.Fail("case", parsed.status().message());
    record.asked = *std::move(parsed);
  }
  visit("repeat", record.repeat);
  visit("error", record.error);
  visit("candidates", record.candidates);
  visit("passages", record.passages);
  visit("dropped", record.dropped);
  visit("gold_spans", record.gold_spans);
  visit("missing_documents", record.missing_documents);
  visit("prompt_hash", record.prompt_hash);
  visit("question", record.question);
  visit("answer", record.answer);
  visit("abstained", record.abstained);
  visit("citations", record.citations);
  visit("sentences", record.sentences);
  visit("model", record.model);
  visit("note", record.note);
  visit.Required("usage", record.usage);
  visit.Required("cache", record.cache);
  visit("timings", record.timings);
  visit("micros", record.micros);
  visit("fingerprint", record.fingerprint);
  visit("judge_error", record.judge_error);
  visit("matrix", record.matrix);
  visit("rejudged", record.rejudged);
  visit("failure", record.failure);
}

namespace {

// The matrix has the sizes that its claims ask for: readers index it without asking.
bool IsWholeMatrix(const ClaimMatrix& matrix, size_t passages) {
  const auto fits = [&](const std::vector<std::vector<Judgement>>& rows, size_t claims) {
    return rows.size() == claims &&
           std::ranges::all_of(rows, [&](const auto& row) { return row.size() == passages; });
  };
  const size_t claims = matrix.answer.size();
  bool whole = fits(matrix.answer_by_passage, claims) &&
               fits(matrix.reference_by_passage, matrix.reference.size()) &&
               matrix.answer_by_reference.size() == claims &&
               matrix.reference_by_answer.size() == matrix.reference.size() &&
               matrix.citations.size() == claims;
  for (size_t i = 0; whole && i < claims; ++i) {
    const size_t cited = matrix.answer[i].citations.size();
    whole = matrix.citations[i].alone.size() == cited &&
            matrix.citations[i].without.size() == (cited < 2 ? 0 : cited);
  }
  return whole;
}

Status CheckShape(const RunRecord& record) {
  const auto is_whole = [&](const ClaimMatrix& matrix) {
    return IsWholeMatrix(matrix, record.passages.size());
  };
  if (record.matrix && !is_whole(*record.matrix)) {
    return InvalidArgumentError("matrix: is not whole");
  }
  if (!std::ranges::all_of(record.rejudged, is_whole)) {
    return InvalidArgumentError("rejudged: holds a matrix that is not whole");
  }
  // A run is scored by its cases, which are read from its records.
  if (record.asked.id != record.case_id) {
    return InvalidArgumentError("case: expected that of case_id \"" + record.case_id +
                                "\", found " +
                                (record.asked.id.empty() ? "none" : "\"" + record.asked.id + "\""));
  }
  return OkStatus();
}

Status AsDamage(const Status& status, const char* what) {
  return status.ok() ? status : DataLossError(std::string(what) + ": " + status.message());
}

}  // namespace

std::string ManifestLine(const RunManifest& manifest) { return WriteJson(manifest); }
std::string ManifestSummary(const RunManifest& manifest) {
  RunManifest summary = manifest;
  summary.content_hashes.clear();
  return ManifestLine(summary);
}
std::string RecordLine(const RunRecord& record) { return WriteJson(record); }

Result<RunManifest> ParseManifest(std::string_view line) {
  Result<RunManifest> manifest = ReadJson<RunManifest>(line);
  if (!manifest.ok()) return AsDamage(manifest.status(), "manifest of a run");
  return manifest;
}

Result<RunRecord> ParseRecord(std::string_view line) {
  Result<RunRecord> record = ReadJson<RunRecord>(line);
  if (record.ok()) {
    if (const Status shape = CheckShape(*record); !shape.ok())
      return AsDamage(shape, "record of a run");
    return record;
  }
  return AsDamage(record.status(), "record of a run");
}

}  // namespace quarry::eval
