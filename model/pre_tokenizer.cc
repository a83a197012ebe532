#include "model/pre_tokenizer.h"

#include <array>
#include <utility>

#include "base/text_unicode.h"

namespace quarry::model {
namespace {

// Words with the space before them, numbers likewise, the rest likewise; English contractions.
constexpr std::string_view kGpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// A part of a piece: a match, or what lies between two.
struct Segment {
  ByteRange range;
  bool is_match = false;
};

// Cuts `piece` at `matches`, which lie inside it in order; with `inverted` at what lies between them.
void Cut(ByteRange piece, const std::vector<ByteRange>& matches, SplitBehavior behavior,
         bool inverted, std::vector<ByteRange>& out) {
  std::vector<Segment> segments;
  size_t done = piece.begin;
  for (const ByteRange& match : matches) {
    if (done < match.begin) segments.push_back({{done, match.begin}, inverted});
    segments.push_back({match, !inverted});
    done = match.end;
  }
  if (done < piece.end) segments.push_back({{done, piece.end}, inverted});

  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    const bool follows_match = i > 0 && segments[i - 1].is_match;
    bool joins = false;  // the piece before
    switch (behavior) {
      case SplitBehavior::kRemoved:
        if (segment.is_match) continue;
        break;
      case SplitBehavior::kIsolated:
        break;
      case SplitBehavior::kContiguous:
        joins = i > 0 && segment.is_match == follows_match;
        break;
      case SplitBehavior::kMergedWithPrevious:
        joins = i > 0 && segment.is_match && !follows_match;
        break;
      case SplitBehavior::kMergedWithNext:
        joins = follows_match && !segment.is_match;
        break;
    }
    if (joins) {
      out.back().end = segment.range.end;
    } else {
      out.push_back(segment.range);
    }
  }
}

// Cuts every piece at the characters of which `is` is true.
template <typename Is>
void CutAtCharacters(Pieces& pieces, SplitBehavior behavior, Is is) {
  std::vector<ByteRange> cut;
  std::vector<ByteRange> matches;
  for (const ByteRange& piece : pieces.ranges) {
    matches.clear();
    for (size_t offset = piece.begin; offset < piece.end;) {
      const size_t begin = offset;
      if (is(NextCodePoint(pieces.text, offset))) matches.push_back({begin, offset});
    }
    Cut(piece, matches, behavior, false, cut);
  }
  pieces.ranges = std::move(cut);
}

// Punctuation to BERT: also the symbols of ASCII.
bool IsBertPunctuation(char32_t c) {
  if (c < 0x80) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
  }
  return IsPunctuation(c);
}

Status CutAtMatches(Pieces& pieces, const TextPattern& pattern, SplitBehavior behavior,
                    bool inverted) {
  std::vector<ByteRange> cut;
  for (const ByteRange& piece : pieces.ranges) {
    const std::string_view text =
        std::string_view(pieces.text).substr(piece.begin, piece.end - piece.begin);
    QUARRY_ASSIGN_OR_RETURN(std::vector<ByteRange> matches, FindAll(pattern, text));
    for (ByteRange& match : matches) {
      match.begin += piece.begin;
      match.end += piece.begin;
    }
    Cut(piece, matches, behavior, inverted, cut);
  }
  pieces.ranges = std::move(cut);
  return OkStatus();
}

// The printable character that stands for each byte: itself where it is printable in Latin-1, else
// the next free one from U+0100 on.
const std::array<std::string, 256>& ByteCharacters() {
  static const std::array<std::string, 256> characters = [] {
    std::array<std::string, 256> table;
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool is_printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) ||
                                (byte >= 0xAE && byte <= 0xFF);
      AppendCodePoint(table[byte], is_printable ? byte : next++);
    }
    return table;
  }();
  return characters;
}

// Writes the text anew, each piece being what `write` appends of it.
template <typename Write>
void Rewrite(Pieces& pieces, Write write) {
  std::string text;
  text.reserve(pieces.text.size() + pieces.text.size() / 2);
  for (ByteRange& piece : pieces.ranges) {
    const size_t begin = text.size();
    write(std::string_view(pieces.text).substr(piece.begin, piece.end - piece.begin), text);
    piece = {begin, text.size()};
  }
  pieces.text = std::move(text);
}

}  // namespace

PreTokenizerStep BertPreTokenizer() {
  return [](Pieces& pieces) {
    CutAtCharacters(pieces, SplitBehavior::kRemoved, IsWhiteSpace);
    CutAtCharacters(pieces, SplitBehavior::kIsolated, IsBertPunctuation);
    return OkStatus();
  };
}

PreTokenizerStep WhiteSpaceSplitPreTokenizer() {
  return [](Pieces& pieces) {
    CutAtCharacters(pieces, SplitBehavior::kRemoved, IsWhiteSpace);
    return OkStatus();
  };
}

PreTokenizerStep SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool inverted) {
  return [pattern = std::move(pattern), behavior, inverted](Pieces& pieces) {
    return CutAtMatches(pieces, pattern, behavior, inverted);
  };
}

PreTokenizerStep PunctuationPreTokenizer(SplitBehavior behavior) {
  return [behavior](Pieces& pieces) {
    CutAtCharacters(pieces, behavior, IsBertPunctuation);
    return OkStatus();
  };
}

PreTokenizerStep DigitsPreTokenizer(bool each) {
  const SplitBehavior behavior = each ? SplitBehavior::kIsolated : SplitBehavior::kContiguous;
  return [behavior](Pieces& pieces) {
    CutAtCharacters(pieces, behavior, IsNumeric);
    return OkStatus();
  };
}

PreTokenizerStep MetaspacePreTokenizer(std::string replacement, PrependScheme prepend, bool split) {
  return [replacement = std::move(replacement), prepend, split](Pieces& pieces) -> Status {
    bool is_first = pieces.at_start;
    Rewrite(pieces, [&](std::string_view piece, std::string& out) {
      const bool prepends =
          prepend == PrependScheme::kAlways || (prepend == PrependScheme::kFirst && is_first);
      is_first = false;
      if (prepends && !piece.starts_with(replacement) && !piece.starts_with(' ')) {
        out += replacement;
      }
      for (const char c : piece) {
        if (c == ' ') {
          out += replacement;
        } else {
          out += c;
        }
      }
    });
    if (!split) return OkStatus();
    return CutAtMatches(pieces, replacement, SplitBehavior::kMergedWithNext, false);
  };
}

PreTokenizerStep ByteLevelPreTokenizer(bool add_prefix_space, bool cut) {
  const TextPattern words = Regex::Compile(kGpt2Words).value();
  return [words, add_prefix_space, cut](Pieces& pieces) -> Status {
    if (add_prefix_space) {
      Rewrite(pieces, [](std::string_view piece, std::string& out) {
        if (!piece.starts_with(' ')) out += ' ';
        out += piece;
      });
    }
    if (cut) {
      QUARRY_RETURN_IF_ERROR(CutAtMatches(pieces, words, SplitBehavior::kIsolated, false));
    }
    Rewrite(pieces, [](std::string_view piece, std::string& out) {
      for (const char c : piece) out += ByteCharacters()[static_cast<unsigned char>(c)];
    });
    return OkStatus();
  };
}

}  // namespace quarry::model
