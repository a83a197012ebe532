#include "app/given_answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/json_line.h"
#include "base/text.h"
#include "server/feedback_record.h"
#include "server/stored_answer.h"

namespace quarry::app {
namespace {

constexpr const char* kGone = "made from what is not there any more";

// An answer of the store.
struct Given {
  eval::GivenAnswer answer;
  int64_t time_micros = 0;
  std::string collection;
  std::string cache;  // "miss", "exact", ...
};

// Of the object that was told (POST /api/v1/answer), what evaluation reads. What is missing or of another
// type is damage, and says where.
class ToldAnswer {
 public:
  ToldAnswer(std::string name, const std::string& json)
      : name_(std::move(name)), json_(Json::parse(json, nullptr, false)) {}

  Status Damage(const std::string& expected) const {
    return DataLossError(name_ + ": answer: expected " + expected);
  }
  Result<bool> Abstained() const {
    const auto found = json_.find("abstained");
    if (found == json_.end() || !found->is_boolean()) return Damage("abstained: true or false");
    return found->get<bool>();
  }
  Result<std::string> CacheKind() const {
    const auto cache = json_.find("cache");
    if (cache == json_.end() || !cache->is_object()) return Damage("cache: an object");
    return String(*cache, "kind");
  }
  Result<const Json*> Objects(const char* key) const {
    const auto found = json_.find(key);
    const auto is_object = [](const Json& one) { return one.is_object(); };
    if (found == json_.end() || !found->is_array() || !std::ranges::all_of(*found, is_object)) {
      return Damage(std::string(key) + ": a list of objects");
    }
    return &*found;
  }
  Result<std::string> String(const Json& object, const char* key) const {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) {
      return Damage(std::string(key) + ": a string");
    }
    return found->get<std::string>();
  }
  Result<uint64_t> Number(const Json& object, const char* key) const {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) {
      return Damage(std::string(key) + ": a number");
    }
    return found->get<uint64_t>();
  }

 private:
  const std::string name_;
  const Json json_;
};

// By its chunk; what a tool made has none, and is known by its place.
Result<bool> Holds(const ToldAnswer& told, const Json& citation,
                   const server::StoredPassage& passage) {
  QUARRY_ASSIGN_OR_RETURN(const std::string document, told.String(citation, "document"));
  if (document != passage.document) return false;
  if (!passage.chunks.empty() && citation.contains("chunk")) {
    QUARRY_ASSIGN_OR_RETURN(const uint64_t chunk, told.Number(citation, "chunk"));
    return std::ranges::find(passage.chunks, ChunkId(chunk)) != passage.chunks.end();
  }
  QUARRY_ASSIGN_OR_RETURN(const uint64_t begin, told.Number(citation, "begin"));
  QUARRY_ASSIGN_OR_RETURN(const uint64_t end, told.Number(citation, "end"));
  return passage.begin <= begin && end <= passage.end;
}

// Passages are kept by rank, and cited by their place in the context: the order in which [1] is the first.
// Those that nothing cites stand where there is room, by rank.
Result<std::vector<server::StoredPassage>> AsCited(const ToldAnswer& told,
                                                   std::vector<server::StoredPassage> ranked) {
  std::vector<size_t> places(ranked.size(), ranked.size());  // of passages in `ranked`
  std::vector<bool> is_cited(ranked.size(), false);
  QUARRY_ASSIGN_OR_RETURN(const Json* citations, told.Objects("citations"));
  for (const Json& citation : *citations) {
    QUARRY_ASSIGN_OR_RETURN(const uint64_t number, told.Number(citation, "passage"));
    if (number == 0 || number > ranked.size()) return told.Damage("citations: of passages");
    size_t& place = places[number - 1];
    for (size_t i = 0; i < ranked.size() && place == ranked.size(); ++i) {
      QUARRY_ASSIGN_OR_RETURN(const bool holds, Holds(told, citation, ranked[i]));
      if (holds && !is_cited[i]) place = i;
    }
    if (place == ranked.size()) return told.Damage("citations: of passages");
    is_cited[place] = true;
  }
  std::vector<server::StoredPassage> passages;
  size_t next = 0;
  for (size_t& place : places) {
    if (place == ranked.size()) {
      while (is_cited[next]) ++next;
      place = next++;
    }
    passages.push_back(std::move(ranked[place]));
  }
  return passages;
}

// The passages of an answer, out of their documents; false where one does not stand any more.
Result<bool> ReadPassages(const std::vector<server::StoredPassage>& passages,
                          const index::Snapshot& snapshot, eval::GivenAnswer& answer) {
  for (const server::StoredPassage& passage : passages) {
    const Result<index::StoredDocument> document = snapshot.FindDocument(passage.document);
    if (document.status().code() == Code::kNotFound) return false;
    QUARRY_RETURN_IF_ERROR(document.status());
    QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot.ReadText(document->number));
    // Its chunks stand, and may stand elsewhere than then.
    SourceSpan span{.begin = passage.begin, .end = passage.end};
    for (size_t i = 0; i < passage.chunks.size(); ++i) {
      QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk chunk,
                              snapshot.ReadChunk(passage.chunks[i]));
      span.begin = i == 0 ? chunk.span.begin : std::min(span.begin, chunk.span.begin);
      span.end = i == 0 ? chunk.span.end : std::max(span.end, chunk.span.end);
    }
    if (span.begin > span.end || span.end > text.size()) return false;
    answer.judged.passages.push_back(
        {document->title, text.substr(span.begin, span.end - span.begin)});
    answer.documents.push_back(passage.document);
  }
  return true;
}

Status ReadSentences(const ToldAnswer& told, eval::JudgedCase& judged) {
  QUARRY_ASSIGN_OR_RETURN(const Json* sentences, told.Objects("sentences"));
  QUARRY_ASSIGN_OR_RETURN(const Json* citations, told.Objects("citations"));
  for (const Json& one : *sentences) {
    eval::JudgedSentence sentence;
    QUARRY_ASSIGN_OR_RETURN(sentence.span.begin, told.Number(one, "begin"));
    QUARRY_ASSIGN_OR_RETURN(sentence.span.end, told.Number(one, "end"));
    for (const Json& citation : *citations) {
      QUARRY_ASSIGN_OR_RETURN(const uint64_t begin, told.Number(citation, "answer_begin"));
      QUARRY_ASSIGN_OR_RETURN(const uint64_t end, told.Number(citation, "answer_end"));
      QUARRY_ASSIGN_OR_RETURN(const uint64_t passage, told.Number(citation, "passage"));
      const auto number = static_cast<uint32_t>(passage);
      const bool is_new = std::ranges::find(sentence.citations, number) == sentence.citations.end();
      if (begin < sentence.span.end && sentence.span.begin < end && is_new) {
        sentence.citations.push_back(number);
      }
    }
    judged.sentences.push_back(std::move(sentence));
  }
  return OkStatus();
}

// nullopt where what it was made from is gone.
Result<std::optional<Given>> ReadAnswer(const index::Object& object, index::Index& index) {
  const std::string name = "answer " + object.id;
  QUARRY_ASSIGN_OR_RETURN(server::StoredAnswer stored,
                          server::ParseStoredAnswer(name, object.value));
  const ToldAnswer told(name, stored.answer);
  Given given{.answer = {.id = object.id}};
  given.time_micros = stored.time_micros;
  given.collection = stored.collection;
  eval::JudgedCase& judged = given.answer.judged;
  judged.id = object.id;
  judged.question = stored.question;
  judged.answer = stored.text;
  judged.lang = DetectLanguage(judged.question) == "zh" ? "zh" : "en";
  QUARRY_ASSIGN_OR_RETURN(given.answer.declined, told.Abstained());
  QUARRY_ASSIGN_OR_RETURN(given.cache, told.CacheKind());
  given.answer.for_other_question = given.cache == CacheKindName(CacheKind::kSemantic);
  QUARRY_RETURN_IF_ERROR(ReadSentences(told, judged));
  QUARRY_ASSIGN_OR_RETURN(stored.passages, AsCited(told, std::move(stored.passages)));
  QUARRY_ASSIGN_OR_RETURN(bool stands, server::StillStands(stored, index));
  if (!stands) return std::optional<Given>();
  QUARRY_ASSIGN_OR_RETURN(const auto snapshot, index.GetSnapshot(stored.collection_id));
  QUARRY_ASSIGN_OR_RETURN(stands, ReadPassages(stored.passages, *snapshot, given.answer));
  if (!stands) return std::optional<Given>();
  return std::optional(std::move(given));
}

Result<std::optional<Given>> FindAnswer(const std::string& id, index::Index& index) {
  if (id.empty()) return std::optional<Given>();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          index.objects().Get({.kind = index::ObjectKind::kAnswer, .id = id}));
  if (!object) return std::optional<Given>();
  return ReadAnswer(*object, index);
}

Result<std::vector<index::Object>> ObjectsOf(index::ObjectKind kind, index::Index& index,
                                             std::vector<Status>& damaged) {
  std::vector<index::Object> objects;
  QUARRY_RETURN_IF_ERROR(index.objects().ForEach(
      kind,
      [&](const index::Object& object) {
        objects.push_back(object);
        return true;
      },
      &damaged));
  return objects;
}

// Takes note of damage, of the same once. What else went wrong is returned.
Status NoteDamage(const Status& status, std::vector<Status>& damaged) {
  if (status.code() != Code::kDataLoss) return status;
  if (std::ranges::find(damaged, status) == damaged.end()) damaged.push_back(status);
  return OkStatus();
}

Status JoinFeedback(const index::Object& stored, index::Index& index, GivenFeedback& feedback) {
  QUARRY_ASSIGN_OR_RETURN(const server::FeedbackRecord record, server::ParseFeedback(stored));
  if (record.comparison) {
    const server::Comparison& votes = *record.comparison;
    if (votes.vote.empty()) {
      ++feedback.left_out["not voted on"];
      return OkStatus();
    }
    QUARRY_ASSIGN_OR_RETURN(std::optional<Given> first, FindAnswer(votes.left.answer, index));
    QUARRY_ASSIGN_OR_RETURN(std::optional<Given> second, FindAnswer(votes.right.answer, index));
    if (!first || !second) {
      ++feedback.left_out[kGone];
      return OkStatus();
    }
    feedback.compared.push_back({.first = std::move(first->answer),
                                 .second = std::move(second->answer),
                                 .vote = votes.vote == "left"    ? eval::Preference::kFirst
                                         : votes.vote == "right" ? eval::Preference::kSecond
                                                                 : eval::Preference::kTie,
                                 .voter = record.owner.key});
    return OkStatus();
  }
  QUARRY_ASSIGN_OR_RETURN(std::optional<Given> given, FindAnswer(record.answer, index));
  if (!given) {
    ++feedback.left_out[kGone];
    return OkStatus();
  }
  feedback.rated.push_back({std::move(given->answer), record.rating == "up"});
  return OkStatus();
}

}  // namespace

Result<GivenTraffic> ReadTraffic(index::Index& index, double share, uint64_t seed,
                                 int64_t since_micros) {
  GivenTraffic traffic;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::Object> objects,
                          ObjectsOf(index::ObjectKind::kAnswer, index, traffic.damaged));
  for (const index::Object& object : objects) {
    if (!eval::InSample(object.id, share, seed)) continue;
    Result<std::optional<Given>> read = ReadAnswer(object, index);
    if (!read.ok()) {
      QUARRY_RETURN_IF_ERROR(NoteDamage(read.status(), traffic.damaged));
      continue;
    }
    std::optional<Given> given = *std::move(read);
    if (!given) {
      ++traffic.left_out[kGone];
      continue;
    }
    if (given->time_micros < since_micros) continue;
    traffic.answers.push_back(
        {.id = object.id,
         .time_micros = given->time_micros,
         .slices = {"lang=" + given->answer.judged.lang, "collection=" + given->collection,
                    "cache=" + given->cache},
         .judged = std::move(given->answer.judged),
         .declined = given->answer.declined});
  }
  return traffic;
}

Result<GivenFeedback> ReadFeedback(index::Index& index) {
  GivenFeedback feedback;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::Object> objects,
                          ObjectsOf(index::ObjectKind::kFeedback, index, feedback.damaged));
  for (const index::Object& stored : objects) {
    QUARRY_RETURN_IF_ERROR(NoteDamage(JoinFeedback(stored, index, feedback), feedback.damaged));
  }
  return feedback;
}

}  // namespace quarry::app
