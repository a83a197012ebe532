#include "ingest/email_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "ingest/document_builder.h"
#include "ingest/html_text.h"
#include "ingest/mail_attachments.h"
#include "ingest/mime.h"
#include "ingest/parsers.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxPartDepth = 10;      // of parts in parts
constexpr size_t kMaxMessages = 200'000;  // of a mailbox

class MessageReader {
 public:
  MessageReader(const SourceInfo& source, ParsedSource* parsed)
      : source_(source), parsed_(parsed), attachments_(source, parsed) {}

  Status Read(std::string_view bytes) {
    const mime::Entity message = mime::Split(bytes);
    if (message.fields.empty()) {
      return InvalidArgumentError("broken mail: expected header fields at its start");
    }
    const size_t own = parsed_->documents.size();
    parsed_->documents.push_back(NewDocument(source_, Format::kEmail));
    {
      Document body = NewDocument(source_, Format::kEmail);
      ReadHeader(message, &body);
      DocumentBuilder builder(&body);
      builder_ = &builder;
      ReadEntity(message, 0);
      builder.End();
      NoteCellsLeftOut(builder, &parsed_->errors);
      if (body.blocks.empty()) {
        // What has a subject only is found by it.
        builder.Add(BlockKind::kParagraph, 0, body.title);
      }
      if (!attachments_.names().empty()) body.metadata["attachments"] = attachments_.names();
      parsed_->documents[own] = std::move(body);
    }
    return OkStatus();
  }

 private:
  void ReadHeader(const mime::Entity& message, Document* document) {
    document->title = mime::UnstructuredText(message.Field("subject"));
    for (const char* name : {"from", "to", "cc"}) {
      if (std::string value = mime::UnstructuredText(message.Field(name)); !value.empty()) {
        document->metadata[name] = std::move(value);
      }
    }
    if (std::string date = mime::IsoDate(message.Field("date")); !date.empty()) {
      document->metadata["date"] = std::move(date);
    }
    if (!document->title.empty()) document->metadata["subject"] = document->title;
  }

  // A readable part of the body, or an attachment.
  void ReadEntity(const mime::Entity& entity, size_t depth) {
    if (IsOver()) return;
    const mime::Value type = entity.Type();
    if (depth > kMaxPartDepth) {
      parsed_->errors.push_back(
          {"part " + type.value,
           "parts in parts more than " + std::to_string(kMaxPartDepth) + " deep"});
      return;
    }
    if (type.value.starts_with("multipart/")) {
      std::vector<mime::Entity> parts;
      bool has_more = false;
      for (const std::string_view part :
           mime::SplitParts(entity.body, type.Parameter("boundary"), &has_more)) {
        parts.push_back(mime::Split(part));
      }
      if (has_more) {
        parsed_->errors.push_back({"parts from " + std::to_string(mime::kMaxParts + 1),
                                   "not read: expected at most " + std::to_string(mime::kMaxParts) +
                                       " beside each other"});
      }
      if (type.value == "multipart/alternative") return ReadAlternative(parts, depth);
      for (const mime::Entity& part : parts) ReadEntity(part, depth + 1);
      return;
    }
    const std::string name = entity.FileName();
    const bool is_attached = entity.Disposition().value == "attachment" ||
                             (!name.empty() && !type.value.starts_with("text/"));
    if (!is_attached && IsText(type.value)) return AppendText(entity, type.value);
    if (type.value == "message/delivery-status" || type.value == "text/rfc822-headers") return;
    Attach(entity, type.value, name);
  }

  // Whether nothing is left of what the file may cost, which is noted.
  bool IsOver() {
    if (is_over_ || source_.budget == nullptr) return is_over_;
    const Status status = source_.budget->Check();
    if (status.ok()) return false;
    parsed_->errors.push_back({"parts of the message", status.message()});
    return is_over_ = true;
  }

  static bool IsText(std::string_view type) { return type == "text/plain" || type == "text/html"; }

  // The same in several forms: plain text is what people wrote, if there is any.
  void ReadAlternative(const std::vector<mime::Entity>& parts, size_t depth) {
    const mime::Entity* best = nullptr;
    for (const mime::Entity& part : parts) {
      const std::string type = part.Type().value;
      const bool plain = type == "text/plain" && !Trim(mime::TextOf(part)).empty();
      if (plain) return AppendText(part, type);
      // The last one is the best, as the standard has it; calendars are data.
      if (type == "text/html" || type.starts_with("multipart/")) best = &part;
    }
    if (best != nullptr) return ReadEntity(*best, depth + 1);
    for (const mime::Entity& part : parts) ReadEntity(part, depth + 1);
  }

  void AppendText(const mime::Entity& entity, std::string_view type) {
    const std::string text = mime::TextOf(entity);
    if (type == "text/html") {
      AppendHtmlFragment(text, builder_);
    } else {
      AppendMailText(text, builder_);
    }
  }

  // A document of its own: "id#name".
  void Attach(const mime::Entity& entity, const std::string& type, std::string name) {
    if (name.empty() && type == "message/rfc822") {
      name = mime::UnstructuredText(mime::Split(entity.body).Field("subject")) + ".eml";
    }
    const auto format = type == "message/rfc822" ? std::optional(Format::kEmail) : std::nullopt;
    attachments_.Add(name, format, mime::Decoded(entity));
  }

  const SourceInfo& source_;
  ParsedSource* parsed_;
  DocumentBuilder* builder_ = nullptr;
  MailAttachments attachments_;
  bool is_over_ = false;
};

class EmailParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    ParsedSource parsed;
    QUARRY_RETURN_IF_ERROR(MessageReader(source, &parsed).Read(bytes));
    return parsed;
  }
};

// The ids of a mailbox's messages, of which several may have one Message-ID.
class MessageIds {
 public:
  // Made unique; nullopt where a message of the same id, subject and text was before.
  std::optional<std::string> Claim(std::string_view message, size_t number) {
    const std::string id = IdOf(message, number);
    const mime::Entity entity = mime::Split(message);
    const uint64_t text =
        Hash64(std::string(Trim(entity.Field("subject"))) + '\n' + std::string(Trim(entity.body)));
    OfOneId& same = ids_[id];
    if (!same.texts.insert(text).second) return std::nullopt;
    std::string unique = id;
    while (!taken_.insert(unique).second) unique = id + '-' + std::to_string(++same.last);
    return unique;
  }

 private:
  // A message keeps its document wherever it comes to stand in the box.
  static std::string IdOf(std::string_view message, size_t number) {
    std::string id(Trim(mime::Split(message.substr(0, 64 * 1024)).Field("message-id")));
    std::erase_if(id, [](char c) {
      return c == '<' || c == '>' || static_cast<unsigned char>(c) <= ' ' ||
             static_cast<unsigned char>(c) >= 0x7F;
    });
    return id.empty() || id.size() > 200 ? std::to_string(number) : id;
  }

  struct OfOneId {
    std::unordered_set<uint64_t> texts;  // hashes
    size_t last = 1;                     // number that was tried
  };
  std::unordered_map<std::string, OfOneId> ids_;
  std::unordered_set<std::string> taken_;
};

// Messages begin with a line "From " behind an empty one; in them such lines are quoted with '>'.
class MboxParser final : public Parser {
 public:
  Result<ParsedSource> Parse(std::string_view bytes, const SourceInfo& source) const override {
    if (!bytes.starts_with("From ")) {
      return InvalidArgumentError("broken mailbox at byte 0: expected a line \"From ...\"");
    }
    ParsedSource parsed;
    ErrorList errors(&parsed.errors);
    MessageIds ids;
    size_t number = 0;
    for (size_t begin = 0; begin < bytes.size();) {
      const size_t end = NextMessage(bytes, begin + 1);
      const size_t header = std::min(bytes.find('\n', begin), bytes.size() - 1) + 1;
      if (++number > kMaxMessages) {
        errors.Add("message " + std::to_string(number),
                   "expected at most " + std::to_string(kMaxMessages) + " messages");
        break;
      }
      if (source.budget != nullptr) QUARRY_RETURN_IF_ERROR(source.budget->Check());
      const std::string_view message = bytes.substr(header, end - std::min(header, end));
      const std::optional<std::string> id = ids.Claim(message, number);
      if (!id) {  // a copy
        begin = end;
        continue;
      }
      SourceInfo of_message = source;
      of_message.id = source.id + '#' + *id;
      const size_t first = parsed.documents.size();
      if (const Status status = MessageReader(of_message, &parsed).Read(message); !status.ok()) {
        errors.Add("message " + std::to_string(number), status.message());
        parsed.documents.resize(first);
      }
      for (size_t i = first; i < parsed.documents.size(); ++i) {
        parsed.documents[i].source = source.id;
      }
      begin = end;
    }
    errors.Finish();
    return parsed;
  }

 private:
  static size_t NextMessage(std::string_view bytes, size_t from) {
    for (size_t at = bytes.find("\nFrom ", from); at != bytes.npos;
         at = bytes.find("\nFrom ", at + 1)) {
      const bool after_empty =
          bytes[at - 1] == '\n' || (bytes[at - 1] == '\r' && at > 1 && bytes[at - 2] == '\n');
      if (after_empty) return at + 1;
    }
    return bytes.size();
  }
};

}  // namespace

void AppendMailText(std::string_view text, DocumentBuilder* builder) {
  // Paragraphs, and what is quoted with '>' as quotes.
  size_t begin = 0;
  bool quoted = false;
  std::string piece;
  const auto flush = [&] {
    if (quoted) {
      builder->Add(BlockKind::kQuote, 0, piece);
    } else {
      AppendPlainText(piece, builder);
    }
    piece.clear();
  };
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line == "-- ") line = "";  // what follows is the signature
    const bool is_quoted = line.starts_with('>') && !line.starts_with(">From ");
    if (is_quoted != quoted) flush();
    quoted = is_quoted;
    while (line.starts_with('>')) line.remove_prefix(line.starts_with("> ") ? 2 : 1);
    piece += line;
    piece += '\n';
  }
  flush();
}

std::unique_ptr<Parser> MakeEmailParser() { return std::make_unique<EmailParser>(); }
std::unique_ptr<Parser> MakeMboxParser() { return std::make_unique<MboxParser>(); }

}  // namespace quarry::ingest
