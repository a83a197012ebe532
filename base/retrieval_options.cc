#include "base/retrieval_options.h"

#include <utility>

#include "base/clock.h"
#include "base/numbers.h"

namespace quarry {
namespace {

struct ValueFormatter {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(uint64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return FormatNumber(value); }
  std::string operator()(const std::string& value) const { return '"' + value + '"'; }
};

std::string Format(const RetrievalValue& value) { return std::visit(ValueFormatter{}, value); }

Status Expected(const std::string& type, const RetrievalValue& value) {
  return InvalidArgumentError("expected " + type + ", got " + Format(value));
}

// Of the functions below: `field` is a generic lambda that returns a reference into the options.

template <typename Field>
RetrievalOption Integer(std::string name, std::string description, Field field, uint64_t min,
                        uint64_t max) {
  RetrievalOption option{
      .name = std::move(name),
      .request_name = {},
      .type = "an integer from " + std::to_string(min) + " to " + std::to_string(max),
      .description = std::move(description),
      .set = nullptr,
      .get = [field](const RetrievalOptions& options) -> RetrievalValue {
        return uint64_t{field(options)};
      }};
  option.set = [field, min, max, type = option.type](RetrievalOptions& options,
                                                     const RetrievalValue& value) {
    const uint64_t* integer = std::get_if<uint64_t>(&value);
    if (integer == nullptr || *integer < min || *integer > max) return Expected(type, value);
    field(options) = static_cast<uint32_t>(*integer);
    return OkStatus();
  };
  return option;
}

template <typename Field>
RetrievalOption Number(std::string name, std::string description, Field field, double min,
                       double max) {
  RetrievalOption option{
      .name = std::move(name),
      .request_name = {},
      .type = "a number from " + FormatNumber(min) + " to " + FormatNumber(max),
      .description = std::move(description),
      .set = nullptr,
      .get = [field](const RetrievalOptions& options) -> RetrievalValue { return field(options); }};
  option.set = [field, min, max, type = option.type](RetrievalOptions& options,
                                                     const RetrievalValue& value) {
    const uint64_t* integer = std::get_if<uint64_t>(&value);
    const double* given = std::get_if<double>(&value);
    if (integer == nullptr && given == nullptr) return Expected(type, value);
    const double number = integer != nullptr ? static_cast<double>(*integer) : *given;
    if (!(number >= min && number <= max)) return Expected(type, value);
    field(options) = number;
    return OkStatus();
  };
  return option;
}

template <typename Field>
RetrievalOption Boolean(std::string name, std::string description, Field field) {
  return {
      .name = std::move(name),
      .type = "true or false",
      .description = std::move(description),
      .set =
          [field](RetrievalOptions& options, const RetrievalValue& value) {
            const bool* flag = std::get_if<bool>(&value);
            if (flag == nullptr) return Expected("true or false", value);
            field(options) = *flag;
            return OkStatus();
          },
      .get = [field](const RetrievalOptions& options) -> RetrievalValue { return field(options); }};
}

// A text that `check` accepts.
template <typename Field, typename Check>
RetrievalOption Text(std::string name, std::string type, std::string description, Field field,
                     Check check) {
  RetrievalOption option{
      .name = std::move(name),
      .request_name = {},
      .type = std::move(type),
      .description = std::move(description),
      .set = nullptr,
      .get = [field](const RetrievalOptions& options) -> RetrievalValue { return field(options); }};
  option.set = [field, check, expected = option.type](RetrievalOptions& options,
                                                      const RetrievalValue& value) {
    const std::string* text = std::get_if<std::string>(&value);
    if (text == nullptr || !check(*text)) return Expected(expected, value);
    field(options) = *text;
    return OkStatus();
  };
  return option;
}

// One of the names that `parse` reads and `name_of` gives.
template <typename Field, typename Parse, typename NameOf>
RetrievalOption Choice(std::string name, const std::string& names, std::string description,
                       Field field, Parse parse, NameOf name_of) {
  const std::string type = "one of " + names;
  return {.name = std::move(name),
          .request_name = {},
          .type = type,
          .description = std::move(description),
          .set =
              [field, parse, type](RetrievalOptions& options, const RetrievalValue& value) {
                const std::string* text = std::get_if<std::string>(&value);
                const auto parsed = parse(text == nullptr ? "" : *text);
                if (!parsed.ok()) return Expected(type, value);
                field(options) = *parsed;
                return OkStatus();
              },
          .get = [field, name_of](const RetrievalOptions& options) -> RetrievalValue {
            return std::string(name_of(field(options)));
          }};
}

// The member of options or const options; keeps each row of the table to what differs.
#define QUARRY_FIELD(member) \
  [](auto& options) -> auto& { return options.member; }

std::vector<RetrievalOption> MakeTable() {
  const auto any = [](const std::string&) { return true; };
  const auto is_time = [](const std::string& text) {
    return text.empty() || ParseIso8601(text).has_value();
  };
  std::vector<RetrievalOption> table = {
      Choice("retrieval.fusion", "convex, rrf", "how the two ranked lists become one",
             QUARRY_FIELD(fusion.method), ParseFusionMethod, FusionMethodName),
      Number("retrieval.dense_weight", "weight of the dense list; the lexical one has the rest",
             QUARRY_FIELD(fusion.dense_weight), 0, 1),
      Number("retrieval.cross_language_weight",
             "weight of the dense list for a question in another language than the collection",
             QUARRY_FIELD(cross_language_weight), 0, 1),
      Choice("retrieval.translate_terms", "auto, on, off",
             "search words in the other of English and Chinese too; auto: where such texts are",
             QUARRY_FIELD(translate_terms), ParseTranslateTermsMode, TranslateTermsModeName),
      Number("retrieval.translation_weight", "weight of a translated word against the word itself",
             QUARRY_FIELD(translation_weight), 0, 1),
      Number("retrieval.rrf_k", "smoothing of the ranks (fusion rrf)", QUARRY_FIELD(fusion.rrf_k),
             0.001, 1e6),
      Integer("retrieval.leg_documents", "documents that each leg brings",
              QUARRY_FIELD(leg_documents), 1, 10'000),
      Integer("retrieval.dense_from_chunks", "below this many chunks only words are searched",
              QUARRY_FIELD(dense_from_chunks), 0, UINT32_MAX),
      Integer("retrieval.search_width", "candidates kept while walking the vector graph",
              QUARRY_FIELD(search_width), 0, 100'000),
      Integer("retrieval.multi_query",
              "wordings of the question by the chat model that are searched for too",
              QUARRY_FIELD(expansion.multi_query), 0, 8),
      Boolean("retrieval.hyde",
              "search vectors for a passage too that the chat model imagines as the answer",
              QUARRY_FIELD(expansion.hyde)),
      Integer("retrieval.decompose",
              "simpler questions of the chat model that are searched for too, at most",
              QUARRY_FIELD(expansion.decompose), 0, 8),
      Integer("retrieval.model_millis",
              "time of the chat model in a search, which then goes on without it",
              QUARRY_FIELD(expansion.model_millis), 1, 600'000),
      Boolean("retrieval.feedback", "recall mode: search again with words of what was found first",
              QUARRY_FIELD(feedback.enabled)),
      Integer("retrieval.feedback_passages", "recall mode: passages that words are taken from",
              QUARRY_FIELD(feedback.passages), 1, 100),
      Integer("retrieval.feedback_terms", "recall mode: words that are added",
              QUARRY_FIELD(feedback.terms), 1, 200),
      Number("retrieval.feedback_original_weight",
             "recall mode: weight of the question's own words; the added ones have the rest",
             QUARRY_FIELD(feedback.original_weight), 0, 1),
      Integer("retrieval.hops",
              "searches behind one another, each following names of the one before",
              QUARRY_FIELD(hops.hops), 1, 4),
      Integer("retrieval.hop_passages", "passages of a search whose names are followed",
              QUARRY_FIELD(hops.passages), 1, 50),
      Integer("retrieval.hop_names", "names followed of each passage", QUARRY_FIELD(hops.names), 1,
              50),
      Number("retrieval.hop_weight", "weight of what is found by following names",
             QUARRY_FIELD(hops.weight), 0, 1),
      Text("retrieval.recency_field", "the name of a metadata field, or nothing",
           "field with a time by which newer documents gain; none = off",
           QUARRY_FIELD(recency.field), any),
      Number("retrieval.recency_half_life_days",
             "age at which half of what the newest gain is lost",
             QUARRY_FIELD(recency.half_life_days), 0.001, 1e6),
      Number("retrieval.recency_weight", "part of a score that age can take away",
             QUARRY_FIELD(recency.weight), 0, 1),
      Text("retrieval.recency_as_of", "an ISO 8601 time, or nothing",
           "ages count from this time; none = from the newest document found",
           QUARRY_FIELD(recency.as_of), is_time),
      Number("retrieval.collapse",
             "similarity from which nearly the same text of other documents is one hit; 0 = off",
             QUARRY_FIELD(collapse), 0, 1),
      Number("retrieval.diversity",
             "how much it counts that passages say different things; 0 = off",
             QUARRY_FIELD(diversity.weight), 0, 1),
      Integer("retrieval.diversity_candidates", "passages among which different ones are chosen",
              QUARRY_FIELD(diversity.candidates), 1, 1000),
      Integer("retrieval.neighbours", "chunks before and after each hit that come with it",
              QUARRY_FIELD(neighbours), 0, 100),
      Integer("retrieval.section_tokens",
              "tokens of the section around each hit that come with it, instead of neighbours",
              QUARRY_FIELD(section_tokens), 0, 100'000),
      Boolean("rerank.enabled", "let the reranker order the best hits, where there is one",
              QUARRY_FIELD(rerank.enabled)),
      Boolean("rerank.chat", "let the chat model order the best hits, in place of the reranker",
              QUARRY_FIELD(rerank.chat)),
      Integer("rerank.candidates", "hits that it reads", QUARRY_FIELD(rerank.candidates), 1, 1000),
  };
  for (RetrievalOption& option : table) {
    const size_t dot = option.name.find('.');
    option.request_name = option.name.starts_with("retrieval.")
                              ? option.name.substr(dot + 1)
                              : option.name.substr(0, dot) + '_' + option.name.substr(dot + 1);
  }
  return table;
}
#undef QUARRY_FIELD

}  // namespace

const char* FusionMethodName(FusionMethod method) {
  return method == FusionMethod::kConvex ? "convex" : "rrf";
}

Result<FusionMethod> ParseFusionMethod(std::string_view name) {
  if (name == "convex") return FusionMethod::kConvex;
  if (name == "rrf") return FusionMethod::kReciprocalRank;
  return InvalidArgumentError("unknown fusion method \"" + std::string(name) +
                              "\"; expected convex or rrf");
}

const char* TranslateTermsModeName(TranslateTermsMode mode) {
  if (mode == TranslateTermsMode::kAuto) return "auto";
  return mode == TranslateTermsMode::kOn ? "on" : "off";
}

Result<TranslateTermsMode> ParseTranslateTermsMode(std::string_view name) {
  if (name == "auto") return TranslateTermsMode::kAuto;
  if (name == "on") return TranslateTermsMode::kOn;
  if (name == "off") return TranslateTermsMode::kOff;
  return InvalidArgumentError("unknown value \"" + std::string(name) +
                              "\"; expected auto, on or off");
}

const std::vector<RetrievalOption>& RetrievalOptionTable() {
  static const std::vector<RetrievalOption> table = MakeTable();
  return table;
}

double RetrievalOptions::DenseWeightOf(const std::string& collection) const {
  const auto own = collection_dense_weights.find(collection);
  return own == collection_dense_weights.end() ? fusion.dense_weight : own->second;
}

Status RetrievalOptions::Validate() const {
  RetrievalOptions checked;
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    QUARRY_RETURN_IF_ERROR(option.set(checked, option.get(*this)).Annotate(option.name));
  }
  for (const auto& [collection, weight] : collection_dense_weights) {
    if (weight >= 0 && weight <= 1) continue;
    return InvalidArgumentError("retrieval.collection_dense_weights: " + collection +
                                ": expected a number from 0 to 1, got " + FormatNumber(weight));
  }
  return OkStatus();
}

std::string RetrievalOptions::Description() const {
  std::string text;
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    text += option.request_name + '=' + Format(option.get(*this)) + ';';
  }
  for (const auto& [collection, weight] : collection_dense_weights) {
    text += collection + '=' + FormatNumber(weight) + ';';
  }
  return text;
}

}  // namespace quarry
