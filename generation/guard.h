#pragma once

// Requests for help with harm: declined before anything is searched. Rules look for what is asked for
// (an act, its object, its victim) and let pass what protects, treats, reports or only names it: "how do
// I kill a hung process", "how are forged invoices recognised". What is done to orders and parcels as well
// is harm only with a person right behind it: not "track customer orders" or "跟踪客户订单". Who speaks of
// his own death is heard whatever else he says (self_harm.h). The rules are a floor, not a judgement: a
// chat model may be asked beside them (assistant.h).
//
// English and Chinese. Pure and thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quarry::generation {

enum class Harm : uint8_t {
  kWeapons,
  kViolence,
  kSelfHarm,
  kIntrusion,  // accounts, systems, malware
  kFraud,
  kDrugs,
  kMinors,
  kStalking,
  kHarassment,
  kOther,  // what a model says
};

std::optional<Harm> FindHarm(std::string_view message);

// What the asker is told, in the language of the message.
std::string HarmReply(Harm harm, std::string_view message);

}  // namespace quarry::generation
