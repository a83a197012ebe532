#pragma once

// Text recognition, by the program tesseract where it is installed. Internal to ingest/.

#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::ingest {

// Whether `tesseract` is there, with English or Chinese or any other language.
bool CanRecogniseText();
// "install tesseract-ocr and tesseract-ocr-chi-sim to have text in pictures read".
std::string_view RecognitionAdvice();

// The text in a picture (PNG, JPEG, TIFF, WebP, GIF, BMP, PNM): lines as they stand, an empty line
// between paragraphs, no spaces between Chinese characters. "" where there is none. Takes about a
// second for a page, 30 at most. Thread-safe. Errors: as RunChild (base/child_process.h);
// kFailedPrecondition, with the advice, where it is not installed.
Result<std::string> RecogniseText(std::string_view image);

}  // namespace quarry::ingest
