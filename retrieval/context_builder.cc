#include "retrieval/context_builder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/answer_reasons.h"
#include "retrieval/join_chunks.h"
#include "retrieval/shingles.h"

namespace quarry::retrieval {
namespace {

constexpr double kNearDuplicate = 0.8;  // of the runs of words

// A passage that was taken.
struct Taken {
  Passage passage;
  Shingles shingles;
  size_t rank = 0;  // among those that were taken
};

std::string NameOf(const Passage& passage) {
  return passage.chunk.document + "#" + std::to_string(passage.chunk.ordinal);
}

// Why `candidate` says nothing that one of `taken` does not say; "" if it does.
std::string DuplicateOf(const std::vector<Taken>& taken, const Passage& candidate,
                        const Shingles& shingles, std::string_view language) {
  for (const Taken& one : taken) {
    const Chunk& chunk = one.passage.chunk;
    const bool equal =
        chunk.text_hash == candidate.chunk.text_hash && chunk.text == candidate.chunk.text;
    if (equal || chunk.text.find(candidate.chunk.text) != std::string::npos) {
      return model::ReasonText(model::Reason::kDuplicateOf, language, {NameOf(one.passage)});
    }
    if (shingles.HasNoWordBeside(one.shingles) &&
        shingles.ContainedIn(one.shingles) >= kNearDuplicate) {
      return model::ReasonText(model::Reason::kNearDuplicateOf, language, {NameOf(one.passage)});
    }
  }
  return "";
}

// Whether the candidate lies beside one that was taken, and so makes no further passage.
bool JoinsOne(const std::vector<Taken>& taken, const Passage& candidate) {
  return std::any_of(taken.begin(), taken.end(), [&](const Taken& one) {
    return Continues(one.passage, candidate) || Continues(candidate, one.passage);
  });
}

// How many passages they make when neighbours are joined.
size_t CountJoined(const std::vector<Taken>& taken) {
  const auto begins = [&](const Taken& one) {
    return std::none_of(taken.begin(), taken.end(),
                        [&](const Taken& other) { return Continues(other.passage, one.passage); });
  };
  return static_cast<size_t>(std::count_if(taken.begin(), taken.end(), begins));
}

// Neighbours as one, each where its best chunk was.
std::vector<Passage> JoinTaken(std::vector<Taken> taken) {
  std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) {
    const Chunk& left = a.passage.chunk;
    const Chunk& right = b.passage.chunk;
    return left.document != right.document ? left.document < right.document
                                           : left.ordinal < right.ordinal;
  });
  std::vector<Taken> joined;
  for (Taken& one : taken) {
    if (!joined.empty() && Continues(joined.back().passage, one.passage)) {
      joined.back().rank = std::min(joined.back().rank, one.rank);
      Append(std::move(one.passage), joined.back().passage);
    } else {
      joined.push_back(std::move(one));
    }
  }
  std::sort(joined.begin(), joined.end(),
            [](const Taken& a, const Taken& b) { return a.rank < b.rank; });
  std::vector<Passage> passages;
  passages.reserve(joined.size());
  for (Taken& one : joined) passages.push_back(std::move(one.passage));
  return passages;
}

}  // namespace

Context BuildContext(std::vector<Passage> passages, const ContextOptions& options,
                     std::string_view language) {
  Context context;
  std::vector<Taken> taken;
  for (Passage& passage : passages) {
    const auto drop = [&](std::string why) {
      context.dropped.push_back({passage.chunk.id, passage.chunk.document, std::move(why)});
    };
    Shingles shingles(passage.chunk.text);
    if (std::string why = DuplicateOf(taken, passage, shingles, language); !why.empty()) {
      drop(std::move(why));
      continue;
    }
    if (!JoinsOne(taken, passage) && CountJoined(taken) >= options.max_passages) {
      drop(model::ReasonText(model::Reason::kOverPassages, language,
                             {std::to_string(options.max_passages)}));
      continue;
    }
    const uint32_t tokens = passage.chunk.token_count;
    if (!taken.empty() && context.token_count + tokens > options.token_budget) {
      drop(model::ReasonText(model::Reason::kOverTokens, language,
                             {std::to_string(options.token_budget)}));
      continue;
    }
    context.token_count += tokens;
    taken.push_back({std::move(passage), std::move(shingles), taken.size()});
  }
  context.passages = JoinTaken(std::move(taken));
  return context;
}

std::vector<uint32_t> BestAtBothEnds(uint32_t count) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < count; i += 2) order.push_back(i);
  for (uint32_t i = count - count % 2; i >= 2; i -= 2) order.push_back(i - 1);
  return order;
}

}  // namespace quarry::retrieval
