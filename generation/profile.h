#pragma once

// Profile: an assistant without code: what is searched, how it is answered, and what is said where the
// documents do not tell, as a short YAML file (docs/profiles.md).
//
//   collection: manuals
//   filter: {type: eq, key: team, value: pumps}
//   k: 8
//   instructions: You help fitters at the pump. Give the value first, then where it stands.
//   length: short
//   refusal: {text: That is not in the manuals. Call the workshop at extension 12.}
//
// Read strictly: an unknown key or a value of another kind is an error with file and line. Plain
// values.

#include <optional>
#include <string>
#include <string_view>

#include "base/answer_guide.h"
#include "base/query.h"

namespace quarry::generation {

struct Profile {
  std::string name;
  std::string description;
  std::string collection;  // "" = as asked
  Filter filter;           // that every question has, besides its own
  std::optional<uint32_t> k;
  std::optional<SearchMode> mode;
  AnswerGuide guide;  // guide.profile is the name
};

inline constexpr size_t kMaxProfileBytes = 256 * 1024;

// Whether it is a name as people give them (base/text_given_name.h). kInvalidArgument says what is expected
// and shows the name.
Status CheckProfileName(std::string_view name);
// That of a file: "profiles/support.yaml" -> "support".
std::string ProfileNameOf(std::string_view path);

// `file` stands before messages: "support.yaml:3: k: expected ...". kInvalidArgument.
Result<Profile> ParseProfile(std::string_view yaml, const std::string& name,
                             const std::string& file);

// Makes the question one to the profile. What the asker says himself is to be set afterwards, a filter
// by AddFilter. Takes no collection: that is the caller's.
void ApplyProfile(const Profile& profile, Query& query);

// Both hold.
void AddFilter(Filter filter, Query& query);

}  // namespace quarry::generation
