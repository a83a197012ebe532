#pragma once

// The commands of the program. Each takes its arguments as a plain struct (cli.cc fills them from
// the command line), prints its result and returns the exit code; an error is printed by the
// caller.
//
// Exit codes: 0 done; 1 nothing found, or some of what was asked for could not be done; 3 verify
// found problems; those of errors stand in base/status.cc.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/console.h"
#include "app/signals.h"
#include "base/call_context.h"
#include "base/status.h"

namespace quarry::app {

inline constexpr int kExitDone = 0;
inline constexpr int kExitPartly = 1;
inline constexpr int kExitDamaged = 3;

class Engine;

struct CommandContext {
  const LoadedConfig& loaded;
  Console& console;
  CallContext call;            // cancelled by SIGINT and SIGTERM
  Engine* engine = nullptr;    // of the server that runs the command (command_relay.h)
  std::string directory = {};  // of the user, where that is not the process's

  const Config& config() const { return loaded.config; }
};

struct IndexArguments {
  std::vector<std::string> paths;     // or one "-": records on standard input (records.h)
  std::vector<std::string> metadata;  // "key=value"
  bool prune = false;
  bool dry_run = false;
  bool watch = false;  // follow the folders until the call is cancelled
};
Result<int> RunIndex(const IndexArguments& arguments, CommandContext& context);

// What search and ask share.
struct QueryArguments {
  std::string question;
  std::string filter;                   // JSON; "" = none
  std::vector<std::string> principals;  // on whose behalf; none = unrestricted
};

struct SearchArguments : QueryArguments {
  std::vector<std::string> collections;  // searched together; none = that of the configuration
  bool explain = false;
  std::string why;  // a document: why it is not among the passages; "" = nothing is asked
};
Result<int> RunSearch(const SearchArguments& arguments, CommandContext& context);

struct AskArguments : QueryArguments {
  std::string profile;  // "" = none
  bool show_context = false;
  bool no_cache = false;  // make the answer anew
};
Result<int> RunAsk(const AskArguments& arguments, CommandContext& context);

struct ChatArguments {
  std::string profile;  // "" = none
  std::string filter;
  std::vector<std::string> principals;
};
// Questions on standard input, a line each, and their answers, until it ends.
Result<int> RunChat(const ChatArguments& arguments, CommandContext& context);

struct DocsListArguments {
  uint64_t limit = 50;
  uint64_t offset = 0;
};
Result<int> RunDocsList(const DocsListArguments& arguments, CommandContext& context);

struct DocsShowArguments {
  std::string id;
  bool chunks = false;
  bool text = false;
};
Result<int> RunDocsShow(const DocsShowArguments& arguments, CommandContext& context);

struct DocsDuplicatesArguments {
  double similarity = 0.8;  // from which documents are nearly the same
};
Result<int> RunDocsDuplicates(const DocsDuplicatesArguments& arguments, CommandContext& context);

struct DocsWholeArguments {
  std::vector<std::string> ids;
  std::string focus;
  std::string language;
  uint32_t max_sentences = 0;
};
Result<int> RunDocsSummarize(const DocsWholeArguments& arguments, CommandContext& context);
Result<int> RunDocsCompare(const DocsWholeArguments& arguments, CommandContext& context);

// Of an answer that a server of this store gave.
Result<int> RunReplay(const std::string& id, CommandContext& context);

struct DocsDeleteArguments {
  std::vector<std::string> ids;
};
Result<int> RunDocsDelete(const DocsDeleteArguments& arguments, CommandContext& context);

Result<int> RunCollectionsList(CommandContext& context);
Result<int> RunCollectionsCreate(const std::string& name, CommandContext& context);
// Stores the options of vectors that flags, file or environment give.
Result<int> RunCollectionsSet(const std::string& name, CommandContext& context);
Result<int> RunCollectionsDelete(const std::string& name, CommandContext& context);

// Both: the collection named by flag, file or environment; all of the store's where none is named.
Result<int> RunStats(CommandContext& context);
Result<int> RunVerify(CommandContext& context);

struct BackupArguments {
  std::string directory;
};
Result<int> RunBackupCreate(const BackupArguments& arguments, CommandContext& context);
Result<int> RunBackupVerify(const BackupArguments& arguments, CommandContext& context);
// To the store of the configuration, which must not exist yet.
Result<int> RunBackupRestore(const BackupArguments& arguments, CommandContext& context);

// The collection named; all of the store's, and what deleted ones left, where none is named.
Result<int> RunCompact(CommandContext& context);

// The answer cache of the collection.
Result<int> RunCacheList(CommandContext& context);
// What the cache would do with a question, and why.
Result<int> RunCacheExplain(const QueryArguments& arguments, CommandContext& context);
struct CacheClearArguments {
  // Of the store, in place of answers of the collection.
  bool embeddings = false;
  bool conversations = false;
};
Result<int> RunCacheClear(const CacheClearArguments& arguments, CommandContext& context);

struct CacheTuneArguments {
  std::vector<std::string> pairs;  // files
  double bound = 0.01;             // of the false-hit rate
};
// Exit code 1 where no threshold keeps the bound.
Result<int> RunCacheTune(const CacheTuneArguments& arguments, CommandContext& context);

Result<int> RunEmbedderList(CommandContext& context);
Result<int> RunEmbedderLearn(CommandContext& context);
// To the folder of embedding.model.
Result<int> RunEmbedderSwitch(CommandContext& context);
Result<int> RunEmbedderRevert(CommandContext& context);
Result<int> RunEmbedderDrop(CommandContext& context);

// Of the folder of embedding.model.
Result<int> RunModelInfo(CommandContext& context);

struct ModelPullArguments {
  std::string name;       // at the hub: "intfloat/multilingual-e5-small"
  std::string directory;  // "" = models/ and the name's last part
  std::string revision = "main";
};
// From the hub of HF_ENDPOINT, with the key of HF_TOKEN.
Result<int> RunModelPull(const ModelPullArguments& arguments, CommandContext& context);

Result<int> RunProfileList(CommandContext& context);
Result<int> RunProfileShow(const std::string& name, CommandContext& context);
Result<int> RunProfileDelete(const std::string& name, CommandContext& context);
struct ProfileFileArguments {
  std::string file;
  std::string name;  // "" = that of the file
};
// Says what is wrong in the file, or what it needs. Opens no store.
Result<int> RunProfileCheck(const ProfileFileArguments& arguments, CommandContext& context);
Result<int> RunProfilePut(const ProfileFileArguments& arguments, CommandContext& context);

struct KeysCreateArguments {
  std::string name;
  std::vector<std::string> scopes;       // none = query
  std::vector<std::string> collections;  // none = all
  std::vector<std::string> principals;   // none = whom each request names
  std::string expires;                   // ISO 8601; "" = never
  uint32_t requests_per_minute = 0;      // 0 = no limit
  uint32_t requests_per_day = 0;
  uint32_t tokens_per_minute = 0;
  uint32_t tokens_per_day = 0;
  std::string instructions;  // for answers to it
};
Result<int> RunKeysCreate(const KeysCreateArguments& arguments, CommandContext& context);
Result<int> RunKeysList(CommandContext& context);
Result<int> RunKeysRevoke(const std::string& id, CommandContext& context);

// Speaks MCP until standard input ends.
Result<int> RunMcp(CommandContext& context);

// Serves until a signal comes. `signals` is the process's own.
Result<int> RunServe(SignalScope& signals, CommandContext& context);

struct EvalRetrievalArguments {
  std::string beir;
  std::string split = "test";
  uint32_t k = 10;       // cut-off of the metrics
  std::string run_file;  // "" = none is written
};
Result<int> RunEvalRetrieval(const EvalRetrievalArguments& arguments, CommandContext& context);

struct EvalDiffArguments {
  std::string beir;
  std::string split = "test";
  uint32_t k = 10;
  uint32_t shown = 10;            // queries listed
  std::vector<std::string> with;  // "KEY=VALUE": what the other side has
};
Result<int> RunEvalDiff(const EvalDiffArguments& arguments, CommandContext& context);

struct EvalJudgeCheckArguments {
  std::vector<std::string> files;
  std::string judge = "local";  // or "llm": chat.model
  uint32_t limit = 0;           // rows of each set; 0 = all
  uint32_t repeats = 1;         // how often a chat model is asked
  bool tune = false;            // the local judge's threshold, on one half
  bool held_out = false;        // report one half
  bool keep = false;            // what was measured, in the store
};
Result<int> RunEvalJudgeCheck(const EvalJudgeCheckArguments& arguments, CommandContext& context);

struct TuneArguments {
  std::string beir;
  std::string from;             // "qrels", "feedback"; "" = the weight alone, on one split
  std::string train = "train";  // the split that --from qrels learns from
  std::string split = "test";
  std::string pairs;  // learn the embedder too, and write what it was learnt from here
  uint32_t k = 10;
};
Result<int> RunTune(const TuneArguments& arguments, CommandContext& context);
Result<int> RunTuneFromQrels(const TuneArguments& arguments, CommandContext& context);
// The weight of the vectors in the store's own collection, by what readers liked.
Result<int> RunTuneFromFeedback(const TuneArguments& arguments, CommandContext& context);

struct EvalAnswersArguments {
  std::string beir;
  std::string split = "test";
};
Result<int> RunEvalAnswers(const EvalAnswersArguments& arguments, CommandContext& context);

struct EvalFromTrafficArguments {
  double share = 0.1;  // of the kept answers that is judged
  uint64_t seed = 1;
  uint32_t days = 30;   // back from now
  std::string cases;    // file of draft cases; "" = none
  std::string metrics;  // file for Prometheus; "" = none
};
// Exit code 1 where a slice has fallen.
Result<int> RunEvalFromTraffic(const EvalFromTrafficArguments& arguments, CommandContext& context);

struct FeedbackExportArguments {
  std::string format;                 // sft, dpo or suite
  std::vector<std::string> held_out;  // directories of suites
  std::string out;                    // file; "" = standard output
  std::string run;                    // whose answers are taken instead; "" = those that were rated
  std::string baseline;               // run that its gates compare with; "" = none
};
// Exit code 1 where there is no row.
Result<int> RunFeedbackExport(const FeedbackExportArguments& arguments, CommandContext& context);

struct ConfigArguments {
  bool keys = false;  // list the options instead of their values
};
Result<int> RunConfig(const ConfigArguments& arguments, CommandContext& context);

struct DoctorArguments {
  bool model = false;  // sends the prompts to the chat model, which costs tokens
};
Result<int> RunDoctor(const DoctorArguments& arguments, CommandContext& context);

// Says which options of vectors are given and do not hold, since the collection of the
// configuration was made with others.
void NoteStoredSettings(CommandContext& context, const index::Index& index);

// What stats and verify look at. kNotFound for a named one that does not exist.
Result<std::vector<index::StoredCollection>> CollectionsInQuestion(const LoadedConfig& loaded,
                                                                   const index::Index& index);

}  // namespace quarry::app
