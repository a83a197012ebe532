#include "generation/english_phrases.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::generation::follow_up {
namespace {

// End a noun phrase: what stands behind a subject.
constexpr std::string_view kVerbs =
    "allowed|apply|applies|approve|approved|available|become|begin|begins|belong|bought|called|"
    "cause|"
    "caused|change|changed|charged|close|closed|come|comes|contain|cost|costs|cover|covered|"
    "deliver|"
    "delivered|due|end|ended|exist|expire|expires|fail|failed|fixed|found|founded|get|gets|given|"
    "go|goes|grant|granted|happen|happened|hold|include|included|kept|know|last|lasts|leave|leaves|"
    "listen|located|look|lowered|made|make|mean|means|measure|measured|need|needed|needs|notice|"
    "noticed|"
    "open|opened|opens|operate|paid|pay|pays|permitted|planned|pump|raised|reach|received|released|"
    "replace|replaced|report|reported|require|required|run|runs|say|says|sent|set|shut|sold|"
    "start|started|starts|stop|stopped|stored|take|takes|there|use|used|uses|valid|weigh|weighs|"
    "work|works";
constexpr std::string_view kStoppers =
    "in|on|at|for|to|from|by|with|without|and|or|but|if|that|than|as|about|during|before|after|"
    "under|"
    "over|per|into|through|because|while";

bool IsNameAt(const std::vector<Word>& words, size_t i) {
  const Word& word = words[i];
  if (IsFunctionWord(word)) return false;
  if (word.digit) return true;
  if (!word.capital) return false;
  return i > 0 || (words.size() > 1 && words[1].capital);
}

// The words from `first` on that name one thing; of "the level of the tarn" all.
std::optional<WordRun> PhraseFrom(const std::vector<Word>& words, size_t first) {
  size_t i = first;
  while (i < words.size() && !EndsPhrase(words[i])) {
    ++i;
    if (words[i - 1].ends) break;
  }
  while (i > first && IsOneOf(words[i - 1].folded, "of|the|a|an")) --i;
  if (i == first || (i == first + 1 && IsFunctionWord(words[first]))) return std::nullopt;
  return WordRun{first, i - 1};
}

}  // namespace

bool IsFunctionWord(const Word& word) {
  return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kEnglishAsking) ||
         IsOneOf(word.folded, kStoppers) || IsOneOf(word.folded, kArticles) ||
         IsOneOf(word.folded, kEnglishThings) || IsOneOf(word.folded, kPersons) ||
         IsOneOf(word.folded, kConnectors) || IsOneOf(word.folded, kPrepositions) ||
         IsOneOf(word.folded,
                 "i|you|we|me|us|not|no|many|much|long|often|far|fast|big|exactly|please|"
                 "else|more|too|only|again|just|tell|know|ago|some|any|all|both");
}

bool IsVerb(const Word& word) {
  return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kVerbs);
}

bool EndsPhrase(const Word& word) {
  return IsVerb(word) || IsOneOf(word.folded, kStoppers) || IsOneOf(word.folded, kEnglishAsking);
}

bool NamesThing(const Word& word) { return word.digit || word.capital; }

std::string Between(std::string_view text, const std::vector<Word>& words, size_t first,
                    size_t last) {
  return std::string(text.substr(words[first].begin, words[last].end - words[first].begin));
}

std::vector<WordRun> NameRuns(const std::vector<Word>& words) {
  std::vector<WordRun> runs;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!IsNameAt(words, i)) continue;
    WordRun run{i, i};
    while (!words[run.last].ends && run.last + 1 < words.size() && IsNameAt(words, run.last + 1)) {
      ++run.last;
    }
    runs.push_back(run);
    i = run.last;
  }
  return runs;
}

std::optional<std::string> EnglishTopicOf(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  const bool counts =
      words.size() > 3 && words[0].folded == "how" && IsOneOf(words[1].folded, "much|many");
  if (counts && !IsOneOf(words[2].folded, kAuxiliaries)) {
    // "How much notice do households get?": notice households get.
    std::string topic;
    for (size_t i = 2; i < words.size(); ++i) {
      if (IsOneOf(words[i].folded, kAuxiliaries)) continue;
      if (words[i].folded == "there") break;
      topic += (topic.empty() ? "" : " ") + Between(question, words, i, i);
    }
    return topic;
  }
  const bool chooses = words.size() > 2 && words[0].folded == "which" &&
                       std::ranges::none_of(words, [](const Word& word) {
                         return IsOneOf(word.folded, kAuxiliaries);
                       });
  if (chooses)
    return "the " + Between(question, words, 1, 1) + " that " +
           Between(question, words, 2, words.size() - 1);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, kAuxiliaries)) continue;
    if (words[i + 1].folded == "there" || IsOneOf(words[i + 1].folded, "not|it|they|he|she")) break;
    const std::optional<WordRun> phrase = PhraseFrom(words, i + 1);
    if (phrase) return Between(question, words, phrase->first, phrase->last);
    break;
  }
  const std::vector<WordRun> names = NameRuns(words);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::string topic = Between(question, words, name->first, name->last);
    if (std::ranges::any_of(topic, IsAsciiLetter)) return topic;  // "20" of 20 hours names nothing
  }
  for (size_t i = 0; i < words.size(); ++i) {
    const bool opens = IsOneOf(words[i].folded, kArticles) || IsOneOf(words[i].folded, "many|much");
    if (!opens || i + 1 == words.size()) continue;
    const size_t first = IsOneOf(words[i].folded, "many|much") ? i + 1 : i;
    if (const std::optional<WordRun> phrase = PhraseFrom(words, first)) {
      return Between(question, words, phrase->first, phrase->last);
    }
  }
  return std::nullopt;
}

std::optional<std::string> EnglishPersonOf(const std::string& answer, const std::string& question) {
  for (const std::string* text : {&answer, &question}) {
    const std::vector<Word> words = WordsOf(*text);
    for (const WordRun& run : NameRuns(words)) {
      const bool is_person =
          run.last == run.first + 1 && !words[run.first].digit && !words[run.last].digit;
      if (is_person) return Between(*text, words, run.first, run.last);
    }
  }
  return std::nullopt;
}

std::optional<ByteRange> EnglishPlaceOf(const std::string& question, std::string_view instead) {
  const std::vector<Word> theirs = WordsOf(instead);
  const std::vector<Word> ours = WordsOf(question);
  if (theirs.empty()) return std::nullopt;
  const auto range = [&](size_t first, size_t last) {
    return ByteRange{ours[first].begin, ours[last].end};
  };
  // The same last word: "the lower tarn" for "the upper tarn".
  for (size_t i = ours.size(); i-- > 1;) {
    if (theirs.size() < 2 || ours[i].folded != theirs.back().folded) continue;
    if (EndsPhrase(ours[i]) || EndsPhrase(ours[i - 1])) continue;
    return range(i - 1, i);
  }
  const bool has_digit = std::ranges::any_of(theirs, &Word::digit);
  const bool has_name = std::ranges::any_of(theirs, &Word::capital);
  const std::vector<WordRun> runs = NameRuns(ours);
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    for (size_t i = run->first; has_digit && i <= run->last; ++i) {
      if (!ours[i].digit) continue;
      const std::string_view word =
          std::string_view(question).substr(ours[i].begin, ours[i].end - ours[i].begin);
      for (const Word& their : theirs) {
        if (their.digit && SameShape(word, instead.substr(their.begin, their.end - their.begin))) {
          return range(i, i);
        }
      }
    }
  }
  for (auto run = runs.rbegin(); has_name && !has_digit && run != runs.rend(); ++run) {
    if (!ours[run->first].digit) return range(run->first, run->last);
  }
  return std::nullopt;
}

std::optional<ByteRange> SubjectOf(const std::string& question, std::string_view instead) {
  const std::vector<Word> theirs = WordsOf(instead);
  const std::vector<Word> words = WordsOf(question);
  if (theirs.size() < 2 || !IsOneOf(theirs.front().folded, "the|a|an")) return std::nullopt;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, kAuxiliaries)) continue;
    if (i == 0 ||
        !IsOneOf(words[i - 1].folded, "what|much|long|far|fast|often|when|where|who|old|big"))
      break;
    const std::optional<WordRun> phrase = PhraseFrom(words, i + 1);
    if (!phrase || !IsOneOf(words[phrase->first].folded, "the|a|an")) break;
    return ByteRange{words[phrase->first].begin, words[phrase->last].end};
  }
  return std::nullopt;
}

std::optional<Owned> OwnedIn(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, "is|are|was|were")) continue;
    const std::optional<WordRun> phrase = PhraseFrom(words, i + 1);
    if (!phrase) return std::nullopt;
    for (size_t of = phrase->first + 1; of < phrase->last; ++of) {
      if (words[of].folded != "of") continue;
      return Owned{
          {words[phrase->first].begin, words[of - 1].end},
          {words[of + 1].begin, words[phrase->last].end},
          std::any_of(words.begin() + static_cast<ptrdiff_t>(of),
                      words.begin() + static_cast<ptrdiff_t>(phrase->last + 1), NamesThing)};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> NamedThing(const std::string& question, const std::vector<Word>& words,
                                      const std::vector<WordRun>& names) {
  const auto divides = [](const Word& word) {
    return IsVerb(word) || IsOneOf(word.folded, kEnglishAsking) ||
           IsOneOf(word.folded, "and|or|but|if|that|than|as|because|while|much|many");
  };
  for (size_t k = 0; k + 1 < names.size(); ++k) {
    for (size_t i = names[k].last; i < names[k + 1].first; ++i) {
      if (words[i].ends || (i > names[k].last && divides(words[i]))) return std::nullopt;
    }
  }
  const size_t name = names.front().first;
  size_t first = name;
  size_t last = names.back().last;
  while (first > 0 && !words[first - 1].ends && !divides(words[first - 1])) --first;
  if (first < name) {
    // "Who manages the Larkfield contract?" and "Show me the Larkfield contract" have a verb before it.
    if (first == 0 || IsOneOf(words[first - 1].folded, kEnglishAsking)) return std::nullopt;
    if (IsOneOf(words[first - 1].folded, "is|are|was|were")) {
      const bool asks_what = words.front().folded == "what";
      size_t joint = first;
      while (joint < name &&
             !IsOneOf(words[joint].folded, asks_what ? kPrepositions : std::string_view("of"))) {
        ++joint;
      }
      if (joint < name) first = joint + 1;
      // "in the Orrin Ferry discolouration": to the end.
      size_t end = last;
      while (end + 1 < words.size() && !words[end].ends && !EndsPhrase(words[end + 1]) &&
             !IsFunctionWord(words[end + 1])) {
        ++end;
      }
      if (asks_what && joint < name && end + 1 == words.size()) last = end;
    }
  }
  while (first < name &&
         (IsOneOf(words[first].folded, kArticles) || IsOneOf(words[first].folded, kPrepositions) ||
          IsOneOf(words[first].folded, kEnglishThings))) {
    ++first;
  }
  return Between(question, words, first, last);
}

std::string WithoutYearOf(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  const auto is_year = [](const Word& word) { return IsYearNumber(word.folded); };
  if (std::ranges::count_if(words, is_year) != 1) return WithoutEnd(question);
  std::string kept;
  size_t at = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_year(words[i])) continue;
    const bool is_joined =
        i > 0 && IsOneOf(words[i - 1].folded, "in|of|for|during|since|from|to|until|till");
    const size_t begin = words[is_joined ? i - 1 : i].begin;
    kept += Trim(std::string_view(question).substr(at, begin - at));
    at = words[i].end;
  }
  return WithoutEnd(kept + question.substr(at));
}

bool TellsWhenInEnglish(std::string_view phrase) {
  constexpr std::string_view kTimes =
      "weekend|weekday|holiday|day|night|morning|afternoon|evening|noon|midnight|week|month|"
      "quarter|year|season|spring|summer|autumn|winter|monday|tuesday|wednesday|thursday|friday|"
      "saturday|sunday|january|february|march|april|may|june|july|august|september|october|"
      "november|december|christmas|easter|now|today|tomorrow|tonight|currently|nowadays";
  const std::vector<Word> words = WordsOf(phrase);
  if (words.empty()) return false;
  std::string_view last = words.back().folded;
  if (IsOneOf(last, kTimes)) return true;
  if (last.ends_with('s')) last.remove_suffix(1);
  return IsOneOf(last, kTimes);
}

}  // namespace quarry::generation::follow_up
