// A persistent treap: an ordered map whose nodes never change, so that a view is one pointer.
// Search tree by key, heap by a priority that is the hash of the key, hence balanced in
// expectation, with a shape that depends only on the keys in it. A write copies the O(log n) nodes
// on its path. (Seidel and Aragon, "Randomized Search Trees", 1996.)

#include "tests/testing/memory_store.h"

#include <filesystem>
#include <mutex>
#include <utility>

#include "base/hash.h"
#include "index/rocks_store.h"

namespace quarry::testing {
namespace {

using index::Store;
using index::StoreMemory;
using index::StoreView;
using index::WriteBatch;

struct Node;
using Tree = std::shared_ptr<const Node>;

struct MemoryEntry {
  std::string key;
  std::string value;
};

struct Node {
  std::shared_ptr<const MemoryEntry> entry;
  uint64_t priority;
  Tree left;
  Tree right;
  uint64_t bytes;  // of the keys and values in this subtree
};

uint64_t BytesOf(const Tree& tree) { return tree == nullptr ? 0 : tree->bytes; }

Tree MakeNode(std::shared_ptr<const MemoryEntry> entry, uint64_t priority, Tree left, Tree right) {
  const uint64_t bytes = entry->key.size() + entry->value.size() + BytesOf(left) + BytesOf(right);
  return std::make_shared<const Node>(
      Node{std::move(entry), priority, std::move(left), std::move(right), bytes});
}

// The keys below `key` and the others.
std::pair<Tree, Tree> Split(const Tree& tree, std::string_view key) {
  if (tree == nullptr) return {};
  if (tree->entry->key < key) {
    auto [low, high] = Split(tree->right, key);
    return {MakeNode(tree->entry, tree->priority, tree->left, std::move(low)), std::move(high)};
  }
  auto [low, high] = Split(tree->left, key);
  return {std::move(low), MakeNode(tree->entry, tree->priority, std::move(high), tree->right)};
}

// REQUIRES: every key of `low` is below every key of `high`.
Tree Join(const Tree& low, const Tree& high) {
  if (low == nullptr) return high;
  if (high == nullptr) return low;
  if (low->priority > high->priority) {
    return MakeNode(low->entry, low->priority, low->left, Join(low->right, high));
  }
  return MakeNode(high->entry, high->priority, Join(low, high->left), high->right);
}

Tree WithoutRange(const Tree& tree, std::string_view begin, std::string_view end) {
  if (begin >= end) return tree;
  const Tree low = Split(tree, begin).first;
  return Join(low, Split(tree, end).second);
}

// The first key after `key` itself.
std::string Successor(const std::string& key) { return key + '\0'; }

Tree Apply(Tree tree, const WriteBatch::Operation& operation) {
  using Kind = WriteBatch::Operation::Kind;
  switch (operation.kind) {
    case Kind::kDeleteRange:
      return WithoutRange(tree, operation.key, operation.value);
    case Kind::kDelete:
      return WithoutRange(tree, operation.key, Successor(operation.key));
    case Kind::kPut: {
      const Tree low = Split(tree, operation.key).first;
      const Tree high = Split(tree, Successor(operation.key)).second;
      auto entry = std::make_shared<const MemoryEntry>(MemoryEntry{operation.key, operation.value});
      const Tree node = MakeNode(std::move(entry), Hash64(operation.key), nullptr, nullptr);
      return Join(Join(low, node), high);
    }
  }
  QUARRY_CHECK(false);
}

class MemoryView final : public StoreView {
 public:
  explicit MemoryView(Tree tree) : tree_(std::move(tree)) {}

  Result<std::optional<std::string>> Get(std::string_view key) const override {
    const Node* node = tree_.get();
    while (node != nullptr) {
      const int order = key.compare(node->entry->key);
      if (order == 0) return std::optional<std::string>(node->entry->value);
      node = (order < 0 ? node->left : node->right).get();
    }
    return std::optional<std::string>();
  }

  Status Scan(std::string_view prefix, std::string_view from, const Visitor& visit) const override {
    Visit(tree_.get(), prefix, std::max(prefix, from), visit);
    return OkStatus();
  }
  using StoreView::Scan;
  Status ScanBackward(std::string_view prefix, std::string_view before,
                      const Visitor& visit) const override {
    VisitBackward(tree_.get(), prefix, before, visit);
    return OkStatus();
  }

 private:
  static bool VisitBackward(const Node* node, std::string_view prefix, std::string_view before,
                            const Visitor& visit) {
    if (node == nullptr) return true;
    const std::string_view key = node->entry->key;
    const bool is_behind =
        (!before.empty() && key >= before) || (!key.starts_with(prefix) && key > prefix);
    if (is_behind) return VisitBackward(node->left.get(), prefix, before, visit);
    if (!VisitBackward(node->right.get(), prefix, before, visit)) return false;
    if (!key.starts_with(prefix)) return false;
    if (!visit(key, node->entry->value)) return false;
    return VisitBackward(node->left.get(), prefix, before, visit);
  }
  // False: no more keys are wanted.
  static bool Visit(const Node* node, std::string_view prefix, std::string_view from,
                    const Visitor& visit) {
    if (node == nullptr) return true;
    const std::string_view key = node->entry->key;
    if (key < from) return Visit(node->right.get(), prefix, from, visit);
    if (!Visit(node->left.get(), prefix, from, visit)) return false;
    if (!key.starts_with(prefix)) return false;
    if (!visit(key, node->entry->value)) return false;
    return Visit(node->right.get(), prefix, from, visit);
  }

  const Tree tree_;
};

class MemoryStore final : public Store {
 public:
  Status Write(const WriteBatch& batch) override {
    const std::lock_guard lock(mutex_);
    Tree tree = tree_;
    for (const WriteBatch::Operation& operation : batch.operations()) {
      tree = Apply(std::move(tree), operation);
    }
    tree_ = std::move(tree);
    return OkStatus();
  }

  std::shared_ptr<const StoreView> GetView() const override {
    const std::lock_guard lock(mutex_);
    return std::make_shared<const MemoryView>(tree_);
  }

  Status VerifyChecksums() const override { return OkStatus(); }

  uint64_t ApproximateBytes() const override {
    const std::lock_guard lock(mutex_);
    return BytesOf(tree_);
  }
  uint64_t ApproximateBytes(std::string_view begin, std::string_view end) const override {
    const std::lock_guard lock(mutex_);
    return BytesOf(tree_) - BytesOf(WithoutRange(tree_, begin, end));
  }
  StoreMemory Memory() const override { return {.memtables = ApproximateBytes()}; }

  Status Checkpoint(const std::string& directory) const override {
    if (std::filesystem::exists(directory)) return AlreadyExistsError(directory + ": is there");
    QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Store> copy, index::OpenRocksStore(directory));
    WriteBatch batch;
    QUARRY_RETURN_IF_ERROR(GetView()->Scan("", [&](std::string_view key, std::string_view value) {
      batch.Put(std::string(key), std::string(value));
      return true;
    }));
    return copy->Write(batch);
  }

  // What was deleted is gone as it is.
  Status Compact(std::string_view, std::string_view, const CallContext& context) override {
    return context.Check();
  }

 private:
  mutable std::mutex mutex_;
  Tree tree_;
};

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace quarry::testing
