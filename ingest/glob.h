#pragma once

// Globs over paths whose names are separated by '/', as .gitignore has them. Pure.
//
//   *        any characters inside one name         ?    one character, but for '/'
//   [a-z_]   one of these characters                [!a-z] or [^a-z]  none of them
//   **       as a whole name: any number of names; at the end: at least one
//   \x       x itself
//
// A '[' without its ']' is itself. Matching is quadratic at worst and does not recurse: patterns
// come from the folders that are indexed.

#include <string_view>

namespace quarry::ingest {

// Whether the whole path matches.
bool MatchesPath(std::string_view glob, std::string_view path);

// The same for a glob with a '/' in it; one without matches the path's last name.
bool MatchesGlob(std::string_view glob, std::string_view path);

}  // namespace quarry::ingest
