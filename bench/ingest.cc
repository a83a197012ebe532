// Parsing and chunking against the splitters of LangChain.js and LlamaIndex.TS
// (bench/ingest_peers.mjs has the same protocol). One thread.
//
//   ingest LIST       LIST: lines "FORMAT PATH", FORMAT one of text, markdown, html
//
// Reads all files, then answers each line "FORMAT" on its input with one JSON object: what one round
// over the files of that format took, from bytes in memory to chunks.
//
// bench/ingest.sh runs what docs/benchmarks.md quotes.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "bench/measure.h"
#include "ingest/chunker.h"
#include "ingest/parser.h"

namespace quarry::bench {
namespace {

using Files = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

bool ReadList(const char* path, Files* files) {
  std::ifstream list(path);
  std::string format;
  std::string name;
  while (list >> format && std::getline(list >> std::ws, name)) {
    Result<std::string> bytes = ReadFile(name);
    if (!bytes.ok()) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), bytes.status().ToString().c_str());
      return false;
    }
    (*files)[format].emplace_back(name, *std::move(bytes));
  }
  return !files->empty();
}

ingest::Format FormatOf(const std::string& name) {
  if (name == "html") return ingest::Format::kHtml;
  return name == "markdown" ? ingest::Format::kMarkdown : ingest::Format::kPlainText;
}

void Measure(const std::string& format, const Files& files) {
  const ingest::ChunkOptions options;
  size_t bytes = 0;
  size_t chunks = 0;
  size_t refused = 0;
  const double start = CpuSeconds();
  for (const auto& [name, content] : files.at(format)) {
    const Result<ingest::ParsedSource> parsed = ingest::ParseSource(
        content, {.id = name, .path = name, .uri = "", .format = FormatOf(format)});
    bytes += content.size();
    if (!parsed.ok()) {
      ++refused;
      continue;
    }
    for (const Document& document : parsed->documents) {
      chunks += ingest::ChunkDocument(document, options).size();
    }
  }
  const double seconds = CpuSeconds() - start;
  std::printf("{\"bytes\": %zu, \"seconds\": %.6f, \"chunks\": %zu, \"refused\": %zu}\n", bytes,
              seconds, chunks, refused);
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  Files files;
  if (argc != 2 || !ReadList(argv[1], &files)) {
    std::fprintf(stderr, "usage: ingest LIST\n");
    return 2;
  }
  std::string format;
  while (std::getline(std::cin, format)) {
    if (!files.contains(format)) return 2;
    Measure(format, files);
  }
  return 0;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) { return quarry::bench::Main(argc, argv); }
