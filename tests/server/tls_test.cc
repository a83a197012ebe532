// A server over TLS, asked by the client that models are reached with.

#include "server/tls.h"

#include <filesystem>
#include <thread>

#include "base/file.h"
#include "model/http_client.h"
#include "tests/server/server_testing.h"
#include "tests/testing/http_upstream.h"

namespace quarry::server {
namespace {

using model::HttpClient;
using model::HttpRequest;
using model::HttpResponse;
using std::string;
using testing::Fetch;
using testing::HttpConnection;
using testing::MakeTemporaryDirectory;
using testing::TestAuthority;
using testing::TestServer;

class TlsTest : public ::testing::Test {
 protected:
  ServerOptions Options(const TestAuthority& authority) const {
    ServerOptions options;
    options.tls_certificate = authority.certificate_file();
    options.tls_key = authority.key_file();
    return options;
  }
  Result<HttpResponse> Get(const TestServer& server, const string& target,
                           const string& ca_file) const {
    HttpRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(server.port()) + target;
    return HttpClient({.ca_file = ca_file})
        .Send(request, {}, CallContext::WithTimeout(std::chrono::seconds(20)));
  }

  TestAuthority authority_{"quarry.test"};
};

TEST_F(TlsTest, ServesOverTls) {
  TestServer server(Options(authority_));
  const Result<HttpResponse> health = Get(server, "/healthz", authority_.ca_file());
  ASSERT_TRUE(health.ok()) << health.status().message();
  EXPECT_EQ(health->status, 200);
}

TEST_F(TlsTest, LargeBodiesGoBothWays) {
  TestServer server(Options(authority_));
  HttpRequest request{.method = "PUT",
                      .url = "https://127.0.0.1:" + std::to_string(server.port()) +
                             "/api/v1/documents/big?collection=default"};
  string text;
  while (text.size() < (3u << 20))
    text += "The pump of line " + std::to_string(text.size()) + " runs. ";
  request.headers = {{"Content-Type", "text/plain"}};
  request.body = text;
  const HttpClient client({.ca_file = authority_.ca_file()});
  const CallContext context = CallContext::WithTimeout(std::chrono::seconds(60));
  const Result<HttpResponse> put = client.Send(request, {}, context);
  ASSERT_TRUE(put.ok()) << put.status().message();
  EXPECT_EQ(put->status, 201) << put->body.substr(0, 300);
  request.method = "GET";
  request.body.clear();
  request.headers.clear();
  request.url += "&text=true";
  const Result<HttpResponse> got = client.Send(request, {}, context);
  ASSERT_TRUE(got.ok()) << got.status().message();
  EXPECT_GT(got->body.size(), 3u << 20);
}

TEST_F(TlsTest, APlainRequestGetsNoAnswerAndHarmsNobody) {
  TestServer server(Options(authority_));
  EXPECT_FALSE(Fetch(server.port(), "GET", "/healthz"));
  HttpConnection silent(server.port());
  HttpConnection garbage(server.port());
  EXPECT_TRUE(garbage.Send(string("\x16\x03\x01\x02", 4) + string(2000, 'x')));
  EXPECT_TRUE(Get(server, "/healthz", authority_.ca_file()).ok());
}

TEST_F(TlsTest, AHandshakeThatDoesNotComeEndsAsHeadersDo) {
  ServerOptions options = Options(authority_);
  options.header_seconds = 1;
  TestServer server(options);
  HttpConnection silent(server.port(), std::chrono::seconds(10));
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(TlsTest, ReloadingTakesNewFilesAndABadOneKeepsTheOld) {
  const TemporaryDirectory directory = MakeTemporaryDirectory();
  const TestAuthority other("other.test");
  const string certificate = directory.path() + "/server.pem";
  const string key = directory.path() + "/server.key";
  const auto copy = [](const string& from, const string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  };
  copy(authority_.certificate_file(), certificate);
  copy(authority_.key_file(), key);
  ServerOptions options;
  options.tls_certificate = certificate;
  options.tls_key = key;
  TestServer server(options);
  EXPECT_TRUE(Get(server, "/healthz", authority_.ca_file()).ok());

  QUARRY_CHECK(WriteFileAtomically(certificate, "no certificate").ok());
  const Status bad = server.server().ReloadTls();
  EXPECT_EQ(bad.code(), Code::kInvalidArgument);
  EXPECT_TRUE(bad.message().starts_with(certificate + ": expected a certificate in PEM: "))
      << bad.message();
  EXPECT_TRUE(Get(server, "/healthz", authority_.ca_file()).ok());

  copy(other.certificate_file(), certificate);
  EXPECT_EQ(server.server().ReloadTls().message(), key + ": is not the key of " + certificate);
  copy(other.key_file(), key);
  ASSERT_TRUE(server.server().ReloadTls().ok());
  EXPECT_TRUE(Get(server, "/healthz", other.ca_file()).ok());
  EXPECT_FALSE(Get(server, "/healthz", authority_.ca_file()).ok());
}

TEST_F(TlsTest, WhatCannotBeLoadedIsNamed) {
  EXPECT_EQ(TlsIdentity::Load("/nowhere.pem", "/nowhere.key").status().code(), Code::kNotFound);
  const Status no_key =
      TlsIdentity::Load(authority_.certificate_file(), authority_.certificate_file()).status();
  EXPECT_TRUE(
      no_key.message().starts_with(authority_.certificate_file() +
                                   ": expected the certificate's key in PEM, without a password: "))
      << no_key.message();
}

TEST_F(TlsTest, TheOwnerReachesItWithoutTlsOnLoopback) {
  ServerOptions options = Options(authority_);
  options.owner_token = "qo-1";
  TestServer server(options);
  ASSERT_NE(server.server().owner_port(), server.port());
  const auto get = [&](const char* headers) {
    const auto reply = Fetch(server.server().owner_port(), "GET", "/healthz", "", headers);
    return reply ? reply->status : 0;
  };
  EXPECT_EQ(get("Authorization: Bearer qo-1\r\n"), 200);
  EXPECT_EQ(get(""), 403) << "it is for nobody else";
}

}  // namespace
}  // namespace quarry::server
