#include "model/tokenizer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/coding.h"
#include "base/text.h"
#include "model/precompiled_charsmap.h"
#include "model/token_counter.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TokenizerTest : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const Tokenizer>> FromJson(const std::string& json) {
    testing::WriteText(folder_.path(), "tokenizer.json", json);
    return OpenTokenizer(folder_.path());
  }
  std::string ErrorOf(const std::string& json) {
    const Result<std::shared_ptr<const Tokenizer>> opened = FromJson(json);
    return opened.ok() ? "" : opened.status().message();
  }
  const TemporaryDirectory folder_ = testing::MakeTemporaryDirectory();
};

std::string Normalised(const NormalizerStep& step, std::string text) {
  EXPECT_OK(step(text));
  return text;
}

std::vector<std::string> Cut(const PreTokenizerStep& step, const std::string& text) {
  Pieces pieces{.text = text, .ranges = {{0, text.size()}}};
  EXPECT_OK(step(pieces));
  std::vector<std::string> cut;
  for (const ByteRange& range : pieces.ranges) {
    cut.push_back(pieces.text.substr(range.begin, range.end - range.begin));
  }
  return cut;
}

// ---- The cases by which BERT's own tests pin its tokenizer down, and their like.

TEST(BertNormalizerTest, CleansSplitsAndFolds) {
  const NormalizerStep lower = BertNormalizer({});
  EXPECT_EQ(Normalised(lower, "H\u00e9llo"), "hello");
  EXPECT_EQ(Normalised(lower, "ah\u535a\u63a8zz"), "ah \u535a  \u63a8 zz");
  EXPECT_EQ(Normalised(lower,
                       "a\x07"
                       "b\u200dc\tD\u00a0E\u3000F\r\n"),
            "abc d e f  ");
  EXPECT_EQ(Normalised(lower, "\u0130"), "i");  // the dot is an accent
  EXPECT_EQ(Normalised(lower, "\u03a3\u039f\u03a3"), "\u03c3\u03bf\u03c3");
  EXPECT_EQ(Normalised(lower, "\uac00"), "\u1100\u1161");  // hangul comes apart
  EXPECT_EQ(Normalised(lower, "\u30ac"), "\u30ab");        // a kana's voicing mark is an accent
  const NormalizerStep cased = BertNormalizer({.strip_accents = false, .lower_case = false});
  EXPECT_EQ(Normalised(cased, "H\u00e9llo \u4e2d"), "H\u00e9llo  \u4e2d ");
  const NormalizerStep accents = BertNormalizer({.strip_accents = false});
  EXPECT_EQ(Normalised(accents, "H\u00c9LLO"), "h\u00e9llo");
}

TEST(BertPreTokenizerTest, CutsAtSpaceAndRoundPunctuation) {
  EXPECT_THAT(Cut(BertPreTokenizer(), " hello!how's \u3002 a$b "),
              ElementsAre("hello", "!", "how", "'", "s", "\u3002", "a", "$", "b"));
}

TEST(PreTokenizerTest, MatchesGoWhereTheBehaviourSays) {
  const auto cut = [](SplitBehavior behavior, bool inverted = false) {
    return Cut(SplitPreTokenizer(TextPattern("-"), behavior, inverted), "a--b-c");
  };
  EXPECT_THAT(cut(SplitBehavior::kRemoved), ElementsAre("a", "b", "c"));
  EXPECT_THAT(cut(SplitBehavior::kIsolated), ElementsAre("a", "-", "-", "b", "-", "c"));
  EXPECT_THAT(cut(SplitBehavior::kContiguous), ElementsAre("a", "--", "b", "-", "c"));
  EXPECT_THAT(cut(SplitBehavior::kMergedWithPrevious), ElementsAre("a-", "-", "b-", "c"));
  EXPECT_THAT(cut(SplitBehavior::kMergedWithNext), ElementsAre("a", "-", "-b", "-c"));
  EXPECT_THAT(cut(SplitBehavior::kRemoved, true), ElementsAre("-", "-", "-"));
}

TEST(PreTokenizerTest, MetaspaceAndByteLevelWriteTheTextAnew) {
  EXPECT_THAT(Cut(MetaspacePreTokenizer("\u2581", PrependScheme::kAlways, true), "Hey  you"),
              ElementsAre("\u2581Hey", "\u2581", "\u2581you"));
  EXPECT_THAT(Cut(MetaspacePreTokenizer("\u2581", PrependScheme::kNever, false), "Hey you"),
              ElementsAre("Hey\u2581you"));
  EXPECT_THAT(Cut(ByteLevelPreTokenizer(true, true), "Hello my\n friend's  \u4e2d"),
              ElementsAre("\u0120Hello", "\u0120my", "\u010a", "\u0120friend", "'s", "\u0120",
                          "\u0120\u00e4\u00b8\u0143"));
}

TEST(WordPieceTest, TakesTheLongestTokenFromTheFront) {
  WordPieceParts parts;
  uint32_t id = 0;
  for (const char* token :
       {"[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing"}) {
    parts.vocabulary.Add(token, id++);
  }
  const std::unique_ptr<const TokenModel> model = MakeWordPiece(std::move(parts));
  const auto ids = [&](const std::string& word) {
    std::vector<uint32_t> out;
    model->Tokenize(word, out);
    return out;
  };
  EXPECT_THAT(ids(""), ElementsAre());
  EXPECT_THAT(ids("unwanted"), ElementsAre(7, 4, 5));
  EXPECT_THAT(ids("running"), ElementsAre(8, 9));
  EXPECT_THAT(ids("unwantedX"), ElementsAre(0));
  EXPECT_THAT(ids(std::string(101, 'u')), ElementsAre(0));
}

TEST(BpeTest, MergesInTheOrderOfLearning) {
  BpeParts parts;
  uint32_t id = 0;
  for (const char* token : {"a", "b", "c", "ab", "bc", "abc", "aa"})
    parts.vocabulary.Add(token, id++);
  parts.merges = {{"b", "c"}, {"a", "b"}, {"a", "bc"}, {"a", "a"}};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<const TokenModel> model, MakeBpe(std::move(parts)));
  const auto ids = [&](const std::string& piece) {
    std::vector<uint32_t> out;
    model->Tokenize(piece, out);
    return out;
  };
  EXPECT_THAT(ids("abc"), ElementsAre(5));
  EXPECT_THAT(ids("abab"), ElementsAre(3, 3));
  EXPECT_THAT(ids("aaa"), ElementsAre(6, 0));  // the leftmost of equal pairs
  EXPECT_THAT(ids("axb"), ElementsAre(3));     // no token, no unknown one: as if it were not there
}

TEST(UnigramTest, TakesTheMostProbableWay) {
  UnigramParts parts;
  parts.tokens = {{"<unk>", 0}, {"a", -1}, {"b", -1.5}, {"ab", -2},
                  {"abc", -7},  {"c", -3}, {"泵", -4}};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<const TokenModel> model,
                       MakeUnigram(std::move(parts)));
  const auto ids = [&](const std::string& piece) {
    std::vector<uint32_t> out;
    model->Tokenize(piece, out);
    return out;
  };
  EXPECT_THAT(ids("abc"), ElementsAre(3, 5));         // -5 against -5.5 and -7
  EXPECT_THAT(ids("泵xyz泵"), ElementsAre(6, 0, 6));  // unknown neighbours are one
  EXPECT_THAT(ids(""), ElementsAre());
}

TEST(UnigramTest, BadVocabulariesAreNamed) {
  EXPECT_EQ(MakeUnigram({}).status().message(), "unk_id 0: the vocabulary has 0 tokens");
  EXPECT_EQ(MakeUnigram({.tokens = {{"a", 0}, {"a", 0}}}).status().message(), "token 1: twice");
  EXPECT_EQ(MakeUnigram({.tokens = {{"a", 0}, {"", 0}}}).status().message(), "token 1: empty");
}

// A table that makes "A" to "xy" and "AB" to "z": units as darts-clone lays them.
std::string SmallCharsmap() {
  const auto unit = [](uint32_t label, uint32_t offset, bool has_leaf) {
    return label | (has_leaf ? 1u << 8 : 0u) | offset << 10;
  };
  std::vector<uint32_t> units(512);
  // Root at 0 with offset 1: child by 'A' at 1 ^ 'A' = 64; its offset leads to 64 ^ 4 = 68.
  units[0] = unit(0, 1, false);
  units[1 ^ 'A'] = unit('A', 4, true);
  const uint32_t at_a = (1 ^ 'A') ^ 4;
  units[at_a] = 0x80000000u | 0;  // the value: "xy"
  units[at_a ^ 'B'] = unit('B', 256, true);
  units[at_a ^ 'B' ^ 256] = 0x80000000u | 3;  // "z"
  std::string bytes;
  AppendFixed32(bytes, static_cast<uint32_t>(units.size() * 4));
  for (const uint32_t one : units) AppendFixed32(bytes, one);
  return bytes + std::string("xy\0z\0", 5);
}

TEST(PrecompiledCharsmapTest, ReplacesTheLongestKey) {
  ASSERT_OK_AND_ASSIGN(const PrecompiledCharsmap map, PrecompiledCharsmap::Parse(SmallCharsmap()));
  EXPECT_EQ(map.Normalize("A"), "xy");
  EXPECT_EQ(map.Normalize("ABA B泵"), "zxy B泵");
  EXPECT_EQ(map.Normalize("\xff"), "\ufffd");
}

TEST(PrecompiledCharsmapTest, DamagedTablesAreRefusedOrReadWithinThem) {
  EXPECT_EQ(PrecompiledCharsmap::Parse("abc").status().message(),
            "precompiled charsmap: a trie of 0 bytes in 3");
  const std::string good = SmallCharsmap();
  EXPECT_EQ(PrecompiledCharsmap::Parse(good.substr(0, good.size() - 1)).status().message(),
            "precompiled charsmap: the replacements do not end with NUL");
  EXPECT_EQ(PrecompiledCharsmap::Parse(good + std::string(257, 'a') + '\0').status().message(),
            "precompiled charsmap: a replacement of 257 bytes; expected at most 256");
  uint64_t state = 1;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good;
    for (int n = 0; n < 4; ++n) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      bytes[4 + (state >> 33) % (bytes.size() - 5)] = static_cast<char>(state >> 20);
    }
    if (const Result<PrecompiledCharsmap> map = PrecompiledCharsmap::Parse(bytes); map.ok()) {
      EXPECT_FALSE(map->Normalize("ABAB泵ABC").empty());
    }
  }
}

// ---- Whole tokenizers

TEST_F(TokenizerTest, EncodesInTheTemplateAndCutsToTheLength) {
  testing::WriteVocabulary(folder_.path(), 100);
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(folder_.path()));
  ASSERT_OK_AND_ASSIGN(const Encoding one, tokenizer->Encode("The PUMP pumps", 32));
  EXPECT_THAT(one.ids, ElementsAre(2, 61, 62, 62, 49, 3));
  ASSERT_OK_AND_ASSIGN(const Encoding cut, tokenizer->Encode("The PUMP pumps", 4));
  EXPECT_THAT(cut.ids, ElementsAre(2, 61, 62, 3));
  ASSERT_OK_AND_ASSIGN(const Encoding pair, tokenizer->EncodePair("pump", "the valve", 32));
  EXPECT_THAT(pair.ids, ElementsAre(2, 62, 3, 61, 63, 3));
  EXPECT_THAT(pair.types, ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_EQ(tokenizer->Encode("a", 1).status().message(),
            "at most 1 tokens: 2 are special ones already");
}

TEST_F(TokenizerTest, OfAPairTheLongerTextIsCutFirst) {
  testing::WriteVocabulary(folder_.path(), 100);
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(folder_.path()));
  const std::string three = "the the the";
  const std::string six = "pump pump pump pump pump pump";
  const auto shares = [&](const std::string& a, const std::string& b, size_t limit) {
    const Encoding pair = tokenizer->EncodePair(a, b, limit + 3).value();
    return std::pair(std::count(pair.ids.begin(), pair.ids.end(), 61u),
                     std::count(pair.ids.begin(), pair.ids.end(), 62u));
  };
  EXPECT_EQ(shares(three, six, 9), std::pair(3l, 6l));
  EXPECT_EQ(shares(three, six, 8), std::pair(3l, 5l));
  EXPECT_EQ(shares(three, six, 5), std::pair(2l, 3l));
  EXPECT_EQ(shares(three, six, 4), std::pair(2l, 2l));
}

TEST_F(TokenizerTest, AddedTokensAreFoundInTheText) {
  testing::WriteVocabulary(folder_.path(), 100);
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(folder_.path()));
  ASSERT_OK_AND_ASSIGN(const std::vector<uint32_t> ids,
                       tokenizer->Tokenize("the[MASK]pump [mask]"));
  EXPECT_THAT(std::vector<uint32_t>(ids.begin(), ids.begin() + 3), ElementsAre(61, 4, 62));
  EXPECT_EQ(std::count(ids.begin(), ids.end(), 4u), 1);
}

TEST_F(TokenizerTest, TruncationAndPaddingOfTheFileAreNotLookedAt) {
  testing::WriteUnigramTokenizer(folder_.path());  // pins a length of 4 and padding to 64
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, OpenTokenizer(folder_.path()));
  ASSERT_OK_AND_ASSIGN(const Encoding one,
                       tokenizer->Encode("the pump  valves ｐump 水泵压力", 32));
  EXPECT_THAT(one.ids, ElementsAre(0, 4, 5, 6, 7, 5, 10, 11, 15, 2));
  ASSERT_OK_AND_ASSIGN(const Encoding pair, tokenizer->EncodePair("the", "pump", 32));
  EXPECT_THAT(pair.ids, ElementsAre(0, 4, 2, 2, 5, 2));
}

TEST_F(TokenizerTest, WhatIsWrongIsNamedWithItsPlace) {
  const std::string path = folder_.path() + "/tokenizer.json: ";
  EXPECT_EQ(ErrorOf("{"), path + "not JSON");
  EXPECT_EQ(ErrorOf("{}"), path + "model: missing");
  EXPECT_EQ(ErrorOf(R"({"model": {"type": "WordLevel"}})"),
            path + "model.type: \"WordLevel\" is not known; known are BPE, Unigram and WordPiece");
  EXPECT_EQ(ErrorOf(R"({"model": {"type": "WordPiece", "vocab": {"a": 0}}})"),
            path + "model.unk_token: \"[UNK]\" is not in the vocabulary");
  EXPECT_EQ(ErrorOf(R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": -1}}})"),
            path + "model.vocab.[UNK]: expected a number from 0 to 4000000");
  EXPECT_EQ(ErrorOf(R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}})"),
            path + "model.merges: merge 0: \"b\" is not in the vocabulary");
  EXPECT_EQ(
      ErrorOf(
          R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "byte_fallback": true}})"),
      path + "model.byte_fallback: true is not supported");
  const std::string model = R"("model": {"vocab": {"[UNK]": 0}})";
  EXPECT_THAT(ErrorOf("{" + model +
                      R"(, "normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}]}})"),
              HasSubstr("normalizer.normalizers[0].type: \"Nmt\" is not known; known are Bert"));
  EXPECT_THAT(ErrorOf("{" + model + R"(, "pre_tokenizer": {"type": "X"}})"),
              HasSubstr("pre_tokenizer.type: \"X\" is not known"));
  EXPECT_THAT(ErrorOf("{" + model +
                      R"x(, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}}})x"),
              HasSubstr("pre_tokenizer.pattern: regular expression \"(\": "));
  std::string deep = R"({"type": "NFC"})";
  for (int i = 0; i < 12; ++i) deep = R"({"type": "Sequence", "normalizers": [)" + deep + "]}";
  EXPECT_THAT(ErrorOf("{" + model + ", \"normalizer\": " + deep + "}"),
              HasSubstr("expected no sequence so deep"));
}

TEST_F(TokenizerTest, AFileThatMakesTooMuchOfATextIsRefusedOrStopsInTime) {
  const std::string path = folder_.path() + "/tokenizer.json: ";
  const std::string model = R"({"model": {"vocab": {"[UNK]": 0}})";
  const auto sequence = [&](const std::string& step, size_t count) {
    std::string list = step;
    for (size_t i = 1; i < count; ++i) list += ", " + step;
    return list;
  };
  const auto normalizers = [&](const std::string& step, size_t count) {
    return model + R"(, "normalizer": {"type": "Sequence", "normalizers": [)" +
           sequence(step, count) + "]}}";
  };
  const auto pre_tokenizers = [&](const std::string& step, size_t count) {
    return model + R"(, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [)" +
           sequence(step, count) + "]}}";
  };
  EXPECT_EQ(ErrorOf(normalizers(R"({"type": "NFC"})", 64)), "");
  EXPECT_EQ(ErrorOf(normalizers(R"({"type": "NFC"})", 65)),
            path + "normalizer.normalizers[64]: expected no more than 64");
  EXPECT_EQ(ErrorOf(pre_tokenizers(R"({"type": "WhitespaceSplit"})", 65)),
            path + "pre_tokenizer.pretokenizers[64]: expected no more than 64");

  // Each step doubles the text, or one makes a thousand times of it.
  const std::string twice = R"({"type": "Replace", "pattern": {"String": "a"}, "content": "aa"})";
  const std::string much = R"({"type": "Replace", "pattern": {"Regex": "."}, "content": ")" +
                           std::string(1000, 'x') + "\"}";
  for (const std::string& json : {normalizers(twice, 64), normalizers(much, 1),
                                  pre_tokenizers(R"({"type": "ByteLevel"})", 64)}) {
    ASSERT_OK_AND_ASSIGN(const auto tokenizer, FromJson(json));
    const Status status = tokenizer->Encode(std::string(1000, 'a') + "\u4e2d", 32).status();
    EXPECT_EQ(status.code(), Code::kResourceExhausted) << json.substr(0, 100);
    EXPECT_EQ(status.message(),
              "the tokenizer makes a text of 1003 bytes more than 16 times as long");
    EXPECT_OK(tokenizer->Encode("", 32).status());
  }
  // A prefix before a short text is no such thing.
  ASSERT_OK_AND_ASSIGN(
      const auto prefixed,
      FromJson(normalizers(R"({"type": "Prepend", "prepend": "a document: "})", 1)));
  EXPECT_OK(prefixed->Encode("a", 32).status());
}

TEST_F(TokenizerTest, ATokenIsOfAThousandBytesAtMost) {
  const std::string path = folder_.path() + "/tokenizer.json: ";
  const std::string token(1025, 'a');
  const std::string error = ": a token of 1025 bytes; expected at most 1024";
  EXPECT_EQ(ErrorOf(R"({"model": {"vocab": {"[UNK]": 0, ")" + token.substr(1) + R"(": 1}}})"), "");
  EXPECT_EQ(ErrorOf(R"({"model": {"vocab": {"[UNK]": 0, ")" + token + R"(": 1}}})"),
            path + "model.vocab" + error);
  EXPECT_EQ(ErrorOf(R"({"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], [")" + token +
                    R"(", 0]]}})"),
            path + "model.vocab[1]" + error);
  EXPECT_EQ(
      ErrorOf(R"({"model": {"vocab": {"[UNK]": 0}}, "added_tokens": [{"id": 1, "content": ")" +
              token + R"("}]})"),
      path + "added_tokens[0].content" + error);
  EXPECT_EQ(ErrorOf(R"({"model": {"vocab": {"[UNK]": 0}},
                        "pre_tokenizer": {"type": "Metaspace", "replacement": "ab"}})"),
            path + "pre_tokenizer.replacement: expected a character");
  std::filesystem::remove(folder_.path() + "/tokenizer.json");
  testing::WriteText(folder_.path(), "vocab.txt", "[UNK]\n" + token + "\n");
  EXPECT_EQ(OpenTokenizer(folder_.path()).status().message(),
            folder_.path() + ": vocab.txt: line 2" + error);
}

TEST_F(TokenizerTest, ATemplateHasEachSequenceOnce) {
  // Twice it would give more tokens than were asked for.
  const std::string a = R"({"Sequence": {"id": "A", "type_id": 0}})";
  EXPECT_EQ(ErrorOf(R"({"model": {"vocab": {"[UNK]": 0}}, "post_processor":
                        {"type": "TemplateProcessing", "special_tokens": {}, "single": [)" +
                    a + ", " + a + "]}}"),
            folder_.path() +
                "/tokenizer.json: post_processor.single[1].Sequence: expected each sequence once");
}

TEST_F(TokenizerTest, AVocabularyOfAnotherTokenizerThanBertsIsRefused) {
  testing::WriteVocabulary(folder_.path(), 100);
  const auto error = [&](const std::string& config) {
    testing::WriteText(folder_.path(), "tokenizer_config.json", config);
    return OpenTokenizer(folder_.path()).status().message();
  };
  const std::string path = folder_.path() + ": tokenizer_config.json: ";
  for (const char* config :
       {"{}", R"({"tokenizer_class": "BertTokenizer", "do_basic_tokenize": true})",
        R"({"tokenizer_class": "BertTokenizerFast", "word_tokenizer_type": "basic"})",
        R"({"tokenizer_class": null, "subword_tokenizer_type": "wordpiece"})"}) {
    EXPECT_EQ(error(config), "") << config;
  }
  EXPECT_EQ(error(R"({"tokenizer_class": "BertJapaneseTokenizer"})"),
            path +
                "tokenizer_class: \"BertJapaneseTokenizer\" is not known; expected "
                "BertTokenizer, or a tokenizer.json in the folder");
  EXPECT_EQ(error(R"({"word_tokenizer_type": "mecab"})"),
            path +
                "word_tokenizer_type: \"mecab\" is not known; expected basic, or a "
                "tokenizer.json in the folder");
  EXPECT_EQ(error(R"({"subword_tokenizer_type": "character"})"),
            path +
                "subword_tokenizer_type: \"character\" is not known; expected wordpiece, or a "
                "tokenizer.json in the folder");
  EXPECT_EQ(error(R"({"do_basic_tokenize": false})"),
            path + "do_basic_tokenize: false is not supported");
  EXPECT_EQ(error("[]"), path + "expected an object");
  EXPECT_EQ(error("{"), path + "not JSON");
}

TEST_F(TokenizerTest, ACounterIsExactWithAFolderAndEstimatesWithout) {
  testing::WriteVocabulary(folder_.path(), 100);
  TokenCounter exact(folder_.path());
  EXPECT_EQ(exact.Count("The pumps").value(), 3u);  // the, pump, ##s
  TokenCounter estimate("");
  EXPECT_EQ(estimate.Count("The pumps").value(), CountTokens("The pumps"));
  EXPECT_FALSE(estimate.is_exact());
  TokenCounter missing(folder_.path() + "/none");
  EXPECT_THAT(missing.Count("a").status().message(), HasSubstr("has neither tokenizer.json"));
}

TEST_F(TokenizerTest, AFolderWithoutATokenizerSaysWhatIsMissing) {
  EXPECT_EQ(OpenTokenizer(folder_.path()).status().message(),
            folder_.path() + ": has neither tokenizer.json nor vocab.txt");
  testing::WriteText(folder_.path(), "vocab.txt", "a\nb\n");
  EXPECT_EQ(OpenTokenizer(folder_.path()).status().message(),
            folder_.path() + ": vocab.txt: has no [UNK]; expected the vocabulary of a BERT model");
}

}  // namespace
}  // namespace quarry::model
