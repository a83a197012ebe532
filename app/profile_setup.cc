#include "app/profile_setup.h"

#include "generation/profile_store.h"

namespace quarry::app {

Result<std::string> UseProfile(const std::string& name, const CommandContext& context,
                               Engine& engine, Query& query) {
  const std::string& configured = context.config().collection;
  if (name.empty()) return configured;
  const generation::ProfileStore profiles(engine.index().objects());
  Result<generation::StoredProfile> stored = profiles.Get(name);
  if (!stored.ok()) return std::move(stored).status().Annotate("--profile");
  const auto is_flag = [&](const char* key) {
    return context.loaded.OriginOf(key).starts_with("--");
  };
  generation::Profile& profile = stored->profile;
  if (is_flag("retrieval.k")) profile.k.reset();
  if (is_flag("retrieval.mode")) profile.mode.reset();
  if (is_flag("chat.model")) profile.guide.model.clear();
  generation::ApplyProfile(profile, query);
  return profile.collection.empty() || is_flag("collection") ? configured : profile.collection;
}

Result<std::shared_ptr<const index::Snapshot>> SnapshotOf(Engine& engine,
                                                          const std::string& collection) {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id, engine.index().FindCollection(collection));
  return engine.index().GetSnapshot(id);
}

}  // namespace quarry::app
