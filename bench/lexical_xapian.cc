// Xapian's side of the lexical benchmark: the commands of bench/lexical.cc.

#include <xapian.h>

#include <sstream>

#include "base/stop_words.h"
#include "bench/lexical_peer.h"

namespace quarry::bench {
namespace {

class Stopper final : public Xapian::Stopper {
 public:
  bool operator()(const std::string& term) const override { return IsStopWord(term); }
};

// An index before its documents are packed tightly, and after.
std::string LoosePath(const std::string& directory) { return directory + ".loose"; }

Xapian::TermGenerator Generator(const Stopper& stopper) {
  Xapian::TermGenerator generator;
  generator.set_stemmer(Xapian::Stem("english"));
  generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
  generator.set_stopper(&stopper);
  generator.set_stopper_strategy(Xapian::TermGenerator::STOP_ALL);
  return generator;
}

void Index(const std::string& passages, const std::string& directory) {
  const Stopper stopper;
  Xapian::TermGenerator generator = Generator(stopper);
  std::filesystem::remove_all(LoosePath(directory));
  Xapian::WritableDatabase database(LoosePath(directory), Xapian::DB_CREATE_OR_OVERWRITE);
  std::ifstream file = OpenLines(passages);
  for (std::string line; std::getline(file, line);) {
    Xapian::Document document;
    generator.set_document(document);
    generator.index_text_without_positions(line);
    database.add_document(document);
  }
  database.commit();
  database.compact(directory, Xapian::DBCOMPACT_NO_RENUMBER);
  database.close();
  std::filesystem::remove_all(LoosePath(directory));
}

struct Searcher {
  explicit Searcher(const std::string& directory) : database(directory), enquire(database) {
    enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 1, 0.75, 0));
  }

  Hits Search(const std::string& query, size_t k) {
    Xapian::Document terms;
    Xapian::TermGenerator generator = Generator(stopper);
    generator.set_document(terms);
    generator.index_text_without_positions(query);
    enquire.set_query(
        Xapian::Query(Xapian::Query::OP_OR, terms.termlist_begin(), terms.termlist_end()));
    Hits hits;
    const Xapian::MSet found = enquire.get_mset(0, static_cast<Xapian::doccount>(k));
    for (auto hit = found.begin(); hit != found.end(); ++hit) {
      hits.emplace_back(*hit - 1, hit.get_weight());
    }
    return hits;
  }

  const Stopper stopper;
  Xapian::Database database;
  Xapian::Enquire enquire;
};

}  // namespace
}  // namespace quarry::bench

int main(int count, char** arguments) {
  return quarry::bench::LexicalMain<quarry::bench::Searcher>(count, arguments,
                                                             quarry::bench::Index);
}
