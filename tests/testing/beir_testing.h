#pragma once

// A small collection with judgements, in BEIR's layout.

#include <string>

#include "base/file.h"
#include "base/status.h"

namespace quarry::testing {

// 40 documents that tell of one pump each, and a question for each by the number of its pump: q7 wants
// d7. Words alone satisfy it.
inline void WritePumpCollection(const std::string& directory) {
  std::string corpus, queries, qrels = "query-id\tcorpus-id\tscore\n";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    corpus += R"({"_id": "d)" + n + R"(", "title": "", "text": "The pump P-)" + n +
              R"( delivers water to the northern mill and is checked on day )" + n + R"(."})" +
              "\n";
    queries += R"({"_id": "q)" + n + R"(", "text": "pump P-)" + n + "\"}\n";
    qrels += "q" + n + "\td" + n + "\t1\n";
  }
  QUARRY_CHECK(CreateDirectories(directory + "/qrels").ok());
  QUARRY_CHECK(WriteFileAtomically(directory + "/corpus.jsonl", corpus).ok());
  QUARRY_CHECK(WriteFileAtomically(directory + "/queries.jsonl", queries).ok());
  QUARRY_CHECK(WriteFileAtomically(directory + "/qrels/test.tsv", qrels).ok());
}

}  // namespace quarry::testing
