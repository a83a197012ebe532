// Files of every format, in every charset: what is read of them is UTF-8, its blocks and chunks lie
// where they say. The first byte chooses the format.

#include "base/text.h"
#include "ingest/chunker.h"
#include "ingest/parser.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {
namespace {

using ingest::Format;
constexpr Format kFormats[] = {Format::kPlainText, Format::kMarkdown, Format::kHtml, Format::kJson,
                               Format::kJsonLines, Format::kCsv,      Format::kTsv};

void Check(const Document& document) {
  QUARRY_CHECK(IsValidUtf8(document.text));
  QUARRY_CHECK(!document.blocks.empty());
  size_t end = 0;
  for (const Block& block : document.blocks) {
    QUARRY_CHECK(block.begin >= end && block.begin <= block.end);
    end = block.end;
  }
  QUARRY_CHECK(end <= document.text.size());
  ingest::ChunkOptions options;
  options.target_tokens = 40;  // small inputs have several chunks too
  options.min_tokens = 10;
  options.max_tokens = 60;
  for (const Chunk& chunk : ingest::ChunkDocument(document, options)) {
    QUARRY_CHECK(chunk.span.begin < chunk.span.end && chunk.span.end <= document.text.size());
    QUARRY_CHECK(document.text.substr(chunk.span.begin, chunk.span.end - chunk.span.begin) ==
                 chunk.text);
    for (const ChunkBlock& block : chunk.blocks) {
      QUARRY_CHECK(block.begin < block.end && block.end <= chunk.text.size());
    }
  }
}

}  // namespace

std::vector<std::string> Seeds() {
  using std::string_literals::operator""s;
  return {
      "\0Plain text.\r\n\r\nSecond paragraph, 第二段。第三句！\n\n  indented\n"s,
      "\1---\ntitle: T\ntags: [a, b]\n---\n# Head\n\n- item\n  - sub\n\n| a | b |\n|---|---|\n| 1 "
      "| "
      "2 |\n\n```c\nint x;\n```\n> quote\n",
      "\1# Set ~~x {#id~~}\n\n| ~~a | b~~ |\n|---|---|\n| ~~1~~ | 2 |\n",
      "\1" + std::string(101, '>') + "-" + std::string(257, '|') + "\nb\n",
      "\2<!doctype html><title>T</title><h1>H</h1><p>One &amp; two</p><table><tr><th>a<td>b</table>"
      "<pre>x\ny</pre><script>no</script>",
      "\3{\"title\": \"T\", \"text\": \"Body.\", \"tags\": [\"x\"], \"n\": {\"m\": 1}}",
      "\4{\"id\":\"a\",\"text\":\"First.\"}\n{\"id\":\"b\",\"text\":\"Second.\"}\n",
      "\5name,price\npump,\"1,5\"\n\"va\"\"lve\",2\n",
      "\6name\tprice\npump\t1\nvalve\t2\n",
      "\7\xFE\xFF\x4E\x2D\x65\x87"s,
      "\7\xD6\xD0\xCE\xC4\xD6\xD0\xCE\xC4\xA1\xA3"s,
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::View(data + 1, size - 1);
  ingest::SourceInfo source{.id = "f", .path = "f", .uri = "file:///f"};
  if (data[0] < std::size(fuzz::kFormats)) source.format = fuzz::kFormats[data[0]];
  const Result<ingest::ParsedSource> parsed = ingest::ParseSource(bytes, source);
  if (!parsed.ok()) {
    QUARRY_CHECK(!parsed.status().message().empty());
    return 0;
  }
  for (const Document& document : parsed->documents) fuzz::Check(document);
  return 0;
}
