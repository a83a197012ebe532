// Archives: every member that is a document becomes one, with the id ARCHIVE#PATH, and so do the
// members of archives inside. A gzip file holds one document, under its own id, or a tar file.

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/gzip_reader.h"
#include "ingest/parsers.h"
#include "ingest/tar_reader.h"
#include "ingest/zip_reader.h"

namespace quarry::ingest {
namespace {

// As in folders, names that begin with a dot are hidden; macOS adds its own folder to zip files.
bool IsHiddenPath(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != path.npos || path.starts_with("__MACOSX/");
}

// "docs/a.md" of "./docs/a.md" and of "/docs/a.md".
std::string_view TidyPath(std::string_view path) {
  while (path.starts_with("./") || path.starts_with('/')) {
    path.remove_prefix(path.find('/') + 1);
  }
  return path;
}

// Parses members and collects what comes of them.
class Members {
 public:
  Members(const SourceInfo& archive, ParsedSource* parsed)
      : archive_(archive), parsed_(parsed), errors_(&parsed->errors) {}
  ~Members() { errors_.Finish(); }

  // Whether the member is one to read at all; else nothing of it is unpacked. Of two with one name
  // the first is read, in every kind of archive, though it has a fault: which of them unpacking leaves
  // on a disk depends on the program. The other is an error, as its text is found nowhere.
  bool Wants(const std::string& path) {
    if (path.empty() || path.ends_with('/') || IsHiddenPath(path)) return false;
    if (!IsValidUtf8(path)) {
      Fail("a member", "the name is not valid UTF-8");
      return false;
    }
    if (!seen_.insert(path).second) {
      Fail(path, "twice in the archive; the first one counts");
      return false;
    }
    return true;
  }

  void Fail(std::string_view path, std::string reason) {
    errors_.Add(std::string(path), std::move(reason));
  }

  void Add(const std::string& path, std::string_view bytes) {
    const SourceInfo member{.id = archive_.id + '#' + path,
                            .path = path,
                            .uri = archive_.uri.empty() ? "" : archive_.uri + '#' + path,
                            .budget = archive_.budget};
    Result<ParsedSource> parsed = ParseSource(bytes, member);
    if (!parsed.ok()) {
      if (!IsPassedOver(parsed.status(), bytes, path)) {
        return Fail(path, parsed.status().message());
      }
      parsed_->skipped.push_back({path, parsed.status().message()});
      return;
    }
    const auto place = [&](const SourceError& error) { return path + ": " + error.place; };
    for (SourceError& error : parsed->errors) errors_.Add(place(error), std::move(error.reason));
    for (SourceError& part : parsed->skipped) {
      parsed_->skipped.push_back({place(part), std::move(part.reason)});
    }
    for (Document& document : parsed->documents) {
      document.source = archive_.id;
      parsed_->documents.push_back(std::move(document));
    }
  }

 private:
  const SourceInfo& archive_;
  ParsedSource* parsed_;
  ErrorList errors_;
  std::set<std::string> seen_;
};

// Keeps count of packages in packages. What was read before a broken place is kept, and the place
// reported, and so it is when the time is over; a file that is too much for its budget otherwise is
// refused as a whole.
Result<ParsedSource> InPackage(const SourceInfo& source,
                               const std::function<Status(Members*)>& read) {
  QUARRY_RETURN_IF_ERROR(source.budget->EnterPackage());
  ParsedSource parsed;
  Status status;
  {
    Members members(source, &parsed);
    status = read(&members);
    if (!status.ok() && !source.budget->IsUsedUp() && !parsed.documents.empty()) {
      members.Fail("after the members read", status.message());
      status = OkStatus();
    }
  }
  source.budget->LeavePackage();
  if (!status.ok()) return status;
  return parsed;
}

Result<ParsedSource> ParseTar(TarReader::Source bytes, const SourceInfo& source) {
  return InPackage(source, [&](Members* members) -> Status {
    TarReader tar(std::move(bytes), source.budget);
    while (true) {
      QUARRY_ASSIGN_OR_RETURN(const bool has_next, tar.Next());
      if (!has_next) return OkStatus();
      const std::string path(TidyPath(tar.name()));
      if (tar.is_file() && members->Wants(path)) members->Add(path, tar.bytes());
      QUARRY_RETURN_IF_ERROR(source.budget->Check());
    }
  });
}

class ZipParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    return InPackage(source, [&](Members* members) -> Status {
      QUARRY_ASSIGN_OR_RETURN(
          const ZipReader zip,
          ZipReader::Open(bytes, source.budget, ZipReader::RepeatedNames::kTaken));
      for (const ZipReader::Entry& entry : zip.entries()) {
        const std::string path(TidyPath(entry.name));
        if (!members->Wants(path)) continue;
        const Result<std::string> unpacked = zip.Read(entry);
        if (unpacked.ok()) {
          members->Add(path, *unpacked);
        } else {
          members->Fail(path, unpacked.status().message());
        }
        QUARRY_RETURN_IF_ERROR(source.budget->Check());
      }
      return OkStatus();
    });
  }
};

class TarParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    size_t at = 0;
    return ParseTar(
        [&, bytes](size_t most, std::string* out) {
          const std::string_view piece = bytes.substr(at, most);
          out->append(piece);
          at += piece.size();
          return OkStatus();
        },
        source);
  }
};

class GzipParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    GzipReader gzip(bytes, source.budget);
    std::string head;
    Status broken = gzip.Read(kHead, &head);
    if (!broken.ok() && head.empty()) return broken;
    if (DetectBinaryFormat(head, "") == Format::kTar) {
      size_t at = 0;
      return ParseTar(
          [&](size_t most, std::string* out) -> Status {
            const size_t from_head = std::min(most, head.size() - at);
            out->append(head, at, from_head);
            at += from_head;
            if (from_head == most) return OkStatus();
            return broken.ok() ? gzip.Read(most - from_head, out) : broken;
          },
          source);
    }
    const uint64_t part = source.budget->limits().part_bytes;
    if (broken.ok()) broken = gzip.Read(part + 1 - kHead, &head);
    QUARRY_RETURN_IF_ERROR(source.budget->TakeBytes(0, head.size()));
    // Its name is the archive's without ".gz".
    SourceInfo inside = source;
    inside.format.reset();
    if (FormatOfExtension(ExtensionOf(source.path)) == Format::kGzip)
      inside.path.resize(source.path.rfind('.'));
    QUARRY_RETURN_IF_ERROR(source.budget->EnterPackage());
    Result<ParsedSource> parsed = ParseSource(head, inside);
    source.budget->LeavePackage();
    if (broken.ok()) return parsed;
    // What stands before the broken place is text, or it is nothing.
    if (!parsed.ok()) return broken;
    parsed->errors.push_back(
        {"after the " + std::to_string(head.size()) + " bytes read", broken.message()});
    return parsed;
  }

 private:
  static constexpr size_t kHead = 4096;
};

}  // namespace

std::unique_ptr<Parser> MakeZipParser() { return std::make_unique<ZipParser>(); }
std::unique_ptr<Parser> MakeTarParser() { return std::make_unique<TarParser>(); }
std::unique_ptr<Parser> MakeGzipParser() { return std::make_unique<GzipParser>(); }

}  // namespace quarry::ingest
