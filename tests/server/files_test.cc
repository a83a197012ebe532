// Files that are uploaded, over a real engine.

#include <string>
#include <vector>

#include "tests/server/stores_testing.h"

namespace quarry::server {
namespace {

using std::string;
using testing::JsonReply;

TEST_F(StoresTest, AFileComesBackAsItWasUploaded) {
  string content = "\xFF\x00 any bytes\r\n--xy\r\n";
  content.resize(3'000'000, 'x');  // of several parts
  const string id = Upload("C:\\notes\\a \\\"b\\\".bin", content);
  const JsonReply shown = server_.Get("/v1/files/" + id);
  EXPECT_EQ(shown.json.at("filename"), "a \"b\".bin");
  EXPECT_EQ(shown.json.at("bytes"), content.size());
  EXPECT_EQ(shown.json.at("purpose"), "assistants");
  EXPECT_EQ(shown.json.at("created_at"), 1'700'000'000);
  const JsonReply bytes = server_.Get("/v1/files/" + id + "/content");
  EXPECT_TRUE(bytes.http.body == content);
  EXPECT_EQ(bytes.http.Header("content-disposition"), "attachment");
  const size_t nosniff = bytes.http.head.find("X-Content-Type-Options: nosniff\r\n");
  ASSERT_NE(nosniff, string::npos);
  EXPECT_EQ(bytes.http.head.find("X-Content-Type-Options", nosniff + 1), string::npos);
  EXPECT_EQ(server_.Delete("/v1/files/" + id).json.at("deleted"), true);
  EXPECT_EQ(server_.Get("/v1/files/" + id).Message(), "there is no file \"" + id + "\"");
  EXPECT_EQ(server_.Get("/v1/files/" + id + "/content").status, 404);
  EXPECT_EQ(server_.Delete("/v1/files/" + id).status, 404);
}

TEST_F(StoresTest, FilesAreListedByPages) {
  std::vector<string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Upload("f" + std::to_string(i), "x"));
  const std::vector<string> newest_first(ids.rbegin(), ids.rend());
  EXPECT_EQ(Ids(server_.Get("/v1/files")), newest_first);
  EXPECT_EQ(Ids(server_.Get("/v1/files?order=asc")), ids);
  const JsonReply page = server_.Get("/v1/files?limit=2&after=" + ids[4]);
  EXPECT_EQ(Ids(page), (std::vector<string>{ids[3], ids[2]}));
  EXPECT_EQ(page.json.at("has_more"), true);
  EXPECT_EQ(page.json.at("first_id"), ids[3]);
  EXPECT_EQ(page.json.at("last_id"), ids[2]);
  EXPECT_EQ(server_.Get("/v1/files?limit=2&after=" + ids[2]).json.at("has_more"), false);
  EXPECT_TRUE(Ids(server_.Get("/v1/files?purpose=batch")).empty());
  EXPECT_EQ(server_.Get("/v1/files?order=up").Message(),
            "query parameter \"order\": expected asc or desc, not \"up\"");
  EXPECT_EQ(server_.Get("/v1/files?after=file-x").status, 404);
}

TEST_F(StoresTest, AnUploadThatIsNoneSaysWhatIsMissing) {
  const string file = "name=\"file\"; filename=\"a.txt\"";
  const auto message = [&](const string& body) {
    const JsonReply reply = Send(body);
    EXPECT_EQ(reply.status, 400) << body;
    return reply.Message();
  };
  EXPECT_EQ(message(Form({{file, "x"}})), "purpose: is missing");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}})), "file: is missing");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "fun"}, {file, "x"}})),
            "purpose: \"fun\" is none; expected one of assistants, batch, fine-tune, vision, "
            "user_data, evals");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}, {"name=\"file\"", "x"}})),
            "file: expected a file with its name");
  EXPECT_EQ(message(Form({{"name=\"purpose\"", "batch"}, {file, ""}})), "file: is empty");
  EXPECT_EQ(message(Form({{"name=\"colour\"", "red"}})),
            "body: unknown field \"colour\"; expected file and purpose");
  EXPECT_EQ(message("--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx"),
            "body: part \"file\" does not end with the boundary");
  EXPECT_EQ(server_.Send("POST", "/v1/files", "{}", "application/json").status, 415);
}

}  // namespace
}  // namespace quarry::server
