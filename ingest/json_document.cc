#include "ingest/json_document.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/names.h"
#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxPathBytes = 200;
constexpr size_t kShortBytes = 200;  // what stands on one line together
constexpr size_t kMaxMetadataFields = 1000;

bool IsScalarArray(JsonValue array) {
  bool scalar = true;
  array.ForEach([&](std::string_view, JsonValue item) { scalar = scalar && item.IsScalar(); });
  return scalar;
}

bool IsEmpty(JsonValue value) {
  if (value.kind() == JsonKind::kNull) return true;
  if (value.IsScalar()) return Trim(value.text()).empty();
  return value.size() == 0;
}

// "server" and "port" -> "server.port". Paths are cut: an object of many members under a key of a
// megabyte must not become a terabyte.
std::string JoinPath(const std::string& path, std::string_view key) {
  std::string joined = path;
  if (!joined.empty() && !key.empty()) joined += '.';
  joined += key;
  if (joined.size() > kMaxPathBytes) joined.resize(TruncateUtf8(joined, kMaxPathBytes).size());
  return joined;
}

class Flattener {
 public:
  // `left_out`: the name of an object in the outermost object that is not written.
  Flattener(LabelLimit* paths, DocumentBuilder* builder, std::string_view left_out)
      : paths_(paths), builder_(builder), left_out_(left_out) {}

  void Write(JsonValue value) {
    if (value.IsObject()) {
      WriteScalars(value, "");
      WriteArrays(value, "", 1);
    } else if (value.IsArray()) {
      WriteItems(value, "", 0);
    } else {
      WriteLine("", value.text());
    }
    builder_->End();
  }

 private:
  bool IsLeftOut(const std::string& path, std::string_view key, JsonValue member) const {
    return path.empty() && member.IsObject() && !left_out_.empty() && key == left_out_;
  }

  // The members of `object` that are no arrays of objects or arrays, nested objects included.
  void WriteScalars(JsonValue object, const std::string& path) {
    object.ForEach([&](std::string_view key, JsonValue member) {
      if (IsEmpty(member) || IsLeftOut(path, key, member)) return;
      if (member.IsScalar()) {
        WriteLine(JoinPath(path, key), member.text());
      } else if (member.IsObject()) {
        // A nested object of several members is a block of its own.
        if (member.size() > 1) builder_->End();
        WriteScalars(member, JoinPath(path, key));
        if (member.size() > 1) builder_->End();
      } else if (IsScalarArray(member)) {
        WriteScalarArray(member, JoinPath(path, key));
      }
    });
  }

  void WriteScalarArray(JsonValue array, const std::string& path) {
    size_t longest = 0;
    array.ForEach(
        [&](std::string_view, JsonValue item) { longest = std::max(longest, item.text().size()); });
    if (longest * array.size() > 2 * kShortBytes || longest > kShortBytes / 4) {
      array.ForEach([&](std::string_view, JsonValue item) { WriteLine(path, item.text()); });
      return;
    }
    std::string line;
    array.ForEach([&](std::string_view, JsonValue item) {
      if (IsEmpty(item)) return;
      if (!line.empty()) line += "; ";
      line += item.text();
    });
    WriteLine(path, line);
  }

  // The arrays that WriteScalars left out.
  void WriteArrays(JsonValue object, const std::string& path, uint32_t level) {
    object.ForEach([&](std::string_view key, JsonValue member) {
      if (IsLeftOut(path, key, member)) return;
      if (member.IsObject()) {
        WriteArrays(member, JoinPath(path, key), level);
      } else if (member.IsArray() && member.size() > 0 && !IsScalarArray(member)) {
        const std::string joined = JoinPath(path, key);
        const bool is_whole = path.empty() || paths_->Take(joined.size());
        builder_->Add(BlockKind::kHeading, std::min(level, 6u),
                      is_whole ? joined : JoinPath("", key));
        WriteItems(member, joined, level);
      }
    });
  }

  void WriteItems(JsonValue array, const std::string& path, uint32_t level) {
    if (IsScalarArray(array)) return WriteScalarArray(array, "");
    array.ForEach([&](std::string_view, JsonValue item) {
      builder_->End();
      if (item.IsObject()) {
        if (WriteFlatObject(item)) return;
        WriteScalars(item, "");
        WriteArrays(item, path, level + 1);
      } else if (item.IsArray()) {
        WriteItems(item, path, level + 1);
      } else {
        WriteLine("", item.text());
      }
      builder_->End();
    });
  }

  // "code: VX-220; family: pump" in a block of its own, if `object` is flat and short.
  bool WriteFlatObject(JsonValue object) {
    size_t size = 0;
    bool flat = true;
    object.ForEach([&](std::string_view key, JsonValue member) {
      flat = flat && member.IsScalar();
      size += key.size() + member.text().size();
    });
    if (!flat || size > 2 * kShortBytes) return false;
    std::string line;
    object.ForEach([&](std::string_view key, JsonValue member) {
      if (IsEmpty(member)) return;
      if (!line.empty()) line += "; ";
      line += key;
      line += ": ";
      RunningText(&line, line.size()).Append(member.text());
    });
    builder_->Add(BlockKind::kTable, 0, line);
    return true;
  }

  // A line of the open block, or of a new one. Line breaks in `value` go, unless it is a long text.
  void WriteLine(const std::string& path, std::string_view value) {
    value = Trim(value);
    if (value.empty()) return;
    paths_->AddValue(value.size());
    const bool has_path = !path.empty() && paths_->Take(path.size());
    if (value.size() > kShortBytes && value.find('\n') != value.npos) {
      builder_->End();
      if (has_path) builder_->Add(BlockKind::kParagraph, 0, path + ":");
      AppendPlainText(value, builder_);
      return;
    }
    if (!builder_->IsOpen()) builder_->Begin(BlockKind::kTable, 0);
    std::string& out = builder_->out();
    if (!builder_->OpenText().empty()) out += '\n';
    const size_t start = out.size();
    if (has_path) {
      RunningText(&out, start).Append(path);
      out += ": ";
    }
    RunningText(&out, out.size()).Append(value);
  }

  LabelLimit* const paths_;
  DocumentBuilder* builder_;
  const std::string_view left_out_;
};

// A scalar or a list of scalars as metadata; others are left out, and fields beyond the limit.
void SetMetadata(const std::string& key, JsonValue value, Metadata* metadata) {
  const bool is_full = metadata->size() >= kMaxMetadataFields && !metadata->contains(key);
  if (is_full && !value.IsObject()) return;
  switch (value.kind()) {
    case JsonKind::kNull:
      return;
    case JsonKind::kBool:
      (*metadata)[key] = value.boolean();
      return;
    case JsonKind::kNumber:
      (*metadata)[key] = value.number();
      return;
    case JsonKind::kString:
      (*metadata)[key] = std::string(value.text());
      return;
    case JsonKind::kArray: {
      std::vector<std::string> list;
      value.ForEach([&](std::string_view, JsonValue item) {
        if (item.IsScalar() && item.kind() != JsonKind::kNull) list.emplace_back(item.text());
      });
      (*metadata)[key] = std::move(list);
      return;
    }
    case JsonKind::kObject:
      value.ForEach([&](std::string_view name, JsonValue member) {
        SetMetadata(JoinPath(key, name), member, metadata);
      });
      return;
  }
}

// Reads the string member `name` into `out`, which stays as it is if there is none.
Status ReadString(JsonValue object, std::string_view name, std::string* out) {
  JsonValue member = object;
  if (!object.Find(name, &member) || member.kind() == JsonKind::kNull) return OkStatus();
  if (!member.IsString()) {
    return InvalidArgumentError("\"" + std::string(name) + "\": expected a string, found " +
                                NameOf(member.kind()));
  }
  *out = member.text();
  return OkStatus();
}

Status ReadAccess(JsonValue object, std::vector<std::string>* access) {
  JsonValue member = object;
  if (!object.Find("access", &member)) return OkStatus();
  const auto error = [](JsonKind found) {
    return InvalidArgumentError(std::string("\"access\": expected an array of strings, found ") +
                                NameOf(found));
  };
  if (!member.IsArray()) return error(member.kind());
  JsonKind wrong = JsonKind::kString;
  member.ForEach([&](std::string_view, JsonValue item) {
    if (!item.IsString()) wrong = item.kind();
    access->emplace_back(item.text());
  });
  return wrong == JsonKind::kString ? OkStatus() : error(wrong);
}

bool IsRecordMember(std::string_view key) {
  for (const std::string_view name :
       {"id", "_id", "text", "title", "url", "lang", "access", "metadata"}) {
    if (key == name) return true;
  }
  return false;
}

// Text of the member `name`; "" where it is none or no string.
std::string TextOf(JsonValue object, std::string_view name) {
  JsonValue member = object;
  return object.Find(name, &member) && member.IsString() ? std::string(member.text()) : "";
}

bool IsListOfStrings(JsonValue value) {
  bool is_list = value.IsArray() && value.size() > 0;
  if (is_list) {
    value.ForEach([&](std::string_view, JsonValue item) { is_list = is_list && item.IsString(); });
  }
  return is_list;
}

Status FillRecord(JsonValue object, Document* document) {
  std::string text;
  std::string language;
  QUARRY_RETURN_IF_ERROR(ReadString(object, "text", &text));
  QUARRY_RETURN_IF_ERROR(ReadString(object, "title", &document->title));
  QUARRY_RETURN_IF_ERROR(ReadString(object, "url", &document->uri));
  QUARRY_RETURN_IF_ERROR(ReadString(object, "lang", &language));
  document->language = PrimaryLanguage(language);
  // By the names that they have in requests; another thing of such a name is metadata.
  const bool by_uri = document->uri.empty() && !TextOf(object, "uri").empty();
  if (by_uri) document->uri = TextOf(object, "uri");
  const std::string named_language = PrimaryLanguage(TextOf(object, "language"));
  const bool by_language = document->language.empty() && !named_language.empty();
  if (by_language) document->language = named_language;
  document->title = TitleLine(document->title);
  object.ForEach([&](std::string_view key, JsonValue member) {
    const bool kept = member.IsScalar() || (member.IsArray() && IsScalarArray(member));
    const bool is_field =
        IsRecordMember(key) || (by_uri && key == "uri") || (by_language && key == "language");
    if (kept && !is_field && !document->metadata.contains(std::string(key))) {
      SetMetadata(JoinPath("", key), member, &document->metadata);
    }
  });
  DocumentBuilder builder(document);
  AppendPlainText(text, &builder);
  if (document->blocks.empty()) builder.Add(BlockKind::kParagraph, 0, document->title);
  return OkStatus();
}

}  // namespace

Status FillFromObject(JsonValue object, LabelLimit* paths, Document* document) {
  // Who may read it comes first: a record whose list is broken must not become public.
  QUARRY_RETURN_IF_ERROR(ReadAccess(object, &document->access));
  JsonValue member = object;
  const bool is_record = object.Find("text", &member);
  if (object.Find("metadata", &member) && member.kind() != JsonKind::kNull) {
    if (member.IsObject()) {
      SetMetadata("", member, &document->metadata);
    } else if (is_record) {
      return InvalidArgumentError(std::string("\"metadata\": expected an object, found ") +
                                  NameOf(member.kind()));
    }
  }
  if (is_record) return FillRecord(object, document);
  for (const char* name : {"title", "name"}) {
    if (!document->title.empty() || !object.Find(name, &member) || !member.IsString()) continue;
    document->title = TitleLine(member.text());
  }
  DocumentBuilder builder(document);
  Flattener(paths, &builder, "metadata").Write(object);
  return OkStatus();
}

std::string MisspeltAccess(JsonValue object) {
  JsonValue member = object;
  if (object.Find("access", &member)) return "";
  std::string misspelt;
  object.ForEach([&](std::string_view key, JsonValue value) {
    const bool is_near = EditDistance(AsciiLower(key), "access", 1) <= 1;
    if (misspelt.empty() && is_near && IsListOfStrings(value)) misspelt = key;
  });
  return misspelt;
}

std::string MisspeltAccessText(const std::string& misspelt) {
  return "\"" + misspelt +
         "\" is kept as metadata, and everybody may read the record; did you mean " + "\"access\"?";
}

void FlattenJson(JsonValue value, LabelLimit* paths, DocumentBuilder* builder) {
  Flattener(paths, builder, "").Write(value);
}

}  // namespace quarry::ingest
