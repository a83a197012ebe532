#include "eval/parallel_sections.h"

#include <set>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/document.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/parser.h"
#include "ingest/source.h"

namespace quarry::eval {
namespace {

// Prose shorter than this names its section without saying anything.
constexpr size_t kShortestEnglish = 80;  // bytes
constexpr size_t kShortestChinese = 80;

struct Section {
  uint32_t level = 0;
  std::string heading;
  std::string prose;
};

bool IsProse(BlockKind kind) {
  return kind == BlockKind::kParagraph || kind == BlockKind::kListItem || kind == BlockKind::kQuote;
}

Result<std::vector<Section>> ReadSections(const std::string& path) {
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  const Result<ingest::ParsedSource> parsed =
      ingest::ParseSource(bytes, {.id = path, .path = path, .uri = path});
  if (!parsed.ok()) return Status(parsed.status().code(), path + ": " + parsed.status().message());
  std::vector<Section> sections;
  for (const Document& document : parsed->documents) {
    for (const Block& block : document.blocks) {
      if (block.kind == BlockKind::kHeading) {
        sections.push_back({block.level, HeadingText(document.TextOf(block)), ""});
      } else if (IsProse(block.kind) && !sections.empty()) {
        std::string& prose = sections.back().prose;
        if (!prose.empty()) prose += '\n';
        prose += document.TextOf(block);
      }
    }
  }
  return sections;
}

bool SameHeadings(const std::vector<Section>& a, const std::vector<Section>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].level != b[i].level) return false;
  }
  return true;
}

bool HoldsCjk(std::string_view text) {
  for (size_t offset = 0; offset < text.size();) {
    if (IsCjk(NextCodePoint(text, offset))) return true;
  }
  return false;
}

bool IsLatin(char c) { return IsAsciiAlphanumeric(c) || c == '_'; }

// Calls visit(run, is_latin) for the runs of Latin letters and digits and for what lies between.
template <typename Visit>
void ForEachRun(std::string_view text, Visit visit) {
  for (size_t begin = 0; begin < text.size();) {
    const bool latin = IsLatin(text[begin]);
    size_t end = begin;
    while (end < text.size() && IsLatin(text[end]) == latin) ++end;
    visit(text.substr(begin, end - begin), latin);
    begin = end;
  }
}

}  // namespace

Result<std::vector<SectionPair>> ReadParallelSections(const std::string& english,
                                                      const std::string& chinese) {
  QUARRY_ASSIGN_OR_RETURN(const ingest::FileList ours, ingest::ListFiles(english, {}));
  QUARRY_ASSIGN_OR_RETURN(const ingest::FileList theirs, ingest::ListFiles(chinese, {}));
  std::set<std::string> there;
  for (const ingest::SourceItem& item : theirs.items) there.insert(item.info.id);
  std::vector<SectionPair> pairs;
  for (const ingest::SourceItem& item : ours.items) {
    const std::string& path = item.info.id;
    if (!there.contains(path)) continue;
    QUARRY_ASSIGN_OR_RETURN(const std::vector<Section> a, ReadSections(english + "/" + path));
    QUARRY_ASSIGN_OR_RETURN(const std::vector<Section> b, ReadSections(chinese + "/" + path));
    if (!SameHeadings(a, b)) continue;
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i].prose.size() < kShortestEnglish || b[i].prose.size() < kShortestChinese) continue;
      if (HoldsCjk(a[i].prose) || !HoldsCjk(b[i].prose)) continue;
      SectionPair pair;
      pair.id = path + "#" + std::to_string(i);
      pair.heading[0] = a[i].heading;
      pair.heading[1] = b[i].heading;
      pair.prose[0] = a[i].prose;
      pair.prose[1] = b[i].prose;
      pairs.push_back(std::move(pair));
    }
  }
  return pairs;
}

std::string WithoutSharedWords(const std::string& question, const std::string& counterpart) {
  const bool is_chinese = HoldsCjk(question);
  std::set<std::string> shared;
  ForEachRun(counterpart, [&](std::string_view run, bool latin) {
    if (latin) shared.insert(Fold(run));
  });
  std::string kept;
  ForEachRun(question, [&](std::string_view run, bool latin) {
    const bool leaves = latin && (is_chinese || shared.contains(Fold(run)));
    kept += leaves ? " " : run;
  });
  return kept;
}

}  // namespace quarry::eval
