#include "index/word_filter.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/postings_cursor.h"
#include "index/query_postings.h"
#include "index/snapshot.h"

namespace quarry::index {
namespace {

// Postings read between two looks at the clock.
constexpr uint32_t kPostingsPerCheck = 1u << 16;

// Whether the postings cannot say that a row holds the phrase.
bool NeedsText(const WordCondition& condition) { return condition.phrase.size() > 1; }

class WordFilter {
 public:
  WordFilter(const Snapshot& snapshot, const LexicalQuery& query, const Analyzer& analyzer,
             const CallContext& context, Bitmap& rows)
      : snapshot_(snapshot), query_(query), analyzer_(analyzer), context_(context), rows_(rows) {}

  Status Run() {
    for (const WordCondition& condition : query_.required) {
      QUARRY_ASSIGN_OR_RETURN(const Bitmap candidates, Candidates(condition));
      rows_.IntersectWith(candidates);
      if (NeedsText(condition)) required_.push_back(&condition);
    }
    // Of the excluded phrases, beside the rows that may hold them.
    std::vector<std::pair<const WordCondition*, Bitmap>> excluded;
    for (const WordCondition& condition : query_.excluded) {
      QUARRY_ASSIGN_OR_RETURN(Bitmap candidates, Candidates(condition));
      if (NeedsText(condition)) {
        excluded.emplace_back(&condition, std::move(candidates));
      } else {
        candidates.ForEachSet([this](size_t row) { rows_.Clear(row); });
      }
    }
    if (required_.empty() && excluded.empty()) return OkStatus();

    const Bitmap left = rows_;
    Status status;
    left.ForEachSet([&](size_t row) {
      if (!status.ok()) return;
      std::vector<const WordCondition*> possible;
      for (const auto& [condition, candidates] : excluded) {
        if (candidates.Test(row)) possible.push_back(condition);
      }
      if (!required_.empty() || !possible.empty()) {
        status = CheckText(static_cast<RowId>(row), possible);
      }
    });
    return status;
  }

 private:
  // The rows that hold every term of a phrase, or one of those of a prefix: all of them, however
  // many there are.
  Result<Bitmap> Candidates(const WordCondition& condition) const {
    const std::vector<SegmentView>& segments = snapshot_.lexical().segments();
    Bitmap found(rows_.size());
    std::vector<std::string> terms;
    if (condition.prefix) {
      QUARRY_ASSIGN_OR_RETURN(terms, ExpandTerm(segments, *condition.prefix,
                                                std::numeric_limits<size_t>::max(), context_));
    } else {
      for (const PhraseTerm& term : condition.phrase) terms.push_back(term.term);
      std::sort(terms.begin(), terms.end());
      terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    }
    for (const SegmentView& view : segments) {
      std::vector<PostingsList> lists;
      for (const std::string& term : terms) {
        if (const auto entry = view.segment->terms().Find(term)) {
          lists.push_back(view.segment->List(*entry));
        }
      }
      if (condition.prefix) {
        for (const PostingsList& list : lists) {
          QUARRY_RETURN_IF_ERROR(MarkCommon(*view.segment, {list}, found));
        }
      } else if (lists.size() == terms.size() && !lists.empty()) {
        QUARRY_RETURN_IF_ERROR(MarkCommon(*view.segment, std::move(lists), found));
      }
    }
    return found;
  }

  // Marks the rows that stand in all lists. Dead ones too: `rows_` has none.
  Status MarkCommon(const LexicalSegment& segment, std::vector<PostingsList> lists,
                    Bitmap& found) const {
    std::sort(lists.begin(), lists.end(),
              [](const PostingsList& a, const PostingsList& b) { return a.size() < b.size(); });
    PostingsCursor rarest(lists[0]);
    std::vector<PostingsCursor> others(lists.begin() + 1, lists.end());
    for (size_t b = 0; b < lists[0].blocks(); ++b) {
      if (b * kPackedBlock % kPostingsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context_.Check());
      rarest.Decode(b);
      for (uint32_t i = 0; i < rarest.block().size; ++i) {
        const uint32_t slot = rarest.block().slots[i];
        const RowId row = segment.row(slot);
        if (rows_.Test(row) &&
            std::all_of(others.begin(), others.end(),
                        [&](PostingsCursor& other) { return other.CountAt(slot) > 0; })) {
          found.Set(row);
        }
      }
    }
    return OkStatus();
  }

  // Reads a row's text; clears the row if it lacks a required phrase or holds one of `excluded`.
  Status CheckText(RowId row, const std::vector<const WordCondition*>& excluded) {
    QUARRY_RETURN_IF_ERROR(context_.Check());
    QUARRY_ASSIGN_OR_RETURN(const StoredChunk chunk,
                            snapshot_.ReadChunk(snapshot_.rows().row(row).chunk));
    if (chunk.document != document_) {
      // Rows of one document are neighbours.
      QUARRY_ASSIGN_OR_RETURN(const StoredDocument document,
                              snapshot_.ReadDocument(chunk.document));
      document_ = chunk.document;
      title_ = analyzer_.Tokenize(document.title);
    }
    std::vector<std::vector<Token>> fields = {analyzer_.Tokenize(chunk.text)};
    for (const std::string& heading : chunk.span.heading_path) {
      fields.push_back(analyzer_.Tokenize(heading));
    }
    const auto holds = [&](const WordCondition* condition) {
      return HoldsPhrase(title_, condition->phrase) ||
             std::any_of(fields.begin(), fields.end(), [&](const std::vector<Token>& field) {
               return HoldsPhrase(field, condition->phrase);
             });
    };
    if (!std::all_of(required_.begin(), required_.end(), holds) ||
        std::any_of(excluded.begin(), excluded.end(), holds)) {
      rows_.Clear(row);
    }
    return OkStatus();
  }

  const Snapshot& snapshot_;
  const LexicalQuery& query_;
  const Analyzer& analyzer_;
  const CallContext& context_;
  Bitmap& rows_;
  std::vector<const WordCondition*> required_;  // those that need the text
  DocumentNumber document_;                     // whose title was read last
  std::vector<Token> title_;
};

}  // namespace

bool HoldsPhrase(const std::vector<Token>& tokens, const std::vector<PhraseTerm>& phrase) {
  const auto stands_at = [&](const PhraseTerm& term, uint32_t position) {
    auto at = std::lower_bound(
        tokens.begin(), tokens.end(), position,
        [](const Token& token, uint32_t wanted) { return token.position < wanted; });
    for (; at != tokens.end() && at->position == position; ++at) {
      if (at->term == term.term) return true;
    }
    return false;
  };
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return token.term == phrase[0].term &&
           std::all_of(phrase.begin() + 1, phrase.end(), [&](const PhraseTerm& term) {
             return stands_at(term, token.position - phrase[0].position + term.position);
           });
  });
}

Status FilterByWords(const Snapshot& snapshot, const LexicalQuery& query, const Analyzer& analyzer,
                     const CallContext& context, Bitmap& rows) {
  return WordFilter(snapshot, query, analyzer, context, rows).Run();
}

}  // namespace quarry::index
