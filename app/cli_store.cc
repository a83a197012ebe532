#include "app/cli_groups.h"

namespace quarry::app {

void AddBackup(CommandTree& tree) {
  BackupArguments& backup = tree.Keep<BackupArguments>();
  CLI::App& family =
      tree.AddFamily("backup", "copies of the store", "quarry backup create /mnt/b/monday");
  const auto add = [&](const char* name, const char* description, const char* example,
                       Result<int> (*run)(const BackupArguments&, CommandContext&)) {
    CLI::App& command = tree.AddCommand(family, name, description, example);
    command.add_option("DIR", backup.directory, "of the backup")->required();
    tree.Then(command, run, backup);
  };
  add("create", "copy the store to a new directory and check the copy",
      "quarry backup create /mnt/b/monday", RunBackupCreate);
  add("restore", "make a new store (--store) of a backup",
      "quarry backup restore /mnt/b/monday --store restored", RunBackupRestore);
  add("verify", "read a backup and compare every checksum", "quarry backup verify /mnt/b/monday",
      RunBackupVerify);
}

void AddEmbedder(CommandTree& tree) {
  CLI::App& family =
      tree.AddFamily("embedder", "the embedding model of a collection", "quarry embedder ls");
  CLI::App& list = tree.AddCommand(family, "ls", "the generations of vectors that are there",
                                   "quarry embedder ls");
  tree.Then(list, RunEmbedderList);
  CLI::App& learn = tree.AddCommand(family, "learn", "learn an embedder from the collection now",
                                    "quarry embedder learn --collection manuals");
  tree.Then(learn, RunEmbedderLearn);
  CLI::App& change = tree.AddCommand(family, "switch", "embed the collection by a published model",
                                     "quarry embedder switch models/multilingual-e5-small "
                                     "--query-prefix 'query: ' --document-prefix 'passage: '");
  tree.AddKey(change, "DIR", "embedding.model", "",
              "folder of the model, or URL#NAME (docs/models.md)")
      ->required();
  tree.AddKey(change, "--query-prefix", "embedding.query_prefix", "TEXT", "before each question");
  tree.AddKey(change, "--document-prefix", "embedding.document_prefix", "TEXT",
              "before each passage");
  tree.Then(change, RunEmbedderSwitch);
  CLI::App& revert = tree.AddCommand(family, "revert", "go back to the generation before",
                                     "quarry embedder revert");
  tree.Then(revert, RunEmbedderRevert);
  CLI::App& drop =
      tree.AddCommand(family, "drop", "remove the generation that is kept to go back to",
                      "quarry embedder drop && quarry compact");
  tree.Then(drop, RunEmbedderDrop);
}

void AddModel(CommandTree& tree) {
  ModelPullArguments& pulled = tree.Keep<ModelPullArguments>();
  CLI::App& family =
      tree.AddFamily("model", "published models", "quarry model info models/all-MiniLM-L6-v2");
  CLI::App& info =
      tree.AddCommand(family, "info", "what a folder with a model is, and what it costs",
                      "quarry model info models/all-MiniLM-L6-v2");
  tree.AddKey(info, "DIR", "embedding.model", "",
              "folder of the model, or URL#NAME (docs/models.md)")
      ->required();
  tree.Then(info, RunModelInfo);
  CLI::App& pull = tree.AddCommand(family, "pull", "fetch the folder of a model from a hub",
                                   "quarry model pull intfloat/multilingual-e5-small");
  pull.add_option("NAME", pulled.name, "of the model at the hub (HF_ENDPOINT)")->required();
  pull.add_option("--to", pulled.directory, "folder to make (models/ and the name)")
      ->type_name("DIR");
  pull.add_option("--revision", pulled.revision, "branch, tag or commit (main)")->type_name("NAME");
  tree.Then(pull, RunModelPull, pulled);
}

void AddUpkeep(CommandTree& tree) {
  ConfigArguments& config_arguments = tree.Keep<ConfigArguments>();
  DoctorArguments& doctor_arguments = tree.Keep<DoctorArguments>();
  CLI::App& stats = tree.AddCommand(tree.root(), "stats", "sizes and state of the collections",
                                    "quarry stats --json");
  tree.Then(stats, RunStats);
  CLI::App& verify = tree.AddCommand(tree.root(), "verify", "check everything that the store holds",
                                     "quarry verify || echo damaged");
  tree.Then(verify, RunVerify);
  CLI::App& compact = tree.AddCommand(
      tree.root(), "compact", "free the room of what was removed or replaced", "quarry compact");
  tree.Then(compact, RunCompact);
  CLI::App& config =
      tree.AddCommand(tree.root(), "config", "the options in effect and where they come from",
                      "quarry config --set retrieval.k=5");
  config.add_flag("--keys", config_arguments.keys, "what options there are instead");
  tree.Then(config, RunConfig, config_arguments);
  CLI::App& doctor = tree.AddCommand(tree.root(), "doctor", "check store, machine and settings",
                                     "quarry doctor\n"
                                     "  quarry doctor --model --set "
                                     "chat.model=http://127.0.0.1:11434/v1#llama3.1");
  doctor.add_flag("--model", doctor_arguments.model,
                  "send the prompts to chat.model and say which it follows");
  tree.Then(doctor, RunDoctor, doctor_arguments);
}

}  // namespace quarry::app
