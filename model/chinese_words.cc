#include "model/chinese_words.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "base/word_lists.h"
#include "model/term_translations.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kLongestChineseWord = 6;  // characters
constexpr int kTakenWordCost = 2;
constexpr int kTakenSingleCost = 3;  // few words of one character stand alone

constexpr std::u32string_view kParticles =
    U"的了是有在和与或及等到为被把让给对从向于之其此该这那不没无未也都就还又再很太更最可能会要应须"
    U"得着过们个我你他她它"
    U"上下中内外前后里时所以因而且但若如则吧啊次位名台份根只张项件条";
// They deny, and what is denied is asked.
constexpr std::u32string_view kDenying = U"不没无未";
// What joins in questions beside those, and what is counted by days: 一天, 每天.
constexpr std::u32string_view kJoining = U"去来由将才吗呢每各一两您咱天请想叫";
constexpr std::string_view kFunctionWords[] = {
    "可以", "能够", "可能", "应该", "应当", "需要", "必须", "如果",   "的话", "时候",
    "我们", "你们", "他们", "她们", "咱们", "自己", "我的", "你的",   "这个", "那个",
    "这些", "那些", "一个", "一下", "没有", "不能", "不会", "不可以", "不得", "每个",
    "每天", "关于", "对于", "以及", "并且", "或者", "还是", "可否",   "想要"};

bool IsOneOfCharacters(std::u32string_view characters, std::string_view character) {
  size_t offset = 0;
  return characters.find(NextCodePoint(character, offset)) != std::u32string_view::npos;
}

bool IsFunctionWord(std::string_view word, size_t characters) {
  if (characters > 1) return std::ranges::find(kFunctionWords, word) != std::end(kFunctionWords);
  return IsOneOfCharacters(kJoining, word) ||
         (IsChineseParticle(word) && !IsOneOfCharacters(kDenying, word));
}

// Chinese characters that stand side by side.
struct Run {
  std::string folded;
  std::vector<size_t> ends = {0};  // of the characters, in `folded`
  std::vector<size_t> written;     // where they begin in the text, and where the last ends
};

void AddWords(const Run& run, const TermTranslations& dictionary, std::vector<ChineseWord>& words) {
  const size_t count = run.ends.size() - 1;
  const auto text = [&](size_t begin, size_t end) {
    return std::string_view(run.folded).substr(run.ends[begin], run.ends[end] - run.ends[begin]);
  };
  struct Way {
    int cost = std::numeric_limits<int>::max();
    size_t begin = 0;  // of its last word
  };
  std::vector<Way> best(count + 1);
  best[0].cost = 0;
  for (size_t end = 1; end <= count; ++end) {
    for (size_t begin = end - std::min(end, kLongestChineseWord); begin < end; ++begin) {
      const bool is_single = end - begin == 1;
      const int cost = best[begin].cost + (is_single ? kTakenSingleCost : kTakenWordCost);
      if (cost >= best[end].cost) continue;
      if (is_single || dictionary.Has(text(begin, end))) best[end] = {cost, begin};
    }
  }
  const size_t first = words.size();
  for (size_t end = count; end > 0; end = best[end].begin) {
    const size_t begin = best[end].begin;
    words.push_back({{run.written[begin], run.written[end]},
                     end - begin,
                     IsFunctionWord(text(begin, end), end - begin),
                     end - begin == 1 && IsOneOfCharacters(kDenying, text(begin, end))});
  }
  std::reverse(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
}

}  // namespace

bool IsChineseParticle(std::string_view character) {
  return IsOneOfCharacters(kParticles, character);
}

std::vector<ChineseWord> ChineseWords(std::string_view text) {
  std::vector<ChineseWord> words;
  const Result<const TermTranslations*> dictionary = ShippedDictionary();
  if (!dictionary.ok()) return words;
  Run run;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const bool is_chinese = IsCjk(NextCodePoint(text, at));
    if (is_chinese) {
      if (run.written.empty()) run.written.push_back(begin);
      run.folded += Fold(text.substr(begin, at - begin));
      run.ends.push_back(run.folded.size());
      run.written.push_back(at);
    }
    if (run.written.empty() || (is_chinese && at < text.size())) continue;
    AddWords(run, **dictionary, words);
    run = {};
  }
  return words;
}

}  // namespace quarry::model
