#include "base/retrieval_options.h"

#include <set>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

const RetrievalOption& Find(std::string_view name) {
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    if (option.name == name) return option;
  }
  Fatal(__FILE__, __LINE__, "no such option");
}

TEST(RetrievalOptionsTest, EveryOptionTakesItsOwnValueAndRefusesAnotherType) {
  std::set<std::string> names;
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    EXPECT_TRUE(names.insert(option.request_name).second) << option.name;
    RetrievalOptions options;
    EXPECT_OK(option.set(options, option.get(options)));
    EXPECT_EQ(options.Description(), RetrievalOptions().Description());
    const RetrievalValue wrong = std::holds_alternative<bool>(option.get(options))
                                     ? RetrievalValue(uint64_t{1})
                                     : RetrievalValue(true);
    EXPECT_THAT(option.set(options, wrong).message(),
                ::testing::StartsWith("expected " + option.type + ", got "));
  }
}

TEST(RetrievalOptionsTest, AnIntegerIsANumberAndRangesHold) {
  RetrievalOptions options;
  EXPECT_OK(Find("retrieval.dense_weight").set(options, uint64_t{1}));
  EXPECT_EQ(options.fusion.dense_weight, 1.0);
  EXPECT_EQ(Find("retrieval.hops").set(options, uint64_t{9}).message(),
            "expected an integer from 1 to 4, got 9");
  EXPECT_EQ(Find("retrieval.recency_as_of").set(options, std::string("soon")).message(),
            "expected an ISO 8601 time, or nothing, got \"soon\"");
  EXPECT_EQ(Find("retrieval.fusion").set(options, std::string("max")).message(),
            "expected one of convex, rrf, got \"max\"");
  EXPECT_EQ(Find("retrieval.translate_terms").set(options, std::string("yes")).message(),
            "expected one of auto, on, off, got \"yes\"");
  EXPECT_OK(Find("retrieval.translate_terms").set(options, std::string("on")));
  EXPECT_EQ(options.translate_terms, TranslateTermsMode::kOn);
}

TEST(RetrievalOptionsTest, ValidationNamesTheOption) {
  RetrievalOptions options;
  options.rerank.candidates = 0;
  EXPECT_EQ(options.Validate().message(),
            "rerank.candidates: expected an integer from 1 to 1000, got 0");
  options = {};
  options.collection_dense_weights["manuals"] = 2;
  EXPECT_EQ(options.Validate().message(),
            "retrieval.collection_dense_weights: manuals: expected a number from 0 to 1, got 2");
}

TEST(RetrievalOptionsTest, ACollectionMayHaveItsOwnWeight) {
  RetrievalOptions options;
  options.collection_dense_weights["manuals"] = 0.1;
  EXPECT_EQ(options.DenseWeightOf("manuals"), 0.1);
  EXPECT_EQ(options.DenseWeightOf("other"), 0.35);
}

TEST(RetrievalOptionsTest, FusionMethodsAreNamed) {
  EXPECT_EQ(ParseFusionMethod("rrf").value(), FusionMethod::kReciprocalRank);
  EXPECT_EQ(ParseFusionMethod(FusionMethodName(FusionMethod::kConvex)).value(),
            FusionMethod::kConvex);
  EXPECT_EQ(ParseFusionMethod("max").status().message(),
            "unknown fusion method \"max\"; expected convex or rrf");
}

}  // namespace
}  // namespace quarry
