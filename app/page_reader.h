#pragma once

// Pages of the web for answers: fetched under the guards of ingestion (web_fetcher.h), parsed and cut into
// passages as an indexed page is, and not kept.

#include <cstdint>
#include <set>

#include "app/config.h"
#include "generation/document_tools.h"

namespace quarry::app {

// Null where web.enabled is off. `crashed`: pages that no parser is given (crash_note.h). Errors of making it: those of WebFetcher::Create.
Result<generation::PageReader> MakePageReader(const Config& config, std::set<uint64_t> crashed);

}  // namespace quarry::app
