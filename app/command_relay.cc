#include "app/command_relay.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "app/output_json.h"
#include "app/server_record.h"
#include "app/text_layout.h"
#include "base/base64.h"
#include "model/http_client.h"
#include "model/sse_parser.h"
#include "server/errors.h"
#include "server/sse.h"
#include "server/strict_json.h"

namespace quarry::app {
namespace {

constexpr const char* kPath = "/api/v1/command";
constexpr uint32_t kMostSeconds = 7 * 24 * 3600;  // of one command
// A server that is alive sends a comment every 15 s.
constexpr std::chrono::seconds kSilence{60};

// Prints `status` and returns its exit code.
int Report(const Status& status, Console& console) {
  const bool interrupted = status.code() == Code::kCancelled;
  console.Note((interrupted ? "" : "error: ") + OneLine(status.message()));
  if (console.json()) console.Print(ErrorJson(status));
  return InfoOf(status.code()).exit_code;
}

bool IsRelayed(const std::string& command) {
  return std::ranges::any_of(RelayedCommands(), [&](const std::string& one) {
    return command == one || command.starts_with(one + ' ');
  });
}

// Options of the models that belong to an engine, whoever asks it.
bool IsOfModels(std::string_view key) {
  return key.starts_with("chat.") || key.starts_with("embedding.") || key == "rerank.model" ||
         key == "rerank.key";
}

// Whether the command and the server mean the same by texts of an option. Files are relative to where each
// was started.
bool MeanTheSame(const std::string& command, const std::string& directory,
                 const std::string& server) {
  if (command == server) return true;
  if (command.empty() || server.empty()) return false;
  std::error_code error;
  return (std::filesystem::path(directory) / command).lexically_normal() ==
         std::filesystem::absolute(server, error).lexically_normal();
}

// A relayed command is answered by the server's models. Others that its line names are refused: an answer
// by a model that was not asked for is no answer. What its file or environment says may be meant for
// other commands too: that is noted.
Status CheckModels(const ParsedCommandLine& line, const Invocation& invocation,
                   const LoadedConfig& loaded, Console& console) {
  // A suite's own engine has the options of the line.
  static const std::set<std::string> kHaveOwnEngine = {"eval advise", "eval export", "eval lint",
                                                       "eval run"};
  if (kHaveOwnEngine.contains(line.command)) return OkStatus();
  for (const ConfigKey& key : ConfigKeys()) {
    if (!IsOfModels(key.name) || loaded.IsDefault(key.name)) continue;
    const std::string theirs = FormatConfigValue(key.get(invocation.engine->config()));
    if (MeanTheSame(FormatConfigValue(key.get(loaded.config)), invocation.directory, theirs)) {
      continue;
    }
    const std::string origin = loaded.OriginOf(key.name);
    const std::string what = key.name + ": the server that has the store (process " +
                             std::to_string(::getpid()) + ") answers with its own";
    if (origin.starts_with("--")) {
      return FailedPreconditionError(origin + ": " + what + "; give it there, or stop the server");
    }
    if (!key.secret) console.Note(what + ", not with that of " + origin);
  }
  return OkStatus();
}

Result<int> RunAction(const ParsedCommandLine& line, const Invocation& invocation, Console& console,
                      SignalScope* signals) {
  ConfigSources sources;
  sources.file = line.config_file;
  sources.environment = invocation.environment;
  sources.flags = line.flags;
  if (!invocation.directory.empty()) {
    sources.default_file = invocation.directory + '/' + sources.default_file;
    if (sources.file && !sources.file->starts_with('/')) {
      sources.file = invocation.directory + '/' + *sources.file;
    }
  }
  QUARRY_ASSIGN_OR_RETURN(LoadedConfig loaded, LoadConfig(sources));
  if (invocation.engine != nullptr) loaded.config.store = invocation.engine->config().store;
  for (const std::string& warning : loaded.warnings) console.Note("warning: " + warning);
  if (invocation.engine != nullptr) {
    QUARRY_RETURN_IF_ERROR(CheckModels(line, invocation, loaded, console));
  }
  CommandContext context{.loaded = loaded,
                         .console = console,
                         .call = invocation.call,
                         .engine = invocation.engine,
                         .directory = invocation.directory};
  std::optional<SignalScope> own;
  if (signals == nullptr) signals = &own.emplace(context.call.cancel);
  Result<int> result = line.action(context, *signals);
  if (result.status().code() != Code::kLocked || invocation.engine != nullptr) return result;
  return RelayCommand(line, result.status(), context);
}

// ---- the server's side ----

// A FILE whose bytes become events of a stream. The name of the events tells which it is.
class EventFile {
 public:
  EventFile(server::StreamWriter& stream, const char* name) : stream_(stream), name_(name) {
    cookie_io_functions_t functions{};
    functions.write = [](void* self, const char* bytes, size_t size) -> ssize_t {
      auto& file = *static_cast<EventFile*>(self);
      const std::string data = EncodeBase64(std::string_view(bytes, size));
      return file.stream_.Write(server::SseEvent(file.name_, data)) ? static_cast<ssize_t>(size)
                                                                    : 0;
    };
    file_ = ::fopencookie(this, "w", functions);
    QUARRY_CHECK(file_ != nullptr);  // memory
  }
  ~EventFile() { std::fclose(file_); }
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  std::FILE* get() const { return file_; }

 private:
  server::StreamWriter& stream_;
  const char* const name_;
  std::FILE* file_;
};

// What a relayed command is: the body of its request.
struct RelayedCommand {
  Invocation invocation;
  Console::Options console;
};

Result<RelayedCommand> ParseRelayed(const std::string& body) {
  QUARRY_ASSIGN_OR_RETURN(const server::JsonValue json, server::ParseJson(body));
  RelayedCommand command;
  uint32_t columns = 0;
  server::ObjectReader reader(json, "");
  reader.Required("arguments").Strings(command.invocation.arguments);
  reader.Required("directory").String(command.invocation.directory);
  reader.Required("environment")
      .Value([&](const server::JsonValue& value, const std::string& place) -> Status {
        if (value.AsObject() == nullptr)
          return InvalidArgumentError(place + ": expected an object");
        for (const server::JsonField& field : *value.AsObject()) {
          const std::string* text = field.value.AsString();
          if (text == nullptr) return InvalidArgumentError(place + ": expected texts");
          command.invocation.environment[field.name] = *text;
        }
        return OkStatus();
      });
  reader.Required("json").Bool(command.console.json);
  reader.Required("out_is_terminal").Bool(command.console.out_is_terminal);
  reader.Required("error_is_terminal").Bool(command.console.error_is_terminal);
  reader.Required("colour").Bool(command.console.colour);
  reader.Required("columns").Uint(columns, 1, 10'000);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  command.console.columns = columns;
  return command;
}

server::Response RunRelayed(Engine& engine, SignalScope& signals, const server::Call& call) {
  Result<RelayedCommand> command = ParseRelayed(call.request.body);
  if (!command.ok()) return server::ErrorResponse(server::Surface::kNative, command.status());
  command->invocation.engine = &engine;
  command->invocation.call = call.context;
  call.stream.KeepAlive(server::EventStreamHead());
  call.stream.Begin(server::EventStreamHead());
  int exit_code = 0;
  {
    const EventFile out(call.stream, "out");
    const EventFile error(call.stream, "error");
    std::setvbuf(error.get(), nullptr, _IONBF, 0);  // progress has no line ends
    Console console(out.get(), error.get(), command->console);
    exit_code = RunCommandLine(command->invocation, console, &signals);
  }
  call.stream.Write(server::SseEvent("exit", std::to_string(exit_code)));
  return {};
}

// ---- the command's side ----

// The variables that the command is to see, without secrets: those are for models, and models are
// the server's.
nlohmann::json VisibleEnvironment() {
  nlohmann::json variables = nlohmann::json::object();
  for (const auto& [name, value] : QuarryEnvironment()) {
    const auto is_it = [&](const ConfigKey& key) { return key.Environment() == name; };
    const auto key = std::find_if(ConfigKeys().begin(), ConfigKeys().end(), is_it);
    if (key == ConfigKeys().end() || !key->secret) variables[name] = value;
  }
  return variables;
}

std::string RelayBody(const ParsedCommandLine& line, const Console::Options& console) {
  std::error_code error;
  const nlohmann::json body = {{"arguments", line.arguments},
                               {"directory", std::filesystem::current_path(error).string()},
                               {"environment", VisibleEnvironment()},
                               {"json", console.json},
                               {"out_is_terminal", console.out_is_terminal},
                               {"error_is_terminal", console.error_is_terminal},
                               {"colour", console.colour},
                               {"columns", console.columns}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Prints what comes; the exit code once it has come.
class RelayedOutput {
 public:
  explicit RelayedOutput(Console& console) : console_(console) {}

  Status Take(const model::SseEvent& event) {
    if (event.name == "exit") {
      exit_code_ = std::atoi(event.data.c_str());
      return OkStatus();
    }
    const std::optional<std::string> text = DecodeBase64(event.data);
    if (!text) return DataLossError("the server sent what is no output of a command");
    if (event.name == "error") {
      console_.PrintError(*text);
      return OkStatus();
    }
    console_.Print(*text);
    return console_.Flush();
  }
  const std::optional<int>& exit_code() const { return exit_code_; }

 private:
  Console& console_;
  std::optional<int> exit_code_;
};

// What a server says that does not run a command.
std::string RefusalText(const model::HttpResponse& response) {
  const nlohmann::json body =
      nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer message("/error/message");
  if (body.is_object() && body.contains(message) && body.at(message).is_string()) {
    return OneLine(body.at(message).get<std::string>());
  }
  return "answered " + std::to_string(response.status) + ": " + OneLine(response.body);
}

}  // namespace

server::Route MakeCommandRoute(Engine& engine, SignalScope& signals) {
  return {.method = "POST",
          .pattern = kPath,
          .description = "run a command of the program, for the owner of the store",
          .handler = [&](const server::Call& call) { return RunRelayed(engine, signals, call); },
          .lane = server::Lane::kCommands,
          .scope = server::Scope::kOwner,
          .seconds = kMostSeconds};
}

const std::vector<std::string>& RelayedCommands() {
  static const std::vector<std::string> commands = {
      "search",    "ask",       "replay",      "index",        "docs",        "collections",
      "cache",     "keys",      "profile",     "stats",        "verify",      "compact",
      "tune",      "feedback",  "eval advise", "eval compare", "eval export", "eval from-traffic",
      "eval gate", "eval lint", "eval plan",   "eval rank",    "eval report", "eval run",
      "eval runs", "eval synth"};
  return commands;
}

Result<int> RelayCommand(const ParsedCommandLine& line, const Status& locked,
                         CommandContext& context) {
  if (!IsRelayed(line.command)) return locked;
  Console& console = context.console;
  const Result<ServerRecord> record = ReadServerRecord(context.config().store);
  if (!record.ok()) return locked;
  RelayedOutput output(console);
  model::SseParser parser([&](const model::SseEvent& event) { return output.Take(event); },
                          size_t{64} << 20);
  bool is_told = false;
  model::HttpSink sink;
  sink.head = [&](const model::HttpResponse&) {
    is_told = true;
    console.Note("the server at " + record->url + " has the store, and runs this");
    return OkStatus();
  };
  sink.body = [&](std::string_view piece) { return parser.Feed(piece); };
  const model::HttpRequest request{.method = "POST",
                                   .url = record->url + kPath,
                                   .headers = {{"Content-Type", "application/json"},
                                               {"Authorization", "Bearer " + record->token}},
                                   .body = RelayBody(line, console.options()),
                                   .limits = {.first_byte = kSilence, .gap = kSilence}};
  const Result<model::HttpResponse> response =
      model::HttpClient({}).Send(request, sink, context.call);
  if (!response.ok() && response.status().code() == Code::kCancelled) {
    return CancelledError("interrupted; the server was told");
  }
  if (output.exit_code()) return *output.exit_code();
  if (is_told) {
    return UnavailableError("the server at " + record->url + " ended before the command did" +
                            (response.ok() ? "" : ": " + response.status().message()));
  }
  // It has too much to do or does not answer, or somebody else is there.
  const bool is_busy = response.ok() && (response->status == 429 || response->status == 503);
  return LockedError("store " + context.config().store + ": in use by the server at " +
                     record->url + ", which did not run this: " +
                     (response.ok() ? RefusalText(*response) : response.status().message()) +
                     (is_busy ? "; try again" : ""));
}

int RunCommandLine(const Invocation& invocation, Console& console, SignalScope* signals) {
  std::vector<const char*> arguments = {"quarry"};
  for (const std::string& argument : invocation.arguments) arguments.push_back(argument.c_str());
  const Result<ParsedCommandLine> line =
      ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
  int exit_code = 0;
  if (!line.ok()) {
    exit_code = Report(line.status(), console);
  } else if (!line->text.empty()) {
    console.Print(line->text);
  } else {
    const Result<int> result = RunAction(*line, invocation, console, signals);
    exit_code = result.ok() ? *result : Report(result.status(), console);
  }
  // A result that did not reach its reader is no success.
  if (const Status written = console.Flush(); !written.ok()) return Report(written, console);
  return exit_code;
}

}  // namespace quarry::app
