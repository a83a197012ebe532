#pragma once

// Terms of the lexical index in the other of English and Chinese: of an English stem the Chinese
// character pairs that mean it, of a pair or character the English stems. Made once from the vectors
// of the shipped table (shipped_table.h) by model/train/make_translations.cc and linked into the
// program beside it: at run time a translation is a look-up, no vector is read.
//
// A translation is a near neighbour in the other language: cosine c of the two rows, and
//   CSLS = 2 c - r(a) - r(b)
// where r is the mean cosine of a term to its ten nearest in the other language, so that terms which
// lie near everything are nobody's translation (Conneau et al., "Word translation without parallel
// data", 2018).
//
// Bytes (little-endian), looked up where they lie:
//   "QTRM"  checksum:u64 = Hash64 of all that follows  version:u32  checksum of the table:u64
//   terms:u32  translations:u32
//   ends:u32 * terms           where each term ends in the names; terms ascend
//   last:u32 * terms           where each term's translations end
//   translation:u32 * translations     the number of a term; the nearest first
//   names
//
// Immutable, so safe to read from many threads.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"
#include "base/status.h"

namespace quarry::model {

class TermTranslations {
 public:
  struct Entry {
    std::string term;
    std::vector<std::string> translations;  // the nearest first
  };
  // REQUIRES: entries ascend by term, and each translation is the term of one.
  static std::string Serialize(const std::vector<Entry>& entries, uint64_t table_checksum);
  // Keeps the bytes. Errors: kDataLoss for anything that Serialize did not write;
  // kFailedPrecondition for a version that this program does not read.
  static Result<TermTranslations> Parse(const SharedBytes& file);
  // Of bytes that the program was built with, which a test parses: only their lengths are checked, so that the first
  // question does not wait for all of them to be read.
  static Result<TermTranslations> ParseTrusted(const SharedBytes& file);

  bool Has(std::string_view term) const;
  // Of the first term that is not less; size() where all are.
  uint32_t PlaceOf(std::string_view term) const;
  // The nearest first; none of a term that has none. Views into the bytes.
  std::vector<std::string_view> Of(std::string_view term) const;
  // ShippedTableChecksum() of the table that they were made from.
  uint64_t table_checksum() const { return table_checksum_; }
  uint64_t checksum() const { return checksum_; }  // of what the file says
  uint32_t size() const { return size_; }          // terms
  std::string_view Term(uint32_t number) const;
  // The numbers of the translations of term `number`, the nearest first.
  std::vector<uint32_t> NumbersOf(uint32_t number) const;

 private:
  TermTranslations() = default;
  // Knows of the bytes no more than that they are as many as they say.
  static Result<TermTranslations> Open(const SharedBytes& file);
  void Sample();

  SharedBytes file_;
  uint64_t table_checksum_ = 0;
  uint64_t checksum_ = 0;
  uint32_t size_ = 0;
  std::string_view ends_;
  std::string_view last_;
  std::string_view translations_;
  std::string_view names_;
  std::vector<uint64_t> samples_;  // SortPrefix of every kSampled-th term
};

// The other way round: the terms that have one among their translations. An English word that means much keeps few of its
// translations, and none that is a Chinese character. Immutable.
class TranslationSources {
 public:
  // `translations` must outlive it. Reads all of them.
  explicit TranslationSources(const TermTranslations& translations);

  struct Source {
    std::string_view term;
    uint32_t rank = 0;  // 0: the first of its translations
  };
  // The lowest ranks first.
  std::vector<Source> Of(std::string_view term) const;

 private:
  struct Entry {
    uint32_t translation = 0;
    uint32_t rank = 0;
    uint32_t term = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  const TermTranslations& translations_;
  std::vector<Entry> entries_;  // in order
};

// Those that the program carries, opened when first asked for: the neighbours in the shipped table, and what a
// dictionary says (model/train/make_dictionary.cc; its terms are words and phrases, too). Live as long as the process.
// Errors: kDataLoss where the program file is damaged.
Result<const TermTranslations*> ShippedTranslations();
Result<const TermTranslations*> ShippedDictionary();
// Of the dictionary; made when first asked for.
Result<const TranslationSources*> ShippedDictionarySources();

}  // namespace quarry::model
