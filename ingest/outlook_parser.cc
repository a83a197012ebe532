// Outlook messages (MS-OXMSG): a compound file with a stream per property of the message, a storage
// per recipient and per attachment. Read as mail is: ingest/email_parser.cc.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "base/text_convert.h"
#include "base/text_line_ends.h"
#include "ingest/document_builder.h"
#include "ingest/email_parser.h"
#include "ingest/html_text.h"
#include "ingest/mail_attachments.h"
#include "ingest/ole_reader.h"
#include "ingest/parsers.h"
#include "ingest/rtf_unpack.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxRecipients = 1000;

// Properties, by their ids (MS-OXPROPS).
enum PropertyId : uint32_t {
  kSubject = 0x0037,
  kSubmitted = 0x0039,
  kRecipientType = 0x0C15,
  kSenderName = 0x0C1A,
  kSenderAddress = 0x0C1F,
  kDisplayCc = 0x0E03,
  kDisplayTo = 0x0E04,
  kDelivered = 0x0E06,
  kBody = 0x1000,
  kBodyRtf = 0x1009,
  kBodyHtml = 0x1013,
  kDisplayName = 0x3001,
  kAddress = 0x3003,
  kAttachedData = 0x3701,
  kAttachedShortName = 0x3704,
  kAttachedName = 0x3707,
  kSmtpAddress = 0x39FE,
  kInternetCodePage = 0x3FDE,
  kMessageCodePage = 0x3FFD,
  kSenderSmtpAddress = 0x5D01,
};

// Types of their values.
enum PropertyType : uint32_t {
  kInteger = 0x0003,
  kEmbedded = 0x000D,
  kBytes8 = 0x001E,  // text in the message's code page
  kUnicode = 0x001F,
  kTime = 0x0040,
  kBinaryProperty = 0x0102,
};

constexpr std::string_view kStreamPrefix = "__substg1.0_";

// "windows-936" of 936; "" where DecodeText has to find it.
std::string CharsetOf(uint64_t code_page) {
  switch (code_page) {
    case 0:
    case 1200:  // UTF-16, which is no code page of bytes
      return "";
    case 20127:
    case 28591:
      return "windows-1252";
    case 65001:
      return "utf-8";
    default:
      return "windows-" + std::to_string(code_page);
  }
}

// Line ends as LF, without NUL.
std::string Tidied(std::string text) {
  std::erase(text, '\0');
  NormaliseLineEnds(&text);
  return text;
}

std::string ToText(const std::string& bytes, const std::string& charset) {
  if (auto text = ConvertToUtf8(bytes, charset); text && !charset.empty()) {
    return Tidied(*std::move(text));
  }
  Result<DecodedText> decoded = DecodeText(bytes);
  return decoded.ok() ? Tidied(std::move(decoded->text)) : "";
}

// The properties of a message, a recipient or an attachment.
class Properties {
 public:
  // `header_bytes`: of the stream of values of fixed size, before the first.
  Properties(const OleReader& ole, OleReader::EntryId storage, size_t header_bytes) : ole_(ole) {
    for (const OleReader::EntryId id : ole.Children(storage)) {
      const std::string& name = ole.entry(id).name;
      if (name == "__properties_version1.0" && !ole.entry(id).is_storage) {
        if (const Result<std::string> bytes = ole.Read(id); bytes.ok()) {
          ReadFixed(std::string_view(*bytes).substr(std::min(header_bytes, bytes->size())));
        }
      } else if (name.starts_with(kStreamPrefix) && name.size() == kStreamPrefix.size() + 8) {
        streams_[name.substr(kStreamPrefix.size())] = id;
      }
    }
    charset_ = CharsetOf(Fixed(kMessageCodePage, kInteger).value_or(0));
  }

  // Of strings in code pages, where this is a part of a message that says it.
  void set_charset(std::string charset) { charset_ = std::move(charset); }
  const std::string& charset() const { return charset_; }

  // On one line; "" where there is none.
  std::string Line(uint32_t id) const { return TitleLine(Text(id)); }

  std::string Text(uint32_t id) const {
    if (const auto wide = Stream(id, kUnicode)) {
      return Tidied(ConvertToUtf8(*wide, "utf-16le").value_or(""));
    }
    const auto bytes = Stream(id, kBytes8);
    return bytes ? ToText(*bytes, charset_) : "";
  }

  std::optional<std::string> Stream(uint32_t id, uint32_t type) const {
    const std::optional<OleReader::EntryId> entry = Find(id, type);
    if (!entry || ole_.entry(*entry).is_storage) return std::nullopt;
    Result<std::string> bytes = ole_.Read(*entry);
    if (!bytes.ok()) {
      broken_ = bytes.status();
      return std::nullopt;
    }
    return *std::move(bytes);
  }

  std::optional<OleReader::EntryId> Find(uint32_t id, uint32_t type) const {
    char name[16];
    std::snprintf(name, sizeof name, "%04X%04X", id, type);
    const auto entry = streams_.find(name);
    return entry == streams_.end() ? std::nullopt : std::optional(entry->second);
  }

  std::optional<uint64_t> Fixed(uint32_t id, uint32_t type) const {
    const auto value = fixed_.find(id << 16 | type);
    return value == fixed_.end() ? std::nullopt : std::optional(value->second);
  }

  // What was wrong with the last stream that could not be read.
  const Status& broken() const { return broken_; }

 private:
  // Entries of 16 bytes: type and id, flags, value.
  void ReadFixed(std::string_view bytes) {
    for (size_t at = 0; at + 16 <= bytes.size(); at += 16) {
      const auto tag = static_cast<uint32_t>(OleNumber(bytes, at, 4));
      fixed_[tag] = OleNumber(bytes, at + 8, (tag & 0xFFFF) == kInteger ? 4 : 8);
    }
  }

  const OleReader& ole_;
  std::map<std::string, OleReader::EntryId> streams_;
  std::map<uint32_t, uint64_t> fixed_;
  std::string charset_;
  mutable Status broken_;
};

// "Ada <ada@example.com>"; one of the two where the other is missing or the same.
std::string Mailbox(const std::string& name, const std::string& address) {
  // Inside a company, addresses are paths of its directory.
  if (address.find('@') == address.npos || address == name) return name;
  return name.empty() ? address : name + " <" + address + '>';
}

std::string Address(const Properties& properties, uint32_t smtp, uint32_t any) {
  const std::string address = properties.Line(smtp);
  return address.empty() ? properties.Line(any) : address;
}

// 100 ns since 1601.
std::string IsoTime(uint64_t file_time) {
  constexpr uint64_t kTo1970 = 11'644'473'600;  // seconds
  constexpr uint64_t kYear3000 = 32'503'680'000;
  const uint64_t seconds = file_time / 10'000'000;
  if (seconds < kTo1970 || seconds - kTo1970 > kYear3000) return "";
  return FormatIso8601(static_cast<int64_t>(seconds - kTo1970) * 1'000'000);
}

class OutlookReader {
 public:
  OutlookReader(const OleReader& ole, const SourceInfo& source, ParsedSource* parsed)
      : ole_(ole), source_(source), parsed_(parsed), attachments_(source, parsed) {}

  // `header_bytes`: 32 of the message that is the file, 24 of one inside (MS-OXMSG 2.4.1).
  void Read(OleReader::EntryId storage, size_t header_bytes) {
    const Properties message(ole_, storage, header_bytes);
    const size_t own = parsed_->documents.size();
    parsed_->documents.push_back(NewDocument(source_, Format::kOutlook));
    Document body = NewDocument(source_, Format::kOutlook);
    ReadHeader(message, storage, &body);
    {
      DocumentBuilder builder(&body);
      if (const Status status = ReadBody(message, &builder); !status.ok()) {
        parsed_->errors.push_back({"message", status.message()});
      }
      NoteCellsLeftOut(builder, &parsed_->errors);
      // What has a subject only is found by it.
      if (body.blocks.empty()) builder.Add(BlockKind::kParagraph, 0, body.title);
    }
    for (const OleReader::EntryId id : ole_.Children(storage)) {
      if (!ole_.budget()->Check().ok()) break;  // many storages may share one tree of entries
      if (ole_.entry(id).name.starts_with("__attach_version1.0_")) Attach(id, message.charset());
    }
    if (!attachments_.names().empty()) body.metadata["attachments"] = attachments_.names();
    parsed_->documents[own] = std::move(body);
  }

 private:
  void ReadHeader(const Properties& message, OleReader::EntryId storage, Document* document) {
    const auto set = [&](const char* key, std::string value) {
      if (!value.empty()) document->metadata[key] = std::move(value);
    };
    document->title = message.Line(kSubject);
    set("subject", document->title);
    set("from",
        Mailbox(message.Line(kSenderName), Address(message, kSenderSmtpAddress, kSenderAddress)));
    std::string to;
    std::string cc;
    ReadRecipients(storage, message.charset(), &to, &cc);
    set("to", to.empty() ? message.Line(kDisplayTo) : to);
    set("cc", cc.empty() ? message.Line(kDisplayCc) : cc);
    const uint64_t delivered = message.Fixed(kDelivered, kTime).value_or(0);
    set("date", IsoTime(message.Fixed(kSubmitted, kTime).value_or(delivered)));
  }

  void ReadRecipients(OleReader::EntryId storage, const std::string& charset, std::string* to,
                      std::string* cc) {
    size_t count = 0;
    for (const OleReader::EntryId id : ole_.Children(storage)) {
      if (!ole_.entry(id).name.starts_with("__recip_version1.0_")) continue;
      if (++count > kMaxRecipients || !ole_.budget()->Check().ok()) return;
      Properties recipient(ole_, id, 8);
      recipient.set_charset(charset);
      const std::string mailbox =
          Mailbox(recipient.Line(kDisplayName), Address(recipient, kSmtpAddress, kAddress));
      const uint64_t type = recipient.Fixed(kRecipientType, kInteger).value_or(1) & 15;
      if (mailbox.empty() || type == 0 || type > 2) continue;  // blind copies are nobody's business
      std::string& list = type == 1 ? *to : *cc;
      list += (list.empty() ? "" : ", ") + mailbox;
    }
  }

  // The first of plain text, HTML and RTF that is there. An error is that of any stream.
  Status ReadBody(const Properties& message, DocumentBuilder* builder) {
    if (const std::string text = message.Text(kBody); !Trim(text).empty()) {
      AppendMailText(text, builder);
    } else if (const std::string html = Html(message); !Trim(html).empty()) {
      AppendHtmlFragment(html, builder);
      builder->End();
    } else if (const auto packed = message.Stream(kBodyRtf, kBinaryProperty)) {
      QUARRY_ASSIGN_OR_RETURN(const std::string rtf, UnpackRtf(*packed, ole_.budget()));
      QUARRY_ASSIGN_OR_RETURN(const ParsedSource parsed,
                              ParserFor(Format::kRtf).Parse(rtf, source_));
      for (const Document& document : parsed.documents) AppendPlainText(document.text, builder);
      parsed_->errors.insert(parsed_->errors.end(), parsed.errors.begin(), parsed.errors.end());
    }
    return message.broken();
  }

  static std::string Html(const Properties& message) {
    const auto bytes = message.Stream(kBodyHtml, kBinaryProperty);
    if (!bytes) return message.Text(kBodyHtml);
    return ToText(*bytes, CharsetOf(message.Fixed(kInternetCodePage, kInteger).value_or(0)));
  }

  void Attach(OleReader::EntryId storage, const std::string& charset) {
    Properties attachment(ole_, storage, 8);
    attachment.set_charset(charset);
    std::string name;
    for (const uint32_t id : {kAttachedName, kAttachedShortName, kDisplayName}) {
      if (name.empty()) name = attachment.Line(id);
    }
    if (const auto bytes = attachment.Stream(kAttachedData, kBinaryProperty)) {
      attachments_.Add(name, std::nullopt, *bytes);
    } else if (const auto inside = attachment.Find(kAttachedData, kEmbedded)) {
      attachments_.Add(name, [&](const SourceInfo& source) -> Result<ParsedSource> {
        ParsedSource parsed;
        OutlookReader(ole_, source, &parsed).Read(*inside, 24);
        return parsed;
      });
    } else if (!attachment.broken().ok()) {
      parsed_->errors.push_back({"attachment " + name, attachment.broken().message()});
    }
  }

  const OleReader& ole_;
  const SourceInfo& source_;
  ParsedSource* parsed_;
  MailAttachments attachments_;
};

class OutlookParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    QUARRY_ASSIGN_OR_RETURN(const OleReader ole, OleReader::Open(bytes, source.budget));
    ParsedSource parsed;
    OutlookReader(ole, source, &parsed).Read(OleReader::kRoot, 32);
    if (const Status left = source.budget->Check(); !left.ok() && parsed.errors.empty()) {
      parsed.errors.push_back({"attachments", left.message()});
    }
    return parsed;
  }
};

}  // namespace

std::unique_ptr<Parser> MakeOutlookParser() { return std::make_unique<OutlookParser>(); }

}  // namespace quarry::ingest
