#include "retrieval/question_normaliser.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "retrieval/question_numbers.h"

namespace quarry::retrieval {
namespace {

using Tokens = std::span<const QuestionToken>;

// Phrases are given as they tokenise: words by spaces, Chinese by characters.

// Before anything that asks.
constexpr std::string_view kOpenings[] = {
    "could you tell me",
    "could you please tell me",
    "can you tell me",
    "can you please tell me",
    "would you tell me",
    "would you please tell me",
    "can anyone tell me",
    "can someone tell me",
    "please tell me",
    "tell me",
    "i want to know",
    "i would like to know",
    "i'd like to know",
    "i wonder",
    "i was wondering",
    "do you know",
    "does anyone know",
    "does anybody know",
    "请问",
    "请问一下",
    "想问",
    "想问一下",
    "我想问",
    "我想问下",
    "我想问一下",
    "想请问",
    "我想知道",
    "请告诉我",
    "告诉我",
    "能告诉我",
    "能不能告诉我",
    "可以告诉我",
    "谁知道",
    "有谁知道",
    "有人知道",
    "麻烦问一下",
    "麻烦问下",
    "麻烦请问",
};

// Whatever follows, if a mark that separates stands between.
constexpr std::string_view kCalls[] = {
    "hi",        "hello",        "hey",  "well", "so",   "ok",   "okay",     "um", "uh",  "please",
    "excuse me", "good morning", "你好", "您好", "请问", "劳驾", "打扰一下", "嗯", "那个"};

// At the end, behind a mark.
constexpr std::string_view kClosings[] = {"please",
                                          "thanks",
                                          "thank you",
                                          "thanks a lot",
                                          "many thanks",
                                          "thank you very much",
                                          "thanks in advance",
                                          "thank you in advance",
                                          "thx",
                                          "谢谢",
                                          "谢谢你",
                                          "谢谢您",
                                          "谢谢了",
                                          "谢谢啦",
                                          "多谢",
                                          "谢了"};

// Chinese particles that end a question that has a question word.
constexpr std::string_view kParticles[] = {"呢", "啊", "呀", "哦", "啦", "嘛"};

constexpr std::string_view kQuestionOpenings[] = {
    "what", "what's", "which",  "who", "who's", "whom", "whose",   "when", "where", "why",
    "how",  "is",     "are",    "was", "were",  "do",   "does",    "did",  "can",   "could",
    "will", "would",  "should", "has", "have",  "if",   "whether", "请问"};
constexpr std::string_view kHanQuestionWords[] = {
    "什么", "怎", "哪", "谁",     "多少", "几",     "为何",   "如何",     "吗",    "何",
    "啥",   "咋", "多", "是不是", "是否", "能不能", "有没有", "可不可以", "会不会"};

// What "please" asks for without a question word.
constexpr std::string_view kRequests[] = {
    "list",      "show",      "give",    "tell",   "explain", "describe", "find", "name",
    "summarize", "summarise", "compare", "define", "help",    "provide",  "what", "which",
    "who",       "when",      "where",   "why",    "how",     "can",      "could"};

// A question that holds one of these may be about the very words that would go.
constexpr std::string_view kAboutWords[] = {
    "say",    "spell", "translate", "translation", "pronounce", "mean", "means", "meaning", "word",
    "phrase", "说",    "写",        "念",          "读",        "拼",   "译",    "翻",      "意思",
    "含义",   "字",    "词",        "语",          "英文",      "中文", "日文"};

constexpr size_t kMaxStrips = 8;  // of openings, and of closings

// How many tokens at the start of `tokens` spell `phrase`; 0 if they do not.
size_t Matches(Tokens tokens, std::string_view phrase) {
  size_t used = 0;
  while (!phrase.empty()) {
    if (used == tokens.size()) return 0;
    const std::string& text = tokens[used].text;
    if (!phrase.starts_with(text)) return 0;
    phrase.remove_prefix(text.size());
    if (!phrase.empty() && !tokens[used].mark.empty()) return 0;
    if (phrase.starts_with(' ')) {
      phrase.remove_prefix(1);
    } else if (!phrase.empty() && !tokens[used].cjk) {
      return 0;
    }
    ++used;
  }
  return used;
}

template <size_t N>
bool StartsWithPhrase(Tokens tokens, const std::string_view (&phrases)[N]) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](std::string_view phrase) { return Matches(tokens, phrase) > 0; });
}

// Where in `tokens` the last Chinese question word begins; npos if there is none.
size_t LastHanQuestionWord(Tokens tokens) {
  for (size_t i = tokens.size(); i-- > 0;) {
    if (StartsWithPhrase(tokens.subspan(i), kHanQuestionWords)) return i;
  }
  return std::string_view::npos;
}

bool IsAboutWords(Tokens tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (StartsWithPhrase(tokens.subspan(i), kAboutWords)) return true;
  }
  return false;
}

// The longest opening that may go: what is left asks, or a mark separates it. `last_question`: where
// the last Chinese question word begins.
size_t OpeningOf(Tokens tokens, size_t last_question, bool about_words) {
  size_t longest = 0;
  for (const std::string_view phrase : kOpenings) {
    const size_t used = Matches(tokens, phrase);
    if (used <= longest || used == tokens.size()) continue;
    if (about_words && !tokens[used - 1].ends) continue;
    const Tokens rest = tokens.subspan(used);
    const bool asks =
        StartsWithPhrase(rest, kQuestionOpenings) ||
        (tokens[0].cjk && last_question != std::string_view::npos && used <= last_question) ||
        StartsWithPhrase(rest, kOpenings);
    if (asks) longest = used;
  }
  for (const std::string_view phrase : kCalls) {
    const size_t used = Matches(tokens, phrase);
    // "Hello: what does it mean?" is about the word.
    const bool names = used > 0 && tokens[used - 1].mark.starts_with(':') && about_words;
    const bool apart = used > 0 && tokens[used - 1].ends && (!names || phrase == "please");
    if (used > longest && used < tokens.size() && apart) longest = used;
  }
  // "Please list all valves"; "Please Please Me" is a name.
  if (longest == 0 && tokens.size() > 2 && tokens[0].Is("please") && !about_words &&
      StartsWithPhrase(tokens.subspan(1), kRequests)) {
    longest = 1;
  }
  return longest;
}

size_t ClosingOf(Tokens tokens) {
  size_t longest = 0;
  for (const std::string_view phrase : kClosings) {
    for (size_t length = longest + 1; length < tokens.size() && length <= phrase.size(); ++length) {
      const QuestionToken& before = tokens[tokens.size() - length - 1];
      if (!before.ends || before.mark.starts_with(':')) continue;
      if (Matches(tokens.last(length), phrase) == length) longest = length;
    }
  }
  return longest;
}

Tokens WithoutFillers(Tokens tokens) {
  const bool about_words = IsAboutWords(tokens);
  size_t last_question = LastHanQuestionWord(tokens);
  for (size_t strips = 0; strips < kMaxStrips; ++strips) {
    const size_t used = OpeningOf(tokens, last_question, about_words);
    if (used == 0) break;
    tokens = tokens.subspan(used);
    // It may have been in what went: 谁知道.
    last_question = last_question != std::string_view::npos && last_question >= used
                        ? last_question - used
                        : std::string_view::npos;
  }
  for (size_t strips = 0; strips < kMaxStrips; ++strips) {
    const size_t used = ClosingOf(tokens);
    if (used == 0) break;
    tokens = tokens.first(tokens.size() - used);
  }
  const Tokens rest = tokens.first(tokens.size() - std::min<size_t>(tokens.size(), 1));
  if (!about_words && rest.size() > 1 && rest.back().mark.empty() &&
      StartsWithPhrase(tokens.last(1), kParticles) &&
      LastHanQuestionWord(rest) != std::string_view::npos) {
    tokens = rest;
  }
  return tokens;
}

// What stays of the marks at the end of a question: those that say more than that it ends. "!" makes
// another word of "sort", and another number of 5; in CJK text it cannot.
std::string LastMark(const QuestionToken& token) {
  if (token.cjk) return "";
  std::string mark = token.mark;
  if (mark.ends_with("?!")) mark.pop_back();
  if (mark.ends_with('?')) mark.pop_back();
  static constexpr std::string_view kEnds[] = {".", ",", ";", ":", "。", "、"};
  return std::find(std::begin(kEnds), std::end(kEnds), mark) == std::end(kEnds) ? mark : "";
}

}  // namespace

NormalisedQuestion NormaliseQuestion(std::string_view question) {
  const std::vector<QuestionToken> all = TokenizeQuestion(question);
  NormalisedQuestion normalised;
  if (std::all_of(all.begin(), all.end(), IsMarks)) return normalised;
  const Tokens kept = WithoutFillers(all);
  normalised.tokens = UnifyNumbers(std::vector<QuestionToken>(kept.begin(), kept.end()));
  QuestionToken& last = normalised.tokens.back();
  last.mark = LastMark(last);
  last.ends = true;
  bool joins = true;  // without a space
  for (const QuestionToken& token : normalised.tokens) {
    if (!token.cjk && !joins) normalised.text += ' ';
    normalised.text += token.text + token.mark;
    joins = token.cjk && token.mark.empty();
  }
  return normalised;
}

}  // namespace quarry::retrieval
