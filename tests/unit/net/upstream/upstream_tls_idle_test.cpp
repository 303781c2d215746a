// What a provider does on an idle connection with TLS: but for a session ticket it ends the connection.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <semaphore>
#include <string>

#include "scripted_server.h"
#include "tls_authority.h"

namespace gatehouse::net {
namespace {

// A peer that speaks TLS with OpenSSL itself, for what Poco's sockets cannot do. One thread.
class TlsPeer {
 public:
  TlsPeer(ScriptedPeer& peer, const Authority& authority)
      : peer_(peer), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX_use_certificate_file(context_.get(), authority.path("good.pem").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), authority.path("good.key").c_str(), SSL_FILETYPE_PEM);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), peer.fd());
    accepted_ = SSL_accept(session_.get()) == 1;
  }

  std::string read_request() {
    std::string text;
    char buffer[4096];
    while (accepted_ && text.find("\r\n\r\n") == text.npos) {
      const int size = SSL_read(session_.get(), buffer, sizeof buffer);
      if (size <= 0) return {};
      text.append(buffer, static_cast<std::size_t>(size));
    }
    return text;
  }
  void write(const std::string& bytes) { SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  void send_ticket() {
    ASSERT_EQ(SSL_new_session_ticket(session_.get()), 1);
    ASSERT_EQ(SSL_do_handshake(session_.get()), 1);
  }
  void send_farewell() { SSL_shutdown(session_.get()); }
  ScriptedPeer& below() { return peer_; }

 private:
  ScriptedPeer& peer_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, SSL_free};
  bool accepted_ = false;
};

struct IdleCase {
  const char* name;
  void (*act)(TlsPeer&);
  bool stays;  // the connection is still of use
};

const IdleCase kIdleCases[] = {
    {"nothing", [](TlsPeer&) {}, true},
    {"a session ticket", [](TlsPeer& peer) { peer.send_ticket(); }, true},
    {"another answer", [](TlsPeer& peer) { peer.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"); }, false},
    {"one byte", [](TlsPeer& peer) { peer.write("x"); }, false},
    {"a ticket and a byte", [](TlsPeer& peer) { peer.send_ticket(), peer.write("x"); }, false},
    {"a farewell", [](TlsPeer& peer) { peer.send_farewell(); }, false},
    {"bytes without TLS", [](TlsPeer& peer) { peer.below().write("HTTP/1.1 400 X\r\n\r\n"); }, false},
    {"half a record", [](TlsPeer& peer) { peer.below().write({"\x17\x03\x03\0\x40half", 9}); }, false},
    {"the end of the connection", [](TlsPeer& peer) { peer.below().end_sending(); }, false},
    {"a reset", [](TlsPeer& peer) { peer.below().reset(); }, false},
};

// A provider that does something unasked between two requests.
TEST_F(UpstreamTlsTest, WhatNobodyAskedForReachesNobody) {
  for (const IdleCase& idle : kIdleCases) {
    const testing::ScopedTrace where(__FILE__, __LINE__, idle.name);
    std::counting_semaphore<> answered(0), done(0);
    Server server(*this, [&](ScriptedPeer& below, int number) {
      TlsPeer peer(below, *authority);
      if (peer.read_request().empty()) return;
      peer.write(kOk);
      if (number == 0) {
        answered.acquire();
        idle.act(peer);
        below.deliver();
        done.release();
      }
      while (!peer.read_request().empty()) peer.write(kOk);
    });
    ASSERT_TRUE(upstream->trust(ca_file).ok());
    const std::string url = "https://localhost:" + std::to_string(server.port()) + "/v1";
    ASSERT_TRUE(post(url).ok());
    answered.release();
    done.acquire();
    const core::Status status = post(url);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(sink.body, "hello");
    EXPECT_EQ(trace.reused, idle.stays);
    EXPECT_FALSE(trace.resent);
    EXPECT_EQ(server.connections(), idle.stays ? 1 : 2);
  }
}

}  // namespace
}  // namespace gatehouse::net
