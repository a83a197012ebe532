// quarry chat: a conversation in the terminal.

#include <unistd.h>

#include <algorithm>

#include "app/answer_labels.h"
#include "app/answer_printer.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/line_wrap.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/profile_setup.h"
#include "app/query_setup.h"
#include "app/records.h"
#include "app/server_record.h"
#include "app/text_layout.h"
#include "base/answer_guide.h"
#include "base/ascii.h"
#include "base/text.h"

namespace quarry::app {
namespace {

constexpr size_t kMaxLineBytes = 64 * 1024;

constexpr const char* kHelp =
    "A line is a question; later ones may lean on earlier ones (\"and the other one?\").\n"
    "/new forgets the conversation, /sources shows where the last answer stands, /quit ends.\n";
constexpr const char* kChatCommands = "/new, /sources, /help or /quit";

// Whether a line is meant as a command. A question may begin with a path.
bool IsCommand(std::string_view line) {
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  return word.starts_with('/') && std::ranges::all_of(word.substr(1), [](char c) {
           return IsAsciiAlphanumeric(c) || c == '-' || c == '_' || c == '?';
         });
}

// What is said and answered.
class Conversation {
 public:
  Conversation(Engine& engine, std::string collection, Query query, CommandContext& context)
      : engine_(engine),
        collection_(std::move(collection)),
        query_(std::move(query)),
        context_(context) {}

  // False: it is to end.
  Result<bool> Hear(const std::string& line) {
    Console& console = context_.console;
    if (line == "/quit" || line == "/exit") return false;
    if (line == "/new") {
      turns_.clear();
      last_.reset();
      console.Note("a new conversation");
    } else if (line == "/sources") {
      if (!last_) {
        console.Note("nothing was answered yet");
      } else {
        console.Print(AnswerSourcesText(*last_, console));
      }
    } else if (line == "/help") {
      console.Print(WrapLines(kHelp, console.columns()));
    } else if (IsCommand(line)) {
      console.Note("unknown command " + OneLine(line) + "; expected " + kChatCommands);
    } else {
      QUARRY_RETURN_IF_ERROR(Answer(line));
    }
    QUARRY_RETURN_IF_ERROR(console.Flush());
    return true;
  }

 private:
  Status Answer(const std::string& line) {
    Console& console = context_.console;
    // The newest state, so that what a server or another call indexes meanwhile is found.
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                            SnapshotOf(engine_, collection_));
    AnswerPrinter printer(console);
    query_.text = line;
    quarry::Result<quarry::Answer> answer = engine_.assistant().Ask(
        turns_, query_, *snapshot, generation::CacheUse::kRead, printer.Sink(), context_.call);
    QUARRY_RETURN_IF_ERROR(printer.Finish());
    QUARRY_RETURN_IF_ERROR(answer.status());
    turns_.push_back({.by_user = true, .text = line});
    turns_.push_back({.by_user = false, .text = answer->text});
    last_.emplace();
    last_->question = line;
    last_->collection = collection_;
    last_->language = AnswerLanguage(query_);
    last_->answer = *std::move(answer);
    if (console.json()) {
      console.Print(AnswerJson(*last_));
      return OkStatus();
    }
    console.Print("\n");
    if (!last_->answer.standalone.empty()) {
      const AnswerLabels& labels = LabelsFor(last_->language);
      const std::string understood =
          labels.understood + Printable(last_->answer.standalone) + labels.understood_end + "\n";
      console.Print(console.out_is_terminal() ? WrapLines(understood, console.columns())
                                              : understood);
    }
    console.Print("\n");
    return OkStatus();
  }

  Engine& engine_;
  const std::string collection_;
  Query query_;
  CommandContext& context_;
  std::vector<generation::ConversationTurn> turns_;
  std::optional<AnswerResult> last_;
};

// The lines of a conversation are typed here, so a server cannot run it: where one has the store, says
// how that is asked.
Result<std::unique_ptr<Engine>> OpenForChat(const Config& config) {
  Result<std::unique_ptr<Engine>> engine = Engine::Open(config, StoreAccess::kRead);
  if (engine.status().code() != Code::kLocked) return engine;
  const Result<ServerRecord> server = ReadServerRecord(config.store);
  if (!server.ok()) return engine;
  return LockedError(engine.status().message() +
                     "; or talk to that server: in a browser, or question by question with quarry "
                     "ask, which it runs");
}

}  // namespace

Result<int> RunChat(const ChatArguments& arguments, CommandContext& context) {
  QueryArguments none;
  none.question = "-";  // each line brings its own
  none.filter = arguments.filter;
  none.principals = arguments.principals;
  QUARRY_ASSIGN_OR_RETURN(Query query, MakeQuery(none, context.config()));
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenForChat(context.config()));
  QUARRY_ASSIGN_OR_RETURN(std::string collection,
                          UseProfile(arguments.profile, context, *engine, query));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(*engine, collection));
  Console& console = context.console;
  const bool talks = console.out_is_terminal() && !console.json();
  if (talks) {
    console.Print(WrapLines(Counted(snapshot->live_documents(), "document") + ". " + kHelp,
                            console.columns()) +
                  "\n");
  }
  Conversation conversation(*engine, std::move(collection), std::move(query), context);
  LineInput input(STDIN_FILENO, kMaxLineBytes);
  while (true) {
    if (talks) {
      console.Print("> ");
      QUARRY_RETURN_IF_ERROR(console.Flush());
    }
    // A blank line too: the prompt comes again.
    QUARRY_ASSIGN_OR_RETURN(const bool more, input.NextLine(context.call));
    if (!more) break;
    const std::string said(Trim(input.line()));
    if (said.empty()) continue;
    if (!IsValidUtf8(said)) {
      console.Note("the line is not UTF-8");
      continue;
    }
    QUARRY_ASSIGN_OR_RETURN(const bool goes_on, conversation.Hear(said));
    if (!goes_on) break;
  }
  return kExitDone;
}

}  // namespace quarry::app
