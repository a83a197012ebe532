#include "eval/engine_replayer.h"

#include <algorithm>
#include <set>

#include "base/answer_guide.h"
#include "generation/model_writer.h"
#include "retrieval/absence.h"

namespace quarry::eval {
namespace {

bool Overlaps(const SourceSpan& span, uint64_t begin, uint64_t end) {
  return span.begin < end && begin < span.end;
}

// Whether a gold passage was found and did not come into the prompt.
bool WasCut(const RunRecord& record) {
  const auto holds = [](const ResolvedSpan& gold) {
    return [&gold](const auto& one) {
      return one.document == gold.span.document && one.begin < gold.span.end &&
             gold.span.begin < one.end;
    };
  };
  return std::ranges::any_of(record.gold_spans, [&](const ResolvedSpan& gold) {
    return gold.present && std::ranges::any_of(record.candidates, holds(gold)) &&
           std::ranges::none_of(record.passages, holds(gold));
  });
}

// The chunks that hold the gold passages, as passages in the order of the spans; each once. Empty
// where none is in the corpus.
Result<Context> GoldContext(const Case& one, const index::Snapshot& snapshot) {
  Context context;
  std::set<ChunkId> taken;
  for (const GoldSpan& span : one.gold_spans) {
    QUARRY_ASSIGN_OR_RETURN(const ResolvedSpan resolved, ResolveSpan(span, snapshot));
    if (!resolved.present) continue;
    QUARRY_ASSIGN_OR_RETURN(const index::StoredDocument document,
                            snapshot.FindDocument(span.document));
    const std::optional<size_t> position = snapshot.PositionOf(document.number);
    if (!position) continue;
    const index::DocumentEntry entry = snapshot.rows().document(*position);
    for (RowId row = entry.first_row; row < entry.first_row + entry.rows; ++row) {
      QUARRY_ASSIGN_OR_RETURN(Passage passage, snapshot.ReadPassage(row));
      if (!Overlaps(passage.chunk.span, resolved.span.begin, resolved.span.end)) continue;
      if (!taken.insert(passage.chunk.id).second) continue;
      context.token_count += passage.chunk.token_count;
      context.passages.push_back(std::move(passage));
    }
  }
  return context;
}

// REQUIRES: the case has gold spans.
Result<GoldPresence> FindSpans(const Case& one, const RunParts& parts, const RunSettings& settings,
                               const CallContext& context) {
  GoldPresence presence;
  QUARRY_ASSIGN_OR_RETURN(const Query query, StandaloneQuery(one, parts, settings, context));
  QUARRY_ASSIGN_OR_RETURN(const Context gold, GoldContext(one, parts.snapshot));
  presence.known = true;
  presence.indexed = !gold.passages.empty();
  if (gold.passages.empty()) return presence;
  QUARRY_ASSIGN_OR_RETURN(const retrieval::Retrieved retrieved,
                          parts.retriever.Retrieve(query, parts.snapshot, context));
  const index::Snapshot* const snapshots[] = {&parts.snapshot};
  QUARRY_ASSIGN_OR_RETURN(
      const retrieval::Absence absence,
      retrieval::WhyAbsent(parts.retriever, query, snapshots, retrieved,
                           gold.passages[0].chunk.document, {.tell_unreadable = true}, context));
  using Reason = retrieval::Absence::Reason;
  if (absence.reason == Reason::kFiltered || absence.reason == Reason::kNotReadable ||
      absence.reason == Reason::kOperators) {
    presence.lost_by = absence.text;
  } else if (absence.reason == Reason::kNotInLegs) {
    const auto leg = [](const char* name, const retrieval::LegPlace& place) {
      return std::string(name) +
             (place.searched ? " leg: rank " + std::to_string(place.rank) : " leg: not searched");
    };
    presence.lost_by =
        leg("lexical", absence.lexical) + ", " + leg("dense", absence.dense) + "; 0 = not found";
  }
  return presence;
}

}  // namespace

// `model`: another of the upstream's; "" = the configured one.
Result<RunRecord> EngineReplayer::FromGold(const Case& one, const std::string& model,
                                           const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(Query query, StandaloneQuery(one, parts_.run, parts_.settings, context));
  if (!model.empty()) {
    AnswerGuide guide = query.guide == nullptr ? AnswerGuide() : *query.guide;
    guide.model = model;
    query.guide = std::make_shared<const AnswerGuide>(std::move(guide));
  }
  Answer answer;
  answer.commit = parts_.run.snapshot.commit();
  QUARRY_ASSIGN_OR_RETURN(answer.context, GoldContext(one, parts_.run.snapshot));
  if (answer.context.passages.empty()) {
    return FailedPreconditionError("case " + one.id + ": no gold passage is in the corpus");
  }
  QUARRY_RETURN_IF_ERROR(parts_.writer.Write(query, parts_.run.snapshot, nullptr, context, answer));
  // What was quoted instead is another system's answer.
  if (generation::SaysModelWasSilent(answer.note)) {
    return FailedPreconditionError("case " + one.id + ": " + answer.note);
  }
  RunRecord record;
  record.case_id = one.id;
  TakeAnswer(answer, record);
  return record;
}

Result<RunRecord> EngineReplayer::ClosedBook(const Case& one, const CallContext& context) const {
  RunRecord record;
  record.case_id = one.id;
  record.abstained = parts_.chat == nullptr;
  if (parts_.chat == nullptr) return record;
  QUARRY_ASSIGN_OR_RETURN(const Query query,
                          StandaloneQuery(one, parts_.run, parts_.settings, context));
  const model::ChatRequest request{.messages = {{.content = query.text}}, .seed = 1};
  QUARRY_ASSIGN_OR_RETURN(const model::ChatReply reply,
                          parts_.chat->Complete(request, nullptr, context));
  record.answer = reply.content;
  record.model = reply.model;
  record.usage = reply.usage;
  return record;
}

Result<RunRecord> EngineReplayer::Replay(const Case& one, ReplayKind kind,
                                         const CallContext& context) {
  RunParts parts = {.retriever = parts_.run.retriever,
                    .answerer = parts_.run.answerer,
                    .snapshot = parts_.run.snapshot};
  RunSettings settings = parts_.settings;
  settings.cache = generation::CacheUse::kOff;
  switch (kind) {
    case ReplayKind::kGoldContext:
      return FromGold(one, "", context);
    case ReplayKind::kSmallModel:
      if (parts_.small_model.empty()) {
        return FailedPreconditionError("smaller model: none is named");
      }
      return FromGold(one, parts_.small_model, context);
    case ReplayKind::kClosedBook:
      return ClosedBook(one, context);
    case ReplayKind::kNoCache:
      return AskCase(one, 0, parts, settings, context);
    case ReplayKind::kFullK: {
      if (parts_.unlimited == nullptr) {
        return FailedPreconditionError("full k: there is no answerer without a token budget");
      }
      settings.query.k = std::max(settings.query.k, kRunDepth);
      const RunParts wide = {.retriever = parts_.run.retriever,
                             .answerer = *parts_.unlimited,
                             .snapshot = parts_.run.snapshot};
      return AskCase(one, 0, wide, settings, context);
    }
  }
  Fatal(__FILE__, __LINE__, "unknown ReplayKind");
}

Result<std::vector<GoldPresence>> FindGold(std::span<const Case* const> cases,
                                           const RunParts& parts, const RunSettings& settings,
                                           const CallContext& context) {
  std::vector<GoldPresence> found(cases.size());
  std::vector<const Case*> without_spans;
  std::vector<size_t> places;  // of those in `cases`
  for (size_t c = 0; c < cases.size(); ++c) {
    if (cases[c]->gold_spans.empty()) {
      without_spans.push_back(cases[c]);
      places.push_back(c);
      continue;
    }
    QUARRY_ASSIGN_OR_RETURN(found[c], FindSpans(*cases[c], parts, settings, context));
  }
  QUARRY_ASSIGN_OR_RETURN(auto accepted, FindAccepted(without_spans, parts.snapshot, context));
  for (size_t i = 0; i < places.size(); ++i) {
    GoldPresence& presence = found[places[i]];
    presence.accepted = std::move(accepted[i]);
    presence.known = presence.indexed = !presence.accepted.empty();
  }
  return found;
}

Result<Replays> ReplayFailure(const Case& one, const RunRecord& record, Replayer& replayer,
                              const Judge& judge, const ScoreOptions& options,
                              const CallContext& context) {
  Replays replays;
  const auto make = [&](ReplayKind kind, std::optional<ReplayOutcome>& outcome) -> Status {
    Result<RunRecord> replayed = replayer.Replay(one, kind, context);
    if (replayed.status().code() == Code::kFailedPrecondition) return OkStatus();
    QUARRY_RETURN_IF_ERROR(replayed.status());
    QUARRY_RETURN_IF_ERROR(JudgeRecord(one, judge, *replayed, context));
    outcome = ReplayOutcome{.passed = ScoreRecord(one, *replayed, options).Passes(),
                            .declined = replayed->abstained,
                            .answer = replayed->answer,
                            .cost = replayed->usage.cost};
    return OkStatus();
  };
  if (record.cache.hit()) {
    QUARRY_RETURN_IF_ERROR(make(ReplayKind::kNoCache, replays.no_cache));
  }
  if (!one.gold_spans.empty()) {
    QUARRY_RETURN_IF_ERROR(make(ReplayKind::kGoldContext, replays.gold_context));
    QUARRY_RETURN_IF_ERROR(make(ReplayKind::kSmallModel, replays.small_model));
  }
  if (WasCut(record)) {
    QUARRY_RETURN_IF_ERROR(make(ReplayKind::kFullK, replays.full_k));
  }
  QUARRY_RETURN_IF_ERROR(make(ReplayKind::kClosedBook, replays.closed_book));
  return replays;
}

}  // namespace quarry::eval
