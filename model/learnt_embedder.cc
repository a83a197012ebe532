#include "model/learnt_embedder.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/coding.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "model/embedder_table.h"
#include "model/randomized_svd.h"
#include "model/shipped_table.h"
#include "model/text_weights.h"

namespace quarry::model {
namespace {

constexpr size_t kTextsPerThread = 128;  // fewer are not worth starting one
constexpr size_t kTextsPerRange = 16;

constexpr std::string_view kBilingualMagic = "QBIL";
constexpr uint32_t kBilingualVersion = 1;
constexpr size_t kBilingualHeader = 4 + 4 + 8 + 1;
// Of each part of a text's vector, so that both make a unit one. In a question one part is zero.
constexpr float kPartLength = 0.70710678f;

// The unit vector of a text by a table, or zeros: no known term, or terms that cancel out.
void EmbedBy(const EmbedderTable& table, const std::vector<Token>& tokens, float length,
             std::span<float> row) {
  std::vector<uint32_t> numbers;
  for (const Token& token : tokens) {
    const uint32_t number = table.Find(token.term);
    if (number != EmbedderTable::kNoTerm) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < numbers.size();) {
    const size_t begin = i;
    while (i < numbers.size() && numbers[i] == numbers[begin]) ++i;
    table.AddRow(numbers[begin], TermFrequencyWeight(i - begin), row);
  }
  double squares = 0;
  for (const float value : row) squares += double{value} * value;
  if (squares < 1e-24) {
    std::fill(row.begin(), row.end(), 0.0f);
    return;
  }
  const float scale = length * static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : row) value *= scale;
}

bool IsChinese(const std::vector<Token>& tokens) {
  LanguageVote vote;
  for (const Token& token : tokens) vote.Add(token.term);
  return vote.IsChinese();
}

class LearntEmbedder final : public Embedder {
 public:
  // `shipped`: where there is a language, unless the program ships another.
  LearntEmbedder(EmbedderTable table, CorpusLanguage language, uint64_t shipped_checksum,
                 std::optional<EmbedderTable> shipped, std::string fingerprint)
      : table_(std::move(table)),
        language_(language),
        shipped_checksum_(shipped_checksum),
        shipped_(std::move(shipped)),
        analyzer_(LearntAnalyzerOptions()) {
    space_.fingerprint = std::move(fingerprint);
    space_.dimension = table_.dimension() + (is_bilingual() ? kShippedDimension : 0);
  }

  const EmbeddingSpace& space() const override { return space_; }

  Result<EmbeddingMatrix> Embed(std::span<const std::string> texts, EmbeddingRole role,
                                const CallContext& context) const override {
    EmbeddingMatrix matrix;
    matrix.dimension = space_.dimension;
    matrix.values.resize(texts.size() * space_.dimension);
    // A row depends on its text alone, so the number of threads does not show.
    size_t threads = texts.size() / kTextsPerThread;
    // Asking the system takes longer than embedding a question.
    if (threads > 1) threads = std::min<size_t>(threads, std::thread::hardware_concurrency());
    std::optional<ThreadPool> pool;
    if (threads > 1) pool.emplace(threads - 1, threads);
    QUARRY_RETURN_IF_ERROR(ForEachRange(pool ? &*pool : nullptr, texts.size(), kTextsPerRange,
                                        context, [&](size_t begin, size_t end) {
                                          for (size_t i = begin; i < end; ++i) {
                                            EmbedText(texts[i], role, matrix.Row(i));
                                          }
                                        }));
    return matrix;
  }

  bool CrossesLanguages(std::string_view question) const override {
    return shipped_ && IsForeign(analyzer_.Tokenize(question));
  }

  bool is_bilingual() const { return language_ != CorpusLanguage::kNone; }
  const EmbedderTable& table() const { return table_; }
  CorpusLanguage language() const { return language_; }
  uint64_t shipped_checksum() const { return shipped_checksum_; }
  const Analyzer& analyzer() const { return analyzer_; }

 private:
  bool IsForeign(const std::vector<Token>& tokens) const {
    return !tokens.empty() && IsChinese(tokens) != (language_ == CorpusLanguage::kChinese);
  }

  void EmbedText(std::string_view text, EmbeddingRole role, std::span<float> row) const {
    const std::vector<Token> tokens = analyzer_.Tokenize(text);
    const std::span<float> learnt = row.first(table_.dimension());
    if (!is_bilingual()) return EmbedBy(table_, tokens, 1.0f, learnt);
    const std::span<float> shipped = row.subspan(table_.dimension());
    if (role == EmbeddingRole::kDocument) {
      EmbedBy(table_, tokens, kPartLength, learnt);
      if (shipped_) EmbedBy(*shipped_, tokens, kPartLength, shipped);
    } else if (shipped_ && (role == EmbeddingRole::kForeignQuery || IsForeign(tokens))) {
      EmbedBy(*shipped_, tokens, 1.0f, shipped);
    } else {
      EmbedBy(table_, tokens, 1.0f, learnt);
    }
  }

  const EmbedderTable table_;
  const CorpusLanguage language_;
  const uint64_t shipped_checksum_;
  const std::optional<EmbedderTable> shipped_;
  const Analyzer analyzer_;
  EmbeddingSpace space_;
};

std::string Serialize(const EmbedderTable& table, CorpusLanguage language,
                      uint64_t shipped_checksum) {
  if (language == CorpusLanguage::kNone) return table.Serialize();
  std::string bytes(kBilingualMagic);
  AppendFixed32(bytes, kBilingualVersion);
  AppendFixed64(bytes, shipped_checksum);
  bytes.push_back(language == CorpusLanguage::kChinese ? 1 : 0);
  return bytes + table.Serialize();
}

// All that decides a vector stands in the bytes, the analyzer's fingerprint included. That of the
// shipped table is said besides, for LearntBesideAnother.
std::string FingerprintOf(std::string_view kind, std::string_view bytes,
                          std::optional<uint64_t> shipped_checksum) {
  std::string fingerprint = std::string(kind) + ":1:" + HashToHex(Hash64(bytes));
  if (shipped_checksum) fingerprint += ":" + HashToHex(*shipped_checksum);
  return fingerprint;
}

const LearntEmbedder& Cast(const Embedder& embedder) {
  const auto* const learnt = dynamic_cast<const LearntEmbedder*>(&embedder);
  QUARRY_CHECK(learnt != nullptr);
  return *learnt;
}

}  // namespace

AnalyzerOptions LearntAnalyzerOptions() {
  AnalyzerOptions options;
  options.drop_stop_words = false;
  options.cjk_unigrams = true;
  return options;
}

float TermFrequencyWeight(uint64_t count) {
  return static_cast<float>(1.0 + std::log(static_cast<double>(count)));
}

void LanguageVote::Add(std::string_view term) {
  size_t offset = 0;
  if (!IsCjk(NextCodePoint(term, offset))) {
    ++words_;
  } else if (offset == term.size()) {  // a pair was counted by its characters
    ++characters_;
  }
}

const char* CrossLanguageName(CrossLanguage value) {
  switch (value) {
    case CrossLanguage::kAuto:
      return "auto";
    case CrossLanguage::kOn:
      return "on";
    case CrossLanguage::kOff:
      return "off";
  }
  Fatal(__FILE__, __LINE__, "unknown CrossLanguage");
}

Result<CrossLanguage> ParseCrossLanguage(std::string_view name) {
  for (const CrossLanguage value :
       {CrossLanguage::kAuto, CrossLanguage::kOn, CrossLanguage::kOff}) {
    if (name == CrossLanguageName(value)) return value;
  }
  return InvalidArgumentError("unknown value \"" + std::string(name) +
                              "\"; expected auto, on or off");
}

Result<std::shared_ptr<const Embedder>> MakeLearntEmbedder(EmbedderTable table,
                                                           CorpusLanguage language) {
  const bool is_bilingual = language != CorpusLanguage::kNone;
  const uint64_t checksum = is_bilingual ? ShippedTableChecksum() : 0;
  std::optional<EmbedderTable> shipped;
  if (is_bilingual) {
    QUARRY_ASSIGN_OR_RETURN(shipped, OpenShippedTable());
  }
  std::string fingerprint = FingerprintOf(is_bilingual ? kBilingualKind : kLearntKind,
                                          Serialize(table, language, checksum),
                                          is_bilingual ? std::optional(checksum) : std::nullopt);
  return std::shared_ptr<const Embedder>(std::make_shared<LearntEmbedder>(
      std::move(table), language, checksum, std::move(shipped), std::move(fingerprint)));
}

std::string_view LearntKind(const Embedder& embedder) {
  return Cast(embedder).is_bilingual() ? kBilingualKind : kLearntKind;
}

bool KnowsTerm(const Embedder& embedder, std::string_view term) {
  return Cast(embedder).table().Find(term) != EmbedderTable::kNoTerm;
}

std::string SerializeLearntEmbedder(const Embedder& embedder) {
  const LearntEmbedder& learnt = Cast(embedder);
  return Serialize(learnt.table(), learnt.language(), learnt.shipped_checksum());
}

Result<std::shared_ptr<const Embedder>> ParseLearntEmbedder(SharedBytes bytes,
                                                            std::string_view kind) {
  const std::string_view all = bytes.view;
  CorpusLanguage language = CorpusLanguage::kNone;
  uint64_t checksum = 0;
  std::optional<EmbedderTable> shipped;
  if (kind == kBilingualKind) {
    if (all.size() < kBilingualHeader || !all.starts_with(kBilingualMagic)) {
      return DataLossError("bilingual embedder: does not begin as one");
    }
    RecordReader reader(all.substr(kBilingualMagic.size(), kBilingualHeader - 4));
    const uint32_t version = reader.Fixed32();
    if (version != kBilingualVersion) {
      return FailedPreconditionError("bilingual embedder: format " + std::to_string(version) +
                                     ", this program reads " + std::to_string(kBilingualVersion));
    }
    checksum = reader.Fixed64();
    const uint8_t chinese = static_cast<uint8_t>(all[kBilingualHeader - 1]);
    if (chinese > 1) return DataLossError("bilingual embedder: unknown language");
    language = chinese == 1 ? CorpusLanguage::kChinese : CorpusLanguage::kEnglish;
    bytes.view.remove_prefix(kBilingualHeader);
    if (checksum == ShippedTableChecksum()) {
      QUARRY_ASSIGN_OR_RETURN(shipped, OpenShippedTable());
    }
  }
  QUARRY_ASSIGN_OR_RETURN(EmbedderTable table, EmbedderTable::Parse(bytes));
  const std::string learnt_with = table.analyzer();
  auto embedder = std::make_shared<LearntEmbedder>(
      std::move(table), language, checksum, std::move(shipped),
      FingerprintOf(kind, all, kind == kBilingualKind ? std::optional(checksum) : std::nullopt));
  if (embedder->analyzer().Fingerprint() != learnt_with) {
    return FailedPreconditionError("embedder table: analyzer mismatch: table=" + learnt_with +
                                   " program=" + embedder->analyzer().Fingerprint());
  }
  return std::shared_ptr<const Embedder>(std::move(embedder));
}

bool LearntBesideAnother(std::string_view fingerprint) {
  return fingerprint.starts_with(kBilingualKind) &&
         !fingerprint.ends_with(":" + HashToHex(ShippedTableChecksum()));
}

}  // namespace quarry::model
