#include <cstdlib>

#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "model/model_info.h"
#include "model/model_pull.h"

namespace quarry::app {
namespace {

std::string Variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

}  // namespace

Result<int> RunModelInfo(CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const model::ModelInfo info,
                          model::ReadModelInfo(context.config().embedding.folder));
  context.console.Print(context.console.json() ? ModelInfoJson(info) : ModelInfoText(info));
  return kExitDone;
}

Result<int> RunModelPull(const ModelPullArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(model::RemoteModelsOptions remote, RemoteOptionsOf(context.config()));
  const model::HttpClient http(std::move(remote.http));
  model::PullOptions options;
  options.limits = context.config().remote.limits;
  options.hub = Variable("HF_ENDPOINT", options.hub);
  options.token = Variable("HF_TOKEN", "");
  options.revision = arguments.revision;
  std::string directory = arguments.directory;
  if (directory.empty()) {
    directory = "models/" + arguments.name.substr(arguments.name.rfind('/') + 1);
  }
  ProgressPrinter progress(context.console);
  const auto sink = progress.StageSink();
  Result<model::PullReport> report = model::PullModel(
      http, arguments.name, directory, options, context.call,
      [&](uint64_t done, uint64_t total) { sink("fetching", done >> 20, total >> 20); });
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  const ModelPullResult result{arguments.name, directory, *report};
  context.console.Print(context.console.json() ? ModelPullJson(result) : ModelPullText(result));
  return kExitDone;
}

}  // namespace quarry::app
