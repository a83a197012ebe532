// Completions of bash, zsh and fish. Each script walks the words before the cursor down the tree,
// stepping over the values of options, and then offers commands, options or the kind of value.

#include <functional>

#include "app/cli_reference.h"
#include "app/config.h"
#include "base/text.h"

namespace quarry::app {
namespace {

// In single quotes, with `escaped` for a quote inside them.
std::string Quoted(std::string_view text, std::string_view escaped) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += escaped;
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}
std::string ShellQuoted(std::string_view text) { return Quoted(text, R"('\'')"); }

std::vector<std::string> NamesOfOptions(const CommandReference& command,
                                        const std::function<bool(const OptionReference&)>& wanted) {
  std::vector<std::string> names;
  for (const OptionReference& option : command.options) {
    if (wanted(option)) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

std::vector<std::string> ValuedOptions(const CommandReference& command, ValueKind kind) {
  return NamesOfOptions(command, [kind](const OptionReference& option) {
    return !option.value.empty() && KindOf(option) == kind;
  });
}

std::vector<std::string> CommandNames(const CommandReference& command) {
  std::vector<std::string> names;
  for (const CommandReference& below : command.commands) names.emplace_back(below.name());
  return names;
}

// "--mode:hybrid:dense": each option with a fixed set of values, and them.
std::vector<std::string> OptionsWithChoices(const CommandReference& command) {
  std::vector<std::string> words;
  for (const OptionReference& option : command.options) {
    std::string values;
    for (const std::string& choice : option.choices) values += ":" + choice;
    if (values.empty()) continue;
    for (const std::string& name : option.names) words.push_back(name + values);
  }
  return words;
}

bool TakesFiles(const CommandReference& command) {
  for (const OptionReference& argument : command.arguments) {
    if (KindOf(argument) != ValueKind::kNone) return true;
  }
  return false;
}

std::string ConfigKeyNames() {
  std::string names;
  for (const ConfigKey& key : ConfigKeys()) names += (names.empty() ? "" : " ") + key.name + "=";
  return names;
}

// What bash and zsh know of each command: words in variables, by the path of the command.
std::string ShellTable(const CommandReference& root) {
  std::string table =
      "_quarry_command() {\n  commands= options= dirs= files= keys= others= choices= takes=\n"
      "  case $1 in\n";
  const auto any = [](const OptionReference&) { return true; };
  for (const CommandReference* command : WithCommandsBelow(root)) {
    table += "    " + ShellQuoted(command->path) + ")\n";
    const auto set = [&table](const char* name, const std::vector<std::string>& words) {
      if (words.empty()) return;
      table += std::string("      ") + name + "=" + ShellQuoted(Join(words, " ")) + "\n";
    };
    set("commands", CommandNames(*command));
    set("options", NamesOfOptions(*command, any));
    set("dirs", ValuedOptions(*command, ValueKind::kDirectory));
    set("files", ValuedOptions(*command, ValueKind::kFile));
    set("keys", ValuedOptions(*command, ValueKind::kConfigKey));
    set("others", ValuedOptions(*command, ValueKind::kNone));
    set("choices", OptionsWithChoices(*command));
    if (TakesFiles(*command)) table += "      takes=files\n";
    table += "      ;;\n";
  }
  return table + "    *) return 1 ;;\n  esac\n}\n";
}

}  // namespace

std::string BashCompletion(const CommandReference& root) {
  return "# Completion of quarry for bash: source <(quarry completion bash)\n" + ShellTable(root) +
         "_quarry_keys=" + ShellQuoted(ConfigKeyNames()) + R"(
_quarry() {
  local path=quarry i word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local commands options dirs files keys others choices takes choice
  COMPREPLY=()
  _quarry_command quarry
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " $dirs $files $keys $others " in
      *" ${COMP_WORDS[i]} "*) ((i++)) ; continue ;;
    esac
    case " $commands " in
      *" ${COMP_WORDS[i]} "*) path="$path ${COMP_WORDS[i]}" ; _quarry_command "$path" ;;
    esac
  done
  if ((i > COMP_CWORD)); then  # the word is the value of the option before it
    case " $dirs " in *" $before "*) compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$word") ; return ;; esac
    case " $files " in *" $before "*) compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word") ; return ;; esac
    case " $keys " in *" $before "*) compopt -o nospace 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -W "$_quarry_keys" -- "$word") ; return ;; esac
    for choice in $choices; do
      case $choice in "$before:"*) choice=${choice#*:}
        mapfile -t COMPREPLY < <(compgen -W "${choice//:/ }" -- "$word") ; return ;; esac
    done
    return
  fi
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
       if [[ -z $commands && $takes = files ]]; then
         compopt -o filenames 2>/dev/null
         mapfile -t COMPREPLY < <(compgen -f -- "$word")
       fi ;;
  esac
}
complete -F _quarry quarry
)";
}

std::string ZshCompletion(const CommandReference& root) {
  std::string descriptions = "typeset -gA _quarry_says\n";
  for (const CommandReference* command : WithCommandsBelow(root)) {
    descriptions += "_quarry_says[" + ShellQuoted(command->path) +
                    "]=" + ShellQuoted(command->description) + "\n";
  }
  return "#compdef quarry\n# Completion of quarry for zsh: as _quarry in a folder of $fpath.\n" +
         ShellTable(root) + descriptions + "_quarry_keys=" + ShellQuoted(ConfigKeyNames()) + R"(
_quarry() {
  local where=quarry i=2 before=${words[CURRENT-1]} name
  local commands options dirs files keys others choices takes
  local -a lines
  _quarry_command quarry
  while (( i < CURRENT )); do
    if [[ " $dirs $files $keys $others " == *" ${words[i]} "* ]]; then
      (( i += 2 )) ; continue
    fi
    if [[ " $commands " == *" ${words[i]} "* ]]; then
      where="$where ${words[i]}" ; _quarry_command "$where"
    fi
    (( i++ ))
  done
  if (( i > CURRENT )); then  # the word is the value of the option before it
    if [[ " $dirs " == *" $before "* ]]; then _files -/
    elif [[ " $files " == *" $before "* ]]; then _files
    elif [[ " $keys " == *" $before "* ]]; then compadd -S '' -- ${=_quarry_keys}
    else
      for name in ${=choices}; do
        if [[ $name == "$before":* ]]; then compadd -- ${(s.:.)name#*:} ; fi
      done
    fi
    return
  fi
  if [[ ${words[CURRENT]} == -* ]]; then
    compadd -- ${=options}
  elif [[ -n $commands ]]; then
    for name in ${=commands}; do lines+=("$name:${_quarry_says[$where $name]}") ; done
    _describe command lines
  elif [[ $takes == files ]]; then
    _files
  fi
}
if [[ $funcstack[1] == _quarry ]]; then _quarry "$@" ; else compdef _quarry quarry ; fi
)";
}

std::string FishCompletion(const CommandReference& root) {
  const auto quoted = [](std::string_view text) { return Quoted(text, R"(\')"); };
  std::string paths;
  std::string valued;
  std::string lines;
  for (const CommandReference* command : WithCommandsBelow(root)) {
    paths += " " + quoted(command->path);
    const std::string at =
        "complete -c quarry -n " + quoted("__quarry_at \"" + command->path + "\"");
    for (const CommandReference& below : command->commands) {
      lines +=
          at + " -f -a " + std::string(below.name()) + " -d " + quoted(below.description) + "\n";
    }
    if (!TakesFiles(*command)) lines += at + " -f\n";
    for (const OptionReference& option : command->options) {
      lines += at;
      for (const std::string& name : option.names) {
        const bool is_long = name.starts_with("--");
        lines += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
        if (!option.value.empty()) valued += " " + quoted(command->path + " " + name);
      }
      switch (KindOf(option)) {
        case ValueKind::kDirectory:
          lines += " -x -a '(__fish_complete_directories)'";
          break;
        case ValueKind::kFile:
          lines += " -r -F";
          break;
        case ValueKind::kConfigKey:
          lines += " -x -a '$__quarry_keys'";
          break;
        case ValueKind::kNone:
          if (!option.value.empty()) lines += " -x";
          if (!option.choices.empty()) lines += " -a " + quoted(Join(option.choices, " "));
          break;
      }
      lines += " -d " + quoted(option.description) + "\n";
    }
  }
  return "# Completion of quarry for fish: quarry completion fish | source\n"
         "set -g __quarry_paths" +
         paths + "\nset -g __quarry_valued" + valued + "\nset -g __quarry_keys " +
         ConfigKeyNames() + R"(
function __quarry_at
    set -l path quarry
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- "$path $word" $__quarry_valued
            set skip 1
        else if contains -- "$path $word" $__quarry_paths
            set path "$path $word"
        end
    end
    test "$path" = $argv[1]
end
)" + lines;
}

}  // namespace quarry::app
