#pragma once

// Text recognition, by the program tesseract where it is installed. Internal to ingest/.

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// Whether `tesseract` is there, with English or Chinese or any other language. True as well where
// it does not say which it has: then what it is to read is an error, and not passed over.
bool CanRecogniseText();
// "eng+chi_sim": the languages that text is recognised in; "" = none, or they are not told.
std::string RecognitionLanguages();
// "install tesseract-ocr and tesseract-ocr-chi-sim to have text in pictures read".
std::string_view RecognitionAdvice();

// "text is recognised in the first 200 pictures and pages of a file, for 5 minutes at most".
std::string RecognitionLimits(const ParseBudget& budget);

// Lets `read` recognise something, if the budget has it left, and counts what that takes. False where
// it has not.
bool RecogniseWithin(ParseBudget* budget, const std::function<void()>& read);

// The text in a picture (PNG, JPEG, TIFF, WebP, GIF, BMP, PNM): lines as they stand, an empty line
// between paragraphs, no spaces between Chinese characters. "" where there is none. Takes about a
// second for a page, 30 at most. Thread-safe. Errors: as RunChild (base/child_process.h), but
// kInvalidArgument where more is read than anybody keeps: the picture's fault;
// kFailedPrecondition, with the advice, where it is not installed;
// kUnavailable instead of kInvalidArgument where it fails to tell its languages.
Result<std::string> RecogniseText(std::string_view image);

}  // namespace quarry::ingest
