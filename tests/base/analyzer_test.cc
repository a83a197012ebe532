#include "base/analyzer.h"

#include <array>
#include <atomic>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "base/analyzer_words.h"
#include "base/text.h"
#include "tests/base/reference_analyzer_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry {

bool operator==(const Token& a, const Token& b) {
  return a.term == b.term && a.begin == b.begin && a.end == b.end && a.position == b.position;
}

void PrintTo(const Token& token, std::ostream* out) {
  *out << token.term << "[" << token.begin << "," << token.end << ")@" << token.position;
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Terms(std::string_view text, AnalyzerOptions options = {}) {
  std::vector<std::string> terms;
  for (const Token& token : Analyzer(options).Tokenize(text)) terms.push_back(token.term);
  return terms;
}

std::vector<std::string> Unstemmed(std::string_view text) {
  AnalyzerOptions options;
  options.stem = false;
  return Terms(text, options);
}

TEST(AnalyzerTest, EnglishWordsAreStemmedAndStopWordsDropped) {
  EXPECT_THAT(Terms("The runners were running through THE cities."),
              ElementsAre("runner", "were", "run", "through", "citi"));
}

TEST(AnalyzerTest, StopWordsAndStemmingCanBeSwitchedOff) {
  AnalyzerOptions options;
  options.drop_stop_words = false;
  options.stem = false;
  EXPECT_THAT(Terms("The cities", options), ElementsAre("the", "cities"));
}

TEST(AnalyzerTest, StopWordsKeepTheirPositions) {
  const Analyzer analyzer;
  EXPECT_THAT(analyzer.Tokenize("king of the hill"),
              ElementsAre(Token{"king", 0, 4, 0}, Token{"hill", 12, 16, 3}));
}

TEST(AnalyzerTest, PossessiveIsDroppedAndInnerApostropheKept) {
  EXPECT_THAT(Terms("the cat's don't James's O'Neill"),
              ElementsAre("cat", "don't", "jame", "o'neil"));
  EXPECT_THAT(Terms("cat’s don’t DON＇T"), ElementsAre("cat", "don't", "don't"));
  EXPECT_THAT(Terms("it's 1990's rock 'n' roll"),
              ElementsAre("1990", "rock", "n", "roll"));  // "it" is a stop word
}

TEST(AnalyzerTest, ChineseGivesPairsOfNeighbours) {
  EXPECT_THAT(Terms("信息检索"), ElementsAre("信息", "息检", "检索"));
}

TEST(AnalyzerTest, LoneChineseCharacterGivesItself) {
  EXPECT_THAT(Terms("在Linux上"), ElementsAre("在", "linux", "上"));
  EXPECT_THAT(Terms("第3页"), ElementsAre("第", "3", "页"));
}

TEST(AnalyzerTest, PairsDoNotCrossPunctuationOrSpaces) {
  EXPECT_THAT(Terms("中文。检索 引擎"), ElementsAre("中文", "检索", "引擎"));
}

TEST(AnalyzerTest, UnigramsComeBesidePairs) {
  AnalyzerOptions options;
  options.cjk_unigrams = true;
  const Analyzer analyzer(options);
  EXPECT_THAT(analyzer.Tokenize("检索器"),
              ElementsAre(Token{"检", 0, 3, 0}, Token{"检索", 0, 6, 0}, Token{"索", 3, 6, 1},
                          Token{"索器", 3, 9, 1}, Token{"器", 6, 9, 2}));
}

TEST(AnalyzerTest, WithoutPairsEveryCharacterIsATerm) {
  AnalyzerOptions options;
  options.cjk_bigrams = false;
  EXPECT_THAT(Terms("检索", options), ElementsAre("检", "索"));
}

TEST(AnalyzerTest, KanaAndHangulAreLikeHan) {
  EXPECT_THAT(Terms("食べる"), ElementsAre("食べ", "べる"));
  EXPECT_THAT(Terms("한국어 말"), ElementsAre("한국", "국어", "말"));
  EXPECT_THAT(Terms("ｶﾀｶﾅ"), ElementsAre("カタ", "タカ", "カナ"));
}

TEST(AnalyzerTest, TraditionalAndSimplifiedAreTheSameTerms) {
  EXPECT_EQ(Terms("資訊檢索與繁體中文"), Terms("资讯检索与繁体中文"));
}

TEST(AnalyzerTest, ComposedAndDecomposedAreTheSameTerms) {
  EXPECT_EQ(Unstemmed("caf\u00E9"), Unstemmed("cafe\u0301"));
  EXPECT_EQ(Terms("が"), Terms("か\u3099"));
  EXPECT_EQ(Terms("한"), Terms("\u1112\u1161\u11AB"));
}

TEST(AnalyzerTest, CodeIsKeptWholeBesideItsParts) {
  const Analyzer analyzer;
  EXPECT_THAT(analyzer.Tokenize("PPR-9087 fails"),
              ElementsAre(Token{"ppr-9087", 0, 8, 0}, Token{"ppr", 0, 3, 0}, Token{"9087", 4, 8, 0},
                          Token{"fail", 9, 14, 1}));
}

TEST(AnalyzerTest, CodeIsTheSameInAnyWidthCaseAndHyphen) {
  const auto terms = Terms("ppr-9087");
  EXPECT_EQ(Terms("PPR-9087"), terms);
  EXPECT_EQ(Terms("ＰＰＲ－９０８７"), terms);
  EXPECT_EQ(Terms("PPR\u20119087"), terms);
  EXPECT_EQ(Terms("PPR\u22129087."), terms);
}

TEST(AnalyzerTest, CodeGivesItsInnerCodesToo) {
  EXPECT_THAT(Terms("VX-220/B"), ElementsAre("vx-220/b", "vx-220", "vx", "220", "b"));
  EXPECT_THAT(Terms("ppr-9087.pdf"), ElementsAre("ppr-9087.pdf", "ppr-9087", "ppr", "9087", "pdf"));
}

TEST(AnalyzerTest, DecimalNumberStaysInOnePiece) {
  EXPECT_THAT(Terms("3.14"), ElementsAre("3.14"));
  EXPECT_THAT(Terms("1.5-2.5"), ElementsAre("1.5-2.5", "1.5", "2.5"));
}

TEST(AnalyzerTest, VersionDateAndRangeGiveTheirParts) {
  EXPECT_THAT(Terms("v1.2.0"), ElementsAre("v1.2.0", "v1", "2", "0"));
  EXPECT_THAT(Terms("2019-05-12"), ElementsAre("2019-05-12", "2019", "05", "12"));
  EXPECT_THAT(Terms("2019-2020"), ElementsAre("2019-2020", "2019", "2020"));
}

TEST(AnalyzerTest, ThousandsSeparatorsAreNotPartOfANumber) {
  EXPECT_THAT(Terms("1,345,596 or 12,5 or 2019,2020"),
              ElementsAre("1345596", "12", "5", "2019", "2020"));
  EXPECT_THAT(Terms("100，200，300"), ElementsAre("100", "200", "300"));
}

TEST(AnalyzerTest, JoinedWordsWithoutADigitComeApart) {
  const Analyzer analyzer;
  EXPECT_THAT(analyzer.Tokenize("well-known and/or max_size"),
              ElementsAre(Token{"well", 0, 4, 0}, Token{"known", 5, 10, 1}, Token{"max", 18, 21, 4},
                          Token{"size", 22, 26, 5}));
}

TEST(AnalyzerTest, UrlsAndPathsDoNotBecomeCodes) {
  EXPECT_THAT(Unstemmed("https://www.example.com/new-site/2020/awesome_content.html"),
              ElementsAre("https", "www", "example", "com", "new", "site", "2020", "awesome",
                          "content", "html"));
  const auto terms = Unstemmed("/usr/share/doc/libfoo-1.2/examples/x/readme.txt");
  EXPECT_THAT(terms, ElementsAre("usr", "share", "doc", "libfoo-1.2", "libfoo", "1.2", "examples",
                                 "x", "readme", "txt"));
}

TEST(AnalyzerTest, ProgrammingLanguagesStayDistinct) {
  EXPECT_THAT(Terms("C"), ElementsAre("c"));
  EXPECT_THAT(Terms("C++"), ElementsAre("c++", "c"));
  EXPECT_THAT(Terms("c#,"), ElementsAre("c#", "c"));
  EXPECT_THAT(Terms("F# notepad++"), ElementsAre("f#", "f", "notepad++", "notepad"));
  EXPECT_THAT(Terms("C++语言"), ElementsAre("c++", "c", "语言"));
  EXPECT_THAT(Terms("Ｃ＋＋"), ElementsAre("c++", "c"));
  EXPECT_THAT(Terms("C++17"), ElementsAre("c++", "c", "17"));
}

TEST(AnalyzerTest, SignsThatBelongToNoWordAreNoSuffix) {
  EXPECT_THAT(Terms("x+y 1+1 ### internationalization++"),
              ElementsAre("x", "y", "1", "1", "internation"));
}

TEST(AnalyzerTest, OtherScriptsMakeWordsThatAreNotStemmed) {
  EXPECT_THAT(Terms("Привет, МИР! Ελλάδα"), ElementsAre("привет", "мир", "ελλάδα"));
  EXPECT_THAT(Unstemmed("Straße CAFÉ naïve"), ElementsAre("strasse", "café", "naïve"));
}

TEST(AnalyzerTest, SoftHyphenAndZeroWidthSpaceVanish) {
  EXPECT_THAT(Terms("co\u00ADoperate"), ElementsAre("cooper"));
  EXPECT_THAT(Terms("中\u200B文"), ElementsAre("中文"));
}

TEST(AnalyzerTest, OffsetsPointIntoTheOriginalText) {
  const std::string text = "Ｌｉｎｕｘ 上的 Cafe\u0301s 與 ㈱";
  const Analyzer analyzer;
  std::vector<std::string> slices;
  for (const Token& token : analyzer.Tokenize(text)) {
    slices.push_back(text.substr(token.begin, token.end - token.begin));
  }
  EXPECT_THAT(slices, ElementsAre("Ｌｉｎｕｘ", "上的", "Cafe\u0301s", "與", "㈱"));
}

TEST(AnalyzerTest, MalformedBytesSeparate) {
  EXPECT_THAT(Terms("abc\xFF"
                    "def\xE4\xB8"
                    "x中\xF0文"),
              ElementsAre("abc", "def", "x", "中", "文"));
}

TEST(AnalyzerTest, EmptyAndBlankTextsHaveNoTokens) {
  EXPECT_THAT(Terms(""), IsEmpty());
  EXPECT_THAT(Terms(" \n\t。 -- ''"), IsEmpty());
  EXPECT_THAT(Terms(std::string(3, '\0')), IsEmpty());
}

TEST(AnalyzerTest, EndlessWordIsCutInto255Bytes) {
  const Analyzer analyzer;
  const auto tokens = analyzer.Tokenize(std::string(1000, 'a') + "1");
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(tokens[0].end, 255u);
  EXPECT_EQ(tokens[3].begin, 765u);
  EXPECT_EQ(tokens[3].end, 1001u);
}

TEST(AnalyzerTest, EndlessRunOfCombiningMarksIsRead) {
  std::string text = "e";
  for (int i = 0; i < 100000; ++i) text += i % 2 == 0 ? "\u0301" : "\u0323";
  EXPECT_FALSE(Terms(text + " word").empty());
}

TEST(AnalyzerTest, StemsAreThoseOfSnowball) {
  const auto folder = testing::DataPath("text/snowball/english");
  if (!folder) GTEST_SKIP() << "text/snowball/english is absent";
  std::ifstream words(*folder + "/voc.txt");
  std::ifstream stems(*folder + "/output.txt");
  std::string word;
  std::string stem;
  size_t count = 0;
  size_t equal = 0;
  while (std::getline(words, word) && std::getline(stems, stem)) {
    ++count;
    equal += EnglishStem(word) == stem ? 1 : 0;
  }
  RecordProperty("words", static_cast<int>(count));
  RecordProperty("equal", static_cast<int>(equal));
  EXPECT_GT(count, 20000u);
  // The lists are newer than the installed Snowball, whose rules differ for a few words.
  EXPECT_GE(static_cast<double>(equal), 0.995 * static_cast<double>(count))
      << equal << " of " << count;
}

// Texts that mix everything that the fast paths have to tell from what they know.
std::string RandomText(std::mt19937& random) {
  static const std::array<std::string, 104> pieces = {"a",
                                                      "S",
                                                      "the",
                                                      "Running",
                                                      "cat",
                                                      "B",
                                                      "x",
                                                      "word",
                                                      "I",
                                                      "don't",
                                                      "cat's",
                                                      "'s",
                                                      "'",
                                                      "’",
                                                      "s",
                                                      "0",
                                                      "7",
                                                      "12",
                                                      "345",
                                                      "000",
                                                      "1,000",
                                                      ",",
                                                      ".",
                                                      "-",
                                                      "_",
                                                      "/",
                                                      "#",
                                                      "+",
                                                      "++",
                                                      "c++",
                                                      "C#",
                                                      " ",
                                                      " ",
                                                      " ",
                                                      "\n",
                                                      "\t",
                                                      ":",
                                                      "(",
                                                      "@",
                                                      "中",
                                                      "文",
                                                      "繁體",
                                                      "检索引擎",
                                                      "。",
                                                      "，",
                                                      "、",
                                                      "か",
                                                      "が",
                                                      "\u3099",
                                                      "\u309A",
                                                      "カ",
                                                      "ｶ",
                                                      "ﾞ",
                                                      "ー",
                                                      "・",
                                                      "한국",
                                                      "한",
                                                      "\u1112",
                                                      "\u1161",
                                                      "\u11AB",
                                                      "é",
                                                      "e",
                                                      "\u0301",
                                                      "\u0323",
                                                      "\u20DD",
                                                      "ß",
                                                      "ﬁ",
                                                      "Ａ",
                                                      "９",
                                                      "－",
                                                      "＃",
                                                      "＋",
                                                      "．",
                                                      "＇",
                                                      "，",
                                                      "\u2010",
                                                      "\u2011",
                                                      "\u2212",
                                                      "–",
                                                      "™",
                                                      "²",
                                                      "½",
                                                      "Ⅳ",
                                                      "㈱",
                                                      "㎡",
                                                      "…",
                                                      "ﷺ",
                                                      "İ",
                                                      "ſ",
                                                      "Привет",
                                                      "мир",
                                                      "π",
                                                      "हिन्दी",
                                                      "\u00AD",
                                                      "\u200B",
                                                      "\u200D",
                                                      "\uFE0F",
                                                      "😀",
                                                      "𠮷",
                                                      "𝐀",
                                                      std::string(1, '\xFF'),
                                                      std::string("\xE4\xB8"),
                                                      std::string(1, '\0'),
                                                      std::string(30, 'q')};
  std::string text;
  const size_t length = 1 + random() % 24;
  // Mostly from a small set, so that long runs of one kind occur.
  std::array<size_t, 4> favourites;
  for (size_t& favourite : favourites) favourite = random() % pieces.size();
  for (size_t i = 0; i < length; ++i) {
    text += random() % 2 == 0 ? pieces[random() % pieces.size()]
                              : pieces[favourites[random() % favourites.size()]];
  }
  return text;
}

TEST(AnalyzerTest, FastPathsGiveTheTokensOfTheReference) {
  std::mt19937 random(20240607);
  std::vector<AnalyzerOptions> all_options(8);
  for (size_t i = 0; i < all_options.size(); ++i) {
    all_options[i].drop_stop_words = (i & 1) != 0;
    all_options[i].stem = (i & 1) != 0;
    all_options[i].cjk_bigrams = (i & 2) != 0;
    all_options[i].cjk_unigrams = (i & 4) != 0;
  }
  std::vector<std::unique_ptr<Analyzer>> analyzers;
  for (const AnalyzerOptions& options : all_options) {
    analyzers.push_back(std::make_unique<Analyzer>(options));
  }
  for (int i = 0; i < 40000; ++i) {
    const std::string text = RandomText(random);
    const size_t which = random() % analyzers.size();
    ASSERT_EQ(analyzers[which]->Tokenize(text), ReferenceTokens(text, all_options[which]))
        << "case " << i << ": <" << text << ">";
  }
}

TEST(AnalyzerTest, TokensStandAtCharacterBoundaries) {
  std::mt19937 random(5);
  const Analyzer analyzer;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = RandomText(random);
    std::vector<bool> boundary(text.size() + 1);
    for (size_t offset = 0; offset < text.size(); NextCodePoint(text, offset)) {
      boundary[offset] = true;
    }
    boundary[text.size()] = true;
    uint32_t position = 0;
    for (const Token& token : analyzer.Tokenize(text)) {
      ASSERT_LT(token.begin, token.end);
      ASSERT_LE(token.end, text.size());
      ASSERT_TRUE(boundary[token.begin] && boundary[token.end]) << text;
      ASSERT_GE(token.position, position);
      position = token.position;
    }
  }
}

TEST(AnalyzerTest, RealTextsGiveTheTokensOfTheReference) {
  for (const char* corpus :
       {"retrieval/scifact/corpus.jsonl", "retrieval/cmrc2018_dev/corpus.jsonl"}) {
    const auto path = testing::DataPath(corpus);
    if (!path) GTEST_SKIP() << corpus << " is absent";
    std::ifstream file(*path);
    const Analyzer analyzer;
    std::string line;
    for (int i = 0; i < 100 && std::getline(file, line); ++i) {
      ASSERT_EQ(analyzer.Tokenize(line), ReferenceTokens(line, analyzer.options())) << line;
    }
  }
}

TEST(AnalyzerTest, OneAnalyzerServesManyThreads) {
  const Analyzer analyzer;
  std::vector<std::string> texts;
  std::mt19937 random(7);
  for (int i = 0; i < 400; ++i) {
    std::string word;
    for (size_t k = 0; k < 3 + random() % 6; ++k) word += static_cast<char>('a' + random() % 26);
    texts.push_back(word + "ing 检索 " + word + "s é");
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (const std::string& text : texts) {
        wrong += analyzer.Tokenize(text) == ReferenceTokens(text, analyzer.options()) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(AnalyzerTest, FingerprintNamesWhatDecidesTheTerms) {
  const Analyzer analyzer;
  EXPECT_THAT(analyzer.Fingerprint(), HasSubstr("quarry-analyzer:"));
  EXPECT_THAT(analyzer.Fingerprint(), HasSubstr("snowball-english="));
  EXPECT_THAT(analyzer.Fingerprint(), HasSubstr("cjk2"));
  EXPECT_EQ(analyzer.Fingerprint(), Analyzer().Fingerprint());
  AnalyzerOptions options;
  options.stem = false;
  EXPECT_THAT(Analyzer(options).Fingerprint(), Not(HasSubstr("snowball")));
  options = {};
  options.cjk_unigrams = true;
  EXPECT_NE(Analyzer(options).Fingerprint(), analyzer.Fingerprint());
}

TEST(CountTermsTest, CountsAreSortedByTerm) {
  const Analyzer analyzer;
  EXPECT_THAT(
      CountTerms(analyzer.Tokenize("zebra apple zebra internationalisation "
                                   "internationalise 检索 检索 苹果")),
      ElementsAre(TermFrequency{"appl", 1}, TermFrequency{"internationalis", 2},
                  TermFrequency{"zebra", 2}, TermFrequency{"检索", 2}, TermFrequency{"苹果", 1}));
  EXPECT_THAT(CountTerms({}), IsEmpty());
}

TEST(CountTermsTest, OrderIsThatOfTheBytes) {
  std::mt19937 random(3);
  std::vector<Token> tokens;
  for (int i = 0; i < 3000; ++i) {
    Token& token = tokens.emplace_back();
    for (size_t k = 0; k < 1 + random() % 12; ++k) {
      token.term +=
          random() % 4 == 0 ? (random() % 2 == 0 ? "中" : "一") : (random() % 2 == 0 ? "a" : "b");
    }
  }
  const auto counts = CountTerms(tokens);
  size_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i].count;
    if (i > 0) {
      ASSERT_LT(counts[i - 1].term, counts[i].term);
    }
  }
  EXPECT_EQ(total, tokens.size());
}

}  // namespace
}  // namespace quarry
