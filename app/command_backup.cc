#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"

namespace quarry::app {
namespace {

Result<int> PrintResult(const BackupResult& result, CommandContext& context) {
  context.console.Print(context.console.json() ? BackupJson(result) : BackupText(result));
  return kExitDone;
}

}  // namespace

Result<int> RunBackupCreate(const BackupArguments& arguments, CommandContext& context) {
  Result<std::unique_ptr<Engine>> engine = Engine::Open(context.config(), StoreAccess::kRead);
  if (engine.status().code() == Code::kLocked) {
    return LockedError(engine.status().message() +
                       "; a server that holds it makes the backup itself: POST /api/v1/backup "
                       "(server.backup_directory allows it)");
  }
  QUARRY_RETURN_IF_ERROR(engine.status());
  ProgressPrinter progress(context.console);
  BackupResult result{
      .verb = "created", .directory = arguments.directory, .store = "", .report = {}};
  QUARRY_ASSIGN_OR_RETURN(
      result.report,
      (*engine)->index().Backup(arguments.directory, context.call, progress.StageSink()));
  progress.Clear();
  return PrintResult(result, context);
}

Result<int> RunBackupVerify(const BackupArguments& arguments, CommandContext& context) {
  ProgressPrinter progress(context.console);
  BackupResult result{
      .verb = "checked", .directory = arguments.directory, .store = "", .report = {}};
  QUARRY_ASSIGN_OR_RETURN(
      result.report, index::VerifyBackup(arguments.directory, context.call, progress.StageSink()));
  progress.Clear();
  return PrintResult(result, context);
}

Result<int> RunBackupRestore(const BackupArguments& arguments, CommandContext& context) {
  ProgressPrinter progress(context.console);
  BackupResult result{.verb = "restored",
                      .directory = arguments.directory,
                      .store = context.config().store,
                      .report = {}};
  QUARRY_ASSIGN_OR_RETURN(
      result.report, index::RestoreBackup(arguments.directory, context.config().store, context.call,
                                          progress.StageSink()));
  progress.Clear();
  return PrintResult(result, context);
}

}  // namespace quarry::app
