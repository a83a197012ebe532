#pragma once

// Packages and archives made for tests: the real bytes, by libzip and zlib.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quarry::testing {

struct ZipEntry {
  std::string name;
  std::string bytes;
};

// Compressed; with a password where one is given (AES, as far as libzip writes it).
std::string MakeZip(const std::vector<ZipEntry>& entries, const std::string& password = "");

// `bytes` as gzip.
std::string MakeGzip(std::string_view bytes);

// ustar; a name of more than 100 bytes gets a pax header.
std::string MakeTar(const std::vector<ZipEntry>& members);

// A compound file (OLE2). '/' in a name leads into a storage.
std::string MakeOle(const std::vector<ZipEntry>& streams);

// An Outlook message: its streams by their names ("__substg1.0_0037001F"), its values of fixed size
// by type and id (0x00390040).
struct FixedProperty {
  uint32_t tag;
  uint64_t value;
};
std::string MakeOutlook(const std::vector<FixedProperty>& fixed, std::vector<ZipEntry> streams);
// UTF-16LE of ASCII.
std::string Utf16(std::string_view ascii);

// Least files of each kind around the XML that a test is about. `more` are further parts, or
// replace those that the file would have.
//
// What is inside <w:body>.
std::string MakeDocx(const std::string& body, const std::vector<ZipEntry>& more = {});
// What is inside <p:spTree> of each slide.
std::string MakePptx(const std::vector<std::string>& slides,
                     const std::vector<ZipEntry>& more = {});
// Sheets "Sheet1" and so on: what is inside <worksheet>.
std::string MakeXlsx(const std::vector<std::string>& sheets,
                     const std::vector<ZipEntry>& more = {});
// What is inside <office:document-content>. `kind`: "text", "presentation", "spreadsheet".
std::string MakeOdf(const std::string& kind, const std::string& content,
                    const std::vector<ZipEntry>& more = {});
// Chapters c1.xhtml and so on: what is inside <body>.
std::string MakeEpub(const std::vector<std::string>& chapters,
                     const std::vector<ZipEntry>& more = {});

}  // namespace quarry::testing
