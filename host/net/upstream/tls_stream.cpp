#include "net/upstream/tls_stream.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetSSL.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <cerrno>
#include <system_error>

#include "core/wait.h"

namespace gatehouse::net {
namespace {

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  return errno != 0 ? std::generic_category().message(errno) : "connection closed without a farewell";
}

bool is_unexpected_end() { return ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING; }

// Every call must start with a clean slate: SSL_get_error() reads the thread's error queue.
void forget_errors() {
  ERR_clear_error();
  errno = 0;
}

}  // namespace

core::Result<TlsContext> TlsContext::create(const std::string& ca_file) try {
  Poco::Net::initializeSSL();
  Poco::Net::Context::Params params;
  params.caLocation = ca_file;
  params.loadDefaultCAs = ca_file.empty();
  params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  SSL_CTX_set_mode(context->sslContext(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return TlsContext(std::move(context));
} catch (const Poco::Exception& error) {
  return core::Status(core::Code::config, "TLS cannot be set up" +
                                              (ca_file.empty() ? std::string() : " with the CA file " + ca_file) +
                                              ": " + error.displayText());
}

core::Result<TlsStream::Session> TlsStream::prepare(const TlsContext& context, const std::string& host, int fd) {
  Session session(SSL_new(context.native()));
  if (!session || SSL_set_fd(session.get(), fd) != 1) {
    return core::Status(core::Code::internal, "TLS session: " + last_error());
  }
  SSL_set_connect_state(session.get());
  SSL_set_verify(session.get(), SSL_VERIFY_PEER, nullptr);
  Poco::Net::IPAddress address;
  if (Poco::Net::IPAddress::tryParse(host, address)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str());
  } else {
    SSL_set_hostflags(session.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(session.get(), host.c_str());
    SSL_set_tlsext_host_name(session.get(), host.c_str());
  }
  return session;
}

core::Result<std::unique_ptr<ByteStream>> TlsStream::open(const Poco::Net::StreamSocket& socket, const TlsContext& context,
                                                          const std::string& host, Deadlines& deadlines) {
  forget_errors();
  GH_ASSIGN(auto session, prepare(context, host, socket.impl()->sockfd()));
  std::unique_ptr<TlsStream> stream(new TlsStream(socket, std::move(session)));
  GH_TRY(stream->shake_hands(deadlines));
  return std::unique_ptr<ByteStream>(std::move(stream));
}

core::Status TlsStream::shake_hands(Deadlines& deadlines) {
  while (true) {
    forget_errors();
    const int result = SSL_do_handshake(session_.get());
    if (result == 1) return {};
    const Step step = outcome(result);
    if (step.kind != Step::Kind::want_read && step.kind != Step::Kind::want_write) {
      const long verdict = SSL_get_verify_result(session_.get());
      return blame(core::Code::upstream_unreachable, deadlines.peer(),
                   verdict == X509_V_OK ? "failed the TLS handshake (" + step.why + ")" : refusal());
    }
    GH_TRY(deadlines.wait(fd(), step.kind == Step::Kind::want_read ? POLLIN : POLLOUT).status());
  }
}

std::string TlsStream::refusal() const {
  const long verdict = SSL_get_verify_result(session_.get());
  return std::string("has a certificate that cannot be trusted (") + X509_verify_cert_error_string(verdict) +
         "); nothing was sent. Check the host name in base_url and the CA store";
}

Step TlsStream::outcome(int result) const {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ: core::mark_drained(fd(), POLLIN); return {Step::Kind::want_read};
    case SSL_ERROR_WANT_WRITE: core::mark_drained(fd(), POLLOUT); return {Step::Kind::want_write};
    case SSL_ERROR_ZERO_RETURN: return {Step::Kind::end, 0, "connection closed", true};
    case SSL_ERROR_SSL: return {Step::Kind::broken, 0, last_error(), is_unexpected_end()};
    default: return {Step::Kind::broken, 0, last_error()};
  }
}

Step TlsStream::read(std::span<char> buffer) {
  forget_errors();
  std::size_t size = 0;
  const int result = SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &size);
  return result == 1 ? Step{Step::Kind::moved, size} : outcome(result);
}

// A session ticket may come at any time and is no bytes of the provider's.
IdleState TlsStream::idle() {
  const IdleState below = socket_idle();
  if (below == IdleState::closed || (below == IdleState::quiet && !has_buffered())) return below;
  forget_errors();
  char byte;
  std::size_t size = 0;
  const int result = SSL_peek_ex(session_.get(), &byte, 1, &size);
  if (result == 1) return IdleState::stray;
  if (outcome(result).kind != Step::Kind::want_read) return IdleState::closed;
  return has_buffered() ? IdleState::stray : IdleState::quiet;
}

Step TlsStream::write(std::string_view bytes) {
  forget_errors();
  std::size_t size = 0;
  const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &size);
  return result == 1 ? Step{Step::Kind::moved, size} : outcome(result);
}

}  // namespace gatehouse::net
