#pragma once

// The text of what is drawn in office documents: charts, diagrams, formulas, the words that stand
// for a picture. Internal to ingest/.

#include <string>
#include <string_view>

#include "ingest/document_builder.h"
#include "ingest/xml_tree.h"

namespace quarry::ingest {

// `text` with every line's white space as single spaces and its line breaks kept.
std::string TidyLines(std::string_view text);

// The words that stand for a picture; "" where they are only the name of a file or were made up by
// a program.
std::string AltText(std::string_view alt);

// A chart (DrawingML, c:chartSpace): its titles as a paragraph, its values as a table with a row
// per category and a column per series.
void WriteChart(xml::Node chart_space, DocumentBuilder* builder);

// A diagram (SmartArt, dgm:dataModel): a list item per point that has text.
void WriteDiagram(xml::Node data_model, DocumentBuilder* builder);

// A formula (m:oMath) on one line: "a/(b+c)", "x^2", "x_i", "√(x)".
std::string MathText(xml::Node formula);

}  // namespace quarry::ingest
