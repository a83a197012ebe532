#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"
#include "eval/parallel_sections.h"

namespace quarry::eval {

Status WriteParallelCollection(const std::vector<SectionPair>& pairs, int from,
                               const std::string& directory) {
  const int to = 1 - from;
  std::string corpus;
  std::string queries;
  std::string qrels = "query-id\tcorpus-id\tscore\n";
  for (const SectionPair& pair : pairs) {
    const nlohmann::json document = {
        {"_id", pair.id}, {"title", pair.heading[to]}, {"text", pair.prose[to]}};
    const std::string counterpart = pair.heading[to] + "\n" + pair.prose[to];
    const nlohmann::json query = {
        {"_id", "q:" + pair.id},
        {"text", WithoutSharedWords(pair.heading[from] + "\n" + pair.prose[from], counterpart)}};
    corpus += document.dump() + "\n";
    queries += query.dump() + "\n";
    qrels += "q:" + pair.id + "\t" + pair.id + "\t1\n";
  }
  QUARRY_RETURN_IF_ERROR(CreateDirectories(directory + "/qrels"));
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(directory + "/corpus.jsonl", corpus));
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(directory + "/queries.jsonl", queries));
  return WriteFileAtomically(directory + "/qrels/test.tsv", qrels);
}

}  // namespace quarry::eval
