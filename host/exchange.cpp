#include "exchange.h"

#include <random>
#include <utility>

#include "core/pause.h"
#include "core/rare_warning.h"
#include "core/request/attempt_bytes.h"
#include "core/request/rewrite.h"

namespace gatehouse {

using core::Code;
using core::Status;

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t dice() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return engine();
}

}  // namespace

Exchange::Exchange(const ExchangeContext& context, core::Record& record, core::Cancellation& cancellation,
                   core::AnswerWriter& answer)
    : context_(context),
      record_(record),
      cancellation_(cancellation),
      answer_(answer),
      admitted_(context.records.admit()),
      bill_(context.ledger),
      policies_(context.policies) {
  context_.observer.began();
}

void Exchange::run(const core::Caller& caller, core::ChatRequest& request) {
  Status status = get_reply(caller, request);
  bill_.close();
  if (status.ok()) status = answer();
  if (!status.ok()) answer_.fail(status);
  record(status);
}

void Exchange::refuse(const Status& status) {
  const Status& reason = admitted_.ok() ? status : admitted_;
  answer_.fail(reason);
  record(reason);
}

void Exchange::turn_away(const Status& status) {
  context_.refusals.charge(record_, Clock::now());
  answer_.fail(status);
  record(status);
}

// All that comes before the bill is closed: up to the whole reply of a provider.
Status Exchange::get_reply(const core::Caller& caller, core::ChatRequest& request) {
  GH_TRY(admit(caller, request));
  GH_TRY(open_bill(caller, request));
  core::RequestView view{request, record_.id, caller.client_id,      record_.model_requested,
                         {},      {},         bill_.estimate().for_policies()};
  GH_TRY(policies_.on_request(request, view));
  return ask(request, view);
}

Status Exchange::admit(const core::Caller& caller, const core::ChatRequest& request) {
  record_.is_of(caller);
  record_.model_requested = request.model();
  record_.stream = request.stream();
  GH_TRY(admitted_);
  return caller.may_use(request.model());
}

Status Exchange::open_bill(const core::Caller& caller, const core::ChatRequest& request) {
  static const core::Route kUnknown;  // limits per model are kept for models that exist, not for any name
  const auto found = context_.routes.find(request.model());
  const core::Route& route = found == context_.routes.end() ? kUnknown : found->second;
  std::vector<core::Tag> tags;
  const core::Subject subject = core::subject_of(caller, route.alias, tags);
  Status status = bill_.open(subject, request,
                             {route.dearest, route.priced, route.max_output, context_.encodings.find(route.encoding)});
  answer_.quotas(bill_.quotas());
  return status;
}

Status Exchange::ask(core::ChatRequest& request, const core::RequestView& view) {
  const auto route = context_.routes.find(view.request.model());  // the policies may have sent it elsewhere
  if (route == context_.routes.end()) return core::unknown_model(view.request.model());
  core::RetryPlan plan(route->second, dice());
  Status told;  // what the caller is told when nobody answers: the last that a provider had to say
  bool told_by_provider = false;
  while (const auto step = plan.next(Clock::now())) {
    GH_TRY(core::pause(step->wait, cancellation_));
    core::Try& noted = record_.tries.emplace_back();
    Status status = attempt(*step, request, view, noted);
    if (status.ok() || (reply_ && reply_->answers())) return status;
    const core::Next next = core::next_after(status, noted.upstream_status);
    if (status.failure().half_answered) status.failure().reason = "answer_cut";
    if (next == core::Next::stop) return status;
    if (next == core::Next::marked)
      plan.refused(status.failure().refusal);
    else
      plan.failed(next, status.failure().retry_after, Clock::now());
    const bool by_provider = core::health_after(status, noted.upstream_status) != core::Breaker::Health::unknown ||
                             status.code() == Code::rate_limited;
    if (by_provider || !told_by_provider) told = std::move(status);
    told_by_provider |= by_provider;
  }
  return told;
}

Status Exchange::attempt(const core::RetryPlan::Step& step, core::ChatRequest& request, const core::RequestView& view,
                         core::Try& noted) {
  noted.provider = step.target->provider->name();
  noted.model = step.target->model;
  noted.waited = step.wait;
  const auto began = Clock::now();
  core::Breaker& breaker = context_.breakers.of(noted.provider, noted.model);
  const core::Breaker::Entry entry = breaker.enter(began);
  if (entry == core::Breaker::Entry::cooling) {
    noted.error = "cooling_down";
    return core::cooling_down(noted.provider, breaker.until_cool(began));
  }
  if (entry == core::Breaker::Entry::refused) {
    noted.error = "circuit_open";
    return core::circuit_open(noted.provider, breaker.until_probe(began));
  }
  Status status = converse(step, request, view, noted);
  const auto ended = Clock::now();
  noted.took = ended - began;
  if (!status.ok()) note(noted, status);
  breaker.leave(entry, core::health_after(status, noted.upstream_status), step.target->breaker_rules, ended);
  if (core::asks_for_pause(status, noted.upstream_status)) breaker.cool_down(ended + status.failure().retry_after);
  record_.upstream_status = noted.upstream_status;
  return status;
}

// Whoever runs the gateway reads where and why; the caller is told by whom.
void Exchange::note(core::Try& noted, const Status& failure) const {
  static core::RareWarning warning(std::chrono::seconds(1));
  const core::Refusal refusal = failure.failure().refusal;
  noted.error = refusal == core::Refusal::none ? core::info(failure.code()).type : core::name_of(refusal);
  noted.detail = failure.failure().detail;
  if (!noted.detail.empty())
    warning.say("exchange " + record_.id + ": " + failure.failure().message + " (" + noted.detail + ")");
}

Status Exchange::converse(const core::RetryPlan::Step& step, core::ChatRequest& request,
                          const core::RequestView& view, core::Try& noted) {
  const core::Target& target = *step.target;
  GH_TRY(request.restore_messages());
  core::AttemptBytes bytes{request, core::rewritten_for(target.model, request, bill_.output_bound())};
  core::RequestView asked = view;
  asked.model = target.model;
  asked.json = bytes.json;
  GH_TRY(bill_.attempt_began(noted.provider, target.price));
  record_.provider = noted.provider;
  record_.model_served = target.model;
  ++record_.attempts;
  answer_.target(target.provider->name(), target.model);

  core::ReplyPath& reply = begin_reply(view.request.stream(), noted.upstream_status);
  Status status = target.provider->answer({asked, step.number, record_.trace.traceparent, context_.transport,
                                           reply.cancellation(), noted.wire, noted.upstream_status, &bytes},
                                          reply.entrance());
  if (reply.meter().ended_short()) status = {};  // we have stopped it, and the caller has an end
  bill_.attempt_ended(status, reply.meter(), {noted.wire.handed_over, noted.upstream_status});
  note_cost(noted);
  record_.upstream_connect = noted.wire.connect;
  record_.attempts += noted.wire.resent ? 1 : 0;
  if (status.ok() && !reply.meter().complete())
    return {Code::upstream_failed, "The provider ended its answer before it was complete"};
  if (status.ok() && reply.withheld() && step.fallbacks.has(core::Refusal::content_filter))
    return core::withheld(noted.provider);
  return status;
}

core::ReplyPath& Exchange::begin_reply(bool stream, const int& upstream_status) {
  const core::ReplyPath::Manner manner{stream, bill_.estimate().encoding != nullptr, context_.heartbeat, bill_.belief(),
                                       bill_.allowance()};
  return reply_.emplace(manner, policies_, answer_, cancellation_, upstream_status);
}

void Exchange::note_cost(core::Try& noted) const {
  static core::RareWarning warning(std::chrono::seconds(1));
  noted.usage = bill_.last().usage;
  noted.nanodollars = bill_.last().nanodollars;
  noted.doubted = reply_->meter().doubted();
  if (noted.doubted)
    warning.say("exchange " + record_.id + ": " + noted.provider + " says that it used more tokens than can be; an " +
                "estimate is charged instead");
}

Status Exchange::answer() {
  Status status = reply_->finish(bill_.last().usage);
  if (!status.ok()) record_.tries.back().error = core::info(status.code()).type;
  return status;
}

void Exchange::record(const Status& status) {
  record_.outcome = status;
  record_.status = answer_.http_status();
  record_.bytes_out = answer_.bytes_sent();
  record_.reserved_tokens = bill_.reserved_tokens();
  record_.estimate_method = bill_.estimate().method;
  record_.output_bound = bill_.output_bound().value_or(0);
  record_.usage = bill_.spent().usage;
  record_.nanodollars = bill_.spent().nanodollars;
  if (reply_) {
    const core::ReplyMeter& meter = reply_->meter();
    if (meter.began()) record_.first_token = meter.first_chunk() - began_;
    record_.chunks = meter.chunks();
    record_.finish_reason = meter.finish_reason();
    record_.ended_short = meter.ended_short();
    if (const auto scarce = bill_.ended_by(); scarce && record_.ended_short)
      record_.ended_by = {core::info(scarce->scope).name, core::info(scarce->dimension).name};
  }
  record_.total = Clock::now() - began_;
  for (const core::Decision& decision : policies_.decisions()) record_.policies += decision.took;
  record_.left_out |= !admitted_.ok();
  context_.observer.ended(record_, policies_.decisions());
  if (!record_.left_out) context_.records.write(record_.line(policies_.decisions()));
}

}  // namespace gatehouse
