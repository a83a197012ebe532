#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "ingest/chunker.h"
#include "ingest/code_outline.h"
#include "ingest/parsers.h"
#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;

Document Code(std::string_view text, const std::string& path) {
  Result<ParsedSource> parsed =
      ParserFor(Format::kSourceCode).Parse(text, {.id = path, .path = path, .uri = ""});
  EXPECT_TRUE(parsed.ok());
  testing::CheckDocument(parsed->documents[0]);
  return parsed->documents[0];
}

// "class Foo", "  bar()": names by their depth.
std::vector<std::string> Names(const std::vector<CodeDefinition>& definitions,
                               const std::string& indent = "") {
  std::vector<std::string> names;
  for (const CodeDefinition& definition : definitions) {
    names.push_back(indent + definition.name);
    for (std::string& name : Names(definition.inner, indent + "  "))
      names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> NamesIn(std::string_view code, std::string_view extension) {
  return Names(OutlineOf(code, CodeLanguageOf(extension)));
}

TEST(SourceCode, DefinitionsAreFoundInEveryLanguage) {
  EXPECT_THAT(
      NamesIn(
          "struct point origin(void) {\n  return (struct point){0};\n}\nstruct point { int x; };\n",
          "c"),
      ElementsAre("origin()", "struct point"));
  EXPECT_THAT(
      NamesIn("namespace a {\nclass B final : public C {\n public:\n  B() : x_{1} { f('{'); }\n"
              "  bool operator==(const B& o) const { return \"}\"[0]; }\n};\n"
              "template <class T>\nvoid D::e(T) {}\nTEST(F, G) { }\n}\n",
              "cc"),
      ElementsAre("class B", "  B()", "  operator==()", "D::e()", "TEST(F, G)"));
  EXPECT_THAT(NamesIn("@Service(\"x\")\npublic class A extends B {\n  @Override public void run() "
                      "{ if (a) {} }\n}\n",
                      "java"),
              ElementsAre("class A", "  run()"));
  EXPECT_THAT(NamesIn("package a\ntype S struct {\n\tx int\n}\nfunc (s *S) Run(a int) error "
                      "{\n}\nfunc main() {\n}\n",
                      "go"),
              ElementsAre("type S", "S.Run()", "main()"));
  EXPECT_THAT(NamesIn("impl<T> Show for P<T> {\n  fn show<'a>(&'a self) -> i32 { 1 }\n}\nfn main() "
                      "{ let c = '{'; }\n",
                      "rs"),
              ElementsAre("impl Show for P<T>", "  show()", "main()"));
  EXPECT_THAT(NamesIn("class A(B):\n    def f(self):\n        \"\"\"\ndef no(): x\n\"\"\"\n        "
                      "return 1\n\nasync def g():\n    pass\n",
                      "py"),
              ElementsAre("class A", "  f()", "g()"));
  EXPECT_THAT(NamesIn("export class A {\n  run() { return `}`; }\n}\nconst f = async (x) => "
                      "{\n};\nfunction g() {}\n",
                      "ts"),
              ElementsAre("class A", "  run()", "f()", "g()"));
  EXPECT_THAT(NamesIn("namespace N {\n  [Attr(1)]\n  public class A {\n    public int X { get; "
                      "set; }\n    void F() { }\n  }\n}\n",
                      "cs"),
              ElementsAre("class A", "  F()"));
  EXPECT_THAT(
      NamesIn("<?php\nclass A {\n  // it's {\n  public function f($x) { return '{'; }\n}\n", "php"),
      ElementsAre("class A", "  f()"));
  EXPECT_THAT(NamesIn("module M\n  class A\n    def f\n      1\n    end\n  end\nend\n", "rb"),
              ElementsAre("module M", "  class A", "    f()"));
  EXPECT_THAT(NamesIn("build() {\n  echo x\n}\nfunction run {\n  build\n}\n", "sh"),
              ElementsAre("build()", "run()"));
  EXPECT_THAT(NamesIn("local function f(x)\n  return x\nend\nfunction M.g()\nend\n", "lua"),
              ElementsAre("f()", "M.g()"));
  EXPECT_THAT(NamesIn("CREATE TABLE pumps (\n  id INT\n);\ncreate view v AS\nSELECT 1;\n", "sql"),
              ElementsAre("CREATE TABLE pumps", "create view v"));
}

TEST(SourceCode, AChunkReadsTheNamesThatItIsIn) {
  const Document document = Code(
      "# 水泵\nclass Pump:\n    # Starts it.\n    def start(self):\n        return 1\n", "pump.py");
  EXPECT_EQ(testing::Outline(document),
            "h1|class Pump\nc|# 水泵\\nclass Pump:\nh2|start()\nc|    # Starts it.\\n    def "
            "start(self):\\n        return 1");
  EXPECT_EQ(std::get<std::string>(document.metadata.at("programming_language")), "python");
  ChunkOptions options;
  options.target_tokens = 12;
  options.min_tokens = 4;
  options.max_tokens = 20;
  const std::vector<Chunk> chunks = ChunkDocument(document, options);
  EXPECT_THAT(chunks.back().span.heading_path, ElementsAre("class Pump", "start()"));
}

TEST(SourceCode, CodeBehindADefinitionIsNotTakenForAPartOfIt) {
  EXPECT_EQ(testing::Outline(Code("void f() {\n}\n\nint x = 1;\n", "a.cc")),
            "h1|f()\nc|void f() {\\n}\nh1|a.cc\nc|int x = 1;");
}

// All behind the first such brace was lost.
TEST(SourceCode, CodeBehindANamespaceIsKept) {
  const std::string space = "namespace a {\nint f() {\n  return 1;\n}\n}  // namespace a\n";
  EXPECT_EQ(
      testing::Outline(Code(space + "\nconstexpr int kSecretPort = 8447;\n", "a.cc")),
      "c|namespace a {\nh1|f()\nc|int f() {\\n  return 1;\\n}\nh1|a.cc\nc|}  // namespace a\\n\\n"
      "constexpr int kSecretPort = 8447;");
  EXPECT_EQ(testing::Outline(Code(space + "}  // namespace b\n\n}\n", "a.cc")),
            "c|namespace a {\nh1|f()\nc|int f() {\\n  return 1;\\n}");
}

TEST(SourceCode, NothingIsLostWhateverTheBraces) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    static constexpr const char* kPieces[] = {"{",
                                              "}",
                                              "(",
                                              ")",
                                              ";",
                                              "\"",
                                              "'",
                                              "/*",
                                              "*/",
                                              "//",
                                              "\n",
                                              "class A",
                                              "void f()",
                                              "def g():",
                                              "\n    ",
                                              "=>",
                                              "R\"x(",
                                              "<",
                                              ">",
                                              "#",
                                              "@a",
                                              "function h()",
                                              "end",
                                              "水",
                                              "word",
                                              "$$",
                                              "CREATE TABLE x"};
    std::string text;
    for (uint64_t i = 1 + random.Below(60); i > 0; --i)
      text += kPieces[random.Below(std::size(kPieces))];
    for (const char* path :
         {"a.cc", "a.ts", "a.rs", "a.go", "a.php", "a.py", "a.rb", "a.sql", "a.sh"}) {
      const Document document = Code(text, path);
      for (const char* word : {"word", "水"}) {
        const auto count = [word](std::string_view in) {
          size_t n = 0;
          for (size_t at = in.find(word); at != in.npos; at = in.find(word, at + 1)) ++n;
          return n;
        };
        std::string code;
        for (const Block& block : document.blocks) {
          if (block.kind == BlockKind::kCode) code += document.TextOf(block);
        }
        ASSERT_EQ(count(code), count(text)) << path << " seed " << seed << ":\n" << text;
      }
    }
  }
}

// Nobody reads it, and its words stand in search results before those of the pages that it was made of.
TEST(SourceCode, MinifiedCodeIsPassedOver) {
  const std::string line =
      "Search.setIndex({" + testing::Repeat("docnames:[\"backup\"],", 300) + "})";
  const Result<ParsedSource> parsed =
      ParserFor(Format::kSourceCode).Parse(line, {.id = "i", .path = "searchindex.js", .uri = ""});
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.status().message().substr(0, 9), "minified:");
  EXPECT_TRUE(IsPassedOver(parsed.status(), line, "searchindex.js"));
  EXPECT_FALSE(HoldsNoText(line, "index.txt"));
  const std::string licence = testing::Repeat(" * No warranty of any kind.\n", 20);
  EXPECT_TRUE(IsMinified("/*!\n" + licence + " */\n" + line, "a.min.js"));
  // Written by hand, but for one line; and rows of a table.
  const std::string code = testing::Repeat("function f(a) { return a + 1; }\n", 100);
  EXPECT_FALSE(IsMinified(code + "const kLogo = \"" + std::string(80'000, 'A') + "\";\n", "a.js"));
  EXPECT_FALSE(IsMinified("INSERT INTO t VALUES " + testing::Repeat("(1,'x'),", 1000), "a.sql"));
  EXPECT_FALSE(IsMinified(testing::Repeat("docnames:[\"backup\"],\n", 300), "a.js"));
}

// Each of them took minutes where it was looked through once more from each of its places.
TEST(SourceCode, LongRunsAndLongLinesAreLookedThroughOnce) {
  using testing::Repeat;
  const auto start = std::chrono::steady_clock::now();
  const std::string newlines(1 << 20, '\n');
  EXPECT_TRUE(Code("x = 1" + newlines + "y = 2", "a.py").text.ends_with("\ny = 2"));
  EXPECT_THAT(NamesIn("function f()" + newlines + "{ }", "js"), ElementsAre("f()"));
  EXPECT_EQ(NamesIn(Repeat("function f() { } /* 123456789012345678 */ ", 50'000), "js").size(),
            50'000u);
  EXPECT_TRUE(NamesIn(Repeat("x = R\"\";\n", 100'000), "cc").empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace quarry::ingest
