#pragma once

// Sections of a documentation that is there in two languages, as test collections: the section in
// one language is the question, its counterpart the only document that answers it.
//
// Pages with the same path below both folders are parsed by the product's parsers and cut at their
// headings. They are taken where both have headings of the same levels in the same order, section
// by section, as far as both hold prose: paragraphs, list items and quotes; code and tables are
// left out.

#include <string>
#include <vector>

#include "base/status.h"

namespace quarry::eval {

// The same section twice.
struct SectionPair {
  std::string id;  // "guide/install.md#3"
  std::string heading[2];
  std::string prose[2];
};

// Of every pair of pages, in the order of their paths. Pairs in which one side was left
// untranslated are left out. Errors: kNotFound for a folder; those of the parsers with the path.
Result<std::vector<SectionPair>> ReadParallelSections(const std::string& english,
                                                      const std::string& chinese);

// What of `question` is to be asked: without its runs of Latin letters and digits in Chinese,
// without the words that the counterpart also holds in English. So only meaning leads from one to
// the other, not names, code and numbers.
std::string WithoutSharedWords(const std::string& question, const std::string& counterpart);

// Writes DIRECTORY/corpus.jsonl, queries.jsonl and qrels/test.tsv (beir.h): questions of side
// `from`, documents of the other. Errors: those of the file system.
Status WriteParallelCollection(const std::vector<SectionPair>& pairs, int from,
                               const std::string& directory);

}  // namespace quarry::eval
