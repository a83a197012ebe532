#include "retrieval/cache_answer.h"

#include <algorithm>
#include <utility>

#include "base/coding.h"

namespace quarry::retrieval {
namespace {

constexpr uint64_t kAnswerVersion = 1;

void AppendVerdict(std::string& out, const Verdict& verdict) {
  AppendVarint(out, static_cast<uint64_t>(verdict.label));
  AppendDouble(out, verdict.score);
  AppendBytes(out, verdict.reason);
}

void AppendRange(std::string& out, const TextRange& range) {
  AppendVarint(out, range.begin);
  AppendVarint(out, range.end);
}

void AppendCitation(std::string& out, const Citation& citation) {
  AppendRange(out, citation.answer_span);
  AppendVarint(out, citation.passage);
  AppendVarint(out, citation.chunk.value);
  AppendBytes(out, citation.document);
  AppendVarint(out, citation.source.begin);
  AppendVarint(out, citation.source.end);
  AppendVarint(out, citation.source.page);
  AppendVarint(out, citation.source.heading_path.size());
  for (const std::string& heading : citation.source.heading_path) AppendBytes(out, heading);
  AppendBytes(out, citation.quote);
}

class AnswerReader {
 public:
  explicit AnswerReader(std::string_view bytes) : reader_(bytes) {}

  Result<Answer> Read(Context context) {
    if (reader_.Varint() != kAnswerVersion) {
      return DataLossError("cached answer: of another version, or damaged");
    }
    Answer answer;
    answer.text = reader_.Bytes();
    answer.verdict = ReadVerdict();
    answer.usage.prompt_tokens = reader_.Varint32();
    answer.usage.completion_tokens = reader_.Varint32();
    answer.usage.cost = reader_.Double();
    answer.model = reader_.Bytes();
    answer.commit = CommitSequence(reader_.Varint());
    answer.fingerprint = reader_.Bytes();
    for (uint64_t left = Count(); left > 0; --left) answer.citations.push_back(ReadCitation());
    for (uint64_t left = Count(); left > 0; --left) {
      SentenceVerdict sentence;
      sentence.span = ReadRange();
      sentence.verdict = ReadVerdict();
      answer.sentences.push_back(std::move(sentence));
    }
    std::vector<ChunkId> order;
    for (uint64_t left = Count(); left > 0; --left) order.push_back(ChunkId(reader_.Varint()));
    QUARRY_RETURN_IF_ERROR(reader_.Finish("cached answer"));
    QUARRY_ASSIGN_OR_RETURN(answer.context, Ordered(std::move(context), order));
    QUARRY_RETURN_IF_ERROR(Check(answer));
    return answer;
  }

 private:
  uint64_t Count() {
    const uint64_t count = reader_.Varint();
    return count <= reader_.remaining() ? count : 0;
  }
  TextRange ReadRange() {
    TextRange range;
    range.begin = reader_.Varint();
    range.end = reader_.Varint();
    return range;
  }
  Verdict ReadVerdict() {
    Verdict verdict;
    verdict.label = static_cast<Support>(
        std::min<uint64_t>(reader_.Varint(), static_cast<uint64_t>(Support::kUnchecked)));
    verdict.score = reader_.Double();
    verdict.reason = reader_.Bytes();
    return verdict;
  }
  Citation ReadCitation() {
    Citation citation;
    citation.answer_span = ReadRange();
    citation.passage = reader_.Varint32();
    citation.chunk = ChunkId(reader_.Varint());
    citation.document = reader_.Bytes();
    citation.source.begin = reader_.Varint();
    citation.source.end = reader_.Varint();
    citation.source.page = reader_.Varint32();
    for (uint64_t left = Count(); left > 0; --left) {
      citation.source.heading_path.emplace_back(reader_.Bytes());
    }
    citation.quote = reader_.Bytes();
    return citation;
  }

  static Result<Context> Ordered(Context context, const std::vector<ChunkId>& order) {
    if (order.size() != context.passages.size()) {
      return DataLossError("cached answer: has another number of passages than its context");
    }
    std::vector<Passage> passages;
    for (const ChunkId chunk : order) {
      const auto found = std::find_if(context.passages.begin(), context.passages.end(),
                                      [&](const Passage& p) { return ChunksOf(p)[0] == chunk; });
      if (found == context.passages.end()) {
        return DataLossError("cached answer: chunk " + std::to_string(chunk.value) +
                             " is not in its context");
      }
      passages.push_back(std::move(*found));
      context.passages.erase(found);
    }
    context.passages = std::move(passages);
    return context;
  }

  // What the surfaces index by must be there.
  static Status Check(const Answer& answer) {
    const auto inside = [&](const TextRange& range) {
      return range.begin <= range.end && range.end <= answer.text.size();
    };
    const bool good =
        std::all_of(answer.citations.begin(), answer.citations.end(),
                    [&](const Citation& citation) {
                      return inside(citation.answer_span) && citation.passage >= 1 &&
                             citation.passage <= answer.context.passages.size();
                    }) &&
        std::all_of(answer.sentences.begin(), answer.sentences.end(),
                    [&](const SentenceVerdict& sentence) { return inside(sentence.span); });
    return good ? OkStatus() : DataLossError("cached answer: a citation leads nowhere");
  }

  RecordReader reader_;
};

}  // namespace

std::string EncodeCachedAnswer(const Answer& answer) {
  std::string out;
  AppendVarint(out, kAnswerVersion);
  AppendBytes(out, answer.text);
  AppendVerdict(out, answer.verdict);
  AppendVarint(out, answer.usage.prompt_tokens);
  AppendVarint(out, answer.usage.completion_tokens);
  AppendDouble(out, answer.usage.cost);
  AppendBytes(out, answer.model);
  AppendVarint(out, answer.commit.value);
  AppendBytes(out, answer.fingerprint);
  AppendVarint(out, answer.citations.size());
  for (const Citation& citation : answer.citations) AppendCitation(out, citation);
  AppendVarint(out, answer.sentences.size());
  for (const SentenceVerdict& sentence : answer.sentences) {
    AppendRange(out, sentence.span);
    AppendVerdict(out, sentence.verdict);
  }
  AppendVarint(out, answer.context.passages.size());
  for (const Passage& passage : answer.context.passages) {
    AppendVarint(out, ChunksOf(passage)[0].value);
  }
  return out;
}

Result<Answer> DecodeCachedAnswer(std::string_view bytes, Context context) {
  return AnswerReader(bytes).Read(std::move(context));
}

}  // namespace quarry::retrieval
