#pragma once

// An index in a temporary directory, and documents for it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "index/derived_files.h"
#include "index/index.h"
#include "index/indexed_terms.h"
#include "tests/testing/test_analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {

using testing::TestAnalyzer;

// A document of one chunk per paragraph.
inline DocumentDraft MakeDraft(const std::string& id, const std::vector<std::string>& paragraphs,
                               Metadata metadata = {}, std::vector<std::string> access = {}) {
  DocumentDraft draft;
  Document& document = draft.document;
  document.id = id;
  document.title = "Title of " + id;
  document.metadata = std::move(metadata);
  document.access = std::move(access);
  for (const std::string& paragraph : paragraphs) {
    if (!document.text.empty()) document.text += "\n\n";
    Chunk chunk;
    chunk.span.begin = document.text.size();
    document.text += paragraph;
    chunk.span.end = document.text.size();
    chunk.text = paragraph;
    chunk.text_hash = Hash64(paragraph);
    const std::string indexed = IndexedText(document.title, chunk);
    chunk.input_hash = Hash64(indexed);
    chunk.token_count = CountTokens(paragraph);
    draft.chunks.push_back(
        {chunk, IndexedTerms(TestAnalyzer(), document.title, chunk, IndexOptions().title_weight)});
  }
  document.source_hash = Hash64(document.text);
  return draft;
}

inline std::vector<QueryTerm> Terms(const std::string& text) {
  std::vector<QueryTerm> terms;
  for (Token& token : TestAnalyzer().Tokenize(text)) terms.emplace_back(std::move(token.term));
  return terms;
}

// "document#ordinal" of the hits, best first.
inline std::vector<std::string> SearchWords(const Snapshot& snapshot, const std::string& words,
                                            const AllowedRows& allowed = {}) {
  std::vector<std::string> found;
  const auto rows = snapshot.SearchLexical(Terms(words), 100, allowed, CallContext());
  EXPECT_TRUE(rows.ok()) << rows.status().ToString();
  for (const ScoredRow& row : *rows) {
    found.push_back(std::string(snapshot.rows().DocumentOf(row.row).id) + "#" +
                    std::to_string(snapshot.rows().row(row.row).ordinal));
  }
  return found;
}

class IndexTest : public ::testing::Test {
 protected:
  std::string Directory() const { return directory_.path() + "/store"; }

  Status Open(IndexOptions options = {}) {
    index_.reset();
    auto opened = Index::Open(Directory(), options, TestAnalyzer(), clock_);
    if (!opened.ok()) return opened.status();
    index_ = std::move(opened).value();
    return OkStatus();
  }
  // The collection "c", created when it is not there.
  CollectionId TestCollection() {
    const Result<CollectionId> found = index_->FindCollection("c");
    return found.ok() ? *found : index_->CreateCollection("c").value();
  }
  std::shared_ptr<const Snapshot> TestSnapshot() {
    return index_->GetSnapshot(TestCollection()).value();
  }
  std::vector<DocumentChange> Put(std::vector<DocumentDraft> drafts) {
    return index_->OpenWriter(TestCollection())->Put(std::move(drafts)).value();
  }
  void Delete(const DocumentId& id) {
    const DocumentId ids[] = {id};
    ASSERT_OK(index_->OpenWriter(TestCollection())->Delete(ids).status());
  }
  // Gives every pending chunk a vector made from its hash.
  void Embed(IndexWriter& writer, GenerationId generation, uint32_t dimension) {
    const auto pending = writer.Pending(generation, ChunkId(), 1000).value();
    EmbeddingMatrix vectors;
    vectors.dimension = dimension;
    std::vector<ChunkId> chunks;
    for (const PendingChunk& chunk : pending) {
      Random random(Hash64(chunk.text));
      for (uint32_t d = 0; d < dimension; ++d) {
        vectors.values.push_back(static_cast<float>(random.Gaussian()));
      }
      chunks.push_back(chunk.chunk);
    }
    ASSERT_OK(writer.PutVectors(generation, chunks, vectors));
  }
  // Closes the index and puts a pipe in place of the rows that `collection` has saved: to load it waits
  // for LetLoad of the pipe.
  std::string PutPipeForRows(CollectionId collection) {
    index_.reset();
    const std::string rows = Directory() + "/derived/" +
                             DerivedFiles::Open(Directory(), /*read_only=*/true)
                                 .value()
                                 ->files()
                                 .at(std::to_string(collection.value) + "/saved/rows")
                                 .name;
    std::filesystem::remove(rows);
    EXPECT_EQ(::mkfifo(rows.c_str(), 0600), 0);
    return rows;
  }
  // Opens the other end, once this one is open, and closes it.
  static void LetLoad(const std::string& pipe) {
    const int end = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
    EXPECT_GE(end, 0);
    ::close(end);
  }
  void ExpectVerified() {
    const auto report = index_->Verify(TestCollection(), CallContext());
    ASSERT_OK(report.status());
    EXPECT_THAT(report->problems, ::testing::IsEmpty());
  }

  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  FakeClock clock_{1'700'000'000'000'000};
  std::unique_ptr<Index> index_;
};

}  // namespace quarry::index
