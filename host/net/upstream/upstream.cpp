#include "net/upstream/upstream.h"

#include <array>
#include <cstring>

#include "net/http/request_bytes.h"
#include "net/http/url.h"
#include "net/upstream/answer_parser.h"
#include "net/upstream/deadlines.h"

namespace gatehouse::net {
namespace {

using core::Status;

// How long the HTTP around an answer that is all there may take to end as well.
constexpr std::chrono::milliseconds kFarewell{100};

// How far an answer got.
struct Reading {
  Status status;
  bool heard = false;     // some byte of it came
  bool reusable = false;  // it ended cleanly, nothing came after it, and the provider goes on listening
};

Reading read_answer(UpstreamConnection& connection, AnswerParser& parser, Deadlines& deadlines,
                    const core::UpstreamSink& sink) {
  Reading reading;
  bool satisfied = false;
  std::array<char, AnswerParser::kMaxHead> buffer;
  std::size_t held = 0;
  deadlines.begin("did not begin to answer", deadlines.timeouts().first_byte);
  while (!parser.done()) {
    const auto received = connection.receive(std::span(buffer).subspan(held), deadlines);
    if (!received.ok()) return {received.status(), reading.heard};
    if (received->size == 0) return {parser.end(received->broken), reading.heard};
    reading.heard = true;
    held += received->size;
    const auto taken = parser.put({buffer.data(), held});
    if (!taken.ok()) return {taken.status(), true};
    held -= *taken;
    std::memmove(buffer.data(), buffer.data() + *taken, held);
    if (satisfied) continue;
    satisfied = sink.satisfied();
    if (parser.head_done())
      deadlines.begin("sent nothing more of its answer", satisfied ? kFarewell : deadlines.timeouts().between_chunks);
  }
  reading.reusable = held == 0 && parser.keep_alive();
  return reading;
}

}  // namespace

struct Upstream::Call {
  const core::UpstreamRequest& request;
  const Url& url;
  const std::string_view origin;
  const RequestBytes& bytes;
  Deadlines& deadlines;
  core::UpstreamSink& sink;
};

core::Result<std::unique_ptr<Upstream>> Upstream::create(const UpstreamOptions& options) {
  GH_ASSIGN(auto tls, TlsContext::create({}));
  return std::unique_ptr<Upstream>(new Upstream(options, std::move(tls)));
}

Status Upstream::trust(const std::string& ca_file) {
  GH_ASSIGN(auto tls, TlsContext::create(ca_file));
  const std::unique_lock lock(mutex_);
  trusted_.insert_or_assign(ca_file, std::move(tls));
  return {};
}

core::Result<TlsContext> Upstream::context(std::string_view ca_file) const {
  if (ca_file.empty()) return system_;
  const std::shared_lock lock(mutex_);
  const auto found = trusted_.find(ca_file);
  if (found != trusted_.end()) return found->second;
  return Status(core::Code::internal, "The CA file " + std::string(ca_file) + " has not been read");
}

Upstream::Outcome Upstream::converse(Call& call, std::unique_ptr<UpstreamConnection> connection) {
  core::Result<bool> sent = connection->send(call.bytes.first, call.deadlines);
  if (sent.ok() && *sent && !call.bytes.rest.empty()) sent = connection->send(call.bytes.rest, call.deadlines);
  if (!sent.ok()) return {sent.status()};

  AnswerParser parser(call.deadlines.peer(), call.sink, call.request.method == "HEAD");
  Reading reading = read_answer(*connection, parser, call.deadlines, call.sink);
  if (call.sink.satisfied() && reading.status.code() != core::Code::client_gone) reading.status = {};
  const bool unheard = !reading.heard && reading.status.code() == core::Code::upstream_failed;
  if (*sent && reading.reusable) pool_.put(call.origin, std::move(connection));
  return {std::move(reading.status), unheard};
}

Status Upstream::send(const core::UpstreamRequest& request, const core::Timeouts& timeouts,
                      core::Cancellation& cancellation, core::UpstreamSink& sink, core::UpstreamTrace& trace) {
  trace = {};
  GH_ASSIGN(const auto& url, parse_url(request.url));
  GH_ASSIGN(const auto& bytes, request_bytes(request, url));
  Deadlines deadlines(url.authority, timeouts, cancellation);
  // A connection that trusted other CAs is not one to reuse.
  const std::string marked = request.ca_file.empty() ? std::string() : std::string(url.origin).append(request.ca_file);
  const std::string_view origin = marked.empty() ? url.origin : marked;
  Call call{request, url, origin, bytes, deadlines, sink};

  if (auto pooled = pool_.take(origin, core::Waiter::current())) {
    trace.reused = true;
    Outcome outcome = converse(call, std::move(pooled));
    if (!outcome.unheard) return std::move(outcome.status);
    // Only a provider that never began to answer may be asked again without asking twice.
    trace.reused = false;
    trace.resent = true;
  }
  const auto begin = Deadlines::Clock::now();
  GH_ASSIGN(const auto& tls, context(request.ca_file));
  auto fresh = UpstreamConnection::open(url, tls, deadlines);
  trace.connect = std::chrono::duration_cast<std::chrono::microseconds>(Deadlines::Clock::now() - begin);
  if (!fresh.ok()) return fresh.status();
  return std::move(converse(call, *std::move(fresh)).status);
}

}  // namespace gatehouse::net
