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

// Verbs in a form that is a noun, too.
constexpr std::string_view kNounsAsWell =
    "leave|cost|change|cause|charge|cover|end|hold|look|measure|need|notice|pay|pump|report|run|"
    "start|stop|use|work";

// Whether such a word is a noun where it stands: "days of leave", "annual leave is", "Can I carry annual leave over?".
bool IsNounAt(const std::vector<Word>& words, size_t i) {
  if (i == 0 || words[i - 1].ends || !IsOneOf(words[i].folded, kNounsAsWell)) return false;
  const Word& left = words[i - 1];
  if (IsOneOf(left.folded, kArticles) ||
      IsOneOf(left.folded, "of|for|on|in|about|with|without|per|any|some|no|many|much|more")) {
    return true;
  }
  if (IsFunctionWord(left) || IsVerb(left)) return false;
  if (i + 1 < words.size() && !words[i].ends && IsVerb(words[i + 1])) return true;
  // Behind "do" and a subject it is the verb of that, unless the subject has one already.
  for (size_t at = i; at-- > 0;) {
    if (!IsOneOf(words[at].folded, kAuxiliaries)) continue;
    if (IsOneOf(words[at].folded, "is|are|was|were")) return true;
    return IsOneOf(words[at + 1].folded, kSubjectsWithoutNoun) && i > at + 2;
  }
  return !IsOneOf(words.front().folded, kEnglishAsking);
}

bool EndsPhraseAt(const std::vector<Word>& words, size_t i) {
  return EndsPhrase(words[i]) && !IsNounAt(words, i);
}

}  // namespace

std::optional<WordRun> NounPhraseFrom(const std::vector<Word>& words, size_t first) {
  size_t i = first;
  while (i < words.size() && !EndsPhraseAt(words, i)) {
    ++i;
    if (words[i - 1].ends) break;
  }
  while (i > first && IsOneOf(words[i - 1].folded, "of|the|a|an")) --i;
  if (i <= first || (i == first + 1 && IsFunctionWord(words[first]))) return std::nullopt;
  return WordRun{first, i - 1};
}

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

size_t BehindVerb(const std::vector<Word>& words, size_t verb) {
  const bool is_obliged = verb + 2 < words.size() && words[verb + 1].folded == "to" &&
                          IsOneOf(words[verb].folded, "have|need|want");
  return is_obliged ? verb + 3 : verb + 1;
}

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
    if (EndsPhraseAt(ours, i) || EndsPhraseAt(ours, i - 1)) continue;
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
        if (!their.digit ||
            !SameShape(word, instead.substr(their.begin, their.end - their.begin))) {
          continue;
        }
        // "zone W6" for "zone W4"
        size_t first = i;
        for (size_t back = static_cast<size_t>(&their - theirs.data()); first > 0 && back > 0;) {
          if (ours[--first].folded != theirs[--back].folded ||
              IsOneOf(ours[first].folded, kArticles)) {
            ++first;
            break;
          }
        }
        return range(first, i);
      }
    }
  }
  // A name for a name, and an abbreviation, "SLA", for an abbreviation first.
  const auto is_short = [](std::string_view name) {
    return std::ranges::all_of(name, IsAsciiUpper);
  };
  std::optional<ByteRange> other;
  for (auto run = runs.rbegin(); has_name && !has_digit && run != runs.rend(); ++run) {
    if (ours[run->first].digit) continue;
    const ByteRange place = range(run->first, run->last);
    const std::string_view name =
        std::string_view(question).substr(place.begin, place.end - place.begin);
    if (is_short(name) == is_short(instead)) return place;
    if (!other) other = place;
  }
  return other;
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
    const std::optional<WordRun> phrase = NounPhraseFrom(words, i + 1);
    if (!phrase || !IsOneOf(words[phrase->first].folded, "the|a|an")) break;
    return ByteRange{words[phrase->first].begin, words[phrase->last].end};
  }
  return std::nullopt;
}

std::optional<Owned> OwnedIn(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, "is|are|was|were")) continue;
    const std::optional<WordRun> phrase = NounPhraseFrom(words, i + 1);
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
