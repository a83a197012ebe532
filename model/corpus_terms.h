#pragma once

// The words of a corpus as learning reads them: numbered terms in the order of the text, in
// sentences, in texts. Internal to learning.
//
// A corpus may be larger than what is learnt from: then a sample is kept, chosen by a hash of each
// text's place in the source. While a sample is full its share is halved, so memory is bounded by
// the sample and the source is read once.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/status.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "model/learnt_embedder.h"

namespace quarry::model {

struct CorpusTerms {
  static constexpr uint32_t kNoTerm = UINT32_MAX;

  std::vector<std::string> terms;              // in byte order; a term's number is its place here
  std::vector<uint32_t> text_frequency;        // by term: texts of the sample that hold it
  std::vector<uint32_t> tokens;                // terms in the order of the text
  std::vector<uint64_t> sentence_begin = {0};  // positions in `tokens`, one more than sentences
  std::vector<uint32_t> sentence_words;        // by sentence: its words and CJK characters
  std::vector<uint64_t> text_begin = {0};      // positions in `sentence_begin`, one more than texts

  size_t texts() const { return text_begin.size() - 1; }
  uint64_t TokensBegin(size_t text) const { return sentence_begin[text_begin[text]]; }
  uint64_t TokensEnd(size_t text) const { return sentence_begin[text_begin[text + 1]]; }
};

// A term of a text, and how often it stands there.
struct CountedTerm {
  uint32_t term;
  uint32_t count;
};

// The terms of `tokens` with their counts, ascending by term. `counted` is overwritten.
void CountOccurrences(std::vector<uint32_t>& tokens, std::vector<CountedTerm>& counted);

// Cuts a text into sentences, ascending. Called from many threads.
using SentenceSplitter = std::vector<ByteRange> (*)(std::string_view text);

// Reads `source` once. Texts without a term are left out. Of the terms only the
// options.vocabulary_limit most frequent stay (by text frequency, ties by term). Errors: those of
// source and context.
Result<CorpusTerms> ReadCorpusTerms(const TextSource& source, const Analyzer& analyzer,
                                    const LearningOptions& options, ThreadPool* pool,
                                    const CallContext& context,
                                    SentenceSplitter split = SplitSentences);

// Takes the other terms out of all texts and numbers those that stay anew, in their order.
// Sentences and texts stay, empty ones too. REQUIRES: keep.size() == corpus.terms.size().
void KeepTerms(const std::vector<bool>& keep, CorpusTerms& corpus);

}  // namespace quarry::model
