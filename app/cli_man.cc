// The manual page, docs/cli.md and docs/configuration.md.

#include <algorithm>

#include "app/cli_reference.h"
#include "app/config.h"
#include "app/engine.h"
#include "base/text.h"

namespace quarry::app {
namespace {

// A line of roff: nothing in `text` is a request or an escape.
std::string Roff(std::string_view text) {
  std::string line;
  if (!text.empty() && (text[0] == '.' || text[0] == '\'')) line += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      line += "\\e";
    } else if (c == '-') {
      line += "\\-";
    } else {
      line += c;
    }
  }
  return line;
}

// Lines as they stand.
std::string RoffVerbatim(std::string_view text) {
  std::string block = ".nf\n";
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    block += Roff(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return block + ".fi\n";
}

std::string NamesOf(const OptionReference& option) {
  const bool is_argument = !option.names[0].starts_with('-');
  return Join(option.names, ", ") + (option.value.empty() || is_argument ? "" : " " + option.value);
}

std::string RoffOption(const OptionReference& option) {
  return ".TP\n.B " + Roff(NamesOf(option)) + "\n" + Roff(option.description) + "\n";
}

std::string RoffCommand(const CommandReference& command) {
  std::string section = ".SS " + Roff(UsageOf(command)) + "\n" + Roff(command.description) + "\n";
  for (const OptionReference& argument : command.arguments) section += RoffOption(argument);
  for (const OptionReference& option : command.options) {
    if (!option.is_common && option.names[0] != "-h") section += RoffOption(option);
  }
  return section + ".PP\n" + RoffVerbatim(command.footer);
}

std::string MarkdownOption(const OptionReference& option) {
  return "- `" + NamesOf(option) + "`: " + option.description + "\n";
}

std::string MarkdownCommand(const CommandReference& command) {
  std::string section = "\n## `" + UsageOf(command) + "`\n\n" + command.description + "\n\n";
  std::string options;
  for (const OptionReference& argument : command.arguments) options += MarkdownOption(argument);
  for (const OptionReference& option : command.options) {
    if (!option.is_common && option.names[0] != "-h") options += MarkdownOption(option);
  }
  if (!options.empty()) section += options + "\n";
  return section + "```\n" + command.footer + "\n```\n";
}

constexpr const char* kExitCodes =
    "0 done, also by an answer that says it found none; 1 nothing found, or some of what was asked "
    "for could not be done; 2 a wrong command line or configuration; 3 damage, or problems that "
    "verify found; 5 somebody else has the store; 69 a model or server cannot be reached; 70 an "
    "error of the program; 75 full, try again later; 130 interrupted. eval run, eval gate and eval "
    "compare: 0 passed, 1 a gate failed, 3 the run is invalid, whatever its gates say, 4 "
    "inconclusive. With --json an error is one object that names its code.";

// The rows of a table must not end at a character of a cell.
std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<') cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace

std::string ManPage(const CommandReference& root) {
  std::string page = ".TH QUARRY 1 \"\" \"quarry " + ProgramVersion() + "\" \"User Commands\"\n" +
                     ".SH NAME\nquarry \\- search and cited answers from your documents\n" +
                     ".SH SYNOPSIS\n.B quarry\n[OPTIONS] COMMAND\n.SH DESCRIPTION\n" +
                     Roff(root.description) + "\n.PP\n" + RoffVerbatim(root.footer) +
                     ".SH COMMON OPTIONS\n";
  for (const OptionReference& option : root.options) page += RoffOption(option);
  page += ".SH COMMANDS\n";
  for (const CommandReference* command : WithCommandsBelow(root)) {
    if (command != &root) page += RoffCommand(*command);
  }
  page +=
      ".SH CONFIGURATION\nOf quarry.yaml, of \\-\\-set, and of variables: QUARRY_ and the name "
      "in capitals, with _ for dots.\n";
  for (const ConfigKey& key : ConfigKeys()) {
    page += ".TP\n.B " + Roff(key.name) + "\n" + Roff(key.description + "; " + key.type) + "\n";
  }
  return page + ".SH EXIT STATUS\n" + Roff(kExitCodes) + "\n";
}

std::string MarkdownReference(const CommandReference& root) {
  std::string page =
      "# The command line\n\nWritten by `quarry man --markdown`; a test compares "
      "it.\n\n" +
      root.description + "\n\n```\n" + root.footer + "\n```\n\nOptions of every command:\n\n";
  for (const OptionReference& option : root.options) page += MarkdownOption(option);
  page += std::string("\nExit codes: ") + kExitCodes + "\n";
  for (const CommandReference* command : WithCommandsBelow(root)) {
    if (command != &root) page += MarkdownCommand(*command);
  }
  return page;
}

std::string MarkdownConfiguration() {
  std::string page =
      "# Options\n\nWritten by `quarry man --configuration`; a test compares it.\n\n"
      "An option comes from a flag or `--set KEY=VALUE`, else from its variable (`QUARRY_` and the "
      "name "
      "in capitals, `_` for dots: `retrieval.k` is `QUARRY_RETRIEVAL_K`), else from the file: "
      "`--config FILE`, else `QUARRY_CONFIG`, else `./quarry.yaml`. In a file the part before the "
      "dot "
      "is a section:\n\n"
      "```yaml\nstore: /var/lib/quarry/store\nretrieval:\n  k: 8\nchat:\n"
      "  model: http://127.0.0.1:11434/v1#llama3.1\n```\n\n"
      "An unknown key, or a value that the option cannot have, is an error with its place. `quarry "
      "config` prints the options as they hold here, and where each comes from.\n";
  const Config defaults;
  std::string section;
  for (const ConfigKey& key : ConfigKeys()) {
    const size_t dot = key.name.find('.');
    const std::string of = dot == std::string::npos ? "" : key.name.substr(0, dot);
    if (&key == &ConfigKeys().front() || of != section) {
      page += "\n## " + (of.empty() ? std::string("At the top") : "`" + of + "`") +
              "\n\n| option | default | what | value |\n|---|---|---|---|\n";
      section = of;
    }
    const std::string value = FormatConfigValue(key.get(defaults));
    page += "| `" + key.name + "` | " + (value.empty() ? "none" : "`" + MarkdownCell(value) + "`") +
            " | " + MarkdownCell(key.description) + " | " + MarkdownCell(key.type) + " |\n";
  }
  return page;
}

}  // namespace quarry::app
