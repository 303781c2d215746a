// START HERE for calls to providers: a core::Transport over our own sockets. A call takes an idle
// connection or opens one, sends, parses the answer as it comes, and gives the connection back
// only after an answer that ended by HTTP's own rules. Redirects are not followed. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>

#include "core/transport.h"
#include "net/dial/resolver.h"
#include "net/upstream/tls_stream.h"
#include "net/upstream/upstream_pool.h"

namespace gatehouse::net {

struct UpstreamOptions {
  std::size_t idle_per_origin = 256;
  std::chrono::milliseconds idle_timeout{55'000};
  DnsOptions dns;
};

class Upstream final : public core::Transport {
 public:
  // REQUIRES: the process ignores SIGPIPE.
  static core::Result<std::unique_ptr<Upstream>> create(const UpstreamOptions& options);

  // Makes a request's ca_file known: PEM, read once.
  core::Status trust(const std::string& ca_file);

  core::Status send(const core::UpstreamRequest& request, const core::Timeouts& timeouts,
                    core::Cancellation& cancellation, core::UpstreamSink& sink, core::UpstreamTrace& trace) override;

  std::size_t idle_connections() const { return pool_.idle(); }

 private:
  struct Call;
  // How one attempt on one connection ended.
  struct Outcome {
    core::Status status;
    bool unread = false;  // the connection had ended before the provider could read any of the request
  };

  Upstream(const UpstreamOptions& options, TlsContext system, std::unique_ptr<Resolver> resolver)
      : pool_(options.idle_per_origin, options.idle_timeout),
        system_(std::move(system)),
        resolver_(std::move(resolver)) {}
  core::Result<TlsContext> context(std::string_view ca_file) const;
  static core::Result<bool> ask(UpstreamConnection& connection, const Call& call, bool used_before);
  Outcome converse(Call& call, std::unique_ptr<UpstreamConnection> connection, bool used_before);

  UpstreamPool pool_;
  const TlsContext system_;
  const std::unique_ptr<Resolver> resolver_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, TlsContext, std::less<>> trusted_;  // by ca_file; guarded by mutex_
};

}  // namespace gatehouse::net
