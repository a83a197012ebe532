#pragma once

// The commands, in groups: each function declares some of the tree. To add a command: its
// declaration in the group where a reader would look for it, and a call in command_line.cc if it is
// a new one below `quarry`. Help, manual page, completions and docs/cli.md come from the tree.

#include "app/cli_tree.h"

namespace quarry::app {

// cli_documents.cc
void AddIndex(CommandTree& tree);
void AddDocs(CommandTree& tree);
void AddCollections(CommandTree& tree);

// cli_questions.cc
void AddSearch(CommandTree& tree);
void AddAsk(CommandTree& tree);
void AddChat(CommandTree& tree);
void AddCache(CommandTree& tree);
void AddReplay(CommandTree& tree);

// cli_profiles.cc
void AddProfiles(CommandTree& tree);

// cli_server.cc
void AddServe(CommandTree& tree);
void AddKeys(CommandTree& tree);
void AddMcp(CommandTree& tree);

// cli_eval.cc
void AddEval(CommandTree& tree);
void AddFeedback(CommandTree& tree);
void AddTune(CommandTree& tree);
// cli_eval_suites.cc
void AddEvalSuites(CommandTree& tree, CLI::App& family);
void AddEvalTools(CommandTree& tree, CLI::App& family);
void AddEvalFiles(CommandTree& tree, CLI::App& family);

// cli_store.cc
void AddBackup(CommandTree& tree);
void AddEmbedder(CommandTree& tree);
void AddModel(CommandTree& tree);
void AddUpkeep(CommandTree& tree);

// cli_help.cc
void AddHelp(CommandTree& tree);

}  // namespace quarry::app
