#include "tests/testing/engine_testing.h"

#include "index/keys.h"
#include "ingest/parser.h"

namespace quarry::testing {

Document TextDocument(const std::string& id, const std::string& title, const std::string& text) {
  ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kPlainText)
                                    .Parse(text, {.id = id, .path = id, .uri = "test:" + id})
                                    .value();
  Document document = std::move(parsed.documents.at(0));
  document.id = id;
  document.title = title;
  return document;
}

TestEngine::TestEngine(RetrievalOptions retrieval, generation::AnswerOptions answers)
    : index(index::Index::Open(directory.path() + "/store", {}, analyzer, clock).value()),
      collection(index->CreateCollection("default").value()),
      retriever(analyzer, embedders, retrieval),
      answerer(analyzer, retriever, token_counter, answers),
      whole_documents(analyzer, token_counter, std::nullopt),
      cached_answerer(
          std::make_unique<generation::CachedAnswerer>(answerer, *index, nullptr, metrics)),
      assistant(std::make_unique<generation::Assistant>(*cached_answerer, std::nullopt,
                                                        generation::AssistantOptions())),
      maintainer(*index, embedders, ingest.embedding) {}

void TestEngine::UseCache(retrieval::CacheOptions options) {
  assistant.reset();
  cached_answerer.reset();
  cache = std::make_unique<retrieval::AnswerCache>(*index, embedders, nullptr, std::move(options),
                                                   /*read_only=*/false, clock, metrics);
  cached_answerer =
      std::make_unique<generation::CachedAnswerer>(answerer, *index, cache.get(), metrics);
  assistant = std::make_unique<generation::Assistant>(*cached_answerer, std::nullopt,
                                                      generation::AssistantOptions());
}

ingest::IngestReport TestEngine::Add(std::vector<Document> documents) {
  index::IndexWriter writer = index->OpenWriter(collection).value();
  ingest::Pipeline pipeline(writer, analyzer, pool, embedders, ingest);
  ingest::IngestReport report;
  const Status added = pipeline.Add(std::move(documents), report, CallContext());
  QUARRY_CHECK(added.ok());
  const Status embedded = pipeline.Embed(report, nullptr, CallContext());
  QUARRY_CHECK(embedded.ok());
  return report;
}

std::shared_ptr<const index::Snapshot> TestEngine::snapshot() {
  return index->GetSnapshot(collection).value();
}

void DamageRecord(index::ObjectTable& objects, const index::ObjectName& name) {
  const uint64_t number = objects.Get(name).value().value().number;
  index::WriteBatch damage;
  damage.Put(index::ObjectKey(name.kind, name.scope, number, 0), "\x63");
  const Status written = objects.WriteWith(index::ObjectBatch(), std::move(damage));
  QUARRY_CHECK(written.ok());
}

void DamageCollection(index::Index& index, CollectionId collection) {
  index::WriteBatch damage;
  damage.Put(index::DocumentKey(collection, DocumentNumber(1)), "\x63");
  const Status written = index.objects().WriteWith(index::ObjectBatch(), std::move(damage));
  QUARRY_CHECK(written.ok());
}

std::vector<Document> SmallCorpus() {
  std::vector<Document> documents;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    documents.push_back(TextDocument("pumps/p" + n, "Pump P-" + n,
                                     "The pump P-" + n + " delivers " + std::to_string(10 + i) +
                                         " litres per second. Its motor draws " +
                                         std::to_string(2 + i) +
                                         " kilowatts and is cooled by water."));
    documents.push_back(TextDocument(
        "valves/v" + n, "Valve V-" + n,
        "The valve V-" + n + " closes within " + std::to_string(3 + i) +
            " seconds. It is made of bronze and tested at " + std::to_string(16 + i) + " bar."));
    documents.push_back(TextDocument("zh/b" + n, "水泵 B-" + n,
                                     "水泵 B-" + n + " 每秒输送" + std::to_string(20 + i) +
                                         "升水。电机功率为" + std::to_string(5 + i) +
                                         "千瓦，用水冷却。"));
  }
  documents.push_back(TextDocument("hr/leave", "Leave",
                                   "Every employee has 28 days of paid leave per year. Unused days "
                                   "lapse at the end of March."));
  documents.push_back(TextDocument("hr/leave-zh", "休假",
                                   "每位员工每年有28天带薪休假。未使用的天数在三月底作废。"));
  documents.push_back(
      TextDocument("office/address", "Address",
                   "The head office stands at 4 Mill Lane. Visitors ring the bell."));
  documents.push_back(
      TextDocument("office/parking", "Parking",
                   "Bicycles are parked in the yard. Cars are parked behind the mill."));
  return documents;
}

}  // namespace quarry::testing
