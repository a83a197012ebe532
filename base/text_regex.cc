#include "base/text_regex.h"

#include <unicode/regex.h>
#include <unicode/utext.h>

#include <utility>

namespace quarry {
namespace {

// In the units of ICU: steps of the engine in thousands, about milliseconds; bytes of its stack.
constexpr int32_t kTimeLimit = 1000;
constexpr int32_t kStackLimit = 8 << 20;

// ICU's view of UTF-8; closed when it goes.
struct Utf8View {
  explicit Utf8View(std::string_view text) {
    UErrorCode error = U_ZERO_ERROR;
    utext_openUTF8(&view, text.data(), static_cast<int64_t>(text.size()), &error);
    if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, u_errorName(error));
  }
  ~Utf8View() { utext_close(&view); }
  Utf8View(const Utf8View&) = delete;
  Utf8View& operator=(const Utf8View&) = delete;

  UText view = UTEXT_INITIALIZER;
};

}  // namespace

struct Regex::Pattern {
  std::string text;
  std::unique_ptr<icu::RegexPattern> compiled;
};

Regex::Regex(std::shared_ptr<const Pattern> pattern) : pattern_(std::move(pattern)) {}

Result<Regex> Regex::Compile(std::string_view expression) {
  Utf8View view(expression);
  UParseError place;
  UErrorCode error = U_ZERO_ERROR;
  auto pattern = std::make_shared<Pattern>();
  pattern->text = expression;
  pattern->compiled.reset(icu::RegexPattern::compile(&view.view, 0, place, error));
  if (U_FAILURE(error)) {
    return InvalidArgumentError("regular expression \"" + pattern->text +
                                "\": " + u_errorName(error) + " at character " +
                                std::to_string(place.offset));
  }
  return Regex(std::move(pattern));
}

Result<std::vector<ByteRange>> Regex::FindAll(std::string_view utf8) const {
  std::vector<ByteRange> found;
  Utf8View text(utf8);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern_->compiled->matcher(error));
  if (U_FAILURE(error)) return InternalError(u_errorName(error));
  matcher->setTimeLimit(kTimeLimit, error);
  matcher->setStackLimit(kStackLimit, error);
  matcher->reset(&text.view);
  while (matcher->find(error)) {
    const auto begin = static_cast<size_t>(matcher->start64(error));
    const auto end = static_cast<size_t>(matcher->end64(error));
    if (end > begin) found.push_back({begin, end});
  }
  if (U_FAILURE(error)) {
    return ResourceExhaustedError("regular expression \"" + pattern_->text + "\" on " +
                                  std::to_string(utf8.size()) + " bytes: " + u_errorName(error));
  }
  return found;
}

}  // namespace quarry
