#include "tests/testing/package_testing.h"

#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/status.h"

namespace quarry::testing {
namespace {

constexpr char kXml[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
constexpr char kOffice[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

std::string Relationship(const std::string& id, const std::string& type,
                         const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kOffice + type + "\" Target=\"" + target +
         "\"/>";
}

std::string Relationships(const std::string& inside) {
  return std::string(kXml) +
         "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
         inside + "</Relationships>";
}

std::string Package(std::vector<ZipEntry> parts, const std::string& main,
                    const std::vector<ZipEntry>& more) {
  parts.insert(
      parts.begin(),
      {{"[Content_Types].xml", std::string(kXml) + "<Types/>"},
       {"_rels/.rels", Relationships(Relationship("r1", "officeDocument", main) +
                                     Relationship("r2", "core-properties", "docProps/core.xml"))}});
  for (const ZipEntry& entry : more) {
    const auto same = std::ranges::find(parts, entry.name, &ZipEntry::name);
    if (same == parts.end()) {
      parts.push_back(entry);
    } else {
      same->bytes = entry.bytes;
    }
  }
  return MakeZip(parts);
}

}  // namespace

std::string MakeZip(const std::vector<ZipEntry>& entries, const std::string& password) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  QUARRY_CHECK(target != nullptr);
  zip_source_keep(target);
  zip_t* zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  QUARRY_CHECK(zip != nullptr);
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(zip, entry.bytes.data(), entry.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(zip, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    QUARRY_CHECK(index >= 0);
    zip_file_set_mtime(zip, static_cast<zip_uint64_t>(index), 1'700'000'000, 0);
    if (!password.empty()) {
      QUARRY_CHECK(zip_file_set_encryption(zip, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256,
                                           password.c_str()) == 0);
    }
  }
  QUARRY_CHECK(zip_close(zip) == 0);
  zip_stat_t stat;
  QUARRY_CHECK(zip_source_stat(target, &stat) == 0 && zip_source_open(target) == 0);
  std::string bytes(stat.size, '\0');
  QUARRY_CHECK(zip_source_read(target, bytes.data(), bytes.size()) ==
               static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  zip_error_fini(&error);
  return bytes;
}

std::string MakeGzip(std::string_view bytes) {
  z_stream stream = {};
  QUARRY_CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  QUARRY_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

std::string MakeTar(const std::vector<ZipEntry>& members) {
  std::string tar;
  const auto append = [&](const std::string& name, const std::string& bytes, char type) {
    std::string header(512, '\0');
    const auto put = [&](size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    char size[16];
    std::snprintf(size, sizeof size, "%011zo", bytes.size());
    put(0, name.substr(0, 100));
    put(100, "0000644");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    header[156] = type;
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    char checksum[16];
    std::snprintf(checksum, sizeof checksum, "%06o", sum);
    put(148, checksum);
    header[154] = '\0';
    tar += header + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
  };
  for (const ZipEntry& member : members) {
    if (member.name.size() > 100) {
      const std::string record = " path=" + member.name + "\n";
      size_t size = record.size() + 1;
      while (std::to_string(size).size() + record.size() != size) ++size;
      append("pax", std::to_string(size) + record, 'x');
    }
    append(member.name, member.bytes, member.name.ends_with('/') ? '5' : '0');
  }
  return tar + std::string(1024, '\0');
}

std::string MakeDocx(const std::string& body, const std::vector<ZipEntry>& more) {
  std::string relationships;
  for (const char* part : {"styles", "numbering", "footnotes", "endnotes", "comments"}) {
    relationships += Relationship(part, part, std::string(part) + ".xml");
  }
  return Package({{"word/document.xml", std::string(kXml) + "<w:document xmlns:w=\"w\"><w:body>" +
                                            body + "</w:body></w:document>"},
                  {"word/_rels/document.xml.rels", Relationships(relationships)}},
                 "word/document.xml", more);
}

std::string MakePptx(const std::vector<std::string>& slides, const std::vector<ZipEntry>& more) {
  std::vector<ZipEntry> parts;
  std::string list;
  std::string relationships;
  for (size_t i = 1; i <= slides.size(); ++i) {
    const std::string number = std::to_string(i);
    list += "<p:sldId id=\"" + std::to_string(255 + i) + "\" r:id=\"r" + number + "\"/>";
    relationships += Relationship("r" + number, "slide", "slides/slide" + number + ".xml");
    parts.push_back(
        {"ppt/slides/slide" + number + ".xml", std::string(kXml) + "<p:sld><p:cSld><p:spTree>" +
                                                   slides[i - 1] + "</p:spTree></p:cSld></p:sld>"});
    parts.push_back({"ppt/slides/_rels/slide" + number + ".xml.rels",
                     Relationships(Relationship("n1", "notesSlide",
                                                "../notesSlides/notesSlide" + number + ".xml") +
                                   Relationship("c1", "chart", "../charts/chart1.xml"))});
  }
  parts.push_back({"ppt/presentation.xml", std::string(kXml) + "<p:presentation><p:sldIdLst>" +
                                               list + "</p:sldIdLst></p:presentation>"});
  parts.push_back({"ppt/_rels/presentation.xml.rels", Relationships(relationships)});
  return Package(std::move(parts), "ppt/presentation.xml", more);
}

std::string MakeXlsx(const std::vector<std::string>& sheets, const std::vector<ZipEntry>& more) {
  std::vector<ZipEntry> parts;
  std::string list;
  std::string relationships = Relationship("rs", "sharedStrings", "sharedStrings.xml") +
                              Relationship("rt", "styles", "styles.xml");
  for (size_t i = 1; i <= sheets.size(); ++i) {
    const std::string number = std::to_string(i);
    list +=
        "<sheet name=\"Sheet" + number + "\" sheetId=\"" + number + "\" r:id=\"r" + number + "\"/>";
    relationships += Relationship("r" + number, "worksheet", "worksheets/sheet" + number + ".xml");
    parts.push_back({"xl/worksheets/sheet" + number + ".xml",
                     std::string(kXml) + "<worksheet>" + sheets[i - 1] + "</worksheet>"});
  }
  parts.push_back({"xl/workbook.xml",
                   std::string(kXml) + "<workbook><sheets>" + list + "</sheets></workbook>"});
  parts.push_back({"xl/_rels/workbook.xml.rels", Relationships(relationships)});
  return Package(std::move(parts), "xl/workbook.xml", more);
}

std::string MakeOdf(const std::string& kind, const std::string& content,
                    const std::vector<ZipEntry>& more) {
  std::vector<ZipEntry> parts = {{"mimetype", "application/vnd.oasis.opendocument." + kind},
                                 {"content.xml", std::string(kXml) + "<office:document-content>" +
                                                     content + "</office:document-content>"}};
  parts.insert(parts.end(), more.begin(), more.end());
  return MakeZip(parts);
}

std::string MakeEpub(const std::vector<std::string>& chapters, const std::vector<ZipEntry>& more) {
  std::vector<ZipEntry> parts = {
      {"mimetype", "application/epub+zip"},
      {"META-INF/container.xml", std::string(kXml) +
                                     "<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/>"
                                     "</rootfiles></container>"}};
  std::string manifest =
      "<item id=\"toc\" href=\"toc.ncx\" "
      "media-type=\"application/x-dtbncx+xml\"/>";
  std::string spine;
  for (size_t i = 1; i <= chapters.size(); ++i) {
    const std::string number = std::to_string(i);
    manifest += "<item id=\"i" + number + "\" href=\"c" + number +
                ".xhtml\" media-type=\"application/xhtml+xml\"/>";
    spine += "<itemref idref=\"i" + number + "\"/>";
    parts.push_back({"OPS/c" + number + ".xhtml",
                     std::string(kXml) + "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body>" +
                         chapters[i - 1] + "</body></html>"});
  }
  parts.push_back(
      {"OPS/book.opf",
       std::string(kXml) +
           "<package><metadata><dc:title>The Book</dc:title><dc:creator>Ada</dc:creator>"
           "<dc:creator>Bob</dc:creator><dc:language>en</dc:language></metadata>"
           "<manifest>" +
           manifest + "</manifest><spine>" + spine + "</spine></package>"});
  parts.insert(parts.end(), more.begin(), more.end());
  return MakeZip(parts);
}

namespace {

constexpr size_t kOleSector = 512;
constexpr size_t kOleSmallSector = 64;
constexpr uint32_t kOleEnd = 0xFFFFFFFE;
constexpr uint32_t kOleTable = 0xFFFFFFFD;
constexpr uint32_t kOleNone = 0xFFFFFFFF;

std::string Number(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}

// Sectors in chains: appends `bytes`, padded, and returns the first sector.
uint32_t AppendChain(std::string bytes, size_t sector, std::string* sectors,
                     std::vector<uint32_t>* next) {
  if (bytes.empty()) return kOleEnd;
  bytes.resize((bytes.size() + sector - 1) / sector * sector);
  *sectors += bytes;
  const auto first = static_cast<uint32_t>(next->size());
  for (size_t n = bytes.size() / sector; n > 1; --n) {
    next->push_back(static_cast<uint32_t>(next->size()) + 1);
  }
  next->push_back(kOleEnd);
  return first;
}

std::string TableOf(const std::vector<uint32_t>& next) {
  std::string table;
  for (const uint32_t sector : next) table += Number(sector, 4);
  return table;
}

struct OleNode {
  std::string name;
  uint8_t type = 1;
  uint32_t sibling = kOleNone;
  uint32_t child = kOleNone;
  uint32_t start = kOleEnd;
  uint64_t size = 0;
};

}  // namespace

std::string MakeOle(const std::vector<ZipEntry>& streams) {
  std::vector<OleNode> nodes = {{.name = "Root Entry", .type = 5}};
  const auto child = [&](uint32_t parent, const std::string& name) {
    for (uint32_t id = nodes[parent].child; id != kOleNone; id = nodes[id].sibling) {
      if (nodes[id].name == name) return id;
    }
    nodes.push_back({.name = name, .sibling = nodes[parent].child});
    return nodes[parent].child = static_cast<uint32_t>(nodes.size()) - 1;
  };
  std::string sectors;
  std::vector<uint32_t> next;
  std::string small;
  std::vector<uint32_t> small_next;
  for (const ZipEntry& stream : streams) {
    uint32_t id = 0;
    for (size_t begin = 0; begin <= stream.name.size();) {
      const size_t end = std::min(stream.name.find('/', begin), stream.name.size());
      id = child(id, stream.name.substr(begin, end - begin));
      begin = end + 1;
    }
    nodes[id].type = 2;
    nodes[id].size = stream.bytes.size();
    nodes[id].start = stream.bytes.size() < 4096
                          ? AppendChain(stream.bytes, kOleSmallSector, &small, &small_next)
                          : AppendChain(stream.bytes, kOleSector, &sectors, &next);
  }
  nodes[0].size = small.size();
  nodes[0].start = AppendChain(small, kOleSector, &sectors, &next);
  const uint32_t small_table = AppendChain(TableOf(small_next), kOleSector, &sectors, &next);
  std::string directory;
  for (const OleNode& node : nodes) {
    std::string name = Utf16(node.name);
    name.resize(64);
    directory += name + Number(2 * node.name.size() + 2, 2) + Number(node.type, 1) + '\1' +
                 Number(kOleNone, 4) + Number(node.sibling, 4) + Number(node.child, 4) +
                 std::string(36, '\0') + Number(node.start, 4) + Number(node.size, 8);
  }
  const uint32_t first = AppendChain(directory, kOleSector, &sectors, &next);
  std::vector<uint32_t> tables;
  while (tables.size() * (kOleSector / 4) < next.size()) {
    tables.push_back(static_cast<uint32_t>(next.size()));
    next.push_back(kOleTable);
  }
  QUARRY_CHECK(tables.size() <= 109);
  next.resize(tables.size() * (kOleSector / 4), kOleNone);
  sectors += TableOf(next);
  std::string lists = TableOf(tables);
  lists.resize(4 * 109, '\xFF');
  return "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0') + Number(0x3E, 2) +
         Number(3, 2) + Number(0xFFFE, 2) + Number(9, 2) + Number(6, 2) + std::string(10, '\0') +
         Number(tables.size(), 4) + Number(first, 4) + Number(0, 4) + Number(4096, 4) +
         Number(small_table, 4) + Number((4 * small_next.size() + 511) / 512, 4) +
         Number(kOleEnd, 4) + Number(0, 4) + lists + sectors;
}

std::string MakeOutlook(const std::vector<FixedProperty>& fixed, std::vector<ZipEntry> streams) {
  std::string values(32, '\0');
  for (const FixedProperty& property : fixed) {
    values += Number(property.tag, 4) + Number(6, 4) + Number(property.value, 8);
  }
  streams.push_back({"__properties_version1.0", values});
  return MakeOle(streams);
}

std::string Utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide += {c, '\0'};
  return wide;
}

}  // namespace quarry::testing
