#include "retrieval/retriever.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/answer_guide.h"
#include "base/text.h"
#include "index/document_fields.h"
#include "model/answer_reasons.h"
#include "retrieval/compounds.h"
#include "retrieval/diversity.h"
#include "retrieval/listwise_reranker.h"
#include "retrieval/neighbours.h"
#include "retrieval/query_terms.h"
#include "retrieval/recency.h"
#include "retrieval/rerank.h"
#include "retrieval/translation.h"

namespace quarry::retrieval {
namespace {

Status CheckQuery(const Query& query) {
  if (Trim(query.text).empty()) return InvalidArgumentError("query: empty; expected a question");
  if (const size_t bad = FindInvalidUtf8(query.text); bad != std::string::npos) {
    return InvalidArgumentError("query: invalid UTF-8 at byte " + std::to_string(bad));
  }
  if (query.k == 0 || query.k > kMaxK) {
    return InvalidArgumentError("k: expected 1 to " + std::to_string(kMaxK) + ", got " +
                                std::to_string(query.k));
  }
  return query.options ? query.options->Validate() : OkStatus();
}

Result<ParsedQuery> Parse(const Query& query) {
  ParsedQuery parsed = query.has_operators ? ParseQuery(query.text) : PlainQuery(query.text);
  if (Trim(parsed.text).empty()) {
    return InvalidArgumentError("query: only excludes; expected something to look for beside it");
  }
  if (parsed.operators() > kMaxOperators) {
    return InvalidArgumentError("query: " + std::to_string(parsed.operators()) +
                                " phrases, signs and prefixes; expected at most " +
                                std::to_string(kMaxOperators));
  }
  return parsed;
}

// Whether vectors of the collection are searched.
Result<bool> UsesDense(const Query& query, const index::Snapshot& snapshot,
                       const RetrievalOptions& options) {
  const bool has_vectors = snapshot.generation().has_value();
  if (query.mode == SearchMode::kDense && !has_vectors) {
    return FailedPreconditionError("mode dense: collection \"" + snapshot.collection().name +
                                   "\" has no vectors yet (it needs at least " +
                                   std::to_string(options.dense_from_chunks) + " chunks)");
  }
  return query.mode == SearchMode::kDense ||
         (query.mode == SearchMode::kHybrid && has_vectors &&
          options.DenseWeightOf(snapshot.collection().name) > 0 &&
          snapshot.live_chunks() >= options.dense_from_chunks);
}

// Those of `allowed` in the language.
Result<index::AllowedRows> OnlyInLanguage(std::string_view language, index::AllowedRows allowed,
                                          const index::Snapshot& snapshot,
                                          const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(index::AllowedRows of_language,
                          snapshot.Allow(index::InLanguage(language), {}, context));
  if (allowed) of_language->IntersectWith(*allowed);
  return of_language;
}

// Without prefixes, which are no words.
std::string TextOfWords(const ParsedQuery& parsed) {
  if (parsed.operators() == 0) return parsed.text;
  std::string text;
  for (const QueryPart& part : parsed.parts) {
    const bool is_word = part.kind != QueryPart::Kind::kPrefix;
    if (is_word && part.role != QueryPart::Role::kExcluded) text += part.text + ' ';
  }
  return text;
}

// What the words are in the other language joins them, where that is searched for.
Status AddTranslations(std::string_view text, Snapshots snapshots, const Analyzer& analyzer,
                       const std::string& only_language, const RetrievalOptions& options,
                       const CallContext& context, std::vector<index::QueryTerm>& terms) {
  StageTimer timer(context, "retrieve.translate");
  QUARRY_ASSIGN_OR_RETURN(std::vector<index::QueryTerm> translated,
                          TranslateTerms(text, terms, snapshots, analyzer, only_language, options));
  std::ranges::move(translated, std::back_inserter(terms));
  return OkStatus();
}

// A chat model's part in one search, which goes on without it.
class ModelCalls {
 public:
  // `language`: that of the notes.
  ModelCalls(const CallContext& context, uint32_t millis, std::string language,
             Retrieved& retrieved)
      : context_(context),
        deadline_(CallContext::Clock::now() + std::chrono::milliseconds(millis)),
        language_(std::move(language)),
        retrieved_(retrieved) {}

  // Where the model fails that is a note. Errors: those of the caller's own context.
  template <typename Call>
  Status Try(const std::string& stage, Call call) {
    StageTimer timer(context_, "retrieve." + stage);
    CallContext limited = context_;
    limited.deadline = std::min(limited.deadline, deadline_);
    limited.trace = nullptr;
    const Status status = call(limited);
    if (status.ok()) return OkStatus();
    QUARRY_RETURN_IF_ERROR(context_.Check());
    retrieved_.notes.push_back(
        model::ReasonText(model::Reason::kStageLeftOut, language_, {stage, status.message()}));
    return OkStatus();
  }

 private:
  const CallContext& context_;
  const CallContext::Clock::time_point deadline_;
  const std::string language_;
  Retrieved& retrieved_;
};

// What the chat model makes of the question, in retrieved.expansions.
Status Expand(const QueryModel& model, const ExpansionOptions& options, bool uses_dense,
              ModelCalls& calls, Retrieved& retrieved) {
  const auto add = [&](Expansion::Kind kind, Result<std::vector<std::string>> texts) {
    if (!texts.ok()) return texts.status();
    for (std::string& text : *texts) retrieved.expansions.push_back({kind, std::move(text)});
    return OkStatus();
  };
  const std::string& question = retrieved.text;
  const auto rephrase = [&](const CallContext& call) {
    return add(Expansion::Kind::kRephrased, model.Rephrase(question, options.multi_query, call));
  };
  const auto decompose = [&](const CallContext& call) {
    return add(Expansion::Kind::kPart, model.Decompose(question, options.decompose, call));
  };
  const auto imagine = [&](const CallContext& call) -> Status {
    QUARRY_ASSIGN_OR_RETURN(std::string passage, model.Imagine(question, call));
    retrieved.expansions.push_back({Expansion::Kind::kImagined, std::move(passage)});
    return OkStatus();
  };
  if (options.multi_query > 0) QUARRY_RETURN_IF_ERROR(calls.Try("rephrase", rephrase));
  if (options.decompose > 0) QUARRY_RETURN_IF_ERROR(calls.Try("decompose", decompose));
  if (options.hyde && uses_dense) QUARRY_RETURN_IF_ERROR(calls.Try("imagine", imagine));
  return OkStatus();
}

}  // namespace

Result<Retrieved> Retriever::Retrieve(const Query& query, const index::Snapshot& snapshot,
                                      const CallContext& context) const {
  const index::Snapshot* const snapshots[] = {&snapshot};
  return RetrieveAcross(query, snapshots, context);
}

Result<Retrieved> Retriever::RetrieveAcross(const Query& query, Snapshots snapshots,
                                            const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckQuery(query));
  if (snapshots.empty()) return InvalidArgumentError("collections: expected at least one");
  QUARRY_RETURN_IF_ERROR(context.Check());
  const RetrievalOptions& options = OptionsOf(query);
  QUARRY_ASSIGN_OR_RETURN(const ParsedQuery parsed, Parse(query));
  if (options.UsesChatModel() && query_model_ == nullptr) {
    return InvalidArgumentError(
        "multi_query, hyde, decompose and rerank_chat need a chat model, and none is configured "
        "(chat.model)");
  }
  Retrieved retrieved;
  ModelCalls calls(context, options.expansion.model_millis, AnswerLanguage(query), retrieved);
  retrieved.text = parsed.text;
  retrieved.lexical = MakeLexicalQuery(analyzer_, parsed);
  retrieved.asked_terms = retrieved.lexical.terms.size();

  std::vector<SearchPart> parts;
  for (const index::Snapshot* snapshot : snapshots) {
    SearchPart& part = parts.emplace_back();
    part.snapshot = snapshot;
    part.only_other_language = !query.only_language.empty();
    QUARRY_ASSIGN_OR_RETURN(part.uses_dense, UsesDense(query, *snapshot, options));
    StageTimer timer(context, "retrieve.filter");
    QUARRY_ASSIGN_OR_RETURN(part.allowed, snapshot->Allow(query.filter, query.principals, context));
    if (part.only_other_language) {
      QUARRY_ASSIGN_OR_RETURN(
          part.allowed,
          OnlyInLanguage(query.only_language, std::move(part.allowed), *snapshot, context));
    }
    QUARRY_ASSIGN_OR_RETURN(
        part.allowed,
        snapshot->Restrict(std::move(part.allowed), retrieved.lexical, analyzer_, context));
  }

  const std::string words = TextOfWords(parsed);
  std::vector<index::QueryTerm> compounds =
      CompoundTerms(words, retrieved.lexical.terms, snapshots, analyzer_);
  QUARRY_RETURN_IF_ERROR(AddTranslations(words, snapshots, analyzer_, query.only_language, options,
                                         context, retrieved.lexical.terms));
  std::ranges::move(compounds, std::back_inserter(retrieved.lexical.terms));

  std::string dense_text = parsed.text;
  if (options.UsesChatModel()) {
    const bool uses_dense = std::ranges::any_of(parts, &SearchPart::uses_dense);
    QUARRY_RETURN_IF_ERROR(Expand(*query_model_, options.expansion, uses_dense, calls, retrieved));
    for (const Expansion& made : retrieved.expansions) {
      if (made.kind == Expansion::Kind::kImagined) dense_text += '\n' + made.text;
    }
  }

  HybridSearch search(std::move(parts), options, embedders_,
                      std::max(options.leg_documents, query.k));
  const bool uses_lexical = query.mode != SearchMode::kDense;
  const auto run = [&](std::span<const index::QueryTerm> terms, const std::string& text,
                       const CallContext& call) -> Result<std::vector<RankedHit>> {
    QUARRY_RETURN_IF_ERROR(uses_lexical ? search.SearchBoth(terms, text, leg_threads_, call)
                                        : search.SearchDense(text, terms, call));
    return search.Fuse(call);
  };
  QUARRY_ASSIGN_OR_RETURN(std::vector<RankedHit> hits,
                          run(retrieved.lexical.terms, dense_text, context));
  retrieved.used_lexical = search.used_lexical();
  retrieved.used_dense = search.used_dense();

  if (options.feedback.enabled && uses_lexical) {
    {
      StageTimer timer(context, "retrieve.feedback");
      QUARRY_ASSIGN_OR_RETURN(retrieved.feedback,
                              TermsOfFeedback(snapshots, hits, options.feedback));
    }
    if (!retrieved.feedback.empty()) {
      retrieved.lexical.terms =
          AddFeedback(retrieved.lexical.terms, retrieved.feedback, options.feedback);
      QUARRY_RETURN_IF_ERROR(search.SearchLexical(retrieved.lexical.terms, context));
      hits = search.Fuse(context);
    }
  }
  retrieved.statistics = search.statistics();

  const bool reranks = options.rerank.enabled && (options.rerank.chat || reranker_ != nullptr);
  const bool has_stages = !retrieved.expansions.empty() || options.hops.hops > 1 || reranks ||
                          !options.recency.field.empty() || options.diversity.weight > 0;
  if (has_stages) RecordStep(ScoreStep::Stage::kFusion, hits);
  // Within a stage that has a time of its own.
  CallContext untraced = context;
  untraced.trace = nullptr;
  const auto search_text = [&](const std::string& text) -> Result<std::vector<RankedHit>> {
    std::vector<index::QueryTerm> terms = MakeLexicalQuery(analyzer_, PlainQuery(text)).terms;
    QUARRY_RETURN_IF_ERROR(
        AddTranslations(text, snapshots, analyzer_, query.only_language, options, untraced, terms));
    return run(terms, text, untraced);
  };
  if (!retrieved.expansions.empty()) {
    StageTimer timer(context, "retrieve.expansion");
    std::vector<ExpansionHits> searches;
    for (const Expansion& made : retrieved.expansions) {
      if (made.kind == Expansion::Kind::kImagined) continue;
      QUARRY_ASSIGN_OR_RETURN(std::vector<RankedHit> found, search_text(made.text));
      searches.push_back({made.kind, std::move(found)});
    }
    if (!searches.empty()) {
      JoinExpansions(snapshots, searches, hits);
      RecordStep(ScoreStep::Stage::kExpansion, hits);
    }
  }
  if (options.hops.hops > 1) {
    QUARRY_RETURN_IF_ERROR(FollowNames(parsed.text, snapshots, analyzer_, options.hops, search_text,
                                       context, hits, retrieved.hops));
  }
  if (reranks && options.rerank.chat) {
    const ListwiseReranker by_chat(*query_model_);
    const auto rerank = [&](const CallContext& call) {
      return Rerank(parsed.text, snapshots, by_chat, options.rerank, call, hits);
    };
    QUARRY_RETURN_IF_ERROR(calls.Try("rerank", rerank));
  } else if (reranks) {
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> model, reranker_->Get());
    QUARRY_RETURN_IF_ERROR(Rerank(parsed.text, snapshots, *model, options.rerank, context, hits));
  }
  if (!options.recency.field.empty()) {
    QUARRY_RETURN_IF_ERROR(BoostRecent(snapshots, options.recency, context, hits));
  }
  if (options.collapse > 0) {
    // Diversity chooses among distinct ones.
    const uint32_t candidates = options.diversity.weight > 0 ? options.diversity.candidates : 0;
    QUARRY_ASSIGN_OR_RETURN(retrieved.collapsed,
                            Collapse(snapshots, analyzer_, options.collapse,
                                     std::max(query.k, candidates), context, hits));
  }
  if (options.diversity.weight > 0) {
    QUARRY_RETURN_IF_ERROR(Diversify(snapshots, options.diversity, context, hits));
  }
  if (hits.size() > query.k) {
    const auto end = hits.begin() + query.k;
    retrieved.cut.assign(std::make_move_iterator(end), std::make_move_iterator(hits.end()));
    hits.erase(end, hits.end());
  }
  if (options.section_tokens > 0) {
    QUARRY_ASSIGN_OR_RETURN(
        hits, AddSections(snapshots, options.section_tokens, context, std::move(hits)));
  } else if (options.neighbours > 0) {
    hits = AddNeighbours(snapshots, options.neighbours, std::move(hits));
  }
  retrieved.notes.insert(retrieved.notes.end(), search.notes().begin(), search.notes().end());
  retrieved.hits = std::move(hits);
  return retrieved;
}

Result<std::string> Retriever::ModelFingerprint(const RetrievalOptions& options) const {
  std::string fingerprint;
  if (reranker_ != nullptr) {
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reranker,
                            reranker_->Get());
    fingerprint = reranker->fingerprint();
  }
  if (query_model_ != nullptr && options.UsesChatModel()) {
    fingerprint += '/' + query_model_->fingerprint();
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string translation, TranslationFingerprint(options));
  if (!translation.empty()) fingerprint += '/' + translation;
  return fingerprint;
}

Result<std::vector<Passage>> ReadPassages(Snapshots snapshots, const std::vector<RankedHit>& hits) {
  std::vector<Passage> passages;
  passages.reserve(hits.size());
  for (const RankedHit& ranked : hits) {
    QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshots[ranked.collection]->ReadPassage(ranked.row));
    passage.score = ranked.hit.score;
    passage.breakdown = ranked.hit.breakdown;
    passages.push_back(std::move(passage));
  }
  return passages;
}

Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits) {
  const index::Snapshot* const snapshots[] = {&snapshot};
  return ReadPassages(snapshots, hits);
}

}  // namespace quarry::retrieval
