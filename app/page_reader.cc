#include "app/page_reader.h"

#include <memory>
#include <utility>

#include "ingest/chunker.h"
#include "ingest/parser.h"
#include "ingest/web_fetcher.h"

namespace quarry::app {

Result<generation::PageReader> MakePageReader(const Config& config) {
  if (!config.web.enabled) return generation::PageReader();
  QUARRY_ASSIGN_OR_RETURN(
      std::shared_ptr<const ingest::WebFetcher> fetcher,
      ingest::WebFetcher::Create(config.web.pages, {.ca_file = config.ca_file}));
  return generation::PageReader(
      [fetcher = std::move(fetcher), chunks = config.chunking](
          const std::string& url, const CallContext& context) -> Result<generation::WebDocument> {
        QUARRY_ASSIGN_OR_RETURN(const ingest::WebPage page, fetcher->Fetch({.url = url}, context));
        if (!page.IsSuccess()) {
          return UnavailableError(page.url + ": HTTP status " + std::to_string(page.status));
        }
        QUARRY_ASSIGN_OR_RETURN(const ingest::ParsedSource parsed,
                                ingest::ParseSource(page.body, SourceInfoOf(page)));
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
