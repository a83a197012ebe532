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
    "please",
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
    "excuse me",
    "hi",
    "hello",
    "hey",
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
    "打扰一下",
    "劳驾",
    "你好",
    "您好",
};

// Whatever follows, if a mark that separates stands between.
constexpr std::string_view kCalls[] = {
    "hi",        "hello",        "hey",  "well", "so",   "ok",   "okay",     "um", "uh",  "please",
    "excuse me", "good morning", "你好", "您好", "请问", "劳驾", "打扰一下", "嗯", "那个"};

// At the end, whatever stands before.
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
constexpr std::string_view kParticles[] = {"呢", "啊", "呀", "哦", "哈", "啦", "嘛", "哪"};

constexpr std::string_view kQuestionWords[] = {
    "what", "what's", "which",  "who", "who's", "whom", "whose",   "when", "where", "why",
    "how",  "is",     "are",    "was", "were",  "do",   "does",    "did",  "can",   "could",
    "will", "would",  "should", "has", "have",  "if",   "whether", "请问"};
constexpr std::string_view kHanQuestionWords[] = {
    "什么", "怎", "哪", "谁",     "多少", "几",     "为何",   "如何",     "吗",    "何",
    "啥",   "咋", "多", "是不是", "是否", "能不能", "有没有", "可不可以", "会不会"};

// How many tokens at the start of `tokens` spell `phrase`; 0 if they do not.
size_t Matches(Tokens tokens, std::string_view phrase) {
  size_t used = 0;
  while (!phrase.empty()) {
    if (used == tokens.size()) return 0;
    const std::string& text = tokens[used].text;
    if (!phrase.starts_with(text)) return 0;
    phrase.remove_prefix(text.size());
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
bool StartsWithAny(Tokens tokens, const std::string_view (&phrases)[N]) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](std::string_view phrase) { return Matches(tokens, phrase) > 0; });
}

bool HoldsHanQuestionWord(Tokens tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (StartsWithAny(tokens.subspan(i), kHanQuestionWords)) return true;
  }
  return false;
}

// The longest opening that may go: what is left asks, or a mark separates it.
size_t OpeningOf(Tokens tokens) {
  size_t longest = 0;
  for (const std::string_view phrase : kOpenings) {
    const size_t used = Matches(tokens, phrase);
    if (used <= longest || used == tokens.size()) continue;
    const Tokens rest = tokens.subspan(used);
    const bool asks = StartsWithAny(rest, kQuestionWords) ||
                      (tokens[0].cjk && HoldsHanQuestionWord(rest)) ||
                      StartsWithAny(rest, kOpenings);
    if (asks) longest = used;
  }
  for (const std::string_view phrase : kCalls) {
    const size_t used = Matches(tokens, phrase);
    if (used > longest && used < tokens.size() && tokens[used - 1].ends) longest = used;
  }
  // "Please list all valves": what it asks for is what remains. "Please Please Me" is a name.
  if (longest == 0 && tokens.size() > 2 && tokens[0].Is("please") && !tokens[1].Is("please")) {
    longest = 1;
  }
  return longest;
}

size_t ClosingOf(Tokens tokens) {
  size_t longest = 0;
  for (const std::string_view phrase : kClosings) {
    for (size_t length = longest + 1; length < tokens.size() && length <= phrase.size(); ++length) {
      const Tokens tail = tokens.last(length);
      // Behind a mark, or where it can be nothing else.
      const bool apart = tokens[tokens.size() - length - 1].ends || tail[0].cjk;
      if (Matches(tail, phrase) == length && (apart || phrase == "please")) longest = length;
    }
  }
  return longest;
}

Tokens WithoutFillers(Tokens tokens) {
  for (size_t used = OpeningOf(tokens); used > 0; used = OpeningOf(tokens)) {
    tokens = tokens.subspan(used);
  }
  for (size_t used = ClosingOf(tokens); used > 0; used = ClosingOf(tokens)) {
    tokens = tokens.first(tokens.size() - used);
  }
  while (tokens.size() > 2 && StartsWithAny(tokens.last(1), kParticles) &&
         HoldsHanQuestionWord(tokens.first(tokens.size() - 1))) {
    tokens = tokens.first(tokens.size() - 1);
  }
  return tokens;
}

}  // namespace

NormalisedQuestion NormaliseQuestion(std::string_view question) {
  const std::vector<QuestionToken> all = TokenizeQuestion(question);
  const Tokens kept = WithoutFillers(all);
  NormalisedQuestion normalised;
  normalised.tokens = UnifyNumbers(std::vector<QuestionToken>(kept.begin(), kept.end()));
  bool last_cjk = true;
  for (const QuestionToken& token : normalised.tokens) {
    if (!token.cjk && !last_cjk) normalised.text += ' ';
    normalised.text += token.text;
    last_cjk = token.cjk;
  }
  return normalised;
}

}  // namespace quarry::retrieval
