// SQLite's side of the lexical benchmark: the commands of bench/lexical.cc.

#include <sqlite3.h>

#include <memory>

#include "base/ascii.h"
#include "base/stop_words.h"
#include "bench/lexical_peer.h"

namespace quarry::bench {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

std::string FilePath(const std::string& directory) { return directory + "/fts5.db"; }

Database OpenFile(const std::string& directory) {
  sqlite3* opened = nullptr;
  if (sqlite3_open(FilePath(directory).c_str(), &opened) != SQLITE_OK) Fail("fts5: cannot open");
  return {opened, sqlite3_close};
}

void Execute(const Database& database, const char* sql) {
  char* message = nullptr;
  if (sqlite3_exec(database.get(), sql, nullptr, nullptr, &message) != SQLITE_OK) Fail(message);
}

Statement Prepare(const Database& database, const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) {
    Fail(sqlite3_errmsg(database.get()));
  }
  return {prepared, sqlite3_finalize};
}

void Index(const std::string& passages, const std::string& directory) {
  {
    const Database database = OpenFile(directory);
    // Without the text. Its bm25() needs the positions.
    Execute(database,
            "CREATE VIRTUAL TABLE passages USING fts5(text, content='', tokenize='porter')");
    Execute(database, "BEGIN");
    const Statement insert = Prepare(database, "INSERT INTO passages(rowid, text) VALUES(?, ?)");
    std::ifstream file = OpenLines(passages);
    sqlite3_int64 row = 1;
    for (std::string line; std::getline(file, line); ++row) {
      sqlite3_bind_int64(insert.get(), 1, row);
      sqlite3_bind_text(insert.get(), 2, line.data(), static_cast<int>(line.size()), SQLITE_STATIC);
      if (sqlite3_step(insert.get()) != SQLITE_DONE) Fail(sqlite3_errmsg(database.get()));
      sqlite3_reset(insert.get());
    }
    Execute(database, "COMMIT");
    Execute(database, "INSERT INTO passages(passages) VALUES('optimize')");
  }
}

struct Searcher {
  explicit Searcher(const std::string& directory)
      : database(OpenFile(directory)),
        select(Prepare(database,
                       "SELECT rowid, bm25(passages) FROM passages WHERE passages MATCH ? "
                       "ORDER BY rank LIMIT ?")) {}

  Hits Search(const std::string& query, size_t k) {
    // FTS5 has no stop words: they are left out of the query, as the others leave them out.
    std::string any;
    std::string word;
    for (const char c : query + " ") {
      if (c != ' ') {
        word.push_back(AsciiLower(c));
        continue;
      }
      if (!word.empty() && !IsStopWord(word)) any += (any.empty() ? "\"" : " OR \"") + word + '"';
      word.clear();
    }
    Hits hits;
    if (any.empty()) return hits;
    sqlite3_bind_text(select.get(), 1, any.data(), static_cast<int>(any.size()), SQLITE_STATIC);
    sqlite3_bind_int64(select.get(), 2, static_cast<sqlite3_int64>(k));
    while (sqlite3_step(select.get()) == SQLITE_ROW) {
      hits.emplace_back(sqlite3_column_int64(select.get(), 0) - 1,
                        -sqlite3_column_double(select.get(), 1));
    }
    sqlite3_reset(select.get());
    return hits;
  }

  const Database database;
  const Statement select;
};

}  // namespace
}  // namespace quarry::bench

int main(int count, char** arguments) {
  return quarry::bench::LexicalMain<quarry::bench::Searcher>(count, arguments,
                                                             quarry::bench::Index);
}
