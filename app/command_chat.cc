// quarry chat: a conversation in the terminal.

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/profile_setup.h"
#include "app/query_setup.h"
#include "app/text_layout.h"
#include "base/answer_guide.h"
#include "base/text.h"

namespace quarry::app {
namespace {

constexpr size_t kMaxLineBytes = 64 * 1024;

constexpr const char* kHelp =
    "A line is a question; later ones may lean on earlier ones (\"and the other one?\").\n"
    "/new forgets the conversation, /sources shows where the last answer stands, /quit ends.\n";

// Lines of standard input. Unlike std::getline it ends when the call is cancelled.
class Lines {
 public:
  explicit Lines(const CallContext& call) : call_(call) {}

  // False at the end.
  Result<bool> Next(std::string& line) {
    while (true) {
      const size_t end = buffer_.find('\n');
      if (end != std::string::npos || (at_end_ && !buffer_.empty())) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end == std::string::npos ? buffer_.size() : end + 1);
        return true;
      }
      if (at_end_) return false;
      QUARRY_RETURN_IF_ERROR(call_.Check());
      if (buffer_.size() > kMaxLineBytes) {
        return InvalidArgumentError("standard input: a line of more than " +
                                    std::to_string(kMaxLineBytes) + " bytes");
      }
      pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
      if (::poll(&input, 1, kPollMillis) <= 0) continue;  // or a signal: Check tells
      char bytes[4096];
      const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof(bytes));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return UnavailableError(std::string("standard input: ") + std::strerror(errno));
      }
      at_end_ = count == 0;
      buffer_.append(bytes, static_cast<size_t>(count));
    }
  }

 private:
  static constexpr int kPollMillis = 100;

  const CallContext& call_;
  std::string buffer_;
  bool at_end_ = false;
};

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
    } else if (line.starts_with('/')) {
      console.Print(kHelp);
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
    Status written;
    const generation::AnswerSink sink = PrintPieces(console, written);
    query_.text = line;
    quarry::Result<quarry::Answer> answer = engine_.assistant().Ask(
        turns_, query_, *snapshot, generation::CacheUse::kRead, sink, context_.call);
    QUARRY_RETURN_IF_ERROR(written);
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
      console.Print("(understood as: " + Printable(last_->answer.standalone) + ")\n");
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

}  // namespace

Result<int> RunChat(const ChatArguments& arguments, CommandContext& context) {
  QueryArguments none;
  none.question = "-";  // each line brings its own
  none.filter = arguments.filter;
  none.principals = arguments.principals;
  QUARRY_ASSIGN_OR_RETURN(Query query, MakeQuery(none, context.config()));
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(std::string collection,
                          UseProfile(arguments.profile, context, *engine, query));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(*engine, collection));
  Console& console = context.console;
  const bool talks = console.out_is_terminal() && !console.json();
  if (talks) {
    console.Print(std::to_string(snapshot->live_documents()) + " documents. " + kHelp + "\n");
  }
  Conversation conversation(*engine, std::move(collection), std::move(query), context);
  Lines lines(context.call);
  std::string line;
  while (true) {
    if (talks) {
      console.Print("> ");
      QUARRY_RETURN_IF_ERROR(console.Flush());
    }
    QUARRY_ASSIGN_OR_RETURN(const bool more, lines.Next(line));
    if (!more) break;
    const std::string said(Trim(line));
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
