#include "model/word_translations.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/text_pinyin.h"
#include "model/question.h"
#include "model/term_translations.h"

namespace quarry::model {
namespace {

constexpr size_t kLongestWord = 6;    // characters
constexpr size_t kLongestPhrase = 3;  // stems
// What a piece costs in the way a text is taken apart.
constexpr int kWordCost = 2;
constexpr int kSingleCost = 3;  // a word of one character means many things
constexpr int kUnknownCost = 4;
// Of a character of a word of the dictionary that leads nowhere, beside 1: what its halves mean may stand for it, what its
// characters mean alone only where that stands together. 欧盟 is "European" and "union"; 加班 is not "plus" and "team".
constexpr int kNowhereCost = 2;
constexpr int kNameCost = 3;  // of one that is spelt, and 1 for each character: words are likelier
constexpr size_t kMostOfACharacter = 3;  // translations
// Pairs of characters that the names of a question may be, all together: some milliseconds, whatever is asked.
constexpr size_t kMostNameLookups = 16'384;
// Of what a word means, the first senses that it is said by.
constexpr uint32_t kSenses = 4;
constexpr uint32_t kSensesOfACharacter = 2;

// Characters that join, point or count and mean nothing alone.
constexpr std::u32string_view kParticles =
    U"的了是有在和与或及等到为被把让给对从向于之其此该这那不没无未也都就还又再很太更最可能会要应须"
    U"得着过们个我你他她它"
    U"上下中内外前后里时所以因而且但若如则吧啊次位名台份根只张项件条";

using Stands = std::function<bool(std::string_view)>;
using Parts = std::vector<std::vector<std::string>>;

struct Sources {
  const TermTranslations* dictionary = nullptr;
  const TermTranslations* neighbours = nullptr;
  const TranslationSources* inverse = nullptr;  // of the dictionary, where the reach is wide
};

Result<Sources> OpenSources(TranslationReach reach = TranslationReach::kDirect) {
  Sources sources;
  if (reach == TranslationReach::kWide) {
    QUARRY_ASSIGN_OR_RETURN(sources.inverse, ShippedDictionarySources());
  }
  QUARRY_ASSIGN_OR_RETURN(sources.dictionary, ShippedDictionary());
  QUARRY_ASSIGN_OR_RETURN(sources.neighbours, ShippedTranslations());
  return sources;
}

// Irregular forms as the analyzer makes terms of them, and what it makes of their base.
constexpr std::pair<std::string_view, std::string_view> kIrregularForms[] = {
    {"began", "begin"},   {"begun", "begin"},   {"bought", "buy"},       {"broken", "break"},
    {"brought", "bring"}, {"built", "build"},   {"burnt", "burn"},       {"came", "come"},
    {"caught", "catch"},  {"chosen", "choos"},  {"drawn", "draw"},       {"driven", "drive"},
    {"drove", "drive"},   {"eaten", "eat"},     {"fallen", "fall"},      {"fed", "feed"},
    {"fell", "fall"},     {"flown", "fli"},     {"forgotten", "forget"}, {"fought", "fight"},
    {"found", "find"},    {"frozen", "freez"},  {"given", "give"},       {"gone", "go"},
    {"grew", "grow"},     {"grown", "grow"},    {"held", "hold"},        {"hidden", "hide"},
    {"kept", "keep"},     {"knew", "know"},     {"known", "know"},       {"laid", "lay"},
    {"led", "lead"},      {"left", "leav"},     {"lent", "lend"},        {"lost", "lose"},
    {"made", "make"},     {"meant", "mean"},    {"met", "meet"},         {"paid", "pay"},
    {"ridden", "ride"},   {"risen", "rise"},    {"said", "say"},         {"sent", "send"},
    {"shown", "show"},    {"shut", "shut"},     {"sold", "sell"},        {"sought", "seek"},
    {"spent", "spend"},   {"spoken", "speak"},  {"stolen", "steal"},     {"struck", "strike"},
    {"sung", "sing"},     {"swept", "sweep"},   {"taken", "take"},       {"taught", "teach"},
    {"thrown", "throw"},  {"took", "take"},     {"told", "tell"},        {"won", "win"},
    {"worn", "wear"},     {"written", "write"}, {"wrote", "write"}};

bool IsOneCharacter(std::string_view term) {
  size_t end = 0;
  return BeginsWithCjk(term) && (NextCodePoint(term, end), end == term.size());
}

std::string_view BaseForm(std::string_view stem) {
  const auto found = std::ranges::find(kIrregularForms, stem,
                                       &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kIrregularForms) ? stem : found->second;
}

// What stands for the word in what is searched, at most `most` of the terms that each do; none where it leads nowhere.
Parts PartsOf(std::string_view word, const Sources& sources, const Stands& stands,
              size_t most = std::numeric_limits<size_t>::max()) {
  std::vector<std::string> alternatives;
  const auto add = [&](std::string_view one) {
    if (alternatives.size() == most) return;
    const bool is_new = std::ranges::find(alternatives, one) == alternatives.end();
    if (is_new && stands(one)) alternatives.emplace_back(one);
  };
  Parts phrase;
  for (const std::string_view one : sources.dictionary->Of(word)) {
    if (one.find(' ') == std::string_view::npos) {
      add(one);
      continue;
    }
    const std::vector<std::string_view> terms = Split(one, " ");
    if (!std::ranges::all_of(terms, stands)) continue;
    for (const std::string_view term : terms) phrase.push_back({std::string(term)});
  }
  for (const std::string_view one : sources.neighbours->Of(word)) add(one);
  if (sources.inverse != nullptr) {
    for (const TranslationSources::Source& source : sources.inverse->Of(word)) {
      if (source.rank < (IsOneCharacter(source.term) ? kSensesOfACharacter : kSenses))
        add(source.term);
    }
    // "Left" is a side, too, and "founded" has the form of "found": beside the word, not in its stead.
    const std::string_view base = BaseForm(word);
    if (base != word) {
      for (const std::vector<std::string>& part : PartsOf(base, sources, stands, most)) {
        for (const std::string& one : part) add(one);
      }
    }
  }
  if (alternatives.empty()) return phrase;
  return {std::move(alternatives)};
}

struct WordStretch {
  size_t begin = 0;  // pieces
  size_t end = 0;
  Parts parts;  // none: no word, or one that leads nowhere
};

// What a stretch stands for, and what that costs; 0: as much as a word does, or what is none.
struct Sense {
  Parts parts;
  int cost = 0;
};

// Takes `pieces` apart into words of at most `longest`. `meaning(begin, end)`: the sense of the pieces [begin, end).
template <typename Meaning>
std::vector<WordStretch> TakeApart(size_t pieces, size_t longest, const Meaning& meaning) {
  struct Way {
    int cost = std::numeric_limits<int>::max();
    WordStretch last;
  };
  std::vector<Way> best(pieces + 1);
  best[0].cost = 0;
  for (size_t end = 1; end <= pieces; ++end) {
    // Longer stretches first: of equal ways the one with the longer last word.
    for (size_t begin = end - std::min(end, longest); begin < end; ++begin) {
      const bool is_single = end - begin == 1;
      // Looking words up is what takes the time: not where even a known one is no better way.
      const int least = is_single ? kSingleCost : kWordCost;
      if (best[begin].cost + least >= best[end].cost) continue;
      auto [parts, cost] = meaning(begin, end);
      if (parts.empty() && cost == 0 && !is_single) continue;
      const int price = cost > 0 ? cost : parts.empty() ? kUnknownCost : least;
      if (best[begin].cost + price >= best[end].cost) continue;
      best[end] = {best[begin].cost + price, {begin, end, std::move(parts)}};
    }
  }
  std::vector<WordStretch> stretches;
  for (size_t end = pieces; end > 0; end = stretches.back().begin) {
    stretches.push_back(std::move(best[end].last));
  }
  std::ranges::reverse(stretches);
  return stretches;
}

bool IsParticle(std::string_view character) {
  size_t offset = 0;
  return kParticles.find(NextCodePoint(character, offset)) != std::u32string_view::npos;
}

// A name as it is spelt in Latin letters, where that stands in what is searched: 柳渡 as "liudu".
Parts SpelledName(std::string_view word, const Analyzer& analyzer, const Stands& stands) {
  for (const std::string& spelling : SpellingsOf(word)) {
    for (const Token& token : analyzer.Tokenize(spelling)) {
      if (stands(token.term)) return {{token.term}};
    }
  }
  return {};
}

// `run`: Chinese characters only, which begin at byte `begins` of the question.
void TranslateRun(std::string_view run, size_t begins, const Analyzer& analyzer,
                  const Sources& sources, const Stands& stands,
                  std::vector<TranslatedWord>& words) {
  std::string folded;
  std::vector<size_t> ends = {0};
  std::vector<size_t> written = {begins};  // where they end in the question
  for (size_t offset = 0; offset < run.size();) {
    const size_t begin = offset;
    NextCodePoint(run, offset);
    folded += Fold(run.substr(begin, offset - begin));
    ends.push_back(folded.size());
    written.push_back(begins + offset);
  }
  const auto text = [&](size_t begin, size_t end) {
    return std::string_view(folded).substr(ends[begin], ends[end] - ends[begin]);
  };
  const auto meaning = [&](size_t begin, size_t end) -> Sense {
    const std::string_view word = text(begin, end);
    const bool is_single = end - begin == 1;
    // The neighbours know pairs, not words: 的年 of 员工的年假 is one.
    const bool is_across = IsParticle(text(begin, begin + 1)) || IsParticle(text(end - 1, end));
    if (is_across && (is_single || !sources.dictionary->Has(word))) return {};
    Parts parts = is_single ? PartsOf(word, sources, stands, kMostOfACharacter)
                            : PartsOf(word, sources, stands);
    if (!parts.empty() || is_single) return {std::move(parts)};
    if (sources.dictionary->Has(word)) {
      const int cost = 1 + kNowhereCost * static_cast<int>(end - begin);
      if (end - begin > 2) return {{}, cost};
      for (size_t i = begin; i < end; ++i) {
        Parts part = PartsOf(text(i, i + 1), sources, stands, kMostOfACharacter);
        if (part.size() != 1) return {};  // one of them alone: 渡 of 渡轮 is "ferry"
        parts.push_back(std::move(part.front()));
      }
      return {std::move(parts), cost};
    }
    if (end - begin > kMostNameSyllables) return {};
    Parts name = SpelledName(word, analyzer, stands);
    if (name.empty()) return {};
    return {std::move(name), kNameCost + static_cast<int>(end - begin)};
  };
  bool continues = false;  // what is no word
  for (WordStretch& stretch : TakeApart(ends.size() - 1, kLongestWord, meaning)) {
    const std::string_view word = text(stretch.begin, stretch.end);
    const ByteRange range = {written[stretch.begin], written[stretch.end]};
    const bool is_word = !stretch.parts.empty() || stretch.end - stretch.begin > 1;
    if (!is_word && IsParticle(word)) {
      continues = false;
    } else if (!is_word && continues) {
      words.back().word += word;
      words.back().range.end = range.end;
    } else {
      words.push_back({std::string(word), std::move(stretch.parts), range});
      continues = !is_word;
    }
  }
}

std::vector<TranslatedWord> TranslateChinese(std::string_view text, const Analyzer& analyzer,
                                             const Sources& sources, const Stands& stands) {
  std::vector<TranslatedWord> words;
  size_t begin = 0;  // of the run
  bool was_chinese = false;
  const auto finish = [&](size_t end) {
    const std::string_view run = Trim(text.substr(begin, end - begin));
    const size_t first = static_cast<size_t>(run.data() - text.data());
    begin = end;
    if (was_chinese) {
      TranslateRun(run, first, analyzer, sources, stands, words);
    } else if (!analyzer.Tokenize(run).empty()) {  // more than marks
      words.push_back({std::string(run), {}, {first, first + run.size()}});
    }
  };
  for (size_t offset = 0; offset < text.size();) {
    const size_t before = offset;
    const bool is_chinese = IsCjk(NextCodePoint(text, offset));
    if (is_chinese != was_chinese) finish(before);
    was_chinese = is_chinese;
  }
  finish(text.size());
  return words;
}

// What a name may be in Chinese characters, as pairs that stand in what is searched: 柳渡 of "Liudu". Of three syllables or
// more both pairs of each. Each pair looked up is taken off `lookups`; of what they do not suffice for there is none.
Parts NameInCharacters(std::string_view name, const Stands& stands, size_t& lookups) {
  for (const std::vector<std::string>& way : SyllablesOf(AsciiLower(name), kMostNameSyllables)) {
    if (way.size() < 2) continue;
    Parts parts;
    std::vector<std::string> firsts = CharactersReadAs(way[0]);
    for (size_t i = 1; i < way.size(); ++i) {
      std::vector<std::string> seconds = CharactersReadAs(way[i]);
      if (firsts.size() * seconds.size() > lookups) return {};
      lookups -= firsts.size() * seconds.size();
      std::vector<std::string> pairs;
      for (const std::string& first : firsts) {
        for (const std::string& second : seconds) {
          if (stands(first + second)) pairs.push_back(first + second);
        }
      }
      firsts = std::move(seconds);
      if (!pairs.empty()) parts.push_back(std::move(pairs));
    }
    if (parts.size() == way.size() - 1) return parts;
  }
  return {};
}

std::vector<TranslatedWord> TranslateEnglish(std::string_view text, const Analyzer& analyzer,
                                             const Sources& sources, const Stands& stands) {
  std::vector<Token> tokens = analyzer.Tokenize(text);
  const auto form = [&](const Token& token) {
    return text.substr(token.begin, token.end - token.begin);
  };
  // The parts of a code are no words of their own.
  const auto is_part = [](const Token& one, const Token& other) {
    return one.position == other.position;
  };
  tokens.erase(std::ranges::unique(tokens, is_part).begin(), tokens.end());
  std::erase_if(tokens, [&](const Token& token) { return IsAskingWord(form(token)); });
  const auto phrase = [&](size_t begin, size_t end) {
    std::string words = tokens[begin].term;
    for (size_t i = begin + 1; i < end; ++i) {
      if (tokens[i].position != tokens[i - 1].position + 1) return std::string();
      words += ' ' + tokens[i].term;
    }
    return words;
  };
  const auto meaning = [&](size_t begin, size_t end) {
    return Sense{PartsOf(phrase(begin, end), sources, stands)};
  };
  // Among passages names are found as they are written there (translated_question.h).
  size_t lookups = sources.inverse == nullptr ? kMostNameLookups : 0;
  std::vector<TranslatedWord> words;
  for (WordStretch& stretch : TakeApart(tokens.size(), kLongestPhrase, meaning)) {
    const Token& token = tokens[stretch.begin];
    std::string word =
        stretch.parts.empty() ? std::string(form(token)) : phrase(stretch.begin, stretch.end);
    const ByteRange range = {token.begin, tokens[stretch.end - 1].end};
    if (stretch.parts.empty() && IsAsciiUpper(word[0]))
      stretch.parts = NameInCharacters(word.substr(0, word.find('\'')), stands, lookups);
    words.push_back({std::move(word), std::move(stretch.parts), range});
  }
  return words;
}

}  // namespace

Result<std::vector<TranslatedWord>> TranslateWords(std::string_view text, bool to_english,
                                                   const Analyzer& analyzer, const Stands& stands,
                                                   TranslationReach reach) {
  QUARRY_ASSIGN_OR_RETURN(const Sources sources, OpenSources(reach));
  const std::string asked = WithoutAskingWords(text);
  return to_english ? TranslateChinese(asked, analyzer, sources, stands)
                    : TranslateEnglish(asked, analyzer, sources, stands);
}

Result<uint64_t> WordTranslationsChecksum() {
  QUARRY_ASSIGN_OR_RETURN(const Sources sources, OpenSources());
  return Hash64(HashToHex(sources.dictionary->checksum()) +
                HashToHex(sources.neighbours->checksum()));
}

}  // namespace quarry::model
