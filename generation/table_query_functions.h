#pragma once

// Functions of SQL whose time grows with the product of their arguments, as instr() and LIKE, made anew:
// SQLite asks whether to go on between its operations, and of these a single one may take seconds, and
// hundreds may follow each other without a question. Internal to generation/.

#include <cstddef>

struct sqlite3;

namespace quarry::generation {

// Whether a query is to end at once.
struct QueryBrake {
  int (*is_over)(void* self);  // as SQLite's progress handler
  void* self;
};

// Replaces instr, replace, LIKE, GLOB, and trim, ltrim and rtrim of two arguments, which give what SQLite's
// own give of texts. Each asks the brake before it begins, and refuses to look for more than kMostSoughtBytes
// bytes. False where SQLite has not the memory. The brake must outlive the database.
bool AddBoundedFunctions(sqlite3* database, const QueryBrake* brake);
inline constexpr size_t kMostSoughtBytes = 1'000;

}  // namespace quarry::generation
