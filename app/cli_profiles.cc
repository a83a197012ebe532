#include "app/cli_groups.h"

namespace quarry::app {

void AddProfiles(CommandTree& tree) {
  std::string& name = tree.Keep<std::string>();
  ProfileFileArguments& file = tree.Keep<ProfileFileArguments>();
  CLI::App& profiles =
      tree.AddFamily("profile", "assistants: what is asked how, as YAML files (docs/profiles.md)",
                     "quarry profile put support.yaml");
  CLI::App& list = tree.AddCommand(profiles, "ls", "list profiles", "quarry profile ls");
  tree.Then(list, RunProfileList);
  CLI::App& show = tree.AddCommand(profiles, "show", "a profile as it was written",
                                   "quarry profile show support");
  show.add_option("NAME", name, "of the profile")->required();
  tree.Then(show, RunProfileShow, name);
  CLI::App& check =
      tree.AddCommand(profiles, "check", "say what is wrong in a file, or what it needs",
                      "quarry profile check support.yaml");
  check.add_option("FILE", file.file, "the profile")->required();
  tree.Then(check, RunProfileCheck, file);
  CLI::App& put = tree.AddCommand(profiles, "put", "take a profile into the store, or replace it",
                                  "quarry profile put support.yaml && quarry ask --profile support "
                                  "\"At what pressure does the pump run?\"");
  put.add_option("FILE", file.file, "the profile")->required();
  put.add_option("--name", file.name, "of the profile (that of the file)")->type_name("NAME");
  tree.Then(put, RunProfilePut, file);
  CLI::App& remove =
      tree.AddCommand(profiles, "rm", "remove a profile", "quarry profile rm support");
  remove.add_option("NAME", name, "of the profile")->required();
  tree.Then(remove, RunProfileDelete, name);
}

}  // namespace quarry::app
