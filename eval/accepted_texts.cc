#include "eval/accepted_texts.h"

#include <algorithm>
#include <string>

#include "base/document.h"
#include "base/text.h"
#include "generation/quantities.h"

namespace quarry::eval {
namespace {

// Four letters, or three CJK characters: words of two are as common as "not" and "can".
constexpr size_t kTellingWidth = 8;
constexpr size_t kLetterWidth = 2;
constexpr size_t kCjkWidth = 3;

bool IsTellingText(const std::string& text) {
  const std::string folded = Fold(text);
  if (folded.find_first_not_of("0123456789.,") == std::string::npos) return false;
  size_t width = 0;
  for (size_t at = 0; at < folded.size();) {
    width += IsCjk(NextCodePoint(folded, at)) ? kCjkWidth : kLetterWidth;
  }
  if (width >= kTellingWidth) return true;
  return std::ranges::any_of(
      generation::QuantitiesOf(folded),
      [](const generation::Quantity& quantity) { return !quantity.unit.empty(); });
}

// Whether it stands nowhere by mere chance.
bool IsTelling(const AnswerCheck& check) {
  if (check.kind == AnswerCheck::Kind::kNumber) return !check.unit.empty();
  return std::ranges::all_of(check.texts, IsTellingText);
}

}  // namespace

std::vector<size_t> ChecksLookedFor(const Case& one) {
  std::vector<size_t> checks;
  for (size_t i = 0; i < one.accept.size(); ++i) {
    const AnswerCheck& check = one.accept[i];
    const bool is_text =
        check.kind == AnswerCheck::Kind::kContains || check.kind == AnswerCheck::Kind::kNumber;
    if (is_text && (!one.gold_docs.empty() || IsTelling(check))) checks.push_back(i);
  }
  return checks;
}

bool IsHeldBy(const Case& one, size_t check, const DocumentId& document, CheckedText& passage) {
  const AnswerCheck& wanted = one.accept[check];
  return passage.Holds(wanted) && (one.gold_docs.contains(document) || IsTelling(wanted));
}

Status ForEachChunkText(const index::Snapshot& snapshot, const ChunkTextVisitor& visit,
                        const CallContext& context) {
  Status status;
  QUARRY_RETURN_IF_ERROR(snapshot.ForEachDocument([&](const index::StoredDocument& document) {
    status = context.Check();
    for (size_t i = 0; status.ok() && i < document.chunks.size(); ++i) {
      const Result<index::StoredChunk> chunk = snapshot.ReadChunk(document.chunks[i]);
      status = chunk.status();
      if (!status.ok()) break;
      const std::string text =
          ContextualHeader(document.title, chunk->span.heading_path) + "\n" + chunk->text;
      CheckedText checked(text);
      if (!visit(document, *chunk, checked)) return false;
    }
    return status.ok();
  }));
  return status;
}

Result<std::vector<std::vector<AcceptedPlaces>>> FindAccepted(std::span<const Case* const> cases,
                                                              const index::Snapshot& snapshot,
                                                              const CallContext& context) {
  std::vector<std::vector<AcceptedPlaces>> found(cases.size());
  for (size_t c = 0; c < cases.size(); ++c) {
    for (const size_t check : ChecksLookedFor(*cases[c])) {
      found[c].push_back({.check = check, .places = {}});
    }
  }
  if (std::ranges::all_of(found, &std::vector<AcceptedPlaces>::empty)) return found;
  QUARRY_RETURN_IF_ERROR(ForEachChunkText(
      snapshot,
      [&](const index::StoredDocument& document, const index::StoredChunk& chunk,
          CheckedText& text) {
        for (size_t c = 0; c < cases.size(); ++c) {
          for (AcceptedPlaces& places : found[c]) {
            if (!IsHeldBy(*cases[c], places.check, document.id, text)) continue;
            places.places.push_back({.document = document.id,
                                     .begin = chunk.span.begin,
                                     .end = chunk.span.end,
                                     .quote = WantedText(cases[c]->accept[places.check]),
                                     .fact = ""});
          }
        }
        return true;
      },
      context));
  for (size_t c = 0; c < cases.size(); ++c) {
    for (AcceptedPlaces& places : found[c]) {
      const auto is_gold = [&](const GoldSpan& place) {
        return cases[c]->gold_docs.contains(place.document);
      };
      if (std::ranges::none_of(places.places, is_gold)) continue;
      std::erase_if(places.places, [&](const GoldSpan& place) { return !is_gold(place); });
    }
  }
  return found;
}

}  // namespace quarry::eval
