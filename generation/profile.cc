#include "generation/profile.h"

#include <utility>

#include "base/text.h"
#include "base/text_given_name.h"

namespace quarry::generation {
namespace {

constexpr size_t kNameBytesShown = 200;

}  // namespace

Status CheckProfileName(std::string_view name) {
  if (IsGivenName(name)) return OkStatus();
  return InvalidArgumentError("profile \"" + std::string(TruncateUtf8(name, kNameBytesShown)) +
                              "\": expected a name of " + std::string(kGivenNameRule));
}

std::string ProfileNameOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  for (const std::string_view ending : {".yaml", ".yml", ".json"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return std::string(name.substr(0, name.size() - ending.size()));
    }
  }
  return std::string(name);
}

void AddFilter(Filter filter, Query& query) {
  if (filter.IsTrue()) return;
  if (query.filter.IsTrue()) {
    query.filter = std::move(filter);
    return;
  }
  Filter both;
  both.children.push_back(std::move(query.filter));
  both.children.push_back(std::move(filter));
  query.filter = std::move(both);
}

void ApplyProfile(const Profile& profile, Query& query) {
  AddFilter(profile.filter, query);
  if (profile.k) query.k = *profile.k;
  if (profile.mode) query.mode = *profile.mode;
  AnswerGuide guide = profile.guide;
  if (query.guide != nullptr) {
    const std::vector<std::string>& own = query.guide->instructions;
    guide.instructions.insert(guide.instructions.end(), own.begin(), own.end());
  }
  query.guide = std::make_shared<const AnswerGuide>(std::move(guide));
}

}  // namespace quarry::generation
