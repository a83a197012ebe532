#include "ingest/chunker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using testing::ParseOne;
using testing::RandomSentences;
using testing::Repeat;

// The heading path in force at `offset`, found from the document itself.
std::vector<std::string> HeadingPathAt(const Document& document, size_t offset) {
  std::vector<std::pair<uint32_t, std::string>> open;
  for (const Block& block : document.blocks) {
    if (block.begin > offset) break;
    if (block.kind != BlockKind::kHeading) continue;
    while (!open.empty() && open.back().first >= block.level) open.pop_back();
    open.emplace_back(block.level, HeadingText(document.TextOf(block)));
  }
  std::vector<std::string> path;
  for (const auto& [level, heading] : open) path.push_back(heading);
  return path;
}

// The blocks of a chunk are parts of the document's, and text in them stands under its headings.
void CheckBlocks(const Document& document, const Chunk& chunk) {
  size_t at = 0;
  for (const ChunkBlock& part : chunk.blocks) {
    EXPECT_GE(part.begin, at);
    ASSERT_LT(part.begin, part.end);
    ASSERT_LE(part.end, chunk.text.size());
    at = part.end;
    const size_t begin = chunk.span.begin + part.begin;
    const auto whole =
        std::find_if(document.blocks.begin(), document.blocks.end(),
                     [&](const Block& block) { return block.begin <= begin && begin < block.end; });
    ASSERT_NE(whole, document.blocks.end());
    EXPECT_EQ(part.page, whole->page);
    if (whole->kind == BlockKind::kHeading && begin > whole->begin) continue;  // rest of a long one
    EXPECT_EQ(part.kind, whole->kind);
    if (part.kind == BlockKind::kListItem) {
      EXPECT_EQ(part.depth, whole->level);
    }
    if (part.kind == BlockKind::kHeading) continue;
    const SourceSpan span = SpanWithin(chunk, part.begin, part.end);
    EXPECT_EQ(span.begin, begin);
    EXPECT_EQ(span.end, chunk.span.begin + part.end);
    EXPECT_EQ(span.heading_path, HeadingPathAt(document, begin));
    EXPECT_EQ(span.page, whole->page);
  }
}

// Every promise of chunker.h and base/document.h that holds for any document.
void CheckChunks(const Document& document, const std::vector<Chunk>& chunks,
                 const ChunkOptions& options) {
  const std::string_view text = document.text;
  size_t covered = 0;
  size_t last_begin = 0;
  for (size_t i = 0; i < chunks.size(); ++i) {
    const Chunk& chunk = chunks[i];
    EXPECT_EQ(chunk.ordinal, i);
    EXPECT_EQ(chunk.document, document.id);
    ASSERT_LT(chunk.span.begin, chunk.span.end);
    ASSERT_LE(chunk.span.end, text.size());
    EXPECT_EQ(chunk.text, text.substr(chunk.span.begin, chunk.span.end - chunk.span.begin));
    EXPECT_TRUE(IsValidUtf8(chunk.text));
    EXPECT_GE(chunk.span.begin, last_begin);
    EXPECT_GT(chunk.span.end, covered);
    if (chunk.span.begin > covered) {
      EXPECT_EQ(Trim(text.substr(covered, chunk.span.begin - covered)), "");
    }
    last_begin = chunk.span.begin;
    covered = chunk.span.end;
    EXPECT_EQ(chunk.token_count, CountTokens(chunk.text));
    EXPECT_LE(chunk.token_count, options.max_tokens);
    EXPECT_EQ(chunk.text_hash, Hash64(chunk.text));
    EXPECT_EQ(chunk.input_hash, Hash64(IndexedText(document.title, chunk)));
    EXPECT_FALSE(chunk.id);
    CheckBlocks(document, chunk);
  }
  EXPECT_EQ(Trim(text.substr(covered)), "");
}

std::vector<Chunk> Chunks(const Document& document, const ChunkOptions& options = {}) {
  std::vector<Chunk> chunks = ChunkDocument(document, options);
  CheckChunks(document, chunks, options);
  return chunks;
}

std::vector<std::string> Texts(const std::vector<Chunk>& chunks) {
  std::vector<std::string> texts;
  for (const Chunk& chunk : chunks) texts.push_back(chunk.text);
  return texts;
}

TEST(ChunkOptions, ValidateNamesTheOption) {
  EXPECT_OK(ChunkOptions().Validate());
  EXPECT_OK(
      (ChunkOptions{.target_tokens = 1, .min_tokens = 1, .max_tokens = 1, .overlap_sentences = 0}
           .Validate()));
  EXPECT_EQ((ChunkOptions{.target_tokens = 400, .min_tokens = 0}.Validate().message()),
            "min_tokens: expected at least 1, found 0");
  EXPECT_EQ((ChunkOptions{.target_tokens = 50, .min_tokens = 100}.Validate().message()),
            "target_tokens: expected at least min_tokens (100), found 50");
  EXPECT_EQ((ChunkOptions{.target_tokens = 400, .min_tokens = 100, .max_tokens = 300}
                 .Validate()
                 .message()),
            "max_tokens: expected at least target_tokens (400), found 300");
  EXPECT_EQ((ChunkOptions{.overlap_sentences = 11}.Validate().message()),
            "overlap_sentences: expected at most 10, found 11");
}

TEST(ChunkOptions, FingerprintTellsAllOptions) {
  std::set<std::string> prints;
  for (const ChunkOptions& options :
       {ChunkOptions{}, ChunkOptions{.target_tokens = 401}, ChunkOptions{.min_tokens = 101},
        ChunkOptions{.max_tokens = 601}, ChunkOptions{.overlap_sentences = 2}}) {
    prints.insert(options.Fingerprint());
  }
  EXPECT_EQ(prints.size(), 5u);
}

TEST(ChunkOptions, ValidateNamesTheOptionsOfWindows) {
  EXPECT_EQ((ChunkOptions{.mode = ChunkMode::kFixed, .overlap_tokens = 201}.Validate().message()),
            "overlap_tokens: expected at most half of target_tokens (400), found 201");
  EXPECT_EQ(
      (ChunkOptions{.mode = ChunkMode::kSentences, .window_sentences = 1}.Validate().message()),
      "window_sentences: expected more than overlap_sentences (1), found 1");
  EXPECT_EQ(
      (ChunkOptions{.mode = ChunkMode::kSentences, .window_sentences = 101}.Validate().message()),
      "window_sentences: expected at most 100, found 101");
  EXPECT_OK((ChunkOptions{.overlap_tokens = 300, .window_sentences = 0}.Validate()));
  EXPECT_EQ(ParseChunkMode("parents").status().message(),
            "mode: expected structure, fixed or sentences, found \"parents\"");
}

TEST(ChunkWindows, FixedOnesHaveTheTargetAndRepeatTheOverlap) {
  const Document document =
      ParseOne(Format::kPlainText, Repeat("The pump moves water from the river to a tower. ", 300));
  const std::vector<Chunk> chunks =
      Chunks(document, {.target_tokens = 100, .mode = ChunkMode::kFixed, .overlap_tokens = 20});
  ASSERT_GT(chunks.size(), 10u);
  for (size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_LE(chunks[i].token_count, 100u);
    EXPECT_GE(chunks[i].token_count, 95u);
    const size_t next = chunks[i + 1].span.begin;
    ASSERT_LT(next, chunks[i].span.end);
    const uint32_t repeated = CountTokens(document.text.substr(next, chunks[i].span.end - next));
    EXPECT_GE(repeated, 17u);
    EXPECT_LE(repeated, 20u);
    EXPECT_EQ(document.text[next - 1], ' ');
  }
}

TEST(ChunkWindows, FixedOnesOfChineseEndBetweenCharacters) {
  const Document document = ParseOne(Format::kPlainText, Repeat("泵输送水到塔。", 500));
  const std::vector<Chunk> chunks =
      Chunks(document, {.target_tokens = 100, .mode = ChunkMode::kFixed, .overlap_tokens = 0});
  ASSERT_GT(chunks.size(), 10u);
  for (size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i].span.end, chunks[i + 1].span.begin);
    EXPECT_EQ(chunks[i].token_count, 100u);
    EXPECT_TRUE(IsValidUtf8(chunks[i].text));
  }
}

TEST(ChunkWindows, SentencesAreCountedAndRepeated) {
  const Document document =
      ParseOne(Format::kMarkdown, "# Pumps\n\nOne is. Two is. Three is. Four is.\n\n      a = 1\n");
  std::vector<std::string> texts;
  for (const Chunk& chunk :
       Chunks(document,
              {.overlap_sentences = 1, .mode = ChunkMode::kSentences, .window_sentences = 3})) {
    texts.push_back(chunk.text);
    EXPECT_THAT(chunk.span.heading_path, ElementsAre("Pumps"));
  }
  EXPECT_THAT(texts, ElementsAre("Pumps\n\nOne is. Two is.", "Two is. Three is. Four is.",
                                 "Four is.\n\n  a = 1"));
}

TEST(ChunkWindows, NoWindowIsLargerThanTheMaximum) {
  const Document document = ParseOne(
      Format::kPlainText, Repeat("word ", 2000) + ". Next is short. " + Repeat("x", 5000) + ".");
  for (const Chunk& chunk : Chunks(document, {.mode = ChunkMode::kSentences})) {
    EXPECT_LE(chunk.token_count, 600u);
  }
}

TEST(ChunkDocument, NoTextNoChunks) {
  EXPECT_TRUE(ChunkDocument({}, {}).empty());
  Document blank;
  blank.text = " \n\u3000";
  EXPECT_TRUE(ChunkDocument(blank, {}).empty());
}

TEST(ChunkDocument, DocumentThatFitsIsOneChunk) {
  const Document document =
      ParseOne(Format::kMarkdown, "# A\n\n## B\n\nText one.\n\n## C\n\nText two.\n");
  const std::vector<Chunk> chunks = Chunks(document);
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(chunks[0].text, document.text);
  EXPECT_THAT(chunks[0].span.heading_path, ElementsAre("A", "B"));
}

TEST(ChunkDocument, CutsBeforeHeadingsAndGivesTheirPath) {
  std::string text = "# Manual\n\n";
  for (const char* name : {"Pumps", "Valves", "Meters"}) {
    text += std::string("## ") + name + "\n\n### Care\n\n" +
            Repeat("Clean it every month with a soft cloth. ", 38) + "\n\n";
  }
  const std::vector<Chunk> chunks = Chunks(ParseOne(Format::kMarkdown, text));
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_THAT(chunks[0].span.heading_path, ElementsAre("Manual", "Pumps", "Care"));
  EXPECT_THAT(chunks[1].span.heading_path, ElementsAre("Manual", "Valves", "Care"));
  EXPECT_TRUE(chunks[1].text.starts_with("Valves\n\nCare\n\nClean"));
  EXPECT_THAT(chunks[2].span.heading_path, ElementsAre("Manual", "Meters", "Care"));
}

TEST(ChunkDocument, QuestionsWithTheirAnswersStandAlone) {
  const std::vector<Chunk> chunks =
      Chunks(ParseOne(Format::kMarkdown,
                      "# Help\n\nAsk us.\n\n## Can I pay later?\n\nYes.\n\n### How?\n\nBy "
                      "card.\n\n### Limits\n\nNone.\n\n"
                      "## 可以退货吗？\n\n七天之内可以。\n\n## Contact\n\nWrite to us.\n\n## "
                      "Address\n\n1 High St.\n"));
  EXPECT_THAT(Texts(chunks),
              ElementsAre("Help\n\nAsk us.", "Can I pay later?\n\nYes.", "How?\n\nBy card.",
                          "Limits\n\nNone.", "可以退货吗？\n\n七天之内可以。",
                          "Contact\n\nWrite to us.\n\nAddress\n\n1 High St."));
  EXPECT_THAT(chunks[2].span.heading_path, ElementsAre("Help", "Can I pay later?", "How?"));
}

TEST(ChunkDocument, ParagraphsMarkedAsQuestionsBeginAChunk) {
  EXPECT_THAT(
      Texts(Chunks(ParseOne(Format::kMarkdown,
                            "About us.\n\nQ: Can I pay later?\n\nA: Yes.\n\nBy card.\n\n"
                            "Q2. Can I return it?\n\nA: No.\n\n问：几点开门？\n\n答：九点。\n\n"
                            "Quality matters.\n\n# Legal\n\nAll rights reserved.\n"))),
      ElementsAre("About us.", "Q: Can I pay later?\n\nA: Yes.\n\nBy card.",
                  "Q2. Can I return it?\n\nA: No.",
                  "问：几点开门？\n\n答：九点。\n\nQuality matters.",
                  "Legal\n\nAll rights reserved."));
}

TEST(ChunkDocument, ADocumentThatIsOneQuestionIsOneChunk) {
  EXPECT_EQ(Chunks(ParseOne(Format::kMarkdown,
                            "# Can I pay later?\n\nYes.\n\n## How?\n\nBy card.\n\nSoon.\n"))
                .size(),
            2u);
  EXPECT_EQ(Chunks(ParseOne(Format::kMarkdown, "# Can I pay later?\n\nYes.\n\n## Cards\n\nAll.\n"))
                .size(),
            1u);
}

TEST(ChunkDocument, HeadingStaysWithItsText) {
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) {
      text += std::string(1 + random.Below(3), '#') + " Heading " + std::to_string(i) + "\n\n" +
              RandomSentences(&random, 1 + random.Below(8)) + "\n\n";
    }
    const Document document = ParseOne(Format::kMarkdown, text);
    for (const Chunk& chunk : Chunks(document)) {
      const size_t line = chunk.text.rfind("\n\n");
      const std::string last = line == std::string::npos ? chunk.text : chunk.text.substr(line + 2);
      EXPECT_FALSE(last.starts_with("Heading ") && last.size() < 12) << last;
    }
  }
}

TEST(ChunkDocument, RepeatsTheLastSentenceOfTheChunkBefore) {
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "This is sentence number " + std::to_string(i) + " of the long paragraph. ";
  const Document document = ParseOne(Format::kPlainText, text);
  const std::vector<Chunk> chunks = Chunks(document);
  ASSERT_GT(chunks.size(), 3u);
  for (size_t i = 1; i < chunks.size(); ++i) {
    ASSERT_LT(chunks[i].span.begin, chunks[i - 1].span.end);
    const std::string shared =
        document.text.substr(chunks[i].span.begin, chunks[i - 1].span.end - chunks[i].span.begin);
    EXPECT_EQ(SplitSentences(shared).size(), 1u) << shared;
    EXPECT_TRUE(shared.starts_with("This is sentence"));
  }
  for (const Chunk& chunk : Chunks(document, {.overlap_sentences = 0})) {
    EXPECT_TRUE(chunk.ordinal == 0 || chunk.text.starts_with("This is sentence"));
  }
  const std::vector<Chunk> apart = Chunks(document, {.overlap_sentences = 0});
  for (size_t i = 1; i < apart.size(); ++i) EXPECT_GE(apart[i].span.begin, apart[i - 1].span.end);
}

TEST(ChunkDocument, OverlapReachesIntoParagraphsButNotAcrossHeadingsTablesAndCode) {
  const std::string paragraph = Repeat("Clean it every month with a soft cloth. ", 8);
  std::string text = "# One\n\n";
  for (int i = 0; i < 10; ++i)
    text += paragraph + "Last of paragraph " + std::to_string(i) + ".\n\n";
  const std::vector<Chunk> chunks = Chunks(ParseOne(Format::kMarkdown, text));
  ASSERT_GT(chunks.size(), 1u);
  for (size_t i = 1; i < chunks.size(); ++i)
    EXPECT_TRUE(chunks[i].text.starts_with("Last of paragraph")) << i;

  std::string sections;
  for (int i = 0; i < 10; ++i)
    sections += "# Head " + std::to_string(i) + "\n\n" + Repeat(paragraph, 4) + "\n\n";
  for (const Chunk& chunk : Chunks(ParseOne(Format::kMarkdown, sections))) {
    EXPECT_TRUE(chunk.text.starts_with("Head ")) << chunk.text.substr(0, 40);
  }

  std::string code = "```\n";
  for (int i = 0; i < 300; ++i)
    code += "  call_number_" + std::to_string(i) + "(with, arguments);\n";
  const std::vector<Chunk> lines = Chunks(ParseOne(Format::kMarkdown, code + "```\n"));
  for (size_t i = 1; i < lines.size(); ++i) EXPECT_GE(lines[i].span.begin, lines[i - 1].span.end);
}

TEST(ChunkDocument, TableRowsAndCodeLinesStayWhole) {
  std::string csv = "code,description,price\n";
  for (int i = 0; i < 500; ++i)
    csv += "VX-" + std::to_string(i) + ",End-suction pump with packed gland,99\n";
  for (const Chunk& chunk : Chunks(ParseOne(Format::kCsv, csv))) {
    EXPECT_TRUE(chunk.text.starts_with("code: VX-"));
    EXPECT_TRUE(chunk.text.ends_with("price: 99"));
  }
  std::string code = "```\n";
  for (int i = 0; i < 300; ++i)
    code += "    call_number_" + std::to_string(i) + "(with, arguments);\n";
  for (const Chunk& chunk : Chunks(ParseOne(Format::kMarkdown, code + "```\n"))) {
    EXPECT_TRUE(chunk.text.starts_with("    call_number_"));
    EXPECT_TRUE(chunk.text.ends_with("(with, arguments);"));
  }
}

TEST(ChunkDocument, SentencesStayWholeWhereTheyFit) {
  Random random(11);
  std::string text;
  for (int i = 0; i < 40; ++i) text += RandomSentences(&random, 30) + "\n\n";
  for (const Chunk& chunk : Chunks(ParseOne(Format::kPlainText, text))) {
    EXPECT_TRUE(chunk.text.ends_with(".") || chunk.text.ends_with("。"))
        << chunk.text.substr(chunk.text.size() - 20);
  }
}

TEST(ChunkDocument, SizesAreNearTheTarget) {
  Random random(3);
  std::string text;
  for (int i = 0; i < 400; ++i) text += RandomSentences(&random, 1 + random.Below(12)) + "\n\n";
  const std::vector<Chunk> chunks = Chunks(ParseOne(Format::kPlainText, text));
  double sum = 0;
  for (const Chunk& chunk : chunks) {
    EXPECT_GE(chunk.token_count, 100u);
    sum += chunk.token_count;
  }
  EXPECT_NEAR(sum / static_cast<double>(chunks.size()), 400, 60);
}

TEST(ChunkDocument, WordsAndCharactersOfHugeSentencesStayWhole) {
  Document words;
  words.text = Repeat("alpha beta gamma delta ", 5000);
  for (const Chunk& chunk : Chunks(words)) {
    EXPECT_THAT(chunk.text, ::testing::MatchesRegex("(alpha|beta|gamma|delta) .*"))
        << chunk.ordinal;
  }
  for (const char* unit : {"x", "水", "😀", "e\u0301", "👩\u200D🔧"}) {
    Document run;
    run.text = Repeat(unit, 20'000);
    const std::vector<Chunk> chunks = Chunks(run);
    EXPECT_GT(chunks.size(), 5u);
    for (const Chunk& chunk : chunks) {
      EXPECT_TRUE(chunk.text.starts_with(unit)) << unit;
      EXPECT_TRUE(chunk.text.ends_with(unit)) << unit;
    }
  }
}

TEST(ChunkDocument, PagesAreThoseOfTheirFirstBlock) {
  std::string text;
  for (int page = 0; page < 6; ++page) text += Repeat("A sentence on this page. ", 70) + "\f";
  const std::vector<Chunk> chunks =
      Chunks(ParseOne(Format::kPlainText, text), {.overlap_sentences = 0});
  ASSERT_GE(chunks.size(), 6u);
  EXPECT_EQ(chunks.front().span.page, 1u);
  EXPECT_EQ(chunks.back().span.page, 6u);
}

TEST(ChunkDocument, DocumentsWithoutOrWithOddBlocksAreCoveredAllTheSame) {
  Random random(5);
  Document document;
  document.id = "d";
  document.text = RandomSentences(&random, 300);
  EXPECT_GT(Chunks(document).size(), 3u);
  document.blocks = {
      {.kind = BlockKind::kParagraph, .level = 0, .begin = 50, .end = 100, .page = 0},
      {.kind = BlockKind::kParagraph, .level = 0, .begin = 70, .end = 3000, .page = 0},
      {.kind = BlockKind::kHeading, .level = 9, .begin = 2500, .end = 2600, .page = 0},
      {.kind = BlockKind::kHeading, .level = 0, .begin = 4000, .end = 1u << 30, .page = 0}};
  EXPECT_GT(Chunks(document).size(), 3u);
}

TEST(ChunkDocument, HugeHeadingsAreNotRepeatedWhole) {
  const std::string text =
      "# " + Repeat("word ", 100) + "\n\n" + Repeat("A sentence of text. ", 1000);
  for (const Chunk& chunk : Chunks(ParseOne(Format::kMarkdown, text))) {
    ASSERT_EQ(chunk.span.heading_path.size(), 1u);
    EXPECT_LE(chunk.span.heading_path[0].size(), 200u);
  }
}

TEST(ChunkDocument, InputHashCoversTitleAndHeadings) {
  Document document = ParseOne(Format::kMarkdown, "# A\n\ntext");
  const Chunk before = Chunks(document)[0];
  document.title = "Other";
  const Chunk after = Chunks(document)[0];
  EXPECT_EQ(before.text_hash, after.text_hash);
  EXPECT_NE(before.input_hash, after.input_hash);
}

// Paragraphs, some headings and lists.
std::vector<std::string> RandomParagraphs(Random* random, size_t count) {
  std::vector<std::string> paragraphs;
  for (size_t i = 0; i < count; ++i) {
    if (random->Below(8) == 0) {
      paragraphs.push_back(std::string(1 + random->Below(3), '#') + " Heading " +
                           std::to_string(random->Next() % 1000));
    } else if (random->Below(8) == 0) {
      paragraphs.push_back("- " + RandomSentences(random, 1) + "\n- " + RandomSentences(random, 2));
    } else {
      paragraphs.push_back(RandomSentences(random, 1 + random->Below(12)));
    }
  }
  return paragraphs;
}

Document Join(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const std::string& paragraph : paragraphs) text += paragraph + "\n\n";
  return ParseOne(Format::kMarkdown, text);
}

TEST(ChunkDocument, AnEditChangesOnlyTheChunksNearIt) {
  size_t changed = 0;
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    Random random(static_cast<uint64_t>(round));
    std::vector<std::string> paragraphs = RandomParagraphs(&random, 100);
    const std::vector<Chunk> before = Chunks(Join(paragraphs));
    const size_t at = random.Below(paragraphs.size());
    switch (random.Below(4)) {
      case 0:
        paragraphs.erase(paragraphs.begin() + static_cast<ptrdiff_t>(at));
        break;
      case 1:
        paragraphs.insert(paragraphs.begin() + static_cast<ptrdiff_t>(at),
                          RandomSentences(&random, 6));
        break;
      case 2:
        paragraphs[at] = RandomSentences(&random, 1 + random.Below(12));
        break;
      default:
        paragraphs[at] += " A new last sentence.";
        break;
    }
    const std::vector<Chunk> after = Chunks(Join(paragraphs));
    std::multiset<uint64_t> hashes;
    for (const Chunk& chunk : after) hashes.insert(chunk.text_hash);
    // The chunks of the old version that are gone stand together.
    size_t first = before.size();
    size_t last = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      const auto found = hashes.find(before[i].text_hash);
      if (found != hashes.end()) {
        hashes.erase(found);
        continue;
      }
      first = std::min(first, i);
      last = i;
      ++changed;
    }
    if (first < before.size()) {
      EXPECT_LE(last - first, 6u) << "round " << round << " of " << before.size();
    }
  }
  EXPECT_LT(static_cast<double>(changed) / kRounds, 3.0);
}

TEST(ChunkDocument, AnyOptionsAndAnyTextKeepThePromises) {
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    const std::string text = random.Below(2) == 0
                                 ? testing::RandomMarkup(&random, 1 + random.Below(400))
                                 : RandomSentences(&random, random.Below(60));
    ChunkOptions options;
    options.min_tokens = 1 + static_cast<uint32_t>(random.Below(40));
    options.target_tokens = options.min_tokens + static_cast<uint32_t>(random.Below(40));
    options.max_tokens = options.target_tokens + static_cast<uint32_t>(random.Below(40));
    options.overlap_sentences = static_cast<uint32_t>(random.Below(4));
    options.mode = static_cast<ChunkMode>(seed % 3);
    options.overlap_tokens = static_cast<uint32_t>(random.Below(options.target_tokens / 2 + 1));
    options.window_sentences =
        options.overlap_sentences + 1 + static_cast<uint32_t>(random.Below(5));
    for (const Format format :
         {Format::kPlainText, Format::kMarkdown, Format::kHtml, Format::kCsv}) {
      const Result<ParsedSource> parsed =
          ParserFor(format).Parse(text, {.id = "x", .path = "x", .uri = ""});
      ASSERT_TRUE(parsed.ok());
      for (const Document& document : parsed->documents) Chunks(document, options);
    }
    Document raw;
    raw.text = text;
    Chunks(raw, options);
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ":\n" << text;
  }
}

TEST(ChunkDocument, IsDeterministic) {
  Random random(9);
  const Document document = Join(RandomParagraphs(&random, 200));
  EXPECT_EQ(Texts(Chunks(document)), Texts(Chunks(document)));
}

}  // namespace
}  // namespace quarry::ingest
