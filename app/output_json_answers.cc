#include "app/engine.h"
#include "app/json_line.h"
#include "app/output_json.h"

namespace quarry::app {
namespace {

Json ToJson(const std::vector<Trace::Stage>& stages) {
  Json json = Json::object();
  for (const Trace::Stage& stage : stages) json[stage.name] = stage.micros;
  return json;
}

Json ToJson(const ScoreBreakdown& breakdown) {
  Json json = Json::object();
  if (breakdown.lexical_rank != 0) {
    json["lexical"] = {{"rank", breakdown.lexical_rank},
                       {"score", breakdown.lexical_score},
                       {"part", breakdown.lexical_part}};
  }
  if (breakdown.dense_rank != 0) {
    json["dense"] = {{"rank", breakdown.dense_rank},
                     {"score", breakdown.dense_score},
                     {"part", breakdown.dense_part}};
  }
  return json;
}

Json ToJson(const Passage& passage) {
  Json json;
  json["score"] = passage.score;
  json["document"] = passage.chunk.document;
  json["title"] = passage.title;
  json["uri"] = passage.uri;
  json["chunk"] = passage.chunk.id.value;
  json["ordinal"] = passage.chunk.ordinal;
  for (const PassagePart& part : passage.parts) json["chunks"].push_back(part.chunk.value);
  AddSpan(passage.chunk.span, json);
  json["text"] = passage.chunk.text;
  json["language"] = passage.language;
  json["metadata"] = MetadataJson(passage.metadata);
  return json;
}

Json ToJson(const index::TermContribution& term) {
  Json json = {{"term", term.term},   {"query_count", term.query_count},
               {"count", term.count}, {"document_frequency", term.document_frequency},
               {"idf", term.idf},     {"score", term.score}};
  if (term.translated) json["translated"] = true;
  if (term.prefix || term.translated) json["matched"] = term.matched;
  return json;
}

Json ToJson(const retrieval::OtherPlace& place) {
  return {{"document", place.document},
          {"chunk", place.chunk.value},
          {"ordinal", place.ordinal},
          {"similarity", place.similarity}};
}

Json ToJson(const ScoreStep& step) {
  Json json = {{"stage", StageName(step.stage)}, {"rank", step.rank}, {"score", step.score}};
  if (!step.judged) json["judged"] = false;
  return json;
}

Json ToJson(const retrieval::LegPlace& place) {
  Json json = {{"rank", place.rank}, {"score", place.score}, {"brought", place.brought}};
  if (place.rank == 0) json["rank"] = nullptr;
  return json;
}

Json ToJson(const retrieval::Absence& absence, const std::string& dropped) {
  Json json = {{"document", absence.document},
               {"reason", AbsenceReasonName(absence.reason)},
               {"text", absence.text}};
  if (absence.rank != 0) json["rank"] = absence.rank;
  if (!absence.nearest.empty()) json["nearest"] = absence.nearest;
  if (!absence.conditions.empty()) json["conditions"] = absence.conditions;
  if (absence.lexical.searched) json["lexical"] = ToJson(absence.lexical);
  if (absence.dense.searched) json["dense"] = ToJson(absence.dense);
  for (const index::TermContribution& term : absence.terms) json["terms"].push_back(ToJson(term));
  for (const ScoreStep& step : absence.steps) json["steps"].push_back(ToJson(step));
  if (!dropped.empty()) json["dropped"] = dropped;
  return json;
}

Json NamesOf(const std::vector<index::WordCondition>& conditions) {
  Json json = Json::array();
  for (const index::WordCondition& condition : conditions) json.push_back(condition.name);
  return json;
}

Json ToJson(const CacheReport& cache) {
  Json json = {{"kind", CacheKindName(cache.kind)}, {"hit", cache.hit()}};
  if (!cache.reason.empty()) json["reason"] = cache.reason;
  if (!cache.hit()) return json;
  json["entry"] = cache.entry.value;
  json["question"] = cache.question;
  json["similarity"] = cache.similarity;
  json["age_seconds"] = cache.age_seconds;
  json["verified_by"] = cache.verified_by;
  return json;
}

Json ToJson(const Citation& citation) {
  Json json;
  json["passage"] = citation.passage;
  json["document"] = citation.document;
  json["chunk"] = citation.chunk.value;
  json["answer_begin"] = citation.answer_span.begin;
  json["answer_end"] = citation.answer_span.end;
  AddSpan(citation.source, json);
  json["quote"] = citation.quote;
  return json;
}

}  // namespace

std::string SearchJson(const SearchResult& result) {
  Json json;
  json["query"] = result.query.text;
  if (result.collections.empty()) {
    json["collection"] = result.collection;
  } else {
    json["collections"] = result.collections;
  }
  json["mode"] = SearchModeName(result.query.mode);
  json["k"] = result.query.k;
  json["used_lexical"] = result.used_lexical;
  json["used_dense"] = result.used_dense;
  if (result.explain) {
    json["required"] = NamesOf(result.lexical.required);
    json["excluded"] = NamesOf(result.lexical.excluded);
    for (const retrieval::WeightedTerm& term : result.feedback) {
      json["feedback"].push_back({{"term", term.term}, {"weight", term.weight}});
    }
    for (const retrieval::Expansion& made : result.expansions) {
      json["expansions"].push_back(
          {{"kind", retrieval::ExpansionKindName(made.kind)}, {"text", made.text}});
    }
    for (const retrieval::Hop& hop : result.hops) {
      json["hops"].push_back({{"hop", hop.hop}, {"name", hop.name}, {"document", hop.document}});
    }
  }
  if (!result.notes.empty()) json["notes"] = result.notes;
  json["hits"] = Json::array();
  for (size_t i = 0; i < result.items.size(); ++i) {
    const SearchResult::Item& item = result.items[i];
    Json hit = {{"rank", i + 1}};
    if (item.is_neighbour) hit["neighbour"] = true;
    if (item.hop != 0) hit["by_name"] = result.hops[item.hop - 1].name;
    if (!item.collection.empty()) hit["collection"] = item.collection;
    hit.update(ToJson(item.passage));
    for (const retrieval::OtherPlace& place : item.also_in) {
      Json other = ToJson(place);
      if (!result.collections.empty()) other["collection"] = result.collections[place.collection];
      hit["also_in"].push_back(std::move(other));
    }
    hit["snippet"] = item.snippet.text;
    if (result.explain) {
      Json explain = ToJson(item.passage.breakdown);
      for (const ScoreStep& step : item.steps) {
        if (step.stage == ScoreStep::Stage::kFusion) explain["fused_score"] = step.score;
        if (step.stage == ScoreStep::Stage::kRerank && step.judged) {
          explain["rerank_score"] = step.score;
        }
        explain["steps"].push_back(ToJson(step));
      }
      explain["terms"] = Json::array();
      for (const index::TermContribution& term : item.terms) {
        explain["terms"].push_back(ToJson(term));
      }
      hit["explain"] = std::move(explain);
    }
    json["hits"].push_back(std::move(hit));
  }
  if (result.absence) json["why"] = ToJson(*result.absence, result.dropped);
  json["timings_us"] = ToJson(result.timings);
  return Line(json);
}

std::string AnswerJson(const AnswerResult& result) {
  const Answer& answer = result.answer;
  Json json;
  json["question"] = result.question;
  json["collection"] = result.collection;
  json["answer"] = answer.text;
  json["kind"] = ReplyKindName(answer.kind);
  json["standalone"] = answer.standalone;
  json["abstained"] = answer.abstained;
  json["verdict"] = {{"label", SupportName(answer.verdict.label)},
                     {"score", answer.verdict.score},
                     {"reason", answer.verdict.reason}};
  json["citations"] = Json::array();
  for (const Citation& citation : answer.citations) {
    Json cited = ToJson(citation);
    const Passage& passage = answer.context.passages[citation.passage - 1];
    cited["title"] = passage.title;
    cited["uri"] = passage.uri;
    json["citations"].push_back(std::move(cited));
  }
  if (result.show_context) {
    Json context = {{"tokens", answer.context.token_count},
                    {"passages", Json::array()},
                    {"dropped", Json::array()}};
    for (const Passage& passage : answer.context.passages) {
      context["passages"].push_back(ToJson(passage));
    }
    for (const DroppedPassage& dropped : answer.context.dropped) {
      context["dropped"].push_back(
          {{"chunk", dropped.chunk.value}, {"document", dropped.document}, {"why", dropped.why}});
    }
    json["context"] = std::move(context);
  }
  json["sentences"] = Json::array();
  for (const SentenceVerdict& sentence : answer.sentences) {
    json["sentences"].push_back({{"begin", sentence.span.begin},
                                 {"end", sentence.span.end},
                                 {"label", SupportName(sentence.verdict.label)},
                                 {"score", sentence.verdict.score},
                                 {"reason", sentence.verdict.reason}});
  }
  json["model"] = answer.model;
  json["note"] = answer.note;
  if (!answer.tools.empty()) json["tool_calls"] = Json::array();
  for (const ToolUse& use : answer.tools) {
    json["tool_calls"].push_back({{"name", use.name},
                                  {"arguments", use.arguments},
                                  {"result", use.result},
                                  {"failed", use.failed},
                                  {"us", use.micros}});
    if (!use.svg.empty()) json["tool_calls"].back()["svg"] = use.svg;
  }
  json["usage"] = {{"prompt_tokens", answer.usage.prompt_tokens},
                   {"completion_tokens", answer.usage.completion_tokens},
                   {"cost", answer.usage.cost}};
  json["commit"] = answer.commit.value;
  json["fingerprint"] = answer.fingerprint;
  json["cache"] = ToJson(answer.cache);
  json["timings_us"] = ToJson(answer.timings);
  return Line(json);
}

}  // namespace quarry::app
