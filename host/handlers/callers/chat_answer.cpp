#include "handlers/callers/chat_answer.h"

#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

using core::Status;

void ChatAnswer::quotas(const core::Quotas& quotas) { set_limit_headers(response_, quotas, limit_style_); }

void ChatAnswer::target(std::string_view provider, std::string_view model) {
  const auto since_epoch = record_.began.time_since_epoch();
  head_ = {record_.id,
           record_.model_requested,
           provider,
           model,
           std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count(),
           record_.request_id};
}

Status ChatAnswer::whole(const core::Reply& reply) {
  out_.clear();
  GH_TRY(dialect_.whole(head_, *request_, reply, out_));
  status_ = 200;
  set_ids();
  response_.add_field("content-type", "application/json");
  return response_.send_body(out_);
}

Status ChatAnswer::chunk(const core::Chunk& chunk) {
  if (!stream_) GH_TRY(begin_stream());
  out_.clear();
  GH_TRY(stream_->chunk(chunk, out_));
  return out_.empty() ? Status() : response_.write_chunk(out_, false);
}

// The last event and the end of the answer leave in one write: some clients stop reading at the
// last event, and would drop a connection whose end comes later.
Status ChatAnswer::end(const core::Usage& usage) {
  if (!stream_) GH_TRY(begin_stream());
  out_.clear();
  stream_->end(usage, out_);
  return response_.write_chunk(out_, true);
}

Status ChatAnswer::heartbeat() {
  if (!stream_) GH_TRY(begin_stream());
  out_.clear();
  stream_->heartbeat(out_);
  return response_.write_chunk(out_, false);
}

void ChatAnswer::fail(const Status& status) {
  if (status.code() == core::Code::client_gone) {
    if (status_ == 0) status_ = status.http_status();
    return response_.abandon();  // on the wire it is as the record says: nothing
  }
  out_.clear();
  if (stream_) {
    stream_->error(status, out_);
    (void)response_.write_chunk(out_, true);
    return;
  }
  status_ = dialect_.http_status(status);
  dialect_.error(status, record_.request_id, out_);
  set_retry_headers(response_, status.failure());
  set_ids();
  response_.set_status(status_);
  response_.add_field("content-type", "application/json");
  (void)response_.send_body(out_);
}

void ChatAnswer::set_ids() {
  response_.add_field("x-request-id", record_.request_id);
  response_.add_field("request-id", record_.request_id);
  if (attempts_header_ && !record_.tries.empty())
    response_.add_field("x-gatehouse-attempts", core::summary(record_.tries));
}

Status ChatAnswer::begin_stream() {
  stream_ = dialect_.stream(head_, *request_);
  status_ = 200;
  set_ids();
  response_.add_field("content-type", "text/event-stream; charset=utf-8");
  response_.add_field("cache-control", "no-cache");
  response_.add_field("x-accel-buffering", "no");
  return response_.begin_stream();
}

}  // namespace gatehouse::handlers
