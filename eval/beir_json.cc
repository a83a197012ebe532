#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "eval/beir_line.h"

namespace quarry::eval {
namespace {

// Picks the three strings out of the events of the parser. No tree is built: the metadata of a line
// may be many times larger than what we read, and nested as deep as its author likes.
class LineHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<std::string> text;
  bool is_impossible = false;
  std::vector<std::string> answers;
  std::string error;

  explicit LineHandler(size_t line_bytes) : line_bytes_(line_bytes) {}

  bool null() override {
    // Collections without titles write null as well as "".
    if (depth_ == 1 && field_ == &title) return true;
    return Value("null");
  }
  bool boolean(bool value) override {
    if (at_is_impossible_) is_impossible = value;
    return Value("a boolean");
  }
  bool number_integer(number_integer_t) override { return Value("a number"); }
  bool number_unsigned(number_unsigned_t) override { return Value("a number"); }
  bool number_float(number_float_t, const string_t&) override { return Value("a number"); }
  bool binary(binary_t&) override { return Value("bytes"); }

  bool string(string_t& value) override {
    if (answers_depth_ != 0 && depth_ == answers_depth_ + 1) answers.push_back(value);
    if (depth_ != 1 || field_ == nullptr) return Value("a string");
    if (field_->has_value()) return Fail("key \"" + name_ + "\" stands twice");
    *field_ = std::move(value);
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 0) return Enter();
    return Value("an object") && Enter();
  }
  bool start_array(std::size_t) override {
    if (at_answers_) answers_depth_ = depth_;
    at_answers_ = false;
    return Value("an array") && Enter();
  }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& name) override {
    const bool is_ours = depth_ == 1 || (depth_ == 2 && in_metadata_);
    at_is_impossible_ = is_ours && name == "is_impossible";
    at_answers_ = is_ours && name == "answers";
    if (depth_ != 1) return true;
    in_metadata_ = name == "metadata";
    field_ = name == "_id" ? &id : name == "title" ? &title : name == "text" ? &text : nullptr;
    if (field_ != nullptr) name_ = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    if (position > line_bytes_) return Fail("not valid JSON: the line ends too early");
    return Fail("not valid JSON: unexpected input at byte " + std::to_string(position));
  }

 private:
  static constexpr int kMaxDepth = 64;

  // A value that is not a string we look for: wrong as the line itself or as one of our fields, of
  // no interest elsewhere.
  bool Value(const char* kind) {
    if (depth_ == 0) return Fail(std::string("expected a JSON object, found ") + kind);
    if (depth_ == 1 && field_ != nullptr) {
      return Fail("\"" + name_ + "\" must be a string, found " + kind);
    }
    return true;
  }
  bool Enter() {
    if (++depth_ > kMaxDepth) return Fail("nested deeper than 64 levels");
    return true;
  }
  bool Leave() {
    if (--depth_ <= answers_depth_) answers_depth_ = 0;
    return true;
  }
  bool Fail(std::string message) {
    error = std::move(message);
    return false;
  }

  size_t line_bytes_;
  int depth_ = 0;
  // The member at depth 1 that is being read, if ours, and its key.
  std::optional<std::string>* field_ = nullptr;
  std::string name_;
  bool in_metadata_ = false;  // of depth 1
  bool at_is_impossible_ = false;
  bool at_answers_ = false;
  int answers_depth_ = 0;  // where the array stands that is being read; 0 = none is
};

std::string BeirJson(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<std::string> QrelsTsv(const Qrels& qrels) {
  std::string rows = "query-id\tcorpus-id\tscore\n";
  for (const auto& [query, grades] : qrels) {
    for (const auto& [document, grade] : grades) {
      for (const std::string& id : {query, document}) {
        if (!id.empty() && id.find_first_of("\t\r\n") == std::string::npos) continue;
        return InvalidArgumentError("id \"" + id +
                                    "\": expected one without tabs and ends of lines");
      }
      rows += query + '\t' + document + '\t' + std::to_string(grade) + '\n';
    }
  }
  return rows;
}

}  // namespace

Status WriteBeir(const std::string& directory, const BeirQueries& queries,
                 const std::function<Status(const BeirVisit& visit)>& documents) {
  const std::string corpus = directory + "/corpus.jsonl";
  const std::string questions = directory + "/queries.jsonl";
  const std::string judgements = directory + "/qrels/test.tsv";
  for (const std::string& file : {corpus, questions, judgements}) {
    std::error_code error;
    if (std::filesystem::exists(file, error))
      return AlreadyExistsError(file + ": is there already");
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string rows, QrelsTsv(queries.qrels));
  std::string lines;
  for (const BeirQuery& query : queries.queries) {
    lines += BeirJson({{"_id", query.id}, {"text", query.text}});
  }
  for (const BeirQuery& query : queries.unanswerable) {
    lines += BeirJson(
        {{"_id", query.id}, {"text", query.text}, {"metadata", {{"is_impossible", true}}}});
  }
  QUARRY_RETURN_IF_ERROR(CreateDirectories(directory + "/qrels"));
  // Line by line: a corpus may be larger than memory.
  std::ofstream out(corpus, std::ios::binary);
  Status written = documents([&](const BeirDocument& document) {
    out << BeirJson({{"_id", document.id}, {"title", document.title}, {"text", document.text}});
    return out ? OkStatus() : UnavailableError(corpus + ": cannot be written");
  });
  out.close();
  if (written.ok() && !out) written = UnavailableError(corpus + ": cannot be written");
  if (!written.ok()) {
    std::error_code error;
    std::filesystem::remove(corpus, error);  // half of a corpus is none
    return written;
  }
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(questions, lines));
  return WriteFileAtomically(judgements, rows);
}

Result<BeirLine> ParseBeirLine(std::string_view line) {
  LineHandler handler(line.size());
  if (!nlohmann::json::sax_parse(line.begin(), line.end(), &handler)) {
    return InvalidArgumentError(std::move(handler.error));
  }
  if (!handler.id) return InvalidArgumentError("\"_id\" is missing");
  if (handler.id->empty()) return InvalidArgumentError("\"_id\" is empty");
  if (!handler.text) return InvalidArgumentError("\"text\" is missing");
  return BeirLine{
      {std::move(*handler.id), std::move(handler.title).value_or(""), std::move(*handler.text)},
      handler.is_impossible,
      std::move(handler.answers)};
}

}  // namespace quarry::eval
