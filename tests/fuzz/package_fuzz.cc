// Packages: the bytes of zip, tar, gzip and compound files, and the XML inside good packages, where
// a mutation of the packed bytes would only ever meet the checksum. The first byte chooses.

#include "base/text.h"
#include "ingest/parser.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/package_testing.h"

namespace quarry::fuzz {
namespace {

using namespace quarry::testing;

std::string PackageOf(uint8_t kind, const std::string& input) {
  switch (kind) {
    case 1:
      return MakeDocx(input);
    case 2:
      return MakeDocx(
          "<w:p><w:pPr><w:pStyle w:val=\"a\"/><w:numPr><w:numId w:val=\"1\"/></w:numPr>"
          "</w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
          {{"word/styles.xml", input}, {"word/numbering.xml", input}});
    case 3:
      return MakePptx({input});
    case 4:
      return MakeXlsx({input});
    case 5:
      return MakeOdf("text", input);
    case 6:
      return MakeOdf("spreadsheet", input);
    case 7:
      return MakeEpub({input});
    case 8:
      return MakeGzip(input);
    case 9:
      return MakeOutlook({}, {{"__substg1.0_10090102", input}, {"__substg1.0_0037001F", input}});
    case 10:
      return MakeOutlook({{0x3FFD0003, 932}},
                         {{"__substg1.0_10130102", input},
                          {"__attach_version1.0_#00000000/__substg1.0_37010102", input},
                          {"__recip_version1.0_#00000000/__properties_version1.0", input}});
    default:
      return input;
  }
}

}  // namespace

std::vector<std::string> Seeds() {
  const std::string table =
      "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>"
      "<w:p><w:r><w:t>Head</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></"
      "w:tcPr><w:p>"
      "<w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>";
  const std::vector<ZipEntry> members = {{"a.md", "# A\n\nText."}, {"b/c.txt", "More words."}};
  return {
      std::string(1, '\0') + MakeZip(members),
      std::string(1, '\0') + MakeZip({{"in.zip", MakeZip(members)}}),
      std::string(1, '\0') + MakeTar(members),
      std::string(1, '\0') + MakeGzip(MakeTar(members)),
      std::string(1, '\0') + MakeDocx("<w:p><w:r><w:t>Word</w:t></w:r></w:p>"),
      "\1<w:p><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>" + table,
      "\1<w:p><w:r><w:t>a &#65; "
      "b</w:t><w:br/></w:r><m:oMath><m:f><m:num><m:t>1</m:t></m:num><m:den>"
      "<m:t>2</m:t></m:den></m:f></m:oMath></w:p>",
      "\2<w:styles><w:style w:type=\"paragraph\" w:styleId=\"a\"><w:basedOn w:val=\"a\"/></w:style>"
      "<w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt "
      "w:val=\"lowerRoman\"/><w:lvlText "
      "w:val=\"%1.\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId "
      "w:val=\"0\"/></w:num></w:styles>",
      "\3<p:sp><p:nvSpPr><p:nvPr><p:ph "
      "type=\"title\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>T</a:t></a:r>"
      "</a:p></p:txBody></p:sp>",
      "\4<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>x</t></is></c><c "
      "r=\"B1\"><v>45000.5</v></c></row>"
      "</sheetData><mergeCells><mergeCell ref=\"A1:A3\"/></mergeCells>",
      "\5<office:body><office:text><text:h "
      "text:outline-level=\"1\">H</text:h><text:list><text:list-item><text:p>i"
      "</text:p></text:list-item></text:list></office:text></office:body>",
      "\6<office:body><office:spreadsheet><table:table table:name=\"t\"><table:table-row "
      "table:number-rows-repeated=\"3\">"
      "<table:table-cell "
      "table:number-columns-repeated=\"2\"><text:p>1</text:p></table:table-cell></table:table-row>"
      "</table:table></office:spreadsheet></office:body>",
      "\7<h1>One</h1><p>Two</p>",
      "\x08Plain text in gzip.",
      std::string(1, '\0') +
          MakeOutlook({{0x00390040, 133'537'698'000'000'000}},
                      {{"__substg1.0_0037001F", Utf16("Subject")},
                       {"__substg1.0_1000001E", "Body"},
                       {"__recip_version1.0_#00000000/__substg1.0_3001001F", Utf16("Ada")},
                       {"__attach_version1.0_#00000000/__substg1.0_37010102", "# Attached"},
                       {"__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001F",
                        Utf16("Inside")}}),
      "\x09" + std::string(8, '\0') + "LZFu" + std::string(4, '\0') +
          std::string("\x03\0\x0A\0rcpg125B2\x0A\xF3 hel\x09\0 bw\x05\xB0ld}\x0A\x80\x0F\xA0", 33),
      "\x0A<p>HTML</p>",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  if (size == 0) return 0;
  const std::string bytes = fuzz::PackageOf(data[0], std::string(fuzz::View(data + 1, size - 1)));
  const Result<ingest::ParsedSource> parsed =
      ingest::ParseSource(bytes, {.id = "f", .path = "f", .uri = ""});
  if (!parsed.ok()) {
    QUARRY_CHECK(!parsed.status().message().empty());
    return 0;
  }
  for (const Document& document : parsed->documents) {
    QUARRY_CHECK(IsValidUtf8(document.text) && IsValidUtf8(document.title));
    size_t end = 0;
    for (const Block& block : document.blocks) {
      QUARRY_CHECK(block.begin >= end && block.begin < block.end);
      end = block.end;
    }
    QUARRY_CHECK(!document.blocks.empty() && end <= document.text.size());
  }
  return 0;
}
