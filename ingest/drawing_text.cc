#include "ingest/drawing_text.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/text.h"

namespace quarry::ingest {
namespace {

constexpr int64_t kMaxPoints = 100'000;  // of a series
constexpr size_t kMaxSeries = 1000;      // of a chart; of more the first
constexpr size_t kMaxPointBytes = 1000;  // that the names of a point at several levels grow to

// The points of c:cat, c:val, c:xVal ...: by c:pt/@idx.
void ReadPoints(xml::Node node, std::map<int64_t, std::string>* points) {
  for (const xml::Node child : node.children()) {
    if (!xml::Is(child, "pt")) {
      ReadPoints(child, points);
      continue;
    }
    const int64_t index = xml::IntegerAttribute(child, "idx").value_or(-1);
    if (index < 0 || index >= kMaxPoints) continue;
    // Of several levels of categories the outer ones come last.
    std::string& text = (*points)[index];
    if (text.size() > kMaxPointBytes) continue;
    const std::string value = xml::TextOf(xml::Child(child, "v"));
    text = text.empty() ? value : value + ' ' + text;
  }
}

std::string ChartText(xml::Node node) {
  std::string text;
  for (const xml::Node child : node.children()) {
    if (xml::Is(child, "t") || xml::Is(child, "v")) {
      text += xml::TextOf(child);
    } else {
      text += ChartText(child);
      if (xml::Is(child, "p") && !text.empty()) text += ' ';
    }
  }
  return text;
}

void CollectSeries(xml::Node node, std::vector<xml::Node>* series) {
  for (const xml::Node child : node.children()) {
    if (xml::Is(child, "ser")) {
      series->push_back(child);
    } else {
      CollectSeries(child, series);
    }
  }
}

bool IsOneToken(std::string_view text) { return text.find_first_of(" +-*/=<>,±×·÷") == text.npos; }

std::string Grouped(const std::string& text) { return IsOneToken(text) ? text : '(' + text + ')'; }

}  // namespace

std::string TidyLines(std::string_view text) {
  std::string tidy;
  RunningText running(&tidy, 0);
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    running.Append(text.substr(0, end));
    if (end == text.size()) break;
    running.AppendLineBreak();
    text.remove_prefix(end + 1);
  }
  return std::string(Trim(tidy));
}

std::string AltText(std::string_view alt) {
  // What Office adds to descriptions of its own making.
  static constexpr std::string_view kRemarks[] = {"AI-generated content may be incorrect.",
                                                  "AI 生成的内容可能不正确。",
                                                  "Description automatically generated"};
  for (const std::string_view remark : kRemarks) alt = alt.substr(0, alt.find(remark));
  const std::string line = TitleLine(alt);
  const std::string extension = ExtensionOf(line);
  const bool is_file = line.find(' ') == line.npos && extension.size() >= 3;
  return is_file ? "" : line;
}

void WriteChart(xml::Node chart_space, DocumentBuilder* builder) {
  const xml::Node chart = xml::Child(chart_space, "chart");
  std::string titles = TitleLine(ChartText(xml::Child(chart, "title")));
  for (const xml::Node axis : xml::Child(chart, "plotArea").children()) {
    const std::string title = TitleLine(ChartText(xml::Child(axis, "title")));
    if (!title.empty()) titles += (titles.empty() ? "" : "; ") + title;
  }
  builder->Add(BlockKind::kParagraph, 0, titles);

  std::vector<xml::Node> all;
  CollectSeries(xml::Child(chart, "plotArea"), &all);
  if (all.size() > kMaxSeries) all.resize(kMaxSeries);
  std::vector<std::string> names = {""};
  std::map<int64_t, std::string> categories;
  std::vector<std::map<int64_t, std::string>> values;
  for (const xml::Node series : all) {
    names.push_back(TitleLine(ChartText(xml::Child(series, "tx"))));
    if (categories.empty()) ReadPoints(xml::Child(series, "cat"), &categories);
    if (categories.empty()) ReadPoints(xml::Child(series, "xVal"), &categories);
    ReadPoints(xml::Child(series, "val"), &values.emplace_back());
    if (values.back().empty()) ReadPoints(xml::Child(series, "yVal"), &values.back());
  }
  // Only what there is, each with its column: series may have a point each, in rows of their own.
  std::map<int64_t, std::vector<std::pair<size_t, std::string_view>>> rows;
  for (const auto& [index, category] : categories) rows[index].emplace_back(size_t{0}, category);
  for (size_t i = 0; i < values.size(); ++i) {
    for (const auto& [index, value] : values[i]) rows[index].emplace_back(i + 1, value);
  }
  if (rows.empty()) return;
  TableWriter table(builder);
  table.SetHeader({names.begin(), names.end()});
  for (const auto& [index, filled] : rows) {
    std::vector<std::string_view> row(filled.back().first + 1);
    for (const auto& [column, text] : filled) row[column] = text;
    table.AddRow(row);
  }
  table.Finish();
}

void WriteDiagram(xml::Node data_model, DocumentBuilder* builder) {
  for (const xml::Node point : xml::Child(data_model, "ptLst").children()) {
    const xml::Node text = xml::Child(point, "t");
    if (text) builder->Add(BlockKind::kListItem, 1, TitleLine(ChartText(text)));
  }
}

std::string MathText(xml::Node formula) {
  std::string text;
  for (const xml::Node node : formula.children()) {
    const std::string_view name = xml::NameOf(node);
    const auto part = [&](std::string_view child) { return MathText(xml::Child(node, child)); };
    if (name == "t") {
      // U+2061, "function application", stands between "sin" and "θ" and is not to be seen.
      const std::string run = xml::TextOf(node);
      text += run == "\u2061" ? " " : run;
    } else if (name == "f") {
      text += Grouped(part("num")) + '/' + Grouped(part("den"));
    } else if (name == "sSup") {
      text += part("e") + '^' + Grouped(part("sup"));
    } else if (name == "sSub") {
      text += part("e") + '_' + Grouped(part("sub"));
    } else if (name == "sSubSup") {
      text += part("e") + '_' + Grouped(part("sub")) + '^' + Grouped(part("sup"));
    } else if (name == "rad") {
      text += part("deg") + "√(" + part("e") + ')';
    } else if (name == "nary") {
      const std::string_view sign = xml::Attribute(xml::Path(node, {"naryPr", "chr"}), "val");
      text += sign.empty() ? "∫" : sign;
      if (const std::string below = part("sub"); !below.empty()) text += '_' + Grouped(below);
      if (const std::string above = part("sup"); !above.empty()) text += '^' + Grouped(above);
      text += ' ' + part("e");
    } else if (name == "d") {
      const xml::Node begin = xml::Path(node, {"dPr", "begChr"});
      const xml::Node end = xml::Path(node, {"dPr", "endChr"});
      text += begin ? xml::Attribute(begin, "val") : "(";
      text += MathText(node);
      text += end ? xml::Attribute(end, "val") : ")";
    } else if (!name.ends_with("Pr")) {
      text += MathText(node);
    }
  }
  return text;
}

}  // namespace quarry::ingest
