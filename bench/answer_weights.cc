// Fits the weights of model/answer_weights.cc, and prints them with what they find.
//
//   answer_weights DIR...   collections in the BEIR layout with marked answers (SQuAD 2, CMRC 2018, DuReader)
//
// Every answerable question is asked of its collection; its passages are what the fit sees. Articles (by their title;
// without one, documents) of odd hash are fitted on, the others reported. First the words: within a sentence that holds
// the marked answer, which of its words are marked. Then the sentences: of all that were found, which hold the answer
// in its own passage. Both are conditional logistic regressions: minus the logarithm of the share of exp(score) that
// falls to what is marked, ridge 0.00002, signs held where the sense is certain; by Adam, 400 full steps.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "eval/beir_corpus.h"
#include "eval/gold_spans.h"
#include "model/answer_weights.h"
#include "tests/testing/eval_testing.h"

namespace quarry::bench {
namespace {

constexpr double kRidge = 2e-5;
constexpr int kSteps = 400;
constexpr uint32_t kMaxTokens = 160;  // of what is quoted (ExtractiveOptions)

// What is chosen from, and which of it is right.
template <size_t n>
struct Choice {
  std::vector<std::array<double, n>> features;
  std::vector<bool> right;
};

struct Case {
  std::string collection;
  std::vector<std::string> golds;
  std::vector<std::vector<std::string>> gold_tokens;
  std::set<std::string> documents;
  std::vector<Passage> passages;
  std::string question;
  bool fitted = false;
  // Of the passages: what each sentence is.
  std::unique_ptr<model::PassageReading> reading;
  enum class Is : uint8_t { kWrong, kRight, kRightElsewhere };
  std::vector<Is> sentences;
};

template <size_t n>
double Loss(const std::vector<Choice<n>>& choices, const std::array<double, n>& weights,
            std::array<double, n>& gradient) {
  double loss = 0;
  gradient.fill(0);
  std::vector<double> shares;
  for (const Choice<n>& choice : choices) {
    shares.clear();
    for (const auto& features : choice.features)
      shares.push_back(model::WeightedSum(features, weights));
    const double most = std::ranges::max(shares);
    double all = 0;
    double right = 0;
    for (size_t i = 0; i < shares.size(); ++i) {
      shares[i] = std::exp(shares[i] - most);
      all += shares[i];
      if (choice.right[i]) right += shares[i];
    }
    right = std::max(right, 1e-300);
    loss -= std::log(right / all);
    for (size_t i = 0; i < shares.size(); ++i) {
      const double slope = shares[i] / all - (choice.right[i] ? shares[i] / right : 0);
      for (size_t j = 0; j < n; ++j) gradient[j] += slope * choice.features[i][j];
    }
  }
  const double count = static_cast<double>(choices.size());
  loss /= count;
  for (size_t j = 0; j < n; ++j) {
    loss += kRidge * weights[j] * weights[j];
    gradient[j] = gradient[j] / count + 2 * kRidge * weights[j];
  }
  return loss;
}

// `signs`: 1 and -1 where a weight may only be positive or negative.
template <size_t n>
std::array<double, n> Fit(const std::vector<Choice<n>>& choices, const std::array<int, n>& signs) {
  std::array<double, n> weights = {};
  std::array<double, n> gradient = {};
  std::array<double, n> mean = {};
  std::array<double, n> square = {};
  double loss = 0;
  for (int step = 1; step <= kSteps; ++step) {
    loss = Loss(choices, weights, gradient);
    const double rate = 0.1 * (step < kSteps / 2 ? 1 : step < kSteps * 3 / 4 ? 0.3 : 0.05);
    for (size_t j = 0; j < n; ++j) {
      mean[j] = 0.9 * mean[j] + 0.1 * gradient[j];
      square[j] = 0.99 * square[j] + 0.01 * gradient[j] * gradient[j];
      const double m = mean[j] / (1 - std::pow(0.9, step));
      const double s = square[j] / (1 - std::pow(0.99, step));
      weights[j] -= rate * m / (std::sqrt(s) + 1e-8);
      if (signs[j] * weights[j] < 0) weights[j] = 0;
    }
  }
  std::printf("// %zu choices, loss %.4f\n", choices.size(), loss);
  return weights;
}

bool HoldsGold(std::string_view text, const Case& one) {
  const std::vector<std::string> tokens = eval::SpanTokens(text);
  return std::ranges::any_of(one.gold_tokens, [&](const std::vector<std::string>& gold) {
    return !gold.empty() && !std::ranges::search(tokens, gold).empty();
  });
}

std::vector<ByteRange> MarkedRanges(std::string_view text, const Case& one) {
  std::vector<ByteRange> ranges;
  for (const std::string& gold : one.golds) {
    for (size_t at = gold.empty() ? text.npos : text.find(gold); at != text.npos;
         at = text.find(gold, at + 1)) {
      ranges.push_back({at, at + gold.size()});
    }
  }
  return ranges;
}

// Appends the cases of a collection; their readings refer to them, so they stay where they are.
void ReadCases(const std::string& directory, const Analyzer& analyzer, std::deque<Case>& cases) {
  quarry::testing::TestEngine engine;
  const eval::EvalParts parts = quarry::testing::EvalPartsOf(engine);
  const eval::BeirQueries queries = eval::ReadBeirQueries(directory, "test").value();
  eval::CorpusReport report;
  const auto snapshot = eval::OpenBeirCorpus(directory, parts, nullptr, {}, report).value();
  for (const eval::BeirQuery& query : queries.queries) {
    if (query.answers.empty()) continue;
    Case& one = cases.emplace_back();
    one.collection = directory.substr(directory.rfind('/') + 1);
    one.golds = query.answers;
    one.question = query.text;
    Query asked;
    asked.text = query.text;
    for (const auto& [document, grade] : queries.qrels.at(query.id)) {
      if (grade >= 1) one.documents.insert(document);
    }
    one.passages = engine.answerer.MakeContext(asked, *snapshot, {}).value().passages;
    std::string article = *one.documents.begin();
    for (const Passage& passage : one.passages) {
      if (one.documents.contains(passage.chunk.document) && !passage.title.empty())
        article = passage.title;
    }
    one.fitted = Hash64(article) % 2 == 1;
    for (const std::string& gold : one.golds) one.gold_tokens.push_back(eval::SpanTokens(gold));
    one.reading =
        std::make_unique<model::PassageReading>(one.question, one.passages, analyzer, kMaxTokens);
    for (const model::Sentence& sentence : one.reading->sentences()) {
      const bool own = one.documents.contains(one.passages[sentence.passage].chunk.document);
      one.sentences.push_back(!HoldsGold(one.reading->TextOf(sentence), one) ? Case::Is::kWrong
                              : own                                          ? Case::Is::kRight
                                    : Case::Is::kRightElsewhere);
    }
  }
}

std::vector<Choice<model::WordFeature::kCount>> WordChoices(const std::vector<const Case*>& cases) {
  std::vector<Choice<model::WordFeature::kCount>> choices;
  for (const Case* one : cases) {
    const model::PassageReading& reading = *one->reading;
    const model::AnswerWordFinder finder(one->question, reading.question().kind,
                                         reading.question().text);
    for (size_t i = 0; i < one->sentences.size(); ++i) {
      if (one->sentences[i] != Case::Is::kRight) continue;
      const model::Sentence& sentence = reading.sentences()[i];
      const std::vector<ByteRange> marked = MarkedRanges(reading.TextOf(sentence), *one);
      Choice<model::WordFeature::kCount> choice;
      for (const model::AnswerWord& word : model::AnswerWordsOf(reading, sentence, finder)) {
        const bool is_marked = std::ranges::any_of(marked, [&](const ByteRange& range) {
          return word.range.begin < range.end && range.begin < word.range.end;
        });
        choice.features.push_back(word.features);
        choice.right.push_back(is_marked && word.features[model::WordFeature::kJoining] == 0);
      }
      if (std::ranges::count(choice.right, true) > 0) choices.push_back(std::move(choice));
    }
  }
  return choices;
}

std::vector<Choice<model::SentenceFeature::kCount>> SentenceChoices(
    const std::vector<const Case*>& cases, const model::WordFeatures& word_weights) {
  std::vector<Choice<model::SentenceFeature::kCount>> choices;
  for (const Case* one : cases) {
    const auto features = model::FeaturesOfSentences(*one->reading, word_weights);
    Choice<model::SentenceFeature::kCount> choice;
    for (size_t i = 0; i < features.size(); ++i) {
      // Elsewhere it may be the answer or the same word about another thing.
      if (one->sentences[i] == Case::Is::kRightElsewhere) continue;
      choice.features.push_back(features[i]);
      choice.right.push_back(one->sentences[i] == Case::Is::kRight);
    }
    if (std::ranges::count(choice.right, true) > 0) choices.push_back(std::move(choice));
  }
  return choices;
}

template <size_t n>
void Print(const char* name, const std::array<double, n>& weights) {
  std::printf("    .%s = {", name);
  for (size_t i = 0; i < n; ++i)
    std::printf("%s%.2f", i == 0 ? "" : i % 12 == 0 ? ",\n        " : ", ", weights[i]);
  std::printf("},\n");
}

// How often the best sentence, or one of the best three, holds the answer.
void Report(const std::vector<const Case*>& cases, const model::AnswerWeights& weights) {
  std::set<std::string> collections;
  for (const Case* one : cases) collections.insert(one->collection);
  for (const std::string& collection : collections) {
    double all = 0;
    double best = 0;
    double three = 0;
    double cited = 0;
    for (const Case* one : cases) {
      if (one->collection != collection || one->fitted) continue;
      all += 1;
      std::vector<std::pair<double, size_t>> order;
      for (const auto& features : model::FeaturesOfSentences(*one->reading, weights.words)) {
        order.emplace_back(-model::WeightedSum(features, weights.sentences), order.size());
      }
      std::ranges::sort(order);
      bool held = false;
      for (size_t i = 0; i < order.size() && i < 3; ++i) {
        held = held || one->sentences[order[i].second] != Case::Is::kWrong;
        if (i > 0) continue;
        best += held ? 1 : 0;
        const uint32_t passage = one->reading->sentences()[order[i].second].passage;
        cited += one->documents.contains(one->passages[passage].chunk.document) ? 1 : 0;
      }
      three += held ? 1 : 0;
    }
    std::printf(
        "// %s, %.0f questions of the other half: in the best sentence %.3f, in the best three "
        "%.3f; its passage first %.3f\n",
        collection.c_str(), all, best / all, three / all, cited / all);
  }
}

void FitLanguage(const std::deque<Case>& cases, bool chinese) {
  std::vector<const Case*> all;
  std::vector<const Case*> fitted;
  for (const Case& one : cases) {
    if (IsMostlyCjk(one.question) != chinese) continue;
    all.push_back(&one);
    if (one.fitted) fitted.push_back(&one);
  }
  using model::SentenceFeature;
  std::array<int, SentenceFeature::kCount> signs = {};
  for (const auto name :
       {SentenceFeature::kCoverage, SentenceFeature::kPrior, SentenceFeature::kPerson,
        SentenceFeature::kTime, SentenceFeature::kPlace, SentenceFeature::kNumber,
        SentenceFeature::kReason, SentenceFeature::kAnswer}) {
    signs[name] = 1;
  }
  for (const auto name :
       {SentenceFeature::kFar, SentenceFeature::kShort, SentenceFeature::kNamesMissing,
        SentenceFeature::kNumberMissing, SentenceFeature::kNegation}) {
    signs[name] = -1;
  }
  model::AnswerWeights weights = {};
  weights.words = Fit(WordChoices(fitted), {});
  weights.sentences = Fit(SentenceChoices(fitted, weights.words), signs);
  std::printf("constexpr AnswerWeights k%s{\n", chinese ? "Chinese" : "English");
  Print("words", weights.words);
  Print("sentences", weights.sentences);
  std::printf("};\n");
  Report(all, weights);
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  using namespace quarry;
  const Analyzer analyzer;
  std::deque<bench::Case> cases;
  for (int i = 1; i < argc; ++i) bench::ReadCases(argv[i], analyzer, cases);
  bench::FitLanguage(cases, /*chinese=*/false);
  bench::FitLanguage(cases, /*chinese=*/true);
}
