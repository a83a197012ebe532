#include "retrieval/cache_scope.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/answer_guide.h"
#include "base/coding.h"
#include "base/hash.h"
#include "index/keys.h"
#include "retrieval/question_normaliser.h"

namespace quarry::retrieval {
namespace {

struct ValueWriter {
  std::string& out;
  void operator()(bool value) const {
    out += 'b';
    AppendVarint(out, value ? 1 : 0);
  }
  void operator()(double value) const {
    out += 'n';
    AppendDouble(out, value);
  }
  void operator()(const std::string& value) const {
    out += 's';
    AppendBytes(out, value);
  }
  void operator()(const std::vector<std::string>& values) const {
    out += 'l';
    AppendVarint(out, values.size());
    for (const std::string& value : values) AppendBytes(out, value);
  }
};

void AppendFilter(const Filter& filter, std::string& out) {
  AppendVarint(out, static_cast<uint64_t>(filter.op));
  AppendBytes(out, filter.field);
  AppendVarint(out, filter.values.size());
  for (const MetadataValue& value : filter.values) std::visit(ValueWriter{out}, value);
  AppendVarint(out, filter.children.size());
  for (const Filter& child : filter.children) AppendFilter(child, out);
}

void AppendPrincipals(const Principals& principals, std::string& out) {
  AppendVarint(out, principals.unrestricted ? 1 : 0);
  if (principals.unrestricted) return;
  std::vector<std::string> names = principals.names;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  AppendVarint(out, names.size());
  for (const std::string& name : names) AppendBytes(out, name);
}

}  // namespace

std::string CacheScope(const Query& query, const index::Snapshot& snapshot,
                       std::string_view configuration) {
  // A new field of Query does not compile here until it is part of the scope.
  const auto& [text, has_operators, mode, k, filter, principals, only_language, options, guide] =
      query;
  std::string scope;
  // An entry is found by its normal form: those of other rules mean other questions.
  AppendVarint(scope, kQuestionNormaliserVersion);
  AppendVarint(scope, snapshot.collection().id.value);
  AppendPrincipals(principals, scope);
  AppendFilter(filter, scope);
  AppendVarint(scope, (has_operators ? 1 : 0) + (only_language.empty() ? 0 : 2));
  if (!only_language.empty()) AppendBytes(scope, only_language);
  AppendVarint(scope, static_cast<uint64_t>(mode));
  AppendVarint(scope, k);
  AppendBytes(scope, options ? options->Description() : "");
  AppendBytes(scope, guide == nullptr ? "" : guide->Description());
  AppendFixed64(scope, snapshot.generation() ? index::SpaceHash(snapshot.generation()->space) : 0);
  AppendBytes(scope, configuration);
  return scope;
}

uint64_t ContextHash(const Context& context) {
  std::vector<uint64_t> hashes;
  for (const Passage& passage : context.passages) {
    const Chunk& chunk = passage.chunk;
    uint64_t hash = Hash64(chunk.text);
    for (const ChunkId id : ChunksOf(passage)) hash = HashCombine(hash, id.value);
    hash = HashCombine(hash, Hash64(chunk.document));
    hash = HashCombine(hash, Hash64(passage.title));
    hash = HashCombine(hash, Hash64(passage.uri));
    for (const std::string& heading : chunk.span.heading_path) {
      hash = HashCombine(hash, Hash64(heading));
    }
    hash = HashCombine(HashCombine(hash, chunk.span.begin), chunk.span.end);
    hashes.push_back(HashCombine(hash, chunk.span.page));
  }
  std::sort(hashes.begin(), hashes.end());
  uint64_t all = hashes.size();
  for (const uint64_t hash : hashes) all = HashCombine(all, hash);
  if (context.own_support) all = HashCombine(all, std::bit_cast<uint64_t>(*context.own_support));
  return all;
}

}  // namespace quarry::retrieval
