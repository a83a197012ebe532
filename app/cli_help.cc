#include "app/cli_groups.h"
#include "app/cli_reference.h"
#include "app/json_line.h"

namespace quarry::app {
namespace {

Result<int> PrintText(const std::string& text, CommandContext& context) {
  context.console.Print(context.console.json() ? Line({{"text", text}}) : text);
  return kExitDone;
}

}  // namespace

void AddHelp(CommandTree& tree) {
  CLI::App& completion = tree.AddFamily("completion", "a script that completes what is typed",
                                        "quarry completion bash > quarry.bash");
  const auto add = [&](const char* shell, const char* example,
                       std::string (*write)(const CommandReference&)) {
    CLI::App& command =
        tree.AddCommand(completion, shell, std::string("completion of ") + shell, example);
    tree.Then(command, [&tree, write](CommandContext& context) {
      return PrintText(write(tree.Reference()), context);
    });
  };
  add("bash", "quarry completion bash > ~/.local/share/bash-completion/completions/quarry",
      BashCompletion);
  add("zsh", "quarry completion zsh > ~/.zfunc/_quarry", ZshCompletion);
  add("fish", "quarry completion fish > ~/.config/fish/completions/quarry.fish", FishCompletion);

  bool& is_markdown = tree.Keep<bool>();
  bool& is_configuration = tree.Keep<bool>();
  CLI::App& man =
      tree.AddCommand(tree.root(), "man", "the manual page, in roff", "quarry man | man -l -");
  CLI::Option* markdown =
      man.add_flag("--markdown", is_markdown, "the commands in Markdown instead (docs/cli.md)");
  man.add_flag("--configuration", is_configuration,
               "the options in Markdown instead (docs/configuration.md)")
      ->excludes(markdown);
  tree.Then(man, [&tree, &is_markdown, &is_configuration](CommandContext& context) {
    if (is_configuration) return PrintText(MarkdownConfiguration(), context);
    const CommandReference root = tree.Reference();
    return PrintText(is_markdown ? MarkdownReference(root) : ManPage(root), context);
  });
}

}  // namespace quarry::app
