#pragma once

// What the tests of replies by rules share: tables and pages as they are read from files, and a
// small engine that is asked.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ingest/parser.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {

// A table by the bytes of its file.
inline Document CsvTable(const std::string& path, const std::string& title, const char* rows) {
  ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kCsv)
                                    .Parse(rows, {.id = path, .path = path, .uri = "test:" + path})
                                    .value();
  Document document = std::move(parsed.documents.at(0));
  document.title = title;
  return document;
}

// Orders of two regions in two quarters.
inline Document SalesTable() {
  ingest::ParsedSource parsed =
      ingest::ParserFor(ingest::Format::kCsv)
          .Parse(
              "区域,季度,订单数,负责人\n华东,Q1,342,王磊\n华东,Q2,391,王磊\n华南,Q1,277,黄丽娟\n"
              "华南,Q2,290,黄丽娟\n",
              {.id = "sales.csv", .path = "sales.csv", .uri = "test:sales.csv"})
          .value();
  Document document = std::move(parsed.documents.at(0));
  document.title = "2025年各区域订单数";
  return document;
}

// A page of Markdown by the text of its file.
inline Document MarkdownDocument(const std::string& path, const std::string& text) {
  ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kMarkdown)
                                    .Parse(text, {.id = path, .path = path, .uri = "test:" + path})
                                    .value();
  return std::move(parsed.documents.at(0));
}

// A small engine, which each test fills and asks.
class ReplyRulesTest : public ::testing::Test {
 protected:
  Answer Ask(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value();
  }

  // The answer names of `all` these and no others.
  void ExpectNamesOnly(const std::string& question, const std::vector<std::string>& all,
                       const std::vector<std::string>& named) {
    const Answer answer = Ask(question);
    EXPECT_EQ(answer.kind, ReplyKind::kAnswer) << question;
    EXPECT_FALSE(answer.abstained) << question;
    for (const std::string& name : all) {
      const bool is_named = answer.text.find(name) != std::string::npos;
      EXPECT_EQ(is_named, std::ranges::count(named, name) > 0) << question << " " << name;
    }
  }

  testing::TestEngine engine_;
};

}  // namespace quarry::generation
