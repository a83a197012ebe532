#include "app/answer_printer.h"

#include <string>

#include "app/text_layout.h"

namespace quarry::app {

generation::AnswerSink AnswerPrinter::Sink() {
  return [this](std::string_view delta) {
    if (console_.json()) return true;
    // The words are those of documents: on a terminal they must not act.
    console_.Print(console_.out_is_terminal() ? Printable(wrap_.Add(delta)) : std::string(delta));
    written_ = console_.Flush();
    return written_.ok();
  };
}

Status AnswerPrinter::Finish() {
  console_.Print(Printable(wrap_.Finish()));
  return written_;
}

}  // namespace quarry::app
