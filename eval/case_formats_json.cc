#include "eval/case_formats.h"
#include "eval/json_fields.h"

namespace quarry::eval {
namespace {

// A member that may be missing; foreign files have many that are of no interest.
const Json* Find(const Json& json, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = json.find(name);
    if (found != json.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

std::string TextOf(const Json* json) {
  if (json == nullptr) return "";
  if (json->is_string()) return json->get<std::string>();
  return json->is_number() ? json->dump() : "";
}

std::vector<std::string> TextsOf(const Json* json) {
  std::vector<std::string> texts;
  if (json == nullptr) return texts;
  if (!json->is_array()) return {TextOf(json)};
  for (const Json& element : *json) {
    if (element.is_string()) texts.push_back(element.get<std::string>());
  }
  return texts;
}

Result<Json> ReadObject(std::string_view text) {
  if (text.empty()) return InvalidArgumentError("expected a JSON object, found nothing");
  QUARRY_ASSIGN_OR_RETURN(Json json, ParseJson(text));
  if (!json.is_object()) return InvalidArgumentError("expected a JSON object");
  return json;
}

}  // namespace

Result<ImportedSuite> ParseSquad(std::string_view text) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ReadObject(text));
  const Json* data = Find(json, {"data"});
  if (data == nullptr || !data->is_array()) {
    return InvalidArgumentError("expected {\"data\": [...]}, as SQuAD has it");
  }
  ImportedSuite imported;
  size_t article = 0;
  for (const Json& one : *data) {
    ++article;
    const Json* paragraphs = one.is_object() ? Find(one, {"paragraphs"}) : nullptr;
    if (paragraphs == nullptr || !paragraphs->is_array()) {
      return InvalidArgumentError("data[" + std::to_string(article - 1) +
                                  "]: expected \"paragraphs\"");
    }
    size_t number = 0;
    for (const Json& paragraph : *paragraphs) {
      const std::string place =
          "data[" + std::to_string(article - 1) + "].paragraphs[" + std::to_string(number) + "]";
      const Json* questions = paragraph.is_object() ? Find(paragraph, {"qas"}) : nullptr;
      const std::string context = paragraph.is_object() ? TextOf(Find(paragraph, {"context"})) : "";
      if (context.empty() || questions == nullptr || !questions->is_array()) {
        return InvalidArgumentError(place + ": expected \"context\" and \"qas\"");
      }
      const std::string document =
          "a" + std::to_string(article) + "-p" + std::to_string(++number) + ".txt";
      imported.documents.emplace_back(document, context);
      for (const Json& question : *questions) {
        if (!question.is_object()) return InvalidArgumentError(place + ".qas: expected objects");
        Case made{.id = TextOf(Find(question, {"id"})),
                  .query = TextOf(Find(question, {"question"})),
                  .cluster = document};
        if (made.id.empty() || made.query.empty()) {
          return InvalidArgumentError(place + ".qas: expected \"id\" and \"question\"");
        }
        const Json* impossible = Find(question, {"is_impossible"});
        made.answerable = impossible == nullptr || !impossible->is_boolean() || !*impossible;
        AnswerCheck accept;
        const Json* answers = Find(question, {"answers"});
        if (made.answerable && answers != nullptr && answers->is_array()) {
          for (const Json& answer : *answers) {
            const std::string words = answer.is_object() ? TextOf(Find(answer, {"text"})) : "";
            if (words.empty()) continue;
            if (std::find(accept.texts.begin(), accept.texts.end(), words) == accept.texts.end()) {
              accept.texts.push_back(words);
            }
            // Offsets are counted in characters, here in bytes: the quote finds the place.
            if (made.gold_spans.empty() && context.find(words) != std::string::npos) {
              made.gold_spans.push_back({.document = document, .quote = words, .fact = "answer"});
            }
          }
        }
        if (!accept.texts.empty()) {
          made.expected_facts.push_back({.id = "answer", .text = accept.texts[0]});
          made.accept.push_back(std::move(accept));
        }
        imported.cases.push_back(std::move(made));
      }
    }
  }
  return imported;
}

Result<ImportedSuite> ParseRgbLine(std::string_view line, size_t number) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ReadObject(line));
  ImportedSuite imported;
  Case one{.id = TextOf(Find(json, {"id"})), .query = TextOf(Find(json, {"query", "question"}))};
  if (one.id.empty()) one.id = std::to_string(number);
  if (one.query.empty()) return InvalidArgumentError("expected \"query\"");
  // Each element is a fact; a list of its own holds other words for it.
  const Json* answer = Find(json, {"answer"});
  if (answer != nullptr && !answer->is_array()) {
    one.accept.push_back({.texts = {TextOf(answer)}});
  } else if (answer != nullptr) {
    for (const Json& fact : *answer) one.accept.push_back({.texts = TextsOf(&fact)});
  }
  std::erase_if(one.accept, [](const AnswerCheck& check) {
    return check.texts.empty() || check.texts[0].empty();
  });
  if (one.accept.empty()) return InvalidArgumentError("expected \"answer\"");
  for (const AnswerCheck& check : one.accept) {
    one.expected_facts.push_back(
        {.id = "f" + std::to_string(one.expected_facts.size() + 1), .text = check.texts[0]});
  }
  for (const std::string& wrong : TextsOf(Find(json, {"fakeanswer", "fake"}))) {
    if (!wrong.empty()) one.reject.push_back({.texts = {wrong}});
  }
  for (const char* kind : {"positive", "negative"}) {
    size_t passage = 0;
    const Json* list = Find(json, {kind});
    if (list == nullptr || !list->is_array()) continue;
    for (const Json& element : *list) {
      // Of several facts the positive passages are lists of lists.
      for (const std::string& text : TextsOf(&element)) {
        const std::string document =
            "q" + std::to_string(number) + "-" + kind + "-" + std::to_string(++passage) + ".txt";
        imported.documents.emplace_back(document, text);
        if (kind[0] == 'p') one.gold_docs[document] = 1;
      }
    }
  }
  imported.cases.push_back(std::move(one));
  return imported;
}

Result<ImportedSuite> ParseRagasLine(std::string_view line, size_t number) {
  QUARRY_ASSIGN_OR_RETURN(const Json json, ReadObject(line));
  ImportedSuite imported;
  Case one{.id = TextOf(Find(json, {"id"})),
           .query = TextOf(Find(json, {"user_input", "question"})),
           .reference = TextOf(Find(json, {"reference", "ground_truth", "ground_truths"}))};
  if (one.id.empty()) one.id = std::to_string(number);
  if (one.query.empty()) return InvalidArgumentError("expected \"user_input\" or \"question\"");
  const std::vector<std::string> references = TextsOf(Find(json, {"ground_truths"}));
  if (one.reference.empty() && !references.empty()) one.reference = references[0];
  size_t passage = 0;
  for (const std::string& text : TextsOf(Find(json, {"reference_contexts", "contexts"}))) {
    const std::string document =
        "q" + std::to_string(number) + "-" + std::to_string(++passage) + ".txt";
    imported.documents.emplace_back(document, text);
    one.gold_docs[document] = 1;
  }
  imported.cases.push_back(std::move(one));
  return imported;
}

std::string RagasLines(const Run& run) {
  std::string lines;
  for (const RunRecord& record : run.records) {
    Json json = {{"id", record.case_id},
                 {"user_input", record.asked.query},
                 {"response", record.answer},
                 {"retrieved_contexts", Json::array()}};
    for (const RunPassage& passage : record.passages) {
      json["retrieved_contexts"].push_back(passage.text);
    }
    if (!record.asked.reference.empty()) json["reference"] = record.asked.reference;
    lines += DumpJson(json) + "\n";
  }
  return lines;
}

}  // namespace quarry::eval
