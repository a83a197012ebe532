// Takes the translations of single terms from the bilingual table (model/term_translations.h).
//
//   make_translations TABLE TRANSLATIONS
//
// Terms are what the lexical index holds: English stems of at least two letters that are no stop
// words and hold no digit, Chinese pairs of characters. A lone character, which an index holds only where it
// stands alone, is translated but translates nothing. The same table gives the same bytes on one kind of
// processor.

#include <cblas.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/file.h"
#include "base/stop_words.h"
#include "base/text.h"
#include "model/embedder_table.h"
#include "model/row_packing.h"
#include "model/term_translations.h"
#include "model/train/write_translations.h"

namespace quarry::model {
namespace {

constexpr float kLeastCosine = 0.5f;
constexpr float kLeastCsls = 0.05f;
constexpr size_t kMostTranslations = 4;
constexpr size_t kNeighbours = 10;     // that r(a) is the mean of
constexpr size_t kCandidates = 40;     // by cosine, among which the best by CSLS are taken
constexpr float kNoNeighbour = 0.25f;  // cosine
constexpr size_t kBlock = 512;         // terms multiplied at a time

struct Side {
  std::vector<std::string> terms;
  std::vector<float> vectors;   // unit, terms.size() * dimension
  std::vector<float> nearness;  // r of each term
};

struct Neighbour {
  uint32_t term = 0;
  float cosine = 0;
};
using Neighbours = std::vector<std::vector<Neighbour>>;  // of each term, the nearest first

bool IsEnglishTerm(std::string_view term) {
  return term.size() > 1 && !IsStopWord(term) && std::ranges::all_of(term, IsAsciiLower);
}

bool IsLoneCharacter(std::string_view term) {
  size_t offset = 0;
  NextCodePoint(term, offset);
  return offset == term.size();
}

void AddTerm(const EmbedderTable& table, uint32_t number, Side& side) {
  side.terms.emplace_back(table.Term(number));
  const size_t begin = side.vectors.size();
  side.vectors.resize(begin + table.dimension());
  const std::span<float> row(&side.vectors[begin], table.dimension());
  table.AddRow(number, 1, row);
  ScaleToUnit(row.data(), row.size());
}

// Of each of `from` its nearest in `to`; fills from.nearness.
Neighbours FindNeighbours(Side& from, const Side& to, size_t dimension) {
  const size_t others = to.terms.size();
  Neighbours all;
  std::vector<float> cosines(kBlock * others);
  for (size_t begin = 0; begin < from.terms.size(); begin += kBlock) {
    const size_t count = std::min(kBlock, from.terms.size() - begin);
    const auto width = static_cast<int>(dimension);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(count),
                static_cast<int>(others), width, 1, &from.vectors[begin * dimension], width,
                to.vectors.data(), width, 0, cosines.data(), static_cast<int>(others));
    for (size_t i = 0; i < count; ++i) {
      std::vector<Neighbour>& near = all.emplace_back();
      for (uint32_t j = 0; j < others; ++j) {
        const float cosine = cosines[i * others + j];
        if (cosine > kNoNeighbour) near.push_back({j, cosine});
      }
      std::ranges::sort(near, [](const Neighbour& a, const Neighbour& b) {
        return a.cosine != b.cosine ? a.cosine > b.cosine : a.term < b.term;
      });
      near.resize(std::min(near.size(), kCandidates));
      const size_t nearest = std::min(near.size(), kNeighbours);
      float sum = 0;
      for (size_t k = 0; k < nearest; ++k) sum += near[k].cosine;
      from.nearness.push_back(nearest == 0 ? 0 : sum / static_cast<float>(nearest));
    }
  }
  return all;
}

void AddEntries(const Side& from, const Side& to, const Neighbours& neighbours,
                std::vector<TermTranslations::Entry>& entries) {
  for (uint32_t term = 0; term < from.terms.size(); ++term) {
    std::vector<std::pair<float, uint32_t>> found;
    for (const Neighbour& near : neighbours[term]) {
      const float csls = 2 * near.cosine - from.nearness[term] - to.nearness[near.term];
      if (near.cosine < kLeastCosine || csls < kLeastCsls) continue;
      if (!IsLoneCharacter(to.terms[near.term])) found.emplace_back(-csls, near.term);
    }
    std::ranges::sort(found);
    found.resize(std::min(found.size(), kMostTranslations));
    TermTranslations::Entry& entry = entries.emplace_back();
    entry.term = from.terms[term];
    for (const auto& [csls, other] : found) entry.translations.push_back(to.terms[other]);
  }
}

// Without terms that neither have a translation nor are one.
void DropUnused(std::vector<TermTranslations::Entry>& entries) {
  std::vector<std::string> used;
  for (const TermTranslations::Entry& entry : entries) {
    used.insert(used.end(), entry.translations.begin(), entry.translations.end());
  }
  std::ranges::sort(used);
  std::erase_if(entries, [&](const TermTranslations::Entry& entry) {
    return entry.translations.empty() && !std::ranges::binary_search(used, entry.term);
  });
}

Status MakeTranslations(const std::string& table_path, const std::string& out) {
  QUARRY_ASSIGN_OR_RETURN(std::string bytes, ReadFile(table_path));
  const SharedBytes file = ShareString(std::move(bytes));
  QUARRY_ASSIGN_OR_RETURN(const EmbedderTable table, EmbedderTable::Parse(file));
  Side english;
  Side chinese;
  for (uint32_t number = 0; number < table.size(); ++number) {
    const std::string_view term = table.Term(number);
    if (BeginsWithCjk(term)) {
      AddTerm(table, number, chinese);
    } else if (IsEnglishTerm(term)) {
      AddTerm(table, number, english);
    }
  }
  const Neighbours of_english = FindNeighbours(english, chinese, table.dimension());
  const Neighbours of_chinese = FindNeighbours(chinese, english, table.dimension());
  std::vector<TermTranslations::Entry> entries;
  AddEntries(english, chinese, of_english, entries);
  AddEntries(chinese, english, of_chinese, entries);
  std::ranges::sort(entries, {}, &TermTranslations::Entry::term);
  DropUnused(entries);
  return WriteTranslations(entries, file.view, out);
}

}  // namespace
}  // namespace quarry::model

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_translations TABLE TRANSLATIONS\n");
    return 2;
  }
  const quarry::Status status = quarry::model::MakeTranslations(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
