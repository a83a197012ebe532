// The check of responses by OpenAI's description: it finds what is wrong.

#include "tests/server/openapi_testing.h"

#include "tests/testing/test_environment.h"

namespace quarry::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kYaml = R"(paths:
  /things:
    post:
      responses:
        '200':
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
  /things/{id}:
    get:
      responses:
        '200':
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Part'
components:
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required:
        - id
        - part
      properties:
        id:
          type: string
          maxLength: 4
        size:
          type: integer
          minimum: 1
        note:
          anyOf:
            - type: string
            - type: 'null'
        part:
          oneOf:
            - $ref: '#/components/schemas/Part'
            - $ref: '#/components/schemas/Wheel'
          discriminator:
            propertyName: type
        numbers:
          type: array
          maxItems: 2
          items:
            oneOf:
              - type: number
              - type: integer
    Part:
      type: object
      properties:
        type:
          type: string
          enum:
            - part
        weight:
          type: number
      required:
        - type
        - weight
    Wheel:
      allOf:
        - type: object
          properties:
            type:
              type: string
              enum:
                - wheel
        - required:
            - spokes
    Odd:
      dependentRequired: x
)";

class OpenApiTest : public ::testing::Test {
 protected:
  std::vector<std::string> CheckThing(const json& patch) const {
    json thing = {{"id", "a"}, {"part", {{"type", "part"}, {"weight", 0.5}}}};
    thing.merge_patch(patch);
    return description_.Check("Thing", thing);
  }
  const OpenAiDescription description_{kYaml};
};

TEST_F(OpenApiTest, AValueAsDescribedHasNoProblem) {
  EXPECT_THAT(CheckThing({{"size", 2}}), IsEmpty());
  EXPECT_THAT(CheckThing({{"note", "x"}}), IsEmpty());
  EXPECT_THAT(CheckThing({{"part", {{"type", "wheel"}, {"spokes", 3}}}}), IsEmpty());
}

TEST_F(OpenApiTest, ProblemsNameTheirPlace) {
  EXPECT_THAT(CheckThing({{"id", nullptr}}), ElementsAre("id: is missing"));
  EXPECT_THAT(CheckThing({{"id", 5}}), ElementsAre("id: expected [\"string\"], not 5"));
  EXPECT_THAT(CheckThing({{"id", "abcde"}}), ElementsAre("id: is too long"));
  EXPECT_THAT(CheckThing({{"size", 0}}), ElementsAre("size: is too small: 0"));
  EXPECT_THAT(CheckThing({{"size", 1.5}}), ElementsAre("size: expected [\"integer\"], not 1.5"));
  EXPECT_THAT(CheckThing({{"colour", "red"}}), ElementsAre("colour: is not allowed"));
  EXPECT_THAT(CheckThing({{"note", 7}}),
              ElementsAre("note: fits none of anyOf: 7", "note: expected [\"string\"], not 7"));
  EXPECT_THAT(CheckThing({{"numbers", {1.5, 2.5, 3.5}}}),
              ElementsAre("numbers: has too many items"));
}

TEST_F(OpenApiTest, ADiscriminatorSaysWhichAlternativeIsMeant) {
  EXPECT_THAT(CheckThing({{"part", {{"type", "wheel"}}}}),
              ElementsAre("part: fits none of oneOf: {\"type\":\"wheel\",\"weight\":0.5}",
                          "part.spokes: is missing"));
  EXPECT_THAT(CheckThing({{"part", {{"type", "door"}}}}), SizeIs(1));
}

TEST_F(OpenApiTest, OfOneOfExactlyOneFits) {
  EXPECT_THAT(CheckThing({{"numbers", {1}}}), ElementsAre("numbers[0]: fits several of oneOf: 1"));
  EXPECT_THAT(CheckThing({{"numbers", {1.5}}}), IsEmpty());
}

TEST_F(OpenApiTest, AKeywordThatIsNotUnderstoodIsAProblem) {
  EXPECT_THAT(description_.Check("Odd", 1), SizeIs(1));
}

TEST_F(OpenApiTest, FindsTheSchemaOfAResponse) {
  EXPECT_EQ(description_.ResponseSchema("POST", "/things", "application/json"), "Thing");
  EXPECT_EQ(description_.ResponseSchema("GET", "/things/a", "application/json"), "Part");
  EXPECT_EQ(description_.ResponseSchema("GET", "/things/a/b", "application/json"), std::nullopt);
  EXPECT_EQ(description_.ResponseSchema("GET", "/things", "application/json"), std::nullopt);
}

TEST(OpenAiDescription, IsReadWhereItIs) {
  const OpenAiDescription* description = OpenAiDescription::Get();
  if (description == nullptr) GTEST_SKIP() << "no ../shared/suites/openai-openapi/openapi.yaml";
  EXPECT_EQ(description->ResponseSchema("GET", "/vector_stores/vs_1/files/f", "application/json"),
            "VectorStoreFileObject");
  EXPECT_EQ(description->ResponseSchema("POST", "/responses", "text/event-stream"),
            "ResponseStreamEvent");
  EXPECT_THAT(description->Check("DeleteFileResponse",
                                 {{"id", "f"}, {"object", "file"}, {"deleted", true}}),
              IsEmpty());
  EXPECT_THAT(description->Check("DeleteFileResponse", {{"id", "f"}, {"object", "file"}}),
              ElementsAre("deleted: is missing"));
}

}  // namespace
}  // namespace quarry::testing
