#pragma once

// ExtractiveWriter: the answer without a model: sentences of the passages, quoted as they stand, or a
// refusal. Where the sources contradict what is said (conflicts.h), they are quoted behind it. Of a question of
// several parts (question_parts.h) each is answered. Questions that contradict themselves (contradiction.h) or the
// documents (premise.h), and those that fit several things (ask_back.h), get a reply that says so.

#include <optional>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "generation/across_languages.h"
#include "generation/answer_writer.h"
#include "generation/bridge.h"
#include "generation/question_parts.h"
#include "model/extractive_answerer.h"
#include "model/token_counter.h"

namespace quarry::generation {

// Deterministic. Analyzer and counter must outlive it.
class ExtractiveWriter final : public AnswerWriter {
 public:
  ExtractiveWriter(const Analyzer& analyzer, model::TokenCounter& counter,
                   model::ExtractiveOptions options);

  const std::string& fingerprint() const override { return fingerprint_; }
  // What the passages say, and how well they carry it. Errors: those of FindAskedRows.
  Result<OwnAnswer> OwnAnswerIn(const Query& query, const index::Snapshot& snapshot,
                                const Context& context) const;
  // Whether passages in the other language carry one better than `own` (across_languages.h). Errors: those of
  // ExtractAcrossLanguages.
  Result<bool> AnswersAcross(const Query& query, const index::Snapshot& snapshot,
                             const Context& context, const OwnAnswer& own) const;
  // Two of the passages that answer together (bridge.h).
  Result<std::optional<Bridge>> BridgeIn(const Query& query, const index::Snapshot& snapshot,
                                         const Context& context) const;
  // What to search for where one may be missing for that.
  Result<std::vector<std::string>> SearchesFor(const Query& query, const index::Snapshot& snapshot,
                                               const Context& context) const;
  // Errors: also those of the counter.
  Status Write(const Query& query, const index::Snapshot& snapshot, const AnswerSink& sink,
               const CallContext& context, Answer& answer) const override;

 private:
  // With the terms of the question that the collection does not have.
  model::ExtractiveOptions OptionsIn(const Query& query, const index::Snapshot& snapshot) const;
  // What is replied instead of the answer drafted from `context`, with answer.kind, text and verdict set; where
  // nothing is, or only orders would be told, the kind stays kAnswer. `has_rows`: the rows that the question means are
  // known, be there none.
  std::vector<model::ExtractedSentence> Reply(const Query& query, const Context& context,
                                              const model::ExtractiveDraft& draft, bool has_rows,
                                              Answer& answer) const;
  // How many of them differ from what is said; `abolished` by passage (abolished.h). REQUIRES: there is a sentence.
  size_t AddConflicts(const Query& query, const Context& context,
                      const std::vector<bool>& abolished,
                      std::vector<model::ExtractedSentence>& sentences) const;
  struct PartDraft {
    model::ExtractiveDraft draft;  // with what other sources say
    bool has_rows = false;         // the rows that the part means are known
  };
  PartDraft DraftReading(const Query& query, const Context& context,
                         const std::vector<bool>& abolished,
                         const model::ExtractiveOptions& options) const;
  PartDraft DraftPart(const QuestionPart& part, Query query, const Context& context,
                      const std::vector<bool>& abolished,
                      const model::ExtractiveOptions& options) const;
  // What answers the parts of the question, in their order; nullopt where it is one, or none is answered.
  std::optional<model::ExtractiveDraft> DraftParts(const Query& query, const Context& context,
                                                   const std::vector<bool>& abolished,
                                                   const model::ExtractiveOptions& options) const;

  const Analyzer& analyzer_;
  model::TokenCounter& counter_;
  const model::ExtractiveOptions options_;
  std::string fingerprint_;
};

}  // namespace quarry::generation
