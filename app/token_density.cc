#include "app/token_density.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"

namespace quarry::app {
namespace {

constexpr size_t kDocuments = 200;
constexpr size_t kBytes = 4096;  // of each

}  // namespace

Result<std::vector<TokenDensity>> MeasureTokenDensity(const index::Snapshot& snapshot,
                                                      model::TokenCounter& counter) {
  std::vector<std::pair<DocumentNumber, std::string>> documents;
  QUARRY_RETURN_IF_ERROR(snapshot.ForEachDocument([&](const index::StoredDocument& document) {
    if (!document.language.empty()) documents.emplace_back(document.number, document.language);
    return documents.size() < kDocuments;
  }));
  std::map<std::string, TokenDensity> by_language;
  for (const auto& [number, language] : documents) {
    QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot.ReadText(number));
    const std::string_view beginning = TruncateUtf8(text, kBytes);
    QUARRY_ASSIGN_OR_RETURN(const uint64_t tokens, counter.Count(beginning));
    TokenDensity& density = by_language[language];
    density.language = language;
    density.characters += CountCodePoints(beginning);
    density.tokens += tokens;
  }
  std::vector<TokenDensity> densities;
  for (auto& [language, density] : by_language) {
    if (density.characters > 0) densities.push_back(std::move(density));
  }
  std::stable_sort(densities.begin(), densities.end(),
                   [](const auto& a, const auto& b) { return a.characters > b.characters; });
  return densities;
}

}  // namespace quarry::app
