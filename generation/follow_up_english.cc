// Follow-ups in English.

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "generation/english_phrases.h"
#include "generation/english_replacement.h"
#include "generation/follow_up_words.h"
#include "generation/numbered_part.h"

namespace quarry::generation::follow_up {
namespace {

// A question of so many words may leave out what it is about.
constexpr size_t kMostWordsOfShort = 8;

// The questions that the one before may be about `instead`. `of`: what was meant before, where it was said;
// `preposition`: what stood before `instead`, or "".
std::vector<std::string> AskAboutInEnglish(const std::string& before, std::string_view instead,
                                           std::string_view of, std::string_view preposition) {
  const std::string question = WithoutEnd(before);
  std::optional<ByteRange> place;
  if (!of.empty()) {
    const size_t at = Fold(question).find(Fold(of));
    if (at != std::string::npos && at + of.size() <= question.size() &&
        EqualsIgnoringCase(std::string_view(question).substr(at, of.size()), of)) {
      place = ByteRange{at, at + of.size()};
    }
  }
  if (!place) place = EnglishPlaceOf(question, instead);
  if (!place && (preposition.empty() || IsOneOf(preposition, "about|for|of"))) {
    place = SubjectOf(question, instead);
  }
  if (!place) return EnglishReplacements(question, instead, preposition);
  std::string_view put = instead;
  // "the VX-240" in place of the "VX-220" of "the VX-220", or of "pump VX-220".
  const std::string_view left = Trim(std::string_view(question).substr(0, place->begin));
  const std::vector<Word> words = WordsOf(put);
  if (words.size() > 1 && IsOneOf(words.front().folded, "the|a|an") &&
      (words[1].digit || left.ends_with(" the") || left.ends_with(" a") || left.ends_with(" an"))) {
    put.remove_prefix(words[1].begin);
  }
  return {question.substr(0, place->begin) + std::string(put) + question.substr(place->end) + "?"};
}

// What is searched where a thing makes no question of the one before.
std::string KeywordsInEnglish(std::string_view about, const std::string& before) {
  return std::string(about) + ", " + EnglishTopicOf(before).value_or(WithoutEnd(before));
}

// The words of `message` from `first` on, without the end.
std::string Rest(std::string_view message, const std::vector<Word>& words, size_t first) {
  return first < words.size() ? WithoutEnd(message.substr(words[first].begin)) : std::string();
}

// "How long is the warranty (XR-10)?"
std::string InBrackets(std::string_view question, std::string_view topic) {
  return WithoutEnd(question) + " (" + std::string(topic) + ")?";
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
  return AskingAbout(AskAboutInEnglish(before, rest, of, ""), FollowUp::kCorrection, "",
                     rest + ", " + WithoutEnd(before));
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
    std::optional<std::string> owner =
        of_person ? EnglishPersonOf(answer, before) : EnglishTopicOf(before);
    if (!owner) owner = EnglishTopicOf(before);
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
  const std::string_view preposition = first > at ? std::string_view(words[first - 1].folded) : "";
  std::vector<std::string> readings = AskAboutInEnglish(before, about, "", preposition);
  // "And on weekends?" tells when, "And in the annex?" where: the question is still the one before. A code or a name
  // takes the place of one.
  const bool is_thing = (preposition.empty() || IsOneOf(preposition, "for|about|of")) &&
                        !names_thing && !TellsWhenInEnglish(about);
  return AskingAbout(std::move(readings), FollowUp::kEllipsis, is_thing ? about : "",
                     KeywordsInEnglish(about, before));
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
         std::none_of(words.begin() + static_cast<ptrdiff_t>(first), words.end(), IsVerb);
}

// Whether what stands from the word `at` on goes behind another word that asks: "does he approve it" does, "approves
// it" and "is the hotel limit" do not.
bool IsAskedOtherwise(const std::vector<Word>& words, size_t at) {
  if (!IsOneOf(words[at].folded, kAuxiliaries)) return false;
  if (!IsOneOf(words[at].folded, "is|are|was|were")) return true;
  if (IsOneOf(words.front().folded, "when|where")) return true;
  return std::any_of(words.begin() + static_cast<ptrdiff_t>(at + 1), words.end(),
                     [](const Word& word) { return IsVerb(word) || word.folded.ends_with("ed"); });
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
        InBrackets(message, EnglishTopicOf(before).value_or(WithoutEnd(before))),
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
  const bool was_yes_or_no = at == 0 && IsOneOf(theirs.front().folded, kAuxiliaries);
  if (was_yes_or_no) rest[0] = AsciiLower(rest[0]);
  asked[0] = AsciiUpper(asked[0]);
  return StandaloneQuestion{
      .text = asked + " " + rest + "?",
      .kind = FollowUp::kBareAsking,
      .is_question = was_yes_or_no || (IsAskedOtherwise(theirs, at) && !AsksOfNounAlone(words))};
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
    const std::vector<WordRun> names = NameRuns(words);
    if (!names.empty() && names.front().last < i) return std::nullopt;

    std::optional<std::string> stands_for;
    const bool only_person = IsOneOf(word.folded, "he|she|him|her|his|hers");
    if (person) stands_for = EnglishPersonOf(answer, before);
    if (!only_person && (!stands_for || word.folded.starts_with("the"))) {
      if (const std::optional<std::string> topic = EnglishTopicOf(before)) stands_for = topic;
    }
    if (!stands_for) stands_for = EnglishTopicOf(before);
    if (!stands_for) {
      return StandaloneQuestion{.text = WithoutEnd(message) + ", " + WithoutEnd(before) + "?",
                                .kind = FollowUp::kPronoun,
                                .is_question = false};
    }
    std::string text(message);
    const bool demonstrative = IsOneOf(word.folded, "this|that|these|those|same|one|ones|there");
    const bool before_noun = demonstrative && i + 1 < words.size() && !word.ends &&
                             !EndsPhrase(words[i + 1]) && !IsFunctionWord(words[i + 1]);
    if (before_noun) {  // "that valve": the words stay
      return StandaloneQuestion{InBrackets(message, *stands_for), FollowUp::kPronoun};
    }
    const bool owns = IsOneOf(word.folded, "its|their|his|hers") ||
                      (word.folded == "her" && i + 1 < words.size() && !word.ends);
    const std::string in = word.folded == "there" ? "at " : "";
    text.replace(word.begin, word.end - word.begin, in + *stands_for + (owns ? "'s" : ""));
    return StandaloneQuestion{text, FollowUp::kPronoun};
  }
  return std::nullopt;
}

// "What is the impeller diameter?" behind a question about the VX-220.
std::optional<StandaloneQuestion> TwoReadings(const std::string& before, std::string_view message,
                                              const std::vector<Word>& words) {
  const auto asks = [](const Word& word) {
    return IsOneOf(word.folded, kEnglishAsking) || IsOneOf(word.folded, kAuxiliaries);
  };
  const auto names_thing = [&](const WordRun& run) {
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
  std::vector<WordRun> names;
  for (const WordRun& run : NameRuns(said)) {
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
  return StandaloneQuestion{
      .text = std::string(Trim(message)),
      .with_topic = has_attribute ? question + " of " + thing + "?" : InBrackets(question, thing),
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
  if (auto found = EnglishNumberedPart(before, message)) return found;
  if (auto found = Ellipsis(before, answer, message, words)) return found;
  if (auto found = Pronoun(before, answer, message, words)) return found;
  // "And how many spares?": the thread goes on, and nothing in it has a name.
  const size_t at = SkipAny(words, 0, kConnectors);
  const bool has_subject =
      std::any_of(words.begin() + static_cast<ptrdiff_t>(std::min(at, words.size())), words.end(),
                  [](const Word& word) { return IsOneOf(word.folded, "the|a|an"); });
  if (at > 0 && at < words.size() && NameRuns(words).empty() && !has_subject) {
    if (const std::optional<std::string> topic = EnglishTopicOf(before)) {
      return StandaloneQuestion{InBrackets(Rest(message, words, at), *topic), FollowUp::kEllipsis};
    }
  }
  return TwoReadings(before, message, words);
}

}  // namespace quarry::generation::follow_up
