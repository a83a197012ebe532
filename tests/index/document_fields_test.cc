#include "index/document_fields.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/index/index_testing.h"

namespace quarry::index {
namespace {

using Op = Filter::Op;

Filter Comparison(Op op, const std::string& field, std::vector<MetadataValue> values) {
  return {.op = op, .children = {}, .field = field, .values = std::move(values)};
}

StoredDocument WithTime(const std::string& key, const std::string& time) {
  StoredDocument document;
  document.metadata[key] = time;
  return document;
}

TEST(DocumentFieldsTest, AreTypeLanguageAndTheYearOfTheFirstTime) {
  StoredDocument document;
  document.media_type = "text/markdown";
  document.language = "zh";
  document.metadata = {{"created", std::string("1999")},
                       {"modified", std::string("2024-05-01T10:00:00Z")},
                       {"team", std::string("ops")}};
  EXPECT_EQ(BuiltInFields(document), (Metadata{{"$type", std::string("text/markdown")},
                                               {"$language", std::string("zh")},
                                               {"$year", std::string("2024")}}));
  EXPECT_EQ(FieldsOf(document).size(), 6u);
  EXPECT_EQ(BuiltInFields(StoredDocument()), Metadata());
  EXPECT_EQ(BuiltInFields(WithTime("created", "1999")).at("$year"),
            MetadataValue(std::string("1999")));
  for (const char* none : {"", "99", "May 2024", "20245-01-01", "二〇二四年"}) {
    EXPECT_EQ(BuiltInFields(WithTime("date", none)), Metadata()) << none;
  }
}

TEST(DocumentFieldsTest, ALanguageIsAFilter) {
  StoredDocument document;
  document.language = "zh";
  EXPECT_OK(ValidateFilter(InLanguage("zh")));
  EXPECT_TRUE(Matches(InLanguage("zh"), document));
  EXPECT_FALSE(Matches(InLanguage("en"), document));
  EXPECT_FALSE(Matches(InLanguage("zh"), StoredDocument()));
}

TEST(DocumentFieldsTest, AKeyOfTheMetadataWithTheirNameStandsBack) {
  StoredDocument document;
  document.media_type = "text/html";
  document.metadata = {{"$type", std::string("mine")}, {"$year", std::string("mine")}};
  EXPECT_EQ(FieldsOf(document), (Metadata{{"$type", std::string("text/html")}}));
  EXPECT_FALSE(Matches(Comparison(Op::kEq, "$year", {std::string("mine")}), document));
}

class DocumentFieldsFilterTest : public IndexTest {};

TEST_F(DocumentFieldsFilterTest, ASearchFindsWhatMatches) {
  ASSERT_OK(Open());
  std::vector<DocumentDraft> drafts;
  for (int i = 0; i < 12; ++i) {
    Metadata metadata = {{"$type", std::string("mine")}};
    if (i % 4 != 0) metadata["date"] = std::to_string(2020 + i % 3) + "-01-02";
    DocumentDraft draft =
        MakeDraft("d" + std::to_string(i), {"common " + std::to_string(i)}, metadata);
    draft.document.media_type = i % 2 == 0 ? "text/plain" : "text/html";
    draft.document.language = i % 3 == 0 ? "" : i % 3 == 1 ? "en" : "zh";
    drafts.push_back(std::move(draft));
  }
  Put(std::move(drafts));
  const auto snapshot = TestSnapshot();
  const std::string zh = "zh";
  const std::vector<Filter> filters = {
      Comparison(Op::kEq, "$type", {std::string("text/html")}),
      Comparison(Op::kEq, "$type", {std::string("mine")}),
      InLanguage(zh),
      Comparison(Op::kNe, "$language", {zh}),
      Comparison(Op::kIn, "$language", {zh, std::string("en")}),
      Comparison(Op::kNin, "$year", {std::string("2021")}),
      Comparison(Op::kGte, "$year", {std::string("2021")}),
      Comparison(Op::kGte, "$year", {2021.0}),
      Filter{
          .op = Op::kAnd,
          .children = {InLanguage(zh), Comparison(Op::kLt, "date", {std::string("2022-01-03")})}}};
  for (const Filter& filter : filters) {
    std::set<std::string> expected;
    for (int i = 0; i < 12; ++i) {
      const std::string id = "d" + std::to_string(i);
      if (Matches(filter, snapshot->ReadDocument(id).value())) expected.insert(id + "#0");
    }
    ASSERT_OK_AND_ASSIGN(const AllowedRows allowed, snapshot->Allow(filter, {}, CallContext()));
    const auto found = SearchWords(*snapshot, "common", allowed);
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
  }
}

}  // namespace
}  // namespace quarry::index
