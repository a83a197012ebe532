#pragma once

// What the programs of the lexical benchmark share: their commands (bench/lexical.cc).

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
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

struct LexicalPeer {
  // Indexes a file of passages in a directory that is there, durably; returns the index's bytes.
  std::function<uint64_t(const std::string& passages, const std::string& directory)> index;
  // Opens an index and returns what answers a query with its k best.
  std::function<std::function<Hits(const std::string& query, size_t k)>(const std::string&)> open;
};

inline uint64_t BytesIn(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) bytes += file.file_size();
  return bytes;
}

inline void Serve(const std::function<Hits(const std::string&, size_t)>& search,
                  const std::vector<std::string>& queries, size_t k) {
  for (std::string command; std::getline(std::cin, command) && command != "quit";) {
    if (command.starts_with("dump ")) {
      std::ofstream out(command.substr(5));
      for (const std::string& query : queries) {
        for (const auto& [row, score] : search(query, k)) out << row << ':' << score << ' ';
        out << '\n';
      }
      std::printf("{}\n");
    } else {
      size_t hits = 0;
      const double begin = Seconds();
      for (const std::string& query : queries) hits += search(query, k).size();
      std::printf("{\"seconds\": %.6f, \"hits\": %zu}\n", Seconds() - begin, hits);
    }
    std::fflush(stdout);
  }
}

inline int LexicalMain(int count, char** arguments, const LexicalPeer& peer) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 3 && words[0] == "index") {
    std::filesystem::remove_all(words[2]);
    std::filesystem::create_directories(words[2]);
    const double begin = Seconds();
    const double cpu = CpuSeconds();
    const uint64_t bytes = peer.index(words[1], words[2]);
    size_t docs = 0;
    const double end = Seconds();
    const double cpu_end = CpuSeconds();
    std::ifstream file = OpenLines(words[1]);
    for (std::string line; std::getline(file, line);) ++docs;
    std::printf("{\"docs\": %zu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"bytes\": %zu}\n", docs,
                end - begin, cpu_end - cpu, bytes);
    return 0;
  }
  if ((words.size() == 3 || words.size() == 4) && words[0] == "search") {
    std::vector<std::string> queries;
    std::ifstream file = OpenLines(words[2]);
    for (std::string line; std::getline(file, line);) queries.push_back(line);
    Serve(peer.open(words[1]), queries, words.size() == 4 ? std::stoul(words[3]) : 10);
    return 0;
  }
  Fail("expected: index PASSAGES DIR, or: search DIR QUERIES [K]");
}

}  // namespace quarry::bench
