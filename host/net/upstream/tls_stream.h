// TLS towards a provider: 1.2 or newer, the certificate checked against the CA store and the host
// name, both inside the handshake. Poco sets the context up; the session is OpenSSL's own, since
// Poco's SecureStreamSocket leaves the thread's error queue dirty for the next connection and does
// not tell why a certificate was refused.
// TlsContext is thread-safe; a TlsStream serves one thread at a time.
#pragma once

#include <Poco/Net/Context.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "core/status.h"
#include "net/upstream/byte_stream.h"
#include "net/dial/deadlines.h"

namespace gatehouse::net {

class TlsContext {
 public:
  // Trusts the system's CA store, or only the CAs in `ca_file` (PEM) when one is given.
  static core::Result<TlsContext> create(const std::string& ca_file);

  SSL_CTX* native() const { return context_->sslContext(); }

 private:
  explicit TlsContext(Poco::Net::Context::Ptr context) : context_(std::move(context)) {}
  Poco::Net::Context::Ptr context_;
};

class TlsStream : public ByteStream {
 public:
  // Shakes hands on a connected socket, within the present phase of `deadlines`.
  static core::Result<std::unique_ptr<ByteStream>> open(const Poco::Net::StreamSocket& socket, const TlsContext& context,
                                                        const std::string& host, Deadlines& deadlines);

  Step read(std::span<char> buffer) override;
  Step write(std::string_view bytes) override;
  bool has_buffered() const override { return SSL_has_pending(session_.get()) == 1; }
  IdleState idle() override;
  std::uint64_t written() const override { return BIO_number_written(SSL_get_wbio(session_.get())); }

 private:
  struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
  };
  using Session = std::unique_ptr<SSL, Free>;

  TlsStream(const Poco::Net::StreamSocket& socket, Session session)
      : ByteStream(socket), session_(std::move(session)) {}
  static core::Result<Session> prepare(const TlsContext& context, const std::string& host, int fd);
  core::Status shake_hands(Deadlines& deadlines);
  Step outcome(int result) const;
  std::string refusal() const;

  Session session_;
};

}  // namespace gatehouse::net
