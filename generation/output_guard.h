#pragma once

// OutputGuard: what a chat model writes, without what it must not tell whatever a document asked of it:
//
//   its instructions   runs of 48 letters (16 of Chinese) and more that stand in them, in letters alone
//   pictures           ![...](...) and HTML elements for which a page would load or run something, a way
//                      to carry words out: comments, scripts, styles and all that have attributes
//   addresses          http:// and https:// that stand in no passage and not in the question
//
// Takes the text as it comes; what may be the beginning of such a thing is kept back until it is known.
// Used by one thread.

#include <span>
#include <string>
#include <string_view>

#include "base/query.h"

namespace quarry::generation {

// What a model may say though it stands in its instructions, and the addresses that it may name: those of the
// question and of its passages.
std::string KnownText(std::string_view question, std::span<const Passage> passages);

class OutputGuard {
 public:
  // `secret`: the instructions. What also stands in `known` (passages, question, examples) is no secret,
  // and its addresses may be told. Copies what it needs.
  OutputGuard(std::string_view secret, std::string_view known);
  OutputGuard(const OutputGuard&) = delete;
  OutputGuard& operator=(const OutputGuard&) = delete;

  // What can be told of the text so far and was not told yet.
  std::string Take(std::string_view piece);
  // What was kept back, at the end.
  std::string Finish();

  // Whether anything was left out.
  bool withheld() const { return withheld_ || before_.withheld() || behind_.withheld(); }

 private:
  // Takes long runs of the secret out of a text that comes in pieces of whole characters, and puts `mark` there.
  class SecretFilter {
   public:
    SecretFilter(const OutputGuard& guard, std::string_view mark) : guard_(guard), mark_(mark) {}
    std::string Take(std::string_view text);
    std::string Finish();
    bool withheld() const { return withheld_; }

   private:
    void ReleaseRun(size_t letters, std::string& told);
    bool TakeLetter(std::string_view letter, std::string_view raw, std::string& told);

    const OutputGuard& guard_;
    const std::string_view mark_;
    // The longest end of the text that stands in the secret: its letters, and the text from their first on.
    std::string run_;
    std::string run_text_;
    bool leaking_ = false;  // the run is long enough: it is left out as long as it goes on
    bool withheld_ = false;
  };

  std::string WithoutAddresses(bool last);

  const std::string secret_;         // letters alone
  const std::string known_letters_;  // likewise
  const std::string known_;
  std::string pending_;  // not looked at yet: the beginning of a character
  // Before pictures and addresses are taken out, for what is left would make others; and behind that, for they may stand
  // between the letters of the secret.
  SecretFilter before_{*this, ""};
  SecretFilter behind_{*this, " "};
  std::string held_;  // without the instructions, not looked at for pictures and addresses yet
  char last_told_ = '\n';
  bool withheld_ = false;
};

}  // namespace quarry::generation
