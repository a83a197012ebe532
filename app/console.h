#pragma once

// Console: where a command prints. Results go to standard output, everything else (progress, notes,
// errors) to standard error, so that output can be piped. Colours only on a terminal, and never
// when NO_COLOR is set (no-color.org).

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::app {

enum class Style { kBold, kDim, kMatch, kTitle, kGood, kWarning, kBad };

// Used by the thread of the command.
class Console {
 public:
  struct Options {
    bool json = false;  // one object on standard output instead of text
    bool out_is_terminal = false;
    bool error_is_terminal = false;
    bool colour = false;  // of standard output
    size_t columns = 80;
  };
  Console(std::FILE* out, std::FILE* error, Options options)
      : out_(out), error_(error), options_(options) {}

  // That of the process: asks the terminal, NO_COLOR, TERM and COLUMNS.
  static Console OfProcess(bool json);

  const Options& options() const { return options_; }
  bool json() const { return options_.json; }
  bool out_is_terminal() const { return options_.out_is_terminal; }
  bool error_is_terminal() const { return options_.error_is_terminal; }
  size_t columns() const { return options_.columns; }

  // `text` in a style where there are colours, as it is elsewhere.
  std::string Styled(Style style, std::string_view text) const;

  // To standard output, as it is.
  void Print(std::string_view text);
  // A line for the user on standard error: "quarry: <text>".
  void Note(std::string_view text);
  // To standard error, as it is.
  void PrintError(std::string_view text);

  // Writes out what is buffered. kUnavailable when standard output could not take everything.
  Status Flush();

 private:
  std::FILE* out_;
  std::FILE* error_;
  Options options_;
  int print_error_ = 0;  // errno of the first Print that failed
};

}  // namespace quarry::app
