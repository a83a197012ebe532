#pragma once

// AnswerPrinter: prints the pieces of an answer as they come, on a terminal in lines of its width; nothing
// of it where the console prints JSON.

#include "app/console.h"
#include "app/line_wrap.h"
#include "base/status.h"
#include "generation/answer_writer.h"

namespace quarry::app {

// Used by the thread of the command.
class AnswerPrinter {
 public:
  // The console must outlive it.
  explicit AnswerPrinter(Console& console) : console_(console), wrap_(console.columns()) {}
  AnswerPrinter(const AnswerPrinter&) = delete;
  AnswerPrinter& operator=(const AnswerPrinter&) = delete;

  // Which the printer must outlive. What goes wrong with printing ends the answer.
  generation::AnswerSink Sink();
  // Prints the last word, once no more comes. What went wrong with printing.
  Status Finish();

 private:
  Console& console_;
  LineWrap wrap_;
  Status written_;
};

}  // namespace quarry::app
