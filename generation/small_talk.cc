#include "generation/small_talk.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_unicode.h"
#include "generation/follow_up_words.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxBytes = 160;

struct Row {
  SmallTalk kind;
  std::string_view phrases;  // folded, separated by '|', words by one space
};

// A message is small talk where phrases of these, and fillers, make all of it; it is of the kind of the
// first row that it has a phrase of.
constexpr Row kRows[] = {
    {SmallTalk::kWhoAreYou,
     "who are you|what are you|what is your name|what's your name|what can you do|what do you do|"
     "how can you help|how can you help me|what can i ask|what can i ask you|what can you help "
     "with|"
     "what can you help me with|are you a bot|are you a robot|are you human|are you an ai|"
     "how do you work|introduce yourself|tell me about yourself|who made you|"
     "你是谁|你是什么|你叫什么|你叫什么名字|你能做什么|你能干什么|你会什么|你会做什么|你可以做什么|"
     "你能帮我什么|你能帮我做什么|你是机器人吗|你是人吗|你是ai吗|介绍一下你自己|自我介绍一下|"
     "我能问什么|"
     "我可以问什么|我能问你什么|你有什么功能|谁开发的你"},
    {SmallTalk::kHowAreYou,
     "how are you|how are you doing|how are you today|how's it going|how is it going|what's "
     "up|whats up|"
     "how do you do|how have you been|are you there|are you ok|"
     "你好吗|最近怎么样|最近好吗|近来可好|你怎么样|在吗|在不在|你在吗|还好吗|吃了吗"},
    {SmallTalk::kThanks,
     "thanks|thank you|thx|ty|cheers|many thanks|thanks a lot|thank you very much|thanks so much|"
     "thank you so much|much appreciated|appreciate it|i appreciate it|that helps|that helped|"
     "that was helpful|thanks for your help|thank you for your help|very helpful|that's helpful|"
     "谢谢|多谢|谢了|感谢|非常感谢|谢谢你|谢谢您|十分感谢|太感谢了|有劳了|辛苦了|麻烦了|麻烦你了|"
     "谢谢帮忙|"
     "谢谢你的帮助"},
    {SmallTalk::kPraise,
     "great|great job|good job|well done|nice|nice "
     "work|awesome|excellent|perfect|brilliant|cool|wow|"
     "amazing|impressive|you're great|you are great|you are awesome|good bot|fantastic|wonderful|"
     "很好|太好了|真棒|太棒了|厉害|真厉害|不错|很不错|干得好|好样的|你真棒|你真聪明|完美|赞|优秀"},
    {SmallTalk::kApology,
     "sorry|my bad|i'm sorry|i am sorry|my mistake|never mind|nevermind|forget it|forget about it|"
     "对不起|抱歉|不好意思|我的错|算了|没事|没事了|没关系|不用了"},
    {SmallTalk::kLaughter, "haha|hahaha|lol|hehe|ha ha|哈哈|哈哈哈|呵呵|嘿嘿|嘻嘻"},
    {SmallTalk::kGoodbye,
     "bye|goodbye|good bye|bye bye|see you|see you later|see you tomorrow|see ya|good night|take "
     "care|"
     "have a nice day|have a good day|that's all|that is all|that will be all|"
     "再见|拜拜|回见|明天见|下次见|晚安|回头见|下次再聊|就这样吧|先这样|没有别的问题了"},
    {SmallTalk::kGreeting,
     "hi|hello|hey|hiya|howdy|good morning|good afternoon|good evening|greetings|hi there|hello "
     "there|"
     "hey there|nice to meet you|good day|"
     "你好|您好|嗨|哈喽|早|早上好|上午好|中午好|下午好|晚上好|早安|大家好|很高兴认识你|哈罗"},
    {SmallTalk::kAgreed,
     "ok|okay|i see|got it|understood|alright|all right|sure|fine|good|makes "
     "sense|yes|no|yep|nope|right|"
     "i understand|noted|good to know|"
     "好|好的|嗯|嗯嗯|明白|明白了|知道了|了解|了解了|收到|是的|对|行|可以|懂了|原来如此|没问题|"
     "不是|不"},
};
// Ask who it is only where nothing was said before.
constexpr std::string_view kAskedFirst = "怎么用";
constexpr std::string_view kFillers =
    "again|so|much|very|well|then|now|everyone|all|quarry|bot|friend|there|today|for|that|the|help|"
    "a|lot|"
    "oh|and|you|my|please|just|really|"
    "啊|呀|吧|呢|啦|了|哦|哈|哟|喔|嘛|的|请问|小助手|朋友|那|大家|一下|真的|太|都|就|先";

// Words of spaced scripts, and CJK characters one by one; marks and signs are left out.
std::vector<std::string> TokensOf(std::string_view message) {
  std::vector<std::string> tokens;
  const std::string folded = Fold(message);
  bool joins = false;
  for (size_t at = 0; at < folded.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(folded, at);
    const std::string_view piece = std::string_view(folded).substr(begin, at - begin);
    if (IsCjk(c)) {
      tokens.emplace_back(piece);
      joins = false;
    } else if (c == '\'' || (c < 0x80 ? IsAsciiAlphanumeric(static_cast<char>(c))
                                      : !IsPunctuation(c) && !IsWhiteSpace(c) && c < 0x2000)) {
      if (!joins) tokens.emplace_back();
      tokens.back() += piece;
      joins = true;
    } else {
      joins = false;
    }
  }
  return tokens;
}

std::string JoinTokens(std::span<const std::string> tokens) {
  std::string text;
  for (const std::string& token : tokens) {
    const bool spaced = !text.empty() && IsAscii(text.back()) && IsAscii(token.front());
    text += (spaced ? " " : "") + token;
  }
  return text;
}

bool IsChinese(std::string_view message) { return DetectLanguage(message) == "zh"; }

}  // namespace

std::optional<SmallTalk> FindSmallTalk(std::string_view message, bool first) {
  message = Trim(message);
  if (message.empty() || message.size() > kMaxBytes) return std::nullopt;
  const std::vector<std::string> tokens = TokensOf(message);
  std::optional<size_t> best;  // the first row of which there is a phrase
  for (size_t at = 0; at < tokens.size();) {
    // The longest phrase from here on.
    size_t taken = 0;
    size_t row = std::size(kRows);
    for (size_t count = std::min<size_t>(tokens.size() - at, 10); count > 0 && taken == 0;
         --count) {
      const std::string phrase = JoinTokens(std::span(tokens).subspan(at, count));
      for (size_t i = 0; i < std::size(kRows) && taken == 0; ++i) {
        const bool asks_of_it = first && kRows[i].kind == SmallTalk::kWhoAreYou &&
                                follow_up::IsOneOf(phrase, kAskedFirst);
        if (asks_of_it || follow_up::IsOneOf(phrase, kRows[i].phrases)) {
          taken = count;
          row = i;
        }
      }
      if (taken == 0 && follow_up::IsOneOf(phrase, kFillers)) taken = count;
    }
    if (taken == 0) return std::nullopt;
    if (row < std::size(kRows)) best = std::min(best.value_or(row), row);
    at += taken;
  }
  if (!best) return std::nullopt;
  return kRows[*best].kind;
}

std::string SmallTalkReply(SmallTalk kind, std::string_view message,
                           std::optional<uint64_t> documents) {
  const bool zh = IsChinese(message);
  const std::string count = documents ? std::to_string(*documents) + ' ' : "";
  std::string what =
      zh ? "我根据这里的" + (count.empty() ? "" : ' ' + count + "份") + "文档回答问题，并注明出处。"
         : "I answer questions from the " + count + (documents == 1 ? "document" : "documents") +
               " here, and show where each answer stands.";
  switch (kind) {
    case SmallTalk::kGreeting:
      return (zh ? "你好！" : "Hello! ") + what +
             (zh ? "请问您想了解什么？" : " What would you like to know?");
    case SmallTalk::kHowAreYou:
      return zh ? "我很好，谢谢！有什么想从文档里查的吗？"
                : "All well, thank you! What would you like to look up?";
    case SmallTalk::kWhoAreYou:
      return (zh ? "我是 Quarry。" : "I am Quarry. ") + what +
             (zh ? "文档里没有的，我会直说。" : " Where they do not say, I tell you so.");
    case SmallTalk::kThanks:
      return zh ? "不客气！还有别的问题，随时问我。"
                : "You are welcome! Ask away if there is more.";
    case SmallTalk::kPraise:
      return zh ? "谢谢！还有什么想问的吗？" : "Thank you! Is there more you would like to know?";
    case SmallTalk::kAgreed:
      return zh ? "好的。还想了解什么，请告诉我。"
                : "Alright. Tell me if there is more to look up.";
    case SmallTalk::kApology:
      return zh ? "没关系。需要的时候随时问我。" : "No problem. Ask whenever you need something.";
    case SmallTalk::kLaughter:
      return zh ? "哈哈！有什么想从文档里查的吗？" : "Glad you are amused! Anything to look up?";
    case SmallTalk::kGoodbye:
      return zh ? "再见！" : "Goodbye!";
  }
  return what;
}

}  // namespace quarry::generation
