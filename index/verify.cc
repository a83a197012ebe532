#include "index/verify.h"

#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "index/index_rows.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

constexpr size_t kMaxProblems = 100;

class Verifier {
 public:
  Verifier(const Snapshot& snapshot, const Analyzer& analyzer, const CallContext& context)
      : snapshot_(snapshot), analyzer_(analyzer), context_(context) {}

  Result<VerifyReport> Run() {
    for (RowId row = 0; row < snapshot_.rows().rows(); ++row) {
      if (snapshot_.IsLive(row)) row_of_.emplace(snapshot_.rows().row(row).chunk, row);
    }
    QUARRY_RETURN_IF_ERROR(CheckDocuments());
    QUARRY_RETURN_IF_ERROR(CheckOwners());
    QUARRY_RETURN_IF_ERROR(CheckChangeLog());
    QUARRY_RETURN_IF_ERROR(CheckVectors());
    CheckPostings();
    report_.pending_vectors = snapshot_.pending_vectors();
    return std::move(report_);
  }

 private:
  CollectionId collection() const { return snapshot_.collection().id; }
  const StoreView& view() const { return snapshot_.view(); }

  void Problem(std::string what) {
    if (report_.problems.size() < kMaxProblems) report_.problems.push_back(std::move(what));
  }
  // Damage found on the way is a problem, not the end of the check.
  void Note(const Status& status, const std::string& where) {
    if (!status.ok()) Problem(where + ": " + status.message());
  }

  // Scans a table; decode errors of single rows are problems.
  template <typename Visit>
  Status ScanTable(Table table, Visit visit) {
    Status stopped;
    const Status scanned = view().Scan(TablePrefix(collection(), table),
                                       [&](std::string_view key, std::string_view value) {
                                         visit(key, value);
                                         stopped = context_.Check();
                                         return stopped.ok();
                                       });
    QUARRY_RETURN_IF_ERROR(scanned);
    return stopped;
  }

  Status CheckDocuments() {
    return ScanTable(Table::kDocument, [&](std::string_view key, std::string_view value) {
      const Result<StoredDocument> document = DecodeDocument(value);
      if (!document.ok()) return Note(document.status(), "document record");
      const std::string where = "document \"" + document->id + "\"";
      const Result<DocumentNumber> number = ParseDocumentKey(key);
      if (!number.ok() || *number != document->number)
        Problem(where + ": stands under another key");
      CheckDocument(*document, where);
      ++report_.documents;
      live_documents_.insert(document->number);
    });
  }

  void CheckDocument(const StoredDocument& document, const std::string& where) {
    const Result<StoredDocument> by_id = snapshot_.ReadDocument(document.id);
    if (!by_id.ok()) {
      Note(by_id.status(), where);
    } else if (by_id->number != document.number) {
      Problem(where + ": its id leads to another document");
    }
    const Result<std::string> text = snapshot_.ReadText(document.number);
    if (!text.ok()) return Note(text.status(), where);
    if (Hash64(*text) != document.content_hash || text->size() != document.text_bytes) {
      Problem(where + ": text does not match its hash");
    }
    for (size_t i = 0; i < document.chunks.size(); ++i) {
      CheckChunk(document, *text, i, where);
    }
    const std::vector<std::string> keys = IndexRowKeys(collection(), document);
    for (const std::string& key : keys) {
      const Result<std::optional<std::string>> row = view().Get(key);
      if (!row.ok()) {
        Note(row.status(), where);
      } else if (!*row) {
        Problem(where + ": an index row is missing");
      }
    }
    index_rows_ += keys.size();
  }

  void CheckChunk(const StoredDocument& document, const std::string& text, size_t ordinal,
                  const std::string& document_name) {
    const ChunkId id = document.chunks[ordinal];
    const std::string where = document_name + ": chunk " + std::to_string(id.value);
    if (!owned_.insert(id).second) Problem(where + ": belongs to two documents");
    ++report_.chunks;
    const Result<StoredChunk> chunk = snapshot_.ReadChunk(id);
    if (!chunk.ok()) return Note(chunk.status(), where);
    if (chunk->id != id || chunk->document != document.number || chunk->ordinal != ordinal) {
      Problem(where + ": record is of another chunk");
    }
    const SourceSpan& span = chunk->span;
    if (span.begin > span.end || span.end > text.size() ||
        std::string_view(text).substr(span.begin, span.end - span.begin) != chunk->text) {
      Problem(where + ": text differs from the document's at its span");
    }
    if (Hash64(chunk->text) != chunk->text_hash) Problem(where + ": text does not match its hash");

    Chunk plain;
    plain.text = chunk->text;
    plain.span = chunk->span;
    const std::string indexed = IndexedText(document.title, plain);
    if (Hash64(indexed) != chunk->input_hash) {
      Problem(where + ": indexed text does not match its hash");
    }
    const Result<std::optional<std::string>> bytes = view().Get(ChunkTermsKey(collection(), id));
    if (!bytes.ok()) return Note(bytes.status(), where);
    if (!*bytes) return Problem(where + ": has no terms");
    const Result<std::vector<TermFrequency>> terms = DecodeTerms(**bytes);
    if (!terms.ok()) return Note(terms.status(), where);
    if (*terms != CountTerms(analyzer_.Tokenize(indexed))) {
      Problem(where + ": terms differ from those of its text");
    }
    uint64_t length = 0;
    for (const TermFrequency& term : *terms) {
      length += term.count;
      ++document_frequency_[term.term];
    }
    if (length != chunk->length) Problem(where + ": length differs from the sum of its terms");
    CheckPostingsOf(id, *terms, where);
    tokens_ += length;
    report_.postings += terms->size();
  }

  // That no other row holds the terms follows from their document frequencies (CheckPostings).
  void CheckPostingsOf(ChunkId id, const std::vector<TermFrequency>& terms,
                       const std::string& where) {
    const auto row = row_of_.find(id);
    if (row == row_of_.end()) return Problem(where + ": is not searched");
    for (const TermFrequency& term : terms) {
      const uint32_t searched = snapshot_.lexical().TermCount(term.term, row->second);
      if (searched == term.count) continue;
      Problem(where + ": the postings have \"" + term.term + "\" " + std::to_string(searched) +
              " times, the store " + std::to_string(term.count));
    }
  }

  // Rows that no document leads to.
  Status CheckOwners() {
    const auto check = [&](Table table, const char* name, auto parse) -> Status {
      return ScanTable(table, [&](std::string_view key, std::string_view) {
        const Result<ChunkId> chunk = parse(key);
        if (!chunk.ok()) return Note(chunk.status(), name);
        if (!owned_.contains(*chunk)) {
          Problem(std::string(name) + " " + std::to_string(chunk->value) + ": has no document");
        }
      });
    };
    QUARRY_RETURN_IF_ERROR(check(Table::kChunk, "chunk", ParseChunkKey));
    QUARRY_RETURN_IF_ERROR(check(Table::kChunkTerms, "terms of chunk", ParseChunkTermsKey));
    uint64_t rows = 0;
    for (const Table table : kIndexRowTables) {
      QUARRY_RETURN_IF_ERROR(ScanTable(table, [&](std::string_view, std::string_view) { ++rows; }));
    }
    if (rows != index_rows_) {
      Problem("index rows: " + std::to_string(rows) + ", the documents account for " +
              std::to_string(index_rows_));
    }
    uint64_t texts = 0;
    QUARRY_RETURN_IF_ERROR(
        ScanTable(Table::kDocumentText, [&](std::string_view, std::string_view) { ++texts; }));
    if (texts != report_.documents) {
      Problem("texts: " + std::to_string(texts) +
              ", documents: " + std::to_string(report_.documents));
    }
    return OkStatus();
  }

  Status CheckChangeLog() {
    std::map<DocumentNumber, std::set<ChunkId>> replayed;
    uint64_t expected = 1;
    QUARRY_RETURN_IF_ERROR(
        ScanTable(Table::kChangeLog, [&](std::string_view, std::string_view value) {
          const Result<StoredChange> change = DecodeChange(value);
          if (!change.ok()) return Note(change.status(), "change log");
          if (change->sequence.value != expected) {
            Problem("change log: entry " + std::to_string(expected) + " is missing");
          }
          expected = change->sequence.value + 1;
          std::set<ChunkId>& chunks = replayed[change->document];
          for (const ChunkId chunk : change->removed) chunks.erase(chunk);
          chunks.insert(change->added.begin(), change->added.end());
          if (change->kind == StoredChange::Kind::kDelete) replayed.erase(change->document);
        }));
    if (expected != snapshot_.commit().value + 1) {
      Problem("change log: ends at " + std::to_string(expected - 1) + ", the last commit is " +
              std::to_string(snapshot_.commit().value));
    }
    size_t chunks = 0;
    for (const auto& [document, ids] : replayed) {
      if (!live_documents_.contains(document)) {
        Problem("change log: document number " + std::to_string(document.value) +
                " is not in the store");
      }
      for (const ChunkId id : ids) {
        if (!owned_.contains(id)) {
          Problem("change log: chunk " + std::to_string(id.value) + " is not in the store");
        }
      }
      chunks += ids.size();
    }
    if (replayed.size() != live_documents_.size() || chunks != owned_.size()) {
      Problem("change log: leads to " + std::to_string(replayed.size()) + " documents and " +
              std::to_string(chunks) + " chunks, the store has " +
              std::to_string(live_documents_.size()) + " and " + std::to_string(owned_.size()));
    }
    return OkStatus();
  }

  Status CheckVectors() {
    if (!snapshot_.generation()) return OkStatus();
    const StoredGeneration& generation = *snapshot_.generation();
    const uint64_t space = SpaceHash(generation.space);
    std::unordered_set<ChunkId> stored;
    std::vector<float> vector(generation.space.dimension);
    QUARRY_RETURN_IF_ERROR(
        ScanTable(Table::kVector, [&](std::string_view key, std::string_view value) {
          const Result<VectorParts> parts = ParseVectorKey(key);
          if (!parts.ok()) return Note(parts.status(), "vector");
          if (parts->space_hash != space || parts->generation != generation.id) return;
          const std::string where = "vector of chunk " + std::to_string(parts->chunk.value);
          if (!owned_.contains(parts->chunk)) Problem(where + ": no document has that chunk");
          Note(DecodeVector(value, vector), where);
          stored.insert(parts->chunk);
        }));
    report_.vectors = stored.size();
    std::unordered_set<ChunkId> searched;
    for (const std::shared_ptr<const VectorIndex>& index : snapshot_.vectors()) {
      for (const RowId row : index->rows()) {
        if (row == kNoRow || !snapshot_.IsLive(row)) continue;
        const ChunkId chunk = snapshot_.rows().row(row).chunk;
        if (!searched.insert(chunk).second) {
          Problem("vector of chunk " + std::to_string(chunk.value) + ": searched twice");
        }
      }
    }
    if (searched != stored) {
      Problem("vectors: " + std::to_string(stored.size()) + " stored, " +
              std::to_string(searched.size()) + " searched, not the same ones");
    }
    Note(snapshot_.ReadEmbedderBlob().status(), "embedder");
    return OkStatus();
  }

  void CheckPostings() {
    const LexicalIndex& lexical = snapshot_.lexical();
    if (lexical.live_rows() != report_.chunks || snapshot_.live_chunks() != report_.chunks) {
      Problem("postings: " + std::to_string(lexical.live_rows()) + " rows, the store has " +
              std::to_string(report_.chunks) + " chunks");
    }
    if (lexical.live_tokens() != tokens_) {
      Problem("postings: " + std::to_string(lexical.live_tokens()) + " tokens, the store has " +
              std::to_string(tokens_));
    }
    for (const auto& [term, frequency] : document_frequency_) {
      const uint64_t indexed = lexical.DocumentFrequency(term);
      if (indexed != frequency) {
        Problem("postings of \"" + term + "\": " + std::to_string(indexed) +
                " rows, the store has " + std::to_string(frequency));
      }
    }
  }

  const Snapshot& snapshot_;
  const Analyzer& analyzer_;
  const CallContext& context_;
  VerifyReport report_;
  std::unordered_set<DocumentNumber> live_documents_;
  std::unordered_set<ChunkId> owned_;
  std::unordered_map<ChunkId, RowId> row_of_;  // of what is searched
  std::unordered_map<std::string, uint64_t> document_frequency_;
  uint64_t tokens_ = 0;
  uint64_t index_rows_ = 0;
};

}  // namespace

Result<VerifyReport> VerifySnapshot(const Snapshot& snapshot, const Analyzer& analyzer,
                                    const CallContext& context) {
  return Verifier(snapshot, analyzer, context).Run();
}

}  // namespace quarry::index
