#include "generation/english_replacement.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "generation/english_phrases.h"
#include "generation/quantities.h"

namespace quarry::generation::follow_up {
namespace {

constexpr std::string_view kCopulas = "is|are|was|were";

// Whether a noun phrase is of several: by the last word before "of", "with" and the like.
bool IsPlural(std::string_view phrase) {
  std::string_view head;
  const std::vector<Word> words = WordsOf(phrase);
  for (const Word& word : words) {
    if (word.folded == "and") return true;
    if (IsOneOf(word.folded, kPrepositions)) break;
    head = word.folded;
  }
  return head.ends_with('s') && !head.ends_with("ss") && !head.ends_with("us") &&
         !head.ends_with("sis");
}

// The auxiliary, as it goes with what stands behind it.
std::string Agreeing(std::string_view auxiliary, bool plural) {
  constexpr std::string_view kPairs[][2] = {
      {"is", "are"}, {"was", "were"}, {"does", "do"}, {"has", "have"}};
  for (const auto& [one, several] : kPairs) {
    if (!EqualsIgnoringCase(auxiliary, one) && !EqualsIgnoringCase(auxiliary, several)) continue;
    std::string changed(plural ? several : one);
    changed[0] = IsAsciiUpper(auxiliary[0]) ? AsciiUpper(changed[0]) : changed[0];
    return changed;
  }
  return std::string(auxiliary);
}

class EnglishReplacer {
 public:
  EnglishReplacer(const std::string& question, std::string_view about)
      : question_(question), about_(about), words_(WordsOf(question)), ours_(WordsOf(about)) {}

  std::vector<std::string> Behind(std::string_view preposition) const {
    for (size_t i = words_.size(); i-- > 1;) {  // "in Berlin" for "in London"
      if (!AreAlike(words_[i].folded, preposition) || words_[i].ends) continue;
      const std::optional<WordRun> phrase = NounPhraseFrom(words_, i + 1);
      if (!phrase || IsOneOf(words_[i + 1].folded, kEnglishAsking)) continue;
      return {Put({words_[i].begin, words_[phrase->last].end},
                  std::string(preposition) + " " + std::string(about_))};
    }
    std::vector<std::string> readings = {question_ + " " + std::string(preposition) + " " +
                                         std::string(about_) + "?"};
    if (preposition == "for") {
      if (auto reading = HeadFor()) readings.push_back(*std::move(reading));
    }
    return readings;
  }

  std::vector<std::string> When() const {
    const std::string_view last = ours_.back().folded;
    if (IsOneOf(ours_.front().folded,
                "now|today|tonight|tomorrow|currently|nowadays|next|last|"
                "this|every|each|before|after|during|at")) {
      return {question_ + " " + std::string(about_) + "?"};
    }
    if (IsOneOf(last, "night|noon|midnight|christmas|easter")) return Behind("at");
    const bool is_long = IsOneOf(last,
                                 "summer|winter|spring|autumn|january|february|march|april|"
                                 "may|june|july|august|september|october|november|december");
    return Behind(is_long ? "in" : "on");
  }

  std::vector<std::string> Thing() const {
    std::vector<std::string> readings;
    if (words_.size() < 2 || ours_.empty()) return readings;
    const auto add = [&](std::optional<std::string> reading) {
      if (reading) readings.push_back(*std::move(reading));
    };
    const bool asks_what = IsOneOf(words_[0].folded, "what|which");
    if (asks_what && IsOneOf(words_[1].folded, kCopulas)) {
      if (const auto owned = OwnedIn(question_)) {
        readings.push_back(Put(owned->attribute, WithArticle(owned->attribute)));
        readings.push_back(Put(owned->owner, about_));
        return readings;
      }
      const auto phrase = NounPhraseFrom(words_, 2);
      // "the limit for meals": for something else
      if (phrase && phrase->last + 2 < words_.size() && words_[phrase->last + 1].folded == "for") {
        if (const auto other = NounPhraseFrom(words_, phrase->last + 2)) return {With(*other)};
      }
      add(HeadFor());
      if (phrase) {
        readings.push_back(Subject(1, *phrase, WithArticle(RangeOf(*phrase))));
      }
      return readings;
    }
    if (words_[0].folded == "how" && IsOneOf(words_[1].folded, "many|much") && words_.size() > 3 &&
        !IsOneOf(words_[2].folded, kAuxiliaries)) {
      add(Counted());
      return readings;
    }
    if (words_[0].folded == "who") {
      add(OfWhom());
      return readings;
    }
    const size_t auxiliary = Auxiliary();
    if (auxiliary + 1 >= words_.size()) return readings;
    const Word& subject = words_[auxiliary + 1];
    if (subject.folded == "there") {
      const auto phrase = NounPhraseFrom(words_, auxiliary + 2);
      if (phrase) readings.push_back(Subject(auxiliary, *phrase, std::string(about_)));
    } else if (IsOneOf(subject.folded, kSubjectsWithoutNoun)) {
      // "Which methods do you accept?": do you accept cheques
      if (asks_what && auxiliary + 3 == words_.size()) {
        std::string asked = Between(question_, words_, auxiliary, words_.size() - 1);
        asked[0] = AsciiUpper(asked[0]);
        readings.push_back(asked + " " + std::string(about_) + "?");
      } else if (const auto object = ObjectFrom(BehindVerb(words_, auxiliary + 2))) {
        readings.push_back(With(*object));
      }
    } else if (const auto phrase = NounPhraseFrom(words_, auxiliary + 1)) {
      // Of "Is shipping free?" all that is known to be the subject is its first word.
      const bool takes_all = phrase->last + 1 == words_.size();
      const size_t last =
          takes_all && phrase->last > phrase->first ? phrase->last - 1 : phrase->last;
      readings.push_back(Subject(auxiliary, {phrase->first, last}, std::string(about_)));
    }
    return readings;
  }

 private:
  // "after probation" takes the place of "during probation".
  static bool AreAlike(std::string_view one, std::string_view other) {
    constexpr std::string_view kOfTime = "during|after|before|since|until";
    return one == other || (IsOneOf(one, kOfTime) && IsOneOf(other, kOfTime));
  }

  ByteRange RangeOf(const WordRun& run) const {
    return {words_[run.first].begin, words_[run.last].end};
  }

  std::string Put(const ByteRange& range, std::string_view put) const {
    return question_.substr(0, range.begin) + std::string(put) + question_.substr(range.end) + "?";
  }

  std::string With(const WordRun& run) const { return Put(RangeOf(run), about_); }

  // "the meals" where "the hotel limit" gives way.
  std::string WithArticle(const ByteRange& range) const {
    const bool had = Fold(question_.substr(range.begin)).starts_with("the ");
    return (had && !IsOneOf(ours_.front().folded, kArticles) ? "the " : "") + std::string(about_);
  }

  // With another subject, and the auxiliary before it that agrees.
  std::string Subject(size_t auxiliary, const WordRun& subject, const std::string& put) const {
    const ByteRange place = RangeOf(subject);
    const Word& word = words_[auxiliary];
    return question_.substr(0, word.begin) +
           Agreeing(std::string_view(question_).substr(word.begin, word.end - word.begin),
                    IsPlural(about_)) +
           question_.substr(word.end, place.begin - word.end) + put + question_.substr(place.end) +
           "?";
  }

  // "What is the limit for meals in Berlin?" of "the hotel limit".
  std::optional<std::string> HeadFor() const {
    if (words_.size() < 3 || !IsOneOf(words_[0].folded, "what|which") ||
        !IsOneOf(words_[1].folded, kCopulas) || OwnedIn(question_)) {
      return std::nullopt;
    }
    const std::optional<WordRun> phrase = NounPhraseFrom(words_, 2);
    if (!phrase) return std::nullopt;
    const bool has_article = IsOneOf(words_[phrase->first].folded, kArticles);
    const std::string article =
        has_article ? Between(question_, words_, phrase->first, phrase->first) + " " : "";
    const std::string head = Between(question_, words_, phrase->last, phrase->last);
    return Put(RangeOf(*phrase), article + head + " for " + std::string(about_));
  }

  // "How many days of sick leave do I get?", "How many crew were on board?"
  std::optional<std::string> Counted() const {
    const std::optional<WordRun> phrase = NounPhraseFrom(words_, 2);
    if (!phrase) return std::nullopt;
    for (size_t i = phrase->first + 1; i < phrase->last; ++i) {
      if (words_[i].folded == "of") return With({i + 1, phrase->last});
    }
    // Days are what is counted, and no thing.
    const auto counted =
        QuantitiesOf("1 " + Between(question_, words_, phrase->last, phrase->last));
    if (!counted.empty() && !counted.front().unit.empty()) {
      return question_ + " for " + std::string(about_) + "?";
    }
    return With(*phrase);
  }

  // "Who approves overtime?", "Who is responsible for payroll?", "Who is the head of IT?"
  std::optional<std::string> OfWhom() const {
    size_t from = IsOneOf(words_[1].folded, kAuxiliaries) ? 2 : 1;
    if (from == 1 || (from < words_.size() && !IsOneOf(words_[from].folded, kArticles))) ++from;
    while (from < words_.size() && IsOneOf(words_[from].folded, kPrepositions)) ++from;
    const std::optional<WordRun> phrase = NounPhraseFrom(words_, from);
    if (!phrase) return std::nullopt;
    const bool has_article = IsOneOf(words_[phrase->first].folded, kArticles);
    return Put(RangeOf(*phrase), has_article ? WithArticle(RangeOf(*phrase)) : std::string(about_));
  }

  // What is done to, from the word behind a verb on.
  std::optional<WordRun> ObjectFrom(size_t first) const {
    if (first >= words_.size()) return std::nullopt;
    if (IsFunctionWord(words_[first]) && !IsOneOf(words_[first].folded, kArticles)) {
      return std::nullopt;
    }
    return NounPhraseFrom(words_, first);
  }

  // Where the first auxiliary stands; how many words there are where none does.
  size_t Auxiliary() const {
    return static_cast<size_t>(
        std::ranges::find_if(words_,
                             [](const Word& word) { return IsOneOf(word.folded, kAuxiliaries); }) -
        words_.begin());
  }

  const std::string& question_;
  const std::string_view about_;
  const std::vector<Word> words_;
  const std::vector<Word> ours_;
};

}  // namespace

std::vector<std::string> EnglishReplacements(const std::string& question, std::string_view about,
                                             std::string_view preposition) {
  const EnglishReplacer replacer(question, about);
  if (WordsOf(about).empty()) return {};
  if (!preposition.empty() && preposition != "about") return replacer.Behind(preposition);
  if (TellsWhenInEnglish(about)) return replacer.When();
  return replacer.Thing();
}

}  // namespace quarry::generation::follow_up
