#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/child_process.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/ocr.h"
#include "ingest/parsers.h"
#include "ingest/pdf_layout.h"

namespace quarry::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kPagesPerRun = 100;  // bounds what one run takes and writes
constexpr size_t kMaxPages = 20'000;
constexpr std::chrono::minutes kMaxTime{5};  // of all runs together; nothing is begun after it
constexpr float kDotsPerInch = 200;
constexpr float kMaxPixels = 3500;  // of the longer side

Result<std::string> RunPoppler(const char* program, std::vector<std::string> arguments,
                               std::string_view bytes) {
  arguments.push_back(kInputPath);
  if (std::string_view(program) == "pdftotext") arguments.push_back("-");
  return RunChild(
      {.program = program, .arguments = std::move(arguments), .package = "poppler-utils"}, bytes);
}

std::vector<std::string> Range(size_t first, size_t last) {
  return {"-f", std::to_string(first), "-l", std::to_string(last)};
}

// What the program's words mean.
Status Explained(const Status& status) {
  const std::string& message = status.message();
  if (message.find("Incorrect password") != message.npos) {
    return InvalidArgumentError("encrypted: it opens with a password only; save it without one");
  }
  if (status.code() == Code::kInvalidArgument) return status.Annotate("broken PDF");
  return status;
}

// All pages, or as many as could be read.
Result<PdfText> ReadPages(std::string_view bytes, SteadyClock::time_point deadline,
                          ParseBudget* budget, ErrorList* errors) {
  PdfText pdf;
  while (pdf.pages.size() < kMaxPages) {
    const size_t first = pdf.pages.size() + 1;
    if (SteadyClock::now() > deadline) {
      errors->Add("pages from " + std::to_string(first),
                  "not read within " + std::to_string(kMaxTime.count()) + " minutes");
      return pdf;
    }
    std::vector<std::string> arguments = Range(first, first + kPagesPerRun - 1);
    arguments.push_back("-bbox-layout");
    const SteadyClock::time_point start = SteadyClock::now();
    const Result<std::string> markup = RunPoppler("pdftotext", std::move(arguments), bytes);
    if (budget != nullptr) budget->EndConversion(SteadyClock::now() - start);
    if (!markup.ok()) {
      if (first == 1) return Explained(markup.status());
      // The pages read so far were all that there are.
      if (markup.status().message().find("page range") != std::string::npos) return pdf;
      errors->Add("pages from " + std::to_string(first), markup.status().message());
      return pdf;
    }
    PdfText part = ReadPdfMarkup(*markup);
    if (first == 1) {
      pdf.title = std::move(part.title);
      pdf.metadata = std::move(part.metadata);
    }
    const size_t pages = part.pages.size();
    std::move(part.pages.begin(), part.pages.end(), std::back_inserter(pdf.pages));
    if (pages < kPagesPerRun) return pdf;
  }
  errors->Add("pages from " + std::to_string(kMaxPages + 1),
              "not read: expected at most " + std::to_string(kMaxPages) + " pages");
  return pdf;
}

Result<std::string> RecognisePage(std::string_view bytes, size_t number, const PdfPage& page) {
  const float inches = std::max({page.width, page.height, 72.0f}) / 72;
  const auto dots = static_cast<int>(std::clamp(kMaxPixels / inches, 20.0f, kDotsPerInch));
  std::vector<std::string> arguments = Range(number, number);
  for (const std::string& argument :
       {std::string("-gray"), std::string("-r"), std::to_string(dots)}) {
    arguments.push_back(argument);
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string image,
                          RunPoppler("pdftoppm", std::move(arguments), bytes));
  return RecogniseText(image);
}

// "page 3" or "pages 1-4, 7".
std::string PagesText(const std::vector<size_t>& pages) {
  std::string text = pages.size() == 1 ? "page " : "pages ";
  for (size_t i = 0; i < pages.size();) {
    size_t end = i + 1;
    while (end < pages.size() && pages[end] == pages[end - 1] + 1) ++end;
    if (i > 0) text += ", ";
    text += std::to_string(pages[i]);
    if (end - i > 1) text += '-' + std::to_string(pages[end - 1]);
    i = end;
  }
  return text;
}

class PdfParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    const SteadyClock::time_point deadline = SteadyClock::now() + kMaxTime;
    ParsedSource parsed;
    ErrorList errors(&parsed.errors);
    QUARRY_ASSIGN_OR_RETURN(PdfText pdf, ReadPages(bytes, deadline, source.budget, &errors));
    RemoveRunningLines(&pdf.pages);
    Document& document = parsed.documents.emplace_back(NewDocument(source, Format::kPdf));
    document.title = std::move(pdf.title);
    document.metadata = std::move(pdf.metadata);
    document.metadata["pages"] = static_cast<double>(pdf.pages.size());

    std::vector<size_t> unread;  // pages without a text layer
    {
      DocumentBuilder builder(&document);
      PdfWriter writer(pdf.pages, &builder);
      for (size_t i = 0; i < pdf.pages.size(); ++i) {
        builder.set_page(static_cast<uint32_t>(i + 1));
        if (!pdf.pages[i].lines.empty()) {
          writer.WritePage(pdf.pages[i]);
          continue;
        }
        const auto recognise = [&] {
          const Result<std::string> text = RecognisePage(bytes, i + 1, pdf.pages[i]);
          if (text.ok()) {
            AppendPlainText(*text, &builder);
          } else {
            errors.Add("page " + std::to_string(i + 1), text.status().message());
          }
        };
        if (!CanRecogniseText() || !RecogniseWithin(source.budget, recognise)) {
          unread.push_back(i + 1);
        }
      }
    }
    errors.Finish();
    if (unread.empty()) return parsed;
    std::string reason = "no text layer; ";
    if (CanRecogniseText()) {
      reason += RecognitionLimits(*source.budget);
    } else {
      reason += RecognitionAdvice();
    }
    if (document.blocks.empty()) {
      return FailedPreconditionError(PagesText(unread) + ": " + reason);
    }
    parsed.skipped.push_back({PagesText(unread), std::move(reason)});
    return parsed;
  }
};

class ImageParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    if (!CanRecogniseText()) {
      return FailedPreconditionError(std::string(RecognitionAdvice()))
          .Annotate(BinaryFormatOf(bytes));
    }
    Result<std::string> text = std::string();
    if (!RecogniseWithin(source.budget, [&] { text = RecogniseText(bytes); })) {
      text = InvalidArgumentError(RecognitionLimits(*source.budget));
    }
    // That the program was killed, or stopped after its time, may be due to what else the machine does.
    if (text.status().code() == Code::kResourceExhausted) {
      text = UnavailableError(text.status().message());
    }
    if (!text.ok()) return text.status().Annotate(BinaryFormatOf(bytes));
    ParsedSource parsed;
    DocumentBuilder builder(&parsed.documents.emplace_back(NewDocument(source, Format::kImage)));
    AppendPlainText(*text, &builder);
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakePdfParser() { return std::make_unique<PdfParser>(); }
std::unique_ptr<Parser> MakeImageParser() { return std::make_unique<ImageParser>(); }

}  // namespace quarry::ingest
