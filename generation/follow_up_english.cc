// Follow-ups in English.

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/follow_up_words.h"

namespace quarry::generation::follow_up {
namespace {

// A question of so many words may leave out what it is about.
constexpr size_t kMostWordsOfShort = 8;

constexpr std::string_view kAuxiliaries =
    "is|are|was|were|be|been|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|"
    "would|isn't|aren't|doesn't|don't|didn't|can't|won't";
constexpr std::string_view kEnglishAsking =
    "what|which|who|whom|whose|when|where|why|how|since|until|till";
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
constexpr std::string_view kArticles = "the|a|an|this|that|these|those|our|your|my|its|their";
constexpr std::string_view kEnglishThings =
    "it|its|they|them|their|this|that|these|those|one|ones|there|"
    "same|itself";
constexpr std::string_view kPersons = "he|she|him|her|his|hers|they|them|their";
constexpr std::string_view kConnectors =
    "and|but|so|ok|okay|also|then|well|oh|hm|or|yes|right|thanks";
constexpr std::string_view kPrepositions =
    "for|in|on|at|of|with|from|to|about|by|under|during|after|before|since|until|if";

// Words of a question that mean nothing alone.
bool IsFunctionWord(const Word& word) {
  return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kEnglishAsking) ||
         IsOneOf(word.folded, kStoppers) || IsOneOf(word.folded, kArticles) ||
         IsOneOf(word.folded, kEnglishThings) || IsOneOf(word.folded, kPersons) ||
         IsOneOf(word.folded, kConnectors) || IsOneOf(word.folded, kPrepositions) ||
         IsOneOf(word.folded,
                 "i|you|we|me|us|not|no|many|much|long|often|far|fast|big|exactly|please|"
                 "else|more|too|only|again|just|tell|know|ago|some|any|all|both");
}

bool IsNameAt(const std::vector<Word>& words, size_t i) {
  const Word& word = words[i];
  if (IsFunctionWord(word)) return false;
  if (word.digit) return true;
  if (!word.capital) return false;
  return i > 0 || (words.size() > 1 && words[1].capital);
}

std::string Between(std::string_view text, const std::vector<Word>& words, size_t first,
                    size_t last) {
  return std::string(text.substr(words[first].begin, words[last].end - words[first].begin));
}

struct Run {
  size_t first = 0;
  size_t last = 0;
};

// Runs of names: "Upper Tarn", "VX-220", "Halden Valley Water Cooperative".
std::vector<Run> NameRuns(const std::vector<Word>& words) {
  std::vector<Run> runs;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!IsNameAt(words, i)) continue;
    Run run{i, i};
    while (!words[run.last].ends && run.last + 1 < words.size() && IsNameAt(words, run.last + 1)) {
      ++run.last;
    }
    runs.push_back(run);
    i = run.last;
  }
  return runs;
}

bool EndsPhrase(const Word& word) {
  return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kVerbs) ||
         IsOneOf(word.folded, kStoppers) || IsOneOf(word.folded, kEnglishAsking);
}

// The words from `first` on that name one thing; of "the level of the tarn" all.
std::optional<Run> PhraseFrom(const std::vector<Word>& words, size_t first) {
  size_t i = first;
  while (i < words.size() && !EndsPhrase(words[i])) {
    ++i;
    if (words[i - 1].ends) break;
  }
  while (i > first && IsOneOf(words[i - 1].folded, "of|the|a|an")) --i;
  if (i == first || (i == first + 1 && IsFunctionWord(words[first]))) return std::nullopt;
  return Run{first, i - 1};
}

// What the question is about: its subject.
std::optional<std::string> TopicOf(const std::string& question) {
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
    const std::optional<Run> phrase = PhraseFrom(words, i + 1);
    if (phrase) return Between(question, words, phrase->first, phrase->last);
    break;
  }
  const std::vector<Run> names = NameRuns(words);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    std::string topic = Between(question, words, name->first, name->last);
    if (std::ranges::any_of(topic, IsAsciiLetter)) return topic;  // "20" of 20 hours names nothing
  }
  for (size_t i = 0; i < words.size(); ++i) {
    const bool opens = IsOneOf(words[i].folded, kArticles) || IsOneOf(words[i].folded, "many|much");
    if (!opens || i + 1 == words.size()) continue;
    const size_t first = IsOneOf(words[i].folded, "many|much") ? i + 1 : i;
    if (const std::optional<Run> phrase = PhraseFrom(words, first)) {
      return Between(question, words, phrase->first, phrase->last);
    }
  }
  return std::nullopt;
}

// A person: two capitalised words in the answer, else in the question.
std::optional<std::string> PersonOf(const std::string& answer, const std::string& question) {
  for (const std::string* text : {&answer, &question}) {
    const std::vector<Word> words = WordsOf(*text);
    for (const Run& run : NameRuns(words)) {
      const bool is_person =
          run.last == run.first + 1 && !words[run.first].digit && !words[run.last].digit;
      if (is_person) return Between(*text, words, run.first, run.last);
    }
  }
  return std::nullopt;
}

// Where in `question` stands what `instead` takes the place of: a code of its shape, a name, or a
// phrase with the same last word.
std::optional<ByteRange> PlaceOf(const std::string& question, std::string_view instead) {
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
  const std::vector<Run> runs = NameRuns(ours);
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

// Where the subject of "How much does a meter test cost?" stands, for something that has an article too.
std::optional<ByteRange> SubjectOf(const std::string& question, std::string_view instead) {
  const std::vector<Word> theirs = WordsOf(instead);
  const std::vector<Word> words = WordsOf(question);
  if (theirs.size() < 2 || !IsOneOf(theirs.front().folded, "the|a|an")) return std::nullopt;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, kAuxiliaries)) continue;
    if (i == 0 ||
        !IsOneOf(words[i - 1].folded, "what|much|long|far|fast|often|when|where|who|old|big"))
      break;
    const std::optional<Run> phrase = PhraseFrom(words, i + 1);
    if (!phrase || !IsOneOf(words[phrase->first].folded, "the|a|an")) break;
    return ByteRange{words[phrase->first].begin, words[phrase->last].end};
  }
  return std::nullopt;
}

bool NamesThing(const Word& word) { return word.digit || word.capital; }

// Of "What is the rated head of the VX-240": "the rated head" and "the VX-240".
struct Owned {
  ByteRange attribute;
  ByteRange owner;
  bool named = false;  // the owner has a name or a code
};

std::optional<Owned> OwnedIn(const std::string& question) {
  const std::vector<Word> words = WordsOf(question);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!IsOneOf(words[i].folded, "is|are|was|were")) continue;
    const std::optional<Run> phrase = PhraseFrom(words, i + 1);
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

// The question before, about `instead`. `of`: what was meant before, where it was said.
std::string AskAboutInEnglish(const std::string& before, std::string_view instead,
                              std::string_view of) {
  const std::string question = WithoutEnd(before);
  std::optional<ByteRange> place;
  if (!of.empty()) {
    const size_t at = Fold(question).find(Fold(of));
    if (at != std::string::npos && at + of.size() <= question.size() &&
        EqualsIgnoringCase(std::string_view(question).substr(at, of.size()), of)) {
      place = ByteRange{at, at + of.size()};
    }
  }
  if (!place) place = PlaceOf(question, instead);
  if (!place) place = SubjectOf(question, instead);
  if (!place) return question + ", " + std::string(instead) + "?";
  std::string_view put = instead;
  // "the VX-240" in place of the "VX-220" of "the VX-220", or of "pump VX-220".
  const std::string_view left = Trim(std::string_view(question).substr(0, place->begin));
  const std::vector<Word> words = WordsOf(put);
  if (words.size() > 1 && IsOneOf(words.front().folded, "the|a|an") &&
      (words[1].digit || left.ends_with(" the") || left.ends_with(" a") || left.ends_with(" an"))) {
    put.remove_prefix(words[1].begin);
  }
  return question.substr(0, place->begin) + std::string(put) + question.substr(place->end) + "?";
}

// The words of `message` from `first` on, without the end.
std::string Rest(std::string_view message, const std::vector<Word>& words, size_t first) {
  return first < words.size() ? WithoutEnd(message.substr(words[first].begin)) : std::string();
}

bool StartsWith(const std::vector<Word>& words, size_t at, std::string_view phrase) {
  const std::vector<Word> wanted = WordsOf(phrase);
  if (words.size() < at + wanted.size()) return false;
  return std::equal(wanted.begin(), wanted.end(), words.begin() + static_cast<ptrdiff_t>(at),
                    [](const Word& a, const Word& b) { return a.folded == b.folded; });
}

size_t SkipAny(const std::vector<Word>& words, size_t at, std::string_view list) {
  while (at < words.size() && IsOneOf(words[at].folded, list)) ++at;
  return at;
}

// "No, I meant the VX-240, not the VX-220."
std::optional<StandaloneQuestion> Correction(const std::string& before, std::string_view message,
                                             const std::vector<Word>& words) {
  size_t at =
      SkipAny(words, 0, "no|nope|sorry|actually|wait|oops|hm|not|quite|that|is|that's|wrong");
  const bool denies = at > 0 && IsOneOf(words[0].folded, "no|nope|sorry|actually|wait|oops");
  bool says_meant = false;
  for (const std::string_view phrase :
       {"I meant", "I mean", "I was asking about", "I am asking about", "I'm asking about",
        "I was talking about", "make that", "I asked about", "I wanted", "it should be",
        "I was thinking of", "my question was about", "rather"}) {
    if (!StartsWith(words, at, phrase)) continue;
    at += WordsOf(phrase).size();
    says_meant = true;
    break;
  }
  std::string of;
  if (!says_meant && words[0].folded == "not") {  // "Not the VX-220, I mean the VX-240."
    for (size_t i = 1; i + 2 < words.size() && !says_meant; ++i) {
      if (!StartsWith(words, i, "I meant") && !StartsWith(words, i, "I mean")) continue;
      const size_t first = SkipAny(words, 1, "the|a|an|for|in|of|on|at");
      if (first < i) of = Between(message, words, first, i - 1);
      at = i + 2;
      says_meant = true;
    }
  }
  if (!says_meant && !denies) return std::nullopt;
  if (!says_meant) {
    at = SkipAny(words, 1, "no|sorry|for|in|of|on|at|about");
    // "No, how much is it?" is a question of its own.
    if (at >= words.size() || IsOneOf(words[at].folded, kEnglishAsking) ||
        IsOneOf(words[at].folded, kAuxiliaries) || words.size() - at > 8) {
      return std::nullopt;
    }
  }
  at = SkipAny(words, at, "for|in|of|on|at|about");
  std::string rest = Rest(message, words, at);
  if (rest.empty()) return std::nullopt;
  const std::string folded = AsciiLower(rest);
  for (const std::string_view divider : {", not ", " not ", " instead of ", " rather than "}) {
    const size_t found = folded.find(divider);
    if (found == std::string::npos || found == 0) continue;
    of = WithoutEnd(rest.substr(found + divider.size()));
    rest = rest.substr(0, found);
    break;
  }
  // A whole question replaces the one before.
  if (std::ranges::any_of(WordsOf(rest), [](const Word& word) {
        return IsOneOf(word.folded, "what|which|who|whom|whose|when|where|why|how");
      })) {
    return StandaloneQuestion{rest + "?", FollowUp::kCorrection};
  }
  const std::vector<Word> wrong = WordsOf(of);
  if (!wrong.empty() && IsOneOf(wrong.front().folded, "the|a|an|in|for|of|on|at")) {
    of = of.substr(wrong.size() > 1 ? wrong[1].begin : 0);
  }
  return StandaloneQuestion{AskAboutInEnglish(before, rest, of), FollowUp::kCorrection};
}

// The question without the year that it names, and the marks at its end. "From 2022 to 2023" it asks of both, and stays.
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

// Whether a phrase tells when: "weekends", "Monday mornings".
bool TellsWhen(std::string_view phrase) {
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

// "What about the VX-240?", "And in 2024?", "The same for Brackwell?"
std::optional<StandaloneQuestion> Ellipsis(const std::string& before, const std::string& answer,
                                           std::string_view message,
                                           const std::vector<Word>& words) {
  size_t at = SkipAny(words, 0, kConnectors);
  const bool connects = at > 0;
  bool opens = false;
  for (const std::string_view phrase :
       {"what about", "how about", "what of", "the same for", "same for", "the same question for",
        "same question for", "likewise for"}) {
    if (!StartsWith(words, at, phrase)) continue;
    at += WordsOf(phrase).size();
    opens = true;
    break;
  }
  if (at >= words.size()) return std::nullopt;
  const bool has_verb =
      std::any_of(words.begin() + static_cast<ptrdiff_t>(at), words.end(), [](const Word& word) {
        return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kEnglishAsking);
      });
  const bool is_short = words.size() - at <= 7;
  const bool prepositional = IsOneOf(words[at].folded, kPrepositions);
  if (!opens && (has_verb || !is_short || !(connects || prepositional))) return std::nullopt;
  if (has_verb && !opens) return std::nullopt;
  const size_t first = SkipAny(words, at, kPrepositions);
  if (first >= words.size()) return std::nullopt;
  // "And its weight?": of what was asked about, of "the power of the HY-300" the HY-300.
  if (IsOneOf(words[first].folded, "its|their|his|her") && first + 1 < words.size()) {
    const bool of_person = IsOneOf(words[first].folded, "his|her");
    std::optional<std::string> owner = of_person ? PersonOf(answer, before) : TopicOf(before);
    if (!owner) owner = TopicOf(before);
    if (!owner) return std::nullopt;
    const size_t of = owner->rfind(" of ");
    std::string_view thing = *owner;
    if (of != std::string::npos) thing.remove_prefix(of + std::string_view(" of ").size());
    return StandaloneQuestion{
        "What is the " + Rest(message, words, first + 1) + " of " + std::string(thing) + "?",
        FollowUp::kEllipsis};
  }
  std::string about = Rest(message, words, first);
  if (IsOneOf(Fold(about), "the other|the other one|the second|the second one")) {
    if (std::string sibling = SiblingIn(answer, before); !sibling.empty()) {
      about = std::move(sibling);
    }
  }
  // "And now?": not in the year before.
  if (IsOneOf(Fold(about), "now|today|currently|nowadays|at present|this year")) {
    if (std::string timeless = WithoutYearOf(before); timeless != WithoutEnd(before)) {
      return StandaloneQuestion{timeless + "?", FollowUp::kEllipsis};
    }
  }
  // "And of the other one?" is about the thing, "and the noise?" about what a named thing has.
  const std::string question = WithoutEnd(before);
  const std::optional<Owned> owned = OwnedIn(question);
  const bool names_thing = std::ranges::any_of(WordsOf(about), NamesThing);
  const bool says_of = first > at && words[first - 1].folded == "of";
  if (owned && !names_thing && (says_of || (first == at && owned->named))) {
    const ByteRange place = says_of ? owned->owner : owned->attribute;
    return StandaloneQuestion{
        question.substr(0, place.begin) + about + question.substr(place.end) + "?",
        FollowUp::kEllipsis};
  }
  std::string asked = AskAboutInEnglish(before, about, "");
  // "And on weekends?" tells when, "And in the annex?" where: the question is still the one before.
  const bool is_thing = first == at || IsOneOf(words[at].folded, "for|about|of");
  if (asked != question + ", " + about + "?" || !is_thing || TellsWhen(about)) about.clear();
  return StandaloneQuestion{
      .text = std::move(asked), .kind = FollowUp::kEllipsis, .added = std::move(about)};
}

// "From which amount?", "And which type?": a noun, and no verb that would say something of it.
bool AsksOfNounAlone(const std::vector<Word>& words) {
  constexpr size_t kMost = 5;  // words
  size_t first = SkipAny(words, 0, kConnectors);
  const bool prepositional = first < words.size() && IsOneOf(words[first].folded, kPrepositions);
  if (prepositional) ++first;
  if (first + 1 >= words.size() || words.size() - first > kMost) return false;
  // "Which gifts count?" may have a verb behind the noun, "Which type of oil?" has none.
  const bool is_noun =
      !IsFunctionWord(words[first + 1]) &&
      (first + 2 == words.size() || IsOneOf(words[first + 2].folded, kPrepositions));
  const bool asks = prepositional ? IsOneOf(words[first].folded, "which|what|how|whose")
                                  : is_noun && IsOneOf(words[first].folded, "which|what");
  return asks && NameRuns(words).empty() &&
         std::none_of(words.begin() + static_cast<ptrdiff_t>(first), words.end(),
                      [](const Word& word) {
                        return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kVerbs);
                      });
}

// "Why?", "Since when?", "How long exactly?"
std::optional<StandaloneQuestion> BareAsking(const std::string& before, std::string_view message,
                                             const std::vector<Word>& words) {
  const bool is_bare =
      std::ranges::all_of(words, IsFunctionWord) &&
      std::ranges::any_of(words,
                          [](const Word& word) { return IsOneOf(word.folded, kEnglishAsking); }) &&
      words.size() <= 6;
  if (!is_bare && !AsksOfNounAlone(words)) return std::nullopt;
  // "What should I do?" has a verb of its own; "about it" says about what.
  bool asks_what_to_do = false;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    asks_what_to_do =
        asks_what_to_do || (IsOneOf(words[i].folded, "i|we|you") && words[i + 1].folded == "do");
  }
  if (asks_what_to_do) {
    if (std::ranges::any_of(
            words, [](const Word& word) { return IsOneOf(word.folded, kEnglishThings); })) {
      return std::nullopt;
    }
    return StandaloneQuestion{
        WithoutEnd(message) + ", " + TopicOf(before).value_or(WithoutEnd(before)) + "?",
        FollowUp::kBareAsking};
  }
  const size_t first = SkipAny(words, 0, kConnectors);
  if (first >= words.size()) return std::nullopt;
  // What the question before asked with gives way.
  const std::vector<Word> theirs = WordsOf(before);
  size_t at = 0;
  while (at < theirs.size() && (IsOneOf(theirs[at].folded, kEnglishAsking) ||
                                IsOneOf(theirs[at].folded,
                                        "for|how|much|many|long|far|often|fast|"
                                        "high|big|deep|large|exactly|old"))) {
    ++at;
  }
  std::string asked = Rest(message, words, first);
  // Without the words that stand for something.
  const std::vector<Word> ours = WordsOf(asked);
  size_t last = ours.size();
  while (last > 1 && (IsOneOf(ours[last - 1].folded, kEnglishThings) ||
                      IsOneOf(ours[last - 1].folded, kAuxiliaries))) {
    --last;
  }
  asked = asked.substr(0, ours[last - 1].end);
  std::string rest = at < theirs.size() ? WithoutEnd(before.substr(theirs[at].begin)) : "";
  if (rest.empty()) return std::nullopt;
  if (at == 0 && IsOneOf(theirs.front().folded, kAuxiliaries)) rest[0] = AsciiLower(rest[0]);
  return StandaloneQuestion{asked + " " + rest + "?", FollowUp::kBareAsking};
}

// "IT", "US": of a message that is not all in capitals.
bool IsAbbreviation(std::string_view message, const Word& word) {
  const std::string_view written = message.substr(word.begin, word.end - word.begin);
  return written.size() > 1 && std::ranges::all_of(written, IsAsciiUpper) &&
         std::ranges::any_of(message, IsAsciiLower);
}

// The "it" of "how long does it take to issue a badge?" stands for nothing said before; that of "how long
// does it take?" does.
bool IsExpletive(const std::vector<Word>& words, size_t it) {
  if (words[it].folded != "it") return false;
  size_t at = it + 1;
  while (at < words.size() && IsOneOf(words[at].folded, "is|was|be|been|not")) ++at;
  if (at >= words.size() ||
      !IsOneOf(words[at].folded,
               "take|takes|took|cost|costs|possible|allowed|permitted|forbidden|"
               "necessary|required|mandatory|compulsory|usual")) {
    return false;
  }
  // "to issue a badge" says all; "to charge" is said of what was asked about.
  for (++at; at + 2 < words.size(); ++at) {
    if (words[at].folded == "to" && !IsOneOf(words[at + 1].folded, kArticles)) {
      return !words[at + 1].ends && !IsOneOf(words[at + 2].folded, kPrepositions);
    }
  }
  return false;
}

std::optional<StandaloneQuestion> Pronoun(const std::string& before, const std::string& answer,
                                          std::string_view message,
                                          const std::vector<Word>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    if (IsAbbreviation(message, word) || IsExpletive(words, i)) continue;
    const bool person = IsOneOf(word.folded, kPersons);
    const bool thing = IsOneOf(word.folded, kEnglishThings);
    if (!person && !thing) continue;
    // "Is there a ...?", "it is known that", "that valve" is about what it names itself.
    if (word.folded == "there" && i + 1 < words.size() && i > 0 &&
        IsOneOf(words[i - 1].folded, kAuxiliaries)) {
      continue;
    }
    if (word.folded == "that" && i > 0 && !IsOneOf(words[i - 1].folded, kAuxiliaries) &&
        !IsOneOf(words[i - 1].folded, kPrepositions)) {
      continue;
    }
    // A name before it in the same message is what it stands for.
    const std::vector<Run> names = NameRuns(words);
    if (!names.empty() && names.front().last < i) return std::nullopt;

    std::optional<std::string> stands_for;
    const bool only_person = IsOneOf(word.folded, "he|she|him|her|his|hers");
    if (person) stands_for = PersonOf(answer, before);
    if (!only_person && (!stands_for || word.folded.starts_with("the"))) {
      if (const std::optional<std::string> topic = TopicOf(before)) stands_for = topic;
    }
    if (!stands_for) stands_for = TopicOf(before);
    if (!stands_for)
      return StandaloneQuestion{WithoutEnd(message) + ", " + WithoutEnd(before) + "?",
                                FollowUp::kPronoun};
    std::string text(message);
    const bool demonstrative = IsOneOf(word.folded, "this|that|these|those|same|one|ones|there");
    const bool before_noun = demonstrative && i + 1 < words.size() && !word.ends &&
                             !EndsPhrase(words[i + 1]) && !IsFunctionWord(words[i + 1]);
    if (before_noun) {  // "that valve": the words stay
      return StandaloneQuestion{WithoutEnd(message) + ", " + *stands_for + "?", FollowUp::kPronoun};
    }
    const bool owns = IsOneOf(word.folded, "its|their|his|hers") ||
                      (word.folded == "her" && i + 1 < words.size() && !word.ends);
    const std::string in = word.folded == "there" ? "at " : "";
    text.replace(word.begin, word.end - word.begin, in + *stands_for + (owns ? "'s" : ""));
    return StandaloneQuestion{text, FollowUp::kPronoun};
  }
  return std::nullopt;
}

// The names of a question with the words that say what they are names of: "return ticket for an adult from Brackwell
// Wharf to Liudu", "locomotive Bittern"; of "What is the rated head of the VX-220?" what has the head. nullopt where
// they do not stand in one phrase. REQUIRES: there is one.
std::optional<std::string> NamedThing(const std::string& question, const std::vector<Word>& words,
                                      const std::vector<Run>& names) {
  const auto divides = [](const Word& word) {
    return IsOneOf(word.folded, kAuxiliaries) || IsOneOf(word.folded, kVerbs) ||
           IsOneOf(word.folded, kEnglishAsking) ||
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

// "What is the impeller diameter?" behind a question about the VX-220.
std::optional<StandaloneQuestion> TwoReadings(const std::string& before, std::string_view message,
                                              const std::vector<Word>& words) {
  const auto asks = [](const Word& word) {
    return IsOneOf(word.folded, kEnglishAsking) || IsOneOf(word.folded, kAuxiliaries);
  };
  const auto names_thing = [&](const Run& run) {
    for (size_t i = run.first; i <= run.last; ++i) {
      if (!IsYearNumber(words[i].folded)) return true;
    }
    return false;
  };
  if (words.size() > kMostWordsOfShort || !asks(words.front()) ||
      std::ranges::any_of(NameRuns(words), names_thing)) {
    return std::nullopt;
  }
  if (words.front().folded == "which") return std::nullopt;  // of all that there are
  const std::vector<Word> said = WordsOf(before);
  // All that it names: "Brackwell Wharf, Liudu" of a ticket from one to the other; a number alone names nothing.
  std::string topic;
  std::vector<Run> names;
  for (const Run& run : NameRuns(said)) {
    const std::string name = Between(before, said, run.first, run.last);
    if (std::ranges::none_of(name, IsAsciiLetter)) continue;
    topic += (topic.empty() ? "" : ", ") + name;
    names.push_back(run);
  }
  if (names.empty()) return std::nullopt;
  const std::string thing = NamedThing(before, said, names).value_or(topic);
  const std::string question = WithoutEnd(message);
  const bool has_attribute = words.size() > 2 && words.front().folded == "what" &&
                             IsOneOf(words[1].folded, "is|are|was|were");
  return StandaloneQuestion{.text = std::string(Trim(message)),
                            .with_topic = question + (has_attribute ? " of " : ", ") + thing + "?",
                            .topic = topic};
}

}  // namespace

std::optional<StandaloneQuestion> EnglishFollowUp(const std::string& before,
                                                  const std::string& answer,
                                                  std::string_view message) {
  const std::vector<Word> words = WordsOf(message);
  if (words.empty()) return std::nullopt;
  if (auto found = Correction(before, message, words)) return found;
  if (auto found = BareAsking(before, message, words)) return found;
  if (auto found = Ellipsis(before, answer, message, words)) return found;
  if (auto found = Pronoun(before, answer, message, words)) return found;
  // "And how many spares?": the thread goes on, and nothing in it has a name.
  const size_t at = SkipAny(words, 0, kConnectors);
  const bool has_subject =
      std::any_of(words.begin() + static_cast<ptrdiff_t>(std::min(at, words.size())), words.end(),
                  [](const Word& word) { return IsOneOf(word.folded, "the|a|an"); });
  if (at > 0 && at < words.size() && NameRuns(words).empty() && !has_subject) {
    if (const std::optional<std::string> topic = TopicOf(before)) {
      return StandaloneQuestion{Rest(message, words, at) + ", " + *topic + "?",
                                FollowUp::kEllipsis};
    }
  }
  return TwoReadings(before, message, words);
}

}  // namespace quarry::generation::follow_up
