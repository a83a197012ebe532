#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/remote_embedder.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

constexpr uint64_t kReadingVersion = 1;  // of what is made of the upstream's values
constexpr size_t kBatchTexts = 64;
constexpr size_t kBatchBytes = 192 * 1024;
constexpr size_t kThreads = 4;
constexpr uint32_t kMaxDimension = 65'536;
// What an answer may hold beside the vectors, for each and for all; and how long a value is written,
// indented.
constexpr uint64_t kValuesBeside = 64;
constexpr uint64_t kBytesOfValue = 64;

// A vector as an array of numbers, or as base64 of little-endian floats.
Result<std::vector<float>> ReadVector(const Json& json, const std::string& place) {
  std::vector<float> vector;
  if (json.is_string()) {
    const std::optional<std::string> bytes = DecodeBase64(json.get_ref<const std::string&>());
    if (!bytes || bytes->size() % sizeof(float) != 0) {
      return WrongAnswer(place + ": expected base64 of floats");
    }
    static_assert(std::endian::native == std::endian::little);
    vector.resize(bytes->size() / sizeof(float));
    std::memcpy(vector.data(), bytes->data(), bytes->size());
  } else if (json.is_array()) {
    vector.reserve(json.size());
    for (const Json& value : json) {
      if (!value.is_number()) return WrongAnswer(place + ": expected numbers only");
      vector.push_back(value.get<float>());
    }
  } else {
    return WrongAnswer(place + ": expected a list of numbers or base64");
  }
  if (vector.empty() || vector.size() > kMaxDimension) {
    return WrongAnswer(place + ": " + std::to_string(vector.size()) + " values");
  }
  double squares = 0;
  for (const float value : vector) squares += double{value} * double{value};
  if (!std::isfinite(squares)) return WrongAnswer(place + ": a value is not a finite number");
  if (squares > 0) {
    for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
  }
  return vector;
}

// The vectors of `count` texts, in their order.
Result<std::vector<std::vector<float>>> ReadVectors(const std::string& body, size_t count,
                                                    uint64_t max_values) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseUpstreamJson(body, max_values));
  const Json* data = Find(json, "data");
  if (data == nullptr || !data->is_array()) return WrongAnswer("\"data\": expected a list");
  if (data->size() != count) {
    return WrongAnswer("\"data\": expected " + std::to_string(count) + " vectors, got " +
                       std::to_string(data->size()));
  }
  std::vector<std::vector<float>> vectors(count);
  for (size_t i = 0; i < count; ++i) {
    const std::string place = "data[" + std::to_string(i) + "]";
    const std::optional<uint64_t> index = UintOf((*data)[i], "index", count - 1);
    const Json* embedding = Find((*data)[i], "embedding");
    if (!index || !vectors[*index].empty()) {
      return WrongAnswer(place + ".index: expected each number below " + std::to_string(count) +
                         " once");
    }
    if (embedding == nullptr) return WrongAnswer(place + ".embedding: missing");
    QUARRY_ASSIGN_OR_RETURN(vectors[*index], ReadVector(*embedding, place + ".embedding"));
  }
  return vectors;
}

class RemoteEmbedder final : public Embedder {
 public:
  RemoteEmbedder(std::shared_ptr<RemoteEndpoint> endpoint, RemoteName name, EmbedderFolder folder)
      : endpoint_(std::move(endpoint)), name_(std::move(name)), folder_(std::move(folder)) {}

  const EmbeddingSpace& space() const override { return space_; }

  void SetDimension(uint32_t dimension) {
    const std::string identity = name_.ToString() + '\n' + folder_.query_prefix + '\n' +
                                 folder_.document_prefix + '\n' + std::to_string(dimension);
    space_.dimension = dimension;
    space_.fingerprint =
        "remote:" + std::to_string(kReadingVersion) + ":" + HashToHex(Hash64(identity));
  }

  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                const CallContext& context) const override {
    EmbeddingMatrix matrix;
    matrix.dimension = space_.dimension;
    matrix.values.resize(texts.size() * matrix.dimension);
    const std::vector<std::vector<size_t>> batches = Batches(texts);
    std::atomic<size_t> next = 0;
    std::mutex mutex;
    Status failed;  // guarded by mutex
    const auto embed = [&](size_t i) {
      try {
        return EmbedBatch(texts, batches[i], role, context, matrix);
      } catch (const std::bad_alloc&) {  // must not leave a thread
        return ResourceExhaustedError(Place() + ": no memory for the vectors");
      }
    };
    // One that fails ends the others at their next batch.
    const auto work = [&] {
      for (size_t i = next++; i < batches.size(); i = next++) {
        Status done = embed(i);
        if (done.ok()) continue;
        next = batches.size();
        const std::lock_guard lock(mutex);
        if (failed.ok()) failed = std::move(done);
      }
    };
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    try {
      while (threads.size() + 1 < std::min(kThreads, batches.size())) threads.emplace_back(work);
    } catch (const std::system_error&) {
      // No further thread is to be had: those that are do the work.
    }
    work();
    for (std::thread& thread : threads) thread.join();
    if (!failed.ok()) return failed;
    return matrix;
  }

  Result<std::vector<std::vector<float>>> Ask(const std::vector<std::string>& texts,
                                              const CallContext& context) const {
    Json request = {{"model", name_.model}, {"input", texts}, {"encoding_format", "base64"}};
    if (name_.dimensions != 0) request["dimensions"] = name_.dimensions;
    const uint64_t dimension = space_.dimension != 0 ? space_.dimension : kMaxDimension;
    const uint64_t most = texts.size() * (dimension + kValuesBeside) + kValuesBeside;
    QUARRY_ASSIGN_OR_RETURN(
        const HttpResponse response,
        endpoint_->Post("/embeddings", DumpJson(request), {}, context, most * kBytesOfValue));
    auto vectors = ReadVectors(response.body, texts.size(), most);
    if (!vectors.ok()) {
      return endpoint_->Redacted(std::move(vectors).status().Annotate(Place()));
    }
    return vectors;
  }

  std::string Place() const { return "embeddings of " + name_.ToString(); }

 private:
  // Texts with something in them, as many in each as a request should carry.
  static std::vector<std::vector<size_t>> Batches(std::span<const std::string> texts) {
    std::vector<std::vector<size_t>> batches;
    size_t bytes = 0;
    for (size_t i = 0; i < texts.size(); ++i) {
      if (Trim(texts[i]).empty()) continue;  // upstreams refuse them; they match nothing
      bytes += texts[i].size();
      if (batches.empty() || batches.back().size() == kBatchTexts || bytes > kBatchBytes) {
        batches.emplace_back();
        bytes = texts[i].size();
      }
      batches.back().push_back(i);
    }
    return batches;
  }

  Status EmbedBatch(std::span<const std::string> texts, const std::vector<size_t>& batch,
                    EmbeddingRole role, const CallContext& context, EmbeddingMatrix& matrix) const {
    const std::string& prefix =
        role == EmbeddingRole::kDocument ? folder_.document_prefix : folder_.query_prefix;
    std::vector<std::string> input;
    for (const size_t i : batch) input.push_back(prefix + texts[i]);
    QUARRY_ASSIGN_OR_RETURN(const std::vector<std::vector<float>> vectors, Ask(input, context));
    for (size_t i = 0; i < batch.size(); ++i) {
      if (vectors[i].size() != space_.dimension) {
        return UnavailableError(Place() + ": a vector of " + std::to_string(vectors[i].size()) +
                                " values; those of the index have " +
                                std::to_string(space_.dimension) + ": the model has changed");
      }
      std::ranges::copy(vectors[i], matrix.Row(batch[i]).begin());
    }
    return OkStatus();
  }

  const std::shared_ptr<RemoteEndpoint> endpoint_;
  const RemoteName name_;
  const EmbedderFolder folder_;
  EmbeddingSpace space_;
};

}  // namespace

Result<std::shared_ptr<const Embedder>> OpenRemoteEmbedder(std::shared_ptr<RemoteEndpoint> endpoint,
                                                           const RemoteName& name,
                                                           const EmbedderFolder& folder,
                                                           uint32_t dimension,
                                                           const CallContext& context) {
  if (name.model.empty()) {
    return InvalidArgumentError(name.ToString() +
                                ": expected BASE_URL#MODEL, such as "
                                "https://api.openai.com/v1#text-embedding-3-small");
  }
  auto embedder = std::make_shared<RemoteEmbedder>(std::move(endpoint), name, folder);
  if (dimension == 0) {
    QUARRY_ASSIGN_OR_RETURN(const auto probe, embedder->Ask({"dimension"}, context));
    dimension = static_cast<uint32_t>(probe[0].size());
    if (name.dimensions != 0 && dimension != name.dimensions) {
      return UnavailableError(embedder->Place() + ": asked for vectors of " +
                              std::to_string(name.dimensions) + " values, got " +
                              std::to_string(dimension));
    }
  }
  embedder->SetDimension(dimension);
  return std::shared_ptr<const Embedder>(std::move(embedder));
}

}  // namespace quarry::model
