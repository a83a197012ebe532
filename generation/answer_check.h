#pragma once

// The citations of a written answer, and whether they carry its sentences.

#include <vector>

#include "base/analyzer.h"
#include "base/answer.h"
#include "generation/cited_text.h"
#include "generation/support.h"

namespace quarry::generation {

// The passages of a context, ready to be compared with sentences. Immutable.
class PassageEvidence {
 public:
  PassageEvidence(const Context& context, const Analyzer& analyzer);

  // The sentence against the passages that it cites, numbered from 1 as in the context. One that cites
  // none is not supported, and its reason says whether a passage would carry it.
  SupportResult Check(const CitedSentence& sentence, std::string_view language = "en") const;

 private:
  const Analyzer& analyzer_;
  std::vector<SupportText> texts_;
};

// Whether a sentence of such a reply cites nothing and says nothing of the documents: a question that is asked back, or what is
// wrong with the one that was asked.
bool AssertsNothing(ReplyKind kind, const CitedSentence& sentence);

// Fills citations, sentences and verdict (with reasons in `language`) of answer.text, whose markers are those of answer.context.
// Each quote is the piece of its passage that carries most of the sentence. Sentences that assert nothing
// are not checked.
void FillCitations(const Analyzer& analyzer, std::string_view language, Answer& answer);

}  // namespace quarry::generation
