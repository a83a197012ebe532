#include "model/term_translations.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

#include "base/coding.h"
#include "base/hash.h"

extern "C" {
extern const char quarry_shipped_translations_begin[];  // model/data/shipped_table.S
extern const char quarry_shipped_translations_end[];
extern const char quarry_shipped_dictionary_begin[];
extern const char quarry_shipped_dictionary_end[];
}

namespace quarry::model {
namespace {

constexpr std::string_view kTranslationsMagic = "QTRM";
constexpr uint32_t kTranslationsVersion = 1;
constexpr size_t kBodyBegin = 4 + 8;  // behind magic and checksum
// A search begins among so few terms: what is read of them lies all over the file.
constexpr uint32_t kSampled = 32;

// REQUIRES: there are so many, which Parse has seen to.
uint32_t NumberAt(std::string_view numbers, uint32_t place) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    number |= uint32_t{static_cast<uint8_t>(numbers[size_t{place} * 4 + i])} << (8 * i);
  }
  return number;
}

// Whether numbers never fall and the last is `end`.
bool AscendsTo(std::string_view numbers, uint32_t count, size_t end) {
  uint32_t before = 0;
  for (uint32_t place = 0; place < count; ++place) {
    const uint32_t number = NumberAt(numbers, place);
    if (number < before) return false;
    before = number;
  }
  return before == end;
}

Status TranslationsDamaged(std::string_view what) {
  return DataLossError("term translations: " + std::string(what));
}

Result<TermTranslations> ParseShipped(const char* begin, const char* end) {
  const std::string_view bytes(begin, static_cast<size_t>(end - begin));
  return TermTranslations::ParseTrusted({.view = bytes, .owner = nullptr, .mapped = true});
}

}  // namespace

std::string TermTranslations::Serialize(const std::vector<Entry>& entries,
                                        uint64_t table_checksum) {
  std::string ends;
  std::string last;
  std::string translations;
  std::string names;
  for (const Entry& entry : entries) {
    names += entry.term;
    AppendFixed32(ends, static_cast<uint32_t>(names.size()));
    for (const std::string& one : entry.translations) {
      const auto at = std::ranges::lower_bound(entries, one, {}, &Entry::term);
      QUARRY_CHECK(at != entries.end() && at->term == one);
      AppendFixed32(translations, static_cast<uint32_t>(at - entries.begin()));
    }
    AppendFixed32(last, static_cast<uint32_t>(translations.size() / 4));
  }
  std::string body;
  AppendFixed32(body, kTranslationsVersion);
  AppendFixed64(body, table_checksum);
  AppendFixed32(body, static_cast<uint32_t>(entries.size()));
  AppendFixed32(body, static_cast<uint32_t>(translations.size() / 4));
  body += ends + last + translations + names;
  std::string bytes(kTranslationsMagic);
  AppendFixed64(bytes, Hash64(body));
  return bytes + body;
}

Result<TermTranslations> TermTranslations::Open(const SharedBytes& file) {
  if (file.view.size() < kBodyBegin || !file.view.starts_with(kTranslationsMagic)) {
    return TranslationsDamaged("do not begin as such");
  }
  const std::string_view body = file.view.substr(kBodyBegin);
  RecordReader reader(body);
  const uint32_t version = reader.Fixed32();
  if (reader.ok() && version != kTranslationsVersion) {
    return FailedPreconditionError("term translations: format " + std::to_string(version) +
                                   ", this program reads " + std::to_string(kTranslationsVersion));
  }
  TermTranslations table;
  table.file_ = file;
  table.checksum_ = RecordReader(file.view.substr(kTranslationsMagic.size())).Fixed64();
  table.table_checksum_ = reader.Fixed64();
  table.size_ = reader.Fixed32();
  const uint32_t translations = reader.Fixed32();
  const uint64_t numbers = (uint64_t{2} * table.size_ + translations) * 4;
  if (!reader.ok() || numbers > reader.remaining())
    return TranslationsDamaged("sizes do not fit its length");
  std::string_view rest = body.substr(body.size() - reader.remaining());
  const auto take = [&rest](uint64_t count) {
    const std::string_view taken = rest.substr(0, count * 4);
    rest.remove_prefix(taken.size());
    return taken;
  };
  table.ends_ = take(table.size_);
  table.last_ = take(table.size_);
  table.translations_ = take(translations);
  table.names_ = rest;
  return table;
}

Result<TermTranslations> TermTranslations::Parse(const SharedBytes& file) {
  if (file.view.size() < kBodyBegin || !file.view.starts_with(kTranslationsMagic)) {
    return TranslationsDamaged("do not begin as such");
  }
  const uint64_t checksum = RecordReader(file.view.substr(kTranslationsMagic.size())).Fixed64();
  if (Hash64(file.view.substr(kBodyBegin)) != checksum) {
    return TranslationsDamaged("checksum does not match");
  }
  QUARRY_ASSIGN_OR_RETURN(TermTranslations table, Open(file));
  const auto translations = static_cast<uint32_t>(table.translations_.size() / 4);
  if (!AscendsTo(table.ends_, table.size_, table.names_.size()) ||
      !AscendsTo(table.last_, table.size_, translations)) {
    return TranslationsDamaged("terms are malformed");
  }
  for (uint32_t place = 0; place < translations; ++place) {
    if (NumberAt(table.translations_, place) >= table.size_) {
      return TranslationsDamaged("a translation is no term");
    }
  }
  for (uint32_t number = 1; number < table.size_; ++number) {
    if (table.Term(number - 1) >= table.Term(number))
      return TranslationsDamaged("terms are not in order");
  }
  table.Sample();
  return table;
}

Result<TermTranslations> TermTranslations::ParseTrusted(const SharedBytes& file) {
  QUARRY_ASSIGN_OR_RETURN(TermTranslations table, Open(file));
  table.Sample();
  return table;
}

void TermTranslations::Sample() {
  samples_.reserve(size_ / kSampled + 1);
  for (uint32_t number = 0; number < size_; number += kSampled) {
    samples_.push_back(SortPrefix(Term(number)));
  }
}

std::string_view TermTranslations::Term(uint32_t number) const {
  const uint32_t begin = number == 0 ? 0 : NumberAt(ends_, number - 1);
  return names_.substr(begin, NumberAt(ends_, number) - begin);
}

uint32_t TermTranslations::PlaceOf(std::string_view term) const {
  // Terms of one prefix may stand on both sides of a sample.
  const auto [first, last] = std::ranges::equal_range(samples_, SortPrefix(term));
  const auto before = static_cast<uint32_t>(first - samples_.begin());
  const auto end = static_cast<uint32_t>(last - samples_.begin());
  const uint32_t low = before == 0 ? 0 : (before - 1) * kSampled;
  const uint32_t high = std::min(size_, end * kSampled);
  return *std::ranges::partition_point(std::views::iota(low, high),
                                       [&](uint32_t number) { return Term(number) < term; });
}

bool TermTranslations::Has(std::string_view term) const {
  const uint32_t place = PlaceOf(term);
  return place < size_ && Term(place) == term;
}

std::vector<std::string_view> TermTranslations::Of(std::string_view term) const {
  const uint32_t place = PlaceOf(term);
  std::vector<std::string_view> found;
  if (place == size_ || Term(place) != term) return found;
  for (const uint32_t number : NumbersOf(place)) found.push_back(Term(number));
  return found;
}

std::vector<uint32_t> TermTranslations::NumbersOf(uint32_t number) const {
  std::vector<uint32_t> numbers;
  for (uint32_t i = number == 0 ? 0 : NumberAt(last_, number - 1); i < NumberAt(last_, number); ++i)
    numbers.push_back(NumberAt(translations_, i));
  return numbers;
}

TranslationSources::TranslationSources(const TermTranslations& translations)
    : translations_(translations) {
  for (uint32_t term = 0; term < translations.size(); ++term) {
    uint32_t rank = 0;
    for (const uint32_t translation : translations.NumbersOf(term))
      entries_.push_back({translation, rank++, term});
  }
  std::ranges::sort(entries_);
}

std::vector<TranslationSources::Source> TranslationSources::Of(std::string_view term) const {
  std::vector<Source> found;
  const uint32_t number = translations_.PlaceOf(term);
  if (number == translations_.size() || translations_.Term(number) != term) return found;
  for (const Entry& entry : std::ranges::equal_range(entries_, number, {}, &Entry::translation))
    found.push_back({translations_.Term(entry.term), entry.rank});
  return found;
}

Result<const TermTranslations*> ShippedTranslations() {
  static const Result<TermTranslations> shipped =
      ParseShipped(quarry_shipped_translations_begin, quarry_shipped_translations_end);
  QUARRY_RETURN_IF_ERROR(shipped.status());
  return &*shipped;
}

Result<const TermTranslations*> ShippedDictionary() {
  static const Result<TermTranslations> shipped =
      ParseShipped(quarry_shipped_dictionary_begin, quarry_shipped_dictionary_end);
  QUARRY_RETURN_IF_ERROR(shipped.status());
  return &*shipped;
}

Result<const TranslationSources*> ShippedDictionarySources() {
  QUARRY_ASSIGN_OR_RETURN(const TermTranslations* dictionary, ShippedDictionary());
  static const TranslationSources sources(*dictionary);
  return &sources;
}

}  // namespace quarry::model
