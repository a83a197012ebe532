#include "generation/table_query_functions.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace quarry::generation {
namespace {

using Arguments = sqlite3_value**;

std::string_view ArgumentText(sqlite3_value* value) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (bytes == nullptr) return "";
  return {bytes, static_cast<size_t>(sqlite3_value_bytes(value))};
}

// The texts of the arguments; nullopt, with the result set, where the query is over, one of them is NULL,
// or what is sought is too long. `sought` is the place of the latter.
template <size_t kCount>
std::optional<std::array<std::string_view, kCount>> TextsOf(sqlite3_context* context,
                                                            Arguments values, size_t sought) {
  const auto* brake = static_cast<const QueryBrake*>(sqlite3_user_data(context));
  if (brake->is_over(brake->self) != 0) {
    sqlite3_result_error(context, "interrupted", -1);
    return std::nullopt;
  }
  std::array<std::string_view, kCount> texts;
  for (size_t i = 0; i < kCount; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return std::nullopt;  // and so is the result
    texts[i] = ArgumentText(values[i]);
  }
  if (texts[sought].size() > kMostSoughtBytes) {
    const std::string error =
        "what is searched for may have at most " + std::to_string(kMostSoughtBytes) + " bytes";
    sqlite3_result_error(context, error.c_str(), -1);
    return std::nullopt;
  }
  return texts;
}

void SetText(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

bool IsWithinCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The bytes of the first character.
size_t FirstSize(std::string_view text) {
  size_t size = 1;
  while (size < text.size() && IsWithinCharacter(text[size])) ++size;
  return size;
}

void Instr(sqlite3_context* context, int, Arguments values) {
  const auto texts = TextsOf<2>(context, values, 1);
  if (!texts) return;
  const auto [text, sought] = *texts;
  const size_t at = text.find(sought);
  if (at == text.npos) return sqlite3_result_int64(context, 0);
  const std::string_view before = text.substr(0, at);
  const auto inner = std::ranges::count_if(before, IsWithinCharacter);
  sqlite3_result_int64(context, static_cast<int64_t>(at) - inner + 1);
}

void Replace(sqlite3_context* context, int, Arguments values) {
  const auto texts = TextsOf<3>(context, values, 1);
  if (!texts) return;
  const auto [text, sought, instead] = *texts;
  if (sought.empty()) return SetText(context, text);
  const int most = sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1);
  std::string replaced;
  size_t begin = 0;
  for (size_t at = text.find(sought); at != text.npos; at = text.find(sought, begin)) {
    replaced.append(text.substr(begin, at - begin)).append(instead);
    if (replaced.size() > static_cast<size_t>(most)) return sqlite3_result_error_toobig(context);
    begin = at + sought.size();
  }
  SetText(context, replaced.append(text.substr(begin)));
}

template <bool kLeft, bool kRight>
void TrimSet(sqlite3_context* context, int, Arguments values) {
  const auto texts = TextsOf<2>(context, values, 1);
  if (!texts) return;
  auto [text, set] = *texts;
  while (kLeft && !text.empty()) {
    const std::string_view first = text.substr(0, FirstSize(text));
    if (set.find(first) == set.npos) break;
    text.remove_prefix(first.size());
  }
  while (kRight && !text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && IsWithinCharacter(text[last])) --last;
    if (set.find(text.substr(last)) == set.npos) break;
    text = text.substr(0, last);
  }
  SetText(context, text);
}

void Like(sqlite3_context* context, int count, Arguments values) {
  const auto texts = TextsOf<2>(context, values, 0);
  if (!texts) return;
  unsigned escape = 0;
  if (count == 3) {
    if (sqlite3_value_type(values[2]) == SQLITE_NULL) return;
    const std::string_view given = ArgumentText(values[2]);
    size_t size = 0;
    if (!given.empty()) escape = NextCodePoint(given, size);
    if (given.empty() || size != given.size()) {
      return sqlite3_result_error(context, "ESCAPE expression must be a single character", -1);
    }
  }
  // Texts of SQLite end in '\0'.
  const bool is_like = sqlite3_strlike((*texts)[0].data(), (*texts)[1].data(), escape) == 0;
  sqlite3_result_int(context, is_like ? 1 : 0);
}

void Glob(sqlite3_context* context, int, Arguments values) {
  const auto texts = TextsOf<2>(context, values, 0);
  if (!texts) return;
  const bool is_like = sqlite3_strglob((*texts)[0].data(), (*texts)[1].data()) == 0;
  sqlite3_result_int(context, is_like ? 1 : 0);
}

}  // namespace

bool AddBoundedFunctions(sqlite3* database, const QueryBrake* brake) {
  struct Function {
    const char* name;
    int arguments;
    void (*run)(sqlite3_context*, int, Arguments);
  };
  constexpr Function kFunctions[] = {
      {"instr", 2, Instr},
      {"replace", 3, Replace},
      {"trim", 2, TrimSet<true, true>},
      {"ltrim", 2, TrimSet<true, false>},
      {"rtrim", 2, TrimSet<false, true>},
      {"like", 2, Like},
      {"like", 3, Like},
      {"glob", 2, Glob},
  };
  return std::ranges::all_of(kFunctions, [&](const Function& one) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_function_v2(database, one.name, one.arguments, kFlags,
                                      const_cast<QueryBrake*>(brake), one.run, nullptr, nullptr,
                                      nullptr) == SQLITE_OK;
  });
}

}  // namespace quarry::generation
