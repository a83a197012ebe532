#include "retrieval/spelling.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/query_syntax.h"
#include "base/text.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kShortestWord = 4;
constexpr size_t kLongestForOneEdit = 7;
constexpr size_t kLongestWord = 40;
// Terms of the dictionary between two looks at the context.
constexpr uint32_t kTermsPerCheck = 4096;

bool IsLatinWord(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

uint64_t PassagesWith(std::string_view term, Snapshots snapshots) {
  uint64_t passages = 0;
  for (const index::Snapshot* snapshot : snapshots) {
    passages += snapshot->lexical().DocumentFrequency(term);
  }
  return passages;
}

// The terms that `most` edits lead to, with the passages that hold them, and the edits.
struct Candidate {
  uint32_t edits = 0;
  uint64_t passages = 0;
};

Result<std::map<std::string, Candidate>> Candidates(std::string_view term, uint32_t most,
                                                    Snapshots snapshots,
                                                    const CallContext& context) {
  std::map<std::string, Candidate> candidates;
  uint32_t seen = 0;
  for (const index::Snapshot* snapshot : snapshots) {
    for (const index::SegmentView& view : snapshot->lexical().segments()) {
      for (auto it = view.segment->terms().From(term.substr(0, 1)); it.valid(); it.Next()) {
        if (it.term().front() != term.front()) break;
        if (++seen % kTermsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
        if (!IsLatinWord(it.term())) continue;
        const uint32_t edits = EditDistance(term, it.term(), most);
        const uint64_t passages = view.DocumentFrequency(it.entry());
        if (edits > most || passages == 0) continue;
        Candidate& candidate = candidates[std::string(it.term())];
        candidate.edits = edits;
        candidate.passages += passages;
      }
    }
  }
  return candidates;
}

std::optional<std::string> Nearest(const std::map<std::string, Candidate>& candidates) {
  const std::pair<const std::string, Candidate>* best = nullptr;
  for (const auto& candidate : candidates) {
    if (best == nullptr || candidate.second.edits < best->second.edits ||
        (candidate.second.edits == best->second.edits &&
         candidate.second.passages > best->second.passages)) {
      best = &candidate;
    }
  }
  if (best == nullptr) return std::nullopt;
  return best->first;
}

// How the best passage for a term writes it; the term where its words are not those of its text.
Result<std::string> Written(const Analyzer& analyzer, const std::string& term, Snapshots snapshots,
                            const CallContext& context) {
  const std::array<index::QueryTerm, 1> terms = {term};
  for (const index::Snapshot* snapshot : snapshots) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<index::ScoredRow> rows,
                            snapshot->SearchLexical(terms, 1, std::nullopt, context));
    if (rows.empty()) continue;
    QUARRY_ASSIGN_OR_RETURN(const Passage passage, snapshot->ReadPassage(rows[0].row));
    const std::string text = IndexedText(passage.title, passage.chunk);
    for (const Token& token : analyzer.Tokenize(text)) {
      if (token.term != term) continue;
      return Fold(std::string_view(text).substr(token.begin, token.end - token.begin));
    }
  }
  return term;
}

}  // namespace

uint32_t EditDistance(std::string_view a, std::string_view b, uint32_t most) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > most || a.size() > kLongestWord || b.size() > kLongestWord) return most + 1;
  // Rows of the table of prefixes: the last two and the current one.
  std::array<std::array<uint32_t, kLongestWord + 1>, 3> rows;
  for (uint32_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (uint32_t i = 1; i <= a.size(); ++i) {
    const auto& above = rows[(i - 1) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    uint32_t least = i;
    for (uint32_t j = 1; j <= b.size(); ++j) {
      const uint32_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > most + 1) return most + 1;  // a swap may still save one
  }
  return std::min(rows[a.size() % 3][b.size()], most + 1);
}

Result<CorrectedQuery> CorrectQuery(const Analyzer& analyzer, std::string_view text,
                                    Snapshots snapshots, const CallContext& context) {
  CorrectedQuery corrected{.text = std::string(text), .corrections = {}};
  if (ParseQuery(text).operators() > 0) return corrected;
  const std::vector<Token> tokens = analyzer.Tokenize(text);
  if (tokens.empty() || tokens.back().position >= kMostWords) return corrected;
  size_t shift = 0;  // bytes that corrected.text has more than `text` so far, modulo 2^64
  for (const Token& token : tokens) {
    const std::string word = Fold(text.substr(token.begin, token.end - token.begin));
    if (word.size() < kShortestWord || !IsLatinWord(word) || !IsLatinWord(token.term)) continue;
    if (PassagesWith(token.term, snapshots) > 0) continue;
    const uint32_t most = word.size() > kLongestForOneEdit ? 2 : 1;
    QUARRY_ASSIGN_OR_RETURN(const auto candidates,
                            Candidates(token.term, most, snapshots, context));
    const std::optional<std::string> term = Nearest(candidates);
    if (!term) continue;
    QUARRY_ASSIGN_OR_RETURN(std::string by, Written(analyzer, *term, snapshots, context));
    corrected.text.replace(token.begin + shift, token.end - token.begin, by);
    shift += by.size() - (token.end - token.begin);
    corrected.corrections.push_back(
        {.word = std::string(text.substr(token.begin, token.end - token.begin)),
         .by = std::move(by)});
  }
  return corrected;
}

}  // namespace quarry::retrieval
