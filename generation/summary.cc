#include "generation/summary.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr double kHeaderWeight = 1.5;
constexpr double kFocusWeight = 12;
constexpr double kFocusHeading = 3;  // more, under a heading that has all of the focus
constexpr double kOpens = 1.2;       // the first piece of a section
constexpr double kNewSection = 0.5;  // more, where the section has no sentence yet
constexpr double kRow = 0.6;
constexpr double kCode = 0.2;
constexpr double kAskingForm = 0.4;
constexpr double kFragment = 0.3;
constexpr uint32_t kFragmentTokens = 5;

// How many of `terms` are among `hashes`; both ascending.
size_t CountShared(std::span<const uint64_t> terms, std::span<const uint64_t> hashes) {
  return static_cast<size_t>(std::ranges::count_if(
      terms, [&](uint64_t term) { return std::ranges::binary_search(hashes, term); }));
}

double FormOf(const DocumentPiece& piece, std::string_view text) {
  double factor = piece.begins_section ? kOpens : 1;
  if (piece.kind == BlockKind::kTable) factor *= kRow;
  if (piece.kind == BlockKind::kCode) factor *= kCode;
  if (EndsWithQuestionMark(text)) factor *= kAskingForm;
  if (piece.tokens < kFragmentTokens) factor *= kFragment;
  return factor;
}

class Coverage {
 public:
  Coverage(std::span<const DocumentPiece> pieces, std::span<const Passage> passages,
           std::string_view focus, const Analyzer& analyzer)
      : pieces_(pieces) {
    for (const DocumentPiece& piece : pieces) {
      for (const uint64_t term : piece.terms) terms_[term].weight += 1;
    }
    for (auto& [hash, term] : terms_) term.weight = std::log1p(term.weight);
    const auto raise = [&](std::string_view text, double factor) {
      for (const uint64_t hash : TermHashes(text, analyzer)) {
        const auto found = terms_.find(hash);
        if (found != terms_.end()) found->second.weight *= factor;
      }
    };
    std::string headers;
    const Passage* before = nullptr;
    for (const DocumentPiece& piece : pieces) {
      const Passage& passage = passages[piece.passage];
      if (&passage == before) continue;
      before = &passage;
      headers += ContextualHeader(passage.title, passage.chunk.span.heading_path) + '\n';
    }
    raise(headers, kHeaderWeight);
    raise(focus, kFocusWeight);
    const std::vector<uint64_t> wanted = TermHashes(focus, analyzer);
    for (const DocumentPiece& piece : pieces) {
      const double under = wanted.empty()
                               ? 0
                               : static_cast<double>(CountShared(wanted, piece.headings)) /
                                     static_cast<double>(wanted.size());
      forms_.push_back(FormOf(piece, TextOf(piece, passages)) * (1 + kFocusHeading * under));
    }
  }

  // What piece `i` adds to what was taken, per square root of its length.
  double GainOf(size_t i) const {
    const DocumentPiece& piece = pieces_[i];
    double gain = 0;
    for (const uint64_t hash : piece.terms) {
      const Term& term = terms_.at(hash);
      gain += term.weight * (std::sqrt(term.count + 1.0) - std::sqrt(term.count));
    }
    const auto taken = sections_.find(piece.section);
    const double in_section = taken == sections_.end() ? 0 : taken->second;
    gain *= forms_[i] * (1 + kNewSection / (1 + in_section));
    return gain / std::sqrt(std::max(1u, piece.tokens));
  }

  void Take(size_t i) {
    for (const uint64_t hash : pieces_[i].terms) terms_.at(hash).count += 1;
    sections_[pieces_[i].section] += 1;
  }

 private:
  struct Term {
    double weight = 0;
    uint32_t count = 0;  // sentences taken that have it
  };
  std::span<const DocumentPiece> pieces_;
  std::unordered_map<uint64_t, Term> terms_;
  std::unordered_map<uint32_t, double> sections_;  // sentences taken
  std::vector<double> forms_;
};

}  // namespace

bool SpeaksOf(const DocumentPiece& piece, std::span<const uint64_t> terms) {
  return CountShared(terms, piece.terms) > 0 || CountShared(terms, piece.numbers) > 0 ||
         CountShared(terms, piece.headings) > 0;
}

std::vector<size_t> ChooseSummary(std::span<const DocumentPiece> pieces,
                                  std::span<const Passage> passages, std::string_view focus,
                                  const Analyzer& analyzer, const SummaryOptions& options) {
  Coverage coverage(pieces, passages, focus, analyzer);
  std::vector<size_t> distinct;
  std::unordered_set<uint64_t> words;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].terms.empty() && words.insert(pieces[i].words).second) distinct.push_back(i);
  }
  // Gains only fall while sentences are taken: what is still best after it was measured anew is the best
  // (Minoux: "Accelerated greedy algorithms", 1978).
  struct Candidate {
    double gain;
    size_t piece;
    size_t measured;  // when so many were taken
    bool operator<(const Candidate& other) const {
      return gain != other.gain ? gain < other.gain : piece > other.piece;
    }
  };
  std::priority_queue<Candidate> left;
  for (const size_t i : distinct) left.push({coverage.GainOf(i), i, 0});
  std::vector<size_t> chosen;
  uint32_t tokens = 0;
  while (chosen.size() < options.max_sentences && !left.empty()) {
    const Candidate best = left.top();
    left.pop();
    if (!chosen.empty() && tokens + pieces[best.piece].tokens > options.max_tokens) continue;
    if (best.measured < chosen.size()) {
      left.push({coverage.GainOf(best.piece), best.piece, chosen.size()});
      continue;
    }
    coverage.Take(best.piece);
    tokens += pieces[best.piece].tokens;
    chosen.push_back(best.piece);
  }
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace quarry::generation
