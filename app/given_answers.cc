#include "app/given_answers.h"

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

// Reads what a server wrote. What is missing or of another type is damage, and says where.
class StoredObject {
 public:
  StoredObject(std::string name, const std::string& value)
      : name_(std::move(name)), json_(Json::parse(value, nullptr, false)) {}

  Status Damage(const std::string& expected) const {
    return DataLossError(name_ + ": expected " + expected);
  }
  Result<const Json*> Root() const {
    const uint64_t version = json_.is_object() ? json_.value("version", uint64_t{0}) : 0;
    if (version < 1 || version > server::kStoredAnswerVersion) {
      return Damage("an object of version 1 to " + std::to_string(server::kStoredAnswerVersion));
    }
    return &json_;
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
  Result<const Json*> Member(const Json& object, const char* key, bool list) const {
    const auto found = object.find(key);
    if (found == object.end() || (list ? !found->is_array() : !found->is_object())) {
      return Damage(std::string(key) + (list ? ": a list" : ": an object"));
    }
    for (const Json& one : list ? *found : Json::array()) {
      if (!one.is_object()) return Damage(std::string(key) + ": a list of objects");
    }
    return &*found;
  }

 private:
  const std::string name_;
  const Json json_;
};

// The passages of an answer, out of their documents; false where one does not stand any more.
Result<bool> ReadPassages(const StoredObject& object, const Json& list,
                          const index::Snapshot& snapshot, eval::GivenAnswer& answer) {
  for (const Json& one : list) {
    QUARRY_ASSIGN_OR_RETURN(const std::string id, object.String(one, "document"));
    QUARRY_ASSIGN_OR_RETURN(const uint64_t begin, object.Number(one, "begin"));
    QUARRY_ASSIGN_OR_RETURN(const uint64_t end, object.Number(one, "end"));
    const auto chunks = one.find("chunks");
    if (chunks == one.end() || !chunks->is_array()) return object.Damage("chunks: a list");
    for (const Json& chunk : *chunks) {
      if (!chunk.is_number_unsigned()) return object.Damage("chunks: a list of numbers");
      const Status found = snapshot.ReadChunk(ChunkId(chunk.get<uint64_t>())).status();
      if (found.code() == Code::kNotFound) return false;
      QUARRY_RETURN_IF_ERROR(found);
    }
    const Result<index::StoredDocument> document = snapshot.FindDocument(id);
    if (document.status().code() == Code::kNotFound) return false;
    QUARRY_RETURN_IF_ERROR(document.status());
    QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot.ReadText(document->number));
    if (begin > end || end > text.size()) return false;
    answer.judged.passages.push_back({document->title, text.substr(begin, end - begin)});
    answer.documents.push_back(id);
  }
  return true;
}

Status ReadSentences(const StoredObject& object, const Json& answer, eval::JudgedCase& judged) {
  QUARRY_ASSIGN_OR_RETURN(const Json* sentences, object.Member(answer, "sentences", true));
  QUARRY_ASSIGN_OR_RETURN(const Json* citations, object.Member(answer, "citations", true));
  for (const Json& one : *sentences) {
    eval::JudgedSentence sentence;
    QUARRY_ASSIGN_OR_RETURN(sentence.span.begin, object.Number(one, "begin"));
    QUARRY_ASSIGN_OR_RETURN(sentence.span.end, object.Number(one, "end"));
    for (const Json& citation : *citations) {
      QUARRY_ASSIGN_OR_RETURN(const uint64_t begin, object.Number(citation, "answer_begin"));
      QUARRY_ASSIGN_OR_RETURN(const uint64_t end, object.Number(citation, "answer_end"));
      QUARRY_ASSIGN_OR_RETURN(const uint64_t passage, object.Number(citation, "passage"));
      if (begin < sentence.span.end && sentence.span.begin < end) {
        sentence.citations.push_back(static_cast<uint32_t>(passage));
      }
    }
    judged.sentences.push_back(std::move(sentence));
  }
  return OkStatus();
}

// nullopt where what it was made from is gone.
Result<std::optional<Given>> ReadAnswer(const index::Object& stored, index::Index& index) {
  const StoredObject object("answer " + stored.id, stored.value);
  QUARRY_ASSIGN_OR_RETURN(const Json* root, object.Root());
  Given given{.answer = {.id = stored.id}};
  QUARRY_ASSIGN_OR_RETURN(const uint64_t time, object.Number(*root, "time_us"));
  given.time_micros = static_cast<int64_t>(time);
  QUARRY_ASSIGN_OR_RETURN(const uint64_t collection, object.Number(*root, "collection"));
  QUARRY_ASSIGN_OR_RETURN(const Json* passages, object.Member(*root, "passages", true));
  QUARRY_ASSIGN_OR_RETURN(const Json* answer, object.Member(*root, "answer", false));
  eval::JudgedCase& judged = given.answer.judged;
  judged.id = stored.id;
  QUARRY_ASSIGN_OR_RETURN(judged.question, object.String(*answer, "question"));
  QUARRY_ASSIGN_OR_RETURN(judged.answer, object.String(*answer, "answer"));
  QUARRY_ASSIGN_OR_RETURN(given.collection, object.String(*answer, "collection"));
  judged.lang = DetectLanguage(judged.question) == "zh" ? "zh" : "en";
  const auto abstained = answer->find("abstained");
  if (abstained == answer->end() || !abstained->is_boolean()) {
    return object.Damage("abstained: true or false");
  }
  given.answer.declined = abstained->get<bool>();
  QUARRY_ASSIGN_OR_RETURN(const Json* cache, object.Member(*answer, "cache", false));
  QUARRY_ASSIGN_OR_RETURN(given.cache, object.String(*cache, "kind"));
  given.answer.for_other_question = given.cache == CacheKindName(CacheKind::kSemantic);
  QUARRY_RETURN_IF_ERROR(ReadSentences(object, *answer, judged));
  const auto snapshot = index.GetSnapshot(CollectionId(static_cast<uint32_t>(collection)));
  if (snapshot.status().code() == Code::kNotFound) return std::optional<Given>();
  QUARRY_RETURN_IF_ERROR(snapshot.status());
  QUARRY_ASSIGN_OR_RETURN(const bool stands,
                          ReadPassages(object, *passages, **snapshot, given.answer));
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

std::vector<index::Object> ObjectsOf(index::ObjectKind kind, index::Index& index, Status& status) {
  std::vector<index::Object> objects;
  status = index.objects().ForEach(kind, [&](const index::Object& object) {
    objects.push_back(object);
    return true;
  });
  return objects;
}

}  // namespace

Result<GivenTraffic> ReadTraffic(index::Index& index, double share, uint64_t seed,
                                 int64_t since_micros) {
  GivenTraffic traffic;
  Status status;
  for (const index::Object& object : ObjectsOf(index::ObjectKind::kAnswer, index, status)) {
    if (!eval::InSample(object.id, share, seed)) continue;
    QUARRY_ASSIGN_OR_RETURN(std::optional<Given> given, ReadAnswer(object, index));
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
  QUARRY_RETURN_IF_ERROR(status);
  return traffic;
}

Result<GivenFeedback> ReadFeedback(index::Index& index) {
  GivenFeedback feedback;
  Status status;
  for (const index::Object& stored : ObjectsOf(index::ObjectKind::kFeedback, index, status)) {
    QUARRY_ASSIGN_OR_RETURN(const server::FeedbackRecord record, server::ParseFeedback(stored));
    if (record.comparison) {
      const server::Comparison& votes = *record.comparison;
      if (votes.vote.empty()) {
        ++feedback.left_out["not voted on"];
        continue;
      }
      QUARRY_ASSIGN_OR_RETURN(std::optional<Given> first, FindAnswer(votes.left.answer, index));
      QUARRY_ASSIGN_OR_RETURN(std::optional<Given> second, FindAnswer(votes.right.answer, index));
      if (!first || !second) {
        ++feedback.left_out[kGone];
        continue;
      }
      feedback.compared.push_back({.first = std::move(first->answer),
                                   .second = std::move(second->answer),
                                   .vote = votes.vote == "left"    ? eval::Preference::kFirst
                                           : votes.vote == "right" ? eval::Preference::kSecond
                                                                   : eval::Preference::kTie});
      continue;
    }
    QUARRY_ASSIGN_OR_RETURN(std::optional<Given> given, FindAnswer(record.answer, index));
    if (!given) {
      ++feedback.left_out[kGone];
      continue;
    }
    feedback.rated.push_back({std::move(given->answer), record.rating == "up"});
  }
  QUARRY_RETURN_IF_ERROR(status);
  return feedback;
}

}  // namespace quarry::app
