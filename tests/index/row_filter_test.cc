#include "index/row_filter.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/document_fields.h"
#include "index/keys.h"
#include "index/snapshot.h"
#include "tests/testing/counted_store.h"
#include "tests/testing/memory_store.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

constexpr CollectionId kFiltered(1);
constexpr uint64_t kManyRows = 20'000;
constexpr uint64_t kGivenUpAt = 10;

// Index rows without end, read by a caller who gives up at one of the first.
class GivenUpView final : public StoreView {
 public:
  explicit GivenUpView(CancelToken cancel) : cancel_(std::move(cancel)) {}

  Result<std::optional<std::string>> Get(std::string_view) const override {
    return std::optional<std::string>();
  }
  Status Scan(std::string_view prefix, std::string_view, const Visitor& visit) const override {
    const bool is_principal = prefix.starts_with(TablePrefix(kFiltered, Table::kPrincipal));
    for (uint64_t i = 1; i <= kManyRows; ++i) {
      if (i == kGivenUpAt) cancel_.Cancel();
      ++read_;
      const DocumentNumber document(i);
      const std::string key =
          is_principal ? PrincipalKey(kFiltered, "ann", document)
                       : MetadataIndexKeys(kFiltered, {{"team", std::string("ops")}}, document)[0];
      if (!visit(key, "")) break;
    }
    return OkStatus();
  }
  Status ScanBackward(std::string_view, std::string_view, const Visitor&) const override {
    return OkStatus();
  }

  uint64_t read() const { return read_; }

 private:
  const CancelToken cancel_;
  mutable uint64_t read_ = 0;
};

SnapshotParts GivenUpParts(std::shared_ptr<const GivenUpView> view) {
  SnapshotParts parts;
  parts.view = std::move(view);
  parts.collection.id = kFiltered;
  parts.lexical = LexicalIndex::Empty();
  return parts;
}

// The status of a selection that is given up while it reads, and how many rows it has read.
std::pair<Status, uint64_t> GiveUp(const Filter& filter, const Principals& principals) {
  CallContext context;
  const auto view = std::make_shared<const GivenUpView>(context.cancel);
  const Status status =
      SelectRows(Snapshot(GivenUpParts(view)), filter, principals, context).status();
  return {status, view->read()};
}

TEST(RowFilter, ReadingIndexRowsEndsSoonAfterNobodyWaits) {
  const Filter filter{.op = Filter::Op::kEq,
                      .children = {},
                      .field = "team",
                      .values = {MetadataValue(std::string("ops"))}};
  const Principals ann{.unrestricted = false, .names = {"ann"}};
  for (const auto& [status, read] : {GiveUp(filter, Principals{}), GiveUp(Filter{}, ann)}) {
    EXPECT_EQ(status.code(), Code::kCancelled) << status.ToString();
    EXPECT_LT(read, 2'000u);
  }
}

TEST(RowFilter, WhatWasGivenUpIsReadAnew) {
  CallContext context;
  const auto view = std::make_shared<const GivenUpView>(context.cancel);
  const Snapshot snapshot(GivenUpParts(view));
  const Principals nobody{.unrestricted = false, .names = {}};
  EXPECT_EQ(SelectRows(snapshot, Filter{}, nobody, context).status().code(), Code::kCancelled);
  const uint64_t before = view->read();
  EXPECT_OK(SelectRows(snapshot, Filter{}, nobody, CallContext()).status());
  EXPECT_EQ(view->read() - before, kManyRows);
}

constexpr uint64_t kDocuments = 100;

// A snapshot of documents of a chunk each whose reading is counted: in English and Chinese in turn;
// every fourth ann may read, every fourth bob, and the others anybody.
class RowFilterTest : public ::testing::Test {
 protected:
  RowFilterTest() {
    WriteBatch batch;
    SnapshotParts parts;
    std::vector<IdMap::Entry> positions;
    for (uint64_t i = 0; i < kDocuments; ++i) {
      StoredDocument document;
      document.number = DocumentNumber(i + 1);
      document.id = std::to_string(i);
      document.commit = CommitSequence(1);
      document.language = i % 2 == 0 ? "en" : "zh";
      batch.Put(DocumentKey(kFiltered, document.number), EncodeDocument(document));
      if (i % 4 < 2) {
        batch.Put(PrincipalKey(kFiltered, i % 4 == 0 ? "ann" : "bob", document.number), "");
      }
      const size_t at = parts.rows.Append(document.number, document.id, {ChunkId(i + 1)});
      positions.push_back({.id = document.number.value, .value = static_cast<uint32_t>(at)});
    }
    QUARRY_CHECK(store_->Write(batch).ok());
    parts.view = std::make_shared<const testing::CountedView>(store_->GetView(), counts_);
    parts.collection.id = kFiltered;
    parts.lexical = LexicalIndex::Empty();
    parts.positions.Put(std::move(positions));
    parts.live = Bitmap(kDocuments, true);
    parts.live_versions = Bitmap(kDocuments, true);
    snapshot_ = std::make_unique<const Snapshot>(std::move(parts));
  }

  size_t CountReadable(std::vector<std::string> names) {
    const Principals principals{.unrestricted = false, .names = std::move(names)};
    return SelectRows(*snapshot_, Filter{}, principals, CallContext())->Count();
  }
  size_t CountSelected(const Filter& filter) {
    return SelectRows(*snapshot_, filter, Principals{}, CallContext())->Count();
  }
  // Keys that were read since it was asked last.
  size_t TakeRead() { return std::exchange(counts_, {}).keys; }

  const std::unique_ptr<Store> store_ = testing::NewMemoryStore();
  testing::ReadCounts counts_;
  std::unique_ptr<const Snapshot> snapshot_;
};

TEST_F(RowFilterTest, TheAccessListsOfASnapshotAreReadOnce) {
  EXPECT_EQ(CountReadable({"ann"}), kDocuments * 3 / 4);
  EXPECT_EQ(TakeRead(), kDocuments / 2 + kDocuments / 4);
  EXPECT_EQ(CountReadable({"bob"}), kDocuments * 3 / 4);
  EXPECT_EQ(TakeRead(), kDocuments / 4);  // of bob alone
  EXPECT_EQ(CountReadable({}), kDocuments / 2);
  EXPECT_EQ(TakeRead(), 0u);
}

TEST_F(RowFilterTest, TheDocumentsOfALanguageAreReadOnceASnapshot) {
  EXPECT_EQ(CountSelected(InLanguage("zh")), kDocuments / 2);
  EXPECT_EQ(TakeRead(), kDocuments);
  EXPECT_EQ(CountSelected(InLanguage("zh")), kDocuments / 2);
  EXPECT_EQ(TakeRead(), 0u);
  EXPECT_EQ(CountSelected(InLanguage("en")), kDocuments / 2);
  EXPECT_EQ(CountSelected({.children = {InLanguage("zh"), InLanguage("en")}}), 0u);
  EXPECT_EQ(CountSelected(InLanguage("fr")), 0u);
}

}  // namespace
}  // namespace quarry::index
