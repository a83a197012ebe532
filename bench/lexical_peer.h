#pragma once

// What the programs of the lexical benchmark share: their commands (bench/lexical.cc).

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure.h"

namespace quarry::bench {

// Ends the program.
[[noreturn]] inline void Fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

inline std::ifstream OpenLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) Fail(path + ": cannot be read");
  return file;
}

// A row (the number of the passage's line, from 0) and its score.
using Hits = std::vector<std::pair<uint64_t, double>>;

inline uint64_t BytesIn(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) bytes += file.file_size();
  return bytes;
}

// Answers commands from an open index.
template <typename Searcher>
void Serve(Searcher& searcher, const std::vector<std::string>& queries, size_t k) {
  for (std::string command; std::getline(std::cin, command) && command != "quit";) {
    if (command.starts_with("dump ")) {
      std::ofstream out(command.substr(5));
      for (const std::string& query : queries) {
        for (const auto& [row, score] : searcher.Search(query, k))
          out << row << ':' << score << ' ';
        out << '\n';
      }
      std::printf("{}\n");
    } else {
      size_t hits = 0;
      const double begin = Seconds();
      for (const std::string& query : queries) hits += searcher.Search(query, k).size();
      std::printf("{\"seconds\": %.6f, \"hits\": %zu}\n", Seconds() - begin, hits);
    }
    std::fflush(stdout);
  }
}

// The program of one engine: `index` makes an index of a file of passages in an empty directory,
// durably; a Searcher opens one, and its Search(query, k) gives the k best Hits.
template <typename Searcher>
int LexicalMain(int count, char** arguments,
                void (*index)(const std::string& passages, const std::string& directory)) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 3 && words[0] == "index") {
    std::filesystem::remove_all(words[2]);
    std::filesystem::create_directories(words[2]);
    const double begin = Seconds();
    const double cpu = CpuSeconds();
    index(words[1], words[2]);
    size_t docs = 0;
    const double end = Seconds();
    const double cpu_end = CpuSeconds();
    std::ifstream file = OpenLines(words[1]);
    for (std::string line; std::getline(file, line);) ++docs;
    std::printf("{\"docs\": %zu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"bytes\": %zu}\n", docs,
                end - begin, cpu_end - cpu, BytesIn(words[2]));
    return 0;
  }
  if ((words.size() == 3 || words.size() == 4) && words[0] == "search") {
    std::vector<std::string> queries;
    std::ifstream file = OpenLines(words[2]);
    for (std::string line; std::getline(file, line);) queries.push_back(line);
    Searcher searcher(words[1]);
    Serve(searcher, queries, words.size() == 4 ? std::stoul(words[3]) : 10);
    return 0;
  }
  Fail("expected: index PASSAGES DIR, or: search DIR QUERIES [K]");
}

}  // namespace quarry::bench
