// The process that is killed, cut off, refused and lied to: a store is written, looked at or
// probed, and what happens is printed, one line per step. survival_testing.h reads it.
//
//   store_child write DIR SEED STEPS   looks, then makes random changes ("begin ...", "done ...",
//                                      "refused ..."); STEPS 0 = until it is killed
//   store_child look DIR               opens it for reading only and looks
//   store_child build DIR SEED         makes a store of all kinds of files, ends without closing;
//                                      "log SIZE" after each batch that only the log holds
//   store_child probe DIR              for reading only; and
//   store_child probe-and-write DIR    asks all there is to ask: "probe NAME ok DIGEST" or
//                                      "probe NAME error CODE: MESSAGE"
//
// QUARRY_CHILD_ROOT   below which file calls are watched; QUARRY_CHILD_JOURNAL the journal's path
// QUARRY_CHILD_FAIL   CALL:N:ERRNO:once or CALL:N:ERRNO:always (file_journal.h), from the opening
// on
// QUARRY_CHILD_CLOSE  1 = closes the store at the end
// QUARRY_CHILD_FILL   a file that fills the disk before the store is closed

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "index/index.h"
#include "index/indexed_terms.h"
#include "model/embedder_factory.h"
#include "model/learnt_embedder.h"
#include "tests/survival/file_journal.h"
#include "tests/testing/fill_disk.h"
#include "tests/testing/test_analyzer.h"

namespace quarry::index {
namespace {

constexpr uint32_t kDimension = 8;
constexpr size_t kIds = 30;
constexpr rlim_t kMemoryLimit = rlim_t{2} << 30;

const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One line, in one write: the reader has all of it or nothing.
void Say(std::string line) {
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  testing::JournalPrint(line);
  if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ::_exit(3);
  }
}

// Small buffers, so that flushes, compactions and merges of graphs are frequent.
IndexOptions Options(bool read_only) {
  IndexOptions options;
  options.read_only = read_only;
  options.store.write_buffer_bytes = 64 << 10;
  options.store.block_cache_bytes = 4 << 20;
  options.store.min_free_bytes = 0;
  options.vectors.hnsw_from = 60;
  options.vectors.build_threads = 1;
  return options;
}

// --- Documents, which follow from their id and version ---

std::string Paragraph(uint64_t seed) {
  static constexpr const char* kWords[] = {"valve", "pump",  "seal", "bearing", "水泵",
                                           "阀门",  "motor", "flow", "level",   "gasket"};
  Random random(seed);
  std::string text;
  for (uint64_t n = 10 + random.Below(80); n > 0; --n) {
    text += kWords[random.Below(std::size(kWords))];
    text += random.Below(4) == 0 ? " " + std::to_string(random.Below(1000)) + " " : " ";
  }
  return text + ".";
}

// Some paragraphs stay from one version to the next.
std::vector<std::string> Paragraphs(const std::string& id, uint64_t version) {
  Random random(HashCombine(Hash64(id), version));
  std::vector<std::string> paragraphs = {id + " revision " + std::to_string(version)};
  for (uint64_t n = random.Below(6); n > 0; --n) {
    const uint64_t part = random.Below(2) == 0 ? version : version / 4;
    paragraphs.push_back(Paragraph(HashCombine(Hash64(id), part * 8 + n)));
  }
  return paragraphs;
}

DocumentDraft DraftOf(const std::string& id, uint64_t version) {
  DocumentDraft draft;
  Document& document = draft.document;
  document.id = id;
  document.title = "Title of " + id;
  document.metadata["version"] = static_cast<double>(version);
  const std::vector<std::string> paragraphs = Paragraphs(id, version);
  document.text = Join(paragraphs, "\n\n");
  document.source_hash = Hash64(document.text);
  size_t begin = 0;
  for (const std::string& paragraph : paragraphs) {
    Chunk chunk;
    chunk.text = paragraph;
    chunk.span.begin = begin;
    chunk.span.end = begin + paragraph.size();
    begin = chunk.span.end + 2;
    chunk.text_hash = Hash64(paragraph);
    chunk.input_hash = Hash64(IndexedText(document.title, chunk));
    chunk.token_count = CountTokens(paragraph);
    draft.chunks.push_back({chunk, IndexedTerms(testing::TestAnalyzer(), document.title, chunk,
                                                IndexOptions().title_weight)});
  }
  return draft;
}

std::vector<float> VectorOf(std::string_view text) {
  Random random(Hash64(text));
  std::vector<float> vector(kDimension);
  for (float& x : vector) x = static_cast<float>(random.Gaussian());
  return vector;
}

// --- A store that is open ---

class Subject {
 public:
  explicit Subject(std::string directory) : directory_(std::move(directory)) {}

  Status Open(bool read_only) {
    index_.reset();
    QUARRY_ASSIGN_OR_RETURN(
        index_, Index::Open(directory_, Options(read_only), testing::TestAnalyzer(), clock_));
    Result<CollectionId> found = index_->FindCollection("c");
    if (found.status().code() == Code::kNotFound && !read_only) {
      found = index_->CreateCollection("c");
    }
    QUARRY_ASSIGN_OR_RETURN(collection_, std::move(found));
    return index_->GetSnapshot(collection_).status();
  }
  bool open() const { return index_ != nullptr; }
  void Close() { index_.reset(); }
  Index& index() { return *index_; }
  CollectionId collection() const { return collection_; }
  std::shared_ptr<const Snapshot> Now() { return index_->GetSnapshot(collection_).value(); }
  IndexWriter Writer() { return index_->OpenWriter(collection_).value(); }

 private:
  const std::string directory_;
  const SystemClock clock_;
  std::unique_ptr<Index> index_;
  CollectionId collection_;
};

std::string State(Subject& subject) {
  const auto snapshot = subject.Now();
  const uint32_t generation = snapshot->generation() ? snapshot->generation()->id.value : 0;
  return std::to_string(generation) + " " +
         std::to_string(generation == 0 ? 0 : snapshot->pending_vectors());
}

// What the store as a whole and its collection are found to suffer from.
Result<std::vector<std::string>> Verified(Subject& subject) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<std::string> problems,
                          subject.index().VerifyStore(CallContext()));
  QUARRY_ASSIGN_OR_RETURN(const VerifyReport report,
                          subject.index().Verify(subject.collection(), CallContext()));
  problems.insert(problems.end(), report.problems.begin(), report.problems.end());
  return problems;
}

// "ready GENERATION PENDING ID=VERSION ... | PROBLEM; PROBLEM ..."; the versions, 0 if not to be
// told.
std::map<std::string, uint64_t> Look(Subject& subject) {
  std::map<std::string, uint64_t> versions;
  std::string problems;
  const auto problem = [&](const std::string& what) { problems += what + "; "; };
  const auto snapshot = subject.Now();
  const Status visited = snapshot->ForEachDocument([&](const StoredDocument& document) {
    uint64_t version = 0;
    if (const auto it = document.metadata.find("version"); it != document.metadata.end()) {
      version = static_cast<uint64_t>(std::get<double>(it->second));
    }
    versions[document.id] = version;
    const Result<std::string> text = snapshot->ReadText(document.number);
    if (!text.ok()) return problem(text.status().ToString()), true;
    if (*text != Join(Paragraphs(document.id, version), "\n\n")) {
      problem(document.id + ": its text is not that of version " + std::to_string(version));
    }
    return true;
  });
  if (!visited.ok()) problem(visited.ToString());
  if (versions.size() != snapshot->live_documents()) problem("documents miscounted");
  const Result<std::vector<std::string>> verified = Verified(subject);
  if (!verified.ok()) problem(verified.status().ToString());
  if (verified.ok()) {
    for (const std::string& found : *verified) problem(found);
  }
  std::string line = "ready " + State(subject);
  for (const auto& [id, version] : versions) line += " " + id + "=" + std::to_string(version);
  Say(line + " | " + problems);
  return versions;
}

// --- Random changes ---

void CloseOnFullDisk(Subject& subject) {
  if (const std::string path = Variable("QUARRY_CHILD_FILL"); !path.empty()) {
    testing::FillDisk(path, 0);
  }
  subject.Close();
}

class Changes {
 public:
  Changes(Subject& subject, uint64_t seed, std::map<std::string, uint64_t> versions)
      : subject_(subject), random_(seed), versions_(std::move(versions)) {
    for (const auto& [id, version] : versions_) next_ = std::max(next_, version + 1);
  }

  void Step() {
    const uint64_t die = random_.Below(100);
    if (die < 55) return Put();
    if (die < 68) return Delete();
    if (die < 84) return Embed();
    if (die < 94) return NewGeneration();
    return Reopen();
  }

 private:
  void Tell(const Status& status) {
    if (status.ok()) {
      Say("done " + State(subject_));
    } else {
      Say("refused " + status.ToString());
    }
  }

  void Put() {
    std::map<std::string, uint64_t> changed;
    // Now and then more than a block of the log, and than a buffer.
    const bool many = random_.Below(8) == 0;
    for (uint64_t n = 1 + random_.Below(many ? 40 : 5); n > 0; --n) {
      changed["d" + std::to_string(random_.Below(kIds))] = next_++;
    }
    std::string line = "begin documents";
    std::vector<DocumentDraft> drafts;
    for (const auto& [id, version] : changed) {
      line += " " + id + "=" + std::to_string(version);
      drafts.push_back(DraftOf(id, version));
    }
    Say(line);
    Tell(subject_.Writer().Put(std::move(drafts)).status());
  }

  void Delete() {
    std::vector<DocumentId> ids;
    std::string line = "begin documents";
    for (uint64_t n = 1 + random_.Below(3); n > 0; --n) {
      const DocumentId id = "d" + std::to_string(random_.Below(kIds));
      // Deleting what is not there writes nothing.
      if (!subject_.Now()->ReadDocument(id).ok()) continue;
      ids.push_back(id);
      line += " " + id + "=0";
    }
    if (ids.empty()) return;
    Say(line);
    Tell(subject_.Writer().Delete(ids).status());
  }

  // At most `limit` chunks.
  Result<size_t> PutVectors(IndexWriter& writer, GenerationId generation, size_t limit) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<PendingChunk> pending,
                            writer.Pending(generation, ChunkId(), limit));
    EmbeddingMatrix vectors;
    vectors.dimension = kDimension;
    std::vector<ChunkId> chunks;
    for (const PendingChunk& chunk : pending) {
      const std::vector<float> vector = VectorOf(chunk.text);
      vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
      chunks.push_back(chunk.chunk);
    }
    QUARRY_RETURN_IF_ERROR(writer.PutVectors(generation, chunks, vectors));
    return chunks.size();
  }

  void Embed() {
    const auto snapshot = subject_.Now();
    if (!snapshot->generation()) return;
    IndexWriter writer = subject_.Writer();
    Say("begin vectors");
    Tell(PutVectors(writer, snapshot->generation()->id, 40).status());
  }

  void NewGeneration() {
    if (subject_.Now()->live_documents() == 0) return;
    IndexWriter writer = subject_.Writer();
    Say("begin generation");
    const EmbeddingSpace space{"test:" + std::to_string(random_.Next()), kDimension,
                               Metric::kInnerProduct, false};
    const Result<GenerationId> begun = writer.BeginGeneration("test", space, "table", 1);
    Tell(begun.status());
    if (!begun.ok()) return;
    while (writer.PendingCount(*begun) > 0) {
      Say("begin generation");
      const Status status = PutVectors(writer, *begun, 50).status();
      Tell(status);
      if (!status.ok()) return;
    }
    Say("begin publish");
    Tell(writer.PublishGeneration(*begun, CallContext()));
  }

  void Reopen() {
    Say("begin reopen");
    CloseOnFullDisk(subject_);
    // What keeps it shut may be over soon.
    Status status;
    for (int i = 0; i < 3; ++i) {
      status = subject_.Open(/*read_only=*/false);
      if (status.ok()) return Tell(status);
      Say("refused " + status.ToString());
    }
    ::_exit(4);
  }

  Subject& subject_;
  Random random_;
  std::map<std::string, uint64_t> versions_;
  uint64_t next_ = 1;
};

void ArmFault() {
  const std::string fault = Variable("QUARRY_CHILD_FAIL");
  if (fault.empty()) return;
  std::istringstream fields(fault);
  std::string call;
  std::string n;
  std::string error;
  std::string how_long;
  std::getline(fields, call, ':');
  std::getline(fields, n, ':');
  std::getline(fields, error, ':');
  std::getline(fields, how_long);
  const auto name =
      std::find(std::begin(testing::kFileCallNames), std::end(testing::kFileCallNames), call);
  QUARRY_CHECK(name != std::end(testing::kFileCallNames));
  testing::FailCall(static_cast<testing::FileCall>(name - std::begin(testing::kFileCallNames)),
                    std::stoull(n), std::stoi(error), how_long == "always");
}

int Write(const std::string& directory, uint64_t seed, uint64_t steps) {
  ArmFault();
  const auto tell_of_fault = [] {
    if (*Variable("QUARRY_CHILD_FAIL") == '\0') return;
    Say(testing::CallHasFailed() ? "a call has failed" : "no call has failed");
  };
  Subject subject(directory);
  if (const Status status = subject.Open(/*read_only=*/false); !status.ok()) {
    Say("closed " + status.ToString());
    tell_of_fault();
    return 2;
  }
  Changes changes(subject, seed, Look(subject));
  for (uint64_t step = 0; steps == 0 || step < steps; ++step) changes.Step();
  if (*Variable("QUARRY_CHILD_CLOSE") != '\0') CloseOnFullDisk(subject);
  tell_of_fault();
  ::_exit(0);
}

int LookOnly(const std::string& directory) {
  Subject subject(directory);
  if (const Status status = subject.Open(/*read_only=*/true); !status.ok()) {
    Say("closed " + status.ToString());
    return 2;
  }
  Look(subject);
  return 0;
}

// --- A store with every kind of file, and questions to it ---

// Learnt from the chunks, as an embedding maintainer would.
Status Learn(Subject& subject) {
  const auto snapshot = subject.Now();
  const model::TextSource source = [&](const std::function<void(std::string_view)>& visit) {
    return snapshot->ForEachIndexedText([&](ChunkId, std::string_view text) {
      visit(text);
      return true;
    });
  };
  model::LearningOptions options;
  options.dimension = 32;
  options.threads = 1;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          model::LearnEmbedder(source, options, CallContext()));
  IndexWriter writer = subject.Writer();
  QUARRY_ASSIGN_OR_RETURN(
      const GenerationId generation,
      writer.BeginGeneration(model::LearntKind(*embedder), embedder->space(),
                             model::SerializeLearntEmbedder(*embedder), snapshot->live_chunks()));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<PendingChunk> pending,
                          writer.Pending(generation, ChunkId(), 100'000));
  std::vector<std::string> texts;
  std::vector<ChunkId> chunks;
  for (const PendingChunk& chunk : pending) {
    texts.push_back(chunk.text);
    chunks.push_back(chunk.chunk);
  }
  QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix vectors,
                          embedder->Embed(texts, model::EmbeddingRole::kDocument, CallContext()));
  QUARRY_RETURN_IF_ERROR(writer.PutVectors(generation, chunks, vectors));
  return writer.PublishGeneration(generation, CallContext());
}

// Of RocksDB's newest.
uint64_t LogSize(const std::string& directory) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/db")) {
    const std::string path = entry.path().string();
    if (path.ends_with(".log")) newest = std::max(newest, path);
  }
  return std::filesystem::file_size(newest);
}

int Build(const std::string& directory, uint64_t seed) {
  Subject subject(directory);
  const auto run = [&]() -> Status {
    QUARRY_RETURN_IF_ERROR(subject.Open(/*read_only=*/false));
    uint64_t version = seed;
    const auto put = [&](size_t from, size_t count) -> Status {
      std::vector<DocumentDraft> drafts;
      for (size_t i = 0; i < count; ++i) {
        drafts.push_back(DraftOf("d" + std::to_string(from + i), ++version));
      }
      return subject.Writer().Put(std::move(drafts)).status();
    };
    for (size_t from = 0; from < 60; from += 10) QUARRY_RETURN_IF_ERROR(put(from, 10));
    QUARRY_RETURN_IF_ERROR(Learn(subject));
    QUARRY_RETURN_IF_ERROR(subject.index().WaitForMaintenance(CallContext()));  // the graph
    // Closed, so that all of this is in tables, and the rest in a log.
    QUARRY_RETURN_IF_ERROR(subject.Open(/*read_only=*/false));
    QUARRY_RETURN_IF_ERROR(put(55, 10));
    QUARRY_RETURN_IF_ERROR(subject.Open(/*read_only=*/false));
    for (size_t i = 0; i < 8; ++i) {
      QUARRY_RETURN_IF_ERROR(put(i * 7, 1));
      Say("log " + std::to_string(LogSize(directory)));
      const DocumentId gone[] = {"d" + std::to_string(20 + i)};
      QUARRY_RETURN_IF_ERROR(subject.Writer().Delete(gone).status());
      Say("log " + std::to_string(LogSize(directory)));
    }
    return OkStatus();
  };
  const Status status = run();
  Say(status.ok() ? "built" : status.ToString());
  ::_exit(status.ok() ? 0 : 2);
}

class Probe {
 public:
  template <typename Ask>  // Result<std::string>
  static void Run(const std::string& name, const Ask& ask) {
    const Result<std::string> answer = ask();
    if (answer.ok()) {
      Say("probe " + name + " ok " + HashToHex(Hash64(*answer)));
    } else {
      Say("probe " + name + " error " + answer.status().ToString());
    }
  }
};

std::string Shown(const Snapshot& snapshot, const std::vector<ScoredRow>& rows) {
  std::string shown;
  for (const ScoredRow& row : rows) {
    shown += std::string(snapshot.rows().DocumentOf(row.row).id) + "#" +
             std::to_string(snapshot.rows().row(row.row).ordinal) + " " +
             std::to_string(row.score) + "\n";
  }
  return shown;
}

int Ask(const std::string& directory, bool read_only) {
  Subject subject(directory);
  const Status opened = subject.Open(read_only);
  Probe::Run("open", [&]() -> Result<std::string> {
    QUARRY_RETURN_IF_ERROR(opened);
    return std::string();
  });
  if (!opened.ok()) return 0;
  const auto snapshot = subject.Now();
  Probe::Run("documents", [&]() -> Result<std::string> {
    std::string all;
    Status status;
    QUARRY_RETURN_IF_ERROR(snapshot->ForEachDocument([&](const StoredDocument& document) {
      Result<std::string> text = snapshot->ReadText(document.number);
      status = text.status();
      all += document.id + "\n" + (text.ok() ? *text : "") + "\n";
      for (const ChunkId chunk : document.chunks) {
        const Result<StoredChunk> record = snapshot->ReadChunk(chunk);
        if (status.ok()) status = record.status();
        if (record.ok()) all += record->text + "\n";
      }
      return status.ok();
    }));
    QUARRY_RETURN_IF_ERROR(status);
    return all;
  });
  Probe::Run("state", [&]() -> Result<std::string> { return State(subject); });
  for (const char* words : {"valve", "水泵", "revision 7", "title gasket flow", "d13"}) {
    Probe::Run("words:" + HashToHex(Hash64(words)), [&]() -> Result<std::string> {
      std::vector<QueryTerm> terms;
      for (Token& token : testing::TestAnalyzer().Tokenize(words))
        terms.push_back(std::move(token.term));
      QUARRY_ASSIGN_OR_RETURN(const std::vector<ScoredRow> rows,
                              snapshot->SearchLexical(terms, 1000, {}, CallContext()));
      return Shown(*snapshot, rows);
    });
  }
  for (const char* words : {"valve 17", "水泵 阀门", "level of the motor"}) {
    Probe::Run("meaning:" + HashToHex(Hash64(words)), [&]() -> Result<std::string> {
      if (!snapshot->generation()) return std::string("none");
      QUARRY_ASSIGN_OR_RETURN(SharedBytes table, snapshot->ReadEmbedderBlob());
      QUARRY_ASSIGN_OR_RETURN(
          const std::shared_ptr<const model::Embedder> embedder,
          model::OpenEmbedder(snapshot->generation()->embedder_kind, std::move(table)));
      const std::string texts[] = {words};
      QUARRY_ASSIGN_OR_RETURN(const EmbeddingMatrix query,
                              embedder->Embed(texts, model::EmbeddingRole::kQuery, CallContext()));
      // A walk as wide as the graph finds all.
      QUARRY_ASSIGN_OR_RETURN(
          const std::vector<ScoredRow> rows,
          snapshot->SearchDense(query.Row(0), 1000, {}, {.width = 1000}, CallContext()));
      return Shown(*snapshot, rows);
    });
  }
  Probe::Run("verify", [&]() -> Result<std::string> {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> problems, Verified(subject));
    if (!problems.empty()) return DataLossError("verify: " + problems[0]);
    return std::string();
  });
  subject.Close();
  Say("end");
  return 0;
}

int Run(const std::vector<std::string>& words) {
#if !defined(__SANITIZE_ADDRESS__)  // which reserves terabytes
  const rlimit limit{kMemoryLimit, kMemoryLimit};
  QUARRY_CHECK(::setrlimit(RLIMIT_AS, &limit) == 0);
#endif
  if (const std::string root = Variable("QUARRY_CHILD_ROOT"); !root.empty()) {
    testing::StartJournal(Variable("QUARRY_CHILD_JOURNAL"), root);
  }
  if (words.size() == 4 && words[0] == "write") {
    return Write(words[1], std::stoull(words[2]), std::stoull(words[3]));
  }
  if (words.size() == 2 && words[0] == "look") return LookOnly(words[1]);
  if (words.size() == 3 && words[0] == "build") return Build(words[1], std::stoull(words[2]));
  if (words.size() == 2 && words[0] == "probe") return Ask(words[1], /*read_only=*/true);
  if (words.size() == 2 && words[0] == "probe-and-write") return Ask(words[1], false);
  std::fputs("store_child: see the head of store_child.cc\n", stderr);
  return 64;
}

}  // namespace
}  // namespace quarry::index

int main(int count, char** words) {
  return quarry::index::Run(std::vector<std::string>(words + 1, words + count));
}
