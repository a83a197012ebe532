// The parts of output_text.h and output_json.h that compare two ways to search.

#include <algorithm>

#include "app/json_line.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

constexpr size_t kMovesShown = 5;

// "+0.0210 (95 % interval +0.0080 to +0.0340)".
std::string GainText(const eval::Estimate& interval) {
  return FormatSigned(interval.mean, 4) + " (95 % interval " + FormatSigned(interval.low, 4) +
         " to " + FormatSigned(interval.high, 4) + ")";
}

// "3 -> 1", "- -> 4".
std::string MoveText(const eval::RankMove& move) {
  const auto rank = [](uint32_t place) { return place == 0 ? "-" : std::to_string(place); };
  return rank(move.before) + " -> " + rank(move.after) + "  " + OneLine(move.document) +
         (move.grade > 0 ? "  (relevant)" : "");
}

}  // namespace

std::string RetrievalDiffText(const eval::RetrievalDiffReport& report, const Console& console) {
  const std::string k = std::to_string(report.k);
  std::string text =
      console.Styled(Style::kTitle, OneLine(report.directory) + " " + report.split) + "\n";
  text += WithThousands(report.changed) + " of " + WithThousands(report.queries) +
          " questions have another first " + k + "; " + FormatFixed(100 * report.mean_overlap, 1) +
          " % of the documents are the same\n";
  text += "nDCG@" + k + "  " + FormatFixed(report.ndcg_before, 4) + " -> " +
          FormatFixed(report.ndcg_after, 4) + ", " + GainText(report.gain) + "\n";
  text += "search p50  " + FormatFixed(report.before_p50_us, 0) + " -> " +
          FormatFixed(report.after_p50_us, 0) + " us\n";
  for (const eval::QueryDiff& diff : report.largest) {
    text += "\n" + console.Styled(Style::kBold, OneLine(diff.id)) + "  " +
            Ellipsize(OneLine(diff.text), console.columns() - 10) + "\n";
    text += "    nDCG@" + k + " " + FormatFixed(diff.ndcg_before, 4) + " -> " +
            FormatFixed(diff.ndcg_after, 4) + ", overlap " + FormatFixed(diff.overlap, 2) + "\n";
    for (size_t i = 0; i < std::min(kMovesShown, diff.moves.size()); ++i) {
      text += "    " + MoveText(diff.moves[i]) + "\n";
    }
    if (diff.moves.size() > kMovesShown) {
      text += "    and " + std::to_string(diff.moves.size() - kMovesShown) + " more\n";
    }
  }
  return text;
}

std::string RetrievalDiffJson(const eval::RetrievalDiffReport& report) {
  Json json;
  json["directory"] = report.directory;
  json["split"] = report.split;
  json["k"] = report.k;
  json["queries"] = report.queries;
  json["changed"] = report.changed;
  json["overlap"] = report.mean_overlap;
  json["ndcg"] = {{"before", report.ndcg_before}, {"after", report.ndcg_after}};
  json["gain"] = ToJson(report.gain);
  json["search_p50_us"] = {{"before", report.before_p50_us}, {"after", report.after_p50_us}};
  json["largest"] = Json::array();
  for (const eval::QueryDiff& diff : report.largest) {
    Json query = {{"id", diff.id},
                  {"text", diff.text},
                  {"overlap", diff.overlap},
                  {"ndcg", {{"before", diff.ndcg_before}, {"after", diff.ndcg_after}}},
                  {"moves", Json::array()}};
    for (const eval::RankMove& move : diff.moves) {
      Json one = {{"document", move.document}, {"before", move.before}, {"after", move.after}};
      if (move.before == 0) one["before"] = nullptr;
      if (move.after == 0) one["after"] = nullptr;
      one["grade"] = move.grade;
      query["moves"].push_back(std::move(one));
    }
    json["largest"].push_back(std::move(query));
  }
  return Line(json);
}

std::string TuningText(const eval::TuningReport& report, const Console& console) {
  std::vector<std::vector<std::string>> rows = {{"weight", "nDCG@" + std::to_string(report.k), ""}};
  for (const eval::WeightTrial& trial : report.trials) {
    std::string note = trial.weight == report.best ? "best" : "";
    if (trial.weight == report.current) note += note.empty() ? "configured" : ", configured";
    rows.push_back({FormatConfigValue(trial.weight), FormatFixed(trial.mean, 4), std::move(note)});
  }
  std::string text = Table(rows, {0, 1}, console);
  text += "best against configured, on the questions that chose it: +" +
          FormatFixed(report.apparent_gain, 4) + "\n";
  text += "chosen on one half of the questions, on the other: " + GainText(report.gain) + "\n";
  if (report.advised == report.current) {
    return text + "no weight is surely better than the configured one\n";
  }
  return text + "for quarry.yaml:\n  retrieval:\n    collection_dense_weights: [\"" +
         report.collection + "=" + FormatConfigValue(report.advised) + "\"]\n";
}

std::string TuningJson(const eval::TuningReport& report) {
  Json json;
  json["directory"] = report.directory;
  json["collection"] = report.collection;
  json["k"] = report.k;
  json["current"] = report.current;
  json["best"] = report.best;
  json["apparent_gain"] = report.apparent_gain;
  json["gain"] = ToJson(report.gain);
  json["advised"] = report.advised;
  for (const eval::WeightTrial& trial : report.trials) {
    json["trials"].push_back({{"weight", trial.weight}, {"ndcg", trial.mean}});
  }
  return Line(json);
}

}  // namespace quarry::app
