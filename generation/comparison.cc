#include "generation/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "base/ascii.h"
#include "base/text.h"
#include "model/answer_kind.h"

namespace quarry::generation {
namespace {

constexpr double kSpeaksOfTheSame = 0.5;  // weighted Jaccard from which statements are paired
constexpr double kButForAWord = 0.7;      // and from which another word makes them differ

using Postings = std::unordered_map<uint64_t, std::vector<size_t>>;

// The weight of a term among both documents' statements.
class TermWeights {
 public:
  TermWeights(std::span<const DocumentPiece> first, std::span<const DocumentPiece> second)
      : all_(static_cast<double>(first.size() + second.size())) {
    for (const auto& pieces : {first, second}) {
      for (const DocumentPiece& piece : pieces) {
        for (const uint64_t term : piece.terms) frequency_[term] += 1;
      }
    }
  }
  double Of(uint64_t term) const { return std::log1p(all_ / frequency_.at(term)); }
  double Of(const DocumentPiece& piece) const {
    double weight = 0;
    for (const uint64_t term : piece.terms) weight += Of(term);
    return weight;
  }

 private:
  const double all_;
  std::unordered_map<uint64_t, double> frequency_;
};

// A term of more statements than this tells none of them apart, and pairs all.
constexpr size_t kMostPostings = 200;

struct Likeness {
  double score = 0;
  size_t first = 0;
  size_t second = 0;
};

// Every two statements that speak of the same and have no partner yet, the most alike first.
std::vector<Likeness> LikenessesOf(std::span<const DocumentPiece> first,
                                   std::span<const DocumentPiece> second,
                                   const std::vector<bool>& first_paired,
                                   const std::vector<bool>& second_paired) {
  const TermWeights weights(first, second);
  Postings postings;
  std::vector<double> totals;
  for (size_t j = 0; j < second.size(); ++j) {
    totals.push_back(weights.Of(second[j]));
    if (second_paired[j]) continue;
    for (const uint64_t term : second[j].terms) postings[term].push_back(j);
  }
  std::vector<Likeness> alike;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first_paired[i]) continue;
    std::unordered_map<size_t, double> shared;
    for (const uint64_t term : first[i].terms) {
      const auto found = postings.find(term);
      if (found == postings.end() || found->second.size() > kMostPostings) continue;
      for (const size_t j : found->second) shared[j] += weights.Of(term);
    }
    const double own = weights.Of(first[i]);
    for (const auto& [j, weight] : shared) {
      const double score = weight / (own + totals[j] - weight);
      if (score >= kSpeaksOfTheSame) alike.push_back({score, i, j});
    }
  }
  std::ranges::sort(alike, [](const Likeness& a, const Likeness& b) {
    return std::tuple(-a.score, a.first, a.second) < std::tuple(-b.score, b.first, b.second);
  });
  return alike;
}

// "label: value" is short; what is longer is a sentence that has a colon.
constexpr uint32_t kMostStatedTokens = 24;

bool HoldsLetters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return IsAsciiLetter(c) || !IsAscii(c); });
}

// The label of "label: value". "" where there is none, as in "12:30" and "http://".
std::string_view LabelBeforeColon(std::string_view text) {
  constexpr std::string_view kWideColon = "：";
  const size_t wide = text.find(kWideColon);
  const size_t narrow = text.find(':');
  const size_t at = std::min(wide, narrow);
  if (at == std::string_view::npos || at == 0) return {};
  const size_t behind = at + (at == narrow ? 1 : kWideColon.size());
  const bool joins = at == narrow && behind < text.size() && IsAscii(text[at - 1]) &&
                     IsAscii(text[behind]) && text[behind] != ' ';
  const std::string_view label = Trim(text.substr(0, at));
  return joins || Trim(text.substr(behind)).empty() || !HoldsLetters(label) ? std::string_view()
                                                                            : label;
}

// What a piece states something of, in the words that the other document has for it: the label before a
// value, of a row of a table its first cell under its heading. "" for other pieces, and for rows that are
// only counted.
std::string StatedLabel(const DocumentPiece& piece, std::span<const Passage> passages) {
  const std::string_view text = TextOf(piece, passages);
  if (piece.kind == BlockKind::kTable) {
    const size_t end = text.find("; ");
    if (end == std::string_view::npos) return "";
    const std::string_view cell = text.substr(0, end);
    const size_t colon = cell.find(": ");
    return HoldsLetters(colon == std::string_view::npos ? cell : cell.substr(colon)) ? Fold(cell)
                                                                                     : "";
  }
  if (piece.kind == BlockKind::kCode || piece.tokens > kMostStatedTokens) return "";
  return Fold(LabelBeforeColon(text));
}

constexpr size_t kSeveral = SIZE_MAX;

// The piece of each label; kSeveral where more than one have it, of which none is the other's.
std::map<std::string, size_t> PiecesByLabel(std::span<const DocumentPiece> pieces,
                                            std::span<const Passage> passages) {
  std::map<std::string, size_t> by_label;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string label = StatedLabel(pieces[i], passages);
    if (label.empty()) continue;
    const auto [found, is_new] = by_label.try_emplace(label, i);
    if (!is_new) found->second = kSeveral;
  }
  return by_label;
}

std::vector<size_t> WithoutPartner(const std::vector<bool>& paired,
                                   std::span<const DocumentPiece> pieces) {
  std::vector<size_t> alone;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (!paired[i] && !pieces[i].terms.empty()) alone.push_back(i);
  }
  return alone;
}

}  // namespace

Comparison ComparePieces(std::span<const DocumentPiece> first,
                         std::span<const DocumentPiece> second, std::span<const Passage> passages) {
  Comparison comparison;
  std::vector<bool> first_paired(first.size());
  std::vector<bool> second_paired(second.size());
  // What both say word for word is no difference, whatever else is alike.
  std::unordered_map<uint64_t, std::vector<size_t>> of_words;
  for (size_t j = second.size(); j-- > 0;) of_words[second[j].words].push_back(j);
  for (size_t i = 0; i < first.size(); ++i) {
    const auto found = of_words.find(first[i].words);
    if (first[i].terms.empty() || found == of_words.end() || found->second.empty()) continue;
    first_paired[i] = second_paired[found->second.back()] = true;
    found->second.pop_back();
    ++comparison.same;
  }
  // `other_word_tells`: whether the two differ where one has a word that the other has not.
  const auto pair_up = [&](size_t i, size_t j, bool other_word_tells) {
    if (first_paired[i] || second_paired[j]) return;
    first_paired[i] = second_paired[j] = true;
    const DocumentPiece& a = first[i];
    const DocumentPiece& b = second[j];
    const bool denies = model::DenyEachOther(TextOf(a, passages), TextOf(b, passages));
    const bool has_other_word = a.terms != b.terms && other_word_tells;
    if (a.numbers != b.numbers || denies || has_other_word) {
      comparison.differing.emplace_back(i, j);
    } else {
      ++comparison.rephrased;
    }
  };
  const std::map<std::string, size_t> labels = PiecesByLabel(second, passages);
  for (const auto& [label, i] : PiecesByLabel(first, passages)) {
    const auto found = labels.find(label);
    if (found == labels.end() || i == kSeveral || found->second == kSeveral) continue;
    pair_up(i, found->second, true);
  }
  for (const Likeness& pair : LikenessesOf(first, second, first_paired, second_paired)) {
    pair_up(pair.first, pair.second, pair.score >= kButForAWord);
  }
  std::ranges::sort(comparison.differing);
  comparison.only_first = WithoutPartner(first_paired, first);
  comparison.only_second = WithoutPartner(second_paired, second);
  return comparison;
}

}  // namespace quarry::generation
