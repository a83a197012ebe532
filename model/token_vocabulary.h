#pragma once

// TokenVocabulary: token <-> id. Internal to the tokenizers of model/.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace quarry::model {

// Safe to read from many threads. Movable.
class TokenVocabulary {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // False, and nothing changed, where the token is there already.
  bool Add(std::string token, uint32_t id) {
    if (ids_.contains(token)) return false;
    tokens_.push_back(std::move(token));
    ids_.emplace(tokens_.back(), id);
    longest_ = longest_ > tokens_.back().size() ? longest_ : tokens_.back().size();
    return true;
  }
  // kNone where there is no such token.
  uint32_t Find(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? kNone : found->second;
  }
  size_t size() const { return ids_.size(); }
  size_t longest() const { return longest_; }  // in bytes

 private:
  std::deque<std::string> tokens_;  // where the keys below live
  std::unordered_map<std::string_view, uint32_t> ids_;
  size_t longest_ = 0;
};

}  // namespace quarry::model
