#include "generation/map_reduce.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "generation/document_pieces.h"
#include "generation/summary.h"

namespace quarry::generation {
namespace {

uint32_t Quotient(uint64_t tokens, uint32_t part_tokens) {
  return static_cast<uint32_t>((tokens + part_tokens - 1) / part_tokens);
}

// Calls that so many parts take in all.
uint32_t CallsFor(uint32_t parts, const MapReduceOptions& options) {
  if (parts <= 1) return 1;
  uint32_t calls = parts + 1;
  while (true) {
    const uint32_t groups = Quotient(uint64_t{parts} * options.note_tokens, options.part_tokens);
    if (groups <= 1 || groups >= parts) return calls;
    calls += groups;
    parts = groups;
  }
}

uint32_t MostParts(const MapReduceOptions& options) {
  uint32_t parts = 1;
  while (CallsFor(parts + 1, options) <= options.max_calls) ++parts;
  return parts;
}

// Runs of neighbours, [first, second), of at most `limit` tokens together, or of one alone that has more.
std::vector<std::pair<uint32_t, uint32_t>> PackParts(const std::vector<uint32_t>& tokens,
                                                     uint32_t limit) {
  std::vector<std::pair<uint32_t, uint32_t>> parts;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    if (parts.empty() || sum + tokens[i] > limit) {
      parts.emplace_back(i, i);
      sum = 0;
    }
    parts.back().second = i + 1;
    sum += tokens[i];
  }
  return parts;
}

std::vector<std::string> GroupNotes(const std::vector<std::string>& notes, uint32_t limit) {
  std::vector<uint32_t> tokens;
  for (const std::string& note : notes) tokens.push_back(CountTokens(note));
  std::vector<std::string> groups;
  for (const auto& [begin, end] : PackParts(tokens, limit)) {
    std::string& group = groups.emplace_back();
    for (uint32_t i = begin; i < end; ++i) group += (group.empty() ? "" : "\n\n") + notes[i];
  }
  return groups;
}

std::vector<uint32_t> PassageTokens(const std::vector<Passage>& passages) {
  std::vector<uint32_t> tokens;
  for (const Passage& passage : passages) tokens.push_back(passage.chunk.token_count);
  return tokens;
}

}  // namespace

std::vector<Passage> PassagesWithinCalls(const std::vector<Passage>& passages,
                                         std::string_view focus, const Analyzer& analyzer,
                                         const MapReduceOptions& options) {
  const uint32_t most_parts = MostParts(options);
  if (PackParts(PassageTokens(passages), options.part_tokens).size() <= most_parts) return passages;
  std::vector<DocumentPiece> pieces;
  for (uint32_t i = 0; i < passages.size(); ++i) {
    const std::string& text = passages[i].chunk.text;
    pieces.push_back({.passage = i,
                      .range = {0, text.size()},
                      .tokens = passages[i].chunk.token_count,
                      .section = i,
                      .terms = TermHashes(text, analyzer),
                      .words = passages[i].chunk.text_hash});
  }
  // Passages do not fill parts to the last token: less is chosen until they fit.
  uint64_t tokens = uint64_t{most_parts} * options.part_tokens;
  while (true) {
    const SummaryOptions within{
        .max_sentences = static_cast<uint32_t>(pieces.size()),
        .max_tokens = static_cast<uint32_t>(std::min<uint64_t>(tokens, UINT32_MAX))};
    std::vector<Passage> chosen;
    for (const size_t i : ChooseSummary(pieces, passages, focus, analyzer, within)) {
      chosen.push_back(passages[i]);
    }
    const size_t parts = PackParts(PassageTokens(chosen), options.part_tokens).size();
    if (parts <= most_parts || chosen.size() <= 1) return chosen;
    tokens = tokens * 9 / 10;
  }
}

Result<std::string> MapReduce::Reduce(const std::vector<Passage>& passages) {
  std::vector<std::string> parts;
  for (const auto& [begin, end] : PackParts(PassageTokens(passages), options_.part_tokens)) {
    std::vector<NumberedPassage> numbered;
    for (uint32_t i = begin; i < end; ++i) numbered.push_back({i + 1, passages[i]});
    parts.push_back(PassagesText(focus_, numbered, /*with_documents=*/false));
  }
  while (parts.size() > 1) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> notes, NotesOf(parts));
    std::vector<std::string> groups = GroupNotes(notes, options_.part_tokens);
    // Notes as long as what they are of, or no call left for shorter ones: they are read as they are.
    const bool goes_on =
        groups.size() < parts.size() && calls_ + groups.size() + 1 <= options_.max_calls;
    parts = std::move(groups);
    if (!goes_on) break;
  }
  return Join(parts, "\n\n");
}

Result<std::vector<std::string>> MapReduce::NotesOf(const std::vector<std::string>& parts) {
  std::vector<std::string> notes;
  for (const std::string& part : parts) {
    QUARRY_ASSIGN_OR_RETURN(model::ChatReply reply,
                            Complete(WholeDocumentPrompt::kNotes, part, nullptr));
    notes.push_back(std::move(reply.content));
  }
  return notes;
}

Result<model::ChatReply> MapReduce::Complete(WholeDocumentPrompt prompt, std::string_view passages,
                                             const model::ChatSink& sink) {
  model::ChatRequest request{
      .messages = model_.prompts.WholeDocuments(prompt, chinese_, focus_, passages),
      .seed = 1,
      .max_tokens = options_.note_tokens,
      .spent = usage_.cost};
  ++calls_;
  QUARRY_ASSIGN_OR_RETURN(model::ChatReply reply, model_.chat.Complete(request, sink, context_));
  usage_ += reply.usage;
  if (Trim(reply.content).empty()) return UnavailableError("the chat model said nothing");
  return reply;
}

}  // namespace quarry::generation
