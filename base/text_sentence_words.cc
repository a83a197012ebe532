#include "base/text_sentence_words.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace quarry::text_internal {
namespace {

// All lists are sorted and in lower case.
constexpr std::string_view kNeverEnd[] = {
    "adm", "approx", "brig", "ca",  "capt", "cf",  "cmdr", "col",  "cpl", "dr",   "e.g", "eq",
    "eqs", "fig",    "figs", "ft",  "gen",  "gov", "hon",  "i.e",  "lic", "lt",   "maj", "messrs",
    "mme", "mr",     "mrs",  "ms",  "mt",   "mx",  "pres", "prof", "ref", "refs", "rep", "resp",
    "rev", "sen",    "sgt",  "sra", "srta", "st",  "supt", "viz",  "vs"};

constexpr std::string_view kBeforeNumber[] = {"app", "art", "ch",   "chap", "ex",  "max",
                                              "min", "no",  "nos",  "nr",   "p",   "para",
                                              "pp",  "sec", "sect", "tab",  "vol", "vols"};

constexpr std::string_view kMayEnd[] = {
    "al",   "apr",  "assn", "aug", "ave", "b.sc", "blvd", "bros", "co",  "corp", "dec", "dept",
    "dist", "esq",  "est",  "etc", "feb", "govt", "hrs",  "inc",  "jan", "jr",   "jul", "jun",
    "ltd",  "m.sc", "mar",  "mfg", "nov", "oct",  "ph.d", "rd",   "sep", "sept", "sr",  "univ"};

constexpr std::string_view kTimesOfDay[] = {"a.m", "p.m"};

constexpr std::string_view kStarters[] = {
    "a",       "about",     "according", "after",    "all",       "also",    "although",
    "among",   "an",        "and",       "another",  "any",       "are",     "as",
    "at",      "because",   "before",    "both",     "but",       "by",      "can",
    "could",   "despite",   "did",       "do",       "does",      "during",  "each",
    "every",   "finally",   "first",     "for",      "from",      "further", "furthermore",
    "had",     "has",       "have",      "he",       "hence",     "her",     "here",
    "his",     "how",       "however",   "i",        "if",        "in",      "indeed",
    "instead", "is",        "it",        "its",      "last",      "later",   "let",
    "many",    "meanwhile", "more",      "moreover", "most",      "my",      "nevertheless",
    "next",    "no",        "not",       "now",      "of",        "on",      "once",
    "one",     "only",      "or",        "other",    "our",       "please",  "several",
    "she",     "should",    "since",     "so",       "some",      "such",    "that",
    "the",     "their",     "then",      "there",    "therefore", "these",   "they",
    "this",    "those",     "though",    "through",  "thus",      "to",      "today",
    "two",     "under",     "unlike",    "until",    "was",       "we",      "were",
    "what",    "when",      "where",     "whether",  "which",     "while",   "who",
    "why",     "with",      "within",    "without",  "would",     "yet",     "you",
    "your"};

constexpr std::string_view kTakeLetter[] = {
    "annex",   "appendix", "area",     "block",     "branch",   "building", "category", "class",
    "clause",  "coach",    "column",   "dock",      "entrance", "exhibit",  "exit",     "gate",
    "grade",   "group",    "hall",     "hepatitis", "house",    "item",     "level",    "line",
    "lot",     "model",    "option",   "part",      "phase",    "plan",     "platform", "point",
    "pump",    "room",     "section",  "series",    "site",     "stage",    "step",     "table",
    "tank",    "team",     "terminal", "tower",     "type",     "unit",     "variant",  "version",
    "vitamin", "wing",     "zone"};

static_assert(std::is_sorted(std::begin(kNeverEnd), std::end(kNeverEnd)));
static_assert(std::is_sorted(std::begin(kBeforeNumber), std::end(kBeforeNumber)));
static_assert(std::is_sorted(std::begin(kMayEnd), std::end(kMayEnd)));
static_assert(std::is_sorted(std::begin(kStarters), std::end(kStarters)));
static_assert(std::is_sorted(std::begin(kTakeLetter), std::end(kTakeLetter)));

constexpr size_t kLongest = 15;

template <size_t n>
bool Contains(const std::string_view (&sorted)[n], std::string_view word) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

// "U.S", "J.R.R", "J": letters that each stand alone.
bool IsInitials(std::string_view word) {
  for (size_t i = 0; i < word.size(); ++i) {
    if ((word[i] == '.') != (i % 2 == 1)) return false;
  }
  return word.size() % 2 == 1;
}

}  // namespace

Abbreviation AbbreviationOf(std::string_view word) {
  if (word.empty() || word.size() > kLongest) return Abbreviation::kNone;
  // "MS" is an acronym, "ms" milliseconds, "Ms" a title.
  if (word.size() > 1 && std::all_of(word.begin(), word.end(), IsAsciiUpper)) {
    return Abbreviation::kNone;
  }
  if (word == "ms") return Abbreviation::kNone;
  const std::string lower = AsciiLower(word);
  if (Contains(kNeverEnd, lower)) return Abbreviation::kNeverEnds;
  if (Contains(kBeforeNumber, lower)) return Abbreviation::kBeforeNumber;
  if (Contains(kTimesOfDay, lower)) return Abbreviation::kTimeOfDay;
  if (Contains(kMayEnd, lower) || IsInitials(lower)) return Abbreviation::kMayEnd;
  return Abbreviation::kNone;
}

bool TakesLetter(std::string_view word) {
  return word.size() <= kLongest && Contains(kTakeLetter, AsciiLower(word));
}

bool BeginsSentences(std::string_view word) {
  return word.size() <= kLongest && Contains(kStarters, AsciiLower(word));
}

}  // namespace quarry::text_internal
