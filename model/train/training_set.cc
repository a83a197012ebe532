#include "model/train/training_set.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "model/text_weights.h"

namespace quarry::model {
namespace {

// Terms of fewer lines say too little to be placed.
constexpr uint32_t kFewestLines = 2;

// The two texts of a pair are its two sentences: a pair is given with a tab between them, which no
// text holds.
std::vector<ByteRange> SplitLine(std::string_view text) {
  const size_t tab = text.find('\t');
  if (tab == std::string_view::npos) return SplitSentences(text);
  return {{0, static_cast<uint32_t>(tab)},
          {static_cast<uint32_t>(tab + 1), static_cast<uint32_t>(text.size())}};
}

struct Lines {
  std::vector<std::string_view> texts;
  std::vector<std::string_view> sections;  // these and the next with the tab
  std::vector<std::string_view> parallel;

  size_t size() const { return texts.size() + sections.size() + parallel.size(); }
};

Result<Lines> ReadLines(std::string_view file, const std::string& path) {
  Lines lines;
  size_t number = 0;
  while (!file.empty()) {
    ++number;
    const size_t end = std::min(file.find('\n'), file.size());
    const std::string_view line = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    const size_t first = line.find('\t');
    const size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    const std::string_view kind = line.substr(0, first);
    const bool is_text = kind == "text";
    if (second == std::string_view::npos || !(is_text || kind == "parallel" || kind == "section")) {
      return InvalidArgumentError(path + ":" + std::to_string(number) +
                                  ": expected \"parallel\", \"section\" or \"text\" and two texts, "
                                  "with tabs between them");
    }
    if (is_text) {
      lines.texts.push_back(line.substr(first + 1, second - first - 1));
    } else {
      (kind == "section" ? lines.sections : lines.parallel).push_back(line.substr(first + 1));
    }
  }
  return lines;
}

enum Kind : size_t { kWord, kCharacter, kCharacterPair };

Kind KindOf(std::string_view term) {
  size_t characters = 0;
  for (size_t offset = 0; offset < term.size(); ++characters) {
    if (!IsCjk(NextCodePoint(term, offset))) return kWord;
  }
  return characters == 1 ? kCharacter : kCharacterPair;
}

void ChooseTerms(const VocabularyLimits& limits, CorpusTerms& corpus) {
  std::array<std::vector<uint32_t>, 3> by_kind;
  for (uint32_t term = 0; term < corpus.terms.size(); ++term) {
    if (corpus.text_frequency[term] < kFewestLines) continue;
    by_kind[KindOf(corpus.terms[term])].push_back(term);
  }
  std::vector<bool> keep(corpus.terms.size());
  const std::array<size_t, 3> limit = {limits.words, limits.characters, limits.character_pairs};
  for (size_t kind = 0; kind < by_kind.size(); ++kind) {
    std::vector<uint32_t>& terms = by_kind[kind];
    std::sort(terms.begin(), terms.end(), [&](uint32_t a, uint32_t b) {
      if (corpus.text_frequency[a] != corpus.text_frequency[b]) {
        return corpus.text_frequency[a] > corpus.text_frequency[b];
      }
      return a < b;
    });
    if (terms.size() > limit[kind]) terms.resize(limit[kind]);
    for (const uint32_t term : terms) keep[term] = true;
  }
  KeepTerms(keep, corpus);
}

// A line is one passage, and each kind of line a group.
Passages MakePassages(const CorpusTerms& corpus, const Lines& lines) {
  Passages passages;
  passages.sentence_begin.push_back(0);
  passages.passage_begin.push_back(0);
  const size_t first_parallel = lines.texts.size() + lines.sections.size();
  for (size_t text = 0; text < corpus.texts(); ++text) {
    if (text == lines.texts.size()) passages.first_pair = passages.size();
    if (text == lines.texts.size() || text == first_parallel) {
      passages.group_begin.push_back(passages.size());
    }
    const bool is_pair = text >= lines.texts.size();
    const size_t tokens = passages.tokens.size();
    const size_t sentences = passages.sentence_begin.size();
    for (uint64_t s = corpus.text_begin[text]; s < corpus.text_begin[text + 1]; ++s) {
      for (uint64_t i = corpus.sentence_begin[s]; i < corpus.sentence_begin[s + 1]; ++i) {
        passages.tokens.push_back(corpus.tokens[i]);
      }
      if (passages.tokens.size() > passages.sentence_begin.back()) {
        passages.sentence_begin.push_back(passages.tokens.size());
      }
    }
    const size_t added = passages.sentence_begin.size() - sentences;
    if (added == 0 || (is_pair && added != 2)) {
      passages.tokens.resize(tokens);
      passages.sentence_begin.resize(sentences);
      continue;
    }
    passages.passage_begin.push_back(passages.sentence_begin.size() - 1);
  }
  return passages;
}

}  // namespace

Result<TrainingSet> ReadTrainingSet(const std::string& path, const VocabularyLimits& limits,
                                    ThreadPool* pool, const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::string file, ReadFile(path));
  QUARRY_ASSIGN_OR_RETURN(const Lines lines, ReadLines(file, path));
  const TextSource source = [&](const std::function<void(std::string_view)>& visit) {
    for (const std::string_view line : lines.texts) visit(line);
    for (const std::string_view line : lines.sections) visit(line);
    for (const std::string_view line : lines.parallel) visit(line);
    return OkStatus();
  };
  LearningOptions options;
  options.sample_limit = UINT64_MAX;
  options.vocabulary_limit = UINT64_MAX;
  TrainingSet set;
  QUARRY_ASSIGN_OR_RETURN(set.corpus, ReadCorpusTerms(source, Analyzer(LearntAnalyzerOptions()),
                                                      options, pool, context, SplitLine));
  if (set.corpus.texts() != lines.size()) {
    return InvalidArgumentError(path + ": a line has no word");
  }
  ChooseTerms(limits, set.corpus);
  set.passages = MakePassages(set.corpus, lines);
  return set;
}

}  // namespace quarry::model
