#pragma once

// What readers thought of answers, as it is stored: objects of kind kFeedback (index/object_table.h).
//
// Either a rating of one answer, or a comparison of two, which is made before anybody has voted. The
// value, JSON: {"version": 1, "owner" (owner.h), "time_us", "collection", "question", and of a rating
// "answer": id or "", "text" where there is no id, "rating", "reasons": [...], "comment"; of a comparison "left", "right":
// {"setting": "a" or "b", "options": {...}, "answer": id, "model", "seconds"}, "vote": null at first}.
//
// Free functions, any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/object_table.h"
#include "server/json_writer.h"
#include "server/owner.h"

namespace quarry::server {

inline constexpr std::string_view kRatings[] = {"up", "down"};
inline constexpr std::string_view kReasons[] = {"wrong",  "incomplete", "unsupported",
                                                "source", "outdated",   "style"};
inline constexpr std::string_view kVotes[] = {"left", "right", "tie", "both_bad"};

// kInvalidArgument naming the place unless `word` is one of `words`.
Status CheckWord(const std::string& place, const std::string& word,
                 std::span<const std::string_view> words);

// One side of a comparison.
struct ComparedSide {
  std::string setting;         // "a" or "b" of the request
  std::string options = "{}";  // JSON: what the setting was
  std::string answer;          // id in the answer log
  std::string model;
  double seconds = 0;
};
struct Comparison {
  ComparedSide left;
  ComparedSide right;
  std::string vote;  // "" = none yet
};

struct FeedbackRecord {
  std::string id;
  Owner owner;
  int64_t time_micros = 0;
  std::string collection;
  std::string question;
  std::string answer;  // id in the answer log
  std::string text;    // of an answer without id
  std::string rating;
  std::vector<std::string> reasons;
  std::string comment;
  std::optional<Comparison> comparison;
};

std::string FeedbackValue(const FeedbackRecord& record);
// kDataLoss naming the object.
Result<FeedbackRecord> ParseFeedback(const index::Object& object);

// One object of a response.
void WriteFeedback(const FeedbackRecord& record, JsonWriter& json);
void WriteSide(const ComparedSide& side, JsonWriter& json);

}  // namespace quarry::server
