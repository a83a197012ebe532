// Faults planted at every stage of the real engine over examples/corpus, and the label that each gets.
// The table of docs/evaluation_attribution.md is what this prints with QUARRY_ATTRIBUTION_CASES=100.

#include "eval/attribution.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "eval/engine_replayer.h"
#include "eval/local_judge.h"
#include "generation/cited_text.h"
#include "generation/support.h"
#include "model/answer_kind.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/test_data.h"

namespace quarry::eval {
namespace {

namespace fs = std::filesystem;

// A sentence of the corpus and the question that it answers.
struct Planted {
  DocumentId document;
  std::string sentence;
  std::string edited;  // with another number
  Case one;
};

constexpr size_t kMinBytes = 45;
constexpr size_t kMaxBytes = 220;
constexpr uint32_t kMaxWords = 300;

// The sentence with its last free-standing number made another; "" where it has none.
std::string WithOtherNumber(const std::string& sentence) {
  for (size_t i = sentence.size(); i-- > 0;) {
    const bool is_digit = IsAsciiDigit(sentence[i]);
    const bool ends = i + 1 == sentence.size() || sentence[i + 1] < '0' || sentence[i + 1] > '9';
    if (!is_digit || !ends) continue;
    size_t begin = i;
    while (begin > 0 && IsAsciiDigit(sentence[begin - 1])) --begin;
    const bool in_code =
        begin > 0 &&
        (std::isalpha(static_cast<unsigned char>(sentence[begin - 1])) != 0 ||
         sentence[begin - 1] == '-' || sentence[begin - 1] == '.' || sentence[begin - 1] == ',');
    if (in_code || begin == 0) continue;  // or the number of a list
    return sentence.substr(0, begin) + "7" + sentence.substr(begin);
  }
  return "";
}

// The sentence as a question, without its numbers.
std::string QuestionFor(const std::string& sentence) {
  std::string question;
  for (const char c : sentence) {
    if (IsAsciiDigit(c) || c == '"') continue;
    question += c;
  }
  while (!question.empty() && (question.back() == '.' || question.back() == ' ')) {
    question.pop_back();
  }
  constexpr std::string_view kStop = "。";
  if (question.ends_with(kStop)) question.resize(question.size() - kStop.size());
  return question + (DetectLanguage(sentence) == "zh" ? "？" : "?");
}

std::string Denied(const std::string& sentence) {
  constexpr std::pair<const char*, const char*> kVerbs[] = {
      {" is ", " is not "},     {" are ", " are not "}, {" was ", " was not "},
      {" must ", " must not "}, {" may ", " may not "}, {" were ", " were not "},
      {"必须", "不必"},         {"应当", "不应当"},     {"可以", "不可以"},
      {"为", "不为"},           {"是", "不是"}};
  for (const auto& [verb, denial] : kVerbs) {
    if (sentence.find(verb) != std::string::npos)
      return testing::WithFirstReplaced(sentence, verb, denial);
  }
  return "";
}

// The question with every `step`th of its words: the passage that answers it then need not lead.
std::string Thinned(const std::string& question, size_t step, size_t first) {
  if (DetectLanguage(question) == "zh") {
    std::string half;
    size_t number = 0;
    for (size_t i = 0; i < question.size();) {
      const size_t begin = i;
      NextCodePoint(question, i);
      if (number++ / 3 % step == first) half += question.substr(begin, i - begin);
    }
    return half;
  }
  std::string half;
  size_t number = 0;
  for (size_t begin = 0; begin < question.size();) {
    const size_t end = std::min(question.find(' ', begin), question.size());
    if (number++ % step == first)
      half += (half.empty() ? "" : " ") + question.substr(begin, end - begin);
    begin = end + 1;
  }
  return half;
}

class Engine {
 public:
  explicit Engine(const std::string& root) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders,
                              engine_.ingest);
    pipeline.Sync(ingest::ListFiles(root, {}).value(), nullptr, CallContext()).value();
    snapshot_ = engine_.snapshot();
  }

  const index::Snapshot& snapshot() const { return *snapshot_; }
  testing::TestEngine& parts() { return engine_; }

 private:
  testing::TestEngine engine_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

class PlantedFaultTest : public ::testing::Test {
 protected:
  PlantedFaultTest() : judge_(analyzer_) {
    if (const char* cases = std::getenv("QUARRY_ATTRIBUTION_CASES")) wanted_ = std::stoul(cases);
    clean_root_ = CopyCorpus("clean");
    clean_ = std::make_unique<Engine>(clean_root_);
    answerer_ = MakeAnswerer(clean_->parts(), {});
    unlimited_ = MakeAnswerer(clean_->parts(),
                              {.context = {.token_budget = 1'000'000, .max_passages = 200}});
    MakeCases();
  }

  struct Answering {
    std::unique_ptr<generation::Answerer> answerer;
    std::unique_ptr<generation::CachedAnswerer> cached;
  };
  static Answering MakeAnswerer(testing::TestEngine& engine, generation::AnswerOptions options) {
    Answering made;
    made.answerer = std::make_unique<generation::Answerer>(engine.analyzer, engine.retriever,
                                                           engine.token_counter, options);
    made.cached = std::make_unique<generation::CachedAnswerer>(*made.answerer, *engine.index,
                                                               nullptr, engine.metrics);
    return made;
  }

  std::string CopyCorpus(const std::string& name) {
    const std::string root = files_.path() + "/" + name;
    fs::copy(testing::SourceDirectory() + "/examples/corpus", root, fs::copy_options::recursive);
    return root;
  }

  static std::string ReadRaw(const std::string& path) { return ReadFile(path, 16 << 20).value(); }

  // In a copy of the corpus, what `edit` makes of each case's sentence.
  template <typename Edit>
  std::string EditedCorpus(const std::string& name, Edit edit) {
    const std::string root = CopyCorpus(name);
    for (const Planted& planted : cases_) {
      const std::string path = root + "/" + planted.document;
      const std::string text = ReadRaw(path);
      std::ofstream(path, std::ios::binary)
          << testing::WithFirstReplaced(text, planted.sentence, edit(planted));
    }
    return root;
  }

  // Sentences with a number that stand once in the corpus, as they are in their file; of them those
  // whose question the engine answers rightly, in a seeded order.
  void MakeCases() {
    std::vector<std::pair<uint64_t, Planted>> found;
    std::map<std::string, int> times;
    (void)clean_->snapshot().ForEachDocument([&](const index::StoredDocument& document) {
      const std::string& id = document.id;
      if (!id.ends_with(".md") && !id.ends_with(".txt")) return true;
      const std::string raw = ReadRaw(clean_root_ + "/" + id);
      const std::string text = clean_->snapshot().ReadText(document.number).value();
      for (const ByteRange& range : SplitSentences(text)) {
        const std::string sentence = text.substr(range.begin, range.end - range.begin);
        ++times[sentence];
        if (sentence.size() < kMinBytes || sentence.size() > kMaxBytes) continue;
        if (sentence.find_first_of("\n|`*[") != std::string::npos) continue;
        if (generation::QuantitiesOf(sentence).empty() || WithOtherNumber(sentence).empty())
          continue;
        if (model::IsNegated(sentence)) continue;
        const size_t at = raw.find(sentence);
        if (at == std::string::npos || raw.find(sentence, at + 1) != std::string::npos) continue;
        Planted planted{.document = id, .sentence = sentence, .edited = WithOtherNumber(sentence)};
        planted.one.id = HashToHex(Hash64(id + sentence));
        planted.one.query = QuestionFor(sentence);
        planted.one.expected_facts = {{"f", sentence, true}};
        planted.one.gold_spans = {{.document = id, .quote = sentence, .fact = "f"}};
        for (size_t step = 2; step <= 3; ++step) {
          for (size_t first = 0; first < step; ++first) {
            Planted thinned = planted;
            thinned.one.id += "-" + std::to_string(first) + "/" + std::to_string(step);
            thinned.one.query = Thinned(planted.one.query, step, first);
            if (Trim(thinned.one.query).empty()) continue;
            found.push_back({Hash64(thinned.one.id, 7), std::move(thinned)});
          }
        }
        found.push_back({Hash64(planted.one.id, 7), std::move(planted)});
      }
      return true;
    });
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    size_t behind = 0;  // whose passage does not lead
    for (auto& [hash, planted] : found) {
      if (times[planted.sentence] > 1) continue;
      const RunRecord record = Ask(planted.one, *clean_, *answerer_.cached);
      if (Label(planted.one, record, *clean_, *answerer_.cached, {})) continue;
      const bool passes = ScoreRecord(planted.one, record, Options()).Passes();
      if (!passes) continue;
      baseline_[planted.one.id] = record;
      behind += RankOf(record) > 0 ? 1 : 0;
      cases_.push_back(std::move(planted));
      if (cases_.size() >= 16 * wanted_ && behind >= 3 * wanted_ / 2) break;
    }
  }

  static ScoreOptions Options() { return {.max_words = kMaxWords}; }

  RunParts Parts(Engine& engine, const generation::CachedAnswerer& answerer) const {
    return {.retriever = engine.parts().retriever,
            .answerer = answerer,
            .snapshot = engine.snapshot(),
            .judge = &judge_};
  }

  RunRecord Ask(const Case& one, Engine& engine, const generation::CachedAnswerer& answerer,
                const RunSettings& settings = {}) const {
    return AskCase(one, 0, Parts(engine, answerer), settings, {}).value();
  }

  // As `quarry eval advise` labels a record, replays included.
  std::optional<Failure> Label(const Case& one, const RunRecord& record, Engine& engine,
                               const generation::CachedAnswerer& answerer,
                               const RunSettings& settings,
                               const ScoreOptions& options = Options()) const {
    if (!Attribute(one, record, options, {}, {})) return std::nullopt;
    const generation::ExtractiveWriter writer(analyzer_, counter_, {});
    EngineReplayer replayer({.run = Parts(engine, answerer),
                             .settings = settings,
                             .writer = writer,
                             .unlimited = unlimited_.cached.get()});
    const Replays replays = ReplayFailure(one, record, replayer, judge_, options, {}).value();
    const Case* const cases[] = {&one};
    const auto presence = FindGold(cases, Parts(engine, answerer), settings, {}).value();
    return Attribute(one, record, options, presence[0], replays);
  }

  void Count(const std::string& fault, const Planted& planted,
             const std::optional<Failure>& failure) {
    if (!failure) return;  // the fault changed nothing that is asked for
    auto& row = matrix_[fault];
    if (planted_[fault] == wanted_) return;
    ++planted_[fault];
    ++row[failure->kind];
    if (std::getenv("QUARRY_ATTRIBUTION_VERBOSE") != nullptr) {
      std::printf("%s | %s | %s | %s\n", fault.c_str(), FailureName(failure->kind),
                  planted.one.query.c_str(), failure->evidence.c_str());
    }
  }
  bool Full(const std::string& fault) const {
    const auto planted = planted_.find(fault);
    return planted != planted_.end() && planted->second == wanted_;
  }

  void Expect(const std::string& fault, FailureKind kind) {
    const uint64_t all = planted_[fault];
    EXPECT_GE(all, std::min<uint64_t>(wanted_, 15)) << fault << ": too few cases fail by it";
    const uint64_t right = matrix_[fault][kind];
    const uint64_t allowed = (all + 19) / 20;  // 95 of 100
    EXPECT_GE(right + allowed, all)
        << fault << ": " << right << " of " << all << " are called " << FailureName(kind);
  }

  void PrintMatrix() const {
    for (const auto& [fault, row] : matrix_) {
      std::printf("| %-24s |", fault.c_str());
      for (const auto& [kind, count] : row) {
        std::printf(" %s %llu,", FailureName(kind), static_cast<unsigned long long>(count));
      }
      std::printf("\n");
    }
  }

  // Judged anew after the test changed what was answered.
  void Rejudge(const Case& one, RunRecord& record) const {
    ASSERT_TRUE(JudgeRecord(one, judge_, record, {}).ok());
  }

  // Another answer than the fact, and nothing that its passage says too.
  bool SaysSomethingElse(const Answer& answer, const Planted& planted,
                         const std::vector<Passage>& gold) const {
    const auto says = [&](const std::string& text, const std::string& claim) {
      return judge_.JudgeClaim(claim, text).verdict == ClaimVerdict::kEntailed;
    };
    if (answer.kind != ReplyKind::kAnswer || says(answer.text, planted.sentence)) return false;
    return std::ranges::none_of(answer.citations, [&](const Citation& citation) {
      return std::ranges::any_of(
          gold, [&](const Passage& passage) { return says(passage.chunk.text, citation.quote); });
    });
  }

  static bool HasGold(const RunRecord& record) {
    const ResolvedSpan& gold = record.gold_spans.at(0);
    return std::ranges::any_of(record.candidates, [&](const RunCandidate& one) {
      return one.document == gold.span.document && one.begin < gold.span.end &&
             gold.span.begin < one.end;
    });
  }

  // A rank above 1 of the gold passage; 0 where it leads or is not there.
  static uint32_t RankOf(const RunRecord& record) {
    const ResolvedSpan& gold = record.gold_spans.at(0);
    for (uint32_t i = 0; i < record.candidates.size(); ++i) {
      const RunCandidate& one = record.candidates[i];
      if (one.document == gold.span.document && one.begin < gold.span.end &&
          gold.span.begin < one.end) {
        return i == 0 ? 0 : i + 1;
      }
    }
    return 0;
  }

  size_t wanted_ = 8;
  TemporaryDirectory files_ = testing::MakeTemporaryDirectory();
  Analyzer analyzer_;
  mutable model::TokenCounter counter_{""};
  LocalJudge judge_;
  std::string clean_root_;
  std::unique_ptr<Engine> clean_;
  Answering answerer_;
  Answering unlimited_;
  std::vector<Planted> cases_;
  std::map<std::string, RunRecord> baseline_;
  std::map<std::string, std::map<FailureKind, uint64_t>> matrix_;
  std::map<std::string, uint64_t> planted_;
};

TEST_F(PlantedFaultTest, EachGetsItsLabel) {
  ASSERT_GE(cases_.size(), wanted_);
  const generation::ExtractiveWriter writer(analyzer_, counter_, {.decline_below = 0});

  // --- the corpus -------------------------------------------------------------------------------
  {
    Engine dropped(EditedCorpus("dropped", [](const Planted&) { return std::string(); }));
    const Answering answering = MakeAnswerer(dropped.parts(), {});
    for (const Planted& planted : cases_) {
      if (Full("chunk dropped at parse")) break;
      const RunRecord record = Ask(planted.one, dropped, *answering.cached);
      Count("chunk dropped at parse", planted,
            Label(planted.one, record, dropped, *answering.cached, {}));
    }
    Expect("chunk dropped at parse", FailureKind::kCorpusGap);
  }
  {
    Engine edited(EditedCorpus("edited", [](const Planted& one) { return one.edited; }));
    const Answering answering = MakeAnswerer(edited.parts(), {});
    for (const Planted& planted : cases_) {
      const RunRecord record = Ask(planted.one, edited, *answering.cached);
      if (!Full("source edited")) {
        Count("source edited", planted, Label(planted.one, record, edited, *answering.cached, {}));
      }
      // The suite follows the edit, the cache does not: what was stored before is served.
      if (Full("stale cache")) continue;
      Case now = planted.one;
      now.expected_facts[0].text = now.gold_spans[0].quote = planted.edited;
      RunRecord stale = baseline_[planted.one.id];
      const RunRecord fresh = Ask(now, edited, *answering.cached);
      stale.candidates = fresh.candidates;
      stale.gold_spans = fresh.gold_spans;
      stale.cache.kind = CacheKind::kExact;
      stale.cache.question = now.query;
      Rejudge(now, stale);
      Count("stale cache", planted, Label(now, stale, edited, *answering.cached, {}));
    }
    Expect("source edited", FailureKind::kSourceWrong);
    Expect("stale cache", FailureKind::kCacheFalseHit);
  }

  // --- retrieval --------------------------------------------------------------------------------
  RetrievalOptions narrow;
  narrow.leg_documents = 1;
  const Answering cramped = MakeAnswerer(clean_->parts(), {.context = {.token_budget = 1}});
  for (const Planted& planted : cases_) {
    const Case& one = planted.one;
    if (!Full("filter wrong")) {
      Case filtered = one;
      filtered.filters = R"({"type": "eq", "key": "area", "value": "nowhere"})";
      const RunRecord record = Ask(filtered, *clean_, *answerer_.cached);
      Count("filter wrong", planted, Label(filtered, record, *clean_, *answerer_.cached, {}));
    }
    RunSettings dense;
    dense.query.mode = SearchMode::kDense;
    dense.query.options = narrow;
    dense.query.k = narrow.leg_documents;  // a leg brings as many as are asked for
    if (!Full("leg off")) {
      // Where the other leg has it all the same, nothing is lost.
      const RunRecord record = Ask(one, *clean_, *answerer_.cached, dense);
      if (!HasGold(record)) {
        Count("leg off", planted, Label(one, record, *clean_, *answerer_.cached, dense));
      }
    }
    const uint32_t rank = RankOf(baseline_[one.id]);
    if (rank == 0) continue;
    RunSettings cut;
    cut.query.k = rank - 1;
    if (!Full("k cut")) {
      const RunRecord record = Ask(one, *clean_, *answerer_.cached, cut);
      Count("k cut", planted, Label(one, record, *clean_, *answerer_.cached, cut));
    }
    if (!Full("budget cut")) {
      const RunRecord record = Ask(one, *clean_, *cramped.cached);
      Count("budget cut", planted, Label(one, record, *clean_, *cramped.cached, {}));
    }
  }
  Expect("filter wrong", FailureKind::kRetrievalMiss);
  Expect("leg off", FailureKind::kRetrievalMiss);
  Expect("k cut", FailureKind::kRanking);
  Expect("budget cut", FailureKind::kContextTruncation);

  // --- answering --------------------------------------------------------------------------------
  const Answering timid = MakeAnswerer(clean_->parts(), {.extractive = {.decline_below = 1.01}});
  const Answering bold = MakeAnswerer(clean_->parts(), {.extractive = {.decline_below = 0}});
  for (const Planted& planted : cases_) {
    const Case& one = planted.one;
    const RunRecord& base = baseline_[one.id];
    const auto label = [&](const Case& judged, const RunRecord& record,
                           const ScoreOptions& options = Options()) {
      return Label(judged, record, *clean_, *answerer_.cached, {}, options);
    };
    if (!Full("passages swapped")) {
      // Another passage is read in the gold one's place, which stays in the prompt unread.
      Answer answer;
      answer.context =
          answerer_.answerer->MakeContext({.text = one.query}, clean_->snapshot(), {}).value();
      std::vector<Passage> gold;
      // Only a passage that has nothing to do with the fact is another.
      std::erase_if(answer.context.passages, [&](const Passage& passage) {
        const bool is_gold = passage.chunk.text.find(planted.sentence) != std::string::npos;
        if (is_gold) gold.push_back(passage);
        const Judgement judged = judge_.JudgeClaim(planted.sentence, passage.chunk.text);
        return is_gold || passage.chunk.document == planted.document ||
               judged.verdict != ClaimVerdict::kNeutral;
      });
      if (!answer.context.passages.empty() &&
          writer.Write({.text = one.query}, clean_->snapshot(), nullptr, {}, answer).ok() &&
          !answer.abstained && SaysSomethingElse(answer, planted, gold)) {
        RunRecord record = base;
        record.answer = answer.text;
        record.passages.clear();
        record.citations.clear();
        record.sentences.clear();
        for (const SentenceVerdict& sentence : answer.sentences) {
          record.sentences.push_back({.span = sentence.span, .supported = true, .score = 1});
        }
        for (const Passage& passage : gold) answer.context.passages.push_back(passage);
        for (const Passage& passage : answer.context.passages) {
          record.passages.push_back({.chunk = passage.chunk.id,
                                     .document = passage.chunk.document,
                                     .begin = passage.chunk.span.begin,
                                     .end = passage.chunk.span.end,
                                     .heading = passage.title,
                                     .text = passage.chunk.text});
        }
        Rejudge(one, record);
        Count("passages swapped", planted, label(one, record));
      }
    }
    if (!Full("answer negated")) {
      const std::string denied = Denied(planted.sentence);
      RunRecord record = base;
      record.answer = testing::WithFirstReplaced(
          base.answer, planted.sentence.substr(0, planted.sentence.size() - 3),
          denied.substr(0, denied.size() - std::min<size_t>(3, denied.size())));
      if (!denied.empty() && record.answer != base.answer) {
        record.sentences.clear();
        Rejudge(one, record);
        Count("answer negated", planted, label(one, record));
      }
    }
    if (!Full("citation shifted") && base.passages.size() > 1) {
      RunRecord record = base;
      const size_t passages = base.passages.size();
      std::string shifted;
      for (size_t i = 0; i < base.answer.size(); ++i) {
        const generation::MarkerScan scan =
            generation::ScanMarker(std::string_view(base.answer).substr(i));
        if (scan.state != generation::MarkerScan::State::kMarker) {
          shifted += base.answer[i];
          continue;
        }
        shifted += "[" + std::to_string(scan.numbers[0] % passages + 1) + "]";
        i += scan.size - 1;
      }
      record.answer = shifted;
      record.sentences.clear();
      for (RunCitation& citation : record.citations) {
        citation.passage = static_cast<uint32_t>(citation.passage % passages + 1);
      }
      Rejudge(one, record);
      Count("citation shifted", planted, label(one, record));
    }
    if (!Full("declines too much")) {
      const RunRecord record = Ask(one, *clean_, *timid.cached);
      Count("declines too much", planted, label(one, record));
    }
    if (!Full("declines nothing")) {
      Case unanswerable = one;
      unanswerable.answerable = false;
      unanswerable.expected_facts.clear();
      unanswerable.gold_spans.clear();
      const RunRecord record = Ask(unanswerable, *clean_, *bold.cached);
      Count("declines nothing", planted, label(unanswerable, record));
    }
    if (!Full("fact left out")) {
      // Another sentence of the passage that holds it.
      RunRecord record = base;
      for (size_t p = 0; p < base.passages.size(); ++p) {
        const std::string& text = base.passages[p].text;
        if (text.find(planted.sentence) == std::string::npos) continue;
        for (const ByteRange& range : SplitSentences(text)) {
          const std::string other = text.substr(range.begin, range.end - range.begin);
          if (other.size() < kMinBytes || other == planted.sentence ||
              other.find('\n') != std::string::npos) {
            continue;
          }
          record.answer = other + " [" + std::to_string(p + 1) + "]";
        }
      }
      if (record.answer != base.answer) {
        record.sentences.clear();
        Rejudge(one, record);
        Count("fact left out", planted, label(one, record));
      }
    }
    if (!Full("too long")) Count("too long", planted, label(one, base, {.max_words = 3}));
    if (!Full("upstream down")) {
      RunRecord record = base;
      record.error = "UNAVAILABLE: no answer from upstream";
      Count("upstream down", planted, label(one, record));
    }
  }
  Expect("passages swapped", FailureKind::kDistracted);
  Expect("answer negated", FailureKind::kUnfaithful);
  Expect("citation shifted", FailureKind::kCitationError);
  Expect("declines too much", FailureKind::kOverRefusal);
  Expect("declines nothing", FailureKind::kShouldHaveRefused);
  Expect("fact left out", FailureKind::kOmission);
  Expect("too long", FailureKind::kFormat);
  Expect("upstream down", FailureKind::kInfraError);
  PrintMatrix();
}

}  // namespace
}  // namespace quarry::eval
