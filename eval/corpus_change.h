#pragma once

// What changed in the corpus between a run and its baseline: an answer that is other than before may be so
// for that alone. Pure.

#include <string>
#include <utility>
#include <vector>

#include "eval/run.h"

namespace quarry::eval {

struct CorpusChange {
  std::vector<DocumentId> added;
  std::vector<DocumentId> removed;
  std::vector<DocumentId> changed;                         // another text by the same name
  std::vector<std::pair<DocumentId, DocumentId>> renamed;  // the same text: from, to
  // Where one of the runs does not name its documents (RunManifest::content_hashes) how many there were is
  // all that is known.
  bool is_known = false;
  uint64_t documents_before = 0;
  uint64_t documents_now = 0;
};

CorpusChange CompareCorpora(const RunManifest& before, const RunManifest& now);

// "the corpus is not that of the baseline: 2 documents removed (a.csv, b.docx), 1 changed (faq.md)"; "" where
// it is the same, or nothing is known to have changed.
std::string CorpusChangeText(const CorpusChange& change);

}  // namespace quarry::eval
