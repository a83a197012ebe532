#pragma once

// What a parser crashed on, so that it is one failed file and not the end of every run.
//
// Parsers read what strangers wrote, some by libraries in C. Should one crash, the process ends; which
// bytes it was reading is written down as it does, and a later run of the same build takes the same bytes
// for a source that failed. A process that is killed leaves no note, and without a crash nothing is written.
//
//   WatchForCrashes(path, build);                                  // once, before anything is parsed
//   const std::set<uint64_t> crashed = ReadCrashNotes(path, build);
//   ParseWatched(bytes, Hash64(bytes), info, crashed);

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "ingest/parser.h"

namespace quarry::ingest {

// From now on a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) of a thread that parses is noted in the
// file `path`; the signal's default action follows, as without. The last call counts: signals are the
// process's, and so it is called while no other thread is there that parses. `build` names the program:
// another one may read what this could not. A path of more than 4,000 bytes is not watched.
void WatchForCrashes(const std::string& path, const std::string& build);

// The hashes of what this build crashed on by the notes in `path`; none where there is no such file. A
// line that is not whole, as an unlucky crash leaves it, is passed over.
std::set<uint64_t> ReadCrashNotes(const std::string& path, const std::string& build);

// ParseSource of bytes with this hash, which are noted if it crashes; kFailedPrecondition where they are
// among those that it `crashed` on, kUnavailable where there is not the memory that it asks for,
// kResourceExhausted where nothing holds so much.
Result<ParsedSource> ParseWatched(std::string_view bytes, uint64_t hash, const SourceInfo& info,
                                  const std::set<uint64_t>& crashed);

}  // namespace quarry::ingest
