#pragma once

// The names of what is in archives. Internal to ingest/.

#include <string>

namespace quarry::ingest {

// `name` as UTF-8: as it is if it can be; else by what its charset shows (DecodeText), as for old
// archives from China and Japan, which do not say it. False, and `name` as it was, where none fits.
bool DecodeMemberName(std::string* name);

}  // namespace quarry::ingest
