#pragma once

// What the rules of both languages share. Internal to this folder.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "generation/follow_up.h"

namespace quarry::generation::follow_up {

// A word between white space, without the punctuation around it.
struct Word {
  std::string folded;
  size_t begin = 0;  // bytes of the text, without the punctuation
  size_t end = 0;
  bool capital = false;  // begins with an ASCII capital
  bool digit = false;    // holds a digit
  bool ends = false;     // a mark that ends a stretch of words stands behind it
};
std::vector<Word> WordsOf(std::string_view text);

// Whether `folded` is one of `list`, words separated by '|'.
bool IsOneOf(std::string_view folded, std::string_view list);

// Of what kind a code is: letters as 'a', digits as '0', each run once, what stands behind a '/' left out:
// "a-0" of "VX-220" and "VX-220/B".
std::string CodeShape(std::string_view code);
// Whether two codes are of one kind: "VX-220", "DP-15S".
bool SameShape(std::string_view a, std::string_view b);

// Whether the text begins with an entry of the list; `size` is that of the first one that it begins with.
bool StartsWithAny(std::string_view text, std::span<const std::string_view> list, size_t& size);

// The first person that a Chinese text names, "" where none is: a surname, one or two characters, and what stands
// beside names.
std::string PersonIn(std::string_view text);

// Whether a text holds one of the names of a topic.
bool SpeaksOfAny(std::string_view text, std::string_view topic);

// A character of a run of ASCII letters, digits and signs inside of a code.
bool IsCodeByte(char c);
// Such runs, each from a letter or digit on; the sign of the end of a sentence may stand in the last.
std::vector<ByteRange> CodesOf(std::string_view text);

// Those that name a thing, of letters and digits, without the sign of the end of a sentence: "VX-220".
std::vector<std::string_view> NamingCodesOf(std::string_view text);
// The one thing of the kind of a code of the question's that the answer names beside it; "" where it names none, or
// several.
std::string SiblingIn(std::string_view answer, std::string_view question);

// The question without the marks at its end.
std::string WithoutEnd(std::string_view question);

// The question about a new thing: the first of the readings, or where there are none words of it and of the topic.
// `added` "": what the answer says of it is not looked at.
StandaloneQuestion AskingAbout(std::vector<std::string> readings, FollowUp kind, std::string added,
                               const std::string& keywords);

// What a message means behind the question `before` and its answer; nullopt where it stands alone.
std::optional<StandaloneQuestion> EnglishFollowUp(const std::string& before,
                                                  const std::string& answer,
                                                  std::string_view message);
std::optional<StandaloneQuestion> ChineseFollowUp(const std::string& before,
                                                  const std::string& answer,
                                                  std::string_view message);

}  // namespace quarry::generation::follow_up
