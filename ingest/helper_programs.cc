#include "ingest/helper_programs.h"

namespace quarry::ingest {

std::span<const HelperProgram> HelperPrograms() {
  static constexpr HelperProgram kPrograms[] = {
      {"pdftotext", "poppler-utils", "PDF"},
      {"tesseract", "tesseract-ocr tesseract-ocr-chi-sim", "scanned pages, pictures"},
      {"catdoc", "catdoc", "old Word, Excel, PowerPoint"}};
  return kPrograms;
}

}  // namespace quarry::ingest
