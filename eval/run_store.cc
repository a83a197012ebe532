#include "eval/run_store.h"

#include <algorithm>
#include <utility>

#include "eval/line_reader.h"

namespace quarry::eval {
namespace {

constexpr uint32_t kLookedAt = 1000;  // runs that a name is looked for in

index::ObjectName NameOf(const std::string& id) {
  return {.kind = index::ObjectKind::kRun, .id = id};
}

// What must be equal for one to go on with the other.
auto Identity(const RunManifest& manifest) {
  return std::tie(manifest.name, manifest.suite, manifest.suite_hash, manifest.cases,
                  manifest.repeats, manifest.judgements, manifest.seed, manifest.config_hash,
                  manifest.collection, manifest.commit, manifest.answerer, manifest.embedder,
                  manifest.judge, manifest.program, manifest.build);
}

}  // namespace

Result<RunManifest> RunStore::Create(RunManifest manifest) {
  manifest.id = index::NewObjectId("run_");
  QUARRY_RETURN_IF_ERROR(objects_.Create(NameOf(manifest.id), ManifestLine(manifest)));
  return manifest;
}

Status RunStore::Append(const std::string& id, uint32_t part, const RunRecord& record) {
  index::ObjectBatch batch;
  batch.PutPart(NameOf(id), part, RecordLine(record));
  return objects_.Write(batch).Annotate("run " + id);
}

Result<RunManifest> RunStore::ReadManifest(const std::string& id) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, objects_.Get(NameOf(id)));
  if (!object) return NotFoundError("run \"" + id + "\": there is none of that id");
  Result<RunManifest> manifest = ParseManifest(object->value);
  if (!manifest.ok()) return manifest.status().Annotate("run " + id);
  return manifest;
}

Result<std::vector<RunManifest>> RunStore::List(uint32_t limit,
                                                std::vector<Status>* damaged) const {
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectPage page,
      objects_.List(index::ObjectKind::kRun, "", {.limit = limit, .newest_first = true}));
  if (damaged == nullptr && !page.damaged.empty()) return page.damaged.front();
  std::vector<RunManifest> manifests;
  if (damaged != nullptr) {
    damaged->insert(damaged->end(), page.damaged.begin(), page.damaged.end());
  }
  for (const index::Object& object : page.objects) {
    Result<RunManifest> manifest = ParseManifest(object.value);
    if (manifest.ok()) {
      manifest->content_hashes.clear();  // up to 1,000 of each run; a list compares no texts
      manifests.push_back(*std::move(manifest));
      continue;
    }
    const Status status = manifest.status().Annotate("run " + object.id);
    if (damaged == nullptr) return status;
    damaged->push_back(status);
  }
  return manifests;
}

Result<std::string> RunStore::FindId(const std::string& name, const std::string& without,
                                     const std::string& suite) const {
  std::vector<Status> damaged;  // they have no names
  QUARRY_ASSIGN_OR_RETURN(std::vector<RunManifest> runs, List(kLookedAt, &damaged));
  std::erase_if(runs, [&](const RunManifest& run) { return run.id == without; });
  if (name == "latest") {
    const auto latest = std::ranges::find_if(
        runs, [&](const RunManifest& run) { return suite.empty() || run.suite == suite; });
    if (latest != runs.end()) return latest->id;
  }
  for (const RunManifest& run : runs) {
    if (run.id == name || (!run.name.empty() && run.name == name)) return run.id;
  }
  std::string found;
  for (const RunManifest& run : runs) {
    if (name.empty() || !run.id.starts_with(name)) continue;
    if (!found.empty()) {
      return InvalidArgumentError("run \"" + name + "\": begins the ids of several");
    }
    found = run.id;
  }
  if (!found.empty()) return found;
  if (name == "latest" && !suite.empty()) {
    return NotFoundError("run \"latest\": the store holds none of the suite \"" + suite + '"' +
                         (without.empty() ? "" : " besides " + without));
  }
  return NotFoundError(
      "run \"" + name + "\": there is none of that id or name; " +
      (runs.empty() ? std::string("the store holds none") : "the newest is " + runs[0].id));
}

Result<Run> RunStore::Find(const std::string& name, const std::string& without,
                           const std::string& suite) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string id, FindId(name, without, suite));
  return Read(id);
}

Result<Run> RunStore::FindBaseline(const std::string& name, const RunManifest& run) const {
  return Find(name, name == "latest" ? run.id : "", run.suite);
}

Result<std::vector<uint32_t>> RunStore::Parts(const std::string& id) const {
  std::vector<uint32_t> parts;
  QUARRY_RETURN_IF_ERROR(objects_.ForEachPart(NameOf(id), 1, [&](uint32_t part, std::string_view) {
    parts.push_back(part);
    return true;
  }));
  return parts;
}

Result<std::vector<uint32_t>> RunStore::PartsWithoutError(const std::string& id) const {
  QUARRY_ASSIGN_OR_RETURN(const Run run, Read(id));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> parts, Parts(id));
  std::vector<uint32_t> good;
  for (size_t i = 0; i < std::min(parts.size(), run.records.size()); ++i) {
    const RunRecord& record = run.records[i];
    if (record.error.empty() && record.judge_error.empty()) good.push_back(parts[i]);
  }
  return good;
}

Result<Run> RunStore::Read(const std::string& id) const {
  Run run;
  QUARRY_ASSIGN_OR_RETURN(run.manifest, ReadManifest(id));
  Status parsed;
  QUARRY_RETURN_IF_ERROR(
      objects_.ForEachPart(NameOf(id), 1, [&](uint32_t part, std::string_view bytes) {
        Result<RunRecord> record = ParseRecord(bytes);
        if (!record.ok()) {
          parsed = record.status().Annotate("run " + id + " part " + std::to_string(part));
          return false;
        }
        run.records.push_back(*std::move(record));
        return true;
      }));
  QUARRY_RETURN_IF_ERROR(parsed);
  return run;
}

Result<std::string> RunStore::FindUnfinished(const RunManifest& wanted) const {
  std::vector<Status> damaged;  // nothing goes on with those
  QUARRY_ASSIGN_OR_RETURN(const std::vector<RunManifest> runs, List(kLookedAt, &damaged));
  for (const RunManifest& run : runs) {
    if (Identity(run) != Identity(wanted)) continue;
    const uint64_t whole = uint64_t{run.cases} * run.repeats;
    QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> parts, Parts(run.id));
    QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> good, PartsWithoutError(run.id));
    const double needed = kMinCoverage * static_cast<double>(whole);
    return parts.size() < whole || static_cast<double>(good.size()) < needed ? run.id : "";
  }
  return std::string();
}

std::string RunLines(const Run& run) {
  std::string lines = ManifestLine(run.manifest) + "\n";
  for (const RunRecord& record : run.records) lines += RecordLine(record) + "\n";
  return lines;
}

Result<Run> ReadRunFile(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
  Run run;
  bool has_manifest = false;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) break;
    if (!has_manifest) {
      Result<RunManifest> manifest = ParseManifest(reader.line());
      if (!manifest.ok()) return manifest.status().Annotate(reader.Place());
      run.manifest = *std::move(manifest);
      has_manifest = true;
      continue;
    }
    Result<RunRecord> record = ParseRecord(reader.line());
    if (!record.ok()) return record.status().Annotate(reader.Place());
    run.records.push_back(*std::move(record));
  }
  if (!has_manifest) return DataLossError(path + ": is empty; expected a run");
  return run;
}

}  // namespace quarry::eval
