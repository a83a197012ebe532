#include "generation/support.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/answer_kind.h"
#include "model/answer_reasons.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr uint32_t kClose = 2;  // words between two that stand together, plus one
constexpr double kLong = 40;    // words of a claim
constexpr size_t kNamedInReason = 4;
constexpr double kSameWords = 0.8;  // of a claim in its best pieces: it says the same, or denies it

// Of the logistic regression: docs/decisions/0029-generation.md. Each feature x from 0 to 1 stands there as
// x^2 and as 2x - x^2, both with its sign held, so that its part bends and never turns.
struct Weight {
  double SupportFeatures::*feature;
  double square;
  double rest;
};
constexpr Weight kWeights[] = {
    {&SupportFeatures::near, 0.04, 0},
    {&SupportFeatures::anywhere, 0.37, 0.32},
    {&SupportFeatures::pairs, 0, 0},
    {&SupportFeatures::run, 0.44, 0},
    {&SupportFeatures::numbers_missing, 0, -0.67},
    {&SupportFeatures::numbers_far, 0, 0},
    {&SupportFeatures::unit_conflict, 0, 0},
    {&SupportFeatures::names_missing, 0, -0.13},
    {&SupportFeatures::names_far, 0, -0.71},
    {&SupportFeatures::negation, -0.16, -0.16},
    {&SupportFeatures::length, 0, 0.78},
    {&SupportFeatures::sentence, 0.69, 0},
    {&SupportFeatures::stems, 1.24, 0.53},
    {&SupportFeatures::forms, 0.74, 0.5},
    {&SupportFeatures::phrases, 0.67, 0},
    {&SupportFeatures::full_names_missing, 0, -0.47},
    {&SupportFeatures::beside_longest, 1.19, 0.13},
};
constexpr double kBias = -3.2;

double Combine(const SupportFeatures& features) {
  double sum = kBias;
  for (const Weight& weight : kWeights) {
    const double x = features.*weight.feature;
    sum += weight.square * x * x + weight.rest * (2 * x - x * x);
  }
  return 1 / (1 + std::exp(-sum));
}

// English words that say nothing of what a claim is about.
constexpr std::string_view kEmptyWords[] = {
    "the", "a",     "an",   "of",   "to",  "in",   "and",   "is",   "was",   "were", "be",
    "are", "that",  "this", "it",   "for", "on",   "with",  "as",   "by",    "at",   "from",
    "or",  "which", "its",  "his",  "her", "he",   "she",   "they", "their", "have", "has",
    "had", "not",   "but",  "also", "who", "will", "would", "can"};
constexpr size_t kStemLetters = 5;

// What forms of one word have in common.
uint64_t StemOf(std::string_view term) {
  const bool is_latin = std::ranges::all_of(term, IsAsciiLower);
  return Hash64(is_latin ? term.substr(0, kStemLetters) : term);
}

constexpr size_t kPhrase = 4;        // words
constexpr size_t kLongLetters = 12;  // bytes of a word; longer ones are as long

// Words as they are written: no stems, "the" too, single CJK characters.
const Analyzer& FormAnalyzer() {
  static const Analyzer* const analyzer =
      new Analyzer({.drop_stop_words = false, .stem = false, .cjk_bigrams = false});
  return *analyzer;
}

struct Form {
  uint64_t hash = 0;
  ByteRange range;
};

// Without parts of codes.
std::vector<Form> FormsOf(std::string_view text) {
  std::vector<Form> forms;
  uint32_t last = UINT32_MAX;
  for (const Token& token : FormAnalyzer().Tokenize(text)) {
    if (token.position == last && !forms.empty() && token.end <= forms.back().range.end) continue;
    last = token.position;
    forms.push_back({Hash64(token.term), {token.begin, token.end}});
  }
  return forms;
}

// Of every `kPhrase` neighbours; of fewer, of all of them.
std::vector<uint64_t> PhrasesOf(std::span<const Form> forms) {
  std::vector<uint64_t> phrases;
  const size_t length = std::min(kPhrase, forms.size());
  for (size_t i = 0; length > 0 && i + length <= forms.size(); ++i) {
    uint64_t hash = 0;
    for (const Form& form : forms.subspan(i, length)) hash = HashCombine(hash, form.hash);
    phrases.push_back(hash);
  }
  return phrases;
}

bool IsEmptyWord(std::string_view written) {
  return std::ranges::find(kEmptyWords, AsciiLower(written)) != std::end(kEmptyWords);
}

// Runs of several capitalised words with one space between, an empty word in front left out.
std::vector<std::span<const Form>> FullNamesOf(std::string_view claim,
                                               std::span<const Form> forms) {
  std::vector<std::span<const Form>> names;
  size_t begin = 0;
  const auto end_run = [&](size_t end) {
    if (end > begin + 1) names.push_back(forms.subspan(begin, end - begin));
  };
  for (size_t i = 0; i < forms.size(); ++i) {
    const ByteRange& range = forms[i].range;
    const char first = claim[range.begin];
    const bool is_capital = IsAsciiUpper(first);
    const bool follows =
        i > begin && range.begin == forms[i - 1].range.end + 1 && claim[range.begin - 1] == ' ';
    if (is_capital && follows) continue;
    end_run(i);
    const bool opens =
        is_capital && !IsEmptyWord(claim.substr(range.begin, range.end - range.begin));
    begin = opens ? i : i + 1;
  }
  end_run(forms.size());
  return names;
}

// A word of the claim.
struct Word {
  uint64_t hash = 0;
  ByteRange range;
  uint64_t stem = 0;
  bool is_name = false;
  bool is_empty = false;
  double weight = 1;
};

// The claim's words without parts of codes: the longest token at each position. Of Chinese text every
// pair of characters, each half a word.
std::vector<Word> WordsOf(std::string_view claim, const Analyzer& analyzer) {
  std::vector<Word> words;
  uint32_t last = UINT32_MAX;
  for (const Token& token : analyzer.Tokenize(claim)) {
    const std::string_view written = claim.substr(token.begin, token.end - token.begin);
    if (token.position == last && !words.empty() && token.end <= words.back().range.end) continue;
    last = token.position;
    Word word{.hash = Hash64(token.term), .range = {token.begin, token.end}};
    const bool is_cjk = !IsAscii(written[0]);
    const bool is_capital = IsAsciiUpper(written[0]);
    word.is_name =
        !is_cjk && ((is_capital && token.begin > 0) ||
                    (HoldsAsciiDigit(written) && !HoldsAsciiDigit(written.substr(0, 1))));
    word.weight = is_cjk ? 0.5 : 1.0;
    word.stem = StemOf(token.term);
    word.is_empty = IsEmptyWord(written);
    words.push_back(word);
  }
  return words;
}

bool Holds(const std::vector<Quantity>& quantities, const Quantity& wanted) {
  return std::ranges::any_of(quantities,
                             [&](const Quantity& one) { return one.number == wanted.number; });
}

}  // namespace

SupportText::SupportText(std::string_view text, std::vector<ByteRange> pieces,
                         std::string_view header, const Analyzer& analyzer) {
  if (pieces.empty()) pieces = SplitSentences(text);
  size_t at = 0;
  for (const ByteRange& range : pieces) {
    const std::string_view piece = text.substr(range.begin, range.end - range.begin);
    pieces_.push_back(
        {.range = range, .denials = model::DenialsIn(piece), .quantities = QuantitiesOf(piece)});
  }
  if (!pieces_.empty()) pieces_[0].first_token = 0;
  for (const Token& token : analyzer.Tokenize(text)) {
    const auto index = static_cast<uint32_t>(tokens_.size());
    while (at < pieces_.size() && pieces_[at].range.end <= token.begin) {
      pieces_[at].end_token = index;
      if (++at < pieces_.size()) pieces_[at].first_token = index;
    }
    tokens_.push_back(Hash64(token.term));
    ++counts_[tokens_.back()];
    stems_.insert(StemOf(token.term));
  }
  for (; at < pieces_.size(); ++at) {
    pieces_[at].end_token = static_cast<uint32_t>(tokens_.size());
    if (at + 1 < pieces_.size()) pieces_[at + 1].first_token = pieces_[at].end_token;
  }
  for (const Token& token : analyzer.Tokenize(header)) {
    header_.push_back(Hash64(token.term));
    ++counts_[header_.back()];
    stems_.insert(StemOf(token.term));
  }
  for (const std::string_view part : {text, header}) {
    const std::vector<Form> forms = FormsOf(part);
    for (const Form& form : forms) forms_.push_back(form.hash);
    form_set_.insert(forms_.begin(), forms_.end());
    forms_.push_back(0);  // no run goes from one into the other
    for (const uint64_t phrase : PhrasesOf(forms)) phrases_.insert(phrase);
  }
  quantities_ = QuantitiesOf(text);
  for (Quantity& quantity : QuantitiesOf(header)) quantities_.push_back(std::move(quantity));
}

// One claim against texts.
class SupportCheck {
 public:
  SupportCheck(std::string_view claim, const std::vector<const SupportText*>& texts,
               const Analyzer& analyzer, std::string_view language)
      : claim_(claim), texts_(texts), language_(language), words_(WordsOf(claim, analyzer)) {
    for (const Word& word : words_) total_ += word.weight;
  }

  SupportResult Run() {
    SupportResult result;
    if (words_.empty() || texts_.empty()) {
      result.reason =
          ReasonText(texts_.empty() ? Reason::kNothingCited : Reason::kNoWordsToCheck, language_);
      result.quotes.resize(texts_.size());
      return result;
    }
    for (const SupportText* text : texts_) result.quotes.push_back(TakeBest(*text));
    SupportFeatures& features = result.features;
    features.near = ShareOf([&](const Word& word) { return near_.contains(word.hash); });
    features.anywhere = ShareOf([&](const Word& word) { return IsAnywhere(word.hash); });
    features.length = std::min(1.0, total_ / kLong);
    ReadContent(features);
    ReadForms(features);
    ReadSequences(features);
    std::vector<std::string> missing;
    ReadNames(features, missing);
    ReadNumbers(features, missing);
    features.negation = model::Differ(model::DenialsIn(claim_), denials_) ? 1 : 0;
    result.score = Combine(features);
    // People who labelled what it was fitted on forgave numbers; readers of answers do not.
    result.supported = result.score >= kSupportThreshold && features.numbers_missing == 0 &&
                       features.unit_conflict == 0 &&
                       !(features.negation > 0 && features.near >= kSameWords);
    result.reason = ReasonOf(features, missing);
    return result;
  }

 private:
  template <typename Predicate>
  double ShareOf(Predicate holds) const {
    double share = 0;
    for (const Word& word : words_) share += holds(word) ? word.weight : 0;
    return share / total_;
  }

  bool IsAnywhere(uint64_t hash) const {
    return std::ranges::any_of(
        texts_, [&](const SupportText* text) { return text->counts_.contains(hash); });
  }

  // The piece of `text` that holds most of the claim, with the next where that adds much; its terms
  // count as near.
  ByteRange TakeBest(const SupportText& text) {
    size_t best = 0;
    size_t best_end = 0;
    double best_weight = -1;
    const auto weigh = [&](size_t begin, size_t end) {
      double weight = 0;
      for (const Word& word : words_) {
        const auto first = text.tokens_.begin() + text.pieces_[begin].first_token;
        const auto last = text.tokens_.begin() + text.pieces_[end - 1].end_token;
        if (std::find(first, last, word.hash) != last) weight += word.weight;
      }
      return weight;
    };
    constexpr double kJoined = 0.15;  // of the claim, that a second piece must add
    for (size_t i = 0; i < text.pieces_.size(); ++i) {
      const double alone = weigh(i, i + 1);
      if (alone > best_weight) {
        best_weight = alone;
        best = i;
        best_end = i + 1;
      }
      if (i + 1 == text.pieces_.size()) break;
      const double joined = weigh(i, i + 2) - kJoined * total_;
      if (joined > best_weight) {
        best_weight = joined;
        best = i;
        best_end = i + 2;
      }
    }
    if (best_end == 0) return {};
    for (uint32_t i = text.pieces_[best].first_token; i < text.pieces_[best_end - 1].end_token;
         ++i) {
      near_.insert(text.tokens_[i]);
    }
    near_.insert(text.header_.begin(), text.header_.end());
    for (size_t i = best; i < best_end; ++i) {
      const SupportText::Piece& piece = text.pieces_[i];
      denials_ |= piece.denials;
      near_quantities_.insert(near_quantities_.end(), piece.quantities.begin(),
                              piece.quantities.end());
    }
    return {text.pieces_[best].range.begin, text.pieces_[best_end - 1].range.end};
  }

  // The words that say something.
  void ReadContent(SupportFeatures& features) const {
    double all = 0;
    double stems = 0;
    double most = 0;
    for (const Word& word : words_) {
      if (word.is_empty) continue;
      all += word.weight;
      const bool is_there = std::ranges::any_of(
          texts_, [&](const SupportText* text) { return text->stems_.contains(word.stem); });
      stems += is_there ? word.weight : 0;
    }
    std::vector<size_t> pieces_with(words_.size(), 0);
    std::vector<double> beside(words_.size(), 0);
    std::vector<bool> there(words_.size());
    for (const SupportText* text : texts_) {
      for (const SupportText::Piece& piece : text->pieces_) {
        const std::span<const uint64_t> terms(text->tokens_.data() + piece.first_token,
                                              piece.end_token - piece.first_token);
        double held = 0;
        double held_of_all = 0;
        for (size_t i = 0; i < words_.size(); ++i) {
          const Word& word = words_[i];
          there[i] = std::ranges::find(terms, word.hash) != terms.end() ||
                     std::ranges::find(text->header_, word.hash) != text->header_.end();
          if (!there[i]) continue;
          held += word.is_empty ? 0 : word.weight;
          held_of_all += word.weight;
        }
        most = std::max(most, held);
        for (size_t i = 0; i < words_.size(); ++i) {
          if (!there[i]) continue;
          ++pieces_with[i];
          beside[i] = std::max(beside[i], held_of_all / total_);
        }
      }
    }
    // Of equally long words the one in fewest pieces, of these the first.
    size_t longest = 0;
    for (size_t i = 0; i < words_.size(); ++i) {
      if (pieces_with[i] == 0) continue;
      const size_t letters = std::min(kLongLetters, words_[i].range.end - words_[i].range.begin);
      const size_t before =
          std::min(kLongLetters, words_[longest].range.end - words_[longest].range.begin);
      const bool is_longer = pieces_with[longest] == 0 || letters > before ||
                             (letters == before && pieces_with[i] < pieces_with[longest]);
      if (is_longer) longest = i;
    }
    features.beside_longest = beside[longest];
    features.sentence = all > 0 ? most / all : features.near;
    features.stems = all > 0 ? stems / all : features.anywhere;
  }

  void ReadForms(SupportFeatures& features) const {
    const std::vector<Form> forms = FormsOf(claim_);
    const auto share_of = [](const auto& all, auto holds) {
      return all.empty() ? 0.0
                         : static_cast<double>(std::ranges::count_if(all, holds)) /
                               static_cast<double>(all.size());
    };
    const auto any = [&](auto holds) { return std::ranges::any_of(texts_, holds); };
    features.forms = share_of(forms, [&](const Form& form) {
      return any([&](const SupportText* text) { return text->form_set_.contains(form.hash); });
    });
    features.phrases = share_of(PhrasesOf(forms), [&](uint64_t phrase) {
      return any([&](const SupportText* text) { return text->phrases_.contains(phrase); });
    });
    features.full_names_missing =
        share_of(FullNamesOf(claim_, forms), [&](std::span<const Form> name) {
          return !any([&](const SupportText* text) {
            return !std::ranges::search(text->forms_, name, {}, {}, &Form::hash).empty();
          });
        });
  }

  // Pairs and the longest run, over each text.
  void ReadSequences(SupportFeatures& features) const {
    if (words_.size() < 2) {
      features.pairs = features.anywhere;
      features.run = features.anywhere;
      return;
    }
    std::vector<bool> together(words_.size() - 1, false);
    size_t longest = 0;
    for (const SupportText* text : texts_) {
      std::unordered_map<uint64_t, std::vector<uint32_t>> places;
      for (uint32_t i = 0; i < text->tokens_.size(); ++i) places[text->tokens_[i]].push_back(i);
      // length[w] = the longest run that ends with word w at a place, by place
      std::unordered_map<uint32_t, size_t> before;
      for (size_t w = 0; w < words_.size(); ++w) {
        std::unordered_map<uint32_t, size_t> now;
        const auto found = places.find(words_[w].hash);
        if (found != places.end()) {
          for (const uint32_t place : found->second) {
            size_t length = 1;
            for (uint32_t back = 1; back <= kClose && back <= place; ++back) {
              const auto run = before.find(place - back);
              if (run == before.end()) continue;
              together[w - 1] = true;
              length = std::max(length, run->second + 1);
            }
            now[place] = length;
            longest = std::max(longest, length);
          }
        }
        before = std::move(now);
      }
    }
    features.pairs = static_cast<double>(std::ranges::count(together, true)) /
                     static_cast<double>(together.size());
    features.run = static_cast<double>(longest) / static_cast<double>(words_.size());
  }

  void ReadNames(SupportFeatures& features, std::vector<std::string>& missing) const {
    double names = 0;
    double nowhere = 0;
    double far = 0;
    for (const Word& word : words_) {
      if (!word.is_name) continue;
      names += 1;
      if (near_.contains(word.hash)) continue;
      (IsAnywhere(word.hash) ? far : nowhere) += 1;
      if (!IsAnywhere(word.hash)) {
        missing.emplace_back(claim_.substr(word.range.begin, word.range.end - word.range.begin));
      }
    }
    if (names == 0) return;
    features.names_missing = nowhere / names;
    features.names_far = far / names;
  }

  void ReadNumbers(SupportFeatures& features, std::vector<std::string>& missing) const {
    const std::vector<Quantity> wanted = QuantitiesOf(claim_);
    double nowhere = 0;
    double far = 0;
    for (const Quantity& quantity : wanted) {
      const bool is_anywhere = std::ranges::any_of(
          texts_, [&](const SupportText* text) { return Holds(text->quantities_, quantity); });
      if (!is_anywhere) {
        nowhere += 1;
        missing.push_back(quantity.number);
      } else if (!Holds(near_quantities_, quantity)) {
        far += 1;
      }
      if (is_anywhere && HasOtherUnitsOnly(quantity)) {
        features.unit_conflict = 1;
        missing.push_back(quantity.number + ' ' + quantity.unit);
      }
    }
    if (wanted.empty()) return;
    features.numbers_missing = nowhere / static_cast<double>(wanted.size());
    features.numbers_far = far / static_cast<double>(wanted.size());
  }

  bool HasOtherUnitsOnly(const Quantity& wanted) const {
    if (wanted.unit.empty()) return false;
    bool other = false;
    for (const SupportText* text : texts_) {
      for (const Quantity& one : text->quantities_) {
        if (one.number != wanted.number) continue;
        if (one.unit == wanted.unit || one.unit.empty()) return false;
        other = true;
      }
    }
    return other;
  }

  std::string ReasonOf(const SupportFeatures& features, std::vector<std::string>& missing) const {
    std::string reason;
    const auto add = [&](Reason one, std::initializer_list<std::string_view> parts) {
      model::AddReason(ReasonText(one, language_, parts), language_, reason);
    };
    if (missing.size() > kNamedInReason) missing.resize(kNamedInReason);
    if (!missing.empty()) add(Reason::kNotCited, {Join(missing, ", ")});
    if (features.negation > 0) add(Reason::kOneDenies, {});
    if (features.near < 0.5) {
      add(Reason::kHoldsWords, {std::to_string(std::lround(100 * features.near))});
    }
    return reason;
  }

  const std::string_view claim_;
  const std::vector<const SupportText*>& texts_;
  const std::string_view language_;
  const std::vector<Word> words_;
  double total_ = 0;
  std::unordered_set<uint64_t> near_;
  std::vector<Quantity> near_quantities_;
  model::Denials denials_;
};

SupportResult CheckSupport(std::string_view claim, const std::vector<const SupportText*>& texts,
                           const Analyzer& analyzer, std::string_view language) {
  return SupportCheck(claim, texts, analyzer, language).Run();
}

}  // namespace quarry::generation
