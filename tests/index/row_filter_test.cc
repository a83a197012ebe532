#include "index/row_filter.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/keys.h"
#include "index/snapshot.h"
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

// The status of a selection that is given up while it reads, and how many rows it has read.
std::pair<Status, uint64_t> GiveUp(const Filter& filter, const Principals& principals) {
  CallContext context;
  const auto view = std::make_shared<const GivenUpView>(context.cancel);
  SnapshotParts parts;
  parts.view = view;
  parts.collection.id = kFiltered;
  parts.lexical = LexicalIndex::Empty();
  const Status status =
      SelectRows(Snapshot(std::move(parts)), filter, principals, context).status();
  return {status, view->read()};
}

TEST(RowFilterTest, ReadingIndexRowsEndsSoonAfterNobodyWaits) {
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

}  // namespace
}  // namespace quarry::index
