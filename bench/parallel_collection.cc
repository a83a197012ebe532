// Documentation that is there in English and Chinese -> two test collections in the BEIR layout
// (eval/parallel_sections.h).
//
//   parallel_collection ENGLISH CHINESE OUT      makes OUT/en-zh (English questions) and OUT/zh-en, and
//                                                OUT/headings/en-zh and zh-en, whose questions are the
//                                                headings alone

#include <cstdio>
#include <string>
#include <vector>

#include "base/text.h"
#include "eval/parallel_sections.h"

namespace quarry::bench {
namespace {

// The same with nothing but headings to ask, where their counterparts leave something of them.
std::vector<eval::SectionPair> AskedByHeading(std::vector<eval::SectionPair> pairs, int from) {
  const int to = 1 - from;
  for (eval::SectionPair& pair : pairs) pair.prose[from].clear();
  std::erase_if(pairs, [&](const eval::SectionPair& pair) {
    const std::string counterpart = pair.heading[to] + "\n" + pair.prose[to];
    return Trim(eval::WithoutSharedWords(pair.heading[from], counterpart)).empty();
  });
  return pairs;
}

Status Run(const std::string& english, const std::string& chinese, const std::string& out) {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<eval::SectionPair> pairs,
                          eval::ReadParallelSections(english, chinese));
  std::printf("%zu sections\n", pairs.size());
  QUARRY_RETURN_IF_ERROR(eval::WriteParallelCollection(pairs, 0, out + "/en-zh"));
  QUARRY_RETURN_IF_ERROR(eval::WriteParallelCollection(pairs, 1, out + "/zh-en"));
  QUARRY_RETURN_IF_ERROR(
      eval::WriteParallelCollection(AskedByHeading(pairs, 0), 0, out + "/headings/en-zh"));
  return eval::WriteParallelCollection(AskedByHeading(pairs, 1), 1, out + "/headings/zh-en");
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: parallel_collection ENGLISH CHINESE OUT\n");
    return 2;
  }
  const quarry::Status status = quarry::bench::Run(argv[1], argv[2], argv[3]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
