#include <filesystem>

#include "app/chat_setup.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/host_facts.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/server_record.h"
#include "app/text_layout.h"
#include "base/child_process.h"
#include "generation/model_probe.h"
#include "ingest/helper_programs.h"
#include "model/url.h"

namespace quarry::app {
namespace {

using Level = Finding::Level;

constexpr uint64_t kLittleDisk = uint64_t{1} << 30;
constexpr uint64_t kLittleMemory = uint64_t{512} << 20;
constexpr uint64_t kOtherFiles = 64;  // libraries, sockets, sources that are being read

Finding CheckConfig(const LoadedConfig& loaded) {
  Finding finding{.subject = "config", .detail = "defaults, no quarry.yaml here"};
  if (!loaded.file.empty()) finding.detail = loaded.file;
  if (!loaded.origin.empty()) {
    const size_t options = loaded.origin.size();
    finding.detail +=
        ", " + std::to_string(options) + (options == 1 ? " option set" : " options set");
  }
  if (!loaded.warnings.empty()) {
    finding.level = Level::kWarning;
    finding.detail += "; " + loaded.warnings[0];
    finding.advice = "unset the variable, or correct its name";
  }
  return finding;
}

Finding CheckDisk(const Config& config) {
  const std::string& store = config.store;
  const uint64_t floor = index::FreeBytesFloor(config.storage);
  Finding finding{.subject = "disk"};
  const std::optional<uint64_t> free = FreeDiskBytes(store);
  if (!free) {
    finding.level = Level::kWarning;
    finding.detail = "cannot tell how much is free at " + store;
    return finding;
  }
  finding.detail = FormatBytes(*free) + " free at " + store;
  if (*free < floor + kLittleDisk) {
    finding.level = *free < floor ? Level::kFailed : Level::kWarning;
    finding.exit_code = kExitPartly;
    finding.advice = "make room: with less than " + FormatBytes(floor) +
                     " (storage.min_free_bytes) the store can be read and not written";
  }
  return finding;
}

Finding CheckMemory() {
  Finding finding{.subject = "memory", .detail = "cannot tell how much is available"};
  const std::optional<uint64_t> available = AvailableMemoryBytes();
  if (!available) return finding;
  finding.detail = FormatBytes(*available) + " available";
  if (*available < kLittleMemory) {
    finding.level = Level::kWarning;
    finding.advice = "large collections need more; lower storage.block_cache_bytes, or free some";
  }
  return finding;
}

Finding CheckOpenFiles(const Config& config) {
  Finding finding{.subject = "open files", .detail = "cannot tell the limit"};
  const std::optional<uint64_t> limit = OpenFileLimit();
  if (!limit) return finding;
  const uint64_t store = static_cast<uint64_t>(config.storage.max_open_files) + kOtherFiles;
  const uint64_t serving = store + config.server.max_connections;
  finding.detail = "limit " + std::to_string(*limit);
  if (*limit < serving) {
    finding.level = *limit < store ? Level::kFailed : Level::kWarning;
    finding.exit_code = kExitPartly;
    finding.detail +=
        ", the store needs " + std::to_string(store) + ", the server " + std::to_string(serving);
    finding.advice =
        "raise it (ulimit -n " + std::to_string(serving) + "), or lower server.max_connections";
  }
  return finding;
}

Finding CheckCpu() {
  const std::vector<std::string> features = CpuFeatures();
  return {.subject = "cpu",
          .detail = std::to_string(ThreadCount(0)) + " cores" + (features.empty() ? "" : ", ") +
                    Join(features, " ")};
}

// Programs that read formats which Quarry itself does not. One that is absent is no fault.
Finding CheckHelpers() {
  Finding finding{.subject = "helpers"};
  std::string absent;
  for (const ingest::HelperProgram& program : ingest::HelperPrograms()) {
    const bool found = FindProgram(program.name).has_value();
    std::string& list = found ? finding.detail : absent;
    if (!list.empty()) list += "; ";
    list += std::string(program.name) + " (" + program.reads +
            (found ? ")" : ": install " + std::string(program.package) + ")");
  }
  if (!absent.empty())
    finding.detail += (finding.detail.empty() ? "" : "; ") + ("absent: " + absent);
  return finding;
}

Finding CheckCollection(const index::CollectionStats& stats, const Config& config) {
  Finding finding{.subject = "collection"};
  finding.detail = stats.collection.name + ": " + WithThousands(stats.documents) + " documents, " +
                   WithThousands(stats.chunks) + " chunks, " +
                   (stats.embedder.empty() ? "no embedder" : stats.embedder);
  const bool could_learn = config.embedding.enabled && stats.embedder.empty() &&
                           stats.chunks >= config.embedding.learn_from_chunks;
  const bool is_behind = !stats.embedder.empty() && stats.pending_vectors > 0;
  if (could_learn || is_behind) {
    finding.level = Level::kWarning;
    finding.detail += ", " + WithThousands(stats.pending_vectors) + " chunks not embedded";
    finding.advice = "found by their words only; run the last quarry index again, it goes on there";
  }
  return finding;
}

// Who may read and write the store's directory.
void CheckPermissions(const std::string& store, Finding& finding) {
  if (!IsWritable(store)) {
    finding.level = Level::kWarning;
    finding.detail += ", not writable";
    finding.advice = "searching works; indexing needs write permission";
  }
  std::error_code error;
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  const auto mode = std::filesystem::status(store, error).permissions();
  if (!error && (mode & others) != std::filesystem::perms::none) {
    finding.level = Level::kWarning;
    finding.detail += ", open to other users of this machine";
    finding.advice = "chmod 700 " + store + ", unless they shall read all of it";
  }
}

// The store and what is in it; nothing of it is changed.
void CheckStore(CommandContext& context, std::vector<Finding>& findings) {
  const Config& config = context.config();
  Finding finding{.subject = "store"};
  const Result<std::unique_ptr<Engine>> engine = Engine::Open(config, StoreAccess::kRead);
  if (engine.status().code() == Code::kLocked) {
    if (const Result<ServerRecord> server = ReadServerRecord(config.store); server.ok()) {
      finding.detail = config.store + ", a server runs on it at " + server->url + " (process " +
                       std::to_string(server->process) +
                       "); it runs quarry stats and quarry verify";
      CheckPermissions(config.store, finding);
      findings.push_back(finding);
      return;
    }
  }
  if (!engine.ok()) {
    finding.detail = engine.status().message();
    finding.exit_code = InfoOf(engine.status().code()).exit_code;
    finding.level = Level::kFailed;
    switch (engine.status().code()) {
      case Code::kNotFound:
        finding.level = Level::kWarning;  // not yet; the message says how
        break;
      case Code::kLocked:
        finding.level = Level::kWarning;  // an index run is no illness
        finding.advice = "wait for that process, or stop it, to have the store looked at";
        break;
      case Code::kDataLoss:
        finding.advice = "restore a copy, or index into a new store";
        break;
      case Code::kInvalidArgument:  // a file, or somebody else's
        finding.advice = "run quarry as the owner of the store, or name another with --store";
        break;
      default:  // the message says what to do
        break;
    }
    findings.push_back(finding);
    return;
  }
  index::Index& index = (*engine)->index();
  finding.detail = config.store + ", format " + std::to_string(index::kStoreFormatVersion) + ", " +
                   FormatBytes(index.Usage().database_bytes);
  CheckPermissions(config.store, finding);
  findings.push_back(finding);
  for (const index::StoredCollection& collection : index.Collections()) {
    const Result<index::CollectionStats> stats = index.Stats(collection.id);
    if (stats.ok()) {
      findings.push_back(CheckCollection(*stats, config));
      continue;
    }
    findings.push_back({.level = Level::kFailed,
                        .subject = "collection",
                        .detail = collection.name + ": " + stats.status().message(),
                        .advice = "quarry verify tells more; restore a copy, or index again",
                        .exit_code = InfoOf(stats.status().code()).exit_code});
  }
}

// Of a model that was not to be asked. Where nobody listens that is said in place of what the system
// calls it.
Finding NotAsked(const Status& status, const model::ChatModel& chat) {
  Finding finding{.level = Level::kFailed,
                  .subject = "model",
                  .detail = OneLine(status.message()),
                  .exit_code = InfoOf(status.code()).exit_code};
  const Result<model::Url> url = model::ParseUrl(chat.name());
  if (url.ok() && status.message().find("Connection refused") != std::string::npos) {
    finding.detail =
        "nothing listens at " + url->Authority() + " (connection refused); is the server running?";
  }
  return finding;
}

// Which of the prompts the chat model follows: one finding for each.
Status CheckModel(CommandContext& context, std::vector<Finding>& findings) {
  if (context.config().chat_model.empty()) {
    return InvalidArgumentError(
        "--model: no chat.model is configured; name one: --set chat.model=URL#NAME");
  }
  QUARRY_ASSIGN_OR_RETURN(model::RemoteModelsOptions options, RemoteOptionsOf(context.config()));
  const std::string openai_base_url = options.openai_base_url;
  const model::RemoteModels remote(std::move(options));
  const SystemClock clock;
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<ChatSetup> setup,
                          ChatSetup::Make(context.config(), remote, openai_base_url, clock));
  const Analyzer analyzer;
  const Result<std::vector<generation::ProbeResult>> results =
      generation::ProbeChatModel(setup->chat(), setup->prompts(), analyzer, context.call);
  if (!results.ok()) {
    QUARRY_RETURN_IF_ERROR(context.call.Check());
    findings.push_back(NotAsked(results.status(), setup->chat()));
    return OkStatus();
  }
  for (const generation::ProbeResult& result : *results) {
    Finding finding{.subject = "model", .detail = result.name + ": followed"};
    if (!result.followed) {
      finding.level = Level::kWarning;
      finding.detail = result.name + ": not followed: " + result.detail;
      finding.advice = "see what it says; chat.prompts names prompts of your own";
    }
    findings.push_back(std::move(finding));
  }
  return OkStatus();
}

}  // namespace

Result<int> RunDoctor(const DoctorArguments& arguments, CommandContext& context) {
  const Config& config = context.config();
  std::vector<Finding> findings;
  findings.push_back({.subject = "quarry", .detail = ProgramVersion() + ", " + CompilerVersion()});
  findings.push_back(CheckConfig(context.loaded));
  CheckStore(context, findings);
  findings.push_back(CheckDisk(config));
  findings.push_back(CheckMemory());
  findings.push_back(CheckOpenFiles(config));
  findings.push_back(CheckCpu());
  findings.push_back(CheckHelpers());
  findings.push_back({.subject = "libraries", .detail = Join(LibraryVersions(), " ")});

  if (arguments.model) QUARRY_RETURN_IF_ERROR(CheckModel(context, findings));

  int exit_code = kExitDone;
  for (const Finding& finding : findings) {
    if (finding.level == Level::kFailed && exit_code == kExitDone) exit_code = finding.exit_code;
  }
  context.console.Print(context.console.json() ? FindingsJson(findings)
                                               : FindingsText(findings, context.console));
  return exit_code;
}

}  // namespace quarry::app
