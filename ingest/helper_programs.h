#pragma once

// The programs of others that parsers call where they are installed, for `quarry doctor`.

#include <span>

namespace quarry::ingest {

struct HelperProgram {
  const char* name;     // as on PATH
  const char* package;  // the Debian package that brings it
  const char* reads;    // "PDF"
};

// All of them, whether installed or not.
std::span<const HelperProgram> HelperPrograms();

}  // namespace quarry::ingest
