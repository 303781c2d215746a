#include "exchange.h"

#include <random>
#include <utility>

#include "core/json_writer.h"
#include "core/pause.h"
#include "core/policy/stream_filter.h"
#include "core/reply/heartbeat.h"
#include "core/request/rewrite.h"

namespace gatehouse {

using core::Code;
using core::Status;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

// The end of the line for a streamed reply: hands each chunk to the caller.
class StreamOut final : public core::ReplySink {
 public:
  StreamOut(core::AnswerWriter& answer, core::Heartbeat& heartbeat) : answer_(answer), heartbeat_(heartbeat) {}
  Status on_chunk(const core::Chunk& chunk) override {
    heartbeat_.spoke();
    return answer_.chunk(chunk);
  }

 private:
  core::AnswerWriter& answer_;
  core::Heartbeat& heartbeat_;
};

std::uint64_t dice() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return engine();
}

// The request as a provider is to have it: its own name of the model, and usage always asked for.
std::string request_for(const core::Target& target, const core::ChatRequest& request) {
  const std::string model = json_string(target.model);
  const bool silent = request.stream() && !request.include_usage();
  const std::string options = silent ? request.stream_options_with_usage() : std::string();
  const core::Change changes[] = {{"model", model}, {"stream_options", options}};
  return core::rewrite(request, std::span(changes).first(silent ? 2 : 1));
}

Status unknown_model(std::string_view alias) {
  Status status(Code::not_found,
                "The model '" + std::string(alias) + "' does not exist here; GET /v1/models lists those that do");
  status.failure().reason = "model_not_found";
  status.failure().param = "model";
  return status;
}

Status circuit_open(const std::string& provider, Clock::duration until_probe) {
  Status status(
      Code::upstream_unreachable,
      "The provider '" + provider + "' failed too often of late and is being left alone for a while; try again then");
  status.failure().http_status = 503;
  status.failure().reason = "circuit_open";
  status.failure().retry_after = std::chrono::ceil<std::chrono::milliseconds>(until_probe);
  return status;
}

}  // namespace

Exchange::Exchange(const House& house, core::Record& record, core::Cancellation& cancellation,
                   core::AnswerWriter& answer)
    : house_(house),
      record_(record),
      cancellation_(cancellation),
      answer_(answer),
      admitted_(house.records.admit()),
      policies_(house.policies) {
  house_.observer.began();
}

void Exchange::run(const core::Caller& caller, core::ChatRequest& request) {
  const Status status = journey(caller, request);
  settle(status);
  if (!status.ok()) answer_.fail(status);
  finish(status);
}

void Exchange::refuse(const Status& status) {
  const Status& reason = admitted_.ok() ? status : admitted_;
  answer_.fail(reason);
  finish(reason);
}

Status Exchange::journey(const core::Caller& caller, core::ChatRequest& request) {
  record_.client_id = caller.client_id;
  record_.key_id = caller.key_id;
  record_.model_requested = request.model();
  record_.stream = request.stream();
  GH_TRY(admitted_);
  GH_TRY(caller.may_use(request.model()));
  GH_TRY(reserve(caller, request));

  core::RequestView view{request, record_.id, caller.client_id, record_.model_requested, {}, {}, estimate_.input};
  GH_TRY(policies_.on_request(request, view));

  const auto route = house_.routes.find(request.model());  // after the policies: they may have sent it elsewhere
  if (route == house_.routes.end()) return unknown_model(request.model());
  price_ = route->second.price;
  return ask(route->second, view);
}

Status Exchange::reserve(const core::Caller& caller, const core::ChatRequest& request) {
  estimate_ = limits::estimate(request);
  // Limits per model are kept for models that exist, not for every name a caller can think of.
  const auto route = house_.routes.find(request.model());
  const bool known = route != house_.routes.end();
  const limits::Subject subject{caller.client_id, caller.key_id, known ? request.model() : std::string_view(),
                                caller.terms ? &caller.terms->limits : nullptr};
  if (known) {
    price_ = route->second.price;
    const limits::Encoding* encoding = house_.encodings.find(route->second.encoding);
    if (encoding != nullptr && !house_.ledger.counts_tokens(subject)) encoding = nullptr;  // no matter how many
    limits::correct(estimate_, request, encoding, house_.ledger.ratios());
  }
  record_.estimate_method = estimate_.method;
  core::Result<limits::Reservation> reservation = house_.ledger.reserve(subject, estimate_.cost(price_));
  if (!reservation.ok()) {
    answer_.quotas(house_.ledger.quotas(subject));
    return reservation.status();
  }
  reservation_ = *std::move(reservation);
  reserved_ = true;
  record_.reserved_tokens = reservation_.tokens();
  answer_.quotas(reservation_.quotas());
  return {};
}

Status Exchange::ask(const core::Route& route, const core::RequestView& view) {
  core::RetryPlan plan(route, dice());
  Status told;  // what the caller is told when nobody answers: the last that a provider had to say
  bool told_by_provider = false;
  while (const auto step = plan.next(Clock::now())) {
    GH_TRY(core::pause(step->wait, cancellation_));
    Status status = attempt(*step, view);
    if (status.ok() || answered_) return status;
    const int upstream_status = record_.tries.back().upstream_status;
    const core::Next next = core::next_after(status, upstream_status);
    if (status.failure().half_answered) status.failure().reason = "answer_cut";
    if (next == core::Next::stop) return status;
    plan.failed(next, status.failure().retry_after, Clock::now());
    const bool by_provider = core::health_after(status, upstream_status) != core::Breaker::Health::unknown ||
                             status.code() == Code::rate_limited;
    if (by_provider || !told_by_provider) told = std::move(status);
    told_by_provider |= by_provider;
  }
  return told;
}

Status Exchange::attempt(const core::RetryPlan::Step& step, const core::RequestView& view) {
  const core::Target& target = *step.target;
  core::Try& noted = record_.tries.emplace_back();
  noted.provider = target.provider->name();
  noted.model = target.model;
  noted.waited = step.wait;
  const auto began = Clock::now();
  core::Breaker& breaker = house_.breakers.of(noted.provider, noted.model);
  const core::Breaker::Entry entry = breaker.enter(began);
  if (entry == core::Breaker::Entry::refused) {
    noted.error = "circuit_open";
    return circuit_open(noted.provider, breaker.until_probe(began));
  }
  Status status = converse(step, view, noted);
  const auto ended = Clock::now();
  noted.took = ended - began;
  if (!status.ok()) noted.error = core::info(status.code()).type;
  breaker.leave(entry, core::health_after(status, noted.upstream_status), target.breaker_rules, ended);
  record_.upstream_status = noted.upstream_status;
  return status;
}

Status Exchange::converse(const core::RetryPlan::Step& step, const core::RequestView& view, core::Try& noted) {
  const core::Target& target = *step.target;
  const core::ChatRequest& request = view.request;
  const std::string json = request_for(target, request);
  record_.provider = noted.provider;
  record_.model_served = noted.model;
  ++record_.attempts;
  answer_.target(record_.provider, record_.model_served);

  core::Heartbeat heartbeat(cancellation_, answer_, request.stream() ? house_.heartbeat : 0ms, noted.upstream_status);
  StreamOut stream(answer_, heartbeat);
  core::ReplyCollector whole;
  core::StreamFilter filter(policies_, request.stream() ? static_cast<core::ReplySink&>(stream) : whole);
  core::ReplyMeter meter(filter, request.stream() && policies_.watches_responses(), estimate_.encoding != nullptr);

  core::RequestView asked = view;
  asked.model = target.model;
  asked.json = json;
  core::UpstreamTrace trace;
  asked_ = true;
  Status status = target.provider->answer(
      {asked, step.number, record_.trace.traceparent, house_.transport, heartbeat, trace, noted.upstream_status}, meter);
  record_.upstream_connect = trace.connect;
  answered_ = meter.began();
  return deliver(std::move(status), meter, whole, request.stream());
}

// The provider is done: notes what it cost, and brings the answer to its end if it was whole.
Status Exchange::deliver(Status status, core::ReplyMeter& meter, core::ReplyCollector& whole, bool stream) {
  if (meter.began()) record_.first_token = meter.first_chunk() - began_;
  record_.chunks = meter.chunks();
  record_.finish_reason = meter.finish_reason();
  record_.usage = meter.usage();
  const bool charged = meter.began() || (!status.ok() && status.failure().half_answered);
  if (charged && !(record_.usage.reported && meter.complete())) {
    record_.usage = limits::usage_of(estimate_, meter.usage(), meter.unreported(), house_.ledger.ratios(),
                                     record_.model_requested);
  }
  if (status.ok() && !meter.complete()) {
    status = Status(Code::upstream_failed, "The provider ended its answer before it was complete");
  }
  if (!status.ok()) return status;
  settle(status);
  if (!stream) return respond(whole.reply());
  GH_TRY(answer_.end(record_.usage));
  std::string text = meter.text();
  return policies_.on_response(text, true);
}

// A whole reply passes the policies once more before it leaves.
Status Exchange::respond(core::Reply& reply) {
  reply.usage = record_.usage;
  if (policies_.watches_responses()) {
    for (auto& [index, choice] : reply.choices) {
      const std::string before = choice.text;
      GH_TRY(policies_.on_response(choice.text, false));
      if (choice.text != before) reply.json.clear();
    }
  }
  return answer_.whole(reply);
}

// What the exchange really cost, once: before its answer is complete, for its caller may ask again then. A request that
// reached no provider, or got nothing from one, costs no tokens; it stays counted as a request.
void Exchange::settle(const Status& status) {
  const bool produced = record_.usage.total() != 0;
  record_.nanodollars = core::cost(price_, record_.usage);
  if (!asked_ || (!status.ok() && !produced))
    reservation_.release();
  else
    reservation_.settle(record_.usage.total(), record_.nanodollars);
  if (std::exchange(reserved_, false)) book();
}

// Who used what, for the operator, and how good our guess was.
void Exchange::book() {
  const bool routed = house_.routes.contains(record_.model_requested);
  if (routed && record_.usage.reported)
    house_.ledger.ratios().learn(record_.model_requested, estimate_.guess, record_.usage.input);
  house_.ledger.usage().add(
      {reservation_.began().day(), record_.client_id, record_.key_id, routed ? record_.model_requested : std::string(),
       1, static_cast<std::int64_t>(record_.usage.input), static_cast<std::int64_t>(record_.usage.output),
       static_cast<std::int64_t>(record_.usage.cached), static_cast<std::int64_t>(record_.usage.reasoning),
       record_.nanodollars});
}

void Exchange::finish(const Status& status) {
  record_.outcome = status;
  record_.status = answer_.http_status();
  record_.bytes_out = answer_.bytes_sent();
  record_.total = Clock::now() - began_;
  for (const core::Decision& decision : policies_.decisions()) record_.policies += decision.took;
  house_.observer.ended(record_, policies_.decisions());
  if (admitted_.ok()) house_.records.write(record_.line(policies_.decisions()));
}

}  // namespace gatehouse
