// Formats with parsers of our own that others write by hand or by many programs. The first byte
// chooses the format.

#include "base/text.h"
#include "ingest/parser.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {
namespace {

using ingest::Format;
constexpr Format kKnownFormats[] = {Format::kRtf,       Format::kEmail, Format::kMbox,
                                    Format::kXml,       Format::kRst,   Format::kNotebook,
                                    Format::kSourceCode};
// Of the source code: the name's extension chooses the language.
constexpr const char* kPaths[] = {"f.cc", "f.py", "f.ts", "f.rs", "f.go", "f.rb", "f.sql", "f.sh"};

void Check(const Document& document) {
  QUARRY_CHECK(IsValidUtf8(document.text) && IsValidUtf8(document.title));
  for (const auto& [key, value] : document.metadata) {
    const auto* text = std::get_if<std::string>(&value);
    QUARRY_CHECK(IsValidUtf8(key) && (text == nullptr || IsValidUtf8(*text)));
  }
  uint64_t end = 0;
  for (const Block& block : document.blocks) {
    QUARRY_CHECK(block.begin >= end && block.begin < block.end);
    end = block.end;
  }
  QUARRY_CHECK(end <= document.text.size());
}

}  // namespace

std::vector<std::string> Seeds() {
  using std::string_literals::operator""s;
  return {
      "\0{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f1\\fcharset134 S;}}{\\stylesheet{\\s1\\outlinelevel0 heading 1;}}{\\info{\\title T}}\\pard\\s1 Head\\par \\u27700 ?\\'cb\\'ae{\\footnote n}\\par\\trowd\\intbl a\\cell b\\cell\\row{\\*\\x y}{\\listtext 1.}\\ls1 i\\bin2 {}\\par}"s,
      "\1From: =?utf-8?B?546L?= <a@b>\r\nSubject: =?gb2312?Q?=CB=AE?=\nDate: Fri, 1 Mar 2024 "
      "09:30:00 +0800\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
      "multipart/alternative; boundary=\"c\"\n\n--c\nContent-Type: text/html; "
      "charset=big5\nContent-Transfer-Encoding: "
      "quoted-printable\n\n<p>a=\n=41</p>\n--c--\n--b\nContent-Type: text/markdown; "
      "name*0*=utf-8''%E6; name*1=x.md\nContent-Disposition: "
      "attachment\nContent-Transfer-Encoding: base64\n\nIyBQdW1wcwo=\n--b--\n",
      "\2From a@b Fri Mar  1 09:30:00 2024\nSubject: One\nMessage-ID: <1@x>\n\nFirst.\n>From q\n> "
      "quote\n\nFrom a@b\nSubject: Two\n\nSecond.\n",
      "\3<?xml version='1.0'?><!DOCTYPE b [<!ENTITY x 'y'>]><book lang='en'><title>T &amp; "
      "&#65;</title><chapter><para>x<emphasis>y</emphasis></para><!-- c "
      "--><row><entry>a</entry><entry>b</entry></row><programlisting><![CDATA[a\n "
      "b]]></programlisting></chapter></book>",
      "\3<rss><channel><title>N</title><item><title>A</title><description>&lt;p&gt;x&lt;/p&gt;</"
      "description></item></channel></rss>",
      "\3<feed><entry><title>A</title><author><name>B</name></author><content "
      "type='xhtml'><div><p>x</p></div></content></entry></feed>",
      "\4=====\nTitle\n=====\n\n:Author: A\n\nText :ref:`a <b>` ``c``::\n\n    code\n\n- item\n\n  "
      "- inner\n\n=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n\n+---+---+\n| a | "
      "b |\n+===+===+\n| 1 | 2 |\n+---+---+\n\n.. code-block:: c\n   :caption: x\n\n   int "
      "x;\n\n.. list-table::\n\n   * - a\n     - b\n\n.. [1] note\n\nterm\n   def\n\n| line\n\n>>> "
      "1\n2\n",
      "\5{\"cells\": [{\"cell_type\": \"markdown\", \"source\": [\"# H\\n\", \"x\"]}, "
      "{\"cell_type\": \"code\", \"source\": \"y\", \"outputs\": [{\"text\": [\"z\"]}]}], "
      "\"metadata\": {\"title\": \"T\"}, \"nbformat\": 4}",
      "\6namespace a {\nclass B : C {\n public:\n  B() : x_{1} { f('{', \"}\", R\"x(})x\"); "
      "}\n};\n}  // b\n#define X \\\n  {\nvoid f() {}\n",
      "\6class A(B):\n    \"\"\"doc\n    \"\"\"\n    @x\n    def f(self):\n        return "
      "1\n\nasync def g(): pass\n",
      "\6-- c\nCREATE TABLE t (\n id INT);\nCREATE FUNCTION f() AS $$\nx;\n$$;\nexport const f = "
      "async (x) => {\n};\nimpl<'a> T for P<'a> {\n fn f(&'a self) {}\n}\n",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  if (size == 0) return 0;
  const ingest::Format format = fuzz::kKnownFormats[data[0] % std::size(fuzz::kKnownFormats)];
  const std::string path = fuzz::kPaths[size % std::size(fuzz::kPaths)];
  const Result<ingest::ParsedSource> parsed = ingest::ParseSource(
      fuzz::View(data + 1, size - 1), {.id = "f", .path = path, .uri = "", .format = format});
  if (!parsed.ok()) {
    QUARRY_CHECK(!parsed.status().message().empty());
    return 0;
  }
  for (const Document& document : parsed->documents) fuzz::Check(document);
  return 0;
}
