#include "server/api_json.h"

#include "base/clock.h"
#include "base/hash.h"

namespace quarry::server {
namespace {

void AddSpan(const SourceSpan& span, JsonWriter& json) {
  json.Key("begin").Uint(span.begin).Key("end").Uint(span.end);
  if (span.page != 0) json.Key("page").Uint(span.page);
  if (!span.heading_path.empty()) WriteStrings(span.heading_path, json.Key("heading_path"));
}

struct MetadataWriter {
  JsonWriter& json;
  void operator()(bool value) const { json.Bool(value); }
  void operator()(double value) const { json.Double(value); }
  void operator()(const std::string& value) const { json.String(value); }
  void operator()(const std::vector<std::string>& value) const { WriteStrings(value, json); }
};

void WriteLeg(const char* name, uint32_t rank, double score, double part, JsonWriter& json) {
  if (rank == 0) return;
  json.Key(name).BeginObject().Key("rank").Uint(rank);
  json.Key("score").Double(score).Key("part").Double(part).EndObject();
}

void WriteSteps(const std::vector<ScoreStep>& steps, JsonWriter& json) {
  json.BeginArray();
  for (const ScoreStep& step : steps) {
    json.BeginObject().Key("stage").String(StageName(step.stage)).Key("rank").Uint(step.rank);
    json.Key("score").Double(step.score);
    if (!step.judged) json.Key("judged").Bool(false);
    json.EndObject();
  }
  json.EndArray();
}

void WriteTerms(const std::vector<index::TermContribution>& terms, JsonWriter& json) {
  json.BeginArray();
  for (const index::TermContribution& term : terms) {
    json.BeginObject().Key("term").String(term.term).Key("query_count").Uint(term.query_count);
    json.Key("count").Uint(term.count);
    json.Key("document_frequency").Uint(term.document_frequency);
    json.Key("idf").Double(term.idf).Key("score").Double(term.score);
    if (term.translated) json.Key("translated").Bool(true);
    if (term.prefix || term.translated) WriteStrings(term.matched, json.Key("matched"));
    json.EndObject();
  }
  json.EndArray();
}

void WriteExplanation(const ScoreBreakdown& breakdown, const Explanation& explanation,
                      JsonWriter& json) {
  json.BeginObject();
  for (const ScoreStep& step : explanation.steps) {
    if (step.stage == ScoreStep::Stage::kFusion) json.Key("fused_score").Double(step.score);
    if (step.stage == ScoreStep::Stage::kRerank && step.judged) {
      json.Key("rerank_score").Double(step.score);
    }
  }
  if (!explanation.steps.empty()) WriteSteps(explanation.steps, json.Key("steps"));
  WriteLeg("lexical", breakdown.lexical_rank, breakdown.lexical_score, breakdown.lexical_part,
           json);
  WriteLeg("dense", breakdown.dense_rank, breakdown.dense_score, breakdown.dense_part, json);
  WriteTerms(explanation.terms, json.Key("terms"));
  json.EndObject();
}

void WriteAlsoIn(const PassageView& view, JsonWriter& json) {
  json.BeginArray();
  for (const retrieval::OtherPlace& place : view.also_in) {
    json.BeginObject();
    if (view.names != nullptr) json.Key("collection").String((*view.names)[place.collection]);
    json.Key("document").String(place.document).Key("chunk").Uint(place.chunk.value);
    json.Key("ordinal").Uint(place.ordinal).Key("similarity").Double(place.similarity).EndObject();
  }
  json.EndArray();
}

void AddDropped(const Context& context, JsonWriter& json) {
  json.Key("dropped").BeginArray();
  for (const DroppedPassage& dropped : context.dropped) {
    json.BeginObject().Key("chunk").Uint(dropped.chunk.value);
    json.Key("document").String(dropped.document).Key("why").String(dropped.why).EndObject();
  }
  json.EndArray();
}

void WriteContext(const Context& context, JsonWriter& json) {
  json.BeginObject().Key("tokens").Uint(context.token_count).Key("passages").BeginArray();
  for (const Passage& passage : context.passages) WritePassage(passage, {}, json);
  json.EndArray();
  AddDropped(context, json);
  json.EndObject();
}

void WritePlace(const char* name, const retrieval::LegPlace& place, JsonWriter& json) {
  if (!place.searched) return;
  json.Key(name).BeginObject().Key("rank");
  place.rank == 0 ? json.Null() : json.Uint(place.rank);
  json.Key("score").Double(place.score).Key("brought").Uint(place.brought).EndObject();
}

// `passage` is what citation.passage numbers.
void WriteCitation(const Citation& citation, const Passage& passage, JsonWriter& json) {
  json.BeginObject();
  json.Key("passage").Uint(citation.passage).Key("document").String(citation.document);
  json.Key("chunk").Uint(citation.chunk.value);
  json.Key("answer_begin").Uint(citation.answer_span.begin);
  json.Key("answer_end").Uint(citation.answer_span.end);
  AddSpan(citation.source, json);
  json.Key("quote").String(citation.quote);
  json.Key("title").String(passage.title).Key("uri").String(passage.uri).EndObject();
}

void WriteVerdict(const Verdict& verdict, JsonWriter& json) {
  json.BeginObject().Key("label").String(SupportName(verdict.label));
  json.Key("score").Double(verdict.score).Key("reason").String(verdict.reason).EndObject();
}

// "memory" of an answer, into an object that is open; nothing where no turn was before it.
void WriteMemory(const MemoryReport& memory, JsonWriter& json) {
  if (memory.turns + memory.dropped == 0) return;
  json.Key("memory").BeginObject().Key("turns").Uint(memory.turns);
  json.Key("condensed").Uint(memory.condensed).Key("dropped").Uint(memory.dropped);
  json.Key("tokens").Uint(memory.tokens).EndObject();
}

}  // namespace

void WriteStrings(const std::vector<std::string>& strings, JsonWriter& json) {
  json.BeginArray();
  for (const std::string& text : strings) json.String(text);
  json.EndArray();
}

void WriteMetadata(const Metadata& metadata, JsonWriter& json) {
  json.BeginObject();
  for (const auto& [key, value] : metadata) WriteMetadataValue(value, json.Key(key));
  json.EndObject();
}

void WriteMetadataValue(const MetadataValue& value, JsonWriter& json) {
  std::visit(MetadataWriter{json}, value);
}

void WriteTimings(const std::vector<Trace::Stage>& stages, JsonWriter& json) {
  json.BeginObject();
  for (const Trace::Stage& stage : stages) json.Key(stage.name).Double(stage.micros);
  json.EndObject();
}

void WritePassage(const Passage& passage, const PassageView& view, JsonWriter& json) {
  json.BeginObject();
  if (view.rank != 0) json.Key("rank").Uint(view.rank);
  if (view.is_neighbour) json.Key("neighbour").Bool(true);
  if (!view.by_name.empty()) json.Key("by_name").String(view.by_name);
  json.Key("score").Double(passage.score);
  if (!view.collection.empty()) json.Key("collection").String(view.collection);
  json.Key("document").String(passage.chunk.document);
  json.Key("title").String(passage.title).Key("uri").String(passage.uri);
  json.Key("chunk").Uint(passage.chunk.id.value).Key("ordinal").Uint(passage.chunk.ordinal);
  if (!passage.parts.empty()) {
    json.Key("chunks").BeginArray();
    for (const PassagePart& part : passage.parts) json.Uint(part.chunk.value);
    json.EndArray();
  }
  AddSpan(passage.chunk.span, json);
  json.Key("text").String(passage.chunk.text);
  if (view.highlights != nullptr) {
    json.Key("highlights").BeginArray();
    for (const TextRange& range : *view.highlights) {
      json.BeginArray().Uint(range.begin).Uint(range.end).EndArray();
    }
    json.EndArray();
  }
  json.Key("language").String(passage.language);
  WriteMetadata(passage.metadata, json.Key("metadata"));
  if (!view.also_in.empty()) WriteAlsoIn(view, json.Key("also_in"));
  if (view.explanation != nullptr) {
    WriteExplanation(passage.breakdown, *view.explanation, json.Key("explain"));
  }
  json.EndObject();
}

void WriteExpansion(const retrieval::Retrieved& retrieved, JsonWriter& json) {
  if (!retrieved.feedback.empty()) {
    json.Key("feedback").BeginArray();
    for (const retrieval::WeightedTerm& term : retrieved.feedback) {
      json.BeginObject().Key("term").String(term.term);
      json.Key("weight").Double(term.weight).EndObject();
    }
    json.EndArray();
  }
  if (!retrieved.expansions.empty()) {
    json.Key("expansions").BeginArray();
    for (const retrieval::Expansion& made : retrieved.expansions) {
      json.BeginObject().Key("kind").String(retrieval::ExpansionKindName(made.kind));
      json.Key("text").String(made.text).EndObject();
    }
    json.EndArray();
  }
  if (!retrieved.hops.empty()) {
    json.Key("hops").BeginArray();
    for (const retrieval::Hop& hop : retrieved.hops) {
      json.BeginObject().Key("hop").Uint(hop.hop).Key("name").String(hop.name);
      json.Key("document").String(hop.document).EndObject();
    }
    json.EndArray();
  }
}

void WriteContextPlan(const Context& context, JsonWriter& json) {
  json.BeginObject().Key("tokens").Uint(context.token_count).Key("passages").BeginArray();
  for (size_t i = 0; i < context.passages.size(); ++i) {
    const Passage& passage = context.passages[i];
    json.BeginObject().Key("number").Uint(i + 1).Key("document").String(passage.chunk.document);
    json.Key("heading").String(PassageHeading(passage, static_cast<uint32_t>(i + 1)));
    json.Key("tokens").Uint(passage.chunk.token_count).Key("chunks").BeginArray();
    for (const ChunkId chunk : ChunksOf(passage)) json.Uint(chunk.value);
    json.EndArray().EndObject();
  }
  json.EndArray();
  AddDropped(context, json);
  json.EndObject();
}

void WriteAbsence(const retrieval::Absence& absence, const Context* context, JsonWriter& json) {
  json.BeginObject().Key("document").String(absence.document);
  json.Key("reason").String(AbsenceReasonName(absence.reason)).Key("text").String(absence.text);
  if (absence.rank != 0) json.Key("rank").Uint(absence.rank);
  if (!absence.nearest.empty()) WriteStrings(absence.nearest, json.Key("nearest"));
  if (!absence.conditions.empty()) WriteStrings(absence.conditions, json.Key("conditions"));
  WritePlace("lexical", absence.lexical, json);
  WritePlace("dense", absence.dense, json);
  if (!absence.terms.empty()) WriteTerms(absence.terms, json.Key("terms"));
  if (!absence.steps.empty()) WriteSteps(absence.steps, json.Key("steps"));
  if (context != nullptr && absence.reason == retrieval::Absence::Reason::kFound) {
    const std::string dropped = DroppedText(*context, absence.document);
    if (!dropped.empty()) json.Key("dropped").String(dropped);
  }
  json.EndObject();
}

void WriteConditions(const std::vector<index::WordCondition>& conditions, JsonWriter& json) {
  json.BeginArray();
  for (const index::WordCondition& condition : conditions) json.String(condition.name);
  json.EndArray();
}

void WriteCitations(const Answer& answer, JsonWriter& json) {
  json.BeginArray();
  for (const Citation& citation : answer.citations) {
    WriteCitation(citation, answer.context.passages[citation.passage - 1], json);
  }
  json.EndArray();
}

void WriteSentences(const Answer& answer, JsonWriter& json) {
  json.BeginArray();
  for (const SentenceVerdict& sentence : answer.sentences) {
    json.BeginObject().Key("begin").Uint(sentence.span.begin).Key("end").Uint(sentence.span.end);
    json.Key("label").String(SupportName(sentence.verdict.label));
    json.Key("score").Double(sentence.verdict.score);
    json.Key("reason").String(sentence.verdict.reason).EndObject();
  }
  json.EndArray();
}

void WriteCache(const CacheReport& cache, JsonWriter& json) {
  json.BeginObject().Key("kind").String(CacheKindName(cache.kind)).Key("hit").Bool(cache.hit());
  if (!cache.reason.empty()) json.Key("reason").String(cache.reason);
  if (cache.hit()) {
    json.Key("entry").Uint(cache.entry.value).Key("question").String(cache.question);
    json.Key("similarity").Double(cache.similarity);
    json.Key("age_seconds").Int(cache.age_seconds);
    json.Key("verified_by").String(cache.verified_by);
  }
  json.EndObject();
}

void WriteCollectionStats(const index::CollectionStats& stats, bool embedding, JsonWriter& json) {
  json.BeginObject().Key("name").String(stats.collection.name);
  json.Key("documents").Uint(stats.documents).Key("chunks").Uint(stats.chunks);
  json.Key("tokens").Uint(stats.tokens).Key("pending_vectors").Uint(stats.pending_vectors);
  json.Key("embedding").Bool(embedding);
  json.Key("commit").Uint(stats.commit.value);
  json.Key("created_at").String(FormatIso8601(stats.collection.created_micros));
  json.Key("embedder").String(stats.embedder).Key("vector_index").String(stats.vector_index);
  json.Key("lexical_bytes").Uint(stats.lexical_bytes);
  json.Key("lexical_mapped_bytes").Uint(stats.lexical_mapped_bytes);
  json.Key("vector_bytes").Uint(stats.vector_bytes);
  json.Key("vector_mapped_bytes").Uint(stats.vector_mapped_bytes);
  json.Key("row_bytes").Uint(stats.row_bytes).Key("row_mapped_bytes").Uint(stats.row_mapped_bytes);
  json.Key("disk").BeginObject().Key("documents").Uint(stats.disk.documents);
  json.Key("chunks").Uint(stats.disk.chunks).Key("terms").Uint(stats.disk.terms);
  json.Key("vectors").Uint(stats.disk.vectors).Key("change_log").Uint(stats.disk.change_log);
  json.Key("other").Uint(stats.disk.other).EndObject();
  json.Key("derived").BeginObject();
  for (const auto& [role, bytes] : stats.derived) json.Key(role).Uint(bytes);
  json.EndObject();
  json.Key("previous_generation").Uint(stats.previous_generation.value);
  json.Key("previous_bytes").Uint(stats.previous_bytes);
  json.Key("bm25").BeginObject();
  json.Key("k1").Double(stats.collection.k1).Key("b").Double(stats.collection.b);
  json.Key("title_weight").Uint(stats.collection.title_weight);
  json.EndObject();
  if (const auto& vectors = stats.collection.vectors) {
    json.Key("vectors").BeginObject();
    json.Key("kind").String(VectorIndexKindName(vectors->kind));
    json.Key("codes").String(VectorCodeKindName(vectors->codes));
    json.Key("hnsw_links").Uint(vectors->hnsw_links);
    json.Key("hnsw_build_width").Uint(vectors->hnsw_build_width);
    json.Key("target_recall").Double(vectors->target_recall).EndObject();
  }
  const index::MaintenanceStats& maintenance = stats.maintenance;
  json.Key("maintenance").BeginObject();
  json.Key("pending").String(maintenance.pending).Key("error").String(maintenance.error);
  json.Key("rows").Uint(maintenance.rows).Key("dead_rows").Uint(maintenance.dead_rows);
  json.Key("segments").Uint(maintenance.segments);
  json.Key("postings_rows").Uint(maintenance.slots);
  json.Key("dead_postings_rows").Uint(maintenance.dead_slots);
  json.Key("vectors").Uint(maintenance.vector_entries);
  json.Key("fresh_vectors").Uint(maintenance.fresh_vectors);
  json.Key("dead_vectors").Uint(maintenance.dead_vectors);
  json.EndObject().EndObject();
}

void WriteChunk(const index::StoredChunk& chunk, JsonWriter& json) {
  json.BeginObject().Key("id").Uint(chunk.id.value).Key("ordinal").Uint(chunk.ordinal);
  AddSpan(chunk.span, json);
  json.Key("tokens").Uint(chunk.token_count).Key("text").String(chunk.text).EndObject();
}

void AddDocumentFields(const index::StoredDocument& document, JsonWriter& json) {
  json.Key("id").String(document.id).Key("title").String(document.title);
  json.Key("uri").String(document.uri).Key("media_type").String(document.media_type);
  json.Key("language").String(document.language).Key("chunks").Uint(document.chunks.size());
  json.Key("text_bytes").Uint(document.text_bytes);
  json.Key("indexed_at").String(FormatIso8601(document.indexed_micros));
  json.Key("commit").Uint(document.commit.value).Key("root").String(document.root);
  json.Key("content_hash").String(HashToHex(document.content_hash));
  WriteMetadata(document.metadata, json.Key("metadata"));
  if (!document.access.empty()) WriteStrings(document.access, json.Key("access"));
}

void WriteAttempts(const Answer& answer, JsonWriter& json) {
  if (answer.attempts.empty()) return;
  json.Key("attempts").BeginArray();
  for (const AnswerAttempt& attempt : answer.attempts) {
    json.BeginObject().Key("model").String(attempt.model);
    json.Key("prompt_tokens").Uint(attempt.usage.prompt_tokens);
    json.Key("completion_tokens").Uint(attempt.usage.completion_tokens);
    json.Key("cost").Double(attempt.usage.cost);
    WriteVerdict(attempt.verdict, json.Key("verdict"));
    json.Key("rejected").String(attempt.rejected).EndObject();
  }
  json.EndArray();
}

void WriteTools(const std::vector<ToolUse>& tools, JsonWriter& json) {
  json.BeginArray();
  for (const ToolUse& use : tools) {
    json.BeginObject().Key("name").String(use.name).Key("arguments").String(use.arguments);
    json.Key("result").String(use.result).Key("failed").Bool(use.failed);
    if (!use.svg.empty()) json.Key("svg").String(use.svg);
    json.Key("us").Uint(use.micros).EndObject();
  }
  json.EndArray();
}

void WriteReply(const Answer& answer, JsonWriter& json) {
  json.Key("kind").String(ReplyKindName(answer.kind));
  json.Key("standalone").String(answer.standalone);
  WriteMemory(answer.memory, json);
  json.Key("abstained").Bool(answer.abstained);
  WriteVerdict(answer.verdict, json.Key("verdict"));
  WriteCitations(answer, json.Key("citations"));
}

void WriteAnswer(const AnswerView& view, JsonWriter& json) {
  const Answer& answer = view.answer;
  json.BeginObject();
  if (!view.id.empty()) json.Key("id").String(view.id);
  json.Key("question").String(view.question);
  json.Key("collection").String(view.collection).Key("answer").String(answer.text);
  WriteReply(answer, json);
  if (view.with_context) WriteContext(answer.context, json.Key("context"));
  WriteSentences(answer, json.Key("sentences"));
  json.Key("model").String(answer.model).Key("note").String(answer.note);
  if (!answer.tools.empty()) WriteTools(answer.tools, json.Key("tool_calls"));
  json.Key("usage").BeginObject();
  json.Key("prompt_tokens").Uint(answer.usage.prompt_tokens);
  json.Key("completion_tokens").Uint(answer.usage.completion_tokens);
  json.Key("cost").Double(answer.usage.cost).EndObject();
  WriteAttempts(answer, json);
  json.Key("commit").Uint(answer.commit.value).Key("fingerprint").String(answer.fingerprint);
  WriteCache(answer.cache, json.Key("cache"));
  WriteTimings(answer.timings, json.Key("timings_us"));
  json.EndObject();
}

}  // namespace quarry::server
