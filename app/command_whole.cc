// `quarry docs summarize` and `quarry docs compare`.

#include "app/answer_printer.h"
#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "base/text.h"

namespace quarry::app {
namespace {

using WriteWhole = Result<Answer> (generation::WholeDocuments::*)(
    const generation::WholeDocumentRequest&, const index::Snapshot&, const generation::AnswerSink&,
    const CallContext&) const;

// What is printed beside the text is in the language of the text's own words, which stand in its first
// line: quotes further down may be of a document in the other one.
std::string LanguageOf(const DocsWholeArguments& arguments, std::string_view text) {
  if (!arguments.language.empty()) return arguments.language;
  if (!arguments.focus.empty()) return DetectLanguage(arguments.focus);
  return DetectLanguage(text.substr(0, text.find('\n')));
}

Result<int> RunWhole(WriteWhole write, const DocsWholeArguments& arguments,
                     CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine.GetSnapshot());
  Console& console = context.console;
  AnswerPrinter printer(console);
  const generation::WholeDocumentRequest request{.documents = arguments.ids,
                                                 .focus = arguments.focus,
                                                 .language = arguments.language,
                                                 .max_sentences = arguments.max_sentences,
                                                 .principals = {}};
  Result<Answer> answer =
      (engine->whole_documents().*write)(request, *snapshot, printer.Sink(), context.call);
  QUARRY_RETURN_IF_ERROR(printer.Finish());
  AnswerResult result;
  result.collection = context.config().collection;
  QUARRY_ASSIGN_OR_RETURN(result.answer, std::move(answer));
  result.language = LanguageOf(arguments, result.answer.text);
  console.Print(console.json() ? AnswerJson(result) : "\n" + AnswerSourcesText(result, console));
  return kExitDone;
}

}  // namespace

Result<int> RunDocsSummarize(const DocsWholeArguments& arguments, CommandContext& context) {
  return RunWhole(&generation::WholeDocuments::Summarize, arguments, context);
}

Result<int> RunDocsCompare(const DocsWholeArguments& arguments, CommandContext& context) {
  return RunWhole(&generation::WholeDocuments::Compare, arguments, context);
}

}  // namespace quarry::app
