#pragma once

// PDF files made for tests.

#include <string>
#include <vector>

namespace quarry::ingest::testing {

// A file of these objects, numbered from 1; the first is the catalogue.
std::string PdfOf(const std::vector<std::string>& objects);

}  // namespace quarry::ingest::testing
