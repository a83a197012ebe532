#include "ingest/rtf_words.h"

#include <algorithm>
#include <utility>

namespace quarry::ingest {
namespace {

struct Symbol {
  std::string_view word;
  const char* text;
};
constexpr Symbol kSymbols[] = {
    {"tab", "\t"},    {"emdash", "—"},    {"endash", "–"},    {"bullet", "•"},   {"lquote", "‘"},
    {"rquote", "’"},  {"ldblquote", "“"}, {"rdblquote", "”"}, {"emspace", " "},  {"enspace", " "},
    {"qmspace", " "}, {"line", "\n"},     {"lbr", "\n"},      {"nestcell", " "}, {"nestrow", "\n"}};

struct Destination {
  std::string_view word;
  RtfTarget target;
};
constexpr Destination kDestinations[] = {{"fonttbl", RtfTarget::kFonts},
                                         {"stylesheet", RtfTarget::kStyles},
                                         {"title", RtfTarget::kTitle},
                                         {"author", RtfTarget::kAuthor},
                                         {"subject", RtfTarget::kSubject},
                                         {"keywords", RtfTarget::kKeywords},
                                         {"creatim", RtfTarget::kCreated},
                                         {"footnote", RtfTarget::kNote},
                                         {"htmltag", RtfTarget::kMarkup},
                                         {"listtext", RtfTarget::kListMark},
                                         {"pntext", RtfTarget::kListMark},
                                         {"colortbl", RtfTarget::kSkipped},
                                         {"pict", RtfTarget::kSkipped},
                                         {"objdata", RtfTarget::kSkipped},
                                         {"objclass", RtfTarget::kSkipped},
                                         {"header", RtfTarget::kSkipped},
                                         {"headerl", RtfTarget::kSkipped},
                                         {"headerr", RtfTarget::kSkipped},
                                         {"headerf", RtfTarget::kSkipped},
                                         {"footer", RtfTarget::kSkipped},
                                         {"footerl", RtfTarget::kSkipped},
                                         {"footerr", RtfTarget::kSkipped},
                                         {"footerf", RtfTarget::kSkipped},
                                         {"fldinst", RtfTarget::kSkipped},
                                         {"nonshppict", RtfTarget::kSkipped},
                                         {"listtable", RtfTarget::kSkipped},
                                         {"listoverridetable", RtfTarget::kSkipped},
                                         {"rsidtbl", RtfTarget::kSkipped},
                                         {"filetbl", RtfTarget::kSkipped},
                                         {"themedata", RtfTarget::kSkipped},
                                         {"datastore", RtfTarget::kSkipped},
                                         {"xe", RtfTarget::kSkipped},
                                         {"tc", RtfTarget::kSkipped},
                                         {"rxe", RtfTarget::kSkipped},
                                         {"sp", RtfTarget::kSkipped},
                                         {"annotation", RtfTarget::kSkipped},
                                         {"atnid", RtfTarget::kSkipped},
                                         {"atnauthor", RtfTarget::kSkipped},
                                         {"revtim", RtfTarget::kSkipped},
                                         {"printim", RtfTarget::kSkipped},
                                         {"buptim", RtfTarget::kSkipped},
                                         {"operator", RtfTarget::kSkipped},
                                         {"doccomm", RtfTarget::kSkipped},
                                         {"company", RtfTarget::kSkipped},
                                         {"category", RtfTarget::kSkipped},
                                         {"manager", RtfTarget::kSkipped},
                                         {"comment", RtfTarget::kSkipped},
                                         {"hlinkbase", RtfTarget::kSkipped},
                                         {"falt", RtfTarget::kSkipped},
                                         {"ftnsep", RtfTarget::kSkipped},
                                         {"ftnsepc", RtfTarget::kSkipped},
                                         {"private", RtfTarget::kSkipped},
                                         {"bkmkstart", RtfTarget::kSkipped},
                                         {"bkmkend", RtfTarget::kSkipped},
                                         {"levelnumbers", RtfTarget::kSkipped},
                                         {"leveltext", RtfTarget::kSkipped},
                                         {"pnseclvl", RtfTarget::kSkipped}};

}  // namespace

std::optional<RtfTarget> RtfTargetOf(std::string_view word) {
  for (const Destination& destination : kDestinations) {
    if (word == destination.word) return destination.target;
  }
  return std::nullopt;
}

bool IsRtfTextBehindStar(std::string_view word) { return word == "shpinst" || word == "shptxt"; }

const char* RtfSymbol(std::string_view word) {
  for (const Symbol& symbol : kSymbols) {
    if (word == symbol.word) return symbol.text;
  }
  return nullptr;
}

int RtfCodePageOf(int charset) {
  static constexpr std::pair<int, int> kPages[] = {
      {77, 10000}, {128, 932},  {129, 949},  {134, 936},  {136, 950},  {161, 1253}, {162, 1254},
      {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}};
  for (const auto& [known, page] : kPages) {
    if (charset == known) return page;
  }
  return 0;
}

uint32_t RtfHeadingLevelOf(std::string_view name) {
  for (const std::string_view prefix : {"heading ", "Heading ", "标题 ", "标题"}) {
    if (!name.starts_with(prefix) || name.size() != prefix.size() + 1) continue;
    const char digit = name.back();
    if (digit >= '1' && digit <= '9')
      return std::min<uint32_t>(static_cast<uint32_t>(digit - '0'), 6);
  }
  return name == "Title" || name == "title" ? 1 : 0;
}

}  // namespace quarry::ingest
