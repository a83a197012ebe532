#include "app/command_engine.h"
#include "app/commands.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "server/answer_log.h"
#include "server/replay.h"

namespace quarry::app {
namespace {

std::string Place(uint32_t place) { return place == 0 ? "-" : std::to_string(place); }

std::string ReplayText(const server::Replay& replay) {
  std::string text = "Answer " + replay.id + " of " + FormatIso8601(replay.time_micros) + "\n";
  text += "  question     " + OneLine(replay.question) + "\n";
  text += "  commit       " + std::to_string(replay.commit_then.value) + " then, " +
          std::to_string(replay.commit_now.value) + " now\n";
  text +=
      "  fingerprint  " + replay.fingerprint_then + " then, " + replay.fingerprint_now + " now\n";
  text +=
      replay.reproduced
          ? "Retrieved as it was asked then: the same passages, byte for byte.\n"
          : "Retrieved as it was asked then: other passages; documents, embedder or models have "
            "changed.\n";
  text += "Under today's configuration: " + std::to_string(replay.came) + " came, " +
          std::to_string(replay.went) + " went, " + std::to_string(replay.moved) + " moved.\n";
  if (!replay.passages.empty()) text += "  then  now   passage\n";
  for (const server::ReplayedPassage& passage : replay.passages) {
    std::string row = "  " + Place(passage.then);
    row.resize(8, ' ');
    row += Place(passage.now);
    row.resize(14, ' ');
    text += row +
            (passage.document.empty()
                 ? "(deleted since)"
                 : OneLine(passage.document) + ", bytes " + std::to_string(passage.begin) + "-" +
                       std::to_string(passage.end)) +
            "\n";
  }
  if (!replay.changed.empty()) text += "Changed in the configuration:\n";
  for (const server::ReplayedSetting& setting : replay.changed) {
    text +=
        "  " + setting.name + ": " + OneLine(setting.then) + " -> " + OneLine(setting.now) + "\n";
  }
  return text;
}

}  // namespace

Result<int> RunReplay(const std::string& id, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const server::StoredAnswer answer,
                          server::FindLoggedAnswer(engine->index().objects(), id));
  QUARRY_ASSIGN_OR_RETURN(const server::Replay replay,
                          server::ReplayAnswer(id, answer, engine->answerer().answerer(),
                                               engine->index(), context.call));
  context.console.Print(context.console.json() ? server::ReplayJson(replay) + "\n"
                                               : ReplayText(replay));
  return kExitDone;
}

}  // namespace quarry::app
