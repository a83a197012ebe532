#include "generation/output_guard.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"

namespace quarry::generation {
namespace {

constexpr size_t kSecretRun = 48;       // bytes of letters
constexpr size_t kMaxConstruct = 4096;  // bytes of a picture, an element or an address
constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};
// Elements that act without an attribute: a page runs, or loads by, what stands in them.
constexpr std::array<std::string_view, 2> kActiveElements = {"script", "style"};
// HTML's white space and '/' end the name of an element.
constexpr std::string_view kNameEnds = " \t\n\f\r/";
// What an address may begin with that acts when it is followed: Markdown makes a link of <address>.
constexpr std::array<std::string_view, 3> kActiveSchemes = {"javascript:", "vbscript:", "data:"};

size_t CharacterSize(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool IsLetter(std::string_view character) {
  const char c = character[0];
  // Of other scripts all but the punctuation of Chinese (U+3000 to U+303F, U+FF00 to U+FFEF).
  if (!IsAscii(c)) return !character.starts_with("\xE3\x80") && !character.starts_with("\xEF\xBC");
  return IsAsciiAlphanumeric(c);
}

// The letters of a text, small, and nothing else.
std::string LettersOf(std::string_view text) {
  std::string letters;
  for (size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, CharacterSize(text[at]));
    if (IsLetter(character)) letters += AsciiLower(character);
    at += character.size();
  }
  return letters;
}

bool IsSpaceOrEnd(char c) {
  return !IsAscii(c) || c == ' ' || c == '\n' || c == '\t' || c == ')' || c == '"' || c == '<' ||
         c == '>' || c == ']' || c == '\'' || c == '`';
}

// Something that is looked at as a whole, at the beginning of a text.
struct Construct {
  enum class State : uint8_t { kNone, kWhole, kIncomplete };
  State state = State::kNone;
  size_t size = 0;
  bool is_address = false;
};

Construct Until(std::string_view text, size_t end) {
  if (end != std::string_view::npos) return {Construct::State::kWhole, end};
  // Longer than any: it is text.
  if (text.size() > kMaxConstruct) return {};
  return {Construct::State::kIncomplete, 0};
}

Construct ScanPicture(std::string_view text) {
  if (text.size() == 1) return {Construct::State::kIncomplete, 0};
  if (text[1] != '[') return {};
  const size_t label = text.find(']');
  if (label == std::string_view::npos) return Until(text, label);
  if (label + 1 == text.size()) return Until(text, std::string_view::npos);
  const char opens = text[label + 1];
  if (opens != '(' && opens != '[') return {};
  const size_t end = text.find(opens == '(' ? ')' : ']', label + 2);
  return Until(text, end == std::string_view::npos ? end : end + 1);
}

// Whether what stands behind a '<' acts by its name alone.
bool HasActiveName(std::string_view text) {
  if (text.starts_with('!')) return true;  // a comment hides what is behind it
  if (text.starts_with('/')) text.remove_prefix(1);
  const auto begins = [&](std::string_view name) { return StartsWithIgnoringCase(text, name); };
  const auto is_name = [&](std::string_view name) {
    return begins(name) && (text.size() == name.size() ||
                            kNameEnds.find(text[name.size()]) != std::string_view::npos);
  };
  return std::ranges::any_of(kActiveElements, is_name) ||
         std::ranges::any_of(kActiveSchemes, begins);
}

// Whether a page may load or run something for an element, given from < to >. Whatever its name, it
// does so by the value of an attribute (src, style, onerror), but for those of HasActiveName. A
// placeholder (<path>), the parameter of a type (Result<Answer>) and what stands between two
// comparisons (n<k or m>2) have none.
bool IsActive(std::string_view element) {
  element = element.substr(1, element.size() - 2);
  // <key=value> is a name and no attribute.
  const size_t name_end = std::min(element.find_first_of(kNameEnds), element.size());
  if (element.find('=', name_end) != std::string_view::npos || HasActiveName(element)) return true;
  // Of what stays nothing is taken out, but an address that is all of it: what is left of
  // <im<!-->g src=x> without its comment is a picture.
  for (size_t at = element.find('<'); at != std::string_view::npos;
       at = element.find('<', at + 1)) {
    if (HasActiveName(element.substr(at + 1))) return true;
  }
  if (element.find("![") != std::string_view::npos) return true;
  const auto begins = [&](std::string_view scheme) {
    return StartsWithIgnoringCase(element, scheme);
  };
  const bool is_address =
      std::ranges::any_of(kSchemes, begins) && std::ranges::none_of(element, IsSpaceOrEnd);
  return element.find("://") != std::string_view::npos && !is_address;
}

Construct ScanElement(std::string_view text) {
  if (text.size() == 1) return {Construct::State::kIncomplete, 0};
  if (!IsAsciiLetter(text[1]) && text[1] != '/' && text[1] != '!') return {};
  const size_t end = text.find('>');
  // One that does nothing is text.
  if (end != std::string_view::npos && !IsActive(text.substr(0, end + 1))) return {};
  return Until(text, end == std::string_view::npos ? end : end + 1);
}

Construct ScanAddress(std::string_view text) {
  for (const std::string_view scheme : kSchemes) {
    const size_t shared = std::min(scheme.size(), text.size());
    if (!EqualsIgnoringCase(text.substr(0, shared), scheme.substr(0, shared))) continue;
    if (text.size() < scheme.size()) return {Construct::State::kIncomplete, 0};
    const auto end = std::find_if(text.begin(), text.end(), IsSpaceOrEnd);
    if (end == text.end()) return Until(text, std::string_view::npos);
    return {Construct::State::kWhole, static_cast<size_t>(end - text.begin()), true};
  }
  return {};
}

Construct Scan(std::string_view text) {
  if (text[0] == '!') return ScanPicture(text);
  if (text[0] == '<') return ScanElement(text);
  if (text[0] == 'h' || text[0] == 'H') return ScanAddress(text);
  return {};
}

}  // namespace

std::string KnownText(std::string_view question, std::span<const Passage> passages) {
  std::string known(question);
  for (const Passage& passage : passages) {
    known += '\n' + passage.chunk.text + '\n' + passage.title + '\n' + passage.uri;
  }
  return known;
}

OutputGuard::OutputGuard(std::string_view secret, std::string_view known)
    : secret_(LettersOf(secret)), known_letters_(LettersOf(known)), known_(known) {}

std::string OutputGuard::Take(std::string_view piece) {
  pending_ += piece;
  size_t whole = 0;  // a piece may end within a character
  while (whole < pending_.size() && whole + CharacterSize(pending_[whole]) <= pending_.size()) {
    whole += CharacterSize(pending_[whole]);
  }
  held_ += before_.Take(std::string_view(pending_).substr(0, whole));
  pending_.erase(0, whole);
  return behind_.Take(WithoutAddresses(/*last=*/false));
}

std::string OutputGuard::Finish() {
  held_ += before_.Take(std::exchange(pending_, {}));
  held_ += before_.Finish();
  std::string told = behind_.Take(WithoutAddresses(/*last=*/true));
  return told + behind_.Finish();
}

// Takes from held_ what is decided.
std::string OutputGuard::WithoutAddresses(bool last) {
  std::string told;
  size_t at = 0;
  while (at < held_.size()) {
    const size_t size = CharacterSize(held_[at]);
    const std::string_view rest = std::string_view(held_).substr(at);
    Construct found = Scan(rest);
    if (found.state == Construct::State::kIncomplete) {
      if (!last) break;
      const bool is_address = ScanAddress(std::string(rest) + ' ').is_address;
      found = is_address ? Construct{Construct::State::kWhole, rest.size(), true} : Construct();
    }
    if (found.state == Construct::State::kNone) {
      told += rest.substr(0, size);
      at += std::min(size, rest.size());
      continue;
    }
    std::string_view address = rest.substr(0, found.size);
    // The full stop of the sentence is not the address's.
    while (found.is_address && (address.ends_with('.') || address.ends_with(','))) {
      address.remove_suffix(1);
    }
    if (found.is_address && known_.find(address) != std::string::npos) {
      told += address;
    } else {
      withheld_ = true;
      // What is left makes no other: <<b id=1>img src=x>, !<b id=1>[x](y), h<b id=1>ttp://evil.example/.
      const char before = told.empty() ? last_told_ : told.back();
      if (std::string_view("<!hHtTpPsS:/").find(before) != std::string_view::npos) told += ' ';
    }
    at += address.size();
  }
  held_.erase(0, at);
  if (!told.empty()) last_told_ = told.back();
  return told;
}

// Tells the text of the run up to its letter number `letters` in bytes, and forgets those.
void OutputGuard::SecretFilter::ReleaseRun(size_t letters, std::string& told) {
  run_.erase(0, letters);
  size_t at = 0;
  for (size_t passed = 0; at < run_text_.size();) {
    const std::string_view character =
        std::string_view(run_text_).substr(at, CharacterSize(run_text_[at]));
    if (IsLetter(character)) {
      if (passed >= letters) break;
      passed += character.size();
    }
    at += character.size();
  }
  told.append(run_text_, 0, at);
  run_text_.erase(0, at);
}

// Whether the letter went into the run.
bool OutputGuard::SecretFilter::TakeLetter(std::string_view letter, std::string_view raw,
                                           std::string& told) {
  while (true) {
    if (guard_.secret_.find(run_ + std::string(letter)) != std::string::npos) {
      run_ += letter;
      run_text_ += raw;
      return true;
    }
    if (leaking_) {  // what is no letter behind it stays
      leaking_ = false;
      run_.clear();
      told += mark_;
      told += std::exchange(run_text_, {});
    }
    if (run_.empty()) return false;
    ReleaseRun(CharacterSize(run_[0]), told);
  }
}

std::string OutputGuard::SecretFilter::Finish() {
  if (leaking_) run_text_.insert(0, mark_);
  run_.clear();
  leaking_ = false;
  return std::exchange(run_text_, {});
}

std::string OutputGuard::SecretFilter::Take(std::string_view text) {
  std::string told;
  for (size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, CharacterSize(text[at]));
    at += character.size();
    if (!IsLetter(character)) {
      (run_.empty() ? told : run_text_) += character;
      continue;
    }
    if (!TakeLetter(AsciiLower(character), character, told)) {
      told += character;
    } else if (!leaking_ && run_.size() >= kSecretRun) {
      if (guard_.known_letters_.find(run_) != std::string::npos) {
        ReleaseRun(run_.size(), told);
      } else {
        leaking_ = true;
        withheld_ = true;
      }
    }
    if (leaking_) run_text_.clear();
  }
  return told;
}

}  // namespace quarry::generation
