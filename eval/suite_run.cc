#include "eval/suite_run.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <set>

#include "base/build_id.h"
#include "base/filter.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "generation/model_writer.h"
#include "generation/profile.h"
#include "generation/readings.h"

namespace quarry::eval {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool EndsTheRun(const Status& status) {
  return status.code() == Code::kCancelled || status.code() == Code::kDeadlineExceeded;
}

// What is thrown fails the case that it was thrown for: the run goes on with the others.
template <typename Call>
auto Caught(const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& error) {
    return InternalError(std::string("exception: ") + error.what());
  }
}

// The best chunks before the cut and behind it.
Status ReadCandidates(const Query& query, const RunParts& parts, RunRecord& record,
                      const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const retrieval::Retrieved retrieved,
                          parts.retriever.Retrieve(query, parts.snapshot, context));
  const auto add = [&](const retrieval::RankedHit& hit, bool within_k) {
    if (record.candidates.size() >= kRunDepth) return;
    const index::RowTable& rows = parts.snapshot.rows();
    RunCandidate& candidate = record.candidates.emplace_back();
    candidate.chunk = hit.hit.chunk;
    candidate.document = std::string(rows.DocumentOf(hit.row).id);
    candidate.score = hit.hit.score;
    candidate.lexical_rank = hit.hit.breakdown.lexical_rank;
    candidate.dense_rank = hit.hit.breakdown.dense_rank;
    candidate.lexical_score = hit.hit.breakdown.lexical_score;
    candidate.dense_score = hit.hit.breakdown.dense_score;
    candidate.within_k = within_k;
  };
  for (const retrieval::RankedHit& hit : retrieved.hits) add(hit, true);
  for (const retrieval::RankedHit& hit : retrieved.cut) add(hit, false);
  for (RunCandidate& candidate : record.candidates) {
    QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk chunk,
                            parts.snapshot.ReadChunk(candidate.chunk));
    candidate.begin = chunk.span.begin;
    candidate.end = chunk.span.end;
  }
  return OkStatus();
}

// What a case asks after what was said before.
generation::StandaloneQuestion Understand(const Case& one) {
  std::vector<generation::ConversationTurn> turns;
  for (const CaseMessage& message : one.messages) {
    turns.push_back({.by_user = message.role == "user", .text = message.content});
  }
  return generation::StandAlone(turns, one.query);
}

// A case's query with its filter beside that of a profile.
Result<Query> QueryAsSaid(const Case& one, const RunSettings& settings) {
  Query query = settings.query;
  query.text = one.query;
  if (!one.filters.empty()) {
    QUARRY_ASSIGN_OR_RETURN(Filter filter, ParseFilter(one.filters));
    generation::AddFilter(std::move(filter), query);
  }
  return query;
}

std::string HeadingOf(const Passage& passage) {
  std::string heading = passage.title;
  for (const std::string& one : passage.chunk.span.heading_path) {
    if (one != passage.title) heading += (heading.empty() ? "" : " > ") + one;
  }
  return heading;
}

// Fills the record; the status says what went wrong.
Status Ask(const Case& one, const RunParts& parts, const RunSettings& settings, RunRecord& record,
           const CallContext& context) {
  for (const GoldSpan& span : one.gold_spans) {
    QUARRY_ASSIGN_OR_RETURN(ResolvedSpan resolved, ResolveSpan(span, parts.snapshot));
    record.gold_spans.push_back(std::move(resolved));
  }
  for (const DocumentId& document : DocumentsOf(one)) {
    const Status found = parts.snapshot.FindDocument(document).status();
    if (found.code() == Code::kNotFound) {
      record.missing_documents.push_back(document);
    } else {
      QUARRY_RETURN_IF_ERROR(found);
    }
  }
  QUARRY_ASSIGN_OR_RETURN(Query query, QueryAsSaid(one, settings));
  // Before anything else of the question, as a caller asks: what is looked up afterwards is at
  // hand.
  const SteadyClock::time_point start = SteadyClock::now();
  const generation::StandaloneQuestion question = Understand(one);
  const Result<Answer> answer = generation::AskRespelled(
      parts.answerer, query, question, parts.snapshot,
      settings.correct ? generation::Respelling::kOn : generation::Respelling::kOff, settings.cache,
      {}, context);
  record.micros = std::chrono::duration<double, std::micro>(SteadyClock::now() - start).count();
  if (!answer.ok()) {
    query.text = question.text;
  } else if (!answer->standalone.empty()) {
    query.text = answer->standalone;
  }
  record.question = query.text;
  QUARRY_RETURN_IF_ERROR(ReadCandidates(query, parts, record, context));
  QUARRY_RETURN_IF_ERROR(answer.status());
  TakeAnswer(*answer, record);
  // What was quoted instead is another system's answer.
  if (generation::SaysModelWasSilent(answer->note)) return UnavailableError(answer->note);
  return OkStatus();
}

// As often as is wanted, or not at all: what a judge did not hear once is asked as a whole again.
Status JudgeAgain(const Case& one, const RunParts& parts, RunRecord& record,
                  const CallContext& context) {
  for (const Judge* judge : parts.judges_again) {
    if (!record.matrix) break;
    RunRecord again = record;
    QUARRY_RETURN_IF_ERROR(JudgeRecord(one, *judge, again, context));
    if (again.matrix) {
      record.rejudged.push_back(*std::move(again.matrix));
      continue;
    }
    record.judge_error = again.judge_error;
    record.matrix.reset();
    record.rejudged.clear();
  }
  return OkStatus();
}

}  // namespace

void TakeAnswer(const Answer& answer, RunRecord& record) {
  std::string prompt;
  for (const Passage& passage : answer.context.passages) {
    const Chunk& chunk = passage.chunk;
    record.passages.push_back({.chunk = chunk.id,
                               .document = chunk.document,
                               .begin = chunk.span.begin,
                               .end = chunk.span.end,
                               .heading = HeadingOf(passage),
                               .text = chunk.text});
    prompt += HashToHex(Hash64(record.passages.back().heading)) + HashToHex(Hash64(chunk.text));
  }
  record.prompt_hash = HashToHex(Hash64(prompt));
  for (const DroppedPassage& dropped : answer.context.dropped) {
    record.dropped.push_back({dropped.chunk, dropped.document, dropped.why});
  }
  record.answer = answer.text;
  record.abstained = answer.abstained;
  for (const Citation& citation : answer.citations) {
    record.citations.push_back({.passage = citation.passage,
                                .document = citation.document,
                                .begin = citation.source.begin,
                                .end = citation.source.end,
                                .quote = citation.quote,
                                .span = citation.answer_span});
  }
  for (const SentenceVerdict& sentence : answer.sentences) {
    record.sentences.push_back({.span = sentence.span,
                                .supported = sentence.verdict.label == Support::kSupported,
                                .score = sentence.verdict.score});
  }
  record.model = answer.model;
  record.note = answer.note;
  record.usage = answer.usage;
  record.cache = answer.cache;
  record.timings = answer.timings;
  record.fingerprint = answer.fingerprint;
}

std::string QuestionOf(const RunRecord& record) {
  return record.question.empty() ? Understand(record.asked).text : record.question;
}

Result<Query> StandaloneQuery(const Case& one, const RunParts& parts, const RunSettings& settings,
                              const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(Query query, QueryAsSaid(one, settings));
  QUARRY_ASSIGN_OR_RETURN(
      query.text, generation::ChooseReading(parts.answerer.answerer(), query, Understand(one),
                                            parts.snapshot, context));
  return query;
}

Result<ResolvedSpan> ResolveSpan(const GoldSpan& span, const index::Snapshot& snapshot) {
  ResolvedSpan resolved{.span = span};
  const Result<index::StoredDocument> document = snapshot.FindDocument(span.document);
  if (document.status().code() == Code::kNotFound) return resolved;
  QUARRY_RETURN_IF_ERROR(document.status());
  QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot.ReadText(document->number));
  const std::string& quote = span.quote;
  const bool fits = span.end != 0 && span.end <= text.size();
  if (fits && (quote.empty() || text.compare(span.begin, span.end - span.begin, quote) == 0)) {
    resolved.span.quote = text.substr(span.begin, span.end - span.begin);
    resolved.present = true;
    return resolved;
  }
  const size_t at = quote.empty() ? std::string::npos : text.find(quote);
  if (at == std::string::npos) return resolved;
  resolved.span.begin = at;
  resolved.span.end = at + quote.size();
  resolved.present = true;
  return resolved;
}

std::vector<const Case*> CasesToRun(const std::vector<Case>& cases) {
  std::vector<const Case*> chosen;
  for (const Case& one : cases) {
    if (!one.draft) chosen.push_back(&one);
  }
  return chosen;
}

Status JudgeRecord(const Case& one, const Judge& judge, RunRecord& record,
                   const CallContext& context) {
  record.judge_error.clear();
  record.matrix.reset();
  if (!record.error.empty()) return OkStatus();
  Result<ClaimMatrix> matrix =
      Caught([&] { return judge.JudgeAnswer(JudgedCaseOf(one, record), context); });
  if (matrix.ok()) {
    record.matrix = *std::move(matrix);
  } else if (EndsTheRun(matrix.status()) && !context.Check().ok()) {
    return matrix.status();
  } else {
    record.judge_error = matrix.status().ToString();
  }
  return OkStatus();
}

Result<RunRecord> AskCase(const Case& one, uint32_t repeat, const RunParts& parts,
                          const RunSettings& settings, const CallContext& context) {
  RunRecord record;
  record.case_id = one.id;
  record.asked = one;
  record.repeat = repeat;
  const Status asked = Caught([&] { return Ask(one, parts, settings, record, context); });
  // An upstream has deadlines of its own: only that of the call ends the run.
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (!asked.ok()) record.error = asked.ToString();
  if (parts.judge != nullptr) {
    QUARRY_RETURN_IF_ERROR(JudgeRecord(one, *parts.judge, record, context));
  }
  QUARRY_RETURN_IF_ERROR(JudgeAgain(one, parts, record, context));
  return record;
}

Result<RunManifest> DescribeRun(const Suite& suite, const RunParts& parts,
                                const RunSettings& settings) {
  RunManifest manifest;
  manifest.suite = suite.name;
  manifest.suite_hash = suite.Hash();
  manifest.cases = static_cast<uint32_t>(CasesToRun(suite.cases).size());
  manifest.repeats = suite.repeats;
  manifest.judgements = static_cast<uint32_t>(1 + parts.judges_again.size());
  manifest.seed = suite.seed;
  manifest.max_words = suite.max_words;
  manifest.gates = suite.gates;
  manifest.collection = parts.snapshot.collection().name;
  manifest.commit = parts.snapshot.commit().value;
  manifest.documents = parts.snapshot.live_documents();
  manifest.chunks = parts.snapshot.live_chunks();
  if (manifest.documents <= kMostHashedDocuments) {
    QUARRY_RETURN_IF_ERROR(
        parts.snapshot.ForEachDocument([&](const index::StoredDocument& document) {
          manifest.content_hashes[document.id] = HashToHex(document.content_hash);
          return true;
        }));
  }
  QUARRY_ASSIGN_OR_RETURN(manifest.answerer,
                          parts.answerer.answerer().ConfigurationFingerprint(settings.query));
  manifest.answerer += std::string("/") + SearchModeName(settings.query.mode) + "/k" +
                       std::to_string(settings.query.k) + "/cache" +
                       std::to_string(static_cast<int>(settings.cache)) +
                       (settings.correct ? "/correct" : "");
  if (parts.snapshot.generation()) {
    manifest.embedder = parts.snapshot.generation()->space.fingerprint;
  }
  manifest.build = BuildId();
  if (parts.judge != nullptr) manifest.judge = parts.judge->fingerprint();
  return manifest;
}

Status RunCases(const std::vector<Case>& cases, const RunManifest& manifest, const RunParts& parts,
                const RunSettings& settings, RunStore& store, const index::Progress& progress,
                const CallContext& context) {
  const std::vector<const Case*> chosen = CasesToRun(cases);
  QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> done, store.PartsWithoutError(manifest.id));
  const std::set<uint32_t> is_done(done.begin(), done.end());
  struct Task {
    const Case* one;
    uint32_t repeat;
    uint32_t part;
  };
  std::vector<Task> tasks;
  for (uint32_t repeat = 0; repeat < manifest.repeats; ++repeat) {
    for (uint32_t i = 0; i < chosen.size(); ++i) {
      const uint32_t part = RecordPart(i, repeat, manifest.repeats);
      if (!is_done.contains(part)) tasks.push_back({chosen[i], repeat, part});
    }
  }
  std::mutex mutex;  // of what follows
  Status failed;
  uint64_t finished = is_done.size();
  const uint64_t total = finished + tasks.size();
  const auto run = [&](const Task& task) {
    {
      const std::lock_guard lock(mutex);
      if (!failed.ok()) return;
    }
    const Result<RunRecord> record = AskCase(*task.one, task.repeat, parts, settings, context);
    Status status = record.status();
    if (status.ok()) status = store.Append(manifest.id, task.part, *record);
    const std::lock_guard lock(mutex);
    if (!status.ok()) {
      if (failed.ok()) failed = status;
      return;
    }
    ++finished;
    if (progress) progress("asking", finished, total);
  };
  {
    ThreadPool pool(std::max<uint32_t>(settings.jobs, 1), 2 * std::max<uint32_t>(settings.jobs, 1));
    for (const Task& task : tasks) {
      pool.Submit([&run, task] { run(task); });
    }
    pool.Wait();
  }
  return failed;
}

}  // namespace quarry::eval
