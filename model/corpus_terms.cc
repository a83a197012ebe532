#include "model/corpus_terms.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "model/randomized_svd.h"

namespace quarry::model {
namespace {

constexpr size_t kBatch = 512;  // texts tokenised at a time

struct Hasher {
  using is_transparent = void;
  size_t operator()(std::string_view term) const { return Hash64(term); }
};

// A text taken apart, its terms not yet numbered.
struct Sentences {
  std::vector<Token> tokens;
  std::vector<size_t> ends;  // of each sentence, in `tokens`
};

Sentences TakeApart(const Analyzer& analyzer, SentenceSplitter split, std::string_view text) {
  Sentences result;
  result.tokens = analyzer.Tokenize(text);
  size_t token = 0;
  for (const ByteRange& sentence : split(text)) {
    const size_t first = token;
    while (token < result.tokens.size() && result.tokens[token].begin < sentence.end) ++token;
    if (token > first) result.ends.push_back(token);
  }
  if (token < result.tokens.size()) result.ends.push_back(result.tokens.size());
  return result;
}

// number_of: by term, its new number or kNoTerm.
void Renumber(const std::vector<uint32_t>& number_of, CorpusTerms& corpus) {
  uint64_t kept = 0;
  uint64_t token = 0;
  for (size_t sentence = 1; sentence < corpus.sentence_begin.size(); ++sentence) {
    for (; token < corpus.sentence_begin[sentence]; ++token) {
      const uint32_t number = number_of[corpus.tokens[token]];
      if (number != CorpusTerms::kNoTerm) corpus.tokens[kept++] = number;
    }
    corpus.sentence_begin[sentence] = kept;
  }
  corpus.tokens.resize(kept);
}

class CorpusReader {
 public:
  CorpusReader(const Analyzer& analyzer, const LearningOptions& options, ThreadPool* pool,
               const CallContext& context, SentenceSplitter split)
      : analyzer_(analyzer), options_(options), pool_(pool), context_(context), split_(split) {}

  void Visit(std::string_view text) {
    if (!status_.ok()) return;
    const uint64_t key = HashCombine(options_.seed, next_text_++);
    if (key > highest_key_) return;
    batch_.push_back({key, std::string(text)});
    if (batch_.size() == kBatch) Flush();
  }

  Result<CorpusTerms> Finish() {
    Flush();
    QUARRY_RETURN_IF_ERROR(status_);
    CountTexts();
    ChooseTerms();
    return std::move(corpus_);
  }

 private:
  struct Text {
    uint64_t key;
    std::string text;
  };

  void Flush() {
    if (!status_.ok()) return;
    std::vector<Sentences> apart(batch_.size());
    status_ = ForEachRange(pool_, batch_.size(), 8, context_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) apart[i] = TakeApart(analyzer_, split_, batch_[i].text);
    });
    if (!status_.ok()) return;
    for (size_t i = 0; i < apart.size(); ++i) Add(batch_[i].key, apart[i]);
    batch_.clear();
  }

  void Add(uint64_t key, const Sentences& sentences) {
    if (key > highest_key_ || sentences.tokens.empty()) return;
    size_t token = 0;
    for (const size_t end : sentences.ends) {
      corpus_.sentence_words.push_back(sentences.tokens[end - 1].position -
                                       sentences.tokens[token].position + 1);
      for (; token < end; ++token) corpus_.tokens.push_back(NumberOf(sentences.tokens[token].term));
      corpus_.sentence_begin.push_back(corpus_.tokens.size());
    }
    corpus_.text_begin.push_back(corpus_.sentence_begin.size() - 1);
    keys_.push_back(key);
    while (keys_.size() > options_.sample_limit) HalveSample();
  }

  uint32_t NumberOf(std::string_view term) {
    auto found = numbers_.find(term);
    if (found == numbers_.end()) {
      found = numbers_.emplace(std::string(term), static_cast<uint32_t>(terms_.size())).first;
      terms_.push_back(&found->first);
    }
    return found->second;
  }

  void HalveSample() {
    highest_key_ /= 2;
    CorpusTerms kept;
    std::vector<uint64_t> kept_keys;
    for (size_t text = 0; text < keys_.size(); ++text) {
      if (keys_[text] > highest_key_) continue;
      kept_keys.push_back(keys_[text]);
      for (uint64_t s = corpus_.text_begin[text]; s < corpus_.text_begin[text + 1]; ++s) {
        kept.tokens.insert(kept.tokens.end(), corpus_.tokens.begin() + Offset(s),
                           corpus_.tokens.begin() + Offset(s + 1));
        kept.sentence_begin.push_back(kept.tokens.size());
        kept.sentence_words.push_back(corpus_.sentence_words[s]);
      }
      kept.text_begin.push_back(kept.sentence_begin.size() - 1);
    }
    corpus_ = std::move(kept);
    keys_ = std::move(kept_keys);
  }
  ptrdiff_t Offset(uint64_t sentence) const {
    return static_cast<ptrdiff_t>(corpus_.sentence_begin[sentence]);
  }

  void CountTexts() {
    corpus_.text_frequency.assign(terms_.size(), 0);
    std::vector<uint32_t> last_text(terms_.size(), CorpusTerms::kNoTerm);
    for (size_t text = 0; text < corpus_.texts(); ++text) {
      for (uint64_t i = corpus_.TokensBegin(text); i < corpus_.TokensEnd(text); ++i) {
        const uint32_t term = corpus_.tokens[i];
        if (last_text[term] == text) continue;
        last_text[term] = static_cast<uint32_t>(text);
        ++corpus_.text_frequency[term];
      }
    }
  }

  // Leaves the most frequent terms and numbers them in byte order.
  void ChooseTerms() {
    std::vector<uint32_t> chosen;
    for (uint32_t i = 0; i < terms_.size(); ++i) {
      if (corpus_.text_frequency[i] > 0) chosen.push_back(i);
    }
    if (chosen.size() > options_.vocabulary_limit) {
      const auto limit = chosen.begin() + static_cast<ptrdiff_t>(options_.vocabulary_limit);
      std::nth_element(chosen.begin(), limit, chosen.end(), [&](uint32_t a, uint32_t b) {
        if (corpus_.text_frequency[a] != corpus_.text_frequency[b]) {
          return corpus_.text_frequency[a] > corpus_.text_frequency[b];
        }
        return *terms_[a] < *terms_[b];
      });
      chosen.erase(limit, chosen.end());
    }
    std::sort(chosen.begin(), chosen.end(),
              [&](uint32_t a, uint32_t b) { return *terms_[a] < *terms_[b]; });
    std::vector<uint32_t> number_of(terms_.size(), CorpusTerms::kNoTerm);
    std::vector<uint32_t> frequency;
    for (const uint32_t i : chosen) {
      number_of[i] = static_cast<uint32_t>(corpus_.terms.size());
      corpus_.terms.push_back(*terms_[i]);
      frequency.push_back(corpus_.text_frequency[i]);
    }
    corpus_.text_frequency = std::move(frequency);
    Renumber(number_of, corpus_);
  }

  const Analyzer& analyzer_;
  const LearningOptions& options_;
  ThreadPool* const pool_;
  const CallContext& context_;
  const SentenceSplitter split_;
  std::unordered_map<std::string, uint32_t, Hasher, std::equal_to<>> numbers_;
  std::vector<const std::string*> terms_;  // by number, as they first occur; keys of numbers_
  CorpusTerms corpus_;
  std::vector<uint64_t> keys_;         // by text: its place in the draw
  uint64_t highest_key_ = UINT64_MAX;  // a text stays while its key is not above
  uint64_t next_text_ = 0;
  std::vector<Text> batch_;
  Status status_;
};

}  // namespace

void CountOccurrences(std::vector<uint32_t>& tokens, std::vector<CountedTerm>& counted) {
  std::sort(tokens.begin(), tokens.end());
  counted.clear();
  for (const uint32_t term : tokens) {
    if (!counted.empty() && counted.back().term == term) {
      ++counted.back().count;
    } else {
      counted.push_back({term, 1});
    }
  }
}

Result<CorpusTerms> ReadCorpusTerms(const TextSource& source, const Analyzer& analyzer,
                                    const LearningOptions& options, ThreadPool* pool,
                                    const CallContext& context, SentenceSplitter split) {
  CorpusReader reader(analyzer, options, pool, context, split);
  QUARRY_RETURN_IF_ERROR(source([&](std::string_view text) { reader.Visit(text); }));
  return reader.Finish();
}

void KeepTerms(const std::vector<bool>& keep, CorpusTerms& corpus) {
  std::vector<uint32_t> number_of(corpus.terms.size(), CorpusTerms::kNoTerm);
  uint32_t kept = 0;
  for (uint32_t term = 0; term < corpus.terms.size(); ++term) {
    if (!keep[term]) continue;
    number_of[term] = kept;
    if (kept != term) {
      corpus.terms[kept] = std::move(corpus.terms[term]);
      corpus.text_frequency[kept] = corpus.text_frequency[term];
    }
    ++kept;
  }
  corpus.terms.resize(kept);
  corpus.text_frequency.resize(kept);
  Renumber(number_of, corpus);
}

}  // namespace quarry::model
