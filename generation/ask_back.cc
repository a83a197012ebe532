#include "generation/ask_back.h"

#include <algorithm>
#include <bitset>

#include "base/ascii.h"
#include "generation/context_pieces.h"
#include "model/question.h"

namespace quarry::generation {
namespace {

constexpr size_t kMostQuestionTerms = 64;
using Covered = std::bitset<kMostQuestionTerms>;

constexpr double kOfKnown = 0.75;  // of the question's words that stand anywhere
constexpr double kKnown = 0.6;     // of its words: so many stand anywhere
constexpr double kInRowItself = 0.3;

// Of "Name: Marta Quill; Role: ..." "Marta Quill"; of "Pump VX-240: 36 months" "Pump VX-240".
std::string_view FirstCell(const ContextPiece& piece) {
  const std::string_view text = piece.text;
  const std::string_view cell = text.substr(0, std::min(text.find(';'), text.find("；")));
  const size_t colon = cell.find(": ");
  if (piece.kind == BlockKind::kListItem) return cell.substr(0, colon);
  return colon == cell.npos ? cell : cell.substr(colon + 2);
}

// What a title is about, without years: its codes where it has some.
std::string ThingOf(const Passage& passage, const Analyzer& analyzer) {
  std::string codes;
  std::string words;
  for (const Token& token : analyzer.Tokenize(passage.title)) {
    const bool has_digit = HoldsAsciiDigit(token.term);
    if (has_digit && std::ranges::any_of(token.term, IsAsciiLetter)) codes += token.term + ' ';
    if (!has_digit) words += token.term + ' ';
  }
  return codes.empty() ? words : codes;
}

bool IsRow(const ContextPiece& piece) {
  return piece.kind == BlockKind::kTable ||
         (piece.kind == BlockKind::kListItem && piece.text.find(": ") != piece.text.npos);
}

// The first of each name, in order; none where there is one name alone.
template <typename Name>
std::vector<Choice> Distinct(const std::vector<const ContextPiece*>& pieces, const Name& name_of) {
  std::vector<Choice> choices;
  for (const ContextPiece* piece : pieces) {
    std::string name(name_of(*piece));
    if (name.empty() || std::ranges::count(choices, name, &Choice::name) > 0) continue;
    choices.push_back({piece->passage, piece->range, std::move(name)});
  }
  if (choices.size() < 2) choices.clear();
  return choices;
}

}  // namespace

std::vector<Choice> FindChoices(std::string_view question, const Context& context,
                                const Analyzer& analyzer) {
  if (StartsWithIgnoringCase(Trim(question), "which ")) return {};
  std::vector<model::QuestionTerm> terms = model::AnalyseQuestion(question, analyzer).terms;
  if (terms.size() > kMostQuestionTerms) terms.resize(kMostQuestionTerms);
  const std::vector<ContextPiece> pieces = ContextPieces(context, analyzer);
  const auto covered_in = [&](const WordSet& words) {
    Covered covered;
    for (size_t i = 0; i < terms.size(); ++i) covered.set(i, words.contains(terms[i].term));
    return covered;
  };
  const auto weight_of = [&](const Covered& covered) {
    double weight = 0;
    for (size_t i = 0; i < terms.size(); ++i) weight += covered.test(i) ? terms[i].emphasis : 0;
    return weight;
  };
  std::vector<Covered> covers;
  Covered known;
  double best = 0;
  for (const ContextPiece& piece : pieces) {
    covers.push_back(covered_in(piece.all));
    known |= covers.back();
    best = std::max(best, weight_of(covers.back()));
  }
  const double all_known = weight_of(known);
  if (best < kOfKnown * all_known || all_known < kKnown * weight_of(Covered().set())) return {};
  std::vector<const ContextPiece*> candidates;
  Covered same;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (weight_of(covers[i]) < best) continue;
    if (!IsRow(pieces[i])) return {};  // a sentence says it
    if (weight_of(covered_in(pieces[i].own)) < kInRowItself * best) continue;
    if (candidates.empty()) same = covers[i];
    if (covers[i] == same) candidates.push_back(&pieces[i]);
  }
  // One that names a thing by its code asks for that alone, and it is none of them.
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].has_digit && !same.test(i)) return {};
  }
  std::vector<Choice> choices = Distinct(candidates, FirstCell);
  if (!choices.empty()) return choices;
  return Distinct(candidates, [&](const ContextPiece& piece) {
    return ThingOf(context.passages[piece.passage], analyzer);
  });
}

}  // namespace quarry::generation
