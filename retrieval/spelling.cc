#include "retrieval/spelling.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/names.h"
#include "base/query_syntax.h"
#include "base/text.h"
#include "model/term_translations.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kShortestWord = 4;
constexpr size_t kLongestForOneEdit = 7;
constexpr size_t kLongestWord = 40;
constexpr size_t kShortestName = 7;
constexpr uint64_t kFewestOfName = 3;  // passages that bear it; and of ten passages one
// Terms of the dictionary between two looks at the context.
constexpr uint32_t kTermsPerCheck = 4096;

bool IsLatinWord(std::string_view word) { return std::ranges::all_of(word, IsAsciiLower); }

bool IsName(std::string_view written) { return std::ranges::any_of(written, IsAsciiUpper); }

// Whether so many passages bear a name that hardly another one is meant.
bool IsKnownName(uint64_t passages, Snapshots snapshots) {
  uint64_t all = 0;
  for (const index::Snapshot* snapshot : snapshots) all += snapshot->live_chunks();
  return passages >= kFewestOfName && passages * 10 >= all;
}

Result<bool> IsInDictionary(std::string_view term) {
  QUARRY_ASSIGN_OR_RETURN(const model::TermTranslations* neighbours, model::ShippedTranslations());
  QUARRY_ASSIGN_OR_RETURN(const model::TermTranslations* dictionary, model::ShippedDictionary());
  return neighbours->Has(term) || dictionary->Has(term);
}

// The terms that `most` edits lead to, with the passages that hold them, and the edits.
struct Candidate {
  size_t edits = 0;
  uint64_t passages = 0;
};

Result<std::map<std::string, Candidate>> Candidates(std::string_view term, size_t most,
                                                    Snapshots snapshots,
                                                    const CallContext& context) {
  std::map<std::string, Candidate> candidates;
  uint32_t seen = 0;
  for (const index::Snapshot* snapshot : snapshots) {
    for (const index::SegmentView& view : snapshot->lexical().segments()) {
      for (auto it = view.segment->terms().From(term.substr(0, 1)); it.valid(); it.Next()) {
        if (it.term().front() != term.front()) break;
        if (++seen % kTermsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
        if (!IsLatinWord(it.term()) || it.term().size() > kLongestWord) continue;
        const size_t edits = EditDistance(term, it.term(), most);
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

// A word whose stem is right and whose ending is not ("destinaton") has no stem that is near: what the
// longest of its beginnings that is a term is written as, where that is near. "" where none is.
Result<std::string> WithItsEnding(const Analyzer& analyzer, const std::string& word, size_t most,
                                  Snapshots snapshots, const CallContext& context) {
  for (size_t size = word.size() - 1; size >= kShortestWord; --size) {
    const std::string stem = word.substr(0, size);
    if (DocumentFrequency(stem, snapshots) == 0) continue;
    QUARRY_ASSIGN_OR_RETURN(std::string by, Written(analyzer, stem, snapshots, context));
    return EditDistance(word, by, most) <= most ? std::move(by) : std::string();
  }
  return std::string();
}

}  // namespace

Result<CorrectedQuery> CorrectQuery(const Analyzer& analyzer, std::string_view text,
                                    Snapshots snapshots, const CallContext& context,
                                    CorrectedText kind) {
  CorrectedQuery corrected{.text = std::string(text), .corrections = {}};
  if (ParseQuery(text).operators() > 0) return corrected;
  const std::vector<Token> tokens = analyzer.Tokenize(text);
  const bool is_question = kind == CorrectedText::kQuestion;
  const uint32_t most_words = is_question ? kMostQuestionWords : kMostWords;
  if (tokens.empty() || tokens.back().position >= most_words) return corrected;
  size_t shift = 0;  // bytes that corrected.text has more than `text` so far, modulo 2^64
  for (const Token& token : tokens) {
    const std::string_view written = text.substr(token.begin, token.end - token.begin);
    const std::string word = Fold(written);
    if (word.size() < kShortestWord || !IsLatinWord(word) || !IsLatinWord(token.term)) continue;
    if (DocumentFrequency(token.term, snapshots) > 0) continue;
    if (token.term.size() > kLongestWord) continue;
    const bool is_name = is_question && IsName(written);
    if (is_name && word.size() < kShortestName) continue;
    if (is_question) {
      QUARRY_ASSIGN_OR_RETURN(const bool is_meant, IsInDictionary(token.term));
      if (is_meant) continue;
    }
    const size_t most = word.size() > kLongestForOneEdit && !is_name ? 2 : 1;
    QUARRY_ASSIGN_OR_RETURN(auto candidates, Candidates(token.term, most, snapshots, context));
    if (is_name) {
      std::erase_if(candidates, [&](const auto& candidate) {
        return !IsKnownName(candidate.second.passages, snapshots);
      });
    }
    const std::optional<std::string> term = Nearest(candidates);
    std::string by;
    if (term) {
      QUARRY_ASSIGN_OR_RETURN(by, Written(analyzer, *term, snapshots, context));
    } else if (!is_name) {
      QUARRY_ASSIGN_OR_RETURN(by, WithItsEnding(analyzer, word, most, snapshots, context));
    }
    if (by.empty()) continue;
    corrected.text.replace(token.begin + shift, token.end - token.begin, by);
    shift += by.size() - (token.end - token.begin);
    corrected.corrections.push_back({.word = std::string(written), .by = std::move(by)});
  }
  return corrected;
}

}  // namespace quarry::retrieval
