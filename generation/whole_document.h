#pragma once

// WholeDocuments: what whole documents say, where Answerer picks passages: a summary of some, or what
// two of them say differently. Every sentence is cited, as in any answer.
//
//   without a model   sentences of the documents as they stand: chosen by coverage (summary.h),
//                     or paired and compared (comparison.h)
//   with one          map and reduce (map_reduce.h): notes of each part, then one text from the notes,
//                     each sentence of it checked against what it cites. Of documents that need more
//                     calls than are allowed the passages that say most are read; the note says so.
//
//   WholeDocuments whole(analyzer, counter, model, {});
//   Answer answer = whole.Summarize({.documents = {"a.md"}}, *snapshot, sink, context).value();
//
// Deterministic as Answerer is. Thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "generation/answerer.h"
#include "generation/map_reduce.h"

namespace quarry::generation {

// Of one request.
inline constexpr size_t kMaxWholeDocuments = 50;

struct WholeDocumentRequest {
  std::vector<DocumentId> documents;  // in the order in which they are to be read
  std::string focus;                  // what the text is to be about; "" = all that they say
  std::string
      language;  // of the text: "en" or "zh"; "" = that of the focus, else of the first document
  uint32_t max_sentences = 0;  // quoted without a model; 0 = by how much there is
  Principals principals;
};

class WholeDocuments {
 public:
  // All must outlive it. Without a model sentences are quoted.
  WholeDocuments(const Analyzer& analyzer, model::TokenCounter& counter,
                 std::optional<AnswerModel> model, MapReduceOptions options = {});

  // What the documents say. The answer's context holds the passages that are cited, in the order of
  // their citations. `sink` may be null. A model that does not answer is no error: sentences are quoted,
  // and Answer::note says so.
  // Errors: kNotFound naming a document that is not there or that the principals may not read;
  // kInvalidArgument for none, too many, or one that stands twice; kCancelled, kDeadlineExceeded.
  Result<Answer> Summarize(const WholeDocumentRequest& request, const index::Snapshot& snapshot,
                           const AnswerSink& sink, const CallContext& context) const;

  // What two documents say differently, and what only one of them says. REQUIRES of the request: two
  // documents (else kInvalidArgument).
  Result<Answer> Compare(const WholeDocumentRequest& request, const index::Snapshot& snapshot,
                         const AnswerSink& sink, const CallContext& context) const;

 private:
  Result<Answer> Write(WholeDocumentPrompt prompt, const WholeDocumentRequest& request,
                       const index::Snapshot& snapshot, const AnswerSink& sink,
                       const CallContext& context) const;
  std::string FingerprintOfState(const index::Snapshot& snapshot) const;

  const Analyzer& analyzer_;
  model::TokenCounter& counter_;
  const std::optional<AnswerModel> model_;
  const MapReduceOptions options_;
};

}  // namespace quarry::generation
