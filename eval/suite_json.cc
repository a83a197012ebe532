#include "base/filter.h"
#include "eval/json_fields.h"
#include "eval/suite.h"

namespace quarry::eval {

template <typename Visitor>
void Fields(Visitor& visit, ExpectedFact& fact) {
  visit.Required("id", fact.id);
  visit.Required("text", fact.text);
  visit("must", fact.must, true);
}

template <typename Visitor>
void Fields(Visitor& visit, GoldSpan& span) {
  visit.Required("doc", span.document);
  visit("start", span.begin);
  visit("end", span.end);
  visit("quote", span.quote);
  visit("fact", span.fact);
}

template <typename Visitor>
void Fields(Visitor& visit, SourceTruth& truth) {
  visit("right", truth.right);
  visit("wrong", truth.wrong);
}

template <typename Visitor>
void Fields(Visitor& visit, CaseMessage& message) {
  visit.Required("role", message.role);
  visit.Required("content", message.content);
}

namespace {

Json CheckJson(const AnswerCheck& check) {
  switch (check.kind) {
    case AnswerCheck::Kind::kContains:
      if (check.texts.size() == 1) return check.texts[0];
      return {{"any", check.texts}};
    case AnswerCheck::Kind::kRegex:
      return {{"regex", check.texts[0]}};
    case AnswerCheck::Kind::kNumber: {
      Json json = {{"number", check.number}};
      if (!check.unit.empty()) json["unit"] = check.unit;
      if (check.tolerance > 0) json["tolerance"] = check.tolerance;
      return json;
    }
    case AnswerCheck::Kind::kLength: {
      Json json = {{"words", {{"min", check.low}}}};
      if (check.high > 0) json["words"]["max"] = check.high;
      return json;
    }
    case AnswerCheck::Kind::kJson:
      return {{"json", Json::parse(check.schema, nullptr, false)}};
  }
  Fatal(__FILE__, __LINE__, "unknown AnswerCheck::Kind");
}

// One of the shapes above.
AnswerCheck ReadCheck(const Json& json, const std::string& place, Status& status) {
  AnswerCheck check;
  if (json.is_string()) {
    check.texts = {json.get<std::string>()};
    if (check.texts[0].empty()) status = InvalidArgumentError(place + ": is empty");
    return check;
  }
  JsonReader reader(json, place, status);
  if (!status.ok()) {
    status = InvalidArgumentError(
        place + ": expected a text, or an object with any, regex, number, words or json");
    return check;
  }
  uint32_t kinds = 0;
  if (const Json* any = reader.Take("any")) {
    ++kinds;
    reader.Read(*any, place + ".any", check.texts);
    if (status.ok() && check.texts.empty()) reader.Fail("any", "is empty");
  }
  if (const Json* regex = reader.Take("regex")) {
    ++kinds;
    check.kind = AnswerCheck::Kind::kRegex;
    reader.Read(*regex, place + ".regex", check.texts.emplace_back());
  }
  if (const Json* number = reader.Take("number")) {
    ++kinds;
    check.kind = AnswerCheck::Kind::kNumber;
    reader.Read(*number, place + ".number", check.number);
    reader("unit", check.unit);
    reader("tolerance", check.tolerance);
  }
  if (const Json* words = reader.Take("words")) {
    ++kinds;
    check.kind = AnswerCheck::Kind::kLength;
    JsonReader limits(*words, place + ".words", status);
    limits("min", check.low);
    limits("max", check.high);
    limits.Finish();
  }
  if (const Json* schema = reader.Take("json")) {
    ++kinds;
    check.kind = AnswerCheck::Kind::kJson;
    check.schema = DumpJson(*schema);
  }
  if (kinds != 1 && status.ok()) {
    reader.Fail("", "expected one of any, regex, number, words and json");
  }
  reader.Finish();
  return check;
}

void ReadChecks(JsonReader& reader, const char* name, std::vector<AnswerCheck>& checks,
                Status& status) {
  const Json* list = reader.Take(name);
  if (list == nullptr) return;
  if (!list->is_array()) return reader.Fail(name, "expected a list");
  for (const Json& element : *list) {
    if (!status.ok()) return;
    checks.push_back(
        ReadCheck(element, std::string(name) + "[" + std::to_string(checks.size()) + "]", status));
  }
}

// What is not read or written by name alone.
template <typename Visitor>
void PlainFields(Visitor& visit, Case& one) {
  visit.Required("id", one.id);
  visit.Required("query", one.query);
  visit("messages", one.messages);
  visit("lang", one.lang);
  visit("tags", one.tags);
  visit("answerable", one.answerable, true);
  visit("expected_facts", one.expected_facts);
  visit("reference", one.reference);
  visit("gold_docs", one.gold_docs);
  visit("gold_spans", one.gold_spans);
  visit("cluster", one.cluster);
  visit("source_truth", one.source_truth);
  visit("draft", one.draft);
}

// What no field alone can say.
Status CheckCase(const Case& one) {
  std::vector<std::string> facts;
  for (const ExpectedFact& fact : one.expected_facts) {
    if (std::find(facts.begin(), facts.end(), fact.id) != facts.end()) {
      return InvalidArgumentError("expected_facts: id \"" + fact.id + "\" stands twice");
    }
    facts.push_back(fact.id);
  }
  for (size_t i = 0; i < one.gold_spans.size(); ++i) {
    const GoldSpan& span = one.gold_spans[i];
    const std::string place = "gold_spans[" + std::to_string(i) + "]";
    if (span.end == 0 && span.quote.empty()) {
      return InvalidArgumentError(place + ": expected start and end, or a quote");
    }
    if (span.end != 0 && span.end <= span.begin) {
      return InvalidArgumentError(place + ": end " + std::to_string(span.end) +
                                  " is not behind start " + std::to_string(span.begin));
    }
  }
  if (!one.answerable && (!one.expected_facts.empty() || !one.gold_spans.empty())) {
    return InvalidArgumentError(
        "expected_facts and gold_spans stand in a case with \"answerable\": false");
  }
  if (!one.filters.empty()) {
    QUARRY_RETURN_IF_ERROR(ParseFilter(one.filters).status().Annotate("filters"));
  }
  return OkStatus();
}

}  // namespace

Result<Case> ParseCase(std::string_view line) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ParseJson(line));
  Case one;
  Status status;
  JsonReader reader(json, "", status);
  QUARRY_RETURN_IF_ERROR(status);
  PlainFields(reader, one);
  ReadChecks(reader, "accept", one.accept, status);
  ReadChecks(reader, "reject", one.reject, status);
  if (const Json* filters = reader.Take("filters")) one.filters = DumpJson(*filters);
  reader.Finish();
  QUARRY_RETURN_IF_ERROR(status);
  QUARRY_RETURN_IF_ERROR(CheckCase(one));
  return one;
}

std::string CaseLine(const Case& one) {
  JsonWriter writer;
  PlainFields(writer, const_cast<Case&>(one));  // a writer changes nothing
  Json json = writer.Take();
  for (const AnswerCheck& check : one.accept) json["accept"].push_back(CheckJson(check));
  for (const AnswerCheck& check : one.reject) json["reject"].push_back(CheckJson(check));
  if (!one.filters.empty()) json["filters"] = Json::parse(one.filters, nullptr, false);
  return DumpJson(json);
}

}  // namespace quarry::eval
