#pragma once

// Messages that ask nothing of the documents: greetings, thanks, "who are you?". They get a reply of
// their own instead of a search.
//
// A message is small talk only where nothing else stands in it: "Hi, what is the torque?" is a
// question. English and Chinese. Pure and thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quarry::generation {

enum class SmallTalk : uint8_t {
  kGreeting,
  kHowAreYou,
  kWhoAreYou,  // and what it can do
  kThanks,
  kPraise,
  kAgreed,  // "ok", 好的
  kApology,
  kLaughter,
  kGoodbye,
};

// `first`: nothing was said before. Behind a question "怎么用？" asks about what it was about.
std::optional<SmallTalk> FindSmallTalk(std::string_view message, bool first = true);

// The reply, in the language of the message. `documents`: how many can be asked about.
std::string SmallTalkReply(SmallTalk kind, std::string_view message,
                           std::optional<uint64_t> documents);

}  // namespace quarry::generation
