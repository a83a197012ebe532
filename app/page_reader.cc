#include "app/page_reader.h"

#include <memory>
#include <utility>

#include "base/hash.h"
#include "ingest/chunker.h"
#include "ingest/crash_note.h"
#include "ingest/web_fetcher.h"

namespace quarry::app {

Result<generation::PageReader> MakePageReader(const Config& config, std::set<uint64_t> crashed) {
  if (!config.web.enabled) return generation::PageReader();
  // What may be indexed by whoever keeps the store may not be read by whoever asks it.
  ingest::WebOptions pages = config.web.pages;
  pages.allow.clear();
  QUARRY_ASSIGN_OR_RETURN(
      std::shared_ptr<const ingest::WebFetcher> fetcher,
      ingest::WebFetcher::Create(std::move(pages), {.ca_file = config.ca_file}));
  return generation::PageReader(
      [fetcher = std::move(fetcher), chunks = config.chunking, crashed = std::move(crashed)](
          const std::string& url, const CallContext& context) -> Result<generation::WebDocument> {
        QUARRY_ASSIGN_OR_RETURN(const ingest::WebPage page, fetcher->Fetch({.url = url}, context));
        if (!page.IsSuccess()) {
          return UnavailableError(page.url + ": HTTP status " + std::to_string(page.status));
        }
        QUARRY_ASSIGN_OR_RETURN(
            const ingest::ParsedSource parsed,
            ingest::ParseWatched(page.body, Hash64(page.body), SourceInfoOf(page), crashed));
        generation::WebDocument read{.url = page.url};
        for (const Document& document : parsed.documents) {
          if (read.title.empty()) read.title = document.title;
          for (Chunk& chunk : ingest::ChunkDocument(document, chunks)) {
            read.passages.push_back(std::move(chunk.text));
          }
        }
        return read;
      });
}

}  // namespace quarry::app
