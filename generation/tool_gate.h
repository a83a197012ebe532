#pragma once

// Which tools a user speaks of. Enforced here and not by the model: with text of documents in its
// prompt a model may be told anything by them.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"

namespace quarry::generation {

// The user's own words: not those of a question that was made of several turns, which holds words of
// answers, and so of documents.
const std::string& OwnWords(const Query& query);

// Whether `words` hold the address `url`, whole: not as the beginning of a longer one.
bool NamesAddress(std::string_view words, std::string_view url);

// "getCurrent_weather" -> "get Current weather".
std::string WordsOfName(std::string_view name);

// Whether `words`, the user's own, ask for a tool of which no more is known than what it is called: they hold all words
// of its name ("send_email", "sendEmail": send, email) or the first two of its description (发送邮件给客户: 发送, 邮件).
// Of one that by its name only looks something up ("get_weather") one word of name or description is enough, for a
// question asks to be told.
bool AsksForTool(std::string_view words, std::string_view name, std::string_view description,
                 const Analyzer& analyzer);

// Whether `words`, the user's own, hold every term of one of the phrases (at least one term).
bool HoldsPhrase(std::string_view words, const std::vector<std::string>& phrases,
                 const Analyzer& analyzer);

}  // namespace quarry::generation
