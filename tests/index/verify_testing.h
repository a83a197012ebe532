#pragma once

// A store to plant faults in behind the index's back, and what `verify` says of it.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "index/collection.h"
#include "index/derived_files.h"
#include "index/keys.h"
#include "index/verify.h"
#include "tests/index/index_testing.h"

namespace quarry::index {

inline const CollectionId kVerifiedCollection(1);
inline constexpr uint32_t kVerifyDimension = 8;
inline constexpr GenerationId kKept(1);
inline constexpr GenerationId kCurrent(2);

inline EmbeddingSpace SpaceOf(GenerationId generation) {
  return {.fingerprint = "space " + std::to_string(generation.value),
          .dimension = kVerifyDimension};
}
inline std::string VectorKeyOf(GenerationId generation, ChunkId chunk) {
  return VectorKey(kVerifiedCollection, SpaceHash(SpaceOf(generation)), generation, chunk);
}

// A store with everything that verification looks at: rows of every kind, two generations, a graph
// and saved files.
class VerifyTest : public IndexTest {
 protected:
  static IndexOptions Options(VectorIndexKind kind) {
    IndexOptions options;
    options.vectors.kind = kind;
    options.vectors.build_threads = 1;
    return options;
  }
  // With the graph that most tests want: made once, then copied.
  void CopyStore() {
    static const TemporaryDirectory made = testing::MakeTemporaryDirectory();
    if (!std::filesystem::exists(made.path() + "/store")) {
      MakeStore();
      std::filesystem::copy(Directory(), made.path() + "/store",
                            std::filesystem::copy_options::recursive);
      std::filesystem::remove_all(Directory());
    }
    options_ = Options(VectorIndexKind::kHnsw);
    std::filesystem::copy(made.path() + "/store", Directory(),
                          std::filesystem::copy_options::recursive);
  }
  void MakeStore(VectorIndexKind kind = VectorIndexKind::kHnsw) {
    options_ = Options(kind);
    ASSERT_OK(Open(options_));
    std::vector<DocumentDraft> drafts;
    for (int i = 0; i < 60; ++i) {
      drafts.push_back(MakeDraft("d" + std::to_string(i), {"text number " + std::to_string(i)},
                                 {{"year", 2000.0 + i}}, {"ann"}));
      drafts.back().document.source = "file" + std::to_string(i);
    }
    Put(std::move(drafts));
    DocumentDraft moved = MakeDraft("moved", {"text number 5"}, {}, {});
    moved.moved_from = "d5";
    std::vector<DocumentDraft> move;
    move.push_back(std::move(moved));
    Put(std::move(move));
    for (const GenerationId id : {kKept, kCurrent}) {
      {
        auto writer = index_->OpenWriter(TestCollection()).value();
        ASSERT_EQ(writer.BeginGeneration("test", SpaceOf(id), "table", 60).value(), id);
        Embed(writer, id, kVerifyDimension);
        ASSERT_OK(writer.PublishGeneration(id, CallContext()));
      }
      ASSERT_OK(index_->WaitForMaintenance(CallContext()));  // which makes the graph
    }
    index_.reset();
  }

  std::unique_ptr<Store> RawStore() {
    return OpenRocksStore(Directory() + "/db", {.create_if_missing = false}).value();
  }
  void Plant(const std::function<void(const StoreView&, WriteBatch&)>& plant) {
    const auto store = RawStore();
    WriteBatch batch;
    plant(*store->GetView(), batch);
    ASSERT_OK(store->Write(batch));
  }
  void PlantFile(const std::string& role, uint64_t commit,
                 const std::function<void(std::string&)>& change) {
    const auto derived = DerivedFiles::Open(Directory(), false).value();
    std::string bytes(derived->Load(role)->bytes());
    change(bytes);
    ASSERT_OK(derived->Save(role, bytes, commit));
  }

  std::vector<std::string> Problems() {
    EXPECT_OK(Open(options_));
    auto report = index_->Verify(kVerifiedCollection, CallContext());
    EXPECT_OK(report.status());
    auto problems = index_->VerifyStore(CallContext());
    EXPECT_OK(problems.status());
    notes_ = report->notes;
    for (std::string& problem : report->problems) problems->push_back(std::move(problem));
    return *std::move(problems);
  }

  IndexOptions options_;
  std::vector<std::string> notes_;
};

// What is open was read from the files that were there then; these are what the next start reads.
class VerifySavedFilesTest : public VerifyTest {
 protected:
  void SetUp() override {
    CopyStore();
    store_ = RawStore();
    derived_ = DerivedFiles::Open(Directory(), false).value();
    const auto record = store_->GetView()->Get(CollectionKey(kVerifiedCollection)).value().value();
    collection_ = Collection::Load({.store = *store_,
                                    .derived = *derived_,
                                    .clock = clock_,
                                    .vectors = options_.vectors,
                                    .limits = {}},
                                   DecodeCollection(record).value())
                      .value();
    ASSERT_THAT(SavedProblems(), ::testing::IsEmpty());
  }

  std::string Load(const std::string& role) { return std::string(derived_->Load(role)->bytes()); }
  std::vector<std::string> SavedProblems() {
    VerifyReport report;
    EXPECT_OK(VerifySavedFiles(*collection_, *derived_, CallContext(), report));
    return report.problems;
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<DerivedFiles> derived_;
  std::shared_ptr<Collection> collection_;
};

}  // namespace quarry::index
