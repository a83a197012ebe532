#include "generation/answer_check.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "base/document.h"
#include "base/text.h"
#include "generation/planted_instructions.h"
#include "generation/tool.h"
#include "model/answer_reasons.h"
#include "model/quotable.h"

namespace quarry::generation {

using model::Reason;

namespace {

constexpr uint32_t kMaxPieceTokens = 160;

SupportText TextOf(const Passage& passage, const Analyzer& analyzer) {
  std::vector<ByteRange> pieces;
  for (const model::QuotablePiece& piece : model::QuotablePieces(passage.chunk, kMaxPieceTokens)) {
    pieces.push_back(piece.range);
  }
  // What a document tells the machine to say is no evidence for it.
  return SupportText(WithoutPlantedInstructions(passage.chunk.text), std::move(pieces),
                     ContextualHeader(passage.title, passage.chunk.span.heading_path), analyzer);
}

// "Another source says otherwise: ": what tells sources apart is no claim. Only words that can say nothing
// else are taken off.
constexpr std::string_view kLeadWords[] = {
    "but",    "however",   "while",       "another",   "other",   "the",       "a",    "one",
    "source", "sources",   "document",    "documents", "passage", "passages",  "says", "say",
    "states", "otherwise", "differently", "differs",   "and",     "according", "to",   "in"};
constexpr std::string_view kLeadCharacters =
    "但而另其他它一个份处来源文档段落资料的说法称则与此不同有相反矛盾：，";

std::string_view WithoutLead(std::string_view sentence) {
  for (const std::string_view mark : {": ", "："}) {
    const size_t end = sentence.find(mark);
    if (end == sentence.npos || end == 0) continue;
    const std::string lead = Fold(sentence.substr(0, end));
    bool says_nothing = true;
    std::string word;
    for (size_t at = 0; at <= lead.size() && says_nothing;) {
      const bool is_letter = at < lead.size() && IsAsciiLetter(lead[at]);
      if (is_letter) {
        word += lead[at++];
        continue;
      }
      says_nothing = word.empty() || std::ranges::count(kLeadWords, word) > 0;
      word.clear();
      if (at == lead.size()) break;
      const size_t begin = at;
      NextCodePoint(lead, at);
      const std::string_view one = std::string_view(lead).substr(begin, at - begin);
      says_nothing = says_nothing && (one == " " || one == "," ||
                                      kLeadCharacters.find(one) != kLeadCharacters.npos);
    }
    if (says_nothing) return Trim(sentence.substr(end + mark.size()));
  }
  return sentence;
}

}  // namespace

PassageEvidence::PassageEvidence(const Context& context, const Analyzer& analyzer)
    : analyzer_(analyzer) {
  texts_.reserve(context.passages.size());
  for (const Passage& passage : context.passages) texts_.push_back(TextOf(passage, analyzer));
}

SupportResult PassageEvidence::Check(const CitedSentence& sentence,
                                     std::string_view language) const {
  std::vector<const SupportText*> cited;
  for (const uint32_t number : sentence.numbers) {
    if (number >= 1 && number <= texts_.size()) cited.push_back(&texts_[number - 1]);
  }
  if (!cited.empty()) return CheckSupport(WithoutLead(sentence.words), cited, analyzer_, language);
  SupportResult best;
  for (const SupportText& text : texts_) {
    SupportResult one = CheckSupport(sentence.words, {&text}, analyzer_, language);
    if (one.score > best.score) best = std::move(one);
  }
  best.reason =
      ReasonText(best.supported ? Reason::kCarriedUncited : Reason::kCitesNothing, language);
  best.supported = false;
  best.quotes.clear();
  return best;
}

bool AssertsNothing(ReplyKind kind, const CitedSentence& sentence) {
  if (!sentence.numbers.empty()) return false;
  if (kind == ReplyKind::kContradiction) return true;
  if (kind != ReplyKind::kAskBack) return false;
  const std::string_view asked = Trim(sentence.words);
  return EndsWithQuestionMark(asked);
}

void FillCitations(const Analyzer& analyzer, std::string_view language, Answer& answer) {
  const PassageEvidence evidence(answer.context, analyzer);
  size_t carried = 0;
  double least = 1;
  std::string first_reason;
  size_t unchecked = 0;
  for (const CitedSentence& sentence : SplitCitedSentences(answer.text)) {
    if (AssertsNothing(answer.kind, sentence)) {
      answer.sentences.push_back({{sentence.claim.begin, sentence.claim.end},
                                  {.label = Support::kUnchecked, .score = 0, .reason = ""}});
      ++unchecked;
      continue;
    }
    const SupportResult result = evidence.Check(sentence, language);
    const TextRange span{sentence.claim.begin, sentence.claim.end};
    size_t cited = 0;
    for (const uint32_t number : sentence.numbers) {
      if (number == 0 || number > answer.context.passages.size()) continue;
      const Passage& passage = answer.context.passages[number - 1];
      const ByteRange quote = result.quotes[cited++];
      answer.citations.push_back(
          {.answer_span = span,
           .passage = number,
           // A result has no chunk of its own: its parts are what it was made from.
           .chunk = IsToolResult(passage) ? passage.chunk.id : ChunkAt(passage, quote.begin),
           .document = passage.chunk.document,
           .source = SpanWithin(passage.chunk, quote.begin, quote.end),
           .quote = passage.chunk.text.substr(quote.begin, quote.end - quote.begin)});
    }
    answer.sentences.push_back(
        {span,
         {.label = result.supported ? Support::kSupported : Support::kUnsupported,
          .score = result.score,
          .reason = result.reason}});
    carried += result.supported ? 1 : 0;
    least = std::min(least, result.score);
    if (!result.supported && first_reason.empty()) first_reason = result.reason;
  }
  const size_t all = answer.sentences.size() - unchecked;
  answer.verdict.label = carried < all   ? Support::kUnsupported
                         : all > 0       ? Support::kSupported
                         : unchecked > 0 ? Support::kUnchecked
                                         : Support::kUnsupported;
  answer.verdict.score = all == 0 ? 0 : least;
  answer.verdict.reason = ReasonText(Reason::kSentencesCarried, language,
                                     {std::to_string(carried), std::to_string(all)});
  model::AddReason(first_reason, language, answer.verdict.reason);
}

}  // namespace quarry::generation
