#include "index/verify.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "index/index_rows.h"
#include "index/indexed_terms.h"
#include "index/keys.h"
#include "index/verify_scope.h"

namespace quarry::index {
namespace {

// Documents between two reports of progress.
constexpr uint64_t kProgressStep = 256;

class Verifier {
 public:
  Verifier(const Snapshot& snapshot, const Analyzer& analyzer, const CallContext& context,
           const Progress& progress)
      : snapshot_(snapshot), analyzer_(analyzer), progress_(progress), scope_{snapshot,  context,
                                                                              progress,  report_,
                                                                              problems_, owned_} {}

  Result<VerifyReport> Run() {
    for (RowId row = 0; row < snapshot_.rows().rows(); ++row) {
      if (snapshot_.IsLive(row)) row_of_.emplace(snapshot_.rows().row(row).chunk, row);
    }
    QUARRY_RETURN_IF_ERROR(CheckDocuments());
    QUARRY_RETURN_IF_ERROR(CheckOwners());
    QUARRY_RETURN_IF_ERROR(CheckIndexRows());
    QUARRY_RETURN_IF_ERROR(CheckIds());
    QUARRY_RETURN_IF_ERROR(CheckChangeLog());
    QUARRY_RETURN_IF_ERROR(CheckCounters());
    NoteOldWords();
    QUARRY_RETURN_IF_ERROR(VerifyVectors(scope_));
    QUARRY_RETURN_IF_ERROR(VerifyCache(scope_));
    CheckPostings();
    report_.pending_vectors = snapshot_.pending_vectors();
    report_.problems = problems_.Take();
    return std::move(report_);
  }

 private:
  CollectionId collection() const { return snapshot_.collection().id; }
  const StoreView& view() const { return snapshot_.view(); }

  void Problem(std::string what) { problems_.Add(std::move(what)); }
  void Note(const Status& status, const std::string& where) { problems_.AddError(status, where); }
  template <typename Visit>
  Status ScanTable(Table table, Visit visit) const {
    return scope_.ScanTable(table, visit);
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
      if (++report_.documents % kProgressStep == 0 && progress_) {
        progress_("documents", report_.documents, snapshot_.live_documents());
      }
      id_hashes_[document->number] = Hash64(document->id);
    });
  }

  void CheckDocument(const StoredDocument& document, const std::string& where) {
    const Result<StoredDocument> by_id = snapshot_.ReadDocument(document.id);
    if (!by_id.ok()) {
      Note(by_id.status(), where);
    } else if (by_id->number != document.number) {
      Problem(where + ": its id leads to another document");
    }
    CheckRows(document, where);
    for (const std::string& key : IndexRowKeys(collection(), document)) {
      index_rows_.emplace(Hash64(key), document.number);
    }
    const Result<std::string> text = snapshot_.ReadText(document.number);
    if (!text.ok()) return Note(text.status(), where);
    if (Hash64(*text) != document.content_hash || text->size() != document.text_bytes) {
      Problem(where + ": text does not match its hash");
    }
    for (size_t i = 0; i < document.chunks.size(); ++i) {
      CheckChunk(document, *text, i, where);
    }
  }

  // That it is searched under its id, chunk by chunk in order.
  void CheckRows(const StoredDocument& document, const std::string& where) {
    const std::optional<size_t> position = snapshot_.PositionOf(document.number);
    if (!position) return Problem(where + ": is not searched");
    const DocumentEntry version = snapshot_.rows().document(*position);
    if (version.id != document.id) {
      Problem(where + ": is searched as \"" + std::string(version.id) + "\"");
    }
    bool same = version.rows == document.chunks.size();
    for (uint32_t i = 0; same && i < version.rows; ++i) {
      const RowEntry& row = snapshot_.rows().row(version.first_row + i);
      same = row.chunk == document.chunks[i] && row.ordinal == i;
    }
    if (!same) Problem(where + ": its rows are not its chunks");
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
    if (span.end > text.size() ||  // that it ends behind its beginning is of the record
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
    if (*terms !=
        IndexedTerms(analyzer_, document.title, plain, snapshot_.collection().title_weight)) {
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
    return OkStatus();
  }

  // Every row is one that its document asks for, and every row asked for is there.
  Status CheckIndexRows() {
    for (const Table table : kIndexRowTables) {
      QUARRY_RETURN_IF_ERROR(ScanTable(table, [&](std::string_view key, std::string_view) {
        if (index_rows_.erase(Hash64(key)) > 0) return;
        const Result<DocumentNumber> document = ParseIndexRowDocument(key);
        if (!document.ok()) return Note(document.status(), IndexRowTableName(table));
        Problem(std::string(IndexRowTableName(table)) + " row of document number " +
                std::to_string(document->value) + ": the document does not ask for it");
      }));
    }
    for (const auto& [hash, number] : index_rows_) Problem(DescribeMissingRow(hash, number));
    return OkStatus();
  }

  // Of the row whose key has the hash, which a record of that number asks for.
  std::string DescribeMissingRow(uint64_t hash, DocumentNumber number) const {
    const Result<StoredDocument> document = snapshot_.ReadDocument(number);
    if (document.ok()) {
      for (const std::string& key : IndexRowKeys(collection(), *document)) {
        if (Hash64(key) != hash) continue;
        return "document \"" + document->id + "\": its " +
               IndexRowTableName(static_cast<Table>(ParseKeyHead(key)->table)) + " row is missing";
      }
    }
    // The record stands under the key of another number.
    return "document number " + std::to_string(number.value) + ": an index row is missing";
  }

  // Ids and texts lead to documents that have them; that every document has both is known.
  Status CheckIds() {
    QUARRY_RETURN_IF_ERROR(
        ScanTable(Table::kDocumentByExternalId, [&](std::string_view key, std::string_view value) {
          const Result<DocumentId> id = ParseDocumentByExternalIdKey(key);
          if (!id.ok()) return Note(id.status(), "document id");
          const Result<uint64_t> number = DecodeInteger(value);
          if (!number.ok()) return Note(number.status(), "document id \"" + *id + "\"");
          const auto document = id_hashes_.find(DocumentNumber(*number));
          if (document == id_hashes_.end() || document->second != Hash64(*id)) {
            Problem("document id \"" + *id + "\": leads to document number " +
                    std::to_string(*number) + ", which does not have it");
          }
        }));
    return ScanTable(Table::kDocumentText, [&](std::string_view key, std::string_view) {
      const Result<DocumentNumber> number = ParseDocumentTextKey(key);
      if (!number.ok()) return Note(number.status(), "text");
      if (!id_hashes_.contains(*number)) {
        Problem("text of document number " + std::to_string(number->value) + ": has no document");
      }
    });
  }

  // Numbers are given out once.
  Status CheckCounters() {
    uint64_t generations = 0;
    QUARRY_RETURN_IF_ERROR(
        ScanTable(Table::kGeneration, [&](std::string_view, std::string_view value) {
          const Result<StoredGeneration> record = DecodeGeneration(value);
          if (record.ok()) generations = std::max<uint64_t>(generations, record->id.value);
        }));
    const auto check = [&](Counter counter, const char* name, uint64_t used) -> Status {
      QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                              view().Get(CounterKey(collection(), counter)));
      const Result<uint64_t> next = bytes ? DecodeInteger(*bytes) : Result<uint64_t>(1);
      if (!next.ok()) {
        Note(next.status(), std::string("counter of ") + name);
      } else if (*next <= used) {
        Problem(std::string("counter of ") + name + ": gives " + std::to_string(*next) +
                " next, number " + std::to_string(used) + " is used");
      }
      return OkStatus();
    };
    QUARRY_RETURN_IF_ERROR(check(Counter::kNextDocument, "documents", last_document_));
    QUARRY_RETURN_IF_ERROR(check(Counter::kNextChunk, "chunks", last_chunk_));
    return check(Counter::kNextGeneration, "generations", generations);
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
          last_document_ = std::max(last_document_, change->document.value);
          for (const ChunkId chunk : change->added)
            last_chunk_ = std::max(last_chunk_, chunk.value);
          if (!change->removed.empty()) last_removal_micros_ = change->micros;
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
      if (!id_hashes_.contains(document)) {
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
    if (replayed.size() != id_hashes_.size() || chunks != owned_.size()) {
      Problem("change log: leads to " + std::to_string(replayed.size()) + " documents and " +
              std::to_string(chunks) + " chunks, the store has " +
              std::to_string(id_hashes_.size()) + " and " + std::to_string(owned_.size()));
    }
    return OkStatus();
  }

  // A learnt table is made of words; those of texts that are gone stay in it until it is learnt anew.
  void NoteOldWords() {
    const auto note = [&](const std::optional<StoredGeneration>& generation, const char* remedy) {
      if (!generation || generation->learnt_chunks == 0 ||
          last_removal_micros_ <= generation->created_micros) {
        return;
      }
      report_.notes.push_back("the embedder of generation " + std::to_string(generation->id.value) +
                              " may keep words of text that was removed since it was learnt; "
                              "`quarry embedder " +
                              remedy + "` forgets them");
    };
    note(snapshot_.generation(), "learn");
    note(snapshot_.previous_generation(), "drop");
  }

  void CheckPostings() {
    const LexicalIndex& lexical = snapshot_.lexical();
    const auto compare = [&](const char* what, uint64_t rows) {
      if (rows == report_.chunks) return;
      Problem(what + std::to_string(rows) + " rows, the store has " +
              std::to_string(report_.chunks) + " chunks");
    };
    compare("postings: ", lexical.live_rows());
    compare("searched: ", snapshot_.live_chunks());
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
  const Progress& progress_;
  VerifyReport report_;
  ProblemList problems_;
  std::unordered_set<ChunkId> owned_;
  const VerifyScope scope_;
  std::unordered_map<DocumentNumber, uint64_t> id_hashes_;   // of the live documents' ids
  std::unordered_map<uint64_t, DocumentNumber> index_rows_;  // hash of the key -> who asks for it
  std::unordered_map<ChunkId, RowId> row_of_;                // of what is searched
  std::unordered_map<std::string, uint64_t> document_frequency_;
  uint64_t tokens_ = 0;
  // Of the change log, so of everything that ever was.
  uint64_t last_document_ = 0;
  uint64_t last_chunk_ = 0;
  int64_t last_removal_micros_ = 0;
};

}  // namespace

Result<VerifyReport> VerifySnapshot(const Snapshot& snapshot, const Analyzer& analyzer,
                                    const CallContext& context, const Progress& progress) {
  return Verifier(snapshot, analyzer, context, progress).Run();
}

}  // namespace quarry::index
