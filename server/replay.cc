#include "server/replay.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"

namespace quarry::server {
namespace {

std::vector<StoredPassage> PassagesOf(const Context& context) {
  std::vector<StoredPassage> passages;
  for (const Passage& passage : context.passages) passages.push_back(StoredPassageOf(passage));
  return passages;
}

// Chunks keep their ids while their text is the same, and a passage of the same chunks is the same.
bool IsSamePassage(const StoredPassage& a, const StoredPassage& b) {
  return a.chunks == b.chunks && a.text_hash == b.text_hash;
}

void Compare(const std::vector<StoredPassage>& then, const std::vector<StoredPassage>& now,
             Replay& replay) {
  const auto place_in = [](const std::vector<StoredPassage>& list, const StoredPassage& passage) {
    const auto found = std::ranges::find_if(
        list, [&](const StoredPassage& one) { return IsSamePassage(one, passage); });
    return found == list.end() ? 0u : static_cast<uint32_t>(found - list.begin()) + 1;
  };
  for (uint32_t i = 0; i < then.size(); ++i) {
    replay.passages.push_back({.document = then[i].document,
                               .begin = then[i].begin,
                               .end = then[i].end,
                               .then = i + 1,
                               .now = place_in(now, then[i])});
    const ReplayedPassage& passage = replay.passages.back();
    replay.went += passage.now == 0 ? 1 : 0;
    replay.moved += passage.now != 0 && passage.now != passage.then ? 1 : 0;
  }
  for (uint32_t i = 0; i < now.size(); ++i) {
    if (place_in(then, now[i]) != 0) continue;
    replay.passages.push_back({.document = now[i].document,
                               .begin = now[i].begin,
                               .end = now[i].end,
                               .then = 0,
                               .now = i + 1});
    ++replay.came;
  }
}

std::string OptionText(const RetrievalValue& value) {
  JsonWriter json;
  WriteRetrievalValue(value, json);
  return json.Take();
}

void CompareSettings(const generation::RetrievalSetting& then,
                     const generation::RetrievalSetting& now, Replay& replay) {
  const auto add = [&](const std::string& name, std::string before, std::string after) {
    if (before != after) replay.changed.push_back({name, std::move(before), std::move(after)});
  };
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    add(option.name, OptionText(option.get(then.options)), OptionText(option.get(now.options)));
  }
  add("context.token_budget", std::to_string(then.context.token_budget),
      std::to_string(now.context.token_budget));
  add("context.max_passages", std::to_string(then.context.max_passages),
      std::to_string(now.context.max_passages));
  for (const auto& [name, fingerprint] : now.parts) {
    const auto before =
        std::ranges::find(then.parts, name, &std::pair<std::string, std::string>::first);
    add(name, before == then.parts.end() ? "" : before->second, fingerprint);
  }
}

}  // namespace

Result<Replay> ReplayAnswer(const std::string& id, const StoredAnswer& answer,
                            const generation::Answerer& answerer, index::Index& index,
                            const CallContext& context) {
  if (!answer.retrieval) {
    return FailedPreconditionError("answer " + id +
                                   ": it was kept without what a replay needs (its query and the "
                                   "options that held), or nothing was retrieved for it");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          index.GetSnapshot(answer.collection_id));
  const StoredQuery& stored = *answer.retrieval;
  Query today = stored.query;
  if (!stored.own_options) today.options.reset();
  Replay replay{.id = id,
                .question = answer.question,
                .collection = answer.collection,
                .time_micros = answer.time_micros,
                .commit_then = answer.commit,
                .commit_now = snapshot->commit(),
                .fingerprint_then = answer.fingerprint,
                .fingerprint_now = {},
                .passages = {},
                .changed = {}};
  QUARRY_ASSIGN_OR_RETURN(replay.fingerprint_now, answerer.Fingerprint(today, *snapshot));
  QUARRY_ASSIGN_OR_RETURN(
      const Context again,
      answerer.MakeContext(stored.query, *snapshot, stored.setting.context, context));
  replay.reproduced = std::ranges::equal(answer.passages, PassagesOf(again),
                                         [](const StoredPassage& a, const StoredPassage& b) {
                                           return IsSamePassage(a, b) && a.document == b.document &&
                                                  a.begin == b.begin && a.end == b.end;
                                         });
  QUARRY_ASSIGN_OR_RETURN(const Context now, answerer.MakeContext(today, *snapshot, context));
  QUARRY_ASSIGN_OR_RETURN(const generation::RetrievalSetting setting,
                          answerer.SettingOf(today, *snapshot));
  CompareSettings(stored.setting, setting, replay);
  Compare(answer.passages, PassagesOf(now), replay);
  for (size_t i = 0; i < answer.passages.size(); ++i) {
    for (const ChunkId chunk : answer.passages[i].chunks) {
      const Status found = snapshot->ReadChunk(chunk).status();
      if (found.ok()) continue;
      if (found.code() != Code::kNotFound) return found;
      replay.passages[i].document.clear();
    }
  }
  return replay;
}

std::string ReplayJson(const Replay& replay) {
  JsonWriter json;
  json.BeginObject().Key("id").String(replay.id).Key("question").String(replay.question);
  json.Key("collection").String(replay.collection);
  json.Key("answered_at").String(FormatIso8601(replay.time_micros));
  json.Key("reproduced").Bool(replay.reproduced);
  json.Key("commit").BeginObject().Key("then").Uint(replay.commit_then.value);
  json.Key("now").Uint(replay.commit_now.value).EndObject();
  json.Key("fingerprint").BeginObject().Key("then").String(replay.fingerprint_then);
  json.Key("now").String(replay.fingerprint_now).EndObject();
  json.Key("came").Uint(replay.came).Key("went").Uint(replay.went);
  json.Key("moved").Uint(replay.moved).Key("passages").BeginArray();
  for (const ReplayedPassage& passage : replay.passages) {
    json.BeginObject().Key("document");
    passage.document.empty() ? json.Null() : json.String(passage.document);
    json.Key("begin").Uint(passage.begin).Key("end").Uint(passage.end);
    json.Key("then").Uint(passage.then).Key("now").Uint(passage.now).EndObject();
  }
  json.EndArray().Key("changed").BeginArray();
  for (const ReplayedSetting& setting : replay.changed) {
    json.BeginObject().Key("name").String(setting.name).Key("then").String(setting.then);
    json.Key("now").String(setting.now).EndObject();
  }
  return json.EndArray().EndObject().Take();
}

}  // namespace quarry::server
