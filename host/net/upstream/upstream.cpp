#include "net/upstream/upstream.h"

#include <array>
#include <cstring>

#include "net/http/request_bytes.h"
#include "net/http/url.h"
#include "net/upstream/answer_parser.h"
#include "net/dial/deadlines.h"

namespace gatehouse::net {
namespace {

using core::Status;

// How long the HTTP message may take to end once the sink has all it wants.
constexpr std::chrono::milliseconds kFarewell{100};

// How far an answer got.
struct Reading {
  Status status;
  bool ended = false;     // the provider had closed its side without a byte
  bool stray = false;     // bytes came that are no part of it
  bool reusable = false;  // it ended cleanly, nothing came after it, and the provider keeps the connection
};

Reading unasked(const Deadlines& deadlines) {
  return {.status = blame(core::Code::upstream_failed, deadlines.peer(), "answered before it was asked"), .stray = true};
}

// used_before: the connection has carried another answer.
Reading read_answer(UpstreamConnection& connection, AnswerParser& parser, Deadlines& deadlines,
                    const core::UpstreamSink& sink, bool used_before) {
  Reading reading;
  bool heard = false;
  bool satisfied = false;
  std::array<char, AnswerParser::kMaxHead> buffer;
  std::size_t held = 0;
  deadlines.begin("did not begin to answer", deadlines.timeouts().first_byte);
  while (!parser.done()) {
    const auto received = connection.receive(std::span(buffer).subspan(held), deadlines);
    if (!received.ok()) return {received.status()};
    if (received->size == 0) return {.status = parser.end(received->broken), .ended = received->closed && !heard};
    if (!heard && used_before && !connection.arrived()) return unasked(deadlines);
    heard = true;
    held += received->size;
    const auto taken = parser.put({buffer.data(), held});
    if (!taken.ok()) return {taken.status()};
    held -= *taken;
    std::memmove(buffer.data(), buffer.data() + *taken, held);
    if (satisfied) continue;
    satisfied = sink.satisfied();
    if (parser.head_done())
      deadlines.begin("sent nothing more of its answer", satisfied ? kFarewell : deadlines.timeouts().between_chunks);
  }
  reading.stray = held != 0;
  reading.reusable = held == 0 && parser.keep_alive();
  return reading;
}

// Whether something came between the last look at the connection and the request.
bool was_interrupted(UpstreamConnection& connection) {
  return connection.idle() != IdleState::quiet && !connection.arrived();
}

// Whether the connection had ended before the provider could read any of the request. After a reset that is not
// certain: its system may have had the request, and not have said so yet.
bool is_unread(UpstreamConnection& connection, const Reading& reading) {
  if (reading.status.ok() || connection.arrived()) return false;
  return !connection.sent_any() || reading.ended || (reading.stray && connection.has_ended());
}

}  // namespace

struct Upstream::Call {
  const core::UpstreamRequest& request;
  const Url& url;
  const std::string_view origin;
  const RequestBytes& bytes;
  Deadlines& deadlines;
  core::UpstreamSink& sink;
  core::UpstreamTrace& trace;
};

core::Result<std::unique_ptr<Upstream>> Upstream::create(const UpstreamOptions& options) {
  GH_ASSIGN(auto tls, TlsContext::create({}));
  GH_ASSIGN(auto resolver, Resolver::create(options.dns));
  return std::unique_ptr<Upstream>(new Upstream(options, std::move(tls), std::move(resolver)));
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

// False: the provider answered or left before all was sent.
core::Result<bool> Upstream::ask(UpstreamConnection& connection, const Call& call, bool used_before) {
  connection.begin_request();
  core::Result<bool> sent = connection.send(call.bytes.first, call.deadlines);
  if (!sent.ok() || !*sent || call.bytes.rest.empty()) return sent;
  // The rest may take so long that what came before it would look like its answer.
  if (used_before && was_interrupted(connection)) return false;
  return connection.send(call.bytes.rest, call.deadlines);
}

Upstream::Outcome Upstream::converse(Call& call, std::unique_ptr<UpstreamConnection> connection, bool used_before) {
  const core::Result<bool> sent = ask(*connection, call, used_before);
  if (!sent.ok()) return {sent.status()};
  call.trace.handed_over = *sent;

  AnswerParser parser(call.deadlines.peer(), call.sink, call.request.method == "HEAD");
  Reading reading = read_answer(*connection, parser, call.deadlines, call.sink, used_before);
  if (call.sink.satisfied() && reading.status.code() != core::Code::client_gone) reading.status = {};
  if (reading.stray) pool_.tell_of_stray(call.origin);
  const bool unread = is_unread(*connection, reading);
  if (*sent && reading.reusable) pool_.put(call.origin, std::move(connection));
  return {std::move(reading.status), unread};
}

Status Upstream::send(const core::UpstreamRequest& request, const core::Timeouts& timeouts,
                      core::Cancellation& cancellation, core::UpstreamSink& sink, core::UpstreamTrace& trace) {
  trace = {};
  GH_ASSIGN(const auto& url, parse_url(request.url));
  GH_ASSIGN(const auto& bytes, request_bytes(request, url));
  Deadlines deadlines({request.provider, url.authority}, timeouts, cancellation);
  // A connection that trusted other CAs is not reused.
  std::string marked;
  if (!request.ca_file.empty()) marked.append(url.origin).append(" by ").append(request.ca_file);
  const std::string_view origin = marked.empty() ? url.origin : marked;
  Call call{request, url, origin, bytes, deadlines, sink, trace};

  if (auto pooled = pool_.take(origin, core::Waiter::current())) {
    trace.reused = true;
    Outcome outcome = converse(call, std::move(pooled), true);
    if (!outcome.unread) return std::move(outcome.status);
    trace.reused = trace.handed_over = false;
    trace.resent = true;
  }
  const auto begin = Deadlines::Clock::now();
  GH_ASSIGN(const auto& tls, context(request.ca_file));
  auto fresh = UpstreamConnection::open(url, tls, *resolver_, deadlines);
  trace.connect = std::chrono::duration_cast<std::chrono::microseconds>(Deadlines::Clock::now() - begin);
  if (!fresh.ok()) return fresh.status();
  return std::move(converse(call, *std::move(fresh), false).status);
}

}  // namespace gatehouse::net
