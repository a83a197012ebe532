#pragma once

// Whole documents as they are read, and what is quoted of them without a model. For whole_document.cc.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "generation/whole_document.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// One document as it is read.
struct WholeDocument {
  DocumentId id;
  std::string name;           // title; id where there is none or another has the same
  bool shares_title = false;  // with another of the request
  std::string language;
  uint32_t first_passage = 0;  // of Reading::passages
  uint32_t passages = 0;
};

// The documents of a request, whole.
struct Reading {
  std::vector<WholeDocument> documents;
  std::vector<Passage> passages;
  bool chinese = false;

  std::span<const Passage> PassagesOf(const WholeDocument& document) const {
    return std::span(passages).subspan(document.first_passage, document.passages);
  }
};

// Errors: those of WholeDocuments::Summarize.
Result<Reading> ReadWhole(const WholeDocumentRequest& request, const index::Snapshot& snapshot,
                          const CallContext& context);

// The sentences that say most of each document, in the order of the documents.
std::vector<model::ExtractedSentence> QuoteSummary(const Reading& reading,
                                                   const WholeDocumentRequest& request,
                                                   const Analyzer& analyzer);

// Pairs of sentences that differ, then what only one of two documents has. Adds to `lead`, which stands
// before them, how many statements are the same. REQUIRES: two documents
std::vector<model::ExtractedSentence> QuoteComparison(const Reading& reading,
                                                      const WholeDocumentRequest& request,
                                                      const Analyzer& analyzer, std::string& lead);

}  // namespace quarry::generation
