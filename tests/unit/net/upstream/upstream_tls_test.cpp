// TLS towards a provider, against a server with certificates of a CA made for this test.
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tls_authority.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;

// Answers every request on one connection at a time with `hello`.
class TlsServer {
 public:
  TlsServer(const Authority& authority, const std::string& certificate, bool farewell = true)
      : farewell_(farewell),
        listener_(Poco::Net::SocketAddress("127.0.0.1", 0), 8,
                  new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, authority.path(certificate + ".key"),
                                         authority.path(certificate + ".pem"), "", Poco::Net::Context::VERIFY_NONE)),
        thread_([this] { serve(); }) {}

  ~TlsServer() {
    stopping_ = true;
    Poco::Net::StreamSocket knock;
    knock.connect(listener_.address());
    knock.close();
    thread_.join();
  }

  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(listener_.address().port()) + "/v1";
  }
  int requests() const { return requests_; }

  // Each piece is sent as records of its own.
  std::vector<std::string> answer = {"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"};

 private:
  void serve() {
    while (!stopping_) {
      try {
        Poco::Net::StreamSocket socket = listener_.acceptConnection();
        socket.setReceiveTimeout(Poco::Timespan(5, 0));
        converse(socket);
      } catch (const Poco::Exception&) {  // a client that refuses our certificate
      }
    }
  }

  void converse(Poco::Net::StreamSocket& socket) {
    char buffer[4096];
    while (!stopping_ && socket.receiveBytes(buffer, sizeof buffer) > 0) {
      ++requests_;
      for (const std::string& piece : answer) socket.sendBytes(piece.data(), static_cast<int>(piece.size()));
      if (farewell_) continue;
      ::shutdown(socket.impl()->sockfd(), SHUT_RDWR);  // no close_notify: what cutting a cable looks like
      return;
    }
  }

  const bool farewell_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  Poco::Net::SecureServerSocket listener_;
  std::thread thread_;
};

TEST_F(UpstreamTlsTest, TalksToAServerThatProvesItsName) {
  TlsServer server(*authority, "good");
  core::Status status = post(server.url("localhost"));
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sink.body, "hello");
  status = post(server.url("localhost"));
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_TRUE(trace.reused);
  EXPECT_FALSE(trace.resent);
  upstream.reset();
}

TEST_F(UpstreamTlsTest, TakesAnAddressThatTheCertificateNames) {
  TlsServer server(*authority, "good");
  const core::Status status = post(server.url("127.0.0.1"));
  EXPECT_TRUE(status.ok()) << status.message();
  upstream.reset();
}

TEST_F(UpstreamTlsTest, ReadsAnAnswerOfManyRecords) {
  TlsServer server(*authority, "good");
  const std::string body(3u << 20, 'z');
  server.answer = {"HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
  const core::Status status = post(server.url("localhost"));
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sink.body, body);
  upstream.reset();
}

// A record larger than the room left in the buffer leaves bytes behind that poll() knows nothing of.
TEST_F(UpstreamTlsTest, ReadsWhatTheTlsLayerHoldsBack) {
  TlsServer server(*authority, "good");
  const std::string start = "HTTP/1.1 200 OK\r\nx-half: ";
  const std::string rest = "of a head\r\ncontent-length: 16348\r\n\r\n" + std::string(16348, 'z');
  ASSERT_EQ(rest.size(), 16384u) << "should be one full record";
  server.answer = {start, rest};
  timeouts.first_byte = timeouts.between_chunks = std::chrono::seconds(3);
  const core::Status status = post(server.url("localhost"));
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sink.body.size(), 16348u);
  upstream.reset();
}

TEST_F(UpstreamTlsTest, RefusesAnotherHostsCertificate) {
  TlsServer server(*authority, "elsewhere");
  expect_fails(post(server.url("localhost")), Code::upstream_unreachable,
               {"localhost:", "certificate", "hostname mismatch"});
  expect_fails(post(server.url("127.0.0.1")), Code::upstream_unreachable, {"certificate", "IP address mismatch"});
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(UpstreamTlsTest, RefusesAnExpiredCertificate) {
  TlsServer server(*authority, "expired");
  expect_fails(post(server.url("localhost")), Code::upstream_unreachable, {"certificate has expired"});
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(UpstreamTlsTest, RefusesASelfSignedCertificate) {
  TlsServer server(*authority, "self");
  expect_fails(post(server.url("localhost")), Code::upstream_unreachable, {"self-signed certificate"});
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(UpstreamTlsTest, RefusesAnUnknownCa) {
  ca_file.clear();
  TlsServer server(*authority, "good");
  expect_fails(post(server.url("localhost")), Code::upstream_unreachable, {"certificate", "unable to get"});
  EXPECT_EQ(server.requests(), 0);
}

// A refusal must not leave anything behind for the thread's next connection.
TEST_F(UpstreamTlsTest, AFailedHandshakeDoesNotHarmTheNextOne) {
  TlsServer bad(*authority, "self");
  TlsServer good(*authority, "good");
  expect_fails(post(bad.url("localhost")), Code::upstream_unreachable, {"self-signed"});
  const core::Status status = post(good.url("localhost"));
  EXPECT_TRUE(status.ok()) << status.message();
  upstream.reset();
}

TEST_F(UpstreamTlsTest, RefusesAServerThatSpeaksNoTls) {
  Server server(*this, [](ScriptedPeer& peer, int) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  expect_fails(post("https://127.0.0.1:" + std::to_string(server.port()) + "/"), Code::upstream_unreachable,
               {"failed the TLS handshake"});
}

TEST_F(UpstreamTlsTest, AStalledHandshakeCountsAsConnecting) {
  Server server(*this, [](ScriptedPeer& peer, int) { peer.wait_closed(); });
  timeouts.connect = std::chrono::milliseconds(100);
  expect_fails(post("https://127.0.0.1:" + std::to_string(server.port()) + "/"), Code::upstream_timeout,
               {"could not be reached within 100 ms"});
}

// Only a farewell proves that an answer without a length was not cut short.
TEST_F(UpstreamTlsTest, AnAnswerUntilCloseNeedsAFarewell) {
  TlsServer server(*authority, "good", false);
  server.answer = {"HTTP/1.1 200 OK\r\n\r\nhello"};
  expect_fails(post(server.url("localhost")), Code::upstream_failed, {"in the middle of its answer"});
}

TEST_F(UpstreamTlsTest, ABrokenCaFileIsAConfigurationError) {
  expect_fails(upstream->trust(authority->path("no-such.pem")), Code::config, {"no-such.pem"});
}

TEST_F(UpstreamTlsTest, ACaFileCountsForItsOwnProviderOnly) {
  TlsServer trusted(*authority, "good");
  EXPECT_TRUE(post(trusted.url("localhost")).ok());
  ca_file.clear();
  TlsServer other(*authority, "good");
  EXPECT_EQ(post(other.url("localhost")).code(), Code::upstream_unreachable);
  upstream.reset();
}

}  // namespace
}  // namespace gatehouse::net
