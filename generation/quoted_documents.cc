#include "generation/quoted_documents.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "generation/comparison.h"
#include "generation/document_pieces.h"
#include "generation/summary.h"

namespace quarry::generation {
namespace {

using model::ExtractedSentence;

constexpr uint32_t kFewestSentences = 3;     // of a document, quoted
constexpr uint32_t kMostSentences = 10;      // of all
constexpr size_t kPiecesPerSentence = 8;     // so much text makes a further sentence
constexpr uint32_t kTokensPerSentence = 60;  // on average at most
constexpr uint32_t kMostDifferences = 10;    // that are quoted
constexpr uint32_t kMostOfOneSide = 4;       // statements that only one document has

Passage PassageOf(const index::StoredDocument& document, index::StoredChunk chunk) {
  Passage passage;
  passage.chunk = {.id = chunk.id,
                   .document = document.id,
                   .ordinal = chunk.ordinal,
                   .text = std::move(chunk.text),
                   .span = std::move(chunk.span),
                   .blocks = std::move(chunk.blocks),
                   .token_count = chunk.token_count,
                   .text_hash = chunk.text_hash,
                   .input_hash = chunk.input_hash};
  passage.title = document.title;
  passage.uri = document.uri;
  passage.language = document.language;
  passage.metadata = document.metadata;
  return passage;
}

ExtractedSentence SentenceOf(const DocumentPiece& piece, std::string lead = "") {
  return {.passage = piece.passage, .range = piece.range, .score = 1, .lead = std::move(lead)};
}

// A row of a table names its document itself, by its title (ComposeCitedText).
std::string LeadOf(const DocumentPiece& piece, const WholeDocument& document, bool chinese) {
  if (piece.kind == BlockKind::kTable && !document.shares_title) return "\n";
  return "\n" + document.name + (chinese ? "：" : ": ");
}

std::string CountsText(const Comparison& compared, bool chinese) {
  const auto number = [](size_t count) { return std::to_string(count); };
  if (chinese) {
    return "相同的说法" + number(compared.same) + "处，换词的" + number(compared.rephrased) +
           "处，不同的" + number(compared.differing.size()) + "处；只有前者有的" +
           number(compared.only_first.size()) + "处，只有后者有的" +
           number(compared.only_second.size()) + "处。";
  }
  return "Statements: " + number(compared.same) + " the same, " + number(compared.rephrased) +
         " in other words, " + number(compared.differing.size()) + " different; " +
         number(compared.only_first.size()) + " in the first alone, " +
         number(compared.only_second.size()) + " in the second alone.";
}

// Those of `alone` that say most.
void QuoteAlone(const std::vector<size_t>& alone, const std::vector<DocumentPiece>& pieces,
                const WholeDocument& document, const Reading& reading,
                const WholeDocumentRequest& request, const Analyzer& analyzer,
                std::vector<ExtractedSentence>& sentences) {
  std::vector<DocumentPiece> left;
  for (const size_t i : alone) left.push_back(pieces[i]);
  const SummaryOptions options{.max_sentences = kMostOfOneSide,
                               .max_tokens = kMostOfOneSide * kTokensPerSentence};
  std::string lead = reading.chinese ? "\n只有《" + document.name + "》有：\n"
                                     : "\nOnly in \"" + document.name + "\":\n";
  for (const size_t i : ChooseSummary(left, reading.passages, request.focus, analyzer, options)) {
    sentences.push_back(SentenceOf(left[i], std::exchange(lead, "")));
  }
}

}  // namespace

Result<Reading> ReadWhole(const WholeDocumentRequest& request, const index::Snapshot& snapshot,
                          const CallContext& context) {
  if (request.documents.empty()) return InvalidArgumentError("documents: expected at least one");
  if (request.documents.size() > kMaxWholeDocuments) {
    return InvalidArgumentError("documents: expected at most " +
                                std::to_string(kMaxWholeDocuments) + ", got " +
                                std::to_string(request.documents.size()));
  }
  Reading reading;
  std::set<DocumentId> seen;
  for (const DocumentId& id : request.documents) {
    QUARRY_ASSIGN_OR_RETURN(const index::StoredDocument document, snapshot.FindDocument(id));
    if (!request.principals.MayRead(document.access)) {
      return NotFoundError("no document \"" + id + "\" in collection \"" +
                           snapshot.collection().name + "\"");
    }
    if (!seen.insert(document.id).second) {
      return InvalidArgumentError("documents: \"" + id + "\" stands there twice");
    }
    WholeDocument whole{.id = document.id,
                        .name = document.title.empty() ? document.id : document.title,
                        .language = document.language,
                        .first_passage = static_cast<uint32_t>(reading.passages.size()),
                        .passages = static_cast<uint32_t>(document.chunks.size())};
    for (const ChunkId chunk : document.chunks) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      QUARRY_ASSIGN_OR_RETURN(index::StoredChunk stored, snapshot.ReadChunk(chunk));
      reading.passages.push_back(PassageOf(document, std::move(stored)));
    }
    reading.documents.push_back(std::move(whole));
  }
  // Two versions of one document: what is of which, their titles do not tell.
  std::map<std::string, uint32_t> titles;
  for (const WholeDocument& document : reading.documents) ++titles[document.name];
  for (WholeDocument& document : reading.documents) {
    if (titles[document.name] == 1) continue;
    document.shares_title = true;
    document.name = document.id;
  }
  std::string language = request.language;
  if (language.empty() && !request.focus.empty()) language = DetectLanguage(request.focus);
  if (language.empty() && !reading.passages.empty()) {
    language = DetectLanguage(reading.passages.front().chunk.text);
  }
  reading.chinese = language == "zh";
  return reading;
}

std::vector<ExtractedSentence> QuoteSummary(const Reading& reading,
                                            const WholeDocumentRequest& request,
                                            const Analyzer& analyzer) {
  const auto share = static_cast<uint32_t>(
      std::max<size_t>(1, kMostSentences / std::max<size_t>(1, reading.documents.size())));
  const std::vector<uint64_t> focus = TermHashes(request.focus, analyzer);
  std::vector<ExtractedSentence> sentences;
  uint32_t section = 0;
  for (const WholeDocument& document : reading.documents) {
    std::vector<DocumentPiece> pieces =
        PiecesOf(reading.PassagesOf(document), document.first_passage, section, analyzer);
    if (pieces.empty()) continue;
    section = pieces.back().section + 1;
    // Where a document speaks of the focus, nothing else of it makes the summary fuller.
    const auto speaks = [&](const DocumentPiece& piece) { return SpeaksOf(piece, focus); };
    if (std::ranges::any_of(pieces, speaks)) {
      std::erase_if(pieces, [&](const DocumentPiece& piece) { return !speaks(piece); });
    }
    SummaryOptions options{.max_sentences = request.max_sentences};
    if (options.max_sentences == 0) {
      const auto by_length = static_cast<uint32_t>(pieces.size() / kPiecesPerSentence);
      options.max_sentences = std::min(share, std::max(kFewestSentences, by_length));
    }
    options.max_tokens = options.max_sentences * kTokensPerSentence;
    bool first = reading.documents.size() > 1;
    for (const size_t i :
         ChooseSummary(pieces, reading.passages, request.focus, analyzer, options)) {
      sentences.push_back(
          SentenceOf(pieces[i], first ? LeadOf(pieces[i], document, reading.chinese) : ""));
      first = false;
    }
  }
  return sentences;
}

std::vector<ExtractedSentence> QuoteComparison(const Reading& reading,
                                               const WholeDocumentRequest& request,
                                               const Analyzer& analyzer, std::string& lead) {
  const WholeDocument& first = reading.documents[0];
  const WholeDocument& second = reading.documents[1];
  const std::vector<DocumentPiece> ours =
      PiecesOf(reading.PassagesOf(first), first.first_passage, 0, analyzer);
  const std::vector<DocumentPiece> theirs =
      PiecesOf(reading.PassagesOf(second), second.first_passage,
               ours.empty() ? 0 : ours.back().section + 1, analyzer);
  const Comparison compared = ComparePieces(ours, theirs, reading.passages);
  lead += CountsText(compared, reading.chinese) + '\n';
  std::vector<ExtractedSentence> sentences;
  const size_t most = request.max_sentences == 0 ? kMostDifferences : request.max_sentences;
  for (size_t i = 0; i < std::min(most, compared.differing.size()); ++i) {
    const auto& [a, b] = compared.differing[i];
    sentences.push_back(SentenceOf(ours[a], LeadOf(ours[a], first, reading.chinese)));
    sentences.push_back(SentenceOf(theirs[b], LeadOf(theirs[b], second, reading.chinese)));
  }
  QuoteAlone(compared.only_first, ours, first, reading, request, analyzer, sentences);
  QuoteAlone(compared.only_second, theirs, second, reading, request, analyzer, sentences);
  return sentences;
}

}  // namespace quarry::generation
